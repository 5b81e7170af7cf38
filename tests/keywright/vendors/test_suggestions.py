"""A vendor is found by whatever a clerk has before the eyes: its number, its tax number, its account, its name."""

from __future__ import annotations

import pytest

from keywright.model.vendor import Vendor
from keywright.vendors.suggestions import offered

VENDORS = (
    Vendor("V1001", "Brightwater Pumps Ltd.", tax_numbers=("812345015 RT0001",), bank_accounts=("004-10202-1234567",)),
    Vendor("V1002", "The Bright Side Window Care Inc.", tax_numbers=("812345023RT0001",)),
    Vendor("V1003", "Albright Fencing", other_names=("Clôtures Albright",)),
    Vendor("V1004", "Northern Bright Lights", tax_numbers=("DE 123 456 789",)),
    Vendor("V1010", "Bright Ideas", active=False),
    Vendor("0000777", "Papeterie Laurier inc.", bank_accounts=("DE89 3704 0044 0532 0130 00",)),
)


def numbers(text: str) -> list[str]:
    return [vendor.number for vendor in offered(text, VENDORS)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("bright", ["V1002", "V1001", "V1004"]),  # names that begin so (without "The"), then names with such a word
        ("Brightwater Pumps L", ["V1001"]),
        ("window care", ["V1002"]),
        ("clotures", ["V1003"]),
        ("V1003", ["V1003"]),
        ("1003", ["V1003"]),
        ("777", ["0000777"]),
        ("812345015 RT0001", ["V1001"]),
        ("812345015RT0001", ["V1001"]),
        ("812 345 015", ["V1001"]),
        ("8123450", ["V1002", "V1001"]),
        ("de123456789", ["V1004"]),
        ("4567", ["V1001"]),
        ("004-10202-1234567", ["V1001"]),
        ("10202-004-1234567", ["V1001"]),
        ("013000", ["0000777"]),
        ("brigthwater pumps", ["V1001"]),  # misspelled: the nearest
    ],
)
def test_the_vendor_that_is_meant_stands_first(text: str, first: list[str]) -> None:
    assert numbers(text)[: len(first)] == first


def test_who_must_not_be_paid_is_not_offered() -> None:
    assert "V1010" not in numbers("bright ideas")


def test_three_figures_are_no_account_and_no_tax_number() -> None:
    assert numbers("567") == []
