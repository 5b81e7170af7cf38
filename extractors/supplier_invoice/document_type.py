"""Supplier invoices: recognised among other documents, and read from XML, text layer or scan into fields and lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from extractors.alternatives import Reread
from extractors.supplier_invoice.alternatives import invoice_choices, values_of
from extractors.supplier_invoice.checks.canada import proper_invoice
from extractors.supplier_invoice.classify import not_an_invoice
from extractors.supplier_invoice.confidence.calibration import calibrated
from extractors.supplier_invoice.confidence.evidence import evidence_of
from extractors.supplier_invoice.direction import CREDIT_NOTE, doubtful_credit
from extractors.supplier_invoice.einvoice.invoice import read_einvoice
from extractors.supplier_invoice.fields.bank_accounts import other_accounts
from extractors.supplier_invoice.layout.rows import InvoiceSheet
from extractors.supplier_invoice.layout_fields import LAYOUT_FIELDS
from extractors.supplier_invoice.payment_remarks import WITHDRAWN
from extractors.supplier_invoice.reading.headings import UNNAMED
from extractors.supplier_invoice.reading.print import Printed, read_print
from extractors.supplier_invoice.reading.reconcile import reconcile
from extractors.supplier_invoice.terms import InvoiceTerms
from extractors.supplier_invoice.votes import both_votes, readers_differ
from keywright.findings import Finding, Kind
from keywright.model.alternatives import Choice
from keywright.model.document_type import KeyFields, Wording
from keywright.model.fields import Extraction, Field, FieldSpec, specs_of
from keywright.model.layout import LayoutFields
from keywright.model.reading import Line, Reading
from keywright.model.values.bank_accounts import ACCOUNTS_APART


class SupplierInvoice(InvoiceTerms, Reread):
    """An invoice or credit note of a supplier; field names and meaning follow EN 16931."""

    name: ClassVar[str] = "invoice"
    has_ticks: ClassVar[bool] = False
    has_lines: ClassVar[bool] = True
    key_fields: ClassVar[KeyFields] = KeyFields(
        sender=(InvoiceTerms.seller_name,),
        number=(InvoiceTerms.invoice_number,),
        amount=(InvoiceTerms.grand_total, InvoiceTerms.amount_due),
        currency=(InvoiceTerms.currency,),
    )
    layout_fields: ClassVar[LayoutFields] = LAYOUT_FIELDS
    wording: ClassVar[Wording] = Wording(in_letters="your invoice %(number)s", refused_as="Not an invoice")

    @classmethod
    def specs(cls) -> Mapping[str, FieldSpec[Any]]:
        """Return the fields by name, in the order in which a person reads them."""
        return specs_of(cls)

    @classmethod
    def recognise(cls, reading: Reading, /) -> Finding | None:
        """Return None for one invoice or credit note; otherwise the reason why a person must look at it."""
        if reading.einvoice is not None:
            return read_einvoice(reading.einvoice).no_bill
        printed = read_print(reading)
        return not_an_invoice(printed.sheet, printed.numbers, printed.totalled)

    @classmethod
    def extract(cls, reading: Reading, /) -> Extraction:
        """Read every field that is present; values in XML and print are compared, and a difference is a finding."""
        extraction = cls._extracted(reading)
        return replace(extraction, findings=(*extraction.findings, *proper_invoice(reading, extraction)))

    @classmethod
    def choices_within(cls, reading: Reading, extraction: Extraction, /) -> Mapping[str, tuple[Choice, ...]]:
        """Return the other possible values of each field, the likeliest first."""
        return invoice_choices(reading, extraction, cls.specs())

    @classmethod
    def values_in(cls, spec: FieldSpec[Any], lines: Sequence[Line], reading: Reading, /) -> tuple[str, ...]:
        """Return the meaning of lines of print in a field, spelled as a person types it."""
        return values_of(spec, lines, reading)

    @classmethod
    def _extracted(cls, reading: Reading) -> Extraction:
        printed = read_print(reading)
        evidence = evidence_of(printed)
        sure = calibrated(printed.fields, evidence)
        if reading.einvoice is None:
            voted = both_votes(sure, printed.learned, evidence, reading.pages)
            questions = readers_differ(voted, printed.learned, evidence)
            fields_read = _ordered(_with_accounts(voted, printed.sheet))
            return Extraction(cls.name, fields_read, printed.lines, (*printed.findings, *_sign(voted), *questions))
        bill = read_einvoice(reading.einvoice)
        merged, findings = reconcile(bill.fields, sure, printed)
        fields = _with_accounts(merged, printed.sheet)
        remaining = _remaining_findings(printed, bill.fields, bill.findings)
        return Extraction(
            cls.name, _ordered(fields), bill.lines or printed.lines, (*bill.findings, *findings, *remaining)
        )


def _with_accounts(fields: Mapping[str, Field[Any]], sheet: InvoiceSheet) -> Mapping[str, Field[Any]]:
    """Return the fields with every further bank account that the e-invoice states or a page prints."""
    known, name = fields.get("iban"), SupplierInvoice.other_accounts.name
    stated = str(fields[name].value).split(ACCOUNTS_APART) if name in fields else ()
    further_accounts = other_accounts(sheet, known.value if known else None, stated)
    return {**fields, name: further_accounts} if further_accounts else fields


def _ordered(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in SupplierInvoice.specs() if name in fields}


def _sign(printed: Mapping[str, Field[Any]]) -> Iterator[Finding]:
    """Return the doubt about the sign of a document that is headed as a credit note."""
    kind, total = printed.get("invoice_type"), printed.get("grand_total")
    if kind and total and kind.value == CREDIT_NOTE:
        yield from doubtful_credit(total.value)


def _remaining_findings(printed: Printed, known: Iterable[str], xml_findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the doubts of the print that the XML does not settle and does not have itself."""
    settled = set(known)
    left_out = {"unread", UNNAMED}  # what the XML leaves out is not there, and it says what it is
    left_out |= {WITHDRAWN} if any(finding.rule == "direct-debit" for finding in xml_findings) else set()
    doubts = (f for f in printed.findings if f.rule not in left_out)
    return tuple(f for f in doubts if f.kind is not Kind.READING or not settled & set(f.fields))
