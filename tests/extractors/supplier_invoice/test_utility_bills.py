"""Bills of utilities: which of their many dates is the bill's, and what of the amount due is for earlier bills."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from extractors.supplier_invoice.checks.arithmetic import CHECKS
from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from keywright.model.checks import Circumstances, weigh
from keywright.model.fields import Extraction
from tests.extractors.supplier_invoice.typed import typed

NOW = Circumstances(dt.date(2026, 11, 10))
BILL = """
    Northern Light Power Inc.
    200 Chisholm Drive
    Milton, Ontario L9T 3G9
    HST Registration 123456782 RT0001          Electricity Bill

    Bill Number      B-88412
    {dates}

    Bill to
    Town of Milton
    150 Mary Street
    Milton, Ontario L9T 6Z5

    {earlier}
    Electricity 18,220 kWh                  $1,894.88
    Delivery                                  $702.15
    Regulatory charges                        $112.40
    {charges}
"""
CHARGES = "\n    ".join(
    ["HST 13%                                   $352.23", "Total current charges                   $3,061.66"]
)


def bill(dates: str = "Statement Date   November 6, 2026", earlier: str = "", charges: str = CHARGES) -> Extraction:
    return Invoice.extract(typed(BILL.format(dates=dates, earlier=earlier, charges=charges)))


@pytest.mark.parametrize("label", ["Statement Date", "Bill Date", "Billing Date", "Date of statement"])
@pytest.mark.parametrize(
    "second_label",
    [
        "Withdrawal Date  November 27, 2026",
        "Debit Date       November 27, 2026",
        "Meter Reading Date  October 30, 2026",
        "Next reading date   November 30, 2026",
        "Turbine Date     October 3, 2026",
        "Last payment received: October 14, 2026",
        "Payment received on October 14, 2026, thank you",
        "Payment of October 14, 2026          -$3,118.42",
    ],
)
def test_the_date_of_the_statement_is_the_bills_whatever_other_date_stands_beside_it(
    label: str, second_label: str
) -> None:
    for dates in (
        f"{label}    November 6, 2026\n    {second_label}",
        f"{second_label}\n    {label}    November 6, 2026",
    ):
        assert bill(dates).value(Invoice.issue_date) == dt.date(2026, 11, 6)


@pytest.mark.parametrize("label", ["Withdrawal Date", "Debit Date", "Pre-authorized payment date"])
def test_the_day_of_a_withdrawal_is_the_day_it_is_due(label: str) -> None:
    extraction = bill(f"Statement Date    November 6, 2026\n    {label}   November 27, 2026")

    assert extraction.value(Invoice.due_date) == dt.date(2026, 11, 27)


def test_a_statement_date_that_only_a_sentence_at_the_foot_tells_gives_way_to_the_date_in_the_head() -> None:
    extraction = bill("November 6, 2026", charges=f"{CHARGES}\n{40 * chr(10)}    Statement date: May 2, 2026.")

    assert extraction.value(Invoice.issue_date) == dt.date(2026, 11, 6)


EARLIER = [
    ("Previous balance                        $3,118.42", "Payments received                      -$1,000.00"),
    ("Previous balance                        $3,118.42", "Less payments, thank you                $1,000.00"),
    ("Amount of your last bill                $3,118.42", "Payment received Oct 26, 2026          -$1,000.00"),
]


@pytest.mark.parametrize("forward", [True, False], ids=["balance forward", "no balance forward"])
@pytest.mark.parametrize("subtotal", [True, False], ids=["subtotal", "no subtotal"])
@pytest.mark.parametrize("earlier", EARLIER)
def test_what_earlier_bills_left_open_is_no_part_of_this_bill(
    earlier: tuple[str, str], subtotal: bool, forward: bool
) -> None:
    rows = [*earlier, *(["Balance forward                         $2,118.42"] if forward else [])]
    charges = ["Subtotal                                $2,709.43"] if subtotal else []
    charges += [CHARGES, "Total amount due                        $5,180.08"]
    extraction = bill(earlier="\n    ".join(rows), charges="\n    ".join(charges))

    totals = (Invoice.net_total, Invoice.tax_total, Invoice.grand_total, Invoice.previous_balance, Invoice.amount_due)
    assert [str(extraction.value(total)) for total in totals] == ["2709.43", "352.23", "3061.66", "2118.42", "5180.08"]
    assert Invoice.amount_paid not in extraction, "the payment was for an earlier bill"
    assert not any(finding.asks for finding in weigh(extraction, CHECKS, NOW).findings)


def test_an_earlier_bill_that_is_paid_leaves_nothing_to_ask() -> None:
    earlier = "Previous balance                        $3,118.42\n    Payments received                      -$3,118.42"
    extraction = bill(earlier=earlier, charges=f"{CHARGES}\n    Total amount due                        $3,061.66")

    assert extraction.value(Invoice.grand_total) == extraction.value(Invoice.amount_due) == Decimal("3061.66")
    assert Invoice.amount_paid not in extraction
    assert not any(finding.asks for finding in weigh(extraction, CHECKS, NOW).findings)


def test_a_payment_under_the_balance_that_it_pays_is_not_one_on_this_bill_wherever_both_stand() -> None:
    rows = [
        CHARGES,
        "Previous balance                          $630.37",
        "Payment received, thank you              -$630.37",
    ]
    extraction = bill(charges="\n    ".join([*rows, "Balance due                             $3,061.66"]))

    assert extraction.value(Invoice.amount_due) == Decimal("3061.66")
    assert Invoice.amount_paid not in extraction


def test_a_tax_that_is_no_rate_of_the_rest_makes_no_total_without_tax() -> None:
    extraction = bill(charges="HST                                       $350.00\n    Total amount due      $3,059.43")

    assert Invoice.net_total not in extraction
    assert [finding.rule for finding in extraction.findings] == ["unread"]
