"""Fills the controls of a web screen by their printed labels, and reads every one of them back."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import ElementHandle, Frame
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from keywright.errors import NotPosted, Refer, Retry, Stop
from keywright.findings import Kind
from keywright.messages import Message
from keywright.model.target_system import Hears, NoteChange, Posting
from systems.web.screen.answers import answer_text
from systems.web.screen.fingerprint import ScreenShape, as_text
from systems.web.screen.formats import Format, Value, one_line, plain
from systems.web.screen.locators import Absent, Change, Located, Lost, locate, locate_button
from systems.web.screen.submit import press_in_time, right_to_post
from systems.web.screen.survey import PAUSE_MS, SOON_S, Act, Reached, ScreenControl, Survey
from systems.web.screen.targets import Cell, Labelled, Place, labelled
from systems.web.screen.uploads import arriving

__all__ = ["Cell", "Labelled", "Place", "Screen"]

RESTLESS = "The screen of {} changes all the time. It is tried again, with a look first."


class Screen:
    """One page or frame of a target system, and what has been filled in on it.

    ``name`` is the name that the system's module gives the screen, ``shape`` what was recorded of it, ``note`` records
    changes since then (it is the ``note`` of the sign-in). A control that is missing, there twice or cannot be
    identified means a changed screen: Stop. A value that a control does not take is for a person: Refer. What does not
    come in time is a Retry.
    """

    def __init__(
        self,
        system: str,
        frame: Frame,
        format: Format,
        *,
        note: NoteChange,
        name: str = "",
        shape: ScreenShape | None = None,
    ) -> None:
        self.system = system
        self.frame = frame
        self.format = format
        self.name = name
        self.shape = shape or ScreenShape()
        self._note = note
        self._filled: dict[Labelled | Cell, Value] = {}
        self._survey: Survey | None = None  # the last look, used as long as only values have changed on the screen

    def text(self, place: Place, value: str, *, verbatim: bool = True) -> None:
        """Type a text (one line, or several into a text area) and read it back.

        With ``verbatim`` off, the system is expected to replace the text, for example a vendor's number by the name.
        The text is then not confirmed before the post, and the module must check that the replacement is right.
        """
        self._type(place, value, verbatim)

    def fill(self, values: Mapping[Place, Value], *, passing: Collection[Place] = ()) -> None:
        """Fill many controls at once, each in the way of its kind, and read all of them back.

        A text, an amount or a date is typed; in a list or a choice the option with this text is chosen; a box is ticked
        or not. One call fills the whole form within the page: with thirty controls filled one by one, the calls to the
        browser cost more than all the rest of a keying. Use it for forms that do not change while one types. The values
        at the places in ``passing`` are ones that the system replaces, for example a vendor's number by the name.
        """
        until = time.monotonic() + SOON_S
        while time.monotonic() < until:
            reached = [self._reach_any(place, value) for place, value in values.items()]
            contents = self._survey.fill_all([act for _, act, _ in reached]) if self._survey else None
            if contents is not None:
                break
            self._survey = None
        else:
            raise Retry(RESTLESS.format(self.system))
        for place, (control, _, expected), content in zip(values, reached, contents, strict=True):
            self._filled[labelled(place)] = expected
            self._ensure_holds(labelled(place), replace(control, content=content))
        for place in passing:
            del self._filled[labelled(place)]

    def amount(self, place: Place, value: Decimal) -> None:
        """Type an amount of money and read it back."""
        self._type(place, value)

    def date(self, place: Place, value: dt.date) -> None:
        """Type a date in the system's own format and read it back."""
        self._type(place, value)

    def select(self, place: Place, option: str, *, reloads: bool = False) -> None:
        """Choose the option with this text; with ``reloads`` the choice submits the form, and the answer is awaited."""
        reached = self._reach(place, "select")
        self._filled[labelled(place)] = option
        if reached.content() == one_line(option):
            return
        index = self._option(place, reached.control, option)
        if reloads:
            with self.answer(f"the choice at {labelled(place)}"):
                reached.element.select_option(index=index)
            self._ensure_holds(labelled(place), self._look(place))
            return
        reached.element.select_option(index=index)
        self._read_back(place, reached)

    def radio(self, place: Place, option: str) -> None:
        """Choose the radio button whose text or value this is, and read the choice back."""
        reached = self._reach(place, "radio", option)
        self._filled[labelled(place)] = reached.control.mark.options[reached.part]
        reached.element.check()
        self._read_back(place, reached)

    def checkbox(self, place: Place, ticked: bool) -> None:
        """Tick a box, or take the tick away, and read it back."""
        reached = self._reach(place, "checkbox")
        self._filled[labelled(place)] = ticked
        reached.element.set_checked(ticked)
        self._read_back(place, reached)

    def attachment(self, place: Place, file: Path, *, confirmed: str = "") -> None:
        """Choose a file for an upload control, wait until the page has taken it, and read back its name and size.

        A page that sends the file at once must show its name then, or the text ``confirmed``. Raises Refer if the
        control does not take files with this ending, or the page does not confirm the file: it may have dropped it.
        """
        reached = self._reach(place, "file")
        accept = reached.control.accept
        endings = [ending.strip().lower() for ending in accept.split(",")]
        if all(ending.startswith(".") for ending in endings) and file.suffix.lower() not in endings:
            raise self._refused(place, file.name, Message("it takes files ending in {endings}", endings=accept))
        with arriving(self.system, self.frame, file, confirmed) as sending:
            reached.element.set_input_files(file)
        self._survey = None
        if (
            sending.sent and not self._look(place).content
        ):  # it is uploaded and shown, and the control is free for another
            return
        self._filled[labelled(place)] = f"{file.name} ({file.stat().st_size} bytes)"
        self._ensure_holds(labelled(place), self._look(place))

    def options(self, place: Place) -> list[str]:
        """Return the texts that a list or a choice offers."""
        return list(self._look(place).mark.options)

    def content(self, place: Place) -> str:
        """Return what the control at a place holds: its text, the chosen option, ``yes`` or ``no``, names of files."""
        return self._look(place).content

    def control(self, place: Place) -> ElementHandle:
        """Return the element of the one control at a place now. Raises Stop if it cannot be identified."""
        return self._reach(place).element

    def printed_value(self, label: str) -> str:
        """Return what is printed in the table cell right of a label. Raises Stop if it is missing, or there twice."""
        until = time.monotonic() + SOON_S
        while not self._printed_beside([label])[0] and time.monotonic() < until:
            self.frame.page.wait_for_timeout(PAUSE_MS)
        return self.printed_values([label])[0]

    def printed_values(self, labels: Sequence[str]) -> list[str]:
        """Return what is printed right of each of these labels. Raises Stop if one is missing, or is there twice."""
        values_per_label = self._printed_beside(labels)
        for label, values in zip(labels, values_per_label, strict=True):
            if len(values) != 1:
                raise self._changed(f"shows {len(values)} values for {label!r}", "The record cannot be read")
        return [plain(values[0]) for values in values_per_label]

    def _printed_beside(self, labels: Sequence[str]) -> list[list[str]]:
        pairs: list[list[str]] = self.frame.locator(":is(td, th) + td").evaluate_all(
            "cells => cells.map(cell => [cell.previousElementSibling.textContent, cell.textContent])"
        )
        return [[value for beside, value in pairs if one_line(beside) == label] for label in labels]

    def confirm(self) -> Survey:
        """Read every control that was filled once more, in one look, and return the look.

        Raises Refer, with both values, if one holds another value.
        """
        self._survey = Survey.of(self.frame)
        for place in self._filled:
            self._ensure_holds(place, self._look(place, fresh=False))
        return self._survey

    def press(self, button: str) -> None:
        """Press a button that leads to another page without posting, and wait for that page."""
        element = self._button(button)
        with self.answer(f"{button!r}"):
            element.click()

    def post(self, button: str, posting: Posting) -> None:
        """Post what is filled in. Nothing is ever posted in another way.

        1. See that the button is there and can be pressed, and that every control still holds its value.
        2. Read the page's clock, and request the right to post: it lasts so many seconds from that reading.
        3. Let the page press the button if, by its clock, the right still stands and no control has changed since.
           A worker that was stopped between steps 2 and 3 posts nothing when it goes on, even if its clock is wrong.
        4. Wait for the page that follows, and report its text to the giver of the right.

        Raises NotPosted if the button was not pressed, Retry if the system does not answer in time.
        """
        element = self._button(button)
        element.click(trial=True)
        look = self.confirm()
        right = right_to_post(self.frame, posting)
        with self._heard_by(posting), self.answer(f"{button!r}"):
            press_in_time(self.system, button, element, look, right)

    @contextmanager
    def _heard_by(self, posting: Posting) -> Iterator[None]:
        """Report what the page says after the press to the giver of the right; nothing if nothing was pressed."""
        is_pressed = True
        try:
            yield
        except NotPosted:
            is_pressed = False
            raise
        finally:
            if is_pressed and isinstance(posting, Hears):
                posting.hear(answer_text(self.frame))

    @contextmanager
    def answer(self, to: str) -> Iterator[None]:
        """Wait, at the end of the block, for the page that the system answers with. Raises Retry if none comes."""
        try:
            with self.frame.expect_navigation(wait_until="domcontentloaded"):
                yield
        except PlaywrightTimeout as error:
            raise Retry(f"{self.system} did not answer {to} in time. Look first, then try again.") from error
        finally:
            self._survey = None

    def _type(self, place: Place, value: Value, verbatim: bool = True) -> None:
        """Type a value and read it back."""
        reached = self._reach(place, "text")
        text = self._fitting(place, value, reached.control)
        self._filled[labelled(place)] = _kept(value)
        reached.element.fill(text)
        self._read_back(place, reached)
        if not verbatim:
            del self._filled[labelled(place)]

    def _fitting(self, place: Place, value: Value, control: ScreenControl) -> str:
        """Return a value in the form that is typed. Raises Refer if it is too long for the control, which would cut it
        off.
        """
        text = plain(self.format.write(value))
        if 0 <= control.longest < len(text):
            raise self._refused(
                place,
                text,
                Message(
                    "it takes {longest} characters, and this has {count}", longest=control.longest, count=len(text)
                ),
            )
        return text

    def _reach_any(self, place: Place, value: Value) -> tuple[ScreenControl, Act, Value]:
        """Return a control from the last look, the act that fills it, and the value that it must hold afterwards."""
        control = self._look(place, fresh=False)
        kind = control.mark.kind
        self._ensure_fillable(place, control, kind)
        if kind == "select":
            return control, (control.index, self._option(place, control, str(value)), ""), value
        if kind == "radio":
            part = self._part(place, control, str(value))
            return control, (control.index, part, ""), control.mark.options[part]
        if kind == "checkbox":
            return control, (control.index, 0, bool(value)), bool(value)
        if kind != "text":
            raise self._changed(f"has {control.mark} at {labelled(place)}, which is filled another way")
        return control, (control.index, 0, self._fitting(place, value, control)), _kept(value)

    def _option(self, place: Place, control: ScreenControl, option: str) -> int:
        """Return which option of a list has this text. Raises Refer if none has, or several."""
        offered = control.mark.options
        if offered.count(one_line(option)) != 1:
            raise self._refused(
                place, option, Message("it offers {options}", options=tuple(f"“{text}”" for text in offered if text))
            )
        return offered.index(one_line(option))

    def _read_back(self, place: Place, reached: Reached) -> None:
        self._ensure_holds(labelled(place), replace(reached.control, content=reached.content()))

    def _ensure_holds(self, place: Labelled | Cell, control: ScreenControl) -> None:
        value = self._filled[place]
        wanted = ("yes" if value else "no") if isinstance(value, bool) else value
        is_list = control.mark.kind == "select"
        if not (one_line(str(wanted)) == control.content if is_list else self.format.same(wanted, control.content)):
            raise self._refused(
                place, self.format.write(wanted), Message("it shows “{text}” instead", text=control.content)
            )

    def _reach(self, place: Place, kind: str = "", option: str = "") -> Reached:
        """Return the element of the control at a place, to fill it; for a choice, the button of one option.

        Raises Stop if it cannot be identified or is of another kind, Refer if it cannot be changed, Retry if the screen
        keeps changing.
        """
        until = time.monotonic() + SOON_S
        while time.monotonic() < until:
            control = self._look(place, fresh=False)
            self._ensure_fillable(place, control, kind)
            part = self._part(place, control, option) if option else 0
            if (survey := self._survey) and (element := survey.element(control, part)):
                return Reached(survey, control, element, part)
            self._survey = None
        raise Retry(RESTLESS.format(self.system))

    def _ensure_fillable(self, place: Place, control: ScreenControl, kind: str) -> None:
        if kind and control.mark.kind != kind:
            raise self._changed(f"has {control.mark} at {labelled(place)}, which is filled another way")
        if kind and control.locked:
            raise self._refused(place, "", Message("it is locked there"))

    def _part(self, place: Place, control: ScreenControl, option: str) -> int:
        pairs = zip(control.mark.options, control.values, strict=True)
        matches = [n for n, pair in enumerate(pairs) if option in pair]
        if len(matches) != 1:
            raise self._refused(place, option, Message("there is no such button"))
        return matches[0]

    def _look(self, place: Place, *, fresh: bool = True) -> ScreenControl:
        """Return the control at a place, looked at now if ``fresh``, otherwise from the last look."""
        if fresh:
            self._survey = None
        at = labelled(place)
        return self._located(lambda look: locate(at, look.controls, self.shape.marks))

    def _button(self, text: str) -> ElementHandle:
        until = time.monotonic() + SOON_S
        while time.monotonic() < until:
            control = self._located(lambda look: locate_button(text, look.buttons, self.shape.marks))
            if (survey := self._survey) and (element := survey.element(control)):
                return element
            self._survey = None
        raise Retry(RESTLESS.format(self.system))

    def _located(self, find: Callable[[Survey], Located]) -> ScreenControl:
        """Look for a control, repeatedly for up to three seconds."""
        until = time.monotonic() + SOON_S
        while True:
            self._survey = self._survey or Survey.of(self.frame)
            try:
                control, change = find(self._survey)
            except Absent as absent:
                if time.monotonic() > until:
                    raise self._changed(str(absent)) from absent
                self.frame.page.wait_for_timeout(PAUSE_MS)
                self._survey = None
                continue
            except Lost as lost:
                raise self._changed(str(lost)) from lost
            if change is not None:
                self._ensure_usable(change)
            return control

    def _ensure_usable(self, change: Change) -> None:
        """Record a change. Raises Stop if a person rejected it, or must accept it first."""
        standing = self._note(self.system, self.name, as_text(change))
        if standing == "accepted" or (standing == "open" and change.strong):
            return
        rejected = standing == "rejected"
        judgement = "said that it is a different" if rejected else "must say whether it is the same"
        raise self._changed(f"has changed: {change}; a person {judgement} control (./run proposals)")

    def _refused(self, place: Place, value: str, reason: Message) -> Refer:
        named = Message("“{text}”", text=value) if value else Message("a value")
        refusal = Message(
            "Not accepted by {system}. It does not take {value} at {place}: {reason}. Nothing was posted. Correct it.",
            system=self.system,
            value=named,
            place=str(labelled(place)),
            reason=reason,
        )
        return Refer.because("not-taken", refusal, kind=Kind.SYSTEM, acceptable=False)

    def _changed(self, how: str, effect: str = "Nothing was posted") -> Stop:
        return Stop(
            f"The screen of {self.system} at {self.frame.url.split('?')[0]} {how}. {effect}. Compare it with its "
            f"module in systems/ before anything else is keyed there: ./run probe {self.system}"
        )


def _kept(value: Value) -> Value:
    """Return what a control must hold once a value was typed there."""
    return plain(value) if isinstance(value, str) else value
