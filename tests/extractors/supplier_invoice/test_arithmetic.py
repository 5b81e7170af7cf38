"""Each rule of EN 16931's arithmetic, met and broken."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from extractors.supplier_invoice.checks.arithmetic import CHECKS
from keywright.findings import Finding
from keywright.model.checks import Circumstances
from keywright.model.fields import Extraction, Field, InvoiceLine
from keywright.model.tax_breakdown import TaxShare

NOW = Circumstances(dt.date(2026, 5, 5))
RIGHT: dict[str, Any] = {
    "invoice_number": "INV-204",
    "line_total": "110.00",
    "allowance_total": "20.00",
    "charge_total": "10.00",
    "net_total": "100.00",
    "tax_total": "13.00",
    "grand_total": "113.00",
    "amount_paid": "13.00",
    "amount_due": "100.00",
    "tax_breakdown": (TaxShare(Decimal(13), Decimal("100.00"), Decimal("13.00")),),
    "seller_tax_id": "12345 6782 RT0001",
}
LINES = ("60.00", "50.00")


def extraction(lines: tuple[str, ...] = LINES, **changes: Any) -> Extraction:
    values = {k: v for k, v in {**RIGHT, **changes}.items() if v is not None}
    texts = {"invoice_number", "seller_tax_id", "tax_breakdown", "currency", "seller_name", "buyer_name"}
    fields = {
        name: Field(name, value if name in texts else Decimal(value), str(value), 1.0, "text-layer")
        for name, value in values.items()
    }
    return Extraction("invoice", fields, tuple(InvoiceLine("x", net_amount=Decimal(a)) for a in lines))


def found(paper: Extraction) -> list[Finding]:
    return [finding for check in CHECKS for finding in check(paper, NOW)]


def test_an_invoice_that_adds_up_has_no_finding() -> None:
    assert found(extraction()) == []


def test_an_invoice_of_which_little_is_known_has_no_finding() -> None:
    bare = dict.fromkeys(RIGHT)

    assert found(extraction(lines=(), **{**bare, "grand_total": "12.00"})) == []


SHARE = TaxShare(Decimal(13), Decimal("100.00"), Decimal("12.00"))


@pytest.mark.parametrize(
    ("changes", "rule", "words"),
    [
        ({"line_total": "111.00", "net_total": "101.00"}, "BR-CO-10", "the 2 lines make 110.00, but 111.00 is printed"),
        ({"allowance_total": "25.00"}, "BR-CO-13", "lines 110.00 less allowances 25.00"),
        ({"tax_total": "14.00"}, "BR-CO-14", "the tax by rate (13.00) does not make the tax of 14.00"),
        ({"grand_total": "118.00"}, "BR-CO-15", "INV-204: 100.00 + 13.00 tax is not the total, 118.00"),
        ({"amount_due": "113.00"}, "BR-CO-16", "total 113.00 less 13.00 paid is not the amount due, 113.00"),
        ({"tax_breakdown": (SHARE,)}, "BR-CO-17", "13% of 100.00 is 13.00, not 12.00"),
    ],
)
def test_each_rule_that_is_broken_is_told_in_words(changes: dict[str, Any], rule: str, words: str) -> None:
    messages = {finding.rule: finding.message for finding in found(extraction(**changes))}

    assert words in messages[rule]


@pytest.mark.parametrize("off", ["112.98", "113.02"])
def test_honest_rounding_is_let_pass(off: str) -> None:
    assert found(extraction(grand_total=off, amount_paid=None, amount_due=off)) == []


@pytest.mark.parametrize("off", ["112.97", "113.03"])
def test_more_than_honest_rounding_is_not(off: str) -> None:
    rules = [f.rule for f in found(extraction(grand_total=off, amount_paid=None, amount_due=off))]

    assert rules == ["BR-CO-15"]


def test_freight_after_the_subtotal_may_lie_between_net_and_total() -> None:
    paper = extraction(
        lines=("100.00",),
        line_total=None,
        allowance_total=None,
        charge_total="25.00",
        grand_total="138.00",
        amount_paid=None,
        amount_due="138.00",
    )

    assert found(paper) == []


def test_a_total_without_tax_and_no_tax_found_is_told() -> None:
    rules = {f.rule: f.message for f in found(extraction(tax_total=None, tax_breakdown=None))}

    assert "no tax was found" in rules["BR-CO-15"]


def test_a_credit_note_s_negative_amounts_add_up_too() -> None:
    paper = extraction(
        lines=("-100.00",),
        line_total="-100.00",
        allowance_total=None,
        charge_total=None,
        net_total="-100.00",
        tax_total="-13.00",
        grand_total="-113.00",
        amount_paid=None,
        amount_due="-113.00",
        tax_breakdown=(TaxShare(Decimal(13), Decimal("-100.00"), Decimal("-13.00")),),
    )

    assert found(paper) == []
