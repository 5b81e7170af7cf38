"""Schedule 1 of the permit application: who designed the work, and by what right."""

from reportlab.lib.utils import simpleSplit

from demo.permit_form import BLACK, Cell, PermitForm

ACTIVITIES = (
    ("House", "Small Buildings", "Large Buildings", "Complex Buildings"),
    ("HVAC – House", "Building Services", "Detection, Lighting and Power", "Fire Protection"),
    ("Building Structural", "Plumbing – House", "Plumbing – All Buildings", "On-site Sewage Systems"),
)
CHOICES = (
    (
        62,
        "I review and take responsibility for the design work on behalf of a firm registered under subsection "
        "3.2.4.of Division C, of the Building Code. I am qualified, and the firm is registered, in the appropriate "
        "classes/categories.",
    ),
    (
        130,
        "I review and take responsibility for the design and am qualified in the appropriate category as an “other "
        "designer” under subsection 3.2.5.of Division C, of the Building Code.",
    ),
    (200, "The design work is exempt from the registration and qualification requirements of the Building Code."),
)
_OF = "for Designer Information"
PROJECT: tuple[tuple[Cell, ...], ...] = (
    (
        ("Building number, street name", 45, 407, f"Project Building number street name {_OF}"),
        ("Unit no.", 407, 488, f"Project Unit number {_OF}"),
        ("Lot/con.", 488, 567, f"Project Lot/Concession {_OF}"),
    ),
    (
        ("Municipality", 45, 226, f"Project Municipality {_OF}"),
        ("Postal code", 226, 289, f"Project Postal code {_OF}"),
        ("Plan number/ other description", 289, 567, f"Project Plan number / other description {_OF}"),
    ),
)
INDIVIDUAL: tuple[tuple[Cell, ...], ...] = (
    (("Name", 45, 289, "Designer Name"), ("Firm", 289, 567, "Designer Firm")),
    (
        ("Street address", 45, 407, "Designer Street address"),
        ("Unit no.", 407, 488, "Designer Unit no"),
        ("Lot/con.", 488, 567, "Designer Lot/Concession"),
    ),
    (
        ("Municipality", 45, 226, "Designer Municipality"),
        ("Postal code", 226, 289, "Designer Postal code"),
        ("Province", 289, 403, "Designer Province"),
        ("E-mail", 403, 567, "Designer Email"),
    ),
    (
        ("Telephone number", 45, 226, "Designer Telephone number"),
        ("Fax number", 226, 403, "Designer Fax number"),
        ("Cell number", 403, 567, "Designer Cell number"),
    ),
)
GROUNDS = (
    (90, 192, "Individual BCIN:", "Individual BCIN of Designer for Registered Firm"),
    (110, 192, "Firm BCIN:", "Firm BCINFirm BCIN of Designer for Registered Firm"),
    (160, 192, "Individual BCIN:", "Individual BCIN for Other Designer"),
    (
        180,
        277,
        "Basis for exemption from registration:",
        "Basis for exemption from registration for Other Designer",
    ),
    (
        220,
        343,
        "Basis for exemption from registration and qualification:",
        "For design work, Basis for exemption from registration and qualification",
    ),
)


def schedule_1(form: PermitForm) -> None:
    """Draw Schedule 1 on the form's current page."""
    sheet = form.sheet
    sheet.write(571, 40, "Schedule 1: Designer Information", 12.5, "VeraBd", "right")
    use = "Use one form for each individual who reviews and takes responsibility for design activities with respect to "
    sheet.write(50, 52, use + "the project.", 6.5)
    y = form.bar(57, "A.   Project Information", 45, 567)
    y = form.rows(y, 25, PROJECT)
    y = form.bar(y, "B.   Individual who reviews and takes responsibility for design activities", 45, 567)
    y = form.rows(y, 25, INDIVIDUAL)
    done = "C.   Design activities undertaken by individual identified in Section B."
    y = form.bar(y, f"{done} [Building Code Table 3.5.2.1. of Division C]", 45, 567)
    y = _activities(form, y)
    y = form.row(y, 52, (("Description of designer’s work", 45, 567, "Description of designers work"),), True)
    _designer_declares(form, form.bar(y, "D.   Declaration of Designer", 45, 567))


def _activities(form: PermitForm, y: float) -> float:
    form.sheet.box(45, y, 567, y + 52, ink=BLACK)
    for column, names in enumerate(ACTIVITIES):
        for place, name in enumerate(names):
            x, top = 76 + column * 174, y + 4 + place * 11.5
            form.tick(x, top, 9, f"Design Activities: {name.replace('–', '-')}")
            form.sheet.write(x + 12, top + 7.5, name, 6.5)
    return y + 52


def _designer_declares(form: PermitForm, y: float) -> None:
    sheet = form.sheet
    sheet.box(45, y, 567, y + 302, ink=BLACK)
    sheet.write(50, y + 32, "I", 7)
    form.text(55, y + 14, 390, y + 32, "Designer Name for Declaration")
    sheet.rule(55, y + 33, 390, BLACK)
    sheet.write(393, y + 32, "declare that (choose one as appropriate):", 7)
    sheet.write(186, y + 42, "(print name)", 6)
    for drop, choice in CHOICES:
        sheet.lines(98, y + drop, simpleSplit(choice, "Vera", 6.5, 455), 6.5, 9)
    for drop, start, label, name in GROUNDS:
        sheet.write(116, y + drop, label, 6.5)
        form.text(start, y + drop - 13, 560 if start > 192 else 403, y + drop, name)
        sheet.rule(start, y + drop + 1, 560 if start > 192 else 403, BLACK)
    certified = (
        "I certify that:",
        "    1.   The information contained in this schedule is true to the best of my knowledge.",
        "    2.   I have submitted this application with the knowledge and consent of the firm.",
    )
    sheet.lines(50, y + 238, certified, 6.5, 11)
    form.dated(
        y + 286,
        (68, 204),
        (216, 541),
        ("Date Signed by Designer", "Signature of Designer"),
    )
