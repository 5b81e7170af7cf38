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
from keywright.messages import Message
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
        message = Message(
            "E-invoice damaged. {file}: {defect} Values may be cut or missing. Ask the sender for a sound file; accept "
            "it only after you have compared every value with what the sender says.",
            file=einvoice.file_name or "XML",
            defect=Message(defect),
        )
        yield Finding("einvoice-damaged", message, (), About.READING)


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
            Message(
                "E-invoice is not the original. It calls itself {kind}. Check whether the bill itself came in, and "
                "reject this one if it did, or if it was never meant to be paid.",
                kind=Message(stated.unreal),
            ),
        )
    yield from islice(_noted(stated), 1)
    yield from _foreign_currencies(stated)
    yield from _wrong_lines(stated.lines)
    if stated.collected and (stated.values.get("amount_due") or Decimal(0)) > 0:
        yield Finding(
            "direct-debit",
            Message(
                "Paid by direct debit. The e-invoice says that the seller withdraws {due} from our account. Accept it "
                "if the bill is to be entered anyway, and make sure that it is not paid twice.",
                due=stated.values["amount_due"],
            ),
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
                    Message(
                        "May not be a bill. The e-invoice is a bill by its type code, but it says “{words}”. Check "
                        "what it is, and ask the sender if it does not say so.",
                        words=sentence[:120],
                    ),
                    ("invoice_type",),
                )
            elif settled := statement_in(sentence) or stamp_in(sentence):
                yield settled_finding(settled, sentence[:120])


def _enclosed(root: etree._Element) -> Iterator[Finding]:
    """Yield the finding that files are enclosed in the XML, for example the evidence for a bill."""
    nodes = list(root.iter("EmbeddedDocumentBinaryObject", "AttachmentBinaryObject"))
    names = ["".join(filter(str.isprintable, node.get("filename") or "without a name"))[:60] for node in nodes]
    if names:
        rest = len(names) - _MOST_NAMED
        more = (Message("{count} more", count=rest),) if rest > 0 else ()
        message = Message(
            "E-invoice contains files that were not read. They are: {files}.", files=(*names[:_MOST_NAMED], *more)
        )
        yield Finding("enclosed-files", message, asks=False)


def _foreign_currencies(stated: Stated) -> Iterator[Finding]:
    if stated.foreign_currencies:
        currency = stated.values.get("currency")
        message = Message(
            "E-invoice has amounts in two currencies. Its currency is {currency}, and it has amounts in {others}. Ask "
            "the sender which is right.",
            currency=currency[:8] if currency else Message("not given"),
            others=tuple(code[:8] for code in stated.foreign_currencies[:_MOST_NAMED]),
        )
        yield Finding("einvoice-currency", message, ("currency",))


def _wrong_lines(lines: tuple[StatedLine, ...]) -> Iterator[Finding]:
    """Yield one finding for the lines whose amount is not quantity times price."""
    wrong = [(number, row) for number, row in enumerate(lines, 1) if not _makes_its_amount(row)]
    if wrong:
        rest = len(wrong) - _MOST_NAMED
        more = (Message("{count} more", count=rest),) if rest > 0 else ()
        message = Message(
            "Line amount does not match quantity and price. On the e-invoice: {lines}. Ask the sender which is right; "
            "accept it only if the line amounts are right.",
            lines=(*(_wrong_line(number, row.line) for number, row in wrong[:_MOST_NAMED]), *more),
        )
        yield Finding("line-amount", message)


def _wrong_line(number: int, line: InvoiceLine) -> Message:
    return Message(
        "line {number}: {quantity} × {price} is not {amount}",
        number=number,
        quantity=str(line.quantity),
        price=str(line.unit_price),
        amount=str(line.net_amount),
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
