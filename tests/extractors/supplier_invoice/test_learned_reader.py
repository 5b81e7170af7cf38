"""The learned reader: a second opinion on each field, within bounds, and a question where the readers differ."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from demo import documents
from extractors.supplier_invoice.document_type import SupplierInvoice
from extractors.supplier_invoice.learned import spans
from extractors.supplier_invoice.learned.features import described
from extractors.supplier_invoice.learned.reader import LearnedValue, read_learned
from extractors.supplier_invoice.learned.tokens import MOST_TOKENS
from extractors.supplier_invoice.learned.values import amount_in, days_in, identifier_in
from extractors.supplier_invoice.votes import DIFFER, both_votes, readers_differ
from keywright.model.fields import Field
from keywright.model.reading import Box, EInvoice
from keywright.settings.settings import CHECKOUT
from tests.extractors.supplier_invoice.einvoice.test_invoice import CII
from tests.extractors.supplier_invoice.typed import typed

BILL = """
    Harbour Pumps Ltd.
    12 Main Street
    Whitby ON L1N 2A1

    INVOICE

    Invoice number:  HP-20417
    Invoice date:    2026-10-01
    Due date:        2026-10-31
    PO number:       PO-88120

    Bill to:
    Town of Whitby
    575 Rossland Road
    Whitby ON L1N 2M8

    Description      Quantity    Price    Amount
    Pump seals       10          10.00    100.00

    Subtotal                              100.00
    HST 13%                                13.00
    Total                                $113.00
"""
PLACE = Box(1, 10, 10, 60, 20)


def learned(value: str, confidence: float) -> LearnedValue:
    return LearnedValue(value, value, PLACE, confidence)


def rules(name: str, value: str, confidence: float = 0.9) -> dict[str, Field[str]]:
    return {name: Field(name, value, value, confidence, "text-layer", PLACE)}


def test_a_plain_bill_is_read_without_the_rules() -> None:
    values = {name: value.value for name, value in read_learned(typed(BILL)).items()}

    assert values["invoice_number"] == "HP-20417"
    assert values["purchase_order"] == "PO-88120"
    assert (values["issue_date"], values["due_date"]) == ("2026-10-01", "2026-10-31")
    assert (values["net_total"], values["grand_total"]) == ("100.00", "113.00")


def test_both_readers_vote_on_what_is_printed() -> None:
    extraction = SupplierInvoice.extract(typed(BILL))

    assert extraction[SupplierInvoice.invoice_number].votes == {"rules": "HP-20417", "learned": "HP-20417"}
    assert extraction[SupplierInvoice.grand_total].votes == {"rules": "113.00", "learned": "113.00"}
    assert extraction[SupplierInvoice.buyer_name].votes == {"rules": "Town of Whitby"}


def test_the_learned_reader_is_not_asked_about_an_e_invoice() -> None:
    extraction = SupplierInvoice.extract(typed(BILL, einvoice=EInvoice("cii", "factur-x.xml", CII)))

    assert extraction.fields
    assert all("learned" not in field.votes for field in extraction.fields.values())


def test_read_shows_the_votes_of_both_readers_from_behind_the_fence(tmp_path: Path) -> None:
    documents.make(tmp_path)
    command = [sys.executable, "-m", "cli", "read", str(tmp_path / "brightwater-4471.pdf"), "--json"]
    printed = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=120, check=True).stdout

    fields = json.loads(printed)["fields"]
    assert fields["invoice_number"]["votes"] == {"rules": "INV-4471", "learned": "INV-4471"}


def test_where_readers_differ_a_person_is_asked_with_both_values() -> None:
    voted = both_votes(rules("invoice_number", "4417"), {"invoice_number": learned("A-204", 0.93)}, {}, ())
    questions = list(readers_differ(voted, {"invoice_number": learned("A-204", 0.93)}, {}))

    assert voted["invoice_number"].votes == {"rules": "4417", "learned": "A-204"}
    assert [(question.rule, question.fields) for question in questions] == [(DIFFER, ("invoice_number",))]
    assert "“4417” and “A-204”" in str(questions[0].message)


@pytest.mark.parametrize(
    ("name", "value", "other", "confidence", "evidence"),
    [
        ("invoice_number", "4417", "A-204", 0.6, {}),
        ("seller_name", "Harbour Pumps", "Town of Whitby", 0.95, {}),
        ("grand_total", "113.00", "100.00", 0.95, {"proven by a sum": 1.0}),
        ("issue_date", "2026-02-11", "2026-11-02", 0.95, {}),
        ("seller_name", "Harbour Pumps", "Harbour Pumps Ltd.", 0.95, {}),
    ],
    ids=["unsure", "names are compared with the vendor file", "proven", "order of a date", "a longer name"],
)
def test_nobody_is_asked_where_the_difference_means_nothing(
    name: str, value: str, other: str, confidence: float, evidence: dict[str, float]
) -> None:
    sees = {name: learned(other, confidence)}
    voted = both_votes(rules(name, value, 0.99), sees, {name: evidence}, ())

    assert list(readers_differ(voted, sees, {name: evidence})) == []
    assert voted[name].value == value


def test_what_the_rules_did_not_find_is_proposed_if_the_learned_reader_is_sure_and_with_less_confidence() -> None:
    sees = {"purchase_order": learned("PO-5", 0.97), "invoice_number": learned("77", 0.6)}

    voted = both_votes({}, sees, {}, typed(BILL).pages)

    assert list(voted) == ["purchase_order"]
    order = voted["purchase_order"]
    assert (order.value, order.box, order.source, order.votes) == ("PO-5", PLACE, "text-layer", {"learned": "PO-5"})
    assert 0.5 < order.confidence < 0.97


def test_an_order_number_is_taken_from_the_surer_reader() -> None:
    sees = {"purchase_order": learned("PO-88120", 0.9)}

    voted = both_votes(rules("purchase_order", "12", 0.6), sees, {}, ())

    assert voted["purchase_order"].value == "PO-88120"
    assert voted["purchase_order"].votes == {"rules": "12", "learned": "PO-88120"}


def test_hostile_words_are_looked_at_within_bounds() -> None:
    row = "  ".join(["7.00 2026-01-02 A-1"] * 40)
    reading = typed("\n%%\n".join(["\n".join([row] * 60)] * 8))

    document = described(reading)

    assert len(document.sheet.tokens) == MOST_TOKENS
    assert all(len(candidates.spans) <= spans.MOST for candidates in document.candidates)
    assert read_learned(reading)


def test_values_are_known_by_their_shape() -> None:
    assert amount_in("$1,234.50") == 1234.5
    assert amount_in("1.234,50 €") == 1234.5
    assert amount_in("(12.00)") == -12.0
    assert amount_in("4471") is None
    assert [day.isoformat() for day, _ in days_in("14 octobre 2026")] == ["2026-10-14"]
    assert len(days_in("03/04/2026")) == 2
    assert identifier_in("INV 204", 2) == "INV 204"
    assert identifier_in("Invoice", 1) is None
