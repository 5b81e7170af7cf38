"""Electronic invoices: what the XML says is taken, and held against the page."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from extractors.supplier_invoice.checks.arithmetic import CHECKS
from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from keywright.model.checks import Circumstances
from keywright.model.reading import EInvoice, Reading
from keywright.model.serialization import extraction_to_json
from tests.extractors.supplier_invoice.typed import typed

RSM = (
    'xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" '
    'xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100" '
    'xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"'
)
CII = f"""<rsm:CrossIndustryInvoice {RSM}>
<rsm:ExchangedDocument><ram:ID>RE-507</ram:ID><ram:TypeCode>380</ram:TypeCode>
<ram:IssueDateTime><udt:DateTimeString format="102">20260610</udt:DateTimeString></ram:IssueDateTime>
</rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>
<ram:IncludedSupplyChainTradeLineItem>
<ram:SpecifiedTradeProduct><ram:Name>Design</ram:Name></ram:SpecifiedTradeProduct>
<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>50.00</ram:ChargeAmount>
</ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
<ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="HUR">2</ram:BilledQuantity>
</ram:SpecifiedLineTradeDelivery>
<ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:RateApplicablePercent>19</ram:RateApplicablePercent>
</ram:ApplicableTradeTax><ram:SpecifiedTradeSettlementLineMonetarySummation>
<ram:LineTotalAmount>100.00</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation>
</ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>
<ram:ApplicableHeaderTradeAgreement>
<ram:SellerTradeParty><ram:Name>Bei Spiel GmbH</ram:Name>
<ram:PostalTradeAddress><ram:PostcodeCode>12345</ram:PostcodeCode><ram:LineOne>Ecke 12</ram:LineOne>
<ram:CityName>Stadthausen</ram:CityName></ram:PostalTradeAddress>
<ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">22/815</ram:ID></ram:SpecifiedTaxRegistration>
<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE136695976</ram:ID></ram:SpecifiedTaxRegistration>
</ram:SellerTradeParty><ram:BuyerTradeParty><ram:Name>Theodor Est</ram:Name></ram:BuyerTradeParty>
<ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>AB321</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument>
</ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
<ram:SpecifiedTradeSettlementPaymentMeans><ram:PayeePartyCreditorFinancialAccount>
<ram:IBANID>DE89370400440532013000</ram:IBANID></ram:PayeePartyCreditorFinancialAccount>
</ram:SpecifiedTradeSettlementPaymentMeans>
<ram:ApplicableTradeTax><ram:CalculatedAmount>19.00</ram:CalculatedAmount><ram:BasisAmount>100.00</ram:BasisAmount>
<ram:RateApplicablePercent>19</ram:RateApplicablePercent></ram:ApplicableTradeTax>
<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString format="102">20260701</udt:DateTimeString>
</ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>100.00</ram:LineTotalAmount>
<ram:TaxBasisTotalAmount>100.00</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID="EUR">19.00</ram:TaxTotalAmount>
<ram:GrandTotalAmount>119.00</ram:GrandTotalAmount><ram:DuePayableAmount>119.00</ram:DuePayableAmount>
</ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"""
OLD = (
    CII.replace("CrossIndustryInvoice", "CrossIndustryDocument")
    .replace("rsm:ExchangedDocument", "rsm:HeaderExchangedDocument")
    .replace("ApplicableHeaderTradeAgreement", "ApplicableSupplyChainTradeAgreement")
    .replace("ApplicableHeaderTradeSettlement", "ApplicableSupplyChainTradeSettlement")
    .replace("SettlementHeaderMonetary", "SettlementMonetary")
    .replace("SettlementLineMonetary", "SettlementMonetary")
    .replace("SpecifiedLineTrade", "SpecifiedSupplyChainTrade")
    .replace("RateApplicablePercent", "ApplicablePercent")
)
UBL = """<CreditNote xmlns="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:ID>C-9</cbc:ID><cbc:IssueDate>2026-02-01</cbc:IssueDate><cbc:DocumentCurrencyCode>CAD</cbc:DocumentCurrencyCode>
<cac:OrderReference><cbc:ID>PO-7</cbc:ID></cac:OrderReference>
<cac:AccountingSupplierParty><cac:Party>
<cac:PartyTaxScheme><cbc:CompanyID>123456782RT0001</cbc:CompanyID></cac:PartyTaxScheme>
<cac:PartyLegalEntity><cbc:RegistrationName>Salt Inc.</cbc:RegistrationName></cac:PartyLegalEntity>
</cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party>
<cac:PartyName><cbc:Name>Town of Ayr</cbc:Name></cac:PartyName></cac:Party></cac:AccountingCustomerParty>
<cac:TaxTotal><cbc:TaxAmount currencyID="CAD">13.00</cbc:TaxAmount>
<cac:TaxSubtotal><cbc:TaxableAmount>100.00</cbc:TaxableAmount>
<cbc:TaxAmount>13.00</cbc:TaxAmount>
<cac:TaxCategory><cbc:Percent>13</cbc:Percent></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount>100.00</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount>100.00</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount>113.00</cbc:TaxInclusiveAmount>
<cbc:PayableAmount>113.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:CreditNoteLine><cbc:CreditedQuantity>4</cbc:CreditedQuantity><cbc:LineExtensionAmount>100.00</cbc:LineExtensionAmount>
<cac:Item>
<cbc:Name>Salt</cbc:Name></cac:Item><cac:Price><cbc:PriceAmount>25.00</cbc:PriceAmount></cac:Price></cac:CreditNoteLine></CreditNote>"""
PRINT = """
    Bei Spiel GmbH                        Rechnung

    Rechnungsnummer:   RE-507
    Datum:             10.06.2026

    Nettobetrag        100,00 €
    19 % MwSt.          {tax} €
    Gesamtbetrag       {total} €
"""


def electronic(xml: str, syntax: str = "cii", text: str = "") -> Reading:
    carried = EInvoice(syntax, "factur-x.xml", xml)
    return typed(text, einvoice=carried) if text else Reading((), einvoice=carried)


def test_every_field_of_the_xml_is_taken_and_is_sure() -> None:
    extraction = Invoice.extract(electronic(CII))

    assert {name: field.value for name, field in extraction.fields.items()} | {"tax_breakdown": 0} == {
        "invoice_number": "RE-507",
        "issue_date": dt.date(2026, 6, 10),
        "invoice_type": "invoice",
        "currency": "EUR",
        "due_date": dt.date(2026, 7, 1),
        "purchase_order": "AB321",
        "seller_name": "Bei Spiel GmbH",
        "seller_tax_id": "DE136695976",
        "seller_address": "Ecke 12, 12345, Stadthausen",
        "buyer_name": "Theodor Est",
        "iban": "DE89370400440532013000",
        "line_total": Decimal("100.00"),
        "net_total": Decimal("100.00"),
        "tax_total": Decimal("19.00"),
        "grand_total": Decimal("119.00"),
        "amount_due": Decimal("119.00"),
        "tax_breakdown": 0,
    }
    assert {(f.confidence, f.source) for f in extraction.fields.values()} == {(1.0, "einvoice")}


def test_the_lines_of_the_xml_are_taken() -> None:
    (line,) = Invoice.extract(electronic(CII)).lines

    assert (line.description, line.quantity, line.unit_price) == ("Design", Decimal(2), Decimal("50.00"))
    assert (line.net_amount, line.tax_rate) == (Decimal("100.00"), Decimal(19))


def test_the_first_zugferd_says_the_same_in_its_older_words() -> None:
    old, new = Invoice.extract(electronic(OLD)), Invoice.extract(electronic(CII))

    assert {n: f.value for n, f in old.fields.items()} == {n: f.value for n, f in new.fields.items()}
    assert old.lines == new.lines


def test_a_ubl_credit_note_is_read() -> None:
    extraction = Invoice.extract(electronic(UBL, "ubl"))

    assert extraction.value(Invoice.invoice_type) == "credit-note"
    assert extraction.value(Invoice.seller_name) == "Salt Inc."
    assert extraction.value(Invoice.buyer_name) == "Town of Ayr"
    assert extraction.value(Invoice.purchase_order) == "PO-7"
    assert extraction.value(Invoice.grand_total) == Decimal("113.00")
    assert [(line.description, line.quantity) for line in extraction.lines] == [("Salt", Decimal(4))]


def test_a_right_electronic_invoice_passes_every_check() -> None:
    circumstances = Circumstances(dt.date(2026, 7, 1))

    for xml, syntax in ((CII, "cii"), (UBL, "ubl")):
        extraction = Invoice.extract(electronic(xml, syntax))
        assert [f for check in CHECKS for f in check(extraction, circumstances)] == []


def test_what_xml_and_page_both_say_has_its_place_on_the_page() -> None:
    extraction = Invoice.extract(electronic(CII, text=PRINT.format(tax="19,00", total="119,00")))

    assert extraction.findings == ()
    for name in ("invoice_number", "issue_date", "grand_total"):
        assert extraction.fields[name].box is not None
        assert extraction.fields[name].source == "einvoice"


def test_a_total_that_the_page_prints_otherwise_is_a_finding() -> None:
    extraction = Invoice.extract(electronic(CII, text=PRINT.format(tax="20,00", total="120,00")))

    totals = [f for f in extraction.findings if f.rule == "reconcile" and f.fields == ("grand_total",)]
    assert "The e-invoice says 119.00, the page says 120.00" in totals[0].message
    assert extraction.value(Invoice.grand_total) == Decimal("119.00")


def test_a_field_that_only_the_page_tells_is_taken_from_the_page() -> None:
    text = PRINT.format(tax="19,00", total="119,00") + "\n    Zahlungsbedingungen: 14 Tage netto"

    extraction = Invoice.extract(electronic(CII, text=text))

    assert extraction[Invoice.payment_terms].source == "text-layer"


def test_xml_that_is_not_whole_gives_what_it_has() -> None:
    extraction = Invoice.extract(electronic(CII[: CII.index("<ram:ApplicableHeaderTradeSettlement>")]))

    assert extraction.value(Invoice.invoice_number) == "RE-507"
    assert Invoice.grand_total not in extraction


@pytest.mark.parametrize("poison", ["1E+3000000000", "NaN", "-Infinity", "9" * 5000])
@pytest.mark.parametrize("amount", ["119.00", "100.00", "19.00", "50.00"])
def test_an_amount_that_would_need_gigabytes_written_out_is_no_amount(amount: str, poison: str) -> None:
    extraction = Invoice.extract(Reading((), einvoice=EInvoice("cii", "", CII.replace(f">{amount}<", f">{poison}<"))))
    assert len(str(extraction_to_json(extraction))) < 20_000
    for check in CHECKS:
        list(check(extraction, Circumstances(dt.date(2026, 6, 20))))
