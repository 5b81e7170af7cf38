"""What goes wrong, named for what happens next: a person looks, a robot tries again, or all stops."""

from __future__ import annotations

from dataclasses import replace

from keywright.findings import Finding, Kind


class KeywrightError(Exception):
    """A fault of ours; its text says what, where, and what to do."""


class Refer(KeywrightError):
    """A person must look at this case; it carries the finding that says why.

    ``picture`` is the screen at that time (PNG, masked), empty if there was none.
    """

    def __init__(self, finding: Finding, picture: bytes = b"") -> None:
        super().__init__(finding.message)
        self.finding = finding
        self.picture = picture

    def with_picture(self, sha256: str) -> Refer:
        """Return this Refer with the hash under which its picture is stored."""
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
    """The case can be tried again later: a system did not respond, a session ended."""


class LeaseLost(Retry):
    """Another worker has the record now, or can have it: this one must not post."""


class NotPosted(Retry):
    """Certainly nothing was posted: the right to post ended, or the screen changed, before the click."""


class Later(Retry):
    """The case waits for some seconds, which costs it no try: a posted record can still appear."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


class Stop(KeywrightError):
    """Nothing can continue until a person repairs this: a setting, a full disk, a broken ledger."""


class Unproven(Stop):
    """A list neither shows the record nor proves its absence: it could exist, so nothing must be entered.

    A record that was posted already would not be entered anyway: then this costs only its own case a try.
    """
