"""The building-permit desk of a town that runs Trac 1.6: find a permit, enter a permit, attach the application."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from playwright.sync_api import Page

from keywright.archive import content_of
from keywright.errors import Refer, Stop
from keywright.findings import Kind
from keywright.messages import Message
from keywright.model.document import Enclosure
from keywright.model.target_system import Posting, Receipt, SignIn, Unfinished
from systems.records.permit_application import PermitApplication
from systems.trac.permit import (
    FORMAT,
    attached_as,
    file_told,
    identity_of,
    permit_expected,
    permit_identity,
    search_word,
)
from systems.trac.reading import LISTED, Query, TracReading
from systems.trac.session import TracSession
from systems.web.adapter.comparison import Comparison, only, receipt_of
from systems.web.adapter.listing import NOTHING
from systems.web.adapter.unexpected_pages import looking
from systems.web.browser.browser import Opening, faults_of, picture
from systems.web.drift.round_trip import Trial
from systems.web.screen.formats import Expected
from systems.web.screen.screen import Screen

NEW = "Create New Ticket"
ATTACH = "Add Attachment to Ticket "
SIZE_LIMIT = re.compile(r"size limit ([\d.]+) (bytes|KB|MB|GB)")
UNITS = {"bytes": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3}


class PermitTickets:
    """The permit desk in one browser page. A date is typed ``2026-12-01``: of ``01.12.2026`` Trac makes January."""

    name: ClassVar[str] = "trac-permits"
    rows_a_page: ClassVar[int] = 100
    columns: ClassVar[tuple[tuple[str, str], ...]] = (
        ("id", "Ticket"),
        ("site_address", "Site Address"),
        ("unit", "Unit"),
        ("applicant", "Applicant"),
        ("declared", "Declared On"),
    )

    def __init__(self, page: Page, sign_in: SignIn) -> None:
        self._session = TracSession(self.name, page, sign_in)

    def identity(self, record: PermitApplication, /) -> str:
        """Return address, unit, applicant and declaration date; Trac itself would take the same permit again."""
        return permit_identity(record)

    def find(self, record: PermitApplication, /) -> Receipt | None:
        """Return the receipt of this permit, closed ones too, or None. Raises Unfinished if its file is missing."""
        return looking(self.name, lambda: self._find(record))

    def enter(self, record: PermitApplication, posting: Posting, /) -> None:
        """Type the permit in and create its ticket; then attach the application on the page that follows."""
        if record.file:
            content_of(record.file)  # raises if it is gone or changed: then nothing of the permit is entered
        with faults_of(self.name, f"entering the permit for {record.project_address}"):
            screen = self._session.open("newticket", NEW)
            screen.fill({f"{expected.label}:": expected.value for expected in permit_expected(record)})
            screen.checkbox("I have files to attach to this ticket", record.file is not None)
            screen.frame.locator("#ui-datepicker-div").wait_for(state="hidden")  # it fades away, over other controls
            self._session.post(screen, "Create ticket", posting, ATTACH if record.file else "")
            if record.file:
                self._attach(record.file, posting)

    def finish(self, record: PermitApplication, posting: Posting, /) -> None:
        """Attach the application to the permit that was left without it."""
        number = looking(self.name, lambda: self._number(self._session.reading(), record))
        if number is None or record.file is None:
            raise Stop(
                f"{self.name} no longer shows the permit {permit_identity(record)}. Look there before it is worked on."
            )
        with faults_of(self.name, f"attaching the application to {number}"):
            self._session.open(f"attachment/ticket/{number.lstrip('#')}/?action=new", ATTACH + number)
            self._attach(record.file, posting)

    def last_screen(self) -> bytes:
        """Return a picture of the list or the ticket that was looked at last."""
        with faults_of(self.name, "taking a picture of its screen"):
            return picture(self._session.reading().page)

    def walk(self) -> Iterator[Screen]:
        """Open the form of a new permit and the list of all, without posting."""
        yield self._session.open("newticket", NEW)
        yield self._session.open(Query((), self.columns, self.rows_a_page).path, LISTED)

    def nothing_found(self) -> tuple[str, str]:
        """Search for a record that does not exist; return the list's name, and what the list then shows."""
        query = Query((("site_address", NOTHING),), self.columns, self.rows_a_page)
        return LISTED, self._session.reading().nothing_found(query)

    def trial(self) -> Trial:
        """Return how the form is tried with difficult values without posting; Preview shows the outcome."""
        return Trial(
            open=lambda: self._session.open("newticket", NEW),
            settle=lambda screen: self._session.press(screen, "Preview", NEW),
            texts=("Site Address:", "Description of Work:"),
            dates=("Declared On:",),
            ticks=("New Home (Tarion):",),
        )

    def _number(self, reading: TracReading, record: PermitApplication) -> str | None:
        """Return the number of this permit's ticket, ``#12``, or None. Raises Refer if there are several."""
        filters = (
            ("site_address", search_word(record.project_address)),
            ("applicant", search_word(record.applicant_name)),
        )
        rows = reading.rows(Query(filters, self.columns, self.rows_a_page))
        return only(self.name, [number for number, *key in rows if identity_of(*key) == permit_identity(record)])

    def _find(self, record: PermitApplication) -> Receipt | None:
        reading = self._session.reading()
        number = self._number(reading, record)
        if number is None:
            return None
        value_at = reading.ticket(number)
        comparisons, image = (
            [(expected, value_at(expected.label)) for expected in permit_expected(record)],
            picture(reading.page),
        )
        if record.file:
            try:
                comparisons.append(_file_seen(reading, record.file, number))
            except Unfinished as lacks:
                raise Unfinished(lacks.missing, lacks.number, image) from lacks
        return receipt_of(self.name, number, comparisons, FORMAT, image)

    def _attach(self, file: Enclosure, posting: Posting) -> None:
        """Upload the application on the page that now asks for it.

        Its name is of these bytes alone, and a file of the same name is replaced: a second upload, after a first one
        that Trac finished late, leaves one file.
        """
        screen, label, content = self._session.screen(), self._session.file_label(), content_of(file)
        _ensure_small_enough(label, len(content))
        with tempfile.TemporaryDirectory(prefix="keywright-") as folder:
            path = Path(folder) / attached_as(file)
            path.write_bytes(content)
            screen.attachment(label, path)
            screen.checkbox("Replace existing attachment of the same name", True)
            self._session.post(screen, "Add attachment", posting, "Ticket ")


def _file_seen(reading: TracReading, file: Enclosure, number: str) -> Comparison:
    """Return the attached file as expected and as found there: the downloaded bytes are compared, not the name.

    Raises Unfinished if neither these bytes nor a file of this name are attached.
    """
    name, size = attached_as(file), len(content_of(file))
    hashes = {
        attached: reading.sha256_of(attached)
        for attached in reading.files()
        if attached.size == size or attached.name == name
    }
    same_bytes = [attached for attached in hashes if hashes[attached] == file.sha256]
    reported = same_bytes or list(hashes)
    if not same_bytes and all(attached.name != name for attached in hashes):
        raise Unfinished(f"the file {name}", number)
    descriptions = [
        file_told(name if attached in same_bytes else attached.name, attached.size, hashes[attached])
        for attached in reported
    ]
    return Expected("file", file_told(name, size, file.sha256), "Attachments"), ", ".join(descriptions)


def _ensure_small_enough(label: str, size: int) -> None:
    """Refer a file that is larger than Trac takes, by what is printed at the control: ``File (size limit 5.0 MB):``."""
    limit = SIZE_LIMIT.search(label)
    if limit and size > float(limit[1]) * UNITS[limit[2]] * 1.05:  # the limit is printed in round figures
        raise Refer.because(
            "file-too-large",
            Message(
                "File too large for {system}. The application has {size} bytes, and {system} takes {limit}. The "
                "permit is there without it: attach a smaller copy there, or have the limit raised.",
                system=PermitTickets.name,
                size=f"{size:,}",
                limit=limit[0],
            ),
            kind=Kind.SYSTEM,
            acceptable=False,
        )


trac_permits = Opening(PermitTickets.name, PermitTickets)
