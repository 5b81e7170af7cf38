"""The values of an e-invoice: numbers by a strict grammar, in one currency, and what is paid, priced and taxed."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from keywright.model.checks import Outcome
from tests.extractors.supplier_invoice.einvoice.electronic import SCHEME, cii, electronic, tax_total, ubl
from tests.extractors.supplier_invoice.einvoice.test_kinds import judged, rules

GST = "812345676RT0001"


def scheme(name: str, number: str) -> str:
    return SCHEME.format(scheme=name, number=number)


@pytest.mark.parametrize(
    "text",
    ["1E+3000000000", "1e5", "NaN", "Infinity", "1,234.56", "12,50", "1 234.56", "0x1F", "12.3.4", "--5",
     "\uff19\uff19", "9" * 17, "0." + "3" * 21, "$100.00", "one hundred", "."],
)  # fmt: skip
def test_what_is_no_number_is_asked_about_and_named_and_never_calculated_with(text: str) -> None:
    began = time.monotonic()
    extraction, verdict = judged(electronic(ubl(gross=text, paid=text)))

    assert Invoice.grand_total not in extraction or extraction.value(Invoice.grand_total) == Decimal("113.00")
    messages = [finding.message for finding in verdict.findings if finding.rule == "einvoice-value"]
    assert len(messages) == 2, "the total and what is paid"
    assert "TaxInclusiveAmount" in messages[0] and "PrepaidAmount" in messages[1]
    assert all(text[:30] in message and len(message) < 400 for message in messages)
    assert verdict.outcome is Outcome.REFER
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("text", "value"), [("113", "113"), ("+113.00", "113"), ("113.", "113"), ("00113.000", "113"), (" 113.00\n", "113")]
)
def test_every_way_in_which_xml_writes_a_number_is_read(text: str, value: str) -> None:
    extraction, verdict = judged(electronic(ubl(gross=text)))

    assert extraction.value(Invoice.grand_total) == Decimal(value)
    assert verdict.outcome is Outcome.KEY, verdict.findings


@pytest.mark.parametrize("day", ["02/11/2026", "2026-02-31", "2026-11", "20261102x", "2026-11-02-whenever" * 3])
def test_what_is_no_date_is_asked_about(day: str) -> None:
    _, verdict = judged(electronic(ubl().replace("2026-11-02", day)))

    assert {"einvoice-value", "present"} <= rules(verdict)


def test_amounts_in_another_currency_than_the_head_are_asked_about() -> None:
    _, verdict = judged(electronic(ubl(currency="CAD", money="USD")))

    assert "einvoice-currency" in rules(verdict)
    assert any("Its currency is CAD, and it has amounts in USD" in finding.message for finding in verdict.findings)


def test_the_tax_in_the_tax_office_s_currency_is_not_mixed_with_the_bill_s() -> None:
    taxes = tax_total("13.00", "100.00") + tax_total("9.40", money="EUR")
    accounting = "<cbc:TaxCurrencyCode>EUR</cbc:TaxCurrencyCode>"
    for order in (taxes, tax_total("9.40", money="EUR") + tax_total("13.00", "100.00")):
        extraction, verdict = judged(electronic(ubl(taxes=order, after_currency=accounting)))
        assert extraction.value(Invoice.tax_total) == Decimal("13.00")
        assert verdict.outcome is Outcome.KEY, verdict.findings


def test_the_same_tax_told_twice_in_the_same_currency_counts_once() -> None:
    taxes = tax_total("13.00") + tax_total("13.00", "100.00")
    own = "<cbc:TaxCurrencyCode>CAD</cbc:TaxCurrencyCode>"

    extraction, verdict = judged(electronic(ubl(taxes=taxes, after_currency=own)))
    assert extraction.value(Invoice.tax_total) == Decimal("13.00")
    assert verdict.outcome is Outcome.KEY, verdict.findings


def test_two_taxes_with_a_total_each_are_added() -> None:
    taxes = tax_total("5.00", "100.00", percent="5") + tax_total("9.98", "100.00", percent="9.975")

    extraction, verdict = judged(electronic(ubl(taxes=taxes, gross="114.98", due="114.98")))
    assert extraction.value(Invoice.tax_total) == Decimal("14.98")
    assert [share.rate for share in extraction.value(Invoice.tax_breakdown) or ()] == [Decimal(5), Decimal("9.975")]
    assert not {"BR-CO-14", "BR-CO-15"} & rules(verdict)


@pytest.mark.parametrize("name", ["VAT", "GST", "gst"])
def test_the_tax_number_is_that_of_the_tax_on_sales(name: str) -> None:
    other_schemes = scheme("TAX", "Registered for source deductions"), scheme("QST", "1234567890 TQ0001")
    for schemes in ("".join([*other_schemes, scheme(name, GST)]), "".join([scheme(name, GST), *other_schemes])):
        assert judged(electronic(ubl(schemes=schemes)))[0].value(Invoice.seller_tax_id) == GST


def test_a_remark_is_no_tax_number() -> None:
    extraction, _ = judged(electronic(ubl(schemes=scheme("TAX", "Approved for F-tax"))))
    assert Invoice.seller_tax_id not in extraction


@pytest.mark.parametrize(
    ("price", "base", "quantity", "net", "unit"),
    [
        ("134.195", "100000000", "74391203", "99.83", "0.00000134195"),
        ("250.00", "10", "4", "100.00", "25"),
        ("10.00", "3", "30", "100.00", "3.333333333333"),
        ("25.00", "1", "4", "100.00", "25.00"),
    ],
)
def test_a_price_for_many_units_is_taken_to_one(price: str, base: str, quantity: str, net: str, unit: str) -> None:
    of = f"<cbc:BaseQuantity>{base}</cbc:BaseQuantity>"
    xml = ubl(price=price, base=of, quantity=quantity, net=net, tax="0", gross=net, due=net)

    extraction, verdict = judged(electronic(xml))
    assert [line.unit_price for line in extraction.lines] == [Decimal(unit)]
    assert "line-amount" not in rules(verdict)


def test_a_line_that_quantity_and_price_do_not_make_is_asked_about() -> None:
    _, verdict = judged(electronic(ubl(price="2.50", quantity="4")))

    assert rules(verdict) == {"line-amount"}
    assert any("line 1: 4 × 2.50 is not 100.00" in finding.message for finding in verdict.findings)


def test_a_line_with_a_discount_of_its_own_is_right() -> None:
    less = (
        "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:Amount>20.00</cbc:Amount>"
        "</cac:AllowanceCharge><cac:Item>"
    )
    _, verdict = judged(electronic(ubl(price="30.00", quantity="4").replace("<cac:Item>", less)))
    assert verdict.outcome is Outcome.KEY, verdict.findings


def test_the_total_that_ubl_2_0_leaves_out_is_made_of_net_and_tax_where_that_is_due() -> None:
    extraction, verdict = judged(electronic(ubl(gross=None, currency=None)))

    assert (extraction.value(Invoice.grand_total), extraction.value(Invoice.currency)) == (Decimal("113.00"), "CAD")
    assert verdict.outcome is Outcome.KEY, verdict.findings
    assert Invoice.grand_total not in judged(electronic(ubl(gross=None, due="120.00")))[0]


@pytest.mark.parametrize(
    ("due", "paid", "expected"),
    [("0.00", "113.00", {"nothing-due"}), ("0", None, {"nothing-due", "BR-CO-16"}), ("63.00", "50.00", set())],
)
def test_a_bill_that_is_paid_is_asked_about_and_one_paid_in_part_is_told(
    due: str, paid: str | None, expected: set[str]
) -> None:
    extraction, verdict = judged(electronic(ubl(due=due, paid=paid)))

    assert extraction.value(Invoice.amount_due) == Decimal(due)
    assert rules(verdict) == expected
    assert any(finding.rule in {"nothing-due", "paid-in-part"} for finding in verdict.findings)


@pytest.mark.parametrize("means", ["49", "59"])
def test_a_bill_that_the_seller_collects_himself_is_asked_about(means: str) -> None:
    assert rules(judged(electronic(ubl(means=means)))[1]) == {"direct-debit"}


def test_a_total_that_is_told_twice_is_asked_about_since_other_readers_may_take_the_other() -> None:
    once = '<cbc:TaxInclusiveAmount currencyID="CAD">113.00</cbc:TaxInclusiveAmount>'
    assert once in ubl()
    for xml in (
        ubl().replace(once, once + once.replace("113", "1130")),
        ubl().replace("</cac:LegalMonetaryTotal>", "</cac:LegalMonetaryTotal><cac:LegalMonetaryTotal/>"),
    ):
        _, verdict = judged(electronic(xml))
        assert rules(verdict) == {"einvoice-value"}


def test_faults_without_end_are_told_in_a_few_findings() -> None:
    xml = ubl()
    start, end = xml.index("<cac:InvoiceLine>"), xml.index("</Invoice>")
    lines = "".join(xml[start:end].replace(">25.00<", f">x{number}<") for number in range(9_000))
    began = time.monotonic()

    _, verdict = judged(electronic(xml[:start] + lines + xml[end:]))
    assert sum(finding.rule == "einvoice-value" for finding in verdict.findings) == 11
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("name", ["ID", "InvoiceTypeCode", "DocumentCurrencyCode"])
def test_what_belongs_once_and_is_there_twice_is_asked_about(name: str) -> None:
    xml = ubl(after_currency=f"<cbc:{name}>381</cbc:{name}>")

    assert "einvoice-value" in rules(judged(electronic(xml))[1])


def test_a_text_without_end_is_cut_and_asked_about() -> None:
    extraction, verdict = judged(electronic(ubl(seller="A" * 100_000)))

    assert len(extraction[Invoice.seller_name].value) == 2000
    assert "einvoice-value" in rules(verdict)


def test_a_test_and_a_copy_are_asked_about() -> None:
    copy = ubl(after_currency="<cbc:CopyIndicator>true</cbc:CopyIndicator>")
    trial = (
        "<rsm:ExchangedDocumentContext><ram:TestIndicator><udt:Indicator>true</udt:Indicator></ram:TestIndicator>"
        "</rsm:ExchangedDocumentContext><rsm:ExchangedDocument>"
    )

    assert rules(judged(electronic(copy))[1]) == {"einvoice-unreal"}
    assert rules(judged(electronic(cii().replace("<rsm:ExchangedDocument>", trial), "cii"))[1]) == {"einvoice-unreal"}


def test_twenty_thousand_lines_are_read_in_time() -> None:
    xml = ubl()
    start, end = xml.index("<cac:InvoiceLine>"), xml.index("</Invoice>")
    began = time.monotonic()

    extraction = Invoice.extract(electronic(xml[:start] + xml[start:end] * 20_000 + xml[end:]))
    assert len(extraction.lines) == 20_000
    assert time.monotonic() - began < 60
