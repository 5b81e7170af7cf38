"""The office at work: where documents and pictures are kept, and what becomes of a case after each step."""

from __future__ import annotations

import datetime as dt
import os
import socket
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from keywright import clock
from keywright.bot import AnyBot
from keywright.cases import approvals, casebook, keying_attempts, recheck_schedule
from keywright.cases.earlier_cases import DuplicateMeanwhile, earlier, note_traits
from keywright.database.models import LedgerEntry, StoredCase
from keywright.errors import Later, Refer, Stop
from keywright.findings import Kind
from keywright.ledger import ledger
from keywright.model.case import WAITING_FOR_A_ROBOT, Case, State
from keywright.model.checks import Circumstances, Verdict, payee_of
from keywright.model.document import CHANGED, MISSING, Archive, Enclosure
from keywright.model.duplicates import Trait
from keywright.model.fields import Extraction
from keywright.model.serialization import receipt_to_json
from keywright.model.target_system import Receipt
from keywright.privacy.masking import mask_of
from keywright.quality import sampling
from keywright.settings.settings import Settings
from keywright.settings.version import run_id, version
from keywright.vendors import bank_accounts, master


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
        """Return where the document of a case is kept.

        Raises Refer if it was changed since it came in, which is put on record: it must not be read, shown or uploaded;
        or if it alone is gone, so that it costs no other case its turn. Raises Stop if all documents are gone.
        """
        fault = self.documents.fault_of(case.document)
        if fault == CHANGED:
            note_changed(int(case.id), case.document, actor=self.worker)
            raise Refer.because(
                "document-changed",
                f"The stored file {case.document} is not the one that came in: its bytes were changed since. Have IT "
                "restore it from the backup, then have it read again. Whoever can write there may have changed more.",
                kind=Kind.SYSTEM,
            )
        if fault == MISSING and not self.documents.holds_anything():
            raise Stop(f"{self.documents.folder} holds no document at all. Mount its disk, or restore it.")
        if fault == MISSING:
            raise Refer.because(
                "document-missing",
                f"The stored file {case.document} is gone. Have IT restore it from the backup, then have it read "
                "again.",
                kind=Kind.SYSTEM,
            )
        return self.documents.path(case.document)

    def enclosure(self, case: Case) -> Enclosure:
        """Return the document of a case, for a record that encloses it."""
        return Enclosure(case.file_name, self.document(case), case.document)

    def today(self) -> dt.date:
        """Return the date in the town's time zone."""
        return timezone.now().astimezone(self.settings.zone).date()

    def circumstances(self, case: Case, bot: AnyBot, extraction: Extraction) -> Circumstances:
        """Return what the checks may know beside the document."""
        vendor = master.find(bot.seller.of(extraction)) if bot.seller else None
        traits = tuple(bot.same_as(extraction, payee_of(vendor)))
        same = tuple(earlier(case, traits, self.settings.duplicate_days))
        payee, house = payee_of(vendor), approvals.findings(case, extraction)
        accounts = bank_accounts.known(payee.number) if payee else ()
        return Circumstances(self.today(), same, traits, vendor, house=house, accounts=accounts)

    def traits(self, bot: AnyBot, extraction: Extraction) -> tuple[Trait, ...]:
        """Return what a document would share with its duplicate, by the vendor on file as it is now."""
        vendor = master.find(bot.seller.of(extraction)) if bot.seller else None
        return tuple(bot.same_as(extraction, payee_of(vendor)))

    def has_read(self, case: Case, bot: AnyBot, extraction: Extraction) -> Case:
        """Keep what was read."""
        return casebook.record_extraction(case, extraction, self.traits(bot, extraction), actor=self.worker)

    def has_checked(
        self, case: Case, verdict: Verdict, now: Circumstances | None = None, sample: Sequence[str] = ()
    ) -> Case:
        """Let a case that passed every check go on to be keyed, to the vendor on file that the checks found.

        ``now`` is what the checks knew, if they knew anything beside the document. ``sample`` names the fields that a
        person is asked to read blind, if the case was drawn for that. The vendor is kept with the case: whoever
        finishes an interrupted keying looks for the very same record.
        Raises DuplicateMeanwhile if another case that may be the same has passed its checks since ``now``.
        """
        payee = now.payee if now else None
        settled = [f.rule for f in case.settled]
        told = asdict(payee) if payee else None
        body = {"document": case.document, "settled": settled, "outcome": verdict.outcome, "payee": told}
        body["told"] = [f.message for f in verdict.findings]
        with transaction.atomic():
            if sample:
                sampling.put_aside(case, sample, actor=self.worker)
            moved = casebook.move(
                case, State.CHECKED, "case-checked", actor=self.worker, body=body, findings=[], attempts=0, payee=told
            )
            if now:
                self._ensure_no_twin_passed(case, now)
            return moved

    def _ensure_no_twin_passed(self, case: Case, now: Circumstances) -> None:
        """Raise DuplicateMeanwhile for a case that may be the same and that the checks of this one did not see.

        Stands in the transaction that moves the case: since its entry in the ledger every other writer waits, so of
        two copies that are checked in the same moment the later one finds the other.
        """
        note_traits(case.id, now.traits)
        same = earlier(case, now.traits, self.settings.duplicate_days)
        if {other.id for other in same} - {other.id for other in now.earlier}:
            raise DuplicateMeanwhile(f"While case {case.id} was checked, another that may be the same has passed.")

    def intend(self, case: Case, hold: keying_attempts.Hold) -> Case:
        """Commit the intent to post: from here on the record may be in the system."""
        body = {"system": hold.system, "identity": hold.identity}
        with transaction.atomic():
            keying_attempts.intend(hold)
            if case.state is State.KEYING:
                return casebook.note(case, "keying-intended", actor=self.worker, body=body)
            return casebook.move(case, State.KEYING, "keying-intended", actor=self.worker, body=body)

    def withdraw(self, case: Case, hold: keying_attempts.Hold, answer: str = "") -> Case:
        """Take back an intent after which, it is certain, nothing was posted; ``answer`` is to the post before it."""
        body = {"system": hold.system, "identity": hold.identity}
        with transaction.atomic():
            keying_attempts.withdraw(hold, answer)
            return casebook.note(case, "intent-withdrawn", actor=self.worker, body=body)

    def adopt(self, case: Case, hold: keying_attempts.Hold) -> Case:
        """Take a record that the system held already as this case's."""
        if case.state is State.KEYING:
            return case
        body = {"system": hold.system, "identity": hold.identity}
        return casebook.move(case, State.KEYING, "record-adopted", actor=self.worker, body=body)

    def close(self, case: Case, receipt: Receipt, hold: keying_attempts.Hold) -> Case:
        """Close a case with the receipt of its record."""
        told = mask_of(case.extraction).body(receipt_to_json(receipt, self.pictures.put(receipt.picture)))
        with transaction.atomic():
            keying_attempts.close(hold, told)
            return casebook.move(
                case,
                State.KEYED,
                "case-keyed",
                actor=self.worker,
                body={**told, "version": version(), "run": run_id()},
                receipt_number=receipt.number,
                findings=[],
                **casebook.released(),
            )

    def found_later(self, case: Case, receipt: Receipt, hold: keying_attempts.Hold) -> Case:
        """Close a referred case whose record a later look has found whole. Raises LeaseLost if the right was lost."""
        with transaction.atomic():
            keying_attempts.renew(hold)
            self.looked_by_itself(case, hold, f"It is there as {receipt.number}, whole and right.")
            return self.close(case, receipt, hold)

    def looked_by_itself(self, case: Case, hold: keying_attempts.Hold, seen: str) -> None:
        """Put on record what a robot saw that looked by itself; nothing of the case changes for whoever has it."""
        body = {"system": hold.system, "identity": hold.identity, "seen": seen[:2000]}
        with transaction.atomic():
            ledger.append(recheck_schedule.EVENT, actor=self.worker, case=int(case.id), body=body)

    def put_back(self, case: Case, error: Exception, *, counts: bool = True) -> Case:
        """Let a case be tried again later, or hand it to IT when its tries are used up.

        The wait doubles with each try: 15, 30, 60 … seconds. What is not the case's fault costs it no try (``counts``
        is False), and neither does waiting for a record that may show yet.
        """
        if isinstance(error, Later):
            return self._put_back(case, error, case.attempts, error.seconds)
        tries = case.attempts + 1
        if not counts:
            return self._put_back(case, error, case.attempts, 15 * 2**case.attempts)
        if tries >= self.settings.attempts:
            return self.fail(case, error)
        return self._put_back(case, error, tries, 15 * 2 ** (tries - 1))

    def put_down(self, case: Case, stop: Stop) -> Case:
        """Let go of a case at which the bot stopped: it costs no try, and waits for nothing but the next run."""
        return self._put_back(case, stop, case.attempts, 0)

    def _put_back(self, case: Case, error: Exception, tries: int, seconds: float) -> Case:
        return casebook.note(
            case,
            "case-put-back",
            actor=self.worker,
            body=_told(error, tries),
            attempts=tries,
            not_before=clock.now() + dt.timedelta(seconds=seconds),
            **casebook.released(),
        )

    def stop(self, bot: str, system: str, words: str, cases: Sequence[Case]) -> None:
        """Put on record why a bot stopped, and give the cases that failed in a row the tries back which that cost."""
        with transaction.atomic():
            for before in cases:
                now = casebook.get(before.id)
                if now.attempts > before.attempts and now.state in WAITING_FOR_A_ROBOT and not now.lease:
                    StoredCase.objects.filter(pk=int(now.id), lease_token="").update(attempts=before.attempts)
            told = {"bot": bot, "system": system, "words": words, "cases": [int(case.id) for case in cases]}
            ledger.append("bot-stopped", actor=self.worker, body=told)

    def fail(self, case: Case, error: Exception) -> Case:
        """Hand a case to IT, for good until somebody sends it on its way again."""
        tries, body = case.attempts + 1, _told(error, case.attempts + 1)
        return casebook.move(
            case, State.FAILED, "case-failed", actor=self.worker, body=body, attempts=tries, **casebook.released()
        )


def note_changed(case: int, sha256: str, *, actor: str) -> None:
    """Put on record, once a case, that its stored document is not the one that came in."""
    with transaction.atomic():
        if not LedgerEntry.objects.filter(case_id=case, event="document-changed").exists():
            ledger.append("document-changed", actor=actor, case=case, body={"document": sha256})


def _told(error: Exception, tries: int) -> dict[str, str | int]:
    return {"error": f"{type(error).__name__}: {error}"[:2000], "attempt": tries}
