"""Stops a bot whose target system fails again and again, so that its cases wait instead of using up their tries."""

from __future__ import annotations

from dataclasses import dataclass, field

from keywright.errors import Later, LeaseLost, NotPosted, Refer, Stop
from keywright.model.case import Case

ANSWERED = (Refer, Later, NotPosted, LeaseLost, Stop)
"""Faults that are the case's, the lease's or IT's: the system had answered."""


@dataclass(slots=True)
class Breaker:
    """Counts the failures of one system in a row; ``most`` of them are too many."""

    system: str
    most: int
    failed: list[Case] = field(default_factory=list)
    last: str = ""

    def note_failure(self, case: Case, fault: Exception) -> None:
        """Count a keying that failed because of the system; any other fault shows that the system answers."""
        if isinstance(fault, ANSWERED):
            self.failed.clear()
        else:
            self.failed.append(case)
            self.last = f"{type(fault).__name__}: {fault}"

    def note_answer(self) -> None:
        """Note that the system did its work."""
        self.failed.clear()

    @property
    def counts(self) -> bool:
        """Return True if a failure now counts against the case: the system answered for the case before it."""
        return len(self.failed) < 2

    @property
    def tripped(self) -> bool:
        """Return True if the system failed too often in a row."""
        return len(self.failed) >= self.most

    def __str__(self) -> str:
        """Return a sentence for IT: why the bot stopped."""
        return (
            f"{self.system} failed {len(self.failed)} times in a row, so the bot stopped; its cases wait and lost no "
            f"try. The last failure was: {self.last[:500]} See that {self.system} answers and that its robot may sign "
            "in; the next run goes on."
        )
