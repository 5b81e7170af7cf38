"""E-invoices as tests write them: a small bill in UBL or CII, with any part of it made otherwise."""

from __future__ import annotations

from keywright.model.reading import EInvoice, Reading
from tests.extractors.supplier_invoice.typed import typed

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
SCHEME = (
    "<cac:PartyTaxScheme><cbc:CompanyID>{number}</cbc:CompanyID><cac:TaxScheme><cbc:ID>{scheme}</cbc:ID></cac:TaxScheme>"
    "</cac:PartyTaxScheme>"
)
_LINES = {"Credit": ("CreditNoteLine", "CreditedQuantity"), "Debit": ("DebitNoteLine", "DebitedQuantity")}
SCHEMES = SCHEME.format(number="123456782RT0001", scheme="VAT")


def ubl(
    *,
    root: str = "Invoice",
    code: str | None = "380",
    number: str = "DW-44",
    net: str = "100.00",
    tax: str = "13.00",
    gross: str | None = "113.00",
    due: str = "113.00",
    paid: str | None = None,
    currency: str | None = "CAD",
    money: str = "CAD",
    schemes: str = SCHEMES,
    means: str = "30",
    taxes: str | None = None,
    price: str = "25.00",
    base: str = "",
    quantity: str = "4",
    after_currency: str = "",
    seller: str = "Dundas Water Works Inc.",
) -> str:
    """Return a UBL document of one line; what is ``None`` is left out of it."""
    kind = root.removesuffix("Note").removeprefix("SelfBilled") if root != "Invoice" else "Invoice"
    line, quantity_name = _LINES.get(kind, ("InvoiceLine", "InvoicedQuantity"))
    totals = "RequestedMonetaryTotal" if kind == "Debit" else "LegalMonetaryTotal"
    of = f'currencyID="{money}"'
    return (
        f'<{root} xmlns="{_UBL}{root}-2" xmlns:cac="{_UBL}CommonAggregateComponents-2"'
        f' xmlns:cbc="{_UBL}CommonBasicComponents-2"><cbc:ID>{number}</cbc:ID><cbc:IssueDate>2026-11-02</cbc:IssueDate>'
        f"{_element(f'{kind}NoteTypeCode' if kind in ('Credit', 'Debit') else 'InvoiceTypeCode', code)}"
        f"{_element('DocumentCurrencyCode', currency)}{after_currency}"
        f"<cac:AccountingSupplierParty><cac:Party>{schemes}<cac:PartyLegalEntity>"
        f"<cbc:RegistrationName>{seller}</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party>"
        "</cac:AccountingSupplierParty><cac:AccountingCustomerParty><cac:Party><cac:PartyName>"
        "<cbc:Name>Town of Millbrook Falls</cbc:Name></cac:PartyName></cac:Party></cac:AccountingCustomerParty>"
        f"<cac:PaymentMeans><cbc:PaymentMeansCode>{means}</cbc:PaymentMeansCode></cac:PaymentMeans>"
        f"{tax_total(tax, net, money) if taxes is None else taxes}<cac:{totals}>"
        f"<cbc:LineExtensionAmount {of}>{net}</cbc:LineExtensionAmount>"
        f"<cbc:TaxExclusiveAmount {of}>{net}</cbc:TaxExclusiveAmount>"
        f"{_element('TaxInclusiveAmount', gross, of)}{_element('PrepaidAmount', paid, of)}"
        f"<cbc:PayableAmount {of}>{due}</cbc:PayableAmount></cac:{totals}>"
        f"<cac:{line}><cbc:{quantity_name}>{quantity}</cbc:{quantity_name}>"
        f"<cbc:LineExtensionAmount {of}>{net}</cbc:LineExtensionAmount>"
        "<cac:Item><cbc:Name>Chlorine</cbc:Name></cac:Item>"
        f"<cac:Price><cbc:PriceAmount {of}>{price}</cbc:PriceAmount>{base}</cac:Price></cac:{line}></{root}>"
    )


def tax_total(tax: str, net: str = "", money: str = "CAD", percent: str = "") -> str:
    """Return a total of tax, broken down if its base is given."""
    of = f'currencyID="{money}"'
    share = (
        f"<cac:TaxSubtotal><cbc:TaxableAmount {of}>{net}</cbc:TaxableAmount><cbc:TaxAmount {of}>{tax}</cbc:TaxAmount>"
        f"<cac:TaxCategory>{_element('Percent', percent or None)}</cac:TaxCategory></cac:TaxSubtotal>"
    )
    return f"<cac:TaxTotal><cbc:TaxAmount {of}>{tax}</cbc:TaxAmount>{share if net else ''}</cac:TaxTotal>"


def cii(*, code: str | None = "380", net: str = "100.00", tax: str = "13.00", gross: str = "113.00") -> str:
    """Return a CII document of one line; without ``code`` it does not say what it is."""
    ram = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
    type_code = f"<ram:TypeCode>{code}</ram:TypeCode>" if code is not None else ""
    return (
        '<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"'
        f' xmlns:ram="{ram}" xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">'
        f"<rsm:ExchangedDocument><ram:ID>DW-45</ram:ID>{type_code}<ram:IssueDateTime>"
        '<udt:DateTimeString format="102">20261102</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>'
        "<rsm:SupplyChainTradeTransaction><ram:IncludedSupplyChainTradeLineItem><ram:SpecifiedTradeProduct>"
        "<ram:Name>Chlorine</ram:Name></ram:SpecifiedTradeProduct><ram:SpecifiedLineTradeSettlement>"
        "<ram:SpecifiedTradeSettlementLineMonetarySummation>"
        f"<ram:LineTotalAmount>{net}</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation>"
        "</ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>"
        "<ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>Dundas Water Works Inc.</ram:Name>"
        '<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">123456782RT0001</ram:ID></ram:SpecifiedTaxRegistration>'
        "</ram:SellerTradeParty></ram:ApplicableHeaderTradeAgreement>"
        "<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>CAD</ram:InvoiceCurrencyCode>"
        "<ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
        f"<ram:LineTotalAmount>{net}</ram:LineTotalAmount><ram:TaxBasisTotalAmount>{net}</ram:TaxBasisTotalAmount>"
        f'<ram:TaxTotalAmount currencyID="CAD">{tax}</ram:TaxTotalAmount>'
        f"<ram:GrandTotalAmount>{gross}</ram:GrandTotalAmount><ram:DuePayableAmount>{gross}</ram:DuePayableAmount>"
        "</ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>"
        "</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"
    )


def _element(name: str, text: str | None, attributes: str = "") -> str:
    return "" if text is None else f"<cbc:{name} {attributes}>{text}</cbc:{name}>"


def electronic(xml: str, syntax: str = "ubl", *, page: str = "", defect: str = "") -> Reading:
    """Return the reading of a file that carries this XML, behind a page if there is one."""
    carried = EInvoice(syntax, "factur-x.xml" if page else "", xml, defect)
    return typed(page, einvoice=carried) if page else Reading((), einvoice=carried)
