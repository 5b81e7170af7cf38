"""Sees that a file that was chosen on a page has arrived: what the page sent has been taken, and the page shows it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Frame, Request, Response

from keywright.errors import Refer, Retry
from keywright.findings import Kind
from keywright.messages import Message
from systems.web.screen.survey import PAUSE_MS

QUIET_S = 0.5  # nothing is sent any more if nothing was sent for so long
LONGEST_S = 120.0  # an upload that takes longer is given up
SENDS = ("POST", "PUT", "PATCH")


class Sending:
    """What a page sends from now on, and what became of it."""

    def __init__(self) -> None:
        self.under_way: set[Request] = set()
        self.sent = False
        self.faults: list[str] = []
        self.last = time.monotonic()

    def begins(self, request: Request) -> None:
        """Note a request that sends something."""
        if request.method in SENDS:
            self.under_way.add(request)
            self.sent, self.last = True, time.monotonic()

    def answered(self, response: Response) -> None:
        """Note an answer that refuses what was sent."""
        if response.request in self.under_way and response.status >= 400:
            self.faults.append(f"it was answered with {response.status} {response.status_text}".strip())

    def ends(self, request: Request) -> None:
        """Note that a request has come to its end."""
        if request in self.under_way:
            self.under_way.discard(request)
            self.last = time.monotonic()

    def fails(self, request: Request) -> None:
        """Note a request that was lost."""
        if request in self.under_way:
            self.faults.append(f"it was lost ({request.failure or 'no answer'})")
        self.ends(request)


@contextmanager
def arriving(system: str, frame: Frame, file: Path, confirmed: str = "") -> Iterator[Sending]:
    """Choose a file in this block; at its end, wait until the page has sent it, if it sends files at once.

    Then the page must show the file's name, or the text ``confirmed``, which it must show in any case where one is
    given. Raises Refer if it does not, or if what was sent was refused or lost; Retry if it does not come to an end.
    """
    sending, page = Sending(), frame.page
    listeners = (
        ("request", sending.begins),
        ("response", sending.answered),
        ("requestfinished", sending.ends),
        ("requestfailed", sending.fails),
    )
    for event, listener in listeners:
        page.on(event, listener)  # type: ignore[call-overload]  # the events' names are typed one by one
    try:
        yield sending
        _wait_until_sent(system, frame, file, sending)
    finally:
        for event, listener in listeners:
            page.remove_listener(event, listener)
    if sending.faults:
        raise _not_uploaded(system, file, sending.faults[0])
    wanted = confirmed or (file.name if sending.sent else "")
    if wanted and not _shows(frame, wanted):
        raise _not_uploaded(system, file, f"the page does not show {wanted!r}")


def _wait_until_sent(system: str, frame: Frame, file: Path, sending: Sending) -> None:
    sending.last, began = time.monotonic(), time.monotonic()
    while sending.under_way or time.monotonic() - sending.last < QUIET_S:
        if time.monotonic() - began > LONGEST_S:
            raise Retry(f"{system} did not finish the upload of {file.name}. Nothing was posted. It is tried again.")
        frame.page.wait_for_timeout(PAUSE_MS)


def _shows(frame: Frame, words: str) -> bool:
    page_text = " ".join(frame.locator("body").inner_text().split())
    return " ".join(words.split()).casefold() in page_text.casefold()


def _not_uploaded(system: str, file: Path, why: str) -> Refer:
    return Refer.because(
        "not-taken",
        Message(
            "Upload not confirmed by {system}. File {file}: {reason}. Nothing was posted. Attach it there by hand, or "
            "correct the file.",
            system=system,
            file=file.name,
            reason=why,
        ),
        kind=Kind.SYSTEM,
        acceptable=False,
    )
