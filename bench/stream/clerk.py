"""A clerk who knows the truth: types it where something else was read, ticks what may be accepted, or refuses.

The decisions are those of the review page (``keywright.review``); lines are taken as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from bench.corpus.comparing import CANONICAL, labels_of, right
from bench.corpus.documents import LabelledDocument
from keywright import word_store
from keywright.bot import AnyBot
from keywright.cases.worker import Office
from keywright.model import alternatives
from keywright.model.case import Case
from keywright.model.fields import Extraction
from keywright.model.serialization import write_value
from keywright.model.vendor import Seller, Vendor
from keywright.review import close, decisions
from keywright.settings.settings import settings
from keywright.typed_values import NotAValue
from keywright.vendors import master

CLERK, SUPERVISOR = "clerk", "supervisor"
KIND = "invoice_type"
REFUSAL, TO_A_SURE_FIELD, TICK, SEND = 3, 2, 1, 1
"""Keystrokes: to refuse a case, to open and reach a field that is not asked about, to tick a finding, to send it on."""
TRIES = 4


@dataclass(frozen=True, slots=True)
class Deed:
    """What a clerk did on one case; it is not ``settled`` where the truth is not known well enough to decide it."""

    corrections: int
    keystrokes: int
    settled: bool = True


def truth_of(document: LabelledDocument) -> dict[str, str]:
    """Return what a clerk sees on the page of a bill, as text by field; "" for a field that is not printed there."""
    labels = {name: str(label) for name, label in labels_of(document.row).items() if name in CANONICAL}
    printed = document.row.get("in_text") or {}
    kind = "credit-note" if document.row.get("doc_type") == "credit_note" else "invoice"
    return {**{name: "" if printed.get(name) is False else text for name, text in labels.items()}, KIND: kind}


def wrong_fields(extraction: Extraction, document: LabelledDocument) -> dict[str, str]:
    """Return the truth for each field in which something else was read, or nothing."""
    wrong = {}
    for name, text in truth_of(document).items():
        value = write_value(extraction.fields[name].value) if name in extraction.fields else ""
        if value != text and not (value and right(name, document.row["truth"].get(name, text), value)):
            wrong[name] = text
    return wrong


def decide(case: Case, bot: AnyBot, document: LabelledDocument, *, person: str) -> Deed:
    """Decide a case that waits, as the page would take it from this person."""
    if not document.payable:
        close.refuse(case, close.Reason.NOT_AN_INVOICE, person=person)
        return Deed(0, REFUSAL)
    before = decisions.extraction_of(case, bot)
    changed = wrong_fields(before, document)
    texts = {**{name: decisions.one_line(field.value) for name, field in before.fields.items()}, **changed}
    ticked = {decisions.id_of(f) for f in case.findings if decisions.needs_a_tick(f, before)}
    _put_vendor_on_file(before, document, bot)
    keys = _keystrokes(case, bot, before, changed)
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                decisions.accept(case, bot, texts, ticked, person=person, second=person == SUPERVISOR)
            return Deed(len(changed), keys + TICK * len(ticked) + SEND)
        except NotAValue:
            break
        except decisions.StillStands as still:
            more = {decisions.id_of(finding) for finding in still.standing if finding.acceptable} - ticked
            if not more:
                break
            ticked |= more
    return Deed(0, keys + TICK * len(ticked) + SEND, settled=False)


def _keystrokes(case: Case, bot: AnyBot, before: Extraction, changed: Mapping[str, str]) -> int:
    """Return the keys that the fields take: Enter for one that is asked about, a choice or typing for a changed one."""
    doubtful = decisions.doubtful_names(before, case.findings, settings().refer_below)
    shown = [name for name in doubtful if name in bot.reads.specs()]
    choices = _choices(case, bot) if changed else {}
    typing = sum(1 if text in choices.get(name, ()) else max(1, len(text)) for name, text in changed.items())
    elsewhere = sum(1 + TO_A_SURE_FIELD for name in changed if name not in doubtful)
    return len(shown) + typing + elsewhere


def _choices(case: Case, bot: AnyBot) -> dict[str, tuple[str, ...]]:
    """Return the other values that the page offers for each field."""
    paper = alternatives.Paper(case.document, bot.reads, case.pages)
    path = Office.of(settings()).document(case)
    seen = word_store.seen_on(settings().words, paper, path, case.extraction)
    return {name: tuple(choice.value for choice in others) for name, others in seen.choices.items()} if seen else {}


def _put_vendor_on_file(before: Extraction, document: LabelledDocument, bot: AnyBot) -> None:
    """Put the vendor of a bill on file, with its true numbers, if the vendor list does not have it yet."""
    assert bot.seller is not None, "this bench is for documents that have a seller"
    truth = document.row["truth"]
    name, tax_number, account = (str(truth.get(key) or "") for key in ("seller_name", "seller_tax_id", "iban"))
    known = master.find(Seller(name, tax_number, account))
    if not name or (known and (known.vendor or known.several)):
        return
    vendor = Vendor(
        number=f"V-{len(master.on_file()) + 1}",
        name=name,
        tax_numbers=tuple(filter(None, [tax_number])),
        bank_accounts=tuple(filter(None, [account])),
        address=bot.seller.of(before).address,
    )
    master.put_on_file([vendor], {"file": "the first bill"}, actor="command-line:it")
