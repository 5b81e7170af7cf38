"""The case book: opens and finds cases, and makes their moves, each with its ledger entry in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from keywright import clock
from keywright.cases.due_dates import due_at
from keywright.cases.earlier_cases import note_traits
from keywright.cases.summary import columns_of, kind_asked
from keywright.database.models import Draft, PagePicture, StoredCase, StoredDocument, Undoable
from keywright.findings import Finding
from keywright.ledger import ledger
from keywright.model.case import Case, CaseId, IllegalMove, Opened, State, ensure_legal
from keywright.model.document import Document
from keywright.model.duplicates import Trait
from keywright.model.fields import Extraction
from keywright.model.reading import DrawnPage
from keywright.model.serialization import (
    extraction_from_json,
    extraction_to_json,
    findings_from_json,
    findings_to_json,
)
from keywright.model.vendor import Payee


def open_case(document: Document, bot: str, *, actor: str) -> Opened:
    """Open a case for a document; the same bytes for the same bot return the existing case."""
    with transaction.atomic():
        stored, _ = StoredDocument.objects.get_or_create(
            sha256=document.sha256,
            defaults={
                "media_type": document.media_type,
                "file_name": document.file_name,
                "size": document.size,
                "received_at": document.received_at,
                "origin": document.origin,
            },
        )
        row, new = StoredCase.objects.get_or_create(bot=bot, document=stored, part=1)
        body = {"document": document.sha256, "file": document.file_name, "origin": document.origin, "bot": bot}
        ledger.append("case-opened" if new else "document-repeated", actor=actor, case=row.pk, body=body)
    return Opened(case_of(row), new)


def open_part(row: StoredCase, part: int, pages: tuple[int, int], *, actor: str) -> StoredCase:
    """Open a case for some pages of another case's document, in the transaction that takes the pages from that case."""
    first, last = pages
    new = StoredCase.objects.create(
        bot=row.bot,
        document=row.document,
        part=part,
        first_page=first,
        last_page=last,
        received_at=row.received_at,
    )
    paper = {"document": row.document_id, "file": row.document.file_name, "origin": row.document.origin}
    body = {**paper, "bot": row.bot, "pages": [first, last], "split_from": row.pk}
    ledger.append("case-opened", actor=actor, case=new.pk, body=body)
    return new


NOT_WAITING_FOR_A_PERSON: dict[str, Any] = {
    "kind": "",
    "referred_at": None,
    "due_at": None,
    "parked_until": None,
    "assigned_to": None,
    "claimed_by": None,
    "claimed_until": None,
}
"""The columns of a case that does not wait for a person."""

_PAST_UNDOING = frozenset({State.KEYING, State.KEYED, State.REFERRED, State.FAILED})
"""In these states the case has moved on from the last decision, which can no longer be undone."""


class Unreadable(Exception):
    """The stored data of a case cannot be read back."""


def case_of(row: StoredCase) -> Case:
    """Return a stored case as a value.

    Raises Unreadable if its stored data cannot be read back. A failed case is then returned without its extraction.
    """
    try:
        return _case_of(row, row)
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError) as fault:
        if row.state == State.FAILED:
            return _case_of(row, StoredCase())
        raise Unreadable(
            f"What is stored of case {row.pk} ({row.document.file_name}) cannot be read back "
            f"({type(fault).__name__}: {fault}). Another version of Keywright wrote it, or it was changed by hand. "
            "Have the document read again."
        ) from fault


def _case_of(row: StoredCase, stored: StoredCase) -> Case:
    """Return the case of a row, with the extraction, findings and payee of ``stored``."""
    return Case(
        id=CaseId(str(row.pk)),
        bot=row.bot,
        document=row.document_id,
        file_name=row.document.file_name,
        state=State(row.state),
        received_at=row.received_at,
        extraction=extraction_from_json(stored.extraction) if stored.extraction else None,
        findings=findings_from_json(stored.findings),
        settled=findings_from_json(stored.settled),
        payee=Payee(**stored.payee) if stored.payee else None,
        attempts=row.attempts,
        receipt_number=row.receipt_number,
        lease=row.lease_token,
        pages=pages_of(row),
    )


def pages_of(row: StoredCase) -> tuple[int, int] | None:
    """Return the first and the last page of a case that is a part of its document; None if it is the whole document."""
    return None if row.first_page is None or row.last_page is None else (row.first_page, row.last_page)


def get(case_id: str) -> Case:
    """Return a case. Raises StoredCase.DoesNotExist if there is none of that id."""
    return case_of(StoredCase.objects.select_related("document").get(pk=int(case_id)))


def still_held(case: Case) -> Case:
    """Return the current state of a case that its worker still holds.

    Raises IllegalMove if the worker has lost its lease: then its work must not move the case.
    """
    current = get(case.id)
    if current.lease != case.lease:
        raise IllegalMove(f"Case {case.id} is no longer held by this worker; another one has it or it is closed.")
    return current


def all_cases(bot: str = "") -> Iterator[Case]:
    """Yield all cases, or those of one bot, oldest first."""
    rows = StoredCase.objects.select_related("document").order_by("pk")
    return (case_of(row) for row in (rows.filter(bot=bot) if bot else rows).iterator(chunk_size=500))


def move(
    case: Case, to: State, event: str, *, actor: str, body: Mapping[str, Any] | None = None, **changes: Any
) -> Case:
    """Move a case and write the ledger entry, in one transaction; return the case after the move.

    The move is one conditional update: it succeeds only in the state and under the lease that the caller knows. A case
    that no longer waits for a person is taken off that person's list, and its list columns follow the extraction.
    Raises IllegalMove if the table has no move between the states, or if the case has changed in the meantime.
    """
    ensure_legal(case.state, to)
    columns = columns_of(case.bot, changes["extraction"]) if "extraction" in changes else {}
    reset = NOT_WAITING_FOR_A_PERSON if case.state is State.REFERRED else {}
    with transaction.atomic():
        _update(case, **{**reset, **columns, **changes, "state": to.value})
        if to in _PAST_UNDOING:
            Undoable.objects.filter(case_id=int(case.id)).delete()
        if to is State.KEYED:
            Draft.objects.filter(case_id=int(case.id)).delete()
        ledger.append(event, actor=actor, case=int(case.id), body=body)
        return get(case.id)


def note(case: Case, event: str, *, actor: str, body: Mapping[str, Any] | None = None, **changes: Any) -> Case:
    """Change a case without moving it, and write the ledger entry, in one transaction."""
    with transaction.atomic():
        _update(case, **changes)
        ledger.append(event, actor=actor, case=int(case.id), body=body)
        return get(case.id)


def _update(case: Case, **changes: Any) -> None:
    moved = StoredCase.objects.filter(pk=int(case.id), state=case.state.value, lease_token=case.lease).update(
        changed_at=timezone.now(), **changes
    )
    if not moved:
        current = StoredCase.objects.get(pk=int(case.id))
        holder = " and another worker holds it" if current.lease_token not in ("", case.lease) else ""
        raise IllegalMove(f"Case {case.id} is no longer {case.state}: it is {current.state}{holder}.")


def record_extraction(case: Case, extraction: Extraction, traits: Sequence[Trait], *, actor: str) -> Case:
    """Move a case to READ with its extraction, and store the traits by which duplicates are found."""
    stored = extraction_to_json(extraction)
    with transaction.atomic():
        moved = move(
            case, State.READ, "case-read", actor=actor, body={"extraction": stored}, extraction=stored, attempts=0
        )
        note_traits(case.id, traits)
    return moved


def has_pictures(case: Case) -> bool:
    """Return True if the pages of a case's document have been drawn."""
    return PagePicture.objects.filter(document=case.document).exists()


def keep_pictures(case: Case, pages: Sequence[tuple[DrawnPage, str]]) -> None:
    """Store the hashes of the pictures of a case's pages."""
    PagePicture.objects.bulk_create(
        [
            PagePicture(
                document_id=case.document, page=page.number, width=page.width, height=page.height, sha256=sha256
            )
            for page, sha256 in pages
        ],
        ignore_conflicts=True,
    )


def fail_unreadable(row: StoredCase, why: Unreadable, *, actor: str) -> Case | None:
    """Hand a case that cannot be read back to IT; return it, or None if another worker has it now."""
    with transaction.atomic():
        free = StoredCase.objects.filter(pk=row.pk, state=row.state, lease_token=row.lease_token)
        if not free.update(state=State.FAILED.value, changed_at=timezone.now(), **released()):
            return None
        ledger.append("case-failed", actor=actor, case=row.pk, body={"error": str(why), "attempt": row.attempts})
        return get(str(row.pk))


def refer(case: Case, findings: Sequence[Finding], *, actor: str) -> Case:
    """Refer a case to a person with at least one finding, and release it; its kind determines when it is due."""
    stored, kind, referred_at = findings_to_json(findings), kind_asked(findings), clock.now()
    columns = {
        **NOT_WAITING_FOR_A_PERSON,
        "kind": kind,
        "referred_at": referred_at,
        "due_at": due_at(case.bot, kind, referred_at),
    }
    body = {"findings": stored, "due": columns["due_at"].isoformat()}
    return move(case, State.REFERRED, "case-referred", actor=actor, body=body, findings=stored, **columns, **released())


def released() -> dict[str, Any]:
    """Return the changes that release a case's lease."""
    return {"lease_token": "", "lease_holder": "", "lease_until": None}
