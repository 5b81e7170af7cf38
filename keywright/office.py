"""The office at work: where documents and pictures are kept, and what becomes of a case after each step."""

from __future__ import annotations

import datetime as dt
import os
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from keywright import casebook, keyings, vendor_master
from keywright.bot import AnyBot
from keywright.cases import Case, State
from keywright.checks import Circumstances, Verdict
from keywright.documents import Archive
from keywright.errors import KeywrightError
from keywright.fields import Extraction
from keywright.notation import receipt_to_json
from keywright.receipts import Receipt
from keywright.settings import Settings
from keywright.vendors import Payee


@dataclass(frozen=True, slots=True)
class Office:
    """One worker's place in the office: its settings, its archives and its name in the ledger."""

    settings: Settings
    documents: Archive
    pictures: Archive
    worker: str

    @classmethod
    def of(cls, settings: Settings) -> Office:
        """Return a place for this process."""
        worker = f"robot:{socket.gethostname()}:{os.getpid()}"
        return cls(settings, Archive(settings.documents), Archive(settings.pictures), worker)

    def document(self, case: Case) -> Path:
        """Return where the document of a case is kept."""
        return self.documents.path(case.document)

    def today(self) -> dt.date:
        """Return the date in the town's time zone."""
        return timezone.now().astimezone(self.settings.zone).date()

    def circumstances(self, case: Case, bot: AnyBot, extraction: Extraction) -> Circumstances:
        """Return what the checks may know beside the document."""
        others = casebook.earlier(bot.name, case.id, bot.same_as(extraction))
        vendor = vendor_master.find(bot.seller.of(extraction)) if bot.seller else None
        return Circumstances(self.today(), tuple({other.id: other for other in others}.values()), vendor)

    def has_read(self, case: Case, bot: AnyBot, extraction: Extraction) -> Case:
        """Keep what was read."""
        return casebook.record_extraction(case, extraction, bot.same_as(extraction), actor=self.worker)

    def has_checked(self, case: Case, verdict: Verdict, payee: Payee | None = None) -> Case:
        """Let a case that passed every check go on to be keyed, to the vendor on file that the checks found.

        The vendor is kept with the case: whoever finishes an interrupted keying looks for the very same record.
        """
        settled = [f.rule for f in case.settled]
        told = asdict(payee) if payee else None
        body = {"document": case.document, "settled": settled, "outcome": verdict.outcome, "payee": told}
        body["told"] = [f.message for f in verdict.findings]
        return casebook.move(
            case, State.CHECKED, "case-checked", actor=self.worker, body=body, findings=[], attempts=0, payee=told
        )

    def intend(self, case: Case, hold: keyings.Hold) -> Case:
        """Commit the intent to post: from here on the record may be in the system."""
        body = {"system": hold.system, "identity": hold.identity}
        with transaction.atomic():
            keyings.intend(hold)
            if case.state is State.KEYING:
                return casebook.note(case, "keying-intended", actor=self.worker, body=body)
            return casebook.move(case, State.KEYING, "keying-intended", actor=self.worker, body=body)

    def adopt(self, case: Case, hold: keyings.Hold) -> Case:
        """Take a record that the system held already as this case's."""
        if case.state is State.KEYING:
            return case
        body = {"system": hold.system, "identity": hold.identity}
        return casebook.move(case, State.KEYING, "record-adopted", actor=self.worker, body=body)

    def close(self, case: Case, receipt: Receipt, hold: keyings.Hold) -> Case:
        """Close a case with the receipt of its record."""
        told = receipt_to_json(receipt, self.pictures.put(receipt.picture))
        with transaction.atomic():
            keyings.close(hold, told)
            return casebook.move(
                case,
                State.KEYED,
                "case-keyed",
                actor=self.worker,
                body=told,
                receipt_number=receipt.number,
                findings=[],
                **casebook.released(),
            )

    def put_back(self, case: Case, error: KeywrightError | Exception) -> Case:
        """Let a case be tried again later, or hand it to IT when its tries are used up.

        The wait doubles with each try: 15, 30, 60 … seconds.
        """
        tries = case.attempts + 1
        body = {"error": f"{type(error).__name__}: {error}"[:2000], "attempt": tries}
        if tries >= self.settings.attempts:
            return casebook.move(
                case, State.FAILED, "case-failed", actor=self.worker, body=body, attempts=tries, **casebook.released()
            )
        later = timezone.now() + dt.timedelta(seconds=15 * 2 ** (tries - 1))
        return casebook.note(
            case,
            "case-put-back",
            actor=self.worker,
            body=body,
            attempts=tries,
            not_before=later,
            **casebook.released(),
        )
