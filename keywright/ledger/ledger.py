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
    "case-opened": "document received, case opened",
    "document-repeated": "same file received again, no second case opened",
    "document-changed": "stored document altered, not used",
    "case-read": "document read",
    "case-checked": "every check passed",
    "case-referred": "referred to a person",
    "field-corrected": "field corrected or confirmed",
    "lines-corrected": "invoice lines changed",
    "finding-accepted": "exception accepted",
    "case-settled": "sent for posting",
    "case-refused": "case rejected",
    "case-sent-back": "document returned to its sender",
    "message-sent": "letter to the sender e-mailed",
    "case-handed-over": "case assigned",
    "case-parked": "case put on hold",
    "case-unparked": "case taken off hold",
    "case-escalated": "case escalated",
    "case-split": "file split into cases",
    "comment-added": "comment added",
    "decision-undone": "decision undone, case back in the queue",
    "record-named": "record number entered by a person, to be compared by the robot",
    "case-closed-by-word": "case closed on a person's word, without a receipt",
    "absence-set": "absence recorded",
    "absence-ended": "absence cancelled",
    "reminder-given": "reminder sent, case due soon",
    "overdue-escalated": "overdue case escalated",
    "notices-mailed": "reminders and escalations e-mailed",
    "sample-drawn": "case drawn for the quality sample",
    "sample-answered": "quality sample read",
    "sample-settled": "difference in the quality sample settled",
    "layout-confirmed": "document confirmed for its layout",
    "layout-unconfirmed": "confirmation for a layout undone",
    "layout-learned": "new version of a layout's profile learned",
    "layout-state": "trust in a layout changed",
    "layout-asked-again": "layout to be confirmed again",
    "layout-version-taken": "version of a layout's profile put to use",
    "layout-rolled-back": "layout's profile rolled back",
    "layout-imported": "layout imported",
    "layout-exported": "layout exported",
    "case-proposed-again": "read again by its layout's new profile",
    "case-released": "nothing left to ask, sent on by its layout's new profile",
    "department-set": "access of a department changed",
    "keying-intended": "intent to post recorded",
    "intent-withdrawn": "intent to post withdrawn, nothing posted",
    "record-adopted": "linked to a record that was already in the target system",
    "case-keyed": "posted, record compared with the case",
    "receipt-kept": "receipt filed",
    "receipt-printed": "receipt printed as a PDF",
    "case-put-back": "step failed, to be tried again",
    "look-again-asked": "new search for a posted record requested",
    "looked-by-itself": "posted record searched for again",
    "bot-stopped": "bot stopped after repeated faults of the target system",
    "screen-change-proposed": "changed field found on a screen",
    "screen-change-accepted": "changed field on a screen accepted",
    "screen-change-rejected": "changed field on a screen rejected, robots stop there",
    "case-failed": "failed, no retries left",
    "case-reopened": "failed case restarted",
    "vendors-imported": "vendor list imported",
    "vendor-added": "vendor added",
    "vendor-changed": "vendor changed",
    "orders-imported": "list of purchase orders imported",
    "order-changed": "purchase order changed",
    "deliveries-imported": "list of deliveries imported",
    "delivery-changed": "delivery changed",
    "ledger-signed": "ledger checkpoint signed",
    "checkpoints-lost": "signed checkpoints lost, started anew",
    "vendor-account-confirmed": "vendor's bank account confirmed",
    "vendor-account-withdrawn": "vendor's bank account withdrawn",
    "person-confirmed": "person's account confirmed",
    "ledger-exported": "ledger entries exported",
    "ledger-verified": "ledger verified",
    "signed-in": "signed in",
    "sign-in-refused": "sign-in failed",
    "sign-in-locked": "sign-in locked after too many failed attempts",
    "lockout-lifted": "sign-in unlocked",
    "signed-out": "signed out",
    "session-ended": "session expired",
    "sessions-ended": "all sessions of a person ended",
    "password-changed": "password changed",
    "password-given": "temporary password set",
    "second-factor-added": "second factor added",
    "second-factor-removed": "second factor removed",
    "directory-linked": "directory account linked",
    "directory-unlinked": "directory account unlinked",
    "person-added": "person added",
    "person-barred": "access blocked",
    "person-readmitted": "access restored",
    "groups-changed": "groups changed",
    "token-made": "API token created",
    "token-revoked": "API token revoked",
    "token-used": "action through the API",
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
