"""Stores receipts under their hash, with the hash in the ledger, and verifies whether a file is one of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from keywright.archive import Archive
from keywright.database.models import LedgerEntry, StoredCase
from keywright.ledger import ledger
from keywright.model.case import State
from keywright.model.document import fingerprint
from keywright.receipts.audit_trail import AuditTrail
from keywright.settings.settings import settings

LANGUAGES = ("en", "fr")
KEPT, PRINTED = "receipt-kept", "receipt-printed"
BY_WORD = "case-closed-by-word"
CASE = re.compile(rb"keywright(?:-case\" content=\"| case )(\d{1,18})")
"""How a receipt names its case: in a ``meta`` of the HTML, among the keywords of the PDF."""


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether a file is an unchanged receipt, and why, in words."""

    right: bool
    words: str


def archive() -> Archive:
    """Return the archive of receipts."""
    return Archive(settings().receipts)


def keep(trail: AuditTrail, pages: Mapping[str, bytes], place: Archive, *, actor: str) -> Mapping[str, str]:
    """Store the receipt of a case in each language, put the hashes in the ledger, and return them.

    A receipt that is in the ledger already is not replaced. Raises Stop if the disk does not take the files.
    """
    hashes = {language: place.put(page) for language, page in pages.items()}
    with transaction.atomic():
        if earlier := kept(trail.case):
            return earlier
        body = {
            "html": hashes,
            "system": trail.system,
            "record": trail.number,
            "keyed": {"entry": trail.keyed.number, "hash": trail.keyed.hash},
        }
        ledger.append(KEPT, actor=actor, case=trail.case, body=body)
    return hashes


def kept(case: int) -> Mapping[str, str]:
    """Return the hashes of a case's receipt by language; none if it has no receipt yet."""
    entry = LedgerEntry.objects.filter(case_id=case, event=KEPT).order_by("number").first()
    return dict(entry.body.get("html", {})) if entry else {}


def printed(case: int, language: str) -> str:
    """Return the hash of the PDF of a case's receipt, or "" if it was never printed."""
    html = kept(case).get(language, "")
    entries = LedgerEntry.objects.filter(case_id=case, event=PRINTED, body__html=html).order_by("number")
    entry = entries.first() if html else None
    return str(entry.body["pdf"]) if entry else ""


def keep_print(case: int, language: str, pdf: bytes, place: Archive, *, actor: str) -> str:
    """Store the PDF of a case's receipt, put its hash and that of its HTML in the ledger, and return it."""
    sha256 = place.put(pdf)
    with transaction.atomic():
        body = {"html": kept(case)[language], "pdf": sha256, "language": language}
        ledger.append(PRINTED, actor=actor, case=case, body=body)
    return sha256


def without_receipt(bot: str, limit: int) -> Sequence[int]:
    """Return keyed cases of a bot that have no receipt yet, oldest first: their worker died, or the disk was full.

    A case that was closed on a person's statement gets none: no system has shown its record.
    """
    has = LedgerEntry.objects.filter(case_id=OuterRef("pk"), event__in=(KEPT, BY_WORD))
    rows = StoredCase.objects.filter(~Exists(has), bot=bot, state=State.KEYED.value)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def verify(content: bytes) -> Verified:
    """Verify that these bytes are an unchanged receipt: their hash is in the ledger, and the ledger verifies."""
    sha256 = fingerprint(content)
    known = Q(body__html__en=sha256) | Q(body__html__fr=sha256) | Q(body__pdf=sha256)
    entry = LedgerEntry.objects.filter(known, event__in=(KEPT, PRINTED)).order_by("number").first()
    if entry is None:
        return Verified(False, _why_unknown(content, sha256))
    verification = ledger.verify()
    if verification.fault:
        return Verified(
            False, f"The file is that of ledger entry {entry.number}, but the ledger fails: {verification.fault}"
        )
    return Verified(
        True,
        f"This is the receipt of case {entry.case_id} as it was written at {entry.at:%Y-%m-%d %H:%M:%S} UTC: its "
        f"SHA-256 {sha256} is in ledger entry {entry.number}, and all {verification.entries} entries of the ledger "
        "verify.",
    )


def _why_unknown(content: bytes, sha256: str) -> str:
    """Return what is wrong with a file that is not in the ledger: it was changed, or its entry is missing."""
    case_mark = CASE.search(content)
    if case_mark is None:
        return f"This file is not a receipt of Keywright: no ledger entry has its SHA-256 {sha256}."
    case = int(case_mark[1])
    entry = LedgerEntry.objects.filter(case_id=case, event=KEPT).order_by("number").first()
    if entry is None:
        return f"The ledger has no receipt of case {case}: the entry is missing, or another office wrote the file."
    return (
        f"The file was changed: ledger entry {entry.number} has another SHA-256 for the receipt of case {case} than "
        f"{sha256}."
    )
