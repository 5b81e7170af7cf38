"""Supplier invoices: told from other paper, and read from XML, text layer or scan into fields and lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from extractors.invoices.einvoice import read_einvoice
from extractors.invoices.printed import Printed, read_print
from extractors.invoices.recognition import not_an_invoice
from extractors.invoices.reconcile import reconcile
from keywright.fields import AMOUNT, DATE, TEXT, Extraction, FieldSpec, specs_of
from keywright.findings import Finding, Kind
from keywright.readings import Reading
from keywright.tax_breakdown import BREAKDOWN, Breakdown


class SupplierInvoice:
    """An invoice or credit note of a supplier; field names and meaning follow EN 16931."""

    name: ClassVar[str] = "invoice"

    invoice_number: FieldSpec[str] = FieldSpec(TEXT, "Invoice number")
    issue_date: FieldSpec[dt.date] = FieldSpec(DATE, "Invoice date")
    invoice_type: FieldSpec[str] = FieldSpec(TEXT, "Kind of document")
    currency: FieldSpec[str] = FieldSpec(TEXT, "Currency")
    due_date: FieldSpec[dt.date] = FieldSpec(DATE, "Due date")
    purchase_order: FieldSpec[str] = FieldSpec(TEXT, "Purchase order")
    payment_terms: FieldSpec[str] = FieldSpec(TEXT, "Payment terms")
    seller_name: FieldSpec[str] = FieldSpec(TEXT, "Seller")
    seller_tax_id: FieldSpec[str] = FieldSpec(TEXT, "Seller's tax number")
    seller_address: FieldSpec[str] = FieldSpec(TEXT, "Seller's address")
    buyer_name: FieldSpec[str] = FieldSpec(TEXT, "Buyer")
    iban: FieldSpec[str] = FieldSpec(TEXT, "Bank account")
    line_total: FieldSpec[Decimal] = FieldSpec(AMOUNT, "Sum of lines")
    allowance_total: FieldSpec[Decimal] = FieldSpec(AMOUNT, "Allowances")
    charge_total: FieldSpec[Decimal] = FieldSpec(AMOUNT, "Charges")
    net_total: FieldSpec[Decimal] = FieldSpec(AMOUNT, "Total without tax")
    tax_total: FieldSpec[Decimal] = FieldSpec(AMOUNT, "Tax")
    grand_total: FieldSpec[Decimal] = FieldSpec(AMOUNT, "Total with tax")
    amount_paid: FieldSpec[Decimal] = FieldSpec(AMOUNT, "Amount paid")
    rounding: FieldSpec[Decimal] = FieldSpec(AMOUNT, "Rounding")
    amount_due: FieldSpec[Decimal] = FieldSpec(AMOUNT, "Amount due")
    tax_breakdown: FieldSpec[Breakdown] = FieldSpec(BREAKDOWN, "Tax by rate")

    @classmethod
    def specs(cls) -> Mapping[str, FieldSpec[Any]]:
        """Return the fields by name, in the order a person reads them."""
        return specs_of(cls)

    @classmethod
    def recognise(cls, reading: Reading, /) -> Finding | None:
        """Return None for one invoice or credit note; else why a person must look, in words."""
        if reading.einvoice is not None:
            return None
        printed = read_print(reading)
        return not_an_invoice(printed.sheet, printed.numbers, printed.totalled)

    @classmethod
    def extract(cls, reading: Reading, /) -> Extraction:
        """Read every field that is there; what XML and print both tell is compared, and a difference is a finding."""
        printed = read_print(reading)
        if reading.einvoice is None:
            return Extraction(cls.name, _ordered(printed.fields), printed.lines, printed.findings)
        fields, lines = read_einvoice(reading.einvoice)
        merged, findings = reconcile(fields, printed.fields, printed.sheet, printed.money)
        kept = _still(printed, fields)
        return Extraction(cls.name, _ordered(merged), lines or printed.lines, (*findings, *kept))


def _ordered(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in SupplierInvoice.specs() if name in fields}


def _still(printed: Printed, known: Iterable[str]) -> tuple[Finding, ...]:
    """Return the doubts of the print that the XML does not settle."""
    settled = set(known)
    return tuple(f for f in printed.findings if f.kind is not Kind.READING or not settled & set(f.fields))
