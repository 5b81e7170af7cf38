"""Reads the statements of a UBL 2 invoice, credit note or debit note: Peppol BIS, PINT, XRechnung (EN 16931-3-2)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from extractors.supplier_invoice.direction import CREDIT_NOTE, INVOICE
from extractors.supplier_invoice.einvoice.stated import DIRECT_DEBIT, TRUE, Stated, StatedLine, unit_price
from extractors.supplier_invoice.einvoice.xml_values import Group
from extractors.supplier_invoice.sums import same
from keywright.model.fields import InvoiceLine
from keywright.model.tax_breakdown import TaxShare

CREDITS = frozenset(["CreditNote", "SelfBilledCreditNote"])
_CODES = ("InvoiceTypeCode", "CreditNoteTypeCode", "DebitNoteTypeCode")
_LINES = ("InvoiceLine", "CreditNoteLine", "DebitNoteLine")
_QUANTITIES = ("InvoicedQuantity", "CreditedQuantity", "DebitedQuantity")
_NOTES = ("Note", "PaymentTerms/Note", "PaymentMeans/InstructionNote")
_TOTALS = ("LegalMonetaryTotal", "RequestedMonetaryTotal")
_SELLER, _BUYER = "AccountingSupplierParty/Party", "AccountingCustomerParty/Party"
#: Schemes of the taxes on sales whose number is the seller's tax number; other schemes are income taxes, for example.
_SALES_TAXES = frozenset(["VAT", "GST", "HST", "GST/HST"])
#: Groups whose amounts can be in another currency: extensions and exchange rates.
_APART = frozenset(["UBLExtensions", "PaymentExchangeRate", "TaxExchangeRate", "PricingExchangeRate"])


def read_ubl(root: Group) -> Stated:
    """Return the statements of a UBL document; an element that is missing gives no value."""
    total, currency = root.only(*_TOTALS), _currency(root)
    taxes = _taxes_in(root, currency)
    return Stated(
        values={
            "invoice_number": root.only_text("ID"),
            "issue_date": root.date("IssueDate"),
            "currency": currency,
            "due_date": root.date("DueDate", "PaymentMeans/PaymentDueDate", "PaymentTerms/PaymentDueDate"),
            "purchase_order": root.text("OrderReference/ID"),
            "payment_terms": root.text("PaymentTerms/Note"),
            **_seller(root.only(_SELLER)),
            "buyer_name": _name(root.first(_BUYER)),
            "iban": root.text("PaymentMeans/PayeeFinancialAccount/ID"),
            "other_accounts": root.further_texts("PaymentMeans/PayeeFinancialAccount/ID"),
            **_totals(root, total, taxes),
            "tax_breakdown": tuple(_shares(taxes)),
        },
        lines=tuple(_lines(root)),
        code=next((code for name in _CODES if (code := root.only_text(name))), None),
        root=CREDIT_NOTE if root.name in CREDITS else INVOICE,
        foreign_currencies=_foreign_currencies(root, currency),
        collected=any(means.own_text() in DIRECT_DEBIT for means in root.all("PaymentMeans/PaymentMeansCode")),
        unreal="a copy" if root.text("CopyIndicator") in TRUE else "",
        notes=tuple(words for path in _NOTES for note in root.all(path) if (words := note.own_text())),
    )


def _currency(root: Group) -> str | None:
    """Return the document's currency; UBL 2.0 can leave it out if all its amounts have the same one."""
    codes = {code for node in root.node.iter() if (code := node.get("currencyID"))}
    return root.only_text("DocumentCurrencyCode") or (codes.pop() if len(codes) == 1 else None)


def _name(party: Group) -> str | None:
    return party.text("PartyLegalEntity/RegistrationName", "PartyName/Name")


def _seller(party: Group) -> dict[str, Any]:
    parts = ("StreetName", "AdditionalStreetName", "PostalZone", "CityName", "Country/IdentificationCode")
    address = [party.text(f"PostalAddress/{part}") for part in parts]
    return {
        "seller_name": _name(party),
        "seller_tax_id": _tax_number(party),
        "seller_address": ", ".join(part for part in address if part),
    }


def _tax_number(party: Group) -> str | None:
    """Return the number under which the seller charges tax on sales, or any other that has a digit."""
    numbers = [
        ((scheme.text("TaxScheme/ID") or "").upper(), number)
        for scheme in party.all("PartyTaxScheme")
        if (number := scheme.text("CompanyID")) and any(sign.isdigit() for sign in number)
    ]
    chosen = [number for scheme, number in numbers if scheme in _SALES_TAXES] or [number for _, number in numbers]
    return chosen[0] if chosen else None


def _taxes_in(root: Group, currency: str | None) -> list[Group]:
    """Return the totals of tax in the document's currency that together are its tax.

    Each tax can have a total of its own (GST, QST). A total without a breakdown, next to one with a breakdown, repeats
    the same tax for the tax office (BT-111).
    """
    own = [
        tax
        for tax in root.all("TaxTotal")
        if (tax.first("TaxAmount").node.get("currencyID") or currency) == currency and tax.text("TaxAmount")
    ]
    once_more = root.text("TaxCurrencyCode") is not None
    return [tax for tax in own if tax.text("TaxSubtotal/TaxAmount")] or (own[:1] if once_more else own)


def _totals(root: Group, total: Group, taxes: list[Group]) -> dict[str, Any]:
    tax = [amount for share in taxes if (amount := share.number("TaxAmount")) is not None]
    values = {
        "net_total": total.number("TaxExclusiveAmount"),
        "tax_total": sum(tax, Decimal(0)) if tax else None,
        "grand_total": total.number("TaxInclusiveAmount"),
        "amount_paid": total.number("PrepaidAmount") or None,
        "amount_due": total.number("PayableAmount"),
        "line_total": total.number("LineExtensionAmount"),
        "allowance_total": total.number("AllowanceTotalAmount"),
        "charge_total": total.number("ChargeTotalAmount"),
        "rounding": total.number("PayableRoundingAmount"),
    }
    derived = {
        "grand_total": _gross(values),
        "allowance_total": _parts(root, charges=False),
        "charge_total": _parts(root, charges=True),
    }
    return values | {name: value for name, value in derived.items() if values[name] is None}


def _parts(root: Group, *, charges: bool) -> Decimal | None:
    """Return the sum of a document's charges, or of its allowances, if the document does not state the sum itself."""
    wanted = [part for part in root.all("AllowanceCharge") if _is_charge(part) == charges]
    amounts = [amount for part in wanted if (amount := part.number("Amount")) is not None]
    return sum(amounts, Decimal(0)) if amounts else None


def _is_charge(part: Group) -> bool:
    return part.text("ChargeIndicator") in TRUE


def _gross(values: dict[str, Decimal | None]) -> Decimal | None:
    """Return the total with tax if UBL 2.0 leaves it out: net and tax, if that is the sum of due and paid."""
    net, tax, due = values["net_total"], values["tax_total"], values["amount_due"]
    if net is None or due is None:
        return None
    gross = net + (tax or Decimal(0))
    stated = due + (values["amount_paid"] or Decimal(0)) - (values["rounding"] or Decimal(0))
    return gross if same(gross, stated) else None


def _shares(taxes: list[Group]) -> Iterator[TaxShare]:
    for share in (share for tax in taxes for share in tax.all("TaxSubtotal")):
        amount = share.number("TaxAmount") or Decimal(0)
        yield TaxShare(share.number("TaxCategory/Percent", "Percent"), share.number("TaxableAmount"), amount)


def _foreign_currencies(root: Group, currency: str | None) -> tuple[str, ...]:
    """Return the currencies, other than the document's, of amounts that must be in it."""
    strange: set[str] = set()
    tax_money = root.text("TaxCurrencyCode")
    for child in root.node:
        if child.tag in _APART:
            continue
        codes = {code for node in child.iter() if (code := node.get("currencyID"))}
        strange |= codes - {tax_money} if child.tag == "TaxTotal" else codes
    return tuple(sorted(strange - {currency}))


def _lines(root: Group) -> Iterator[StatedLine]:
    for line in root.all(*_LINES):
        price = line.first("Price")
        amount, base = price.number("PriceAmount"), price.number("BaseQuantity")
        quantity, net = line.number(*_QUANTITIES), line.number("LineExtensionAmount")
        parts = ((part.number("Amount") or Decimal(0), _is_charge(part)) for part in line.all("AllowanceCharge"))
        yield StatedLine(
            InvoiceLine(
                line.text("Item/Name", "Item/Description") or "",
                quantity,
                unit_price(amount, base),
                net,
                line.number("Item/ClassifiedTaxCategory/Percent"),
            ),
            amount,
            base,
            sum((value if is_charge else -value for value, is_charge in parts), Decimal(0)),
        )
