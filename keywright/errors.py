"""What goes wrong, named for what happens next: a person looks, a robot tries again, or all stops."""

from __future__ import annotations

from keywright.findings import Finding, Kind


class KeywrightError(Exception):
    """Any fault of ours; its text says what, where, and what to do."""


class Refer(KeywrightError):
    """A person must look at this case; it carries the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding

    @classmethod
    def because(
        cls,
        rule: str,
        message: str,
        *fields: str,
        kind: Kind = Kind.BUSINESS,
        acceptable: bool = False,
    ) -> Refer:
        """Make a Refer from the words of its finding."""
        return cls(Finding(rule, message, fields, kind, acceptable))


class Retry(KeywrightError):
    """The case may be tried again later: a system was away, a session died."""


class LeaseLost(Retry):
    """Another worker has the record now, or may have it: this one may not post."""


class NotPosted(Retry):
    """It is certain that nothing was posted: the right to post ended, or the screen moved, before the click."""


class Later(Retry):
    """The case waits for so many seconds, and that costs it no try: a record that was posted may show yet."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


class Stop(KeywrightError):
    """Nothing can go on until somebody mends this: a setting, a full disk, a broken ledger."""
