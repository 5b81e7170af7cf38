"""Looks at a screen as a clerk does: which controls and buttons are there, what is printed at each, what it holds."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import ElementHandle, Frame, JSHandle
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

LOOK = Path(__file__).with_name("survey.js").read_text(encoding="utf-8")
#: As a person would, one control after another: go there, put the value in, say so to the page's scripts, and leave.
FILL_ALL = """(look, acts) => {
    if (!look.same()) return null;
    const say = (control, event) => control.dispatchEvent(event);
    const type = (control, text) => {
        Object.getOwnPropertyDescriptor(Object.getPrototypeOf(control), 'value').set.call(control, text);
        say(control, new InputEvent('input', {bubbles: true, inputType: 'insertText', data: text}));
        say(control, new Event('change', {bubbles: true}));
        say(control, new KeyboardEvent('keydown', {bubbles: true, key: 'Tab', code: 'Tab', keyCode: 9}));
    };
    const choose = (list, part) => {
        if (list.selectedIndex === part) return;
        list.selectedIndex = part;
        say(list, new Event('input', {bubbles: true}));
        say(list, new Event('change', {bubbles: true}));
    };
    for (const [at, part, value] of acts) {
        const control = look.groups[at][look.groups[at].length > 1 ? part : 0];
        control.focus();
        if (control.type === 'radio') control.checked || control.click();
        else if (control.type === 'checkbox') control.checked === value || control.click();
        else if (control.tagName === 'SELECT') choose(control, part);
        else type(control, value);
    }
    document.activeElement?.blur();
    return acts.map(([at]) => look.holds(at));
}"""
Act = tuple[int, int, str | bool]
"""What is put into one control: its index; of a list or a choice, which option; of others, the text or the tick."""
SOON_S = 3.0  # a control of a page that has arrived is there within this, or the screen has changed
PAUSE_MS = 50


@dataclass(frozen=True, slots=True)
class Mark:
    """The properties by which a control is distinguished from the others of its screen; a shape file stores them.

    ``kind`` is ``text``, ``select``, ``checkbox``, ``radio``, ``file`` or ``button``; ``under`` the nearest heading;
    ``row`` counts from the heading of its column, and is 0 if there is none; ``before`` and ``after`` are the names (or
    labels) of the controls around it.
    """

    kind: str
    label: str
    name: str = ""
    under: str = ""
    column: str = ""
    row: int = 0
    before: str = ""
    after: str = ""
    options: tuple[str, ...] = ()
    value: str = ""

    def __str__(self) -> str:
        """Return the control in words."""
        place = f" under {self.under!r}" if self.under else ""
        column = f" in column {self.column!r}, row {self.row}" if self.column and not self.label else ""
        with_name = f" (named {self.name!r})" if self.name else ""
        return f"the {KINDS[self.kind]} {self.label!r}{column}{place}{with_name}"


KINDS = {
    "text": "box",
    "select": "list",
    "checkbox": "tick box",
    "radio": "choice",
    "file": "file box",
    "button": "button",
}


@dataclass(frozen=True, slots=True)
class ScreenControl:
    """A control at the moment of a look: its mark, all that is printed at it, and its content."""

    index: int
    mark: Mark
    labels: tuple[str, ...]
    heads: tuple[str, ...] = ()
    content: str = ""
    values: tuple[str, ...] = ()  #: of the buttons of a choice; their texts are in ``mark.options``
    longest: int = -1
    accept: str = ""
    locked: bool = False


class Survey:
    """One look at a frame: values of that moment, and handles that lead to exactly these controls."""

    def __init__(self, handle: JSHandle) -> None:
        self.handle = handle  #: in the page, with the functions that ``survey.js`` gives it
        report: dict[str, list[Any]] = json.loads(handle.evaluate("look => look.report()"))
        descriptions = zip(report["controls"], report["contents"], strict=True)
        self.controls = _with_neighbours(
            [_control(n, description, content) for n, (description, content) in enumerate(descriptions)]
        )
        self.columns: tuple[tuple[str, ...], ...] = tuple(tuple(description) for description in report["columns"])
        self.printed: tuple[str, ...] = tuple(report["printed"])
        self.buttons = tuple(_control(n, description) for n, description in enumerate(report["buttons"]))

    @classmethod
    def of(cls, frame: Frame) -> Survey:
        """Look at a frame. If it is just being reloaded, look again, for up to three seconds."""
        until = time.monotonic() + SOON_S
        while True:
            try:
                return cls(frame.evaluate_handle(LOOK))
            except PlaywrightTimeout:
                raise
            except PlaywrightError:
                if time.monotonic() > until or frame.is_detached():
                    raise
                frame.page.wait_for_timeout(PAUSE_MS)

    def element(self, control: ScreenControl, part: int = 0) -> ElementHandle | None:
        """Return the element of a control; of a choice, the one of this option. None if the screen has changed."""
        groups = "buttons[at]" if control.mark.kind == "button" else "groups[at][part]"
        reach = f"(look, [at, part]) => look.same() ? look.{groups} : null"
        try:
            return self.handle.evaluate_handle(reach, [control.index, part]).as_element()
        except PlaywrightTimeout:
            raise
        except PlaywrightError:  # the page that was looked at is gone
            return None

    def holds(self, control: ScreenControl) -> str:
        """Return what a control holds now."""
        content: str = self.handle.evaluate("(look, at) => look.holds(at)", control.index)
        return content

    def fill_all(self, acts: Sequence[Act]) -> list[str] | None:
        """Fill many controls and return what each holds then; None, and fill nothing, if the screen has changed."""
        try:
            contents: list[str] | None = self.handle.evaluate(FILL_ALL, [list(act) for act in acts])
        except PlaywrightTimeout:
            raise
        except PlaywrightError:  # the page that was looked at is gone
            return None
        return contents


@dataclass(frozen=True, slots=True)
class Reached:
    """A control that is about to be filled: the look that led to it, and its element."""

    survey: Survey
    control: ScreenControl
    element: ElementHandle
    part: int  #: of a choice, which of its buttons

    def content(self) -> str:
        """Return what the control holds now."""
        return self.survey.holds(self.control)


def _control(index: int, description: Mapping[str, Any], content: str = "") -> ScreenControl:
    labels, heads = tuple(description["labels"]), tuple(description.get("heads", ()))
    mark = Mark(
        kind=description["kind"],
        label=labels[0] if labels else "",
        name=description["name"],
        under=heads[0] if heads else "",
        column=description.get("column", ""),
        row=description.get("row", 0),
        options=tuple(description.get("options", ())),
        value=description.get("value", ""),
    )
    return ScreenControl(
        index,
        mark,
        labels,
        heads,
        content,
        tuple(description.get("values", ())),
        description.get("longest", -1),
        description.get("accept", ""),
        description.get("locked", False),
    )


def _with_neighbours(controls: Sequence[ScreenControl]) -> tuple[ScreenControl, ...]:
    around = ["", *(control.mark.name or control.mark.label for control in controls), ""]
    return tuple(
        replace(control, mark=replace(control.mark, before=around[n], after=around[n + 2]))
        for n, control in enumerate(controls)
    )
