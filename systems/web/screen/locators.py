"""Finds a control again by several independent pieces of evidence: label, name, kind, heading, column, neighbours.

If a shape is on file, its recorded mark describes what the control was. An exact match is the normal case. A control
that was renamed or moved is taken only if the evidence is strong and it matches no other recorded control; it is then
reported as a ``Change`` that a person can see. Otherwise nothing is filled. The label and the name count 2 each; the
heading or column, the neighbours and the options of a list 1 each; for a button, the text and what it sends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from systems.web.screen.survey import Mark, ScreenControl
from systems.web.screen.targets import Cell, Labelled

STRONG = 4
WEAK = 2


class Lost(Exception):
    """A control cannot be identified on this screen; the message says what is there instead."""


class Absent(Lost):
    """Nothing on the screen could be this control; perhaps it has not been loaded yet."""


@dataclass(frozen=True, slots=True)
class Change:
    """A control that differs from its recorded mark: its mark then, its mark today, and what still agrees.

    If the evidence is not ``strong``, the control is used only after a person has confirmed that it is the same.
    """

    was: Mark
    current: Mark
    agrees: tuple[str, ...]
    strong: bool

    def __str__(self) -> str:
        """Return the change in words."""
        agreeing = f" ({', '.join(self.agrees)} the same)" if self.agrees else ""
        return f"{self.was} is now {self.current}{agreeing}"


Located = tuple[ScreenControl, Change | None]


def stands_at(control: ScreenControl, place: Labelled | Cell) -> bool:
    """Say whether a control stands at a place, by what is printed there."""
    if isinstance(place, Cell):
        return (control.mark.column, control.mark.row) == (place.column, place.row)
    return place.label in control.labels and (not place.under or place.under in control.heads)


def locate(place: Labelled | Cell, controls: Sequence[ScreenControl], marks: Sequence[Mark] = ()) -> Located:
    """Return the one control at a place, and how it has changed, if it has. Raises Lost, or Absent."""
    matches = [control for control in controls if stands_at(control, place)]
    if len(matches) > 1:
        raise Lost(f"has {len(matches)} times a control at {place}")
    wanted = _recorded(place, marks)
    if wanted is None:
        if not matches:
            raise Absent(f"no longer has a control at {place}")
        return matches[0], None
    if matches and _same(matches[0].mark, wanted) and _stands_as(matches[0], wanted):
        return matches[0], None
    return _found_again(f"a control at {place}", wanted, controls, marks)


def locate_button(text: str, buttons: Sequence[ScreenControl], marks: Sequence[Mark] = ()) -> Located:
    """Return the one button with this text, and how it has changed, if it has. Raises Lost, or Absent."""
    matches = [button for button in buttons if text in button.labels]
    if len(matches) > 1:
        raise Lost(f"has {len(matches)} times the button {text!r}")
    wanted = next((mark for mark in marks if mark.kind == "button" and mark.label == text), None)
    if matches and wanted and _sends(wanted) != _sends(matches[0].mark):
        raise Lost(f"no longer has the button {text!r} as it was recorded: it sends {matches[0].mark.value!r} now")
    if matches:
        return matches[0], None
    if wanted is None:
        raise Absent(f"no longer has the button {text!r}")
    return _found_again(f"the button {text!r}", wanted, buttons, marks)


def changes(marks: Sequence[Mark], controls: Sequence[ScreenControl]) -> Iterator[Change | Mark]:
    """Yield what is no longer as recorded: a Change for what is found again, the mark of what is not."""
    for wanted in marks:
        if any(_same(control.mark, wanted) and _stands_as(control, wanted) for control in controls):
            continue
        try:
            _, change = _found_again("it", wanted, controls, marks)
            assert change is not None
            yield change
        except Lost:
            yield wanted


def _recorded(place: Labelled | Cell, marks: Sequence[Mark]) -> Mark | None:
    """Return the mark recorded for a place; of the rows of a column, the first stands for all."""
    if isinstance(place, Labelled):
        same_label = [m for m in marks if m.kind != "button" and place.label == m.label]
        under = [m for m in same_label if not place.under or m.under == place.under]
        return under[0] if len(under) == 1 else None
    rows = [m for m in marks if (m.column, m.row) == (place.column, 1) and not m.label]
    if len(rows) != 1:
        return None
    name = re.sub(r"1(?=\D*$)", str(place.row), rows[0].name)
    return rows[0] if place.row == 1 else replace(rows[0], row=place.row, name=name, before="", after="")


def _same(current: Mark, was: Mark) -> bool:
    return current.kind == was.kind and current.name == was.name


def _stands_as(control: ScreenControl, wanted: Mark) -> bool:
    label = not wanted.label or wanted.label in control.labels
    under = not wanted.under or wanted.under in control.heads
    return label and under and control.mark.column == wanted.column


def _found_again(what: str, wanted: Mark, controls: Sequence[ScreenControl], marks: Sequence[Mark]) -> Located:
    """Return the control that is the recorded one by the evidence. Raises Lost if none is."""
    other_marks = [mark for mark in marks if mark != wanted]
    free = [
        control
        for control in controls
        if not any(_same(control.mark, m) and _stands_as(control, m) for m in other_marks)
    ]
    likely = [control for control in free if control.mark.kind == wanted.kind and _score(control, wanted)[0] >= WEAK]
    if len(likely) == 1 and not _claimed(likely[0], wanted, other_marks):
        score, agrees = _score(likely[0], wanted)
        return likely[0], Change(wanted, likely[0].mark, agrees, score >= STRONG)
    if likely:
        candidates = " or ".join(str(control.mark) for control in likely[:3])
        raise Lost(f"no longer has {what} as it was recorded: {wanted} may be {candidates}, and nothing settles it")
    if changed := [control for control in free if _score(control, wanted)[0] >= STRONG]:
        raise Lost(f"no longer has {what} as it was recorded: {wanted} is {changed[0].mark} now")
    raise Absent(f"no longer has {what}: {wanted} is gone")


def _claimed(control: ScreenControl, wanted: Mark, other_marks: Sequence[Mark]) -> bool:
    """Say whether another recorded control has a claim to this one: its name, or its label."""
    for mark in other_marks:
        if wanted.kind == "button" or mark.kind == "button":
            if mark.kind == wanted.kind and mark.label in control.labels:
                return True
            continue
        if mark.name and mark.name == control.mark.name != wanted.name:
            return True
        if mark.label and mark.label != wanted.label and mark.label in control.labels:
            return True
    return False


def _score(control: ScreenControl, wanted: Mark) -> tuple[int, tuple[str, ...]]:
    """Return how strongly a control looks like the recorded one, and what agrees."""
    current = control.mark
    evidence = [
        ("label", 2, bool(wanted.label) and wanted.label in control.labels),
        ("name", 2, bool(wanted.name) and current.name == wanted.name and wanted.kind != "button"),
        ("what it sends", 4, wanted.kind == "button" and _sends(wanted) == _sends(current) != ("", "")),
        ("name", 2, wanted.kind == "button" and current.name == wanted.name),
        ("heading", 1, wanted.kind != "button" and (current.under, current.column) == (wanted.under, wanted.column)),
        ("neighbours", 1, wanted.kind != "button" and (current.before, current.after) == (wanted.before, wanted.after)),
        ("options", 1, len(wanted.options) > 1 and current.options == wanted.options),
    ]
    agrees = [(name, score) for name, score, true in evidence if true]
    return sum(score for _, score in agrees), tuple(name for name, _ in agrees)


def _sends(button: Mark) -> tuple[str, str]:
    """Return what pressing a button sends, where that is not its text."""
    return (button.name, button.value) if button.value != button.label else ("", "")
