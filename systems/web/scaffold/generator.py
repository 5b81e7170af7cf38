"""Writes a target system's skeleton, its module, its shape and its first test, from what was drawn of its screens."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

from keywright.errors import Stop
from keywright.model.target_system import SignIn
from keywright.settings.settings import CHECKOUT
from systems.web.scaffold.inspector import Asked, Drawing, draw, listed_as
from systems.web.scaffold.lookups import find_text, is_findable, listing_lines, walk_text
from systems.web.screen.fingerprint import FOLDER
from systems.web.screen.targets import Cell, Labelled, Place

FREE = re.compile(r"note|descri|remark|comment")  # boxes that take any text
DEFAULTS = {"str": '""', "bool": "False"}


def write_skeleton(name: str, sign_in: SignIn, form: str = "", find: str = "", checkout: Path = CHECKOUT) -> list[Path]:
    """Look at a system's screens, and write its module, its shape and its first test; return where they are.

    Raises Stop if one of them is there already: nobody's work is written over.
    """
    module, test = _paths(name, checkout)
    if there := [str(path) for path in (module, test) if path.exists()]:
        raise Stop(f"{', '.join(there)}: there already. Remove it first, or take another name.")
    drawn = draw(name, sign_in, form, find)
    module.write_text(module_text(drawn), encoding="utf-8")
    test.write_text(test_text(drawn), encoding="utf-8")
    _tidy(module, test)
    return [module, test, drawn.shape.save(checkout / FOLDER.relative_to(CHECKOUT))]


def module_text(drawn: Drawing) -> str:
    """Return the module of a system."""
    types = {one.type for one in (*drawn.asked, *drawn.line)}
    parts = [
        f'"""{_title(drawn)}: find a record, enter a record. Begun as a skeleton drawn from its screens."""',
        _imports(drawn, types),
        _constants(drawn),
        _record(drawn),
        _shown(drawn),
        _system(drawn),
        f"{_module(drawn.name)} = Opening({_title(drawn)}.name, {_title(drawn)})",
    ]
    return "\n\n".join(each for each in parts if each) + "\n"


def test_text(drawn: Drawing) -> str:
    """Return the first test: each place that the module fills is on record, once. The next need the system itself."""
    places = "\n".join(f"    {_place(one.place)}," for one in (*drawn.asked, *drawn.line))
    names = {type(one.place).__name__ for one in (*drawn.asked, *drawn.line)} & {"Cell", "Labelled"}
    return f'''"""{_title(drawn)}: what its module fills and presses is on record."""

from __future__ import annotations

import pytest

from systems.{_module(drawn.name)} import FORM, {_title(drawn)}
from systems.web.screen.locators import locate, locate_button
from systems.web.screen.targets import {", ".join(sorted(names | {"Place", "labelled"}, key=str.lower))}
from systems.web.screen.fingerprint import known

PLACES: list[Place] = [
{places}
]


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_each_place_that_is_filled_is_on_record_once(place: Place) -> None:
    screen = known({_title(drawn)}.name).screen(FORM)
    _, change = locate(labelled(place), screen.controls(), screen.marks)
    assert change is None


def test_the_button_that_posts_is_on_record() -> None:
    screen = known({_title(drawn)}.name).screen(FORM)
    button, change = locate_button({drawn.posts!r}, screen.controls(), screen.marks)
    assert (button.mark.kind, change) == ("button", None)
'''


def _imports(drawn: Drawing, types: set[str]) -> str:
    dates, amounts = any("dt." in each for each in types), any("Decimal" in each for each in types)
    places = {type(one.place).__name__ for one in (*drawn.asked, *drawn.line)} & {"Cell", "Labelled"}
    compares = ["ensure_read_back", *(["only"] if is_findable(drawn) else [])]
    lists = {"NOTHING", "Listing", "shown_when_empty", type(drawn.empty).__name__}
    lines = [
        "from __future__ import annotations\n",
        "import datetime as dt" if dates else "",
        "from collections.abc import Iterator",
        "from dataclasses import dataclass",
        "from decimal import Decimal" if amounts else "",
        "from pathlib import Path" if "Path | None" in types else "",
        "from typing import ClassVar\n",
        "from playwright.sync_api import Page\n",
        "" if is_findable(drawn) else "from keywright.errors import Stop",
        "from keywright.model.target_system import Posting, Receipt, SignIn",
        "from systems.web.browser.browser import Opening, faults_of",
        f"from systems.web.adapter.comparison import {', '.join(compares)}",
        f"from systems.web.screen.formats import Expected, Format{', folded' if listed_as(drawn) else ''}",
        f"from systems.web.adapter.listing import {', '.join(sorted(lists))}" if is_findable(drawn) else "",
        f"from systems.web.screen.screen import {', '.join(sorted(places | {'Screen'}))}",
        "from systems.web.adapter.unexpected_pages import looking",
        "from systems.web.screen.tables import table_on" if is_findable(drawn) else "",
        "from systems.web.drift.round_trip import Trial",
        "from systems.web.adapter.session import WebSession",
    ]
    return "\n".join(each for each in lines if each)


def _constants(drawn: Drawing) -> str:
    told = {
        "FORM": drawn.form_heading,
        "SEARCH": drawn.find_heading,
        "LIST": drawn.list_heading,
        "RECORD": drawn.record_heading,
    }
    lines = [f"{name} = {text!r}" for name, text in told.items() if text]
    lines += listing_lines(drawn)
    return "# The headings by which pages are known.\n" + "\n".join(lines)


def _files(drawn: Drawing) -> list[str]:
    return [one.name for one in drawn.asked if one.fills == "attachment"]


def _record(drawn: Drawing) -> str:
    lines = []
    if drawn.line:
        lines += [_dataclass("Line", "One line of a record.", drawn.line), ""]
    lost = (
        f" Not told apart by label, heading or column: {', '.join(drawn.out_of_reach)}." if drawn.out_of_reach else ""
    )
    told = f"What {_title(drawn)} is asked to hold.{lost}"
    more = "    lines: tuple[Line, ...] = ()\n" if drawn.line else ""
    return "\n".join(lines) + ("\n" if lines else "") + _dataclass("Record", told, drawn.asked) + more


def _dataclass(name: str, told: str, asked: Sequence[Asked]) -> str:
    wrapped = "\n    ".join(textwrap.wrap(told, 110))
    fields = "".join(f"    {one.name}: {one.type} = {DEFAULTS.get(one.type, 'None')}{_choices(one)}\n" for one in asked)
    closing = "\n    " if "\n" in wrapped else ""
    return f'@dataclass(frozen=True, slots=True, kw_only=True)\nclass {name}:\n    """{wrapped}{closing}"""\n\n{fields}'


def _choices(one: Asked) -> str:
    if not one.options:
        return ""
    told = "  # one of: " + ", ".join(filter(None, one.options))
    return told if len(told) < 70 else f"{told[:66]} …"


def _shown(drawn: Drawing) -> str:
    """Return the function that says what the record's page must show."""
    expected = [
        f"        Expected({one.name!r}, {_value(one, 'record')}, {one.shown_as!r}),"
        for one in drawn.asked
        if one.shown_as
    ]
    missing = [one.name for one in drawn.asked if not one.shown_as]
    left = [label for label in drawn.printed if label not in {one.shown_as for one in drawn.asked}]
    notes = [*_note("Find where the record's page shows these, and add them:", missing)]
    notes += _note("The record's page shows these too:", left)
    text = (
        '''def shown(record: Record) -> list[Expected]:
    """Return what the record's page must show: every value that was keyed."""
    return [
'''
        + "\n".join([*expected, *notes])
        + "\n    ]\n"
    )
    return text + _lines_shown(drawn)


def _note(words: str, names: Sequence[str]) -> list[str]:
    if not names:
        return []
    return [f"        # {line}" for line in textwrap.wrap(f"{words} {', '.join(names)}", 100)]


def _lines_shown(drawn: Drawing) -> str:
    if not drawn.line:
        return ""
    cells = "\n".join(
        f"            Expected(f'lines[{{n}}].{one.name}', {_value(one, 'line')}, {_column(one)!r}),"
        for one in drawn.line
    )
    return f'''

def lines_shown(record: Record) -> list[list[Expected]]:
    """Return what each line of the record's page must show."""
    return [
        [
{cells}
        ]
        for n, line in enumerate(record.lines, start=1)
    ]
'''


def _system(drawn: Drawing) -> str:
    return f'''class {_title(drawn)}:
    """{_title(drawn)}, in one browser page."""

    name: ClassVar[str] = {drawn.name!r}
    format: ClassVar[Format] = Format({drawn.dates!r})

    def __init__(self, page: Page, sign_in: SignIn) -> None:
        self._session = WebSession(self.name, page, sign_in, self.format)

{_identity(drawn)}
    def find(self, record: Record, /) -> Receipt | None:
        """Return the receipt of this record, whatever became of it since, or None."""
        return looking(self.name, lambda: self._find(record))

    def enter(self, record: Record, posting: Posting, /) -> None:
        """Type the record in, and post it; every control is read back before that."""
        with faults_of(self.name, "entering a record"):
            screen = self._session.open({drawn.form!r}, FORM)
{_fills(drawn)}
            self._session.post(screen, {drawn.posts!r}, posting)

    def last_screen(self) -> bytes:
        """Return a picture of what was looked at last."""
        return self._session.last_screen()

    def walk(self) -> Iterator[Screen]:
        """Open the screens in turn, without posting."""
        yield self._session.open({drawn.form!r}, FORM)
{walk_text(drawn)}
    def trial(self) -> Trial:
        """Return how the system's way with values is tried without posting."""
        return Trial(
            open=lambda: self._session.open({drawn.form!r}, FORM),
{_trial(drawn)}        )

{find_text(drawn)}'''


def _identity(drawn: Drawing) -> str:
    listed = listed_as(drawn)
    if not listed:
        return '''    def identity(self, record: Record, /) -> str:
        """Return what makes a record one and the same, spelled as the system compares it."""
        raise Stop("Say in identity what makes a record one and the same: see docs/add-a-target-system.md.")
'''
    values = ", ".join(f"record.{one.name}" for one in listed.values())
    cells = ", ".join(str(index) for index in listed)
    comma = "," if len(listed) == 1 else ""
    return f'''    def identity(self, record: Record, /) -> str:
        """Return what makes a record one and the same, without regard to case and blanks, as the search has it."""
        return " | ".join(folded(self.format.write(each)) for each in ({values}{comma}))

    def _listed(self, row: list[str]) -> str:
        """Return the identity of a row of the list."""
        return " | ".join(folded(row[at]) for at in ({cells}{comma}))
'''


def _fills(drawn: Drawing) -> str:
    files = "".join(f", {name}=record.{name}" for name in _files(drawn))
    lines = [f"            ensure_read_back(self.name, shown(record){files})"]
    lines += [line for one in drawn.asked for line in _fill(one, "record", 12)]
    if drawn.line:
        lines.append("            for row, line in enumerate(record.lines, start=1):")
        if drawn.checks:
            lines.append("                if row > 1:")
            lines.append(f"                    self._session.press(screen, {drawn.checks!r}, FORM)  # adds the row")
        lines += [line for one in drawn.line for line in _fill(one, "line", 16)]
    if drawn.checks:
        lines.append(f"            self._session.press(screen, {drawn.checks!r}, FORM)  # shows what was understood")
    return "\n".join(lines)


def _fill(one: Asked, of: str, indent: int) -> list[str]:
    place = f"Cell({one.place.column!r}, row)" if isinstance(one.place, Cell) else _place(one.place)
    value = f"{of}.{one.name}"
    if "None" in one.type:
        test = f"if {value} is not None:"
    elif one.fills in ("select", "radio"):
        test = f"if {value}:"
    else:
        return [f"{' ' * indent}screen.{one.fills}({place}, {value})"]
    return [f"{' ' * indent}{test}", f"{' ' * (indent + 4)}screen.{one.fills}({place}, {value})"]


def _trial(drawn: Drawing) -> str:
    lines = []
    if drawn.checks:
        lines.append(f"            settle=lambda screen: self._session.press(screen, {drawn.checks!r}, FORM),\n")
    kinds = {"texts": "text", "dates": "date", "amounts": "amount", "ticks": "checkbox"}
    for word, fills in kinds.items():
        found = [one for one in (*drawn.asked, *drawn.line) if one.fills == fills]
        free = [one for one in found if FREE.search(one.name)] or found[-1:] if fills == "text" else found
        places = [_place(one.place) for one in free[:3]]
        if places:
            lines.append(f"            {word}=({', '.join(places)},),\n")
    return "".join(lines)


def _value(one: Asked, of: str) -> str:
    value = f"{of}.{one.name}"
    return f"{value}.name if {value} else None" if one.type == "Path | None" else value


def _column(one: Asked) -> str:
    return one.place.column if isinstance(one.place, Cell) else str(one.place)


def _place(place: Place) -> str:
    match place:
        case str():
            return repr(place)
        case Labelled(label, under):
            return f"Labelled({label!r}, under={under!r})"
        case Cell(column, row):
            return f"Cell({column!r}, {row})"


def _title(drawn: Drawing) -> str:
    return "".join(part.capitalize() for part in drawn.name.split("-"))


def _module(name: str) -> str:
    return name.replace("-", "_")


def _paths(name: str, checkout: Path) -> tuple[Path, Path]:
    return checkout / "systems" / f"{_module(name)}.py", checkout / "tests" / "systems" / f"test_{_module(name)}.py"


def _tidy(*paths: Path) -> None:
    """Let ruff set the lines, where it is installed: it is with the developers' tools, and not with the robots'."""
    for act in (["check", "--fix", "--quiet", "--select", "I"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *act, *map(str, paths)], check=False, capture_output=True)
