"""What is told of a seller who is not, or not quite, a vendor on file."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from keywright.findings import Finding
from keywright.model.checks import Circumstances, Outcome, weigh
from keywright.model.fields import TEXT, Extraction, Field, FieldSpec
from keywright.model.serialization import findings_from_json, findings_to_json
from keywright.model.vendor import KnownAccount, Payee, SellerFields, Vendor
from keywright.vendors.checks import vendor_on_file
from keywright.vendors.matching import match
from tests.keywright.vendors.test_matching import GONE, PUMPS, VENDORS


class BillPaper:
    seller_name = FieldSpec(TEXT, "Seller")
    seller_tax_id = FieldSpec(TEXT, "Tax number")
    iban = FieldSpec(TEXT, "Bank account")
    seller_address = FieldSpec(TEXT, "Address")
    other_accounts = FieldSpec(TEXT, "Further bank accounts")


SELLER = SellerFields(
    name=BillPaper.seller_name,
    tax_number=BillPaper.seller_tax_id,
    bank_account=BillPaper.iban,
    address=BillPaper.seller_address,
    other_accounts=BillPaper.other_accounts,
)
CHECKS = vendor_on_file(SELLER)


def paper(**values: str) -> Extraction:
    return Extraction("invoice", {name: Field(name, text, text, 0.99, "text-layer") for name, text in values.items()})


def now(invoice: Extraction, vendors: tuple[Vendor, ...] = VENDORS) -> Circumstances:
    return Circumstances(dt.date(2026, 11, 21), vendor=match(SELLER.of(invoice), vendors))


def told(vendors: tuple[Vendor, ...] = VENDORS, **fields: str) -> dict[str, Finding]:
    invoice = paper(**fields)
    return {finding.rule: finding for finding in weigh(invoice, CHECKS, now(invoice, vendors)).findings}


def test_a_vendor_on_file_with_the_right_account_is_no_finding() -> None:
    assert told(seller_name="Brightwater Pumps", seller_tax_id="812345015 RT0001", iban="004-10202-1234567") == {}
    assert now(paper(seller_name="Brightwater Pumps")).payee == Payee("V1", "Brightwater Pumps Ltd.")


def test_without_a_vendor_master_nothing_is_asked() -> None:
    invoice = paper(seller_name="Blue Heron")

    assert weigh(invoice, CHECKS, Circumstances(dt.date(2026, 11, 21))).outcome is Outcome.KEY


def test_a_stranger_is_told_with_the_nearest_vendors_and_cannot_be_waved_through() -> None:
    finding = told(seller_name="Brightwatr Pumps")["vendor-unknown"]

    assert "Similar names there: Brightwater Pumps Ltd. (V1), Brightwater Pumps (Quebec) Inc. (V9)" in finding.message
    assert (finding.acceptable, finding.fields) == (False, ("seller_name",))


def test_an_inactive_vendor_is_not_paid() -> None:
    assert told(seller_name=GONE.name)["vendor-inactive"].acceptable is False


def test_several_vendors_of_one_name_are_told() -> None:
    twins = (Vendor("1", "Salt Inc."), Vendor("2", "Salt Ltd."))

    assert "Salt Inc. (1), Salt Ltd. (2)" in told(twins, seller_name="Salt")["vendor-several"].message


def test_a_tax_number_and_a_name_of_two_vendors_are_told() -> None:
    finding = told(seller_name="Brightwater Pumps (Quebec) Inc.", seller_tax_id="812345015 RT0001")["vendor-conflict"]

    assert "The tax number is that of Brightwater Pumps Ltd. (V1), but the name is that of" in finding.message
    assert finding.fields == ("seller_tax_id", "seller_name")


def test_a_name_that_is_nothing_like_the_vendor_s_is_told() -> None:
    assert (
        "the document names Zebra Catering"
        in told(seller_name="Zebra Catering", seller_tax_id="812345015")["vendor-name"].message
    )


def test_a_tax_number_that_is_not_on_file_is_told_but_one_of_another_kind_is_not() -> None:
    assert (
        "812345020 RT0001 is not on file there"
        in told(seller_name="Brightwater Pumps", seller_tax_id="812345020 RT0001")["vendor-tax-number"].message
    )
    assert told(seller_name="Northfield Software", seller_tax_id="812345020 RT0001") == {}


def test_another_bank_account_always_asks_for_a_second_person() -> None:
    finding = told(seller_name="Brightwater Pumps", seller_tax_id="812345015", iban="004-10202-7777777")[
        "bank-account-changed"
    ]

    assert "004-10202-7777777 is not the account on file for Brightwater Pumps Ltd. (V1) (…4567)" in finding.message
    assert (finding.kind, finding.second_person, finding.fields) == ("business", True, ("iban",))
    assert findings_from_json(findings_to_json([finding])) == (finding,)


def test_the_first_account_of_a_vendor_asks_for_a_second_person() -> None:
    without = replace(PUMPS, bank_accounts=())

    finding = told((without,), seller_name="Brightwater Pumps", iban="004-10202-7777777")["bank-account-first"]
    assert (finding.second_person, finding.fields) == (True, ("iban",))
    assert told((without,), seller_name="Brightwater Pumps") == {}
    assert told((without,), seller_name="Brightwater Pumps", iban="****7777") == {}, "nobody can pay to that"


def test_an_account_that_one_person_put_on_file_asks_for_another_and_not_for_that_one() -> None:
    invoice = paper(seller_name="Brightwater Pumps", iban="004-10202-1234567")
    waiting = KnownAccount("004102021234567", confirmed=False, put_by="ivan", not_by=("ivan",))

    (finding,) = weigh(invoice, CHECKS, replace(now(invoice), accounts=(waiting,))).findings
    assert (finding.rule, finding.second_person, finding.not_by) == ("bank-account-unconfirmed", True, ("ivan",))
    assert "put on file for Brightwater Pumps Ltd. (V1) by ivan, and nobody else has confirmed it" in finding.message
    assert weigh(invoice, CHECKS, replace(now(invoice), accounts=(replace(waiting, confirmed=True),))).findings == ()


def test_an_account_that_a_second_person_accepted_before_is_not_asked_about_again() -> None:
    invoice = paper(seller_name="Brightwater Pumps", iban="004-10202-7777777")
    accepted = KnownAccount("004102027777777", confirmed=True)

    assert weigh(invoice, CHECKS, replace(now(invoice), accounts=(accepted,))).findings == ()


def test_each_account_that_a_paper_prints_is_compared() -> None:
    invoice = paper(
        seller_name="Brightwater Pumps",
        iban="004-10202-1234567",
        other_accounts="DE89370400440532013000; 10202-004-1234567; 815-00001-7777777",
    )

    messages = [
        (finding.rule, finding.fields, finding.message[:50])
        for finding in weigh(invoice, CHECKS, now(invoice)).findings
    ]

    assert messages == [
        ("bank-account-changed", ("other_accounts",), "Bank account changed. DE89370400440532013000 is no"),
        ("bank-account-changed", ("other_accounts",), "Bank account changed. 815-00001-7777777 is not the"),
    ]


def test_what_was_written_down_before_there_were_second_persons_can_be_read() -> None:
    old = [{"rule": "a", "message": "b", "fields": [], "kind": "business", "acceptable": True}]

    assert findings_from_json(old) == (Finding("a", "b"),)
