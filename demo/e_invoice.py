"""A bill as data: EN 16931 in both its syntaxes, and the Factur-X file that carries one inside a PDF.

Sources: EN 16931-1:2017 for the terms, UN/CEFACT CII D16B and OASIS UBL 2.1 for the syntaxes, Factur-X 1.0 for
the file's name, relationship and XMP.
"""

from io import BytesIO
from xml.sax.saxutils import escape

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from demo.billing import SampleBill, SampleLine

EN_16931 = "urn:cen.eu:en16931:2017"
UNITS = {"day": "DAY", "hour": "HUR", "month": "MON", "sample": "C62", "each": "C62", "km": "KMT"}
COUNTRIES = {"ON": "CA", "QC": "CA", "DE": "DE"}
FILE_NAME = "factur-x.xml"

_CII = (
    '<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"'
    ' xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"'
    ' xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">'
)
_UBL = (
    '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"'
    ' xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
    ' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def cii(bill: SampleBill) -> bytes:
    """The bill in UN/CEFACT's Cross Industry Invoice, profile EN 16931."""
    rate = str(bill.taxes[0].rate)
    parts = [
        _HEAD,
        _CII,
        "<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>",
        f"<ram:ID>{EN_16931}</ram:ID>",
        "</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>",
        f"<rsm:ExchangedDocument><ram:ID>{bill.number}</ram:ID><ram:TypeCode>380</ram:TypeCode>",
        f"<ram:IssueDateTime>{_cii_day(bill.issued.strftime('%Y%m%d'))}</ram:IssueDateTime>",
        "</rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction>",
        *(_cii_line(number, line, rate) for number, line in enumerate(bill.lines, start=1)),
        _cii_parties(bill),
        "<ram:ApplicableHeaderTradeDelivery/>",
        _cii_settlement(bill, rate),
        "</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>\n",
    ]
    return "".join(parts).encode()


def _cii_day(day: str) -> str:
    return f'<udt:DateTimeString format="102">{day}</udt:DateTimeString>'


def _cii_line(place: int, line: SampleLine, rate: str) -> str:
    return (
        "<ram:IncludedSupplyChainTradeLineItem>"
        f"<ram:AssociatedDocumentLineDocument><ram:LineID>{place}</ram:LineID></ram:AssociatedDocumentLineDocument>"
        f"<ram:SpecifiedTradeProduct><ram:Name>{escape(line.description)}</ram:Name></ram:SpecifiedTradeProduct>"
        "<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>"
        f"<ram:ChargeAmount>{line.unit_price}</ram:ChargeAmount>"
        "</ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>"
        "<ram:SpecifiedLineTradeDelivery>"
        f'<ram:BilledQuantity unitCode="{UNITS[line.unit]}">{line.quantity}</ram:BilledQuantity>'
        "</ram:SpecifiedLineTradeDelivery><ram:SpecifiedLineTradeSettlement>"
        "<ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode>"
        f"<ram:RateApplicablePercent>{rate}</ram:RateApplicablePercent></ram:ApplicableTradeTax>"
        "<ram:SpecifiedTradeSettlementLineMonetarySummation>"
        f"<ram:LineTotalAmount>{line.net}</ram:LineTotalAmount>"
        "</ram:SpecifiedTradeSettlementLineMonetarySummation>"
        "</ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>"
    )


def _cii_address(postal_code: str, street: str, city: str, country: str) -> str:
    return (
        f"<ram:PostalTradeAddress><ram:PostcodeCode>{postal_code}</ram:PostcodeCode>"
        f"<ram:LineOne>{escape(street)}</ram:LineOne><ram:CityName>{escape(city)}</ram:CityName>"
        f"<ram:CountryID>{country}</ram:CountryID></ram:PostalTradeAddress>"
    )


def _cii_parties(bill: SampleBill) -> str:
    seller = bill.seller
    home = _cii_address(seller.postal_code, seller.address, seller.city, COUNTRIES[seller.province])
    return (
        "<ram:ApplicableHeaderTradeAgreement>"
        f"<ram:SellerTradeParty><ram:Name>{escape(seller.name)}</ram:Name>{home}"
        f'<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">{seller.tax_id}</ram:ID>'
        "</ram:SpecifiedTaxRegistration></ram:SellerTradeParty>"
        f"<ram:BuyerTradeParty><ram:Name>{escape(bill.buyer[0])}</ram:Name>"
        f"{_cii_address('L0P 1M0', bill.buyer[2], 'Millbrook Falls', 'CA')}</ram:BuyerTradeParty>"
        f"<ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>{bill.purchase_order}</ram:IssuerAssignedID>"
        "</ram:BuyerOrderReferencedDocument></ram:ApplicableHeaderTradeAgreement>"
    )


def _cii_settlement(bill: SampleBill, rate: str) -> str:
    due = _cii_day(bill.due.strftime("%Y%m%d")) if bill.due else ""
    return (
        "<ram:ApplicableHeaderTradeSettlement>"
        f"<ram:InvoiceCurrencyCode>{bill.currency}</ram:InvoiceCurrencyCode>"
        "<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode>"
        f"<ram:PayeePartyCreditorFinancialAccount><ram:IBANID>{bill.iban.replace(' ', '')}</ram:IBANID>"
        "</ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>"
        f"<ram:ApplicableTradeTax><ram:CalculatedAmount>{bill.tax}</ram:CalculatedAmount>"
        f"<ram:TypeCode>VAT</ram:TypeCode><ram:BasisAmount>{bill.net}</ram:BasisAmount>"
        f"<ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>{rate}</ram:RateApplicablePercent>"
        "</ram:ApplicableTradeTax>"
        f"<ram:SpecifiedTradePaymentTerms><ram:Description>{escape(bill.terms)}</ram:Description>"
        f"<ram:DueDateDateTime>{due}</ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>"
        "<ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
        f"<ram:LineTotalAmount>{bill.net}</ram:LineTotalAmount>"
        f"<ram:TaxBasisTotalAmount>{bill.net}</ram:TaxBasisTotalAmount>"
        f'<ram:TaxTotalAmount currencyID="{bill.currency}">{bill.tax}</ram:TaxTotalAmount>'
        f"<ram:GrandTotalAmount>{bill.total}</ram:GrandTotalAmount>"
        f"<ram:DuePayableAmount>{bill.total}</ram:DuePayableAmount>"
        "</ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>"
    )


def ubl(bill: SampleBill) -> bytes:
    """The bill in OASIS UBL 2.1, as an exchange of e-invoices delivers it: no picture at all."""
    money = f'currencyID="{bill.currency}"'
    rate = str(bill.taxes[0].rate)
    due = f"<cbc:DueDate>{bill.due.isoformat()}</cbc:DueDate>" if bill.due else ""
    parts = [
        _HEAD,
        _UBL,
        f"<cbc:CustomizationID>{EN_16931}</cbc:CustomizationID><cbc:ID>{bill.number}</cbc:ID>",
        f"<cbc:IssueDate>{bill.issued.isoformat()}</cbc:IssueDate>{due}",
        "<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>",
        f"<cbc:DocumentCurrencyCode>{bill.currency}</cbc:DocumentCurrencyCode>",
        f"<cac:OrderReference><cbc:ID>{bill.purchase_order}</cbc:ID></cac:OrderReference>",
        _ubl_parties(bill),
        f"<cac:PaymentTerms><cbc:Note>{escape(bill.terms)}</cbc:Note></cac:PaymentTerms>",
        f"<cac:TaxTotal><cbc:TaxAmount {money}>{bill.tax}</cbc:TaxAmount><cac:TaxSubtotal>",
        f"<cbc:TaxableAmount {money}>{bill.net}</cbc:TaxableAmount>",
        f"<cbc:TaxAmount {money}>{bill.tax}</cbc:TaxAmount>{_ubl_tax('TaxCategory', rate)}",
        "</cac:TaxSubtotal></cac:TaxTotal><cac:LegalMonetaryTotal>",
        f"<cbc:LineExtensionAmount {money}>{bill.net}</cbc:LineExtensionAmount>",
        f"<cbc:TaxExclusiveAmount {money}>{bill.net}</cbc:TaxExclusiveAmount>",
        f"<cbc:TaxInclusiveAmount {money}>{bill.total}</cbc:TaxInclusiveAmount>",
        f"<cbc:PayableAmount {money}>{bill.total}</cbc:PayableAmount></cac:LegalMonetaryTotal>",
        *(_ubl_line(number, line, money, rate) for number, line in enumerate(bill.lines, start=1)),
        "</Invoice>\n",
    ]
    return "".join(parts).encode()


def _ubl_tax(element: str, rate: str) -> str:
    return (
        f"<cac:{element}><cbc:ID>S</cbc:ID><cbc:Percent>{rate}</cbc:Percent>"
        f"<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:{element}>"
    )


def _ubl_address(street: str, city: str, postal_code: str, country: str) -> str:
    return (
        f"<cac:PostalAddress><cbc:StreetName>{escape(street)}</cbc:StreetName>"
        f"<cbc:CityName>{escape(city)}</cbc:CityName><cbc:PostalZone>{postal_code}</cbc:PostalZone>"
        f"<cac:Country><cbc:IdentificationCode>{country}</cbc:IdentificationCode></cac:Country></cac:PostalAddress>"
    )


def _ubl_parties(bill: SampleBill) -> str:
    seller = bill.seller
    home = _ubl_address(seller.address, seller.city, seller.postal_code, COUNTRIES[seller.province])
    return (
        f"<cac:AccountingSupplierParty><cac:Party>{home}"
        f"<cac:PartyTaxScheme><cbc:CompanyID>{seller.tax_id}</cbc:CompanyID>"
        "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"
        f"<cac:PartyLegalEntity><cbc:RegistrationName>{escape(seller.name)}</cbc:RegistrationName>"
        "</cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>"
        "<cac:AccountingCustomerParty><cac:Party>"
        f"{_ubl_address(bill.buyer[2], 'Millbrook Falls', 'L0P 1M0', 'CA')}"
        f"<cac:PartyLegalEntity><cbc:RegistrationName>{escape(bill.buyer[0])}</cbc:RegistrationName>"
        "</cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>"
    )


def _ubl_line(place: int, line: SampleLine, money: str, rate: str) -> str:
    return (
        f"<cac:InvoiceLine><cbc:ID>{place}</cbc:ID>"
        f'<cbc:InvoicedQuantity unitCode="{UNITS[line.unit]}">{line.quantity}</cbc:InvoicedQuantity>'
        f"<cbc:LineExtensionAmount {money}>{line.net}</cbc:LineExtensionAmount>"
        f"<cac:Item><cbc:Name>{escape(line.description)}</cbc:Name>"
        f"{_ubl_tax('ClassifiedTaxCategory', rate)}</cac:Item>"
        f"<cac:Price><cbc:PriceAmount {money}>{line.unit_price}</cbc:PriceAmount></cac:Price></cac:InvoiceLine>"
    )


def factur_x(pdf: bytes, xml: bytes) -> bytes:
    """The printed invoice with its data attached, related and announced as Factur-X asks."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf)))
    stream = DecodedStreamObject()
    stream.set_data(xml)
    stream[NameObject("/Type")] = NameObject("/EmbeddedFile")
    stream[NameObject("/Subtype")] = NameObject("/text/xml")
    stream[NameObject("/Params")] = DictionaryObject({NameObject("/Size"): NumberObject(len(xml))})
    attached = writer._add_object(stream)
    name = TextStringObject(FILE_NAME)
    specification = writer._add_object(
        DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Filespec"),
                NameObject("/F"): name,
                NameObject("/UF"): name,
                NameObject("/Desc"): TextStringObject("The data of this invoice"),
                NameObject("/AFRelationship"): NameObject("/Alternative"),
                NameObject("/EF"): DictionaryObject({NameObject("/F"): attached, NameObject("/UF"): attached}),
            }
        )
    )
    tree = DictionaryObject({NameObject("/Names"): ArrayObject([name, specification])})
    root = writer.root_object
    root[NameObject("/AF")] = ArrayObject([specification])
    root[NameObject("/Names")] = DictionaryObject({NameObject("/EmbeddedFiles"): tree})
    metadata = DecodedStreamObject()
    metadata.set_data(_XMP.encode())
    metadata[NameObject("/Type")] = NameObject("/Metadata")
    metadata[NameObject("/Subtype")] = NameObject("/XML")
    root[NameObject("/Metadata")] = writer._add_object(metadata)
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


_XMP = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">
<fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>{FILE_NAME}</fx:DocumentFileName>
<fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>
"""
