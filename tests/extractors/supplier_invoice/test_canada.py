"""The requirements of Canadian law are checked on Canadian bills only, and allowed cases pass."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from extractors.supplier_invoice.checks.canada import CHECKS, gst_number, proper_invoice
from extractors.supplier_invoice.checks.canadian_rates import in_words, is_printable, printable, rates
from keywright.findings import Finding
from keywright.model.checks import Circumstances, Outcome, weigh
from keywright.model.fields import Extraction, Field, InvoiceLine
from keywright.model.reading import Box, Page, Reading, Word
from keywright.model.tax_breakdown import TaxShare

NOW = Circumstances(dt.date(2026, 11, 21))
RIGHT: dict[str, Any] = {
    "invoice_number": "INV-204",
    "issue_date": dt.date(2026, 5, 5),
    "currency": "CAD",
    "payment_terms": "Net 30",
    "seller_name": "Salt Inc.",
    "seller_tax_id": "12345 6782 RT0001",
    "seller_address": "12 Quay Street, Milton, ON L9T 1A1",
    "buyer_name": "Town of Milton",
    "net_total": Decimal("1000.00"),
    "tax_total": Decimal("130.00"),
    "grand_total": Decimal("1130.00"),
    "tax_breakdown": (TaxShare(Decimal(13), Decimal("1000.00"), Decimal("130.00")),),
}


def bill(**changes: Any) -> Extraction:
    values = {name: value for name, value in {**RIGHT, **changes}.items() if value is not None}
    fields = {name: Field(name, value, str(value), 1.0, "text-layer") for name, value in values.items()}
    return Extraction("invoice", fields, (InvoiceLine("Salt", net_amount=Decimal("1000.00")),))


def told(**changes: Any) -> dict[str, Finding]:
    paper = bill(**changes)
    return {finding.rule: finding for check in CHECKS for finding in check(paper, NOW)}


def share(rate: str, tax: str = "130.00") -> dict[str, Any]:
    return {"tax_breakdown": (TaxShare(Decimal(rate), None, Decimal(tax)),), "tax_total": Decimal(tax)}


def test_a_right_bill_has_no_finding() -> None:
    assert told() == {}


def test_a_bill_from_abroad_is_not_asked_what_canadian_law_asks() -> None:
    abroad = {"seller_tax_id": None, "seller_address": "Lindenallee 4, 50667 Köln", **share("19", "190.00")}

    assert told(**abroad, currency="EUR", payment_terms=None) == {}
    assert told(**abroad, currency="CAD", payment_terms=None) == {}


@pytest.mark.parametrize(
    ("number", "rule", "words"),
    [
        ("12345 6789 RT0001", "gst-number", "its check digit is wrong"),
        ("1234 RT0001", "gst-number", "should look like 123456782 RT0001"),
        ("121234567 TQ0001", "qst-number", "should look like 1234567890 TQ0001"),
    ],
)
def test_a_tax_number_of_another_shape_is_told(number: str, rule: str, words: str) -> None:
    assert words in told(seller_tax_id=number)[rule].message


def test_a_wrong_check_digit_is_asked_about_only_where_the_figures_can_be_misread() -> None:
    number = {"seller_tax_id": "12345 6789 RT0001"}
    scanned = bill(**number)
    field = replace(scanned.fields["seller_tax_id"], source="tesseract")
    scanned = replace(scanned, fields={**scanned.fields, "seller_tax_id": field})

    (asked,) = (finding for finding in gst_number(scanned, NOW))

    assert asked.asks
    assert not told(**number)["gst-number"].asks
    assert told(seller_tax_id="1234 RT0001")["gst-number"].asks


@pytest.mark.parametrize("number", ["1212345677 TQ0001", "123456782RT0001", "123 456 782 RT 0001", "DE812345678"])
def test_a_tax_number_of_its_shape_is_let_pass(number: str) -> None:
    assert told(seller_tax_id=number) == {}


@pytest.mark.parametrize("rate", ["5", "13.0", "14", "15", "9.975", "9.98", "14.975", "12", "11", "8", "7", "6"])
def test_every_rate_that_a_canadian_bill_may_print_today_is_let_pass(rate: str) -> None:
    assert told(**share(rate, "50.00")) == {}


@pytest.mark.parametrize("rate", ["12.5", "3", "19", "15.5"])
def test_a_rate_that_no_province_has_is_told_with_those_there_are(rate: str) -> None:
    message = told(**share(rate, "50.00"))["tax-rate"].message

    assert f"charges tax at {rate}%, and Canada had no such rate on 2026-05-05" in message
    assert "GST 5 %; HST 13 or 14 or 15 %; QST 9.975 %; PST 6 or 7 %" in message


def test_several_rates_are_let_pass_for_there_are_levies_beside_the_taxes() -> None:
    shares = (TaxShare(Decimal(13), None, Decimal("130.00")), TaxShare(Decimal("8.5"), None, Decimal("9.00")))

    assert told(tax_breakdown=shares, tax_total=Decimal("139.00")) == {}


def test_tax_on_a_part_of_a_bill_is_let_pass_but_not_more_than_the_highest_rate_on_all() -> None:
    assert told(tax_breakdown=None, tax_total=Decimal("13.00")) == {}
    assert told(tax_breakdown=None, tax_total=Decimal("150.02"), grand_total=Decimal("1150.02")) == {}
    over = told(tax_breakdown=None, tax_total=Decimal("150.03"), grand_total=Decimal("1150.03"))

    assert (
        "tax 150.03 is 15.00% of 1,000.00, more than anywhere in Canada on 2026-05-05 (15%)" in over["tax-rate"].message
    )


def test_freight_after_the_net_is_taxed_too() -> None:
    assert told(tax_breakdown=None, tax_total=Decimal("156.00"), grand_total=Decimal("1356.00")) == {}


def test_tax_without_a_registration_number_is_told_from_100_dollars() -> None:
    small = {"net_total": Decimal("88.00"), "tax_total": Decimal("11.44"), "tax_breakdown": None}

    assert told(seller_tax_id=None)["gst-number-missing"].asks
    assert told(seller_tax_id=None, **small, grand_total=Decimal("99.44")) == {}
    assert told(seller_tax_id=None, tax_total=None, tax_breakdown=None, grand_total=Decimal("1000.00")) == {}


@pytest.mark.parametrize(
    ("total", "lacks", "missing"),
    [
        ("90.00", {"issue_date": None}, "Invoice date"),
        ("499.99", {"buyer_name": None, "payment_terms": None}, ""),
        ("500.00", {"buyer_name": None, "payment_terms": None}, "Buyer, payment terms"),
        ("500.00", {"payment_terms": None, "due_date": dt.date(2026, 6, 4)}, ""),
    ],
)
def test_what_the_tax_credit_needs_by_the_total_is_told_and_refers_no_case(
    total: str, lacks: dict[str, Any], missing: str
) -> None:
    paper = bill(grand_total=Decimal(total), tax_total=Decimal("1.00"), tax_breakdown=None, **lacks)
    verdict = weigh(paper, CHECKS, NOW)

    assert verdict.outcome is Outcome.KEY
    assert [finding.rule for finding in verdict.findings] == (["cra-requirements"] if missing else [])
    assert all(missing in finding.message for finding in verdict.findings)


@pytest.mark.parametrize(
    ("code", "right"), [("L9T 1A1", True), ("D9T 1A1", False), ("W1A 1A1", False), ("L9O 1A1", False)]
)
def test_a_postal_code_with_a_letter_that_none_has_is_told(code: str, right: bool) -> None:
    assert ("postal-code" not in told(seller_address=f"12 Quay Street, Milton, ON {code}")) is right


def read(*lines: str) -> Reading:
    words = [
        tuple(Word(text, Box(1, 10, 20 * n, 40, 20 * n + 10), 1.0) for text in line.split())
        for n, line in enumerate(lines, 1)
    ]
    return Reading((Page(1, 612, 792, "text-layer", tuple(words)),))


def test_a_bill_for_construction_work_is_told_what_a_proper_invoice_lacks_and_is_not_referred_for_it() -> None:
    paper = read("Progress Draw 8", "Less statutory holdback 10%", "Amount 900.00")
    (finding,) = proper_invoice(paper, bill(payment_terms=None))

    assert "mentions “statutory holdback”" in finding.message
    assert "the period of the work, the contract or other authority, the payment terms, a telephone" in finding.message
    assert not finding.asks


def test_a_proper_invoice_is_let_be_and_so_is_what_is_no_construction_work() -> None:
    whole = ("Contract 2026-14", "Period from May 1 to May 31, 2026", "Call 905-555-0139", "Net 28 days")

    assert list(proper_invoice(read("Construction Act", *whole), bill())) == []
    assert list(proper_invoice(read("Construction paper, 12 packs"), bill())) == []
    assert list(proper_invoice(read("Less holdback"), bill(currency="USD"))) == []


@pytest.mark.parametrize(
    ("day", "percent", "right"),
    [
        ("2005-01-01", "7", True),
        ("2026-01-01", "7", True),
        ("2007-03-01", "6", True),
        ("2025-04-01", "14", True),
        ("2024-01-01", "14", False),
        ("2009-12-31", "12", True),
        ("2012-06-30", "9.5", True),
        ("2026-06-30", "9.5", False),
    ],
)
def test_rates_hold_from_their_day_to_their_last(day: str, percent: str, right: bool) -> None:
    assert is_printable(Decimal(percent), dt.date.fromisoformat(day)) is right


def test_work_done_before_a_change_may_be_billed_at_the_old_rate_for_a_year() -> None:
    old = Decimal("9.5")

    assert is_printable(old, dt.date(2013, 6, 1))
    assert not is_printable(old, dt.date(2014, 1, 3))


def test_no_province_has_one_tax_at_two_rates_on_one_day() -> None:
    by_place: dict[tuple[str, str], list[Any]] = {}
    for rate in rates():
        for province in rate.provinces or ("",):
            by_place.setdefault((rate.tax, province), []).append(rate)
    for entries in by_place.values():
        ordered = sorted(entries, key=lambda rate: rate.start)
        assert all(a.end < b.start for a, b in itertools.pairwise(ordered)), ordered


def test_before_there_was_a_gst_nothing_is_known() -> None:
    assert Decimal(5) not in printable(dt.date(1989, 1, 1))
    assert "GST" not in in_words(dt.date(1989, 1, 1))
