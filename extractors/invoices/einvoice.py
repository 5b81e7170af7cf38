"""The fields and lines of an electronic invoice: CII (Factur-X, ZUGFeRD 1 and 2) and UBL."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from lxml import etree

from keywright.amounts import amount_of
from keywright.fields import Field, InvoiceLine
from keywright.readings import EInvoice
from keywright.tax_breakdown import Breakdown, TaxShare

Node = etree._Element
#: UNTDID 1001 codes of documents that ask for money back.
CREDIT_CODES = {"381", "383", "396", "261", "262", "296", "308", "532"}


def _all(node: Node, path: str) -> list[Node]:
    """Return the nodes on a path of local names; ``//`` at its start looks at any depth, ``a|b`` takes either."""
    deep = path.startswith("//")
    found = [node]
    for number, step in enumerate(path.lstrip("/").split("/")):
        names = set(step.split("|"))
        found = [
            child
            for one in found
            for child in (one.iter() if deep and number == 0 else one)
            if isinstance(child.tag, str) and etree.QName(child).localname in names
        ]
    return found


def _text(node: Node, *paths: str) -> str | None:
    for path in paths:
        for found in _all(node, path):
            text = " ".join((found.text or "").split())
            if text:
                return text
    return None


def _amount(node: Node, *paths: str) -> Decimal | None:
    text = _text(node, *paths)
    return amount_of(text) if text else None


def _date(node: Node, *paths: str) -> dt.date | None:
    digits = re.sub(r"\D", "", (_text(node, *paths) or "")[:10])
    try:
        return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])) if len(digits) == 8 else None
    except ValueError:
        return None


def read_einvoice(einvoice: EInvoice) -> tuple[dict[str, Field[Any]], tuple[InvoiceLine, ...]]:
    """Return fields and lines as the XML gives them, valid or not; an element that is missing gives no field.

    Source: EN 16931-3-3 (CII) and 16931-3-2 (UBL). Returns nothing if the XML cannot be parsed at all.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    root = etree.fromstring(einvoice.xml.encode(), parser)
    if root is None:
        return {}, ()
    values, lines = (_cii(root), _cii_lines(root)) if einvoice.syntax == "cii" else (_ubl(root), _ubl_lines(root))
    fields = {name: _field(name, value) for name, value in values.items() if value not in (None, "", ())}
    return fields, tuple(lines)


def _field(name: str, value: Any) -> Field[Any]:
    return Field(name, value, str(value), 1.0, "einvoice")


def _cii(root: Node) -> dict[str, Any]:
    """Return the header of a CII invoice; ZUGFeRD 1 names its groups "Specified…" or "Applicable…"."""
    document = (_all(root, "//ExchangedDocument|HeaderExchangedDocument") or [root])[0]
    trade = (_all(root, "//ApplicableHeaderTradeSettlement|ApplicableSupplyChainTradeSettlement") or [root])[0]
    agreement = (_all(root, "//ApplicableHeaderTradeAgreement|ApplicableSupplyChainTradeAgreement") or [root])[0]
    sums = "SpecifiedTradeSettlementHeaderMonetarySummation|SpecifiedTradeSettlementMonetarySummation"
    total = (_all(trade, sums) or [trade])[0]
    seller = next(iter(_all(agreement, "SellerTradeParty")), None)
    buyer = next(iter(_all(agreement, "BuyerTradeParty")), None)
    currency = _text(trade, "InvoiceCurrencyCode")
    return {
        "invoice_number": _text(document, "ID"),
        "issue_date": _date(document, "IssueDateTime/DateTimeString"),
        "invoice_type": "credit-note" if _text(document, "TypeCode") in CREDIT_CODES else "invoice",
        "currency": currency,
        "due_date": _date(trade, "SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString"),
        "purchase_order": _text(agreement, "BuyerOrderReferencedDocument/IssuerAssignedID|ID"),
        "payment_terms": _text(trade, "SpecifiedTradePaymentTerms/Description"),
        **_cii_party(seller, "seller"),
        **_cii_party(buyer, "buyer"),
        "iban": _text(
            trade, "//PayeePartyCreditorFinancialAccount/IBANID", "//PayeePartyCreditorFinancialAccount/ProprietaryID"
        ),
        "net_total": _amount(total, "TaxBasisTotalAmount"),
        "tax_total": _in_currency(total, "TaxTotalAmount", currency),
        "grand_total": _amount(total, "GrandTotalAmount"),
        "amount_paid": _amount(total, "TotalPrepaidAmount") or None,
        "amount_due": _amount(total, "DuePayableAmount"),
        "tax_breakdown": _cii_taxes(trade),
        "line_total": _amount(total, "LineTotalAmount"),
        "allowance_total": _amount(total, "AllowanceTotalAmount"),
        "charge_total": _amount(total, "ChargeTotalAmount"),
        "rounding": _amount(total, "RoundingAmount"),
    }


def _in_currency(total: Node, path: str, currency: str | None) -> Decimal | None:
    """Return the amount in the invoice's own currency; a second one may be there in the tax office's."""
    found = _all(total, path)
    own = [node for node in found if node.get("currencyID") in (None, currency)] or found
    return amount_of((own[0].text or "").strip()) if own else None


def _cii_party(party: Node | None, who: str) -> dict[str, Any]:
    if party is None:
        return {}
    numbers = {node.get("schemeID"): (node.text or "").strip() for node in _all(party, "SpecifiedTaxRegistration/ID")}
    name = {f"{who}_name": _text(party, "Name")}
    if who == "buyer":
        return name
    address = [
        _text(party, f"PostalTradeAddress/{part}")
        for part in ("LineOne", "LineTwo", "PostcodeCode", "CityName", "CountryID")
    ]
    return {
        **name,
        "seller_tax_id": numbers.get("VA") or numbers.get("FC"),
        "seller_address": ", ".join(part for part in address if part),
    }


def _cii_taxes(trade: Node) -> Breakdown:
    rate = ("RateApplicablePercent", "ApplicablePercent")
    return tuple(
        TaxShare(_amount(tax, *rate), _amount(tax, "BasisAmount"), _amount(tax, "CalculatedAmount") or Decimal(0))
        for tax in _all(trade, "ApplicableTradeTax")
    )


def _cii_lines(root: Node) -> Iterator[InvoiceLine]:
    for line in _all(root, "//IncludedSupplyChainTradeLineItem"):
        name = _text(line, "SpecifiedTradeProduct/Name") or _text(line, "//IncludedNote/Content")
        settled = "SpecifiedLineTradeSettlement|SpecifiedSupplyChainTradeSettlement"
        sums = "SpecifiedTradeSettlementLineMonetarySummation|SpecifiedTradeSettlementMonetarySummation"
        agreed = "SpecifiedLineTradeAgreement|SpecifiedSupplyChainTradeAgreement"
        delivered = "SpecifiedLineTradeDelivery|SpecifiedSupplyChainTradeDelivery"
        net = _amount(line, f"{settled}/{sums}/LineTotalAmount")
        quantity = _amount(line, f"{delivered}/BilledQuantity")
        if net is None and quantity is None:
            continue
        yield InvoiceLine(
            name or "",
            quantity,
            _amount(line, f"{agreed}/NetPriceProductTradePrice/ChargeAmount"),
            net,
            _amount(line, f"{settled}/ApplicableTradeTax/RateApplicablePercent|ApplicablePercent"),
        )


def _ubl(root: Node) -> dict[str, Any]:
    """Return the header of a UBL invoice or credit note."""
    total = (_all(root, "LegalMonetaryTotal") or [root])[0]
    credit = etree.QName(root).localname == "CreditNote" or _text(root, "InvoiceTypeCode") in CREDIT_CODES
    currency = _text(root, "DocumentCurrencyCode")
    return {
        "invoice_number": _text(root, "ID"),
        "issue_date": _date(root, "IssueDate"),
        "invoice_type": "credit-note" if credit else "invoice",
        "currency": currency,
        "due_date": _date(root, "DueDate", "PaymentMeans/PaymentDueDate"),
        "purchase_order": _text(root, "OrderReference/ID"),
        "payment_terms": _text(root, "PaymentTerms/Note"),
        **_ubl_seller(root),
        "buyer_name": _ubl_name(root, "AccountingCustomerParty/Party"),
        "iban": _text(root, "PaymentMeans/PayeeFinancialAccount/ID"),
        "net_total": _amount(total, "TaxExclusiveAmount"),
        "tax_total": next((_in_currency(tax, "TaxAmount", currency) for tax in _all(root, "TaxTotal")), None),
        "grand_total": _amount(total, "TaxInclusiveAmount"),
        "amount_paid": _amount(total, "PrepaidAmount") or None,
        "amount_due": _amount(total, "PayableAmount"),
        "tax_breakdown": tuple(_ubl_taxes(root)),
        "line_total": _amount(total, "LineExtensionAmount"),
        "allowance_total": _amount(total, "AllowanceTotalAmount"),
        "charge_total": _amount(total, "ChargeTotalAmount"),
        "rounding": _amount(total, "PayableRoundingAmount"),
    }


def _ubl_name(root: Node, path: str) -> str | None:
    return _text(root, f"{path}/PartyLegalEntity/RegistrationName", f"{path}/PartyName/Name")


def _ubl_seller(root: Node) -> dict[str, Any]:
    path = "AccountingSupplierParty/Party"
    parts = ("StreetName", "AdditionalStreetName", "PostalZone", "CityName", "Country/IdentificationCode")
    address = [_text(root, f"{path}/PostalAddress/{part}") for part in parts]
    return {
        "seller_name": _ubl_name(root, path),
        "seller_tax_id": _text(root, f"{path}/PartyTaxScheme/CompanyID"),
        "seller_address": ", ".join(part for part in address if part),
    }


def _ubl_taxes(root: Node) -> Iterator[TaxShare]:
    for share in _all(root, "TaxTotal/TaxSubtotal"):
        amount = _amount(share, "TaxAmount") or Decimal(0)
        yield TaxShare(_amount(share, "TaxCategory/Percent", "Percent"), _amount(share, "TaxableAmount"), amount)


def _ubl_lines(root: Node) -> Iterator[InvoiceLine]:
    for line in _all(root, "InvoiceLine|CreditNoteLine"):
        yield InvoiceLine(
            _text(line, "Item/Name", "Item/Description") or "",
            _amount(line, "InvoicedQuantity|CreditedQuantity"),
            _amount(line, "Price/PriceAmount"),
            _amount(line, "LineExtensionAmount"),
            _amount(line, "Item/ClassifiedTaxCategory/Percent"),
        )
