"""Our own drawing of Ontario's Application for a Permit to Construct or Demolish, to be filled on screen or by hand.

The wording of the labels, the names and kinds of the AcroForm fields and the on-states of the boxes are those of the
provincial form (O. Reg. 332/12, edition of 2014), so whoever reads the one reads the other.
"""

from collections.abc import Mapping

from reportlab.lib.utils import simpleSplit

from demo.permit_form import BAR, BLACK, LEFT, RIGHT, Blank, Cell, PermitForm
from demo.permit_schedule import schedule_1

ACT = "the Building Code Act, 1992"
NEW_HOME = "Is proposed construction for a new home as defined in the Ontario New Home Warranties Plan Act?"
REGISTRATION = "Is registration required under the Ontario New Home Warranties Plan Act?"
SUBMITTED_TO = (
    "Application submitted to ((Name of municipality, upper-tier municipality, board of health or "
    "conservation authority)"
)
PURPOSES = {
    "new construction": "Purpose: New construction",
    "addition": "Purpose: Addition to an existing building",
    "alteration/repair": "Purpose: Alteration/Repair",
    "demolition": "Purpose: Demolition",
    "conditional": "Purpose: Conditional Permit",
}
QUESTIONS = (
    (
        "i)",
        "This application meets all the requirements of clauses 1.3.1.3 (5) (a) to (d) of Division C of the Building "
        "Code (the application is made in the correct form and by the owner or authorized agent,  all applicable "
        "fields have been completed on the application and required schedules, and all required schedules are "
        "submitted)",
    ),
    (
        "",
        "Payment has been made of all fees that are required, under the applicable by-law, resolution or regulation "
        f"made under clause 7(1)(c) of {ACT}, to be paid when the application is made.",
    ),
    (
        "ii)",
        "This application is accompanied by the plans and specifications prescribed by the applicable by-law, "
        f"resolution or regulation made under clause 7(1)(b) of {ACT}.",
    ),
    (
        "iii)",
        "This application is accompanied by the information and documents prescribed by the applicable by- law, "
        f"resolution or regulation made under clause 7(1)(b) of {ACT} which enable the chief building official to "
        "determine whether the proposed building, construction or demolition will contravene any applicable law.",
    ),
    ("iv)", "The proposed building, construction or demolition will not contravene any applicable law."),
)


DECLARED = (
    "1.   The information contained in this application, attached schedules, attached plans and specifications, "
    "and other attached documentation is true to the best of my knowledge.",
    "2.   If the owner is a corporation or partnership, I have the authority to bind the corporation or partnership.",
)
OFFICE = (
    ("Application number:", 36, 295, 76),
    ("Permit number (if different):", 295, 586, 76),
    ("Date received:", 36, 295, 108),
    ("Roll number:", 295, 586, 108),
)
PROJECT: tuple[tuple[Cell, ...], ...] = (
    (
        ("Building number, street name", 36, 432, "Project building number street name"),
        ("Unit number", 432, 513, "Project unit number"),
        ("Lot/con.", 513, 586, "Project Lot/Concession"),
    ),
    (
        ("Municipality", 36, 233, "Project Municipality"),
        ("Postal code", 233, 333, "Project postal code"),
        ("Plan number/other description", 333, 586, "Project plan number/other description"),
    ),
    (
        ("Project value est. $", 36, 333, "Project value estimated (in dollars)"),
        ("Area of work (m", 333, 586, "Project area of work (in square metres)"),
    ),
)
USES: tuple[Cell, ...] = (
    ("Proposed use of building", 36, 272, "Proposed use of building"),
    ("Current use of building", 272, 586, "Current use of building"),
)


def draw_form(written: Mapping[str, str], signed: bool) -> tuple[bytes, tuple[Blank, ...]]:
    """The form as a PDF without fields, with `written` on it (by AcroForm name), and the places to fill in."""
    form = PermitForm(written, signed)
    _first_page(form)
    form.turn_over()
    _second_page(form)
    form.turn_over()
    schedule_1(form)
    form.footer(3)
    pdf = form.sheet.finish("Application for a Permit to Construct or Demolish", "Town of Millbrook Falls")
    return pdf, tuple(form.blanks)


def _first_page(form: PermitForm) -> None:
    sheet = form.sheet
    sheet.write(586, 44, "Application for a Permit to Construct or Demolish", 12.5, "VeraBd", "right")
    sheet.write(
        586, 54, "This form is authorized under subsection 8(1.1) of the Building Code Act,1992", 6.5, align="right"
    )
    form.bar(60, "For use by Principal Authority", high=16)
    for label, x0, x1, top in OFFICE:
        sheet.box(x0, top, x1, top + 32, fill=BAR, ink=BLACK)
        sheet.write(x0 + 5, top + 9, label, 6.5)
    sheet.box(LEFT, 140, RIGHT, 197, ink=BLACK)
    sheet.write(41, 177, "Application submitted to:", 7)
    form.text(141, 158, 486, 177, SUBMITTED_TO)
    sheet.rule(141, 178, 486, BLACK)
    sheet.write(
        161, 187, "(Name of municipality, upper-tier municipality, board of health or conservation authority)", 6
    )
    y = form.bar(197, "A.   Project information")
    y = form.rows(y, 27, PROJECT)
    sheet.write(338 + 48.5, y - 22, "2", 4)
    sheet.write(338 + 51.5, y - 19, ")", 6)
    y = _purposes(form, form.bar(y, "B.   Purpose of application"))
    y = form.row(y, 42, USES, True)
    y = form.row(y, 66, (("Description of proposed work", 36, 586, "Description of proposed work"),), True)
    foot = form.bar(y, "C.   Applicant")
    sheet.write(179, y + 10, "Applicant is:", 7)
    form.tick(238, y + 1.5, 10, "Applicant is: Owner")
    sheet.write(251, y + 10, "Owner or", 7)
    form.tick(310, y + 1.5, 10, "Applicant is: Authorized agent of owner")
    sheet.write(323, y + 10, "Authorized agent of owner", 7)
    y = form.party(foot, "Applicant", "Applicant last name", "Applicant Corporation or partnership")
    y = form.bar(y, "D.   Owner (if different from applicant)")
    form.party(y, "Owner", "Owner Last name", "Owner Corporation or partnership")


def _purposes(form: PermitForm, y: float) -> float:
    form.sheet.box(LEFT, y, RIGHT, y + 26, ink=BLACK)
    printed = (
        (48, ("New construction",)),
        (166, ("Addition to an", "existing building")),
        (277, ("Alteration/repair",)),
        (409, ("Demolition",)),
        (516, ("Conditional", "Permit")),
    )
    for (x, label), name in zip(printed, PURPOSES.values(), strict=True):
        form.tick(x, y + 4, 18, name)
        form.sheet.lines(x + 22, y + (16 if len(label) == 1 else 11.5), label, 6.5, 9)
    return y + 26


def _second_page(form: PermitForm) -> None:
    sheet = form.sheet
    y = form.bar(30, "E.   Builder (optional)")
    y = form.party(y, "Builder", "Builder Last name", "Builder Corporation or partnership (if applicable)")
    y = form.bar(y, "F.   Tarion Warranty Corporation (Ontario New Home Warranty Program)")
    sheet.box(LEFT, y, RIGHT, y + 62, ink=BLACK)
    question = "Is proposed construction for a new home as defined in the Ontario New Home Warranties"
    sheet.lines(62, y + 10, (f"i.   {question}", "      Plan Act? If no, go to section G."), 6.5, 9)
    form.yes_no(y + 3, f"{NEW_HOME} YES", f"{NEW_HOME} NO (Go to section G.)")
    sheet.write(62, y + 32, f"ii.  {REGISTRATION}", 6.5)
    form.yes_no(y + 23, f"{REGISTRATION} YES", f"{REGISTRATION} NO")
    sheet.write(62, y + 54, "iii. If yes to (ii) provide registration number(s):", 6.5)
    form.text(
        248,
        y + 42,
        460,
        y + 55,
        "If registration is required under Ontario New Home Warranties Plan Act, provide registration number(s)",
    )
    sheet.rule(248, y + 56, 460, BLACK)
    y = form.bar(y + 62, "G.   Required Schedules")
    sheet.box(LEFT, y, RIGHT, y + 34, ink=BLACK)
    schedules = (
        "i) Attach Schedule 1 for each individual who reviews and takes responsibility for design activities.",
        "ii) Attach Schedule 2 where application is to construct on-site, install or repair a sewage system.",
    )
    sheet.lines(41, y + 12, schedules, 6.5, 15)
    y = _questions(form, form.bar(y + 34, "H.   Completeness and compliance with applicable law"))
    y = form.bar(y, "I.   Declaration of applicant")
    sheet.box(LEFT, y, RIGHT, y + 128, ink=BLACK)
    sheet.write(41, y + 32, "I", 7)
    form.text(45, y + 14, 492, y + 32, "Name of Applicant for Declaration")
    sheet.rule(45, y + 33, 492, BLACK)
    sheet.write(495, y + 32, "declare  that:", 7)
    sheet.write(137, y + 42, "(print name)", 6)
    declared = [line for item in DECLARED for line in simpleSplit(item, "Vera", 6.5, 505)]
    sheet.lines(58, y + 60, declared, 6.5, 9)
    form.dated(
        y + 108,
        (41, 177),
        (189, 514),
        ("Date Applicant Signed Main Form", "Signature of applicant"),
    )


def _questions(form: PermitForm, y: float) -> float:
    for number, question in QUESTIONS:
        stop = "" if question.endswith(".") else "."
        broken = simpleSplit(
            question.replace("by- law", "by-law").replace("agent,  all", "agent, all") + stop, "Vera", 6.5, 400
        )
        high = max(len(broken) * 9 + 6, 21)
        form.sheet.box(LEFT, y, RIGHT, y + high, ink=BLACK)
        form.sheet.write(41, y + 10, number, 6.5)
        form.sheet.lines(54, y + 10, broken, 6.5, 9)
        form.yes_no(y + (high - 14) / 2, f"{question} YES", f"{question} NO")
        y += high
    return y
