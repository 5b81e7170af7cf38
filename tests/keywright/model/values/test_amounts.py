"""A number of a few bytes never needs gigabytes: every text is measured before it becomes a number."""

from __future__ import annotations

from decimal import Decimal

import pytest

from keywright.model.fields import AMOUNT, amount
from keywright.model.tax_breakdown import BREAKDOWN, TaxShare
from keywright.model.values.amounts import amount_of, stored_amount

POISON = (
    "1E+3000000000",
    "1e9",
    "NaN",
    "-Infinity",
    "sNaN123",
    "1_000",
    "9" * 17,
    "0." + "3" * 21,
    "9" * 1_000_000,
    "١٢٣",
    "",
    "-",
    ".",
    "1,5",
    "0x10",
    " 1",
    "1\n",
)


@pytest.mark.parametrize("text", POISON, ids=[repr(text[:20]) for text in POISON])
def test_what_is_no_plain_number_of_bounded_length_is_no_amount(text: str) -> None:
    assert amount_of(text) is None


@pytest.mark.parametrize("text", ["0", "-0.00", "+12.5", ".50", "7.", "1234567890123456.00", "33.333333333333336"])
def test_a_plain_number_is_the_amount_it_is_written_as(text: str) -> None:
    value = amount_of(text)
    assert value is not None
    assert value == Decimal(text)
    value.quantize(Decimal("0.01"))  # every check and every system may ask for its cents


@pytest.mark.parametrize("text", ["1E+3000000000", "9" * 40, "NaN"])
def test_a_person_who_types_no_amount_is_told_so_in_a_short_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="is not an amount") as fault:
        AMOUNT.parse(text)
    assert len(str(fault.value)) < 200
    with pytest.raises(ValueError, match="is not an amount"):
        amount(text)
    with pytest.raises(ValueError, match="no share of tax"):
        BREAKDOWN.parse(f"13 % of {text} = 13.00")


def test_what_an_earlier_version_stored_is_still_read_back() -> None:
    assert stored_amount("12345678901234567890") == Decimal("12345678901234567890")
    assert BREAKDOWN.parse("13 % of 0E-8 = 1E+2") == (TaxShare(Decimal(13), Decimal(0), Decimal(100)),)


def test_a_share_of_tax_is_written_without_exponents() -> None:
    shares = (TaxShare(None, Decimal("0E-8"), Decimal("1E+2")),)
    assert BREAKDOWN.write(shares) == "? % of 0.00000000 = 100"
