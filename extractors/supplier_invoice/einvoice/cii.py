"""Reads the statements of a Cross Industry Invoice: Factur-X, ZUGFeRD 2 and 1, XRechnung (source: EN 16931-3-3)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from extractors.supplier_invoice.einvoice.stated import DIRECT_DEBIT, TRUE, Stated, StatedLine, unit_price
from extractors.supplier_invoice.einvoice.xml_values import Group
from keywright.model.fields import InvoiceLine
from keywright.model.tax_breakdown import Breakdown, TaxShare

#: Each group by its name today, and by its name in ZUGFeRD 1.
_TRADE = ("SupplyChainTradeTransaction", "SpecifiedSupplyChainTradeTransaction")
_SETTLEMENT = ("ApplicableHeaderTradeSettlement", "ApplicableSupplyChainTradeSettlement")
_AGREEMENT = ("ApplicableHeaderTradeAgreement", "ApplicableSupplyChainTradeAgreement")
_SUMS = ("SpecifiedTradeSettlementHeaderMonetarySummation", "SpecifiedTradeSettlementMonetarySummation")
_LINE_SETTLEMENT = ("SpecifiedLineTradeSettlement", "SpecifiedSupplyChainTradeSettlement")
_LINE_SUMS = ("SpecifiedTradeSettlementLineMonetarySummation", "SpecifiedTradeSettlementMonetarySummation")
_LINE_AGREEMENT = ("SpecifiedLineTradeAgreement", "SpecifiedSupplyChainTradeAgreement")
_LINE_DELIVERY = ("SpecifiedLineTradeDelivery", "SpecifiedSupplyChainTradeDelivery")
_RATE = ("RateApplicablePercent", "ApplicablePercent")
_ACCOUNT = "SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount"
_CONTEXTS = ("ExchangedDocumentContext", "SpecifiedExchangedDocumentContext")
_TERMS = "SpecifiedTradePaymentTerms/Description"
_MEANS = "SpecifiedTradeSettlementPaymentMeans/TypeCode"
#: Schemes of tax numbers, those of sales taxes first: VAT (VA), GST, HST; then the tax office's own (FC).
_SCHEMES = ("VA", "GST", "HST", "FC")


def read_cii(root: Group) -> Stated:
    """Return the statements of a CII document; an element that is missing gives no value."""
    document = root.only("ExchangedDocument", "HeaderExchangedDocument")
    trade = root.only(*_TRADE)
    settlement, agreement = trade.only(*_SETTLEMENT), trade.only(*_AGREEMENT)
    currency = settlement.only_text("InvoiceCurrencyCode")
    return Stated(
        values={
            "invoice_number": document.only_text("ID"),
            "issue_date": document.date("IssueDateTime/DateTimeString", "IssueDateTime/DateTime"),
            "currency": currency,
            **_terms(settlement),
            "purchase_order": agreement.text(
                "BuyerOrderReferencedDocument/IssuerAssignedID", "BuyerOrderReferencedDocument/ID"
            ),
            **_parties(agreement),
            **_totals(settlement.only(*_SUMS), currency),
            "tax_breakdown": _taxes(settlement),
        },
        lines=tuple(_lines(trade)),
        code=document.only_text("TypeCode"),
        root=None,
        foreign_currencies=_foreign_currencies(trade, currency),
        collected=any(means.own_text() in DIRECT_DEBIT for means in settlement.all(_MEANS)),
        unreal=_unreal(root, document),
        notes=tuple(
            words
            for group, path in ((document, "Name"), (document, "IncludedNote/Content"), (settlement, _TERMS))
            for note in group.all(path)
            if (words := note.own_text())
        ),
    )


def _unreal(root: Group, document: Group) -> str:
    if root.text(*(f"{context}/TestIndicator/Indicator" for context in _CONTEXTS)) in TRUE:
        return "a test"
    return "a copy" if document.text("CopyIndicator/Indicator") in TRUE else ""


def _terms(settlement: Group) -> dict[str, Any]:
    due = "SpecifiedTradePaymentTerms/DueDateDateTime"
    return {
        "due_date": settlement.date(f"{due}/DateTimeString", f"{due}/DateTime"),
        "payment_terms": settlement.text(_TERMS),
        "iban": settlement.text(f"{_ACCOUNT}/IBANID", f"{_ACCOUNT}/ProprietaryID"),
        "other_accounts": settlement.further_texts(f"{_ACCOUNT}/IBANID", f"{_ACCOUNT}/ProprietaryID"),
    }


def _parties(agreement: Group) -> dict[str, Any]:
    seller = agreement.first("SellerTradeParty")
    parts = ("LineOne", "LineTwo", "PostcodeCode", "CityName", "CountryID")
    address = [seller.text(f"PostalTradeAddress/{part}") for part in parts]
    return {
        "seller_name": seller.text("Name", "SpecifiedLegalOrganization/TradingBusinessName"),
        "seller_tax_id": _tax_number(seller),
        "seller_address": ", ".join(part for part in address if part),
        "buyer_name": agreement.text("BuyerTradeParty/Name"),
    }


def _tax_number(seller: Group) -> str | None:
    numbers = {group.node.get("schemeID"): group.own_text() for group in seller.all("SpecifiedTaxRegistration/ID")}
    return next((numbers[scheme] for scheme in (*_SCHEMES, *numbers) if numbers.get(scheme)), None)


def _totals(sums: Group, currency: str | None) -> dict[str, Any]:
    own = (tax for tax in sums.all("TaxTotalAmount") if tax.node.get("currencyID") in (None, "", currency))
    tax = next(own, None)
    return {
        "net_total": sums.number("TaxBasisTotalAmount"),
        "tax_total": tax.own_number() if tax else None,
        "grand_total": sums.number("GrandTotalAmount"),
        "amount_paid": sums.number("TotalPrepaidAmount") or None,
        "amount_due": sums.number("DuePayableAmount"),
        "line_total": sums.number("LineTotalAmount"),
        "allowance_total": sums.number("AllowanceTotalAmount"),
        "charge_total": sums.number("ChargeTotalAmount"),
        "rounding": sums.number("RoundingAmount"),
    }


def _taxes(settlement: Group) -> Breakdown:
    return tuple(
        TaxShare(tax.number(*_RATE), tax.number("BasisAmount"), tax.number("CalculatedAmount") or Decimal(0))
        for tax in settlement.all("ApplicableTradeTax")
    )


def _foreign_currencies(trade: Group, currency: str | None) -> tuple[str, ...]:
    """Return the currencies, other than the document's, of amounts that must be in it (all but the tax in BT-111)."""
    own_taxes = {tax.node for sums in trade.first(*_SETTLEMENT).all(*_SUMS) for tax in sums.all("TaxTotalAmount")}
    codes = {node.get("currencyID") for node in trade.node.iter() if node not in own_taxes}
    return tuple(sorted(code for code in codes if code and code != currency))


def _lines(trade: Group) -> Iterator[StatedLine]:
    for line in trade.all("IncludedSupplyChainTradeLineItem"):
        settled, agreed = line.first(*_LINE_SETTLEMENT), line.first(*_LINE_AGREEMENT)
        net = settled.first(*_LINE_SUMS).number("LineTotalAmount")
        quantity = line.first(*_LINE_DELIVERY).number("BilledQuantity")
        if net is None and quantity is None:
            continue
        price = agreed.first("NetPriceProductTradePrice")
        amount, base = price.number("ChargeAmount"), price.number("BasisQuantity")
        name = line.text("SpecifiedTradeProduct/Name", "AssociatedDocumentLineDocument/IncludedNote/Content")
        rate = settled.first("ApplicableTradeTax").number(*_RATE)
        yield StatedLine(
            InvoiceLine(name or "", quantity, unit_price(amount, base), net, rate), amount, base, _added(settled)
        )


def _added(settled: Group) -> Decimal:
    """Return the charges on a line less its allowances."""
    total = Decimal(0)
    for part in settled.all("SpecifiedTradeAllowanceCharge"):
        amount = part.number("ActualAmount") or Decimal(0)
        total += amount if part.text("ChargeIndicator/Indicator", "ChargeIndicator") in TRUE else -amount
    return total
