"""Whom a seller is taken for: exact evidence first, and never one vendor for another."""

from __future__ import annotations

import pytest

from keywright.model.values.bank_accounts import PrintedAccount, account_fault, account_key
from keywright.model.values.company_names import bare_company, postal_code
from keywright.model.vendor import Match, Seller, Vendor, tax_key
from keywright.vendors.matching import match

PUMPS = Vendor(
    "V1",
    "Brightwater Pumps Ltd.",
    ("BWP Service",),
    ("812345015 RT0001", "1212345677 TQ0001"),
    ("004-10202-1234567",),
    "12 Quay Street, Milton, ON L9T 1A1",
)
QUEBEC = Vendor(
    "V9", "Brightwater Pumps (Quebec) Inc.", (), ("812345098RT0001",), ("815-00001-7654321",), "Québec G1K 4A4"
)
SOFTWARE = Vendor(
    "V7", "Northfield Software GmbH", (), ("DE812345678",), ("DE89 3704 0044 0532 0130 00",), "50667 Köln"
)
GONE = Vendor("V3", "Maple Ridge Paving Inc.", active=False)
VENDORS = (PUMPS, QUEBEC, SOFTWARE, GONE)


def found(name: str = "", tax: str = "", account: str = "", address: str = "") -> Match:
    return match(Seller(name, tax, account, address), VENDORS)


@pytest.mark.parametrize("number", ["812345015RT0001", "81234 5015 RT 0001", "812 345 015", "812345015 RT0002"])
def test_a_tax_number_names_its_vendor_however_it_is_written(number: str) -> None:
    assert (found("somebody", number).vendor, found("somebody", number).by) == (PUMPS, "tax number")


@pytest.mark.parametrize(
    "account", ["004-10202-1234567", "10202-004-1234567", "0004 10202 1234567", "10202 004 1234567", "004102021234567"]
)
def test_a_canadian_account_names_its_vendor_however_it_is_written(account: str) -> None:
    assert (found(account=account).vendor, found(account=account).by) == (PUMPS, "bank account")


def test_an_iban_names_its_vendor() -> None:
    assert found(account="DE89370400440532013000").vendor == SOFTWARE


def test_an_account_without_its_bank_names_nobody_but_is_the_vendor_s_own() -> None:
    assert found(account="1234567").vendor is None
    assert PUMPS.has_account(PrintedAccount("1234567"))
    assert not PUMPS.has_account(PrintedAccount("004-99999-1234567"))
    assert not PUMPS.has_account(PrintedAccount("7654321"))


@pytest.mark.parametrize(
    "name", ["BRIGHTWATER PUMPS", "Brightwater Pumps Limited", "brightwater-pumps, Inc.", "BWP SERVICE"]
)
def test_a_name_is_the_same_without_case_punctuation_and_legal_form(name: str) -> None:
    assert (found(name).vendor, found(name).by) == (PUMPS, "name")


def test_a_name_that_is_only_much_alike_needs_the_address() -> None:
    stranger, known = found("Brightwatr Pumps"), found("Brightwatr Pumps", address="12 Quay St, Milton L9T1A1")

    assert stranger.vendor is None
    assert stranger.nearest[:2] == (PUMPS, QUEBEC)
    assert (known.vendor, known.by) == (PUMPS, "name and postal code")


def test_a_vendor_who_is_inactive_is_not_offered() -> None:
    assert GONE not in found("Maple Ridge Pavings").nearest
    assert found("Maple Ridge Paving").vendor == GONE


def test_weaker_evidence_for_another_vendor_is_told() -> None:
    match = found("Brightwater Pumps (Quebec)", "812345015 RT0001", "DE89370400440532013000")

    assert match.vendor == PUMPS
    assert match.against == (("bank account", SOFTWARE), ("name", QUEBEC))


def test_vendors_of_one_tax_number_are_told_apart_by_what_else_is_known() -> None:
    north = Vendor("N", "Salt North", tax_numbers=("123456782",), bank_accounts=("004-00001-1111111",))
    south = Vendor("S", "Salt South", tax_numbers=("123456782",), address="Guelph N1H 1A1")
    both = (north, south)

    assert match(Seller("Salt Inc.", "123456782RT0001", "004-00001-1111111"), both).vendor == north
    assert match(Seller("Salt South Ltd", "123456782RT0001"), both).vendor == south
    nobody = match(Seller("Salt", "123456782RT0001"), both)
    assert (nobody.vendor, nobody.several, nobody.by) == (None, both, "tax number")


def test_of_two_entries_of_one_company_the_active_one_is_taken() -> None:
    old, new = Vendor("1", "Salt Inc.", active=False), Vendor("2", "Salt Inc.")

    assert match(Seller("Salt"), (old, new)).vendor == new


def test_a_seller_of_whom_nothing_is_known_is_nobody() -> None:
    assert found() == Match(Seller())


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Ferme Côté & Fils Ltée", "ferme cote and fils"),
        ("The G.T.A. Group Co. Ltd.", "gta group"),
        ("Muster G.m.b.H.", "muster"),
        ("Inc.", "inc"),
        ("O'Brien's", "obriens"),
        ("", ""),
    ],
)
def test_a_company_s_name_is_bared(name: str, bare: str) -> None:
    assert bare_company(name) == bare


@pytest.mark.parametrize(
    ("address", "code"),
    [("12 Quay Street, Milton, ON  L9T 1A1", "L9T1A1"), ("1000 Elm St, Erie PA 16501", "16501"), ("nowhere", "")],
)
def test_a_postal_code_is_found_in_an_address(address: str, code: str) -> None:
    assert postal_code(address) == code


def test_other_tax_numbers_are_compared_by_letters_and_digits() -> None:
    assert tax_key("DE 812.345.678") == "DE812345678"
    assert tax_key("1212345677 TQ0001") == "1212345677TQ0001"
    assert tax_key("CA812345015RT0001") == tax_key("812345015") == "812345015"


@pytest.mark.parametrize(
    ("account", "fault"),
    [
        ("DE89 3704 0044 0532 0130 00", ""),
        ("DE89 3704 0044 0532 0130 01", "check digits"),
        ("004-10202-1234567", ""),
        ("1234567", "expected an IBAN"),
        ("021000021-12345678901234567", ""),  # an American one of the greatest length
        ("004-10202-****567", "masked"),
    ],
)
def test_an_account_that_cannot_be_one_has_a_fault(account: str, fault: str) -> None:
    assert (fault in account_fault(account)) if fault else account_fault(account) == ""


ON_FILE = "004-10202-1234567"


@pytest.mark.parametrize(
    ("printed", "on_file"),
    [
        ("10202-004-1234567", ON_FILE),  # as cheques have it
        ("0004 10202 1234567", ON_FILE),
        ("1234567", ON_FILE),  # without its bank
        ("10202 1234567", ON_FILE),
        ("12345", "004-10202-12345"),
        ("****4567", ON_FILE),
        ("XXX-XXXXX-XXXX567", ON_FILE),
        ("004-10202-••••567", ON_FILE),
        ("DE89 **** **** **** **30 00", "DE89370400440532013000"),
        ("0532013000", "DE89370400440532013000"),
        ("021000021 123456789", "021000021-123456789"),
    ],
)
def test_paper_may_print_an_account_that_is_on_file_in_a_shorter_form(printed: str, on_file: str) -> None:
    assert PrintedAccount(printed).may_be(account_key(on_file))


@pytest.mark.parametrize(
    ("printed", "on_file"),
    [
        ("004-10202-1234568", ON_FILE),
        ("", ON_FILE),
        ("99" + account_key(ON_FILE), ON_FILE),  # ends like the one on file, and says more
        ("DE00" + account_key(ON_FILE), ON_FILE),
        ("815-10202-1234567", ON_FILE),  # another bank
        ("004-10202-1234567", "1234567"),
        ("****4568", ON_FILE),
        ("815-****567", ON_FILE),
        ("****67", ON_FILE),  # two figures tell nothing
        ("4567", ON_FILE),
    ],
)
def test_another_account_is_not_taken_for_the_one_on_file(printed: str, on_file: str) -> None:
    assert not PrintedAccount(printed).may_be(account_key(on_file))


@pytest.mark.parametrize("printed", ["****4567", "XXXXXXXXXXXX4567", "1234567"])
def test_a_masked_or_bare_account_names_no_vendor(printed: str) -> None:
    assert not PrintedAccount(printed).is_whole
