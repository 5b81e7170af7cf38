"""Printed amounts: the minus of an amount below zero is read in all its spellings."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from extractors.supplier_invoice.fields.amounts import Amount, amounts_in
from extractors.supplier_invoice.layout.rows import lay_out
from tests.extractors.supplier_invoice.typed import typed

DASHES = "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2212"
WRITINGS = (
    *(writing.replace("-", dash) for dash in DASHES for writing in ("-{}", "{}-", "-${}", "$-{}", "{} -", "- {}")),
    *("({})", "(${})", "$({})", "( {} )", "$ ({})", "({}) $", "({} $)", "<{}>"),
    *("{}CR", "{} CR", "{} CR.", "{} Cr", "${} CR", "CR {}", "CR. {}", "CR ${}"),
)


def amounts(text: str) -> list[Amount]:
    return list(amounts_in(lay_out(typed(text)).rows[0], "."))


@given(cents=st.integers(1, 99_999_999), writing=st.sampled_from(WRITINGS))
def test_an_amount_below_zero_keeps_its_minus_in_every_writing(cents: int, writing: str) -> None:
    value = Decimal(cents) / 100

    assert [amount.value for amount in amounts(writing.format(f"{value:,.2f}"))] == [-value]


@pytest.mark.parametrize("writing", [*WRITINGS, "{}"])
def test_the_totals_of_a_page_have_the_sign_that_is_printed(writing: str) -> None:
    rows = (("Subtotal", "1,200.00"), ("HST 13%", "156.00"), ("Total", "1,356.00"))
    printed = "\n".join(f"{label:<20}{writing.format(amount)}" for label, amount in rows)
    extraction = Invoice.extract(
        typed(f"Acme Paving Inc.     INVOICE\n\nInvoice No: A-1001\nDate: 2026-05-04\n\n{printed}")
    )

    sign = 1 if writing == "{}" else -1
    assert extraction.value(Invoice.net_total) == sign * Decimal("1200.00")
    assert extraction.value(Invoice.tax_total) == sign * Decimal("156.00")
    assert extraction.value(Invoice.grand_total) == sign * Decimal("1356.00")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("40.00 - delivered on site", ["40.00"]),
        ("10.00 – 20.00", ["10.00", "20.00"]),
        ("388.-", ["388"]),
        ("388,—", ["388"]),
        ("388.08 DR", ["388.08"]),
        ("388.08 H", ["388.08"]),
        ("(13%)", ["13"]),
        ("CR 12", ["12"]),
    ],
)
def test_a_dash_that_joins_and_a_mark_of_something_else_are_no_minus(text: str, expected: list[str]) -> None:
    assert [amount.value for amount in amounts(text)] == [Decimal(value) for value in expected]


@pytest.mark.parametrize("dash", ["-", "–", "—"])
def test_a_dash_between_a_label_and_its_amount_is_no_minus(dash: str) -> None:
    rows = (("Subtotal", "100.00"), ("HST 13%", "13.00"), ("Total", "113.00"))
    printed = "\n".join(f"{label} {dash} ${amount}" for label, amount in rows)
    extraction = Invoice.extract(
        typed(f"Acme Paving Inc.     INVOICE\n\nInvoice No: A-1001\nDate: 2026-05-04\n\n{printed}")
    )

    assert extraction.value(Invoice.grand_total) == Decimal("113.00")
