"""Fills the controls of a web screen by the label printed beside them, and reads every one of them back."""

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
from keywright.model.target_system import Hears, NoteChange, Posting
from systems.web.screen.answers import said_on
from systems.web.screen.fingerprint import ScreenShape, as_text
from systems.web.screen.formats import Format, Value, plain
from systems.web.screen.locators import Absent, Change, Found, Lost, locate, locate_button
from systems.web.screen.submit import press_in_time, right_to_post
from systems.web.screen.survey import PAUSE_MS, SOON_S, Act, Control, Reached, Survey
from systems.web.screen.targets import Cell, Labelled, Place, labelled
from systems.web.screen.uploads import arriving

__all__ = ["Cell", "Labelled", "Place", "Screen"]


class Screen:
    """One page or frame of a target system, and what has been filled in on it.

    ``name`` is what the system's module calls the screen, ``shape`` what was recorded of it; ``note`` takes down what
    has changed since, and is the ``note`` of the sign-in. A control that is not there, is there twice, or cannot be
    told for sure is a changed screen: Stop, in words. A value that a control does not take is for a person: Refer.
    What does not come in time is a Retry.
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
        self._survey: Survey | None = None  # the last look, used as long as the screen is the same but for its values

    def text(self, place: Place, value: str, *, kept: bool = True) -> None:
        """Type a text (one line, or several into a text area) and read it back.

        Without ``kept`` the system is expected to put another in its place, as a vendor's name for its number: then it
        is not confirmed before the post, and the module must see to it that what came is right.
        """
        self._type(place, value, kept)

    def fill(self, values: Mapping[Place, Value], *, passing: Collection[Place] = ()) -> None:
        """Fill many controls at once, each as its kind asks, and read all of them back.

        A text, an amount or a date is typed; of a list or a choice the option with this text is chosen; a box is ticked
        or not. One call for the whole form, in the page itself: of thirty controls filled one by one, the way to the
        browser and back costs more than all the rest of a keying. For forms that stay as they are while one types.
        What is ``passing`` the system is expected to put another in place of, as a vendor's name for its number.
        """
        until = time.monotonic() + SOON_S
        while time.monotonic() < until:
            reached = [self._reach_any(place, value) for place, value in values.items()]
            held = self._survey.fill_all([act for _, act, _ in reached]) if self._survey else None
            if held is not None:
                break
            self._survey = None
        else:
            raise self._restless()
        for place, (control, _, kept), one in zip(values, reached, held, strict=True):
            self._filled[labelled(place)] = kept
            self._ensure_holds(labelled(place), replace(control, held=one))
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
        if reached.held() == _line(option):
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
        endings = [each.strip().lower() for each in accept.split(",")]
        if all(each.startswith(".") for each in endings) and file.suffix.lower() not in endings:
            raise self._refused(place, file.name, f"it takes files ending in {accept}")
        with arriving(self.system, self.frame, file, confirmed) as sending:
            reached.element.set_input_files(file)
        self._survey = None
        if sending.sent and not self._look(place).held:  # it is uploaded and shown, and the control is free for another
            return
        self._filled[labelled(place)] = f"{file.name} ({file.stat().st_size} bytes)"
        self._ensure_holds(labelled(place), self._look(place))

    def options(self, place: Place) -> list[str]:
        """Return the texts that a list or a choice offers."""
        return list(self._look(place).mark.options)

    def held(self, place: Place) -> str:
        """Return what the control at a place holds: its text, the chosen option, ``yes`` or ``no``, names of files."""
        return self._look(place).held

    def control(self, place: Place) -> ElementHandle:
        """Return the one control at a place, as it is on the screen now. Raises Stop if it cannot be told."""
        return self._reach(place).element

    def shown(self, label: str) -> str:
        """Return what is printed in the table cell right of a label. Raises Stop if it is not there, or is twice."""
        until = time.monotonic() + SOON_S
        while not self._beside([label])[0] and time.monotonic() < until:
            self.frame.page.wait_for_timeout(PAUSE_MS)
        return self.all_shown([label])[0]

    def all_shown(self, labels: Sequence[str]) -> list[str]:
        """Return what is printed right of each of these labels. Raises Stop if one is missing, or is there twice."""
        found = self._beside(labels)
        for label, values in zip(labels, found, strict=True):
            if len(values) != 1:
                raise self._unread(f"has {len(values)} times a value beside {label!r}")
        return [plain(values[0]) for values in found]

    def _beside(self, labels: Sequence[str]) -> list[list[str]]:
        pairs: list[list[str]] = self.frame.locator(":is(td, th) + td").evaluate_all(
            "cells => cells.map(cell => [cell.previousElementSibling.textContent, cell.textContent])"
        )
        return [[value for beside, value in pairs if _line(beside) == label] for label in labels]

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
        """Post what is filled in: the one way by which anything is ever posted.

        1. See that the button is there and can be pressed, and that every control still holds its value.
        2. Read the page's clock, and ask for the right to post: it lasts so many seconds from that reading.
        3. Let the page itself press the button, if its clock says that the right still stands and no control has
           changed since. A worker that was stopped between the two posts nothing when it goes on, whatever the clock
           on its wall says.
        4. Wait for the page that answers, and tell whoever gave the right what it says.

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
        """Tell who gave the right what the page says after the press; nothing answers where nothing was pressed."""
        is_pressed = True
        try:
            yield
        except NotPosted:
            is_pressed = False
            raise
        finally:
            if is_pressed and isinstance(posting, Hears):
                posting.hear(said_on(self.frame))

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

    def _type(self, place: Place, value: Value, kept: bool = True) -> None:
        """Type a value and read it back."""
        reached = self._reach(place, "text")
        text = self._fitting(place, value, reached.control)
        self._filled[labelled(place)] = _kept(value)
        reached.element.fill(text)
        self._read_back(place, reached)
        if not kept:
            del self._filled[labelled(place)]

    def _fitting(self, place: Place, value: Value, control: Control) -> str:
        """Return a value as it is typed; what the control cannot hold whole is refused before it is cut off."""
        text = plain(self.format.write(value))
        if 0 <= control.longest < len(text):
            raise self._refused(place, text, f"it takes {control.longest} characters, and this has {len(text)}")
        return text

    def _reach_any(self, place: Place, value: Value) -> tuple[Control, Act, Value]:
        """Return a control as it was when last looked at, what is to be put into it, and what it must hold then."""
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

    def _option(self, place: Place, control: Control, option: str) -> int:
        """Return which option of a list has this text. Raises Refer if none has, or several."""
        offered = control.mark.options
        if offered.count(_line(option)) != 1:
            raise self._refused(place, option, f"it offers {', '.join(repr(each) for each in offered if each)}")
        return offered.index(_line(option))

    def _read_back(self, place: Place, reached: Reached) -> None:
        self._ensure_holds(labelled(place), replace(reached.control, held=reached.held()))

    def _ensure_holds(self, place: Labelled | Cell, control: Control) -> None:
        value = self._filled[place]
        wanted = ("yes" if value else "no") if isinstance(value, bool) else value
        listed = control.mark.kind == "select"
        if not (_line(str(wanted)) == control.held if listed else self.format.same(wanted, control.held)):
            raise self._refused(place, self.format.write(wanted), f"it holds {control.held!r} instead")

    def _reach(self, place: Place, kind: str = "", option: str = "") -> Reached:
        """Return the element of the control at a place, to fill it; of a choice, the one of an option.

        Raises Stop in words if it cannot be told or is of another kind, Refer if it cannot be changed, Retry if the
        screen does not come to rest.
        """
        until = time.monotonic() + SOON_S
        while time.monotonic() < until:
            control = self._look(place, fresh=False)
            self._ensure_fillable(place, control, kind)
            part = self._part(place, control, option) if option else 0
            if (survey := self._survey) and (element := survey.element(control, part)):
                return Reached(survey, control, element, part)
            self._survey = None
        raise self._restless()

    def _ensure_fillable(self, place: Place, control: Control, kind: str) -> None:
        if kind and control.mark.kind != kind:
            raise self._changed(f"has {control.mark} at {labelled(place)}, which is filled another way")
        if kind and control.locked:
            raise self._refused(place, "", "it is locked there")

    def _part(self, place: Place, control: Control, option: str) -> int:
        pairs = zip(control.mark.options, control.values, strict=True)
        found = [n for n, pair in enumerate(pairs) if option in pair]
        if len(found) != 1:
            raise self._refused(place, option, "there is no such button")
        return found[0]

    def _look(self, place: Place, *, fresh: bool = True) -> Control:
        """Return the control at a place: as it is now, or if not ``fresh`` as it was when last looked at."""
        if fresh:
            self._survey = None
        at = labelled(place)
        return self._found(lambda look: locate(at, look.controls, self.shape.marks))

    def _button(self, text: str) -> ElementHandle:
        until = time.monotonic() + SOON_S
        while time.monotonic() < until:
            control = self._found(lambda look: locate_button(text, look.buttons, self.shape.marks))
            if (survey := self._survey) and (element := survey.element(control)):
                return element
            self._survey = None
        raise self._restless()

    def _found(self, find: Callable[[Survey], Found]) -> Control:
        """Look until what is sought is there, for a moment at most."""
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
        """Put a change on record. Raises Stop if a person rejected it, or must accept it first."""
        standing = self._note(self.system, self.name, as_text(change))
        if standing == "accepted" or (standing == "open" and change.strong):
            return
        said = (
            "a person said that it is not the same"
            if standing == "rejected"
            else "a person must say whether it is the same"
        )
        raise self._changed(f"has changed: {change}; {said} (./run proposals)")

    def _restless(self) -> Retry:
        return Retry(f"The screen of {self.system} changes all the time. It is tried again, with a look first.")

    def _refused(self, place: Place, value: str, reason: str) -> Refer:
        return Refer.because(
            "not-taken",
            f"{self.system} does not take {repr(value) if value else 'a value'} at {labelled(place)}: {reason}. "
            "Nothing was posted. Correct it.",
            kind=Kind.SYSTEM,
            acceptable=False,
        )

    def _changed(self, how: str) -> Stop:
        return self._stop(how, "Nothing was posted")

    def _unread(self, how: str) -> Stop:
        return self._stop(how, "It cannot be read")

    def _stop(self, how: str, so: str) -> Stop:
        return Stop(
            f"The screen of {self.system} at {self.frame.url.split('?')[0]} {how}. {so}. Compare it with its module in "
            f"systems/ before anything else is keyed there: ./run probe {self.system}"
        )


def _kept(value: Value) -> Value:
    """Return what a control must hold once a value was typed there."""
    return plain(value) if isinstance(value, str) else value


def _line(text: str) -> str:
    return " ".join(text.split())
