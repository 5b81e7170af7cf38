"""What is keyed never has the opposite sense of the document: who owes whom stays as it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.supplier_invoices import bot
from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from keywright.model.checks import Circumstances, Outcome, weigh
from keywright.model.fields import Extraction, InvoiceLine
from systems.records.bill import Bill
from systems.sql_ledger.bill import as_kept
from tests.bots.test_supplier_invoices import INVOICE
from tests.extractors.supplier_invoice.typed import typed
from tests.keywright.papers import field

NOW = Circumstances(dt.date(2026, 11, 3))
PAPER = """
    Brightwater Pumps Ltd.                     {title}
    12 Mill Street
    Elora ON  N0B 1S0

    Bill to:                                   Invoice number:   INV-7
    Town of Millbrook Falls                    Invoice date:     November 2, 2026
    2 Main Street                              GST/HST No.:      12345 6782 RT0001
    Millbrook Falls ON  L0P 1M0

                                      Subtotal      {minus}100.00
                                      HST 13%       {minus}13.00
                                      Total CAD     {minus}113.00
"""


def owed(kind: str, total: Decimal) -> Decimal:
    """Return what the town owes by a document: less than nothing where money is given back."""
    return -abs(total) if kind == "credit-note" else total


def worth(kind: str, total: str, tax: str = "0.00", **more: str) -> Extraction:
    values = {"invoice_type": kind, "grand_total": Decimal(total), "tax_total": Decimal(tax)}
    amounts = {name: Decimal(value) for name, value in more.items()}
    return INVOICE.with_fields(*(field(name, value) for name, value in {**values, **amounts}.items()))


@given(
    kind=st.sampled_from(["invoice", "credit-note"]),
    net=st.decimals(-9999, 9999, places=2),
    tax=st.decimals(-999, 999, places=2),
    shares=st.lists(st.decimals(-99, 99, places=2), max_size=3),
)
def test_no_record_turns_the_sense_of_its_document_round(
    kind: str, net: Decimal, tax: Decimal, shares: list[Decimal]
) -> None:
    lines = tuple(InvoiceLine("A", net_amount=amount) for amount in [*shares, net - sum(shares, Decimal(0))])
    document = replace(worth(kind, str(net + tax), str(tax)), lines=lines)

    for record in (Bill.from_extraction(document), as_kept(Bill.from_extraction(document))):
        assert record.grand_total >= 0, "both systems take amounts without a minus"
        assert owed(record.invoice_type, record.grand_total) == owed(kind, net + tax)


DASHES = "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2212"
MINUS = [f"{dash}{{}}" for dash in DASHES] + [
    "{}-",
    "{} -",
    "({})",
    "{} CR",
    "{}CR",
    "- {}",
    "-${}",
    "$-{}",
    "$({})",
    "(${})",
]


@pytest.mark.parametrize("title", ["INVOICE", "CREDIT NOTE"])
@pytest.mark.parametrize("minus", MINUS)
def test_no_writing_of_a_minus_turns_the_sense_round(title: str, minus: str) -> None:
    printed = PAPER.format(title=title, minus="")
    for amount in ("100.00", "13.00", "113.00"):
        printed = printed.replace(f" {amount}", f" {minus.format(amount)}")
    extraction = Invoice.extract(typed(printed))

    rules = {finding.rule for finding in weigh(extraction, bot.checks, NOW).findings if finding.asks}
    assert "invoice-sign" in rules or Bill.from_extraction(extraction).invoice_type == "credit-note"


def test_a_line_below_zero_stays_so_in_a_bill_above_zero() -> None:
    lines = (InvoiceLine("Pump", net_amount=Decimal(150)), InvoiceLine("Rebate", net_amount=Decimal(-50)))

    for record in (
        Bill.from_extraction(replace(INVOICE, lines=lines)),
        as_kept(Bill.from_extraction(replace(INVOICE, lines=lines))),
    ):
        assert [line.amount for line in record.lines] == [Decimal(150), Decimal(-50)]


@pytest.mark.parametrize("title", ["INVOICE", "CREDIT NOTE"])
def test_a_printed_total_below_zero_is_asked_about(title: str) -> None:
    extraction = Invoice.extract(typed(PAPER.format(title=title, minus="-")))

    assert extraction.value(Invoice.grand_total) == Decimal("-113.00")
    verdict = weigh(extraction, bot.checks, NOW)
    assert verdict.outcome is Outcome.REFER
    assert [finding.fields for finding in verdict.findings if finding.rule == "invoice-sign"] == [
        ("grand_total", "invoice_type")
    ]


@pytest.mark.parametrize("title", ["INVOICE", "CREDIT NOTE"])
def test_a_total_above_zero_is_keyed_as_what_the_paper_is_headed(title: str) -> None:
    extraction = Invoice.extract(typed(PAPER.format(title=title, minus="")))

    verdict = weigh(extraction, bot.checks, NOW)
    assert verdict.outcome is Outcome.KEY, verdict.findings
    assert Bill.from_extraction(extraction).invoice_type == ("credit-note" if title == "CREDIT NOTE" else "invoice")


@pytest.mark.parametrize(
    ("amounts", "rule", "asks"),
    [
        ({"amount_due": "0.00", "amount_paid": "113.00"}, "nothing-due", True),
        ({"amount_due": "-7.00", "amount_paid": "120.00"}, "nothing-due", True),
        ({"amount_due": "63.00", "amount_paid": "50.00"}, "paid-in-part", False),
    ],
)
def test_a_bill_that_is_paid_is_not_keyed_in_full_without_a_word(
    amounts: dict[str, str], rule: str, asks: bool
) -> None:
    document = worth("invoice", "113.00", "13.00", **amounts)

    verdict = weigh(document, bot.checks, NOW)
    assert [(finding.rule, finding.asks) for finding in verdict.findings if finding.rule == rule] == [(rule, asks)]
    assert verdict.outcome is (Outcome.REFER if asks else Outcome.KEY)


def test_a_bill_with_all_of_it_due_needs_no_word() -> None:
    verdict = weigh(worth("invoice", "113.00", "13.00", amount_due="113.00"), bot.checks, NOW)

    assert {finding.rule for finding in verdict.findings if finding.asks} == set()
    assert not {"nothing-due", "paid-in-part"} & {finding.rule for finding in verdict.findings}


def test_a_credit_that_is_paid_out_already_is_asked_about() -> None:
    document = worth("credit-note", "1200.00", amount_paid="1200.00", amount_due="0.00")

    findings = weigh(document, bot.checks, NOW).findings

    assert "nothing-due" in [finding.rule for finding in findings if finding.asks]
