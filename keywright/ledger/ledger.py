"""The ledger: every act, in commit order, each entry chained to the one before by its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

from keywright.database.models import LedgerEntry, LedgerHead, StoredCase
from keywright.privacy.masking import mask_of_json
from keywright.redaction import without_secrets
from keywright.settings.settings import settings

EVENTS = {
    "case-opened": "a document came in and a case was opened for it",
    "document-repeated": "the same bytes came in again; no second case was opened",
    "document-changed": "a stored document was no longer the one that came in, and was not used",
    "case-read": "the document was read and its fields extracted",
    "case-checked": "every check passed",
    "case-referred": "a person was asked, and why",
    "field-corrected": "a person put another value in a field: the old one, the new one, and what was on screen",
    "lines-corrected": "a person changed the lines of an invoice: those before and those after",
    "finding-accepted": "a person accepted what a check had found",
    "case-settled": "a person sent the case back to its checks",
    "case-refused": "a person refused the case, and why",
    "case-sent-back": "a person sent the document back to its sender: to whom, and the message",
    "message-sent": "the message to the sender went out by e-mail",
    "case-handed-over": "a person handed the case over to a colleague",
    "case-parked": "a person put the case aside until a day, and why",
    "case-unparked": "a person took a parked case up again",
    "case-escalated": "a person asked someone with more authority to decide the case, and why",
    "case-split": "a person split the document into cases by its pages",
    "comment-added": "a person wrote a comment about the case",
    "decision-undone": "a person undid the last decision before it was keyed: the case waits again",
    "record-named": "a person said that the record is in the system, and its number; a robot compares it",
    "case-closed-by-word": "a person stated twice that the record is there; no robot has seen it",
    "absence-set": "an absence was set: who is away, from when to when, and who is the deputy",
    "absence-ended": "an absence was cancelled",
    "reminder-given": "a case was almost due: who was reminded",
    "overdue-escalated": "a case was overdue: who was notified",
    "notices-mailed": "the mail server took the mail that reminds or escalates: to whom, of which cases",
    "sample-drawn": "a case that a robot keys alone was drawn for the quality sample",
    "sample-answered": "a person read a drawn case without seeing what the robot read: where the two differ",
    "sample-settled": "a supervisor decided who was right where robot and person differ",
    "department-set": "the bots whose cases a department sees were set",
    "keying-intended": "a robot is about to post a record, committed before the post",
    "intent-withdrawn": "the right to post ended before the post: it is certain that nothing was posted",
    "record-adopted": "the system held the record already and a person had agreed that it is this case's",
    "case-keyed": "the target system shows the record; its values and its picture's hash",
    "receipt-kept": "the receipt of a keyed case was written: its hash in each language",
    "receipt-printed": "a person or a robot had a receipt printed as a PDF: its hash",
    "case-put-back": "a step failed for a passing reason and will be tried again",
    "look-again-asked": "a person asked a robot to look again, and only to look, for a record that was posted",
    "looked-by-itself": "hours later a robot looked again, and only looked, for a posted record: what it saw",
    "bot-stopped": "a target system failed several times in a row; the bot stopped, and its cases lost no try",
    "screen-change-proposed": "a control was found again on a changed screen: what it was, what it is, what agrees",
    "screen-change-accepted": "a person said that a changed control is the same",
    "screen-change-rejected": "a person said that a changed control is not the same; robots stop there",
    "case-failed": "retries are used up",
    "case-reopened": "a failed case was reopened",
    "vendors-imported": "a list of vendors was put on file: which were new, which were changed, and the file's hash",
    "vendor-added": "a person put a vendor on file",
    "vendor-changed": "a vendor on file was changed: the old values and the new ones",
    "ledger-signed": "the ledger's head was signed: up to which entry, and the hash of the signed checkpoint",
    "checkpoints-lost": "signed checkpoints were lost and started again: what was wrong, and where the old file is",
    "vendor-account-confirmed": "a second person confirmed a bank account of a vendor",
    "vendor-account-withdrawn": "a supervisor withdrew a bank account that was accepted on a bill",
    "person-confirmed": "a colleague confirmed whose account it is, after another person made it or set its password",
    "ledger-exported": "a person took a copy of the ledger: of what, how many entries, in which form",
    "ledger-verified": "a person had the chain of all entries verified: how many fit, and the first that does not",
    "signed-in": "a person signed in to the console",
    "sign-in-refused": "a sign-in was refused",
    "sign-in-locked": "too many attempts failed: sign-in under this name from there is locked for a while",
    "lockout-lifted": "IT unlocked a person who was locked out",
    "signed-out": "a person signed out",
    "session-ended": "a session ended: it was not used, or it reached its longest time",
    "sessions-ended": "all sessions of a person were ended at once",
    "password-changed": "a person has another password",
    "password-given": "a person was given a password, which must be changed at the next sign-in",
    "second-factor-added": "a person set up a second factor: an app, a security key or recovery codes",
    "second-factor-removed": "a second factor of a person was taken away",
    "directory-linked": "a person may sign in through the town's directory",
    "directory-unlinked": "a person may no longer sign in through the town's directory",
    "person-added": "a person was added",
    "person-barred": "a person may no longer sign in",
    "person-readmitted": "a person may sign in again",
    "groups-changed": "a person was put into other groups",
    "token-made": "a token for programs was made: for whom, what it may do, until when",
    "token-revoked": "a token for programs was revoked",
    "token-used": "a program acted with a token: which one, and what it did",
}
"""Every kind of entry, and what it records. ``append`` takes no other."""


BEGINNING = (0, "0" * 64)
"""The number and the hash before the first entry."""


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of ``verify``: how many entries fit, the first that does not, in words, and the last one's hash."""

    entries: int
    fault: str = ""
    hash: str = field(default="", compare=False)


def append(event: str, *, actor: str, case: int | None = None, body: Mapping[str, Any] | None = None) -> LedgerEntry:
    """Add an entry, in the transaction of the act that it records, and return it.

    Raises RuntimeError outside a transaction, and KeyError for an event that is not in ``EVENTS``.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"The ledger entry {event!r} must be written in the transaction of its act.")
    if event not in EVENTS:
        raise KeyError(f"{event!r} is not one of the ledger's events.")
    head = _head()
    entry = LedgerEntry(
        number=head.number + 1,
        at=timezone.now(),
        actor=actor,
        event=event,
        case_id=case,
        body=_masked(body or {}, case),
        previous=head.hash,
    )
    entry.hash = hash_of(entry)
    entry.save(force_insert=True)
    LedgerHead.objects.filter(id=1).update(number=entry.number, hash=entry.hash)
    return entry


def _head() -> LedgerHead:
    """Return the head of the chain, locked until the transaction ends."""
    heads = LedgerHead.objects.select_for_update()
    if (head := heads.filter(id=1).first()) is not None:
        return head
    LedgerHead.objects.get_or_create(id=1)
    return heads.get(id=1)


def _masked(body: Mapping[str, Any], case: int | None) -> dict[str, Any]:
    """Return a body that is safe to store permanently: without passwords, and without values that are masked."""
    clean: dict[str, Any] = without_secrets(dict(body))
    if not settings().masked_fields:
        return clean
    extraction = StoredCase.objects.filter(pk=case).values_list("extraction", flat=True).first() if case else None
    masked: dict[str, Any] = mask_of_json(clean.get("extraction") or extraction).body(clean)
    return masked


def hashed_parts(entry: LedgerEntry) -> dict[str, Any]:
    """Return what of an entry its hash covers, as JSON has it."""
    return {
        "number": entry.number,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "event": entry.event,
        "case": entry.case_id,
        "body": entry.body,
    }


def hash_of(entry: LedgerEntry) -> str:
    """Return the SHA-256 of the previous entry's hash followed by this entry's hashed parts as canonical JSON (RFC 8785
    in spirit: sorted keys, no blanks, UTF-8)."""
    canonical = json.dumps(hashed_parts(entry), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((entry.previous + canonical).encode()).hexdigest()


def verify(after: tuple[int, str] = BEGINNING, on_entries: Callable[[int, int], object] | None = None) -> Verification:
    """Verify the chain from its first entry, or from the one after an entry of number and hash ``after``.

    The result names the first entry that does not fit. ``on_entries`` is called every 1000 entries with the number of
    entries walked and the total. The head is read before the entries: entries that are written at the same time only
    make the ledger longer than its head says.
    """
    head = LedgerHead.objects.filter(id=1).first() or LedgerHead(number=0)
    (count, previous), first = after, after[0]
    at_head = previous if count == head.number else ""
    for entry in LedgerEntry.objects.filter(number__gt=first).order_by("number").iterator(chunk_size=1000):
        if fault := fault_of(entry, count + 1, previous):
            return Verification(count, fault, previous)
        previous, count = entry.hash, count + 1
        at_head = previous if count == head.number else at_head
        if on_entries and count % 1000 == 0:
            on_entries(count, max(count, head.number))
    return Verification(count, _end_fault(head, count, at_head), previous)


def _end_fault(head: LedgerHead, count: int, at_head: str) -> str:
    """Return why the ledger does not end at its head, in words, or ""; ``at_head`` is the hash of that entry."""
    if count < head.number:
        return f"Entry {count + 1} is missing: the ledger had {head.number} entries and shows {count}."
    if at_head != head.hash:
        return f"Entry {head.number} is not the one that was written last."
    current = LedgerHead.objects.filter(id=1).first()
    if count > (current.number if current else 0):
        return f"Entry {count} was written past the ledger's end."
    return ""


def fault_of(entry: LedgerEntry, number: int, previous: str) -> str:
    """Return why an entry does not have this number or does not follow this hash, in words, or ""."""
    if entry.number != number:
        return f"Entry {number} is missing: entry {entry.number} stands in its place."
    if entry.previous != previous:
        return f"Entry {number} ({entry.event}) does not follow the entry before it."
    if entry.hash != hash_of(entry):
        return f"Entry {number} ({entry.event}, {entry.at:%Y-%m-%d %H:%M} UTC) was changed after it was written."
    return ""
