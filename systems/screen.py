"""Fills the controls of a web screen by the label printed beside them, and reads every one of them back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from playwright.sync_api import Frame, Locator
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from keywright.errors import Refer, Retry, Stop
from keywright.findings import Kind
from systems.formats import Format, Value, plain

CONTROL = "*[self::input[not(@type='hidden')] or self::select or self::textarea]"
SOON_MS = 3_000  # a control of a page that has arrived is there, or the screen has changed


@dataclass(frozen=True, slots=True)
class Labelled:
    """The control with this label, or in the table cell right of this text; ``under`` names a heading of its table."""

    label: str
    under: str = ""

    def __str__(self) -> str:
        return f"{self.label!r} under {self.under!r}" if self.under else repr(self.label)


@dataclass(frozen=True, slots=True)
class Cell:
    """The control in the n-th row (from 1) under a column's heading."""

    column: str
    row: int

    def __str__(self) -> str:
        return f"{self.column!r} in row {self.row}"


Place = str | Labelled | Cell


@dataclass(frozen=True, slots=True)
class Filled:
    """A control that was filled: what it must hold, and how to see what it holds."""

    value: Value
    read: Callable[[], str]


class Screen:
    """One page or frame of a target system, and what has been filled in on it.

    A control that is not there, or is there twice, is a changed screen: Stop. A value that a control does not take
    is for a person: Refer. What does not come in time is a Retry.
    """

    def __init__(self, system: str, frame: Frame, format: Format) -> None:
        self.system = system
        self.frame = frame
        self.format = format
        self._filled: dict[Labelled | Cell, Filled] = {}

    def text(self, place: Place, value: str) -> None:
        """Type a text (one line, or several into a text area) and read it back."""
        self._type(place, value)

    def amount(self, place: Place, value: Decimal) -> None:
        """Type an amount of money and read it back."""
        self._type(place, value)

    def date(self, place: Place, value: dt.date) -> None:
        """Type a date in the system's own format and read it back."""
        self._type(place, value)

    def select(self, place: Place, option: str, *, reloads: bool = False) -> None:
        """Choose the option with this text; with ``reloads`` the choice submits the form, and the answer is awaited."""
        control = self.control(place)
        self._hold(place, option, lambda: chosen(control))
        if plain(chosen(control)) == plain(option):
            return
        if option not in (offered := self.options(place)):
            raise self._refused(place, option, f"it offers {', '.join(repr(each) for each in offered if each)}")
        with self.answer(f"the choice at {_labelled(place)}") if reloads else _nothing():
            control.select_option(label=option)
        self._read_back(place)

    def radio(self, place: Place, option: str) -> None:
        """Choose the radio button whose value or text this is, and read the choice back."""
        group = self._cell(place)
        button = group.locator(
            f"xpath=.//input[@type='radio'][@value={quoted(option)} or "
            f"normalize-space(following-sibling::text()[1])={quoted(option)}]"
        )
        if button.count() != 1:
            raise self._refused(place, option, "there is no such button")
        button.check()
        self._hold(place, True, lambda: self.format.write(button.is_checked()))
        self._read_back(place)

    def checkbox(self, place: Place, ticked: bool) -> None:
        """Tick a box, or take the tick away, and read it back."""
        control = self.control(place)
        control.set_checked(ticked)
        self._hold(place, ticked, lambda: self.format.write(control.is_checked()))
        self._read_back(place)

    def options(self, place: Place) -> list[str]:
        """Return the texts that a select offers."""
        return [" ".join(text.split()) for text in self.control(place).locator("option").all_text_contents()]

    def shown(self, label: str, under: str = "") -> str:
        """Return what is printed in the table cell right of a label."""
        cell = self._cell(Labelled(label, under))
        return plain(cell.text_content() or "")

    def all_shown(self, labels: Sequence[str]) -> list[str]:
        """Return what is printed right of each of these labels. Raises Stop if one is missing, or is there twice."""
        pairs: list[list[str]] = self.frame.locator("td + td").evaluate_all(
            "cells => cells.map(cell => [cell.previousElementSibling.textContent, cell.textContent])"
        )
        found = [[value for beside, value in pairs if " ".join(beside.split()) == label] for label in labels]
        for label, values in zip(labels, found, strict=True):
            if len(values) != 1:
                raise self._changed(f"has {len(values)} times a value beside {label!r}")
        return [plain(values[0]) for values in found]

    def confirm(self) -> None:
        """Read every control that was filled once more. Raises Refer, with both values, if one holds another value."""
        for place in self._filled:
            self._read_back(place)

    def press(self, button: str) -> None:
        """Press a button or link that leads to another page, and wait for that page."""
        control = self.frame.get_by_role("button", name=button, exact=True)
        self._ensure_one(control, f"the button {button!r}")
        with self.answer(f"{button!r}"):
            control.click()

    @contextmanager
    def answer(self, to: str) -> Iterator[None]:
        """Wait, at the end of the block, for the page that the system answers with. Raises Retry if none comes."""
        try:
            with self.frame.expect_navigation():
                yield
        except PlaywrightTimeout as error:
            raise Retry(f"{self.system} did not answer {to} in time. Look first, then try again.") from error

    def control(self, place: Place) -> Locator:
        """Return the one control at a place. Raises Stop if there is none, or more than one."""
        match _labelled(place):
            case Cell(column, row):
                control = self.frame.locator(f"xpath={_in_column(column, row)}//{CONTROL}")
            case Labelled(label, under):
                scope = self._scope(under)
                beside = scope.locator(f"xpath={_beside(label)}//{CONTROL}")
                control = scope.get_by_label(label, exact=True).or_(beside)
        self._ensure_one(control, f"a control at {_labelled(place)}")
        return control

    def _type(self, place: Place, value: Value) -> None:
        """Type a value; what the control cannot hold whole is refused before it is cut off."""
        control = self.control(place)
        text = plain(self.format.write(value))
        longest: int = control.evaluate("control => control.maxLength ?? -1")
        if 0 <= longest < len(text):
            raise self._refused(place, text, f"it takes {longest} characters, and this has {len(text)}")
        control.fill(text)
        self._hold(place, value if not isinstance(value, str) else text, control.input_value)
        self._read_back(place)

    def _hold(self, place: Place, value: Value, read: Callable[[], str]) -> None:
        self._filled[_labelled(place)] = Filled(value, read)

    def _read_back(self, place: Place) -> None:
        filled = self._filled[_labelled(place)]
        held = filled.read()
        if not self.format.same(filled.value, held):
            raise self._refused(place, self.format.write(filled.value), f"it holds {held!r} instead")

    def _refused(self, place: Place, value: str, reason: str) -> Refer:
        return Refer.because(
            "not-taken",
            f"{self.system} does not take {value!r} at {_labelled(place)}: {reason}. Nothing was posted. Correct it.",
            kind=Kind.SYSTEM,
            acceptable=False,
        )

    def _scope(self, under: str) -> Locator:
        """Return the whole page, or the innermost table with this heading."""
        if not under:
            return self.frame.locator("body")
        cell = f"*[self::td or self::th][normalize-space(.)={quoted(under)}]"
        scope = self.frame.locator(f"xpath=//{cell}/ancestor::table[1]")
        self._ensure_one(scope, f"a table with the heading {under!r}")
        return scope

    def _cell(self, place: Place) -> Locator:
        """Return the table cell right of a label."""
        labelled = _labelled(place)
        if isinstance(labelled, Cell):
            cell = self.frame.locator(f"xpath={_in_column(labelled.column, labelled.row)}")
        else:
            cell = self._scope(labelled.under).locator(f"xpath={_beside(labelled.label)}")
        self._ensure_one(cell, f"a place at {labelled}")
        return cell

    def _ensure_one(self, found: Locator, what: str) -> None:
        if not (number := found.count()):
            try:
                found.first.wait_for(state="attached", timeout=SOON_MS)
            except PlaywrightTimeout as error:
                raise self._changed(f"no longer has {what}") from error
            number = found.count()
        if number > 1:
            raise self._changed(f"has {number} times {what}")

    def _changed(self, how: str) -> Stop:
        return Stop(
            f"The screen of {self.system} at {self.frame.url.split('?')[0]} {how}. Nothing was posted. "
            "Compare it with its module in systems/ before anything else is keyed there."
        )


def rows(frame: Frame, column: str) -> list[list[str]]:
    """Return the cells of each row under the headings of the table that has this column, the headings first."""
    table = frame.locator(f"xpath=//tr[th[normalize-space(.)={quoted(column)}]]")
    found: list[Any] = table.first.evaluate(
        """heading => [...heading.parentElement.rows].filter(row => row.rowIndex >= heading.rowIndex)
            .map(row => [...row.cells].map(cell => cell.textContent))"""
    )
    return [[plain(str(cell)) for cell in row] for row in found]


def chosen(select: Locator) -> str:
    """Return the text of the option that a select shows."""
    text: str = select.evaluate("select => select.selectedOptions[0]?.text ?? ''")
    return text


def quoted(text: str) -> str:
    """Write a text as an XPath string, whatever quotes are in it."""
    if '"' not in text:
        return f'"{text}"'
    parts = ", '\"', ".join(f'"{part}"' for part in text.split('"'))
    return f"concat({parts})"


def _labelled(place: Place) -> Labelled | Cell:
    return Labelled(place) if isinstance(place, str) else place


def _beside(label: str) -> str:
    return f".//td[normalize-space(.)={quoted(label)}]/following-sibling::td[1]"


def _in_column(column: str, row: int) -> str:
    """Return the n-th cell under a heading, counting the heading's row as row 0."""
    heading = f"th[normalize-space(.)={quoted(column)}]"
    index = f"count(../../tr/{heading}/preceding-sibling::th) + 1"
    return f"//tr[{heading}]/following-sibling::tr[{row}]/td[position() = {index}]"


@contextmanager
def _nothing() -> Iterator[None]:
    yield
