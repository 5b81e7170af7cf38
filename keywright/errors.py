"""What goes wrong, named for what happens next: a person looks, a robot tries again, or all stops."""

from __future__ import annotations

from dataclasses import replace

from keywright.findings import Finding, Kind


class KeywrightError(Exception):
    """Any fault of ours; its text says what, where, and what to do."""


class Refer(KeywrightError):
    """A person must look at this case; it carries the finding that says why.

    ``picture`` is the screen that was seen then (PNG, masked), empty if none was.
    """

    def __init__(self, finding: Finding, picture: bytes = b"") -> None:
        super().__init__(finding.message)
        self.finding = finding
        self.picture = picture

    def with_picture(self, sha256: str) -> Refer:
        """Return this Refer with the hash under which its picture is kept."""
        return Refer(replace(self.finding, picture=sha256), self.picture)

    @classmethod
    def because(
        cls,
        rule: str,
        message: str,
        *fields: str,
        kind: Kind = Kind.BUSINESS,
        acceptable: bool = False,
        picture: bytes = b"",
    ) -> Refer:
        """Make a Refer from the words of its finding."""
        return cls(Finding(rule, message, fields, kind, acceptable), picture)


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


class Unproven(Stop):
    """A list neither shows the record nor proves that it is not there: it may hold it, so nothing may be entered.

    Of a record that was posted already nothing would be entered anyway: then it costs its own case a try, and no other.
    """
