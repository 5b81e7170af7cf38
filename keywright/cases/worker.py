"""One worker's office: its archives of documents and pictures, and the state of a case after each step."""

from __future__ import annotations

import datetime as dt
import os
import socket
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from keywright import clock
from keywright.archive import Archive, Damage
from keywright.bot import AnyBot
from keywright.cases import approvals, casebook, keying_attempts, recheck_schedule
from keywright.cases.earlier_cases import DuplicateMeanwhile, earlier, note_traits
from keywright.coding.earlier_lines import coded
from keywright.database.models import LedgerEntry, StoredCase
from keywright.errors import Later, Refer, Stop
from keywright.findings import Kind
from keywright.layouts.book import OfficeBook, usual_findings
from keywright.layouts.filing import file_case
from keywright.ledger import ledger
from keywright.messages import Message
from keywright.model.case import WAITING_FOR_A_ROBOT, Case, State
from keywright.model.checks import Circumstances, Verdict, payee_of
from keywright.model.document import Enclosure
from keywright.model.duplicates import Trait
from keywright.model.fields import Extraction
from keywright.model.layout import NEW_LAYOUT, layout_fields_of
from keywright.model.order import OrderMatch
from keywright.model.reading import Reading
from keywright.model.serialization import message_to_json, receipt_to_json
from keywright.model.target_system import Receipt
from keywright.model.vendor import Payee, VendorEvidence
from keywright.privacy.masking import mask_of
from keywright.profiles.applying import Applied, readers_agree, with_layout
from keywright.purchasing.records import match_order, note_billed
from keywright.quality import sampling
from keywright.settings.settings import Settings
from keywright.settings.version import run_id, version
from keywright.vendors import bank_accounts, master
from keywright.vendors.seller_on_file import with_vendor_file


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
        """Return the path of a case's document.

        Raises Refer if it was changed since it came in, which is recorded: it must not be read, shown or uploaded; and
        if it alone is gone, so that other cases can continue. Raises Stop if all documents are gone.
        """
        fault = self.documents.fault_of(case.document)
        damage = fault.damage if fault else None
        if damage is Damage.CHANGED:
            note_changed(int(case.id), case.document, actor=self.worker)
            raise Refer.because(
                "document-changed",
                Message(
                    "The stored file was changed. The file {document} is not the one that came in. Have IT restore it "
                    "from the backup, then have it read again. Other files may have been changed too.",
                    document=case.document,
                ),
                kind=Kind.SYSTEM,
            )
        if damage is Damage.MISSING and not self.documents.holds_anything():
            raise Stop(f"{self.documents.folder} holds no document at all. Mount its disk, or restore it.")
        if damage is Damage.MISSING:
            raise Refer.because(
                "document-missing",
                Message(
                    "The stored file is missing. The file {document} is gone. Have IT restore it from the backup, then "
                    "have it read again.",
                    document=case.document,
                ),
                kind=Kind.SYSTEM,
            )
        return self.documents.path(case.document)

    def enclosure(self, case: Case) -> Enclosure:
        """Return the document of a case, to be attached to its record."""
        return Enclosure(case.file_name, self.document(case), case.document)

    def today(self) -> dt.date:
        """Return the date in the town's time zone."""
        return timezone.now().astimezone(self.settings.zone).date()

    def circumstances(self, case: Case, bot: AnyBot, extraction: Extraction) -> Circumstances:
        """Return what the checks can know in addition to the document."""
        vendor = master.find(bot.seller.of(extraction)) if bot.seller else None
        traits = tuple(bot.same_as(extraction, payee_of(vendor)))
        duplicates = tuple(earlier(case, traits, self.settings.duplicate_days))
        payee, house = payee_of(vendor), approvals.findings(case, extraction)
        accounts = bank_accounts.known(payee.number) if payee else ()
        arrived = case.received_at.astimezone(self.settings.zone).date()
        habits = usual_findings(int(case.id), self.settings.confirmations_for(bot.name))
        return Circumstances(
            self.today(),
            duplicates,
            traits,
            vendor,
            arrived=arrived,
            house=house,
            accounts=accounts,
            usual=habits,
            order=self._order(case, bot, extraction, payee),
        )

    def _order(self, case: Case, bot: AnyBot, extraction: Extraction, payee: Payee | None) -> OrderMatch | None:
        """Return what is known of the order that a document names, if the bot matches orders and any are on file."""
        if bot.orders is None:
            return None
        vendor = payee.number if payee else ""
        return match_order(int(case.id), bot.name, extraction, bot.orders, vendor, self.settings)

    def traits(self, bot: AnyBot, extraction: Extraction) -> tuple[Trait, ...]:
        """Return what a document would share with its duplicate, using the vendor currently on file."""
        vendor = master.find(bot.seller.of(extraction)) if bot.seller else None
        return tuple(bot.same_as(extraction, payee_of(vendor)))

    def with_layout(self, bot: AnyBot, extraction: Extraction, reading: Reading) -> Applied:
        """Return what was read on a document with what the vendors and the layouts on file say of it."""
        needed = self.settings.confirmations_for(bot.name)
        extraction = with_vendor_file(extraction, reading, master.index(), bot.seller)
        applied = with_layout(extraction, reading, bot.reads, OfficeBook(), needed=needed)
        is_known = applied.layout is not None and applied.layout.profile is not None
        if is_known or not self.settings.two_readers_suffice or not self._vouched_for(bot, extraction):
            return applied
        findings = tuple(finding for finding in applied.extraction.findings if finding.rule != NEW_LAYOUT)
        return replace(applied, extraction=replace(applied.extraction, findings=findings))

    def _vouched_for(self, bot: AnyBot, extraction: Extraction) -> bool:
        """Return whether two readers agree on a document, and a number on it names its sender's vendor."""
        fields = layout_fields_of(bot.reads)
        match = master.find(bot.seller.of(extraction)) if bot.seller else None
        by_number = match is not None and match.by in (VendorEvidence.TAX_NUMBER, VendorEvidence.BANK_ACCOUNT)
        return fields is not None and by_number and readers_agree(extraction, fields)

    def has_read(self, case: Case, bot: AnyBot, applied: Applied) -> Case:
        """Store the extraction of a case, its lines coded like earlier ones, and file the case under its layout."""
        match = master.find(bot.seller.of(applied.extraction)) if bot.seller else None
        extraction = coded(applied.extraction, payee_of(match))
        with transaction.atomic():
            moved = casebook.record_extraction(case, extraction, self.traits(bot, extraction), actor=self.worker)
            file_case(int(case.id), bot.reads.name, applied, actor=self.worker)
        return moved

    def has_checked(
        self, case: Case, verdict: Verdict, circumstances: Circumstances | None = None, sample: Sequence[str] = ()
    ) -> Case:
        """Move a case that passed every check on to keying, with the vendor on file that the checks found.

        ``circumstances`` are what the checks knew in addition to the document. ``sample`` names the fields that a
        person reads blind, if the case was drawn for that. The vendor is stored with the case, so that a worker that
        finishes an interrupted keying looks for the very same record. Raises DuplicateMeanwhile if a possible duplicate
        has passed its checks since the circumstances were looked up, BilledMeanwhile if another bill on its order has.
        """
        payee = circumstances.payee if circumstances else None
        settled = [f.rule for f in case.settled]
        payee_json = asdict(payee) if payee else None
        body = {
            "document": case.document,
            "settled": settled,
            "outcome": verdict.outcome,
            "payee": payee_json,
            "told": [str(finding.message) for finding in verdict.findings],
            "remarks": [message_to_json(finding.message) for finding in verdict.findings],
        }
        with transaction.atomic():
            if sample:
                sampling.put_aside(case, sample, actor=self.worker)
            moved = casebook.move(
                case,
                State.CHECKED,
                "case-checked",
                actor=self.worker,
                body=body,
                findings=[],
                attempts=0,
                payee=payee_json,
            )
            if circumstances:
                self._ensure_no_twin_passed(case, circumstances)
                note_billed(int(case.id), circumstances.order)
            return moved

    def _ensure_no_twin_passed(self, case: Case, circumstances: Circumstances) -> None:
        """Raise DuplicateMeanwhile if there is a possible duplicate that the checks of this case did not see.

        Runs in the transaction that moves the case: after its ledger entry every other writer waits, so of two copies
        that are checked in the same moment the later one finds the other.
        """
        note_traits(case.id, circumstances.traits)
        duplicates = earlier(case, circumstances.traits, self.settings.duplicate_days)
        if {duplicate.id for duplicate in duplicates} - {duplicate.id for duplicate in circumstances.earlier}:
            raise DuplicateMeanwhile(f"While case {case.id} was checked, another that may be the same has passed.")

    def intend(self, case: Case, hold: keying_attempts.Hold) -> Case:
        """Commit the intent to post: from here on the record is possibly in the system."""
        body = {"system": hold.system, "identity": hold.identity}
        with transaction.atomic():
            keying_attempts.intend(hold)
            if case.state is State.KEYING:
                return casebook.note(case, "keying-intended", actor=self.worker, body=body)
            return casebook.move(case, State.KEYING, "keying-intended", actor=self.worker, body=body)

    def withdraw(self, case: Case, hold: keying_attempts.Hold, reply: str = "") -> Case:
        """Take back an intent after which certainly nothing was posted; ``reply`` is the reply to the earlier post."""
        body = {"system": hold.system, "identity": hold.identity}
        with transaction.atomic():
            keying_attempts.withdraw(hold, reply)
            return casebook.note(case, "intent-withdrawn", actor=self.worker, body=body)

    def adopt(self, case: Case, hold: keying_attempts.Hold) -> Case:
        """Take a record that the system held already as the record of this case."""
        if case.state is State.KEYING:
            return case
        body = {"system": hold.system, "identity": hold.identity}
        return casebook.move(case, State.KEYING, "record-adopted", actor=self.worker, body=body)

    def close(self, case: Case, receipt: Receipt, hold: keying_attempts.Hold) -> Case:
        """Close a case with the receipt of its record."""
        receipt_json = mask_of(case.extraction).body(receipt_to_json(receipt, self.pictures.put(receipt.picture)))
        with transaction.atomic():
            keying_attempts.close(hold, receipt_json)
            return casebook.move(
                case,
                State.KEYED,
                "case-keyed",
                actor=self.worker,
                body={**receipt_json, "version": version(), "run": run_id()},
                receipt_number=receipt.number,
                findings=[],
                **casebook.released(),
            )

    def found_later(self, case: Case, receipt: Receipt, hold: keying_attempts.Hold) -> Case:
        """Close a referred case whose record was found complete by a later look. Raises LeaseLost without a lease."""
        with transaction.atomic():
            keying_attempts.renew(hold)
            self.looked_by_itself(case, hold, f"It is there as {receipt.number}, complete and correct.")
            return self.close(case, receipt, hold)

    def looked_by_itself(self, case: Case, hold: keying_attempts.Hold, result: str) -> None:
        """Record what a robot saw when it looked again on its own; the case itself does not change."""
        body = {"system": hold.system, "identity": hold.identity, "seen": result[:2000]}
        with transaction.atomic():
            ledger.append(recheck_schedule.EVENT, actor=self.worker, case=int(case.id), body=body)

    def put_back(self, case: Case, error: Exception, *, counts: bool = True) -> Case:
        """Let a case be tried again later, or hand it to IT when its tries are used up.

        The wait doubles with each try: 15, 30, 60 … seconds. An error that is not the case's fault costs no try
        (``counts`` is False), and neither does waiting for a record that may still appear.
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
        """Release a case at which the bot stopped: it costs no try, and the next run takes it."""
        return self._put_back(case, stop, case.attempts, 0)

    def _put_back(self, case: Case, error: Exception, tries: int, seconds: float) -> Case:
        return casebook.note(
            case,
            "case-put-back",
            actor=self.worker,
            body=_error_body(error, tries),
            attempts=tries,
            not_before=clock.now() + dt.timedelta(seconds=seconds),
            **casebook.released(),
        )

    def stop(self, bot: str, system: str, words: str, cases: Sequence[Case]) -> None:
        """Record why a bot stopped, and give the cases that failed in a row their tries back."""
        with transaction.atomic():
            for before in cases:
                current = casebook.get(before.id)
                if current.attempts > before.attempts and current.state in WAITING_FOR_A_ROBOT and not current.lease:
                    StoredCase.objects.filter(pk=int(current.id), lease_token="").update(attempts=before.attempts)
            body = {"bot": bot, "system": system, "words": words, "cases": [int(case.id) for case in cases]}
            ledger.append("bot-stopped", actor=self.worker, body=body)

    def fail(self, case: Case, error: Exception) -> Case:
        """Hand a case to IT; it stays there until a person reopens it."""
        tries, body = case.attempts + 1, _error_body(error, case.attempts + 1)
        return casebook.move(
            case, State.FAILED, "case-failed", actor=self.worker, body=body, attempts=tries, **casebook.released()
        )


def note_changed(case: int, sha256: str, *, actor: str) -> None:
    """Record, once for each case, that its stored document has changed since it came in."""
    with transaction.atomic():
        if not LedgerEntry.objects.filter(case_id=case, event="document-changed").exists():
            ledger.append("document-changed", actor=actor, case=case, body={"document": sha256})


def _error_body(error: Exception, tries: int) -> dict[str, str | int]:
    return {"error": f"{type(error).__name__}: {error}"[:2000], "attempt": tries}
