"""Draws what a target system looks like: what its form asks for, what its search lists, what a record's page shows.

Nothing is posted: the entry form is opened and left, and a search is made with an open filter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from keyword import iskeyword
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Page
from rapidfuzz import fuzz

from keywright.errors import Stop
from keywright.model.target_system import SignIn
from systems.web.adapter.listing import NOTHING, Below, Says, counted
from systems.web.adapter.session import STATE, asks_for_password, enter_door
from systems.web.browser.browser import faults_of, fresh_page, running_browser
from systems.web.scaffold.drawing import Drawing, FormField, shown_as
from systems.web.screen.fingerprint import ScreenShape, Shape
from systems.web.screen.survey import Mark, ScreenControl, Survey
from systems.web.screen.tables import Table, table_on
from systems.web.screen.targets import Cell, Labelled, Place

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
DATE = re.compile(r"\bdated?\b", re.IGNORECASE)
AMOUNT = re.compile(r"\b(amount|total|tax|price|cost|fees?|sum|balance|value|net|gross|hst|gst)\b|\$", re.IGNORECASE)
HINT = re.compile(r"\b([dmy]{1,4})([-/.])([dmy]{1,4})\2([dmy]{1,4})\b", re.IGNORECASE)
POSTS = re.compile(r"post|save|submit|file|book|create|add|register|enter|ok\b", re.IGNORECASE)
CHECKS = re.compile(r"update|preview|check|validate|calculate|refresh", re.IGNORECASE)
OPEN = re.compile(r"all|any|every|\*", re.IGNORECASE)
#: The phrases with which lists count their rows, as far as a skeleton knows them.
COUNTS = (
    *("{first} to {last} of {total}", "{first} - {last} of {total}", "{first}-{last} of {total}"),
    *("{first}–{last} of {total}", "{first} à {last} sur {total}", "{first} - {last} sur {total}"),
    *("Page {page} of {pages}", "Page {page} sur {pages}", "Page {page} / {pages}", "Page {page}/{pages}"),
)
#: A date or a time, which is another at the next look: 10:05, 2026-01-31, 31/1/26, 31 Jan, the year 2026.
MONTH = r"(jan|f[eé]v|feb|mar|apr|avr|ma[iy]|ju[inl]|ao[uû]|aug|sep|oct|nov|d[eé]c)[a-zé]*\.?"
MOMENT = re.compile(
    rf"\d:\d\d|\d{{1,4}}([-/.])\d{{1,2}}\d{{1,4}}|(19|20)\d\d|\d{{1,2}}[a-z.]* {MONTH}|{MONTH} \d",
    re.IGNORECASE,
)
MOST_VALUES = 4  # of the first record, that a search is asked for


@dataclass(frozen=True, slots=True)
class PageView:
    """One page at the moment it was looked at."""

    path: str
    heading: str
    survey: Survey
    text: str

    @classmethod
    def of(cls, page: Page) -> PageView:
        """Look at a page, or at the frame of it that has most to fill in."""
        frame = max(page.frames, key=lambda frame: (len(Survey.of(frame).controls), frame == page.main_frame))
        address = urlsplit(frame.url)
        path = f"{address.path}?{address.query}" if address.query else address.path
        heading = str(frame.evaluate(STATE)["heading"])
        return cls(path, heading, Survey.of(frame), frame.locator("body").inner_text())


def draw(name: str, sign_in: SignIn, form: str = "", find: str = "") -> Drawing:
    """Sign in, look at the entry form, the search, its list and the first record there, and return what was found.

    Raises Stop if the name is not valid, the sign-in is refused, or there is no form; Retry if the system is away.
    """
    if not NAME.fullmatch(name):
        raise Stop(f"{name!r} cannot be a system's name. Use small letters, digits and dashes, as in permit-desk.")
    with running_browser() as browser, fresh_page(browser) as page, faults_of(name, "looking at its screens"):
        page.goto(sign_in.url)
        enter_door(page, sign_in)
        if asks_for_password(page):
            raise Stop(f"{sign_in.url} refuses the sign-in of {sign_in.user!r}. Check --user and the password.")
        if form:
            page.goto(urljoin(sign_in.url, form))
        entry = PageView.of(page)
        if not entry.survey.controls or not entry.survey.buttons:
            raise Stop(f"{urljoin(sign_in.url, entry.path)} has nothing to fill in. Name the entry form with --form.")
        drawn = _form(name, entry)
        return _search(drawn, page, urljoin(sign_in.url, find)) if find else drawn


def _form(name: str, view: PageView) -> Drawing:
    buttons = [button.mark.label for button in view.survey.buttons]
    checks = next((label for label in buttons if CHECKS.search(label)), "")
    posts = [label for label in buttons if label != checks]
    fields, out_of_reach = _fields(view.survey.controls)
    return Drawing(
        name=name,
        dates=_dates(view.text),
        form=view.path,
        form_heading=view.heading,
        fields=tuple(form_field for form_field in fields if not isinstance(form_field.place, Cell)),
        line=tuple(form_field for form_field in fields if isinstance(form_field.place, Cell)),
        out_of_reach=out_of_reach,
        checks=checks,
        posts=next((label for label in reversed(posts) if POSTS.search(label)), buttons[-1]),
        shape=Shape(name, {view.heading: ScreenShape.of(view.survey)}),
    )


def _search(drawn: Drawing, page: Page, address: str) -> Drawing:
    """Add the search, what it lists with an open filter and when it finds nothing, and the first record there."""
    page.goto(address)
    view = PageView.of(page)
    opens = tuple((control.labels[0], option) for control in view.survey.controls if (option := _open_option(control)))
    boxes = tuple(
        control.labels[0] for control in view.survey.controls if control.mark.kind == "text" and control.labels
    )
    drawn = replace(
        drawn,
        find=view.path,
        find_heading=view.heading,
        find_button=view.survey.buttons[0].mark.label,
        find_boxes=boxes,
        find_open=opens,
        shape=_with_screen(drawn.shape, view.heading, ScreenShape.of(view.survey)),
    )
    drawn = _nothing(drawn, page, address)
    _searched(drawn, page, address)
    listing = PageView.of(page)
    shape = replace(ScreenShape.of(listing.survey), empty=drawn.empty.text if drawn.empty else None)
    drawn = replace(
        drawn, list_heading=listing.heading, shape=_with_screen(drawn.shape, f"{listing.heading}: list", shape)
    )
    return _first_record(drawn, page)


def _searched(drawn: Drawing, page: Page, address: str, box: str = "", text: str = NOTHING) -> None:
    """Open the search and press its button, with an open filter; with a ``box``, ask there, for what is not there."""
    page.goto(address)
    survey = Survey.of(page.main_frame)
    for label, option in drawn.find_open:
        if element := survey.element(next(control for control in survey.controls if label in control.labels)):
            element.select_option(label=option)
    if box and (element := survey.element(next(control for control in survey.controls if box in control.labels))):
        element.fill(text)
    if button := survey.element(survey.buttons[0]):
        with page.expect_navigation():
            button.click()


def _nothing(drawn: Drawing, page: Page, address: str) -> Drawing:
    """Add the columns of the list, how it counts, and what it shows when nothing was found."""
    _searched(drawn, page, address)
    columns = max(Survey.of(page.main_frame).columns, key=len, default=())
    if not columns:
        return drawn
    full, lines = table_on(page.main_frame, columns), set(_lines_on(page))
    counts = next(
        (
            template
            for template in COUNTS
            if (counts_shown := counted(template, full.page)) and _agrees(counts_shown, full)
        ),
        "",
    )
    drawn = replace(drawn, columns=columns, counts=counts)
    for box in drawn.find_boxes:
        usual_lines = _lines_of_found(drawn, page, address, box, full)
        none, sign = _looked_for_nothing(drawn, page, address, box, lines | usual_lines if usual_lines else None)
        again = _looked_for_nothing(drawn, page, address, box, lines | usual_lines if usual_lines else None)[1]
        if sign and sign == again:
            still = isinstance(sign, Says) or counted(counts, none.page)
            return replace(drawn, empty=sign, counts=counts if still else "")
    return drawn


def _lines_of_found(drawn: Drawing, page: Page, address: str, box: str, full: Table) -> set[str]:
    """Return the lines of a search that asks in a box for a value of the first record, and finds it; none if none does.

    What it shows is shown because something was asked, as "Clear filter" is, and not because nothing was found.
    """
    cells = (
        sorted(zip(full.heads, full.rows[0], strict=True), key=lambda cell: -fuzz.ratio(box, cell[0]))
        if full.rows
        else []
    )
    for value in [value for _, value in cells if value][:MOST_VALUES]:
        _searched(drawn, page, address, box, value)
        if any(value in row for row in table_on(page.main_frame, drawn.columns).rows):
            return set(_lines_on(page))
    return set()


def _looked_for_nothing(
    drawn: Drawing, page: Page, address: str, box: str, usual: set[str] | None
) -> tuple[Table, Says | Below | None]:
    """Ask in a box for what is not there; return the list, and what proves there that it is empty.

    ``usual`` are the lines of searches that find something; without them no line is known to be shown only then.
    """
    _searched(drawn, page, address, box)
    none = table_on(page.main_frame, drawn.columns)
    if none.rows or len(none.unread) > 1:
        return none, None
    return none, _sign(none, [] if usual is None else [line for line in _lines_on(page) if line not in usual])


def _lines_on(page: Page) -> list[str]:
    lines = page.main_frame.locator("body").inner_text().splitlines()
    return [words for line in lines if (words := " ".join(line.split()))]


def _agrees(counts_shown: Mapping[str, int], full: Table) -> bool:
    there = {"page": 1, "first": 1, "last": len(full.rows)}
    return all(counts_shown.get(name, number) == number for name, number in there.items())


def _sign(none: Table, new: Sequence[str]) -> Says | Below | None:
    """Return what proves that a list is empty: a line that only then is there, or that nothing is below the headings.

    A line with a number other than 0 counts something else; one with what was asked for, or the date or time, is
    another the next time. That nothing is displayed below the headings is no proof: a failed search shows it too.
    """
    for line in new:
        numbers = [int(number) for number in re.findall(r"\d+", line)]
        if line in none.page and NOTHING not in line and not any(numbers) and _is_lasting(line):
            return Says(line)
    is_bare = none.is_there and not none.unread and not none.pictures
    return Below(none.below) if is_bare and NOTHING not in none.below and _is_lasting(none.below) else None


def _is_lasting(words: str) -> bool:
    """Return True if these are words without a date or a time."""
    return re.search(r"\w", words) is not None and not MOMENT.search(words)


def _with_screen(shape: Shape, name: str, screen: ScreenShape) -> Shape:
    return Shape(shape.system, {**shape.screens, name: screen})


def _first_record(drawn: Drawing, page: Page) -> Drawing:
    """Add what the page of the first record shows that is listed, if there is one."""
    link = page.locator("tr:has(td) td:has(a), tr:has(td) th:has(a)").first
    if not drawn.columns or not link.count():
        return drawn
    number = " ".join(link.inner_text().split())
    at = int(link.evaluate("cell => cell.cellIndex"))
    link.locator("a").first.click()
    page.wait_for_load_state()
    record = PageView.of(page)
    labels = record.survey.printed
    heading = record.heading.replace(number, "").strip()
    return replace(
        drawn,
        number_at=at,
        record=record.path.replace(number, "{number}"),
        record_heading=heading,
        printed=labels,
        fields=shown_as(drawn.fields, labels),
        shape=_with_screen(drawn.shape, heading, ScreenShape.of(record.survey)),
    )


def _fields(controls: Sequence[ScreenControl]) -> tuple[list[FormField], tuple[str, ...]]:
    """Return what a form asks for, and the names of controls that have no label, heading or column of their own."""
    fields: list[FormField] = []
    lost: list[str] = []
    taken: set[str] = set()
    for control in controls:
        place = _place(control, controls)
        if place is None or (isinstance(place, Cell) and place.row > 1):
            lost += [control.mark.name or control.mark.kind] if place is None else []
            continue
        name = _name(place, taken)
        taken.add(name)
        fields.append(FormField(name, *_type(control.mark), place, control.mark.options))
    return fields, tuple(lost)


def _place(control: ScreenControl, controls: Sequence[ScreenControl]) -> Place | None:
    """Return the simplest place that only this control has."""
    mark = control.mark
    if mark.label:
        same_label = [candidate for candidate in controls if mark.label in candidate.labels]
        if len(same_label) == 1:
            return mark.label
        here = [candidate for candidate in same_label if mark.under and mark.under in candidate.heads]
        return Labelled(mark.label, under=mark.under) if len(here) == 1 else None
    return Cell(mark.column, mark.row) if mark.column else None


def _type(mark: Mark) -> tuple[str, str]:
    """Return the type of a value, and the method that fills its control."""
    if mark.kind in ("select", "radio"):
        return "str", mark.kind
    if mark.kind == "checkbox":
        return "bool", "checkbox"
    if mark.kind == "file":
        return "Path | None", "attachment"
    words = mark.label or mark.column
    if DATE.search(words):
        return "dt.date | None", "date"
    return ("Decimal | None", "amount") if AMOUNT.search(words) else ("str", "text")


def _name(place: Place, taken: set[str]) -> str:
    """Return a name for a value, in the words of its place."""
    match place:
        case Cell(column, _):
            words = column
        case Labelled(label, under):
            words = f"{re.sub(r'[(].*?[)]|^[A-Z0-9][.)]', '', under)} {label}"
        case str():
            words = place
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    name = "_".join(re.findall(r"[a-z0-9]+", plain)[:5]) or "value"
    name = f"n_{name}" if name[0].isdigit() else name
    name = f"{name}_" if iskeyword(name) else name
    return name if name not in taken else next(new for n in range(2, 1000) if (new := f"{name}_{n}") not in taken)


def _dates(text: str) -> str:
    """Return the format of dates for ``strftime``, read from a hint like ``(dd/mm/yyyy)`` on the form."""
    hint = HINT.search(text)
    if hint is None:
        return "%Y-%m-%d"
    parts = {"d": "%d", "m": "%m", "y": "%Y"}
    short = {"y": "%y"} if re.search(r"\byy\b|(?<!y)yy(?!y)", hint[0], re.IGNORECASE) else {}
    return hint[2].join({**parts, **short}[hint[n][0].lower()] for n in (1, 3, 4))


def _open_option(control: ScreenControl) -> str:
    """Return the option of a search's list that hides nothing, if it has one."""
    if control.mark.kind != "select" or not control.labels:
        return ""
    return next((option for option in control.mark.options if OPEN.fullmatch(option)), "")
