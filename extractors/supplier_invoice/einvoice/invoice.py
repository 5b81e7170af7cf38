"""The fields and lines of an electronic invoice, its kind of document, and its faults."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any

from lxml import etree

from extractors.supplier_invoice.classify import calls_itself_no_bill
from extractors.supplier_invoice.direction import CREDIT_NOTE, INVOICE, Kind, doubtful_credit
from extractors.supplier_invoice.einvoice.cii import read_cii
from extractors.supplier_invoice.einvoice.document_codes import doubtful_kind, kind_of, never_a_bill
from extractors.supplier_invoice.einvoice.stated import Stated, StatedLine
from extractors.supplier_invoice.einvoice.ubl import read_ubl
from extractors.supplier_invoice.einvoice.xml_values import Group, without_namespaces
from extractors.supplier_invoice.payment_remarks import settled_finding, stamp_in, statement_in
from extractors.supplier_invoice.sums import CENT
from keywright.findings import Finding
from keywright.findings import Kind as About
from keywright.model.fields import Field, InvoiceLine
from keywright.model.reading import EInvoice

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class ElectronicBill:
    """The contents of an e-invoice. ``no_bill`` is the finding that, by its type code, it is nothing to pay."""

    fields: dict[str, Field[Any]]
    lines: tuple[InvoiceLine, ...]
    findings: tuple[Finding, ...]
    no_bill: Finding | None = None


@lru_cache(maxsize=2)  # recognising and extracting need it one after the other
def read_einvoice(einvoice: EInvoice) -> ElectronicBill:
    """Return fields and lines as the XML gives them, valid or not; an element that is missing gives no field.

    XML that cannot be parsed gives no fields, but a finding.
    """
    root, defect = _parsed(einvoice)
    damaged = tuple(_damaged(einvoice, defect))
    if root is None:
        return ElectronicBill({}, (), damaged)
    doubts: list[Finding] = []
    stated = (read_cii if einvoice.syntax == "cii" else read_ubl)(Group(root, doubts))
    kind = _kind(stated)
    fields = {
        name: Field(name, value, str(value), 1.0, "einvoice")
        for name, value in {**stated.values, "invoice_type": kind}.items()
        if value not in (None, "", ())
    }
    findings = (*damaged, *doubts, *_doubts(stated), *_enclosed(root))
    return ElectronicBill(
        fields, tuple(line.line for line in stated.lines), tuple(dict.fromkeys(findings)), never_a_bill(stated.code)
    )


def _parsed(einvoice: EInvoice) -> tuple[etree._Element | None, str]:
    """Return the root, and the fault of the XML: the engine's finding, or what is found here."""
    for recover in (False, True):
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, recover=recover, remove_comments=True
        )
        try:
            root = etree.fromstring(einvoice.xml.encode(), parser)
        except etree.XMLSyntaxError:
            continue
        if root is not None:
            return without_namespaces(root), einvoice.defect or ("It is not well-formed." if recover else "")
    return None, einvoice.defect or "It cannot be read at all."


def _damaged(einvoice: EInvoice, defect: str) -> Iterator[Finding]:
    if defect:
        name = f" {einvoice.file_name}" if einvoice.file_name else ""
        yield Finding(
            "einvoice-damaged",
            f"The e-invoice{name} is damaged. {defect} Values may be cut or missing. Ask the sender for a sound file; "
            "accept it only after every value was compared with what the sender says.",
            (),
            About.READING,
        )


def _kind(stated: Stated) -> Kind:
    """Return the kind of document; a bill below zero, as corrections often are, gives money back."""
    kind = kind_of(stated.code, stated.root)
    total = stated.values.get("grand_total")
    return CREDIT_NOTE if kind == INVOICE and total is not None and total < 0 else kind


def _doubts(stated: Stated) -> Iterator[Finding]:
    yield from doubtful_kind(stated.code, stated.root)
    if kind_of(stated.code, stated.root) == CREDIT_NOTE:
        yield from doubtful_credit(stated.values.get("grand_total"))
    if stated.unreal:
        yield Finding(
            "einvoice-unreal",
            f"The e-invoice says of itself that it is {stated.unreal}. Look whether the bill itself came in, and "
            "refuse this one if it did or was never meant to be paid.",
        )
    yield from islice(_noted(stated), 1)
    yield from _foreign_currencies(stated)
    yield from _wrong_lines(stated.lines)
    if stated.collected and (stated.values.get("amount_due") or Decimal(0)) > 0:
        yield Finding(
            "direct-debit",
            f"The e-invoice says that the seller withdraws the {stated.values['amount_due']} from our account himself "
            "(direct debit). Accept it if the bill is to be entered all the same, and see that it is not paid twice.",
            ("amount_due",),
        )


def _noted(stated: Stated) -> Iterator[Finding]:
    """Yield the reasons against paying in a bill's own name, notes and terms: it is paid, withdrawn, or no bill."""
    if _kind(stated) != INVOICE or (stated.values.get("amount_due") or Decimal(0)) <= 0:
        return
    for note in stated.notes:
        for sentence in re.split(r"(?<=[.!?;])\s+|\n+", note):
            if calls_itself_no_bill(sentence):
                yield Finding(
                    "einvoice-note",
                    f"The e-invoice is a bill by its type code, and it says “{sentence[:120]}”. Look what it is, and "
                    "ask the sender if it does not say so.",
                    ("invoice_type",),
                )
            elif settled := statement_in(sentence) or stamp_in(sentence):
                yield settled_finding(settled, sentence[:120])


def _enclosed(root: etree._Element) -> Iterator[Finding]:
    """Yield the finding that files are enclosed in the XML, for example the evidence for a bill."""
    nodes = list(root.iter("EmbeddedDocumentBinaryObject", "AttachmentBinaryObject"))
    names = ["".join(filter(str.isprintable, node.get("filename") or "without a name"))[:60] for node in nodes]
    if names:
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        yield Finding(
            "enclosed-files",
            f"The e-invoice encloses files that were not read: {', '.join(names[:_MOST_NAMED])}{more}.",
            asks=False,
        )


def _foreign_currencies(stated: Stated) -> Iterator[Finding]:
    if stated.foreign_currencies:
        currency = stated.values.get("currency") or "no currency"
        other_currencies = ", ".join(code[:8] for code in stated.foreign_currencies[:_MOST_NAMED])
        yield Finding(
            "einvoice-currency",
            f"The e-invoice is in {currency[:8]} by its head, and has amounts in {other_currencies}. "
            "Ask the sender which is right.",
            ("currency",),
        )


def _wrong_lines(lines: tuple[StatedLine, ...]) -> Iterator[Finding]:
    """Yield one finding for the lines whose amount is not quantity times price."""
    wrong = [(number, row) for number, row in enumerate(lines, 1) if not _makes_its_amount(row)]
    if wrong:
        details = "; ".join(
            f"line {number}: {row.line.quantity} × {row.line.unit_price} is not {row.line.net_amount}"
            for number, row in wrong[:_MOST_NAMED]
        )
        more = f"; and {len(wrong) - _MOST_NAMED} more" if len(wrong) > _MOST_NAMED else ""
        yield Finding(
            "line-amount",
            f"On the e-invoice, quantity and price do not make the amount of a line ({details}{more}). Ask the sender "
            "which is right; accept it only if the amounts of the lines are.",
        )


def _makes_its_amount(row: StatedLine) -> bool:
    """Return whether quantity × price, with charges and allowances, is the line's amount except for rounding.

    The price itself can be rounded to its last decimal. A credit note can have one of the two below zero. Some programs
    give the whole quantity as the base quantity of the price.
    """
    quantity, net = row.line.quantity, row.line.net_amount
    if quantity is None or net is None or row.price is None:
        return True
    units = quantity / (row.base or Decimal(1))
    places = -min(0, int(row.price.as_tuple().exponent))
    within = 2 * CENT + abs(units) * Decimal(5) / 10 ** (places + 1)
    ways = [units, -units, *([quantity] if row.base == quantity else [])]
    return any(abs(way * row.price + row.added - net) <= within for way in ways)
