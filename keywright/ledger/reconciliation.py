"""Compares the database with the ledger: cases, keyings, documents, receipts and pictures.

Everything is read in streams and in the order of the cases, so that memory use does not grow with the ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from keywright.archive import Archive
from keywright.database.models import Keying, LedgerEntry, StoredCase, StoredDocument
from keywright.model.case import State
from keywright.privacy.masking import holds_mask

MOVES_TO: Mapping[str, frozenset[State]] = {
    "case-opened": frozenset({State.RECEIVED}),
    "case-read": frozenset({State.READ}),
    "case-checked": frozenset({State.CHECKED}),
    "case-referred": frozenset({State.REFERRED}),
    "case-settled": frozenset({State.READ}),
    "case-released": frozenset({State.READ}),
    "case-refused": frozenset({State.REFUSED}),
    "case-split": frozenset({State.RECEIVED}),
    "decision-undone": frozenset({State.REFERRED}),
    "look-again-asked": frozenset({State.KEYING}),
    "record-named": frozenset({State.KEYING}),
    "keying-intended": frozenset({State.KEYING}),
    "record-adopted": frozenset({State.KEYING}),
    "case-keyed": frozenset({State.KEYED}),
    "case-closed-by-word": frozenset({State.KEYED}),
    "case-failed": frozenset({State.FAILED}),
    "case-reopened": frozenset({State.RECEIVED, State.READ}),
}
"""The entries that record a move, and the states in which a case can be after it."""

CLOSINGS = frozenset({"case-keyed", "case-closed-by-word"})
_ENTRY = ("case_id", "event", "body__document", "body__bot", "body__system", "body__identity", "body__number")
_CASE = ("pk", "bot", "document_id", "state", "receipt_number")
_KEYING = ("case_id", "system", "identity", "posts", "receipt__number")

Row = tuple[Any, ...]
Count = Callable[[], object]


@dataclass
class History:
    """What the ledger records of a case: its opening, its last move, and its intents to post by system."""

    states: frozenset[State] = frozenset()
    event: str = ""
    document: str = ""
    bot: str = ""
    intended: Counter[str] = field(default_factory=Counter)
    withdrawn: Counter[str] = field(default_factory=Counter)
    identities: set[tuple[str, str]] = field(default_factory=set)
    number: str = ""

    @classmethod
    def by(cls, entries: Iterable[Row]) -> History:
        """Return what the entries of a case record, first to last."""
        history = cls()
        for _case, event, document, bot, system, identity, number in entries:
            if event == "case-opened":
                history.document, history.bot = document, bot
            if event == "keying-intended":
                history.intended[system] += 1
            if event in ("keying-intended", "record-adopted"):
                history.identities.add((system, identity))
            if event == "intent-withdrawn":
                history.withdrawn[system] += 1
            if event in MOVES_TO:
                history.states, history.event = MOVES_TO[event], event
                history.number = str(number) if event in CLOSINGS else ""
        return history


def case_faults(on_case: Count) -> Iterator[str]:
    """Yield a sentence for each case that differs from the ledger, or is missing on either side.

    Robots can be at work at the same time, so an apparent fault is looked at again with the case locked.
    """
    cases = StoredCase.objects.order_by("pk").values_list(*_CASE)
    entries = LedgerEntry.objects.filter(case_id__isnull=False).order_by("case_id", "number").values_list(*_ENTRY)
    keyings = Keying.objects.order_by("case_id", "pk").values_list(*_KEYING)
    for number, rows in _side_by_side(_grouped(cases), _grouped(entries), _grouped(keyings)):
        on_case()
        if _case_fault(number, *rows) and (fault := _fault_when_held(number)):
            yield fault


def _grouped(rows: QuerySet[Any, Any]) -> Iterator[tuple[int, list[Row]]]:
    return ((number, list(group)) for number, group in groupby(rows.iterator(chunk_size=2000), key=itemgetter(0)))


def _side_by_side(*streams: Iterator[tuple[int, list[Row]]]) -> Iterator[tuple[int, list[list[Row]]]]:
    """Yield, for each number in any of the sorted streams, the rows that each stream has for it."""
    heads = [next(stream, None) for stream in streams]
    while numbers := [head[0] for head in heads if head]:
        number = min(numbers)
        yield number, [head[1] if head and head[0] == number else [] for head in heads]
        heads = [
            next(stream, None) if head and head[0] == number else head
            for stream, head in zip(streams, heads, strict=True)
        ]


def _fault_when_held(number: int) -> str:
    with transaction.atomic():
        cases = list(StoredCase.objects.select_for_update().filter(pk=number).values_list(*_CASE))
        entries = LedgerEntry.objects.filter(case_id=number).order_by("number").values_list(*_ENTRY)
        keyings = Keying.objects.filter(case_id=number).order_by("pk").values_list(*_KEYING)
        return _case_fault(number, cases, list(entries), list(keyings))


def _case_fault(number: int, cases: list[Row], entries: list[Row], keyings: list[Row]) -> str:
    if not cases:
        return f"Case {number} is missing: the ledger has entries about it." if entries else ""
    history, (_, bot, document, state, receipt_number) = History.by(entries), cases[0]
    if not history.document:
        return f"Case {number} was never opened: the ledger has no entry for that."
    if document != history.document:
        return f"Case {number} has the document {document}, and the ledger opened it for {history.document}."
    if bot != history.bot:
        return f"Case {number} is of the bot {bot}, and the ledger opened it for {history.bot}."
    if state not in history.states:
        states = " or ".join(sorted(history.states))
        return f"Case {number} is {state}, and by its last move in the ledger ({history.event}) it is {states}."
    if history.number and not _same(receipt_number, history.number):
        return f"Case {number} was keyed as {history.number} by the ledger, and is on file as {receipt_number}."
    return _keying_fault(number, history, keyings)


def _keying_fault(number: int, history: History, keyings: list[Row]) -> str:
    posts: Counter[str] = Counter()
    for _case, system, identity, posted, receipt in keyings:
        posts[system] += posted
        masked = any(holds_mask(in_ledger) for _, in_ledger in history.identities)
        known = masked or (system, identity) in history.identities
        if (posted or receipt) and not known:
            return f"Case {number} has a keying of {identity} in {system}, which has no entry in the ledger."
        if receipt and not _same(receipt, history.number):
            return f"Case {number} has a receipt for {receipt} in {system}, and the ledger does not close it with that."
    if history.number and not any(receipt for *_, receipt in keyings):
        return f"Case {number} was keyed as {history.number} by the ledger, and has no keying with its receipt."
    for system in {*posts, *history.intended}:
        most = history.intended[system]
        if not most - history.withdrawn[system] <= posts[system] <= most:
            return (
                f"Case {number} has {posts[system]} posts in {system} on file, and the ledger has {most} intents, "
                f"{history.withdrawn[system]} of them withdrawn."
            )
    return ""


def _same(on_file: object, in_ledger: str) -> bool:
    return holds_mask(in_ledger) or str(on_file) == in_ledger


def document_faults(documents: Archive, on_document: Count) -> Iterator[str]:
    """Yield a sentence for each document on file that belongs to no case, or whose bytes are missing or changed."""
    unknown = StoredDocument.objects.filter(cases=None).order_by("pk").values_list("pk", "file_name")
    for sha256, name in unknown.iterator(chunk_size=2000):
        yield f"The document {sha256} ({name}) is on file without a case: the ledger does not know it."
    for sha256 in StoredDocument.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000):
        on_document()
        if fault := documents.fault_of(sha256):
            yield f"The document {sha256} {fault} in {documents.folder}. Restore it from the backup."


def kept_entries() -> QuerySet[LedgerEntry]:
    """Return the entries with the hashes of receipts, and of pictures of keyed records."""
    return LedgerEntry.objects.filter(event__in=("receipt-kept", "receipt-printed", "case-keyed"))


def kept_faults(receipts: Archive, pictures: Archive, on_entry: Count) -> Iterator[str]:
    """Yield a sentence for each receipt, and each picture of a keyed record, whose bytes are missing or changed."""
    entries = kept_entries().order_by("number")
    rows = entries.values_list("number", "case_id", "event", "body__html", "body__pdf", "body__picture")
    for number, case, event, html, pdf, picture in rows.iterator(chunk_size=2000):
        on_entry()
        hashes = {"receipt-kept": [*(html or {}).values()] if isinstance(html, dict) else [], "receipt-printed": [pdf]}
        archive, what = (pictures, "picture") if event == "case-keyed" else (receipts, "receipt")
        for sha256 in filter(None, hashes.get(event, [picture])):
            if fault := archive.fault_of(sha256):
                yield f"The {what} {sha256} of case {case} (ledger entry {number}) {fault} in {archive.folder}."


def strangers(documents: Archive) -> Iterator[str]:
    """Yield the files in the document archive that are not on file, which an interrupted start can leave."""
    for folder in sorted(path for path in documents.folder.glob("*") if path.is_dir()):
        names = {path.name for path in folder.iterdir()}
        known = StoredDocument.objects.filter(pk__startswith=folder.name).values_list("pk", flat=True)
        yield from (str(folder / name) for name in sorted(names - set(known)))
