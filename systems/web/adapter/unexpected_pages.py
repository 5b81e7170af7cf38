"""What a target system shows in place of the page that was expected, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from keywright.errors import Refer, Retry, Unproven
from keywright.findings import Kind
from keywright.messages import Message
from systems.web.browser.browser import Dialogs, faults_of

T = TypeVar("T")


class SessionEnded(Retry):
    """The session had ended; a new one has begun. Look before anything is entered again."""

    def __init__(self, system: str, user: str) -> None:
        super().__init__(f"The session of {user!r} at {system} had ended; signed in again. It is tried again.")


class OtherPage(Retry):
    """The system answered with another page than the one expected: which, and what it says."""

    def __init__(self, system: str, expected: str, heading: str, text: str) -> None:
        super().__init__(f"{system} showed {text[:200]!r} where {expected!r} was expected. Look first, then try again.")
        self.heading = heading
        self.text = text

    @property
    def words(self) -> str:
        """Return all that the page says, on one line."""
        return " ".join(self.text.split())


def ensure_no_question(system: str, dialogs: Dialogs) -> None:
    """Raise Refer, once, if the system asked something in a pop-up dialog; the question was answered no."""
    if not dialogs.questions:
        return
    questions, dialogs.questions = dialogs.questions, []
    raise Refer.because(
        "asked-in-a-dialog",
        Message(
            "{system} asked an unexpected question. It asked “{question}”, and the robot answered no. Check there "
            "whether the record is booked.",
            system=system,
            question=questions[0],
        ),
        kind=Kind.UNCERTAIN,
    )


@contextmanager
def reporting_dialogs(system: str, dialogs: Dialogs) -> Iterator[None]:
    """Raise Refer with the text of a pop-up dialog if the dialog came instead of the expected page."""
    dialogs.notices = []
    try:
        yield
    except Retry as nothing_came:
        ensure_no_question(system, dialogs)
        if dialogs.notices:
            raise Refer.because(
                "said-in-a-dialog",
                Message(
                    "{system} showed an unexpected notice. It said “{notice}” and did not continue. Check there "
                    "whether the record is booked.",
                    system=system,
                    notice=dialogs.notices[0],
                ),
                kind=Kind.UNCERTAIN,
            ) from nothing_came
        raise


def looking(system: str, look: Callable[[], T]) -> T:
    """Look something up. If the session had ended, or the list proved nothing, look once more: looking does no harm.

    A reply that was cut short is complete the second time; a list that has changed is still different. Then it raises
    Unproven. Raises Retry if the browser or the system is lost.
    """
    with faults_of(system, "looking for a record"):
        try:
            return look()
        except (SessionEnded, Unproven):
            return look()
