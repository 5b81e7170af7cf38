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
from systems.web.scaffold.drawing import Drawing, FormField, listed_as
from systems.web.scaffold.inspector import draw
from systems.web.scaffold.lookups import find_text, is_findable, listing_lines, walk_text
from systems.web.screen.fingerprint import FOLDER
from systems.web.screen.targets import Cell, Labelled, Place

FREE = re.compile(r"note|descri|remark|comment")  # boxes that take any text
DEFAULTS = {"str": '""', "bool": "False"}


def write_skeleton(name: str, sign_in: SignIn, form: str = "", find: str = "", checkout: Path = CHECKOUT) -> list[Path]:
    """Look at a system's screens, and write its module, its shape and its first test; return their paths.

    Raises Stop if one of the files exists already: no file is overwritten.
    """
    module, test = _paths(name, checkout)
    if there := [str(path) for path in (module, test) if path.exists()]:
        raise Stop(f"These files exist already: {', '.join(there)}. Remove them first, or choose another name.")
    drawn = draw(name, sign_in, form, find)
    module.write_text(module_text(drawn), encoding="utf-8")
    test.write_text(test_text(drawn), encoding="utf-8")
    _tidy(module, test)
    return [module, test, drawn.shape.save(checkout / FOLDER.relative_to(CHECKOUT))]


def module_text(drawn: Drawing) -> str:
    """Return the module of a system."""
    types = {field.type for field in (*drawn.fields, *drawn.line)}
    parts = [
        f'"""{_title(drawn)}: finds and enters records. Drafted from its screens by ./run new-system."""',
        _imports(drawn, types),
        _constants(drawn),
        _record(drawn),
        _shown(drawn),
        _system(drawn),
        f"{_module(drawn.name)} = Opening({_title(drawn)}.name, {_title(drawn)})",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def test_text(drawn: Drawing) -> str:
    """Return the first test: each place that the module fills is in the recorded shape once.

    Further tests need the system itself.
    """
    places = "\n".join(f"    {_place(field.place)}," for field in (*drawn.fields, *drawn.line))
    names = {type(field.place).__name__ for field in (*drawn.fields, *drawn.line)} & {"Cell", "Labelled"}
    return f'''"""{_title(drawn)}: the controls that its module fills and presses are recorded."""

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
    dates, amounts = any("dt." in line for line in types), any("Decimal" in line for line in types)
    places = {type(field.place).__name__ for field in (*drawn.fields, *drawn.line)} & {"Cell", "Labelled"}
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
    return "\n".join(line for line in lines if line)


def _constants(drawn: Drawing) -> str:
    headings = {
        "FORM": drawn.form_heading,
        "SEARCH": drawn.find_heading,
        "LIST": drawn.list_heading,
        "RECORD": drawn.record_heading,
    }
    lines = [f"{name} = {text!r}" for name, text in headings.items() if text]
    lines += listing_lines(drawn)
    return "# The headings by which pages are known.\n" + "\n".join(lines)


def _files(drawn: Drawing) -> list[str]:
    return [field.name for field in drawn.fields if field.fills == "attachment"]


def _record(drawn: Drawing) -> str:
    lines = []
    if drawn.line:
        lines += [_dataclass("Line", "One line of a record.", drawn.line), ""]
    lost = (
        f" Without a label, heading or column of their own: {', '.join(drawn.out_of_reach)}."
        if drawn.out_of_reach
        else ""
    )
    docstring = f"One record to be entered in {_title(drawn)}.{lost}"
    more = "    lines: tuple[Line, ...] = ()\n" if drawn.line else ""
    return "\n".join(lines) + ("\n" if lines else "") + _dataclass("Record", docstring, drawn.fields) + more


def _dataclass(name: str, docstring: str, fields: Sequence[FormField]) -> str:
    wrapped = "\n    ".join(textwrap.wrap(docstring, 110))
    declarations = "".join(
        f"    {field.name}: {field.type} = {DEFAULTS.get(field.type, 'None')}{_choices(field)}\n" for field in fields
    )
    closing = "\n    " if "\n" in wrapped else ""
    return (
        f'@dataclass(frozen=True, slots=True, kw_only=True)\nclass {name}:\n    """{wrapped}{closing}"""\n\n'
        f"{declarations}"
    )


def _choices(field: FormField) -> str:
    if not field.options:
        return ""
    comment = "  # one of: " + ", ".join(filter(None, field.options))
    return comment if len(comment) < 70 else f"{comment[:66]} …"


def _shown(drawn: Drawing) -> str:
    """Return the function that says what the record's page must show."""
    expected = [
        f"        Expected({field.name!r}, {_value(field, 'record')}, {field.shown_as!r}),"
        for field in drawn.fields
        if field.shown_as
    ]
    missing = [field.name for field in drawn.fields if not field.shown_as]
    further_labels = [label for label in drawn.printed if label not in {field.shown_as for field in drawn.fields}]
    notes = [*_note("Find where the record's page shows these, and add them:", missing)]
    notes += _note("The record's page shows these too:", further_labels)
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
        f"            Expected(f'lines[{{n}}].{field.name}', {_value(field, 'line')}, {_column(field)!r}),"
        for field in drawn.line
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
        """Return the receipt of this record, also of a paid or cancelled one, or None."""
        return looking(self.name, lambda: self._find(record))

    def enter(self, record: Record, posting: Posting, /) -> None:
        """Type the record in, read every control back, and post it."""
        with faults_of(self.name, "entering a record"):
            screen = self._session.open({drawn.form!r}, FORM)
{_fills(drawn)}
            self._session.post(screen, {drawn.posts!r}, posting)

    def last_screen(self) -> bytes:
        """Return a picture of the current page."""
        return self._session.last_screen()

    def walk(self) -> Iterator[Screen]:
        """Open the screens in turn, without posting."""
        yield self._session.open({drawn.form!r}, FORM)
{walk_text(drawn)}
    def trial(self) -> Trial:
        """Return how the form is tried with difficult values, without posting."""
        return Trial(
            open=lambda: self._session.open({drawn.form!r}, FORM),
{_trial(drawn)}        )

{find_text(drawn)}'''


def _identity(drawn: Drawing) -> str:
    listed_fields = listed_as(drawn)
    if not listed_fields:
        return '''    def identity(self, record: Record, /) -> str:
        """Return the values that identify a record, spelled the way the system compares them."""
        raise Stop("Write in identity which values identify a record: see docs/add-a-target-system.md.")
'''
    values = ", ".join(f"record.{field.name}" for field in listed_fields.values())
    cells = ", ".join(str(index) for index in listed_fields)
    comma = "," if len(listed_fields) == 1 else ""
    return f'''    def identity(self, record: Record, /) -> str:
        """Return the values that identify a record, without regard to case and blanks, like the search."""
        return " | ".join(folded(self.format.write(value)) for value in ({values}{comma}))

    def _listed(self, row: list[str]) -> str:
        """Return the identity of a row of the list."""
        return " | ".join(folded(row[index]) for index in ({cells}{comma}))
'''


def _fills(drawn: Drawing) -> str:
    files = "".join(f", {name}=record.{name}" for name in _files(drawn))
    lines = [f"            ensure_read_back(self.name, shown(record){files})"]
    lines += [line for field in drawn.fields for line in _fill(field, "record", 12)]
    if drawn.line:
        lines.append("            for row, line in enumerate(record.lines, start=1):")
        if drawn.checks:
            lines.append("                if row > 1:")
            lines.append(f"                    self._session.press(screen, {drawn.checks!r}, FORM)  # adds the row")
        lines += [line for field in drawn.line for line in _fill(field, "line", 16)]
    if drawn.checks:
        lines.append(
            f"            self._session.press(screen, {drawn.checks!r}, FORM)  # the system shows what it understood"
        )
    return "\n".join(lines)


def _fill(field: FormField, of: str, indent: int) -> list[str]:
    place = f"Cell({field.place.column!r}, row)" if isinstance(field.place, Cell) else _place(field.place)
    value = f"{of}.{field.name}"
    if "None" in field.type:
        test = f"if {value} is not None:"
    elif field.fills in ("select", "radio"):
        test = f"if {value}:"
    else:
        return [f"{' ' * indent}screen.{field.fills}({place}, {value})"]
    return [f"{' ' * indent}{test}", f"{' ' * (indent + 4)}screen.{field.fills}({place}, {value})"]


def _trial(drawn: Drawing) -> str:
    lines = []
    if drawn.checks:
        lines.append(f"            settle=lambda screen: self._session.press(screen, {drawn.checks!r}, FORM),\n")
    kinds = {"texts": "text", "dates": "date", "amounts": "amount", "ticks": "checkbox"}
    for word, fills in kinds.items():
        matching = [field for field in (*drawn.fields, *drawn.line) if field.fills == fills]
        free = (
            [field for field in matching if FREE.search(field.name)] or matching[-1:] if fills == "text" else matching
        )
        places = [_place(field.place) for field in free[:3]]
        if places:
            lines.append(f"            {word}=({', '.join(places)},),\n")
    return "".join(lines)


def _value(field: FormField, of: str) -> str:
    value = f"{of}.{field.name}"
    return f"{value}.name if {value} else None" if field.type == "Path | None" else value


def _column(field: FormField) -> str:
    return field.place.column if isinstance(field.place, Cell) else str(field.place)


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
