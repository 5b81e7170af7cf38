"""Decisions read signals; the sentences that explain them are made last, and nothing depends on their wording."""

from __future__ import annotations

import pytest

from extractors.supplier_invoice.confidence.evidence import evidence_of
from extractors.supplier_invoice.confidence.explain import explained
from extractors.supplier_invoice.document_type import SupplierInvoice
from extractors.supplier_invoice.reading.print import Printed, read_print
from extractors.supplier_invoice.signals import Signal, Signals, explanation
from tests.extractors.supplier_invoice.typed import typed

BILL = """
    ACME Paving Ltd.
    12 Main Street
    Whitby ON L1N 2A1
    accounts@acmepaving.ca

    INVOICE

    Invoice number:  INV-204
    Invoice date:    03/04/2026
    Due date:        05/04/2026

    Bill to:
    Town of Whitby
    575 Rossland Road
    Whitby ON L1N 2M8

    Order no.: PO-7731

    Subtotal                              100.00
    HST 13%                                13.00
    Total                                $113.00
"""
UNTAXED = BILL.replace("Subtotal                              100.00", "").replace(
    "HST 13%                                13.00", ""
)
TWO_BILLS = BILL + BILL.replace("INV-204", "INV-205")


@pytest.mark.parametrize("text", [BILL, UNTAXED, TWO_BILLS])
def test_no_decision_depends_on_the_wording_of_an_explanation(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before, refused = read_print(typed(text)), SupplierInvoice.recognise(typed(text))

    for signal in Signal:
        monkeypatch.setattr(signal, "_value_", "?")
    after = read_print(typed(text))

    assert {name: field.value for name, field in after.fields.items()} == {
        name: field.value for name, field in before.fields.items()
    }
    assert evidence_of(after) == evidence_of(before)
    assert (after.findings, SupplierInvoice.recognise(typed(text))) == (before.findings, refused)


def test_each_signal_explains_itself_in_words_of_its_own_and_takes_one_detail_at_most() -> None:
    assert len({signal.value for signal in Signal}) == len(Signal.__members__)
    for signal in Signal:
        assert "detail" in explanation(Signals.of(signal, "detail")) or "{" not in signal.value


def signals_of(printed: Printed, name: str) -> set[Signal]:
    return {signal for signal, _ in printed.chosen[name].signals}


def test_a_value_carries_what_the_page_shows_of_it() -> None:
    printed = read_print(typed(BILL))

    assert signals_of(printed, "invoice_number") == {Signal.RIGHT_OF_LABEL}
    assert signals_of(printed, "issue_date") == {Signal.RIGHT_OF_LABEL, Signal.DATE_ORDER_UNKNOWN}
    assert signals_of(printed, "grand_total") == {Signal.BESIDE_LABEL, Signal.SUM_PROVES}
    assert signals_of(printed, "buyer_name") >= {Signal.UNDER_LABEL}
    assert signals_of(printed, "seller_name") >= {Signal.HEAD_OF_PAGE, Signal.OVER_ADDRESS, Signal.WEB_ADDRESS}
    assert signals_of(printed, "amount_due") >= {Signal.SUM_PROVES, Signal.NOTHING_ELSE_DUE}


def test_the_explanation_is_made_of_the_signals() -> None:
    reasons = {name: field.options[0].why for name, field in explained(typed(BILL)).items()}

    assert reasons["invoice_number"] == 'right of the label "Invoice number"'
    assert reasons["grand_total"] == 'beside the label "total", 100.00 + 13.00 = 113.00'
    assert reasons["issue_date"].endswith("day and month may be the other way round")


def test_the_evidence_in_words_names_what_counts_in_full_and_gives_a_number_for_the_rest() -> None:
    assert explained(typed(BILL))["invoice_number"].evidence == (
        "strength 0.97, legible, without a rival, both readers agree, no reader differs"
    )
