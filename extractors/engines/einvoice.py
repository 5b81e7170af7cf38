"""Reads the XML of an electronic invoice, alone or in an envelope, and finds its syntax (CII or UBL)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from extractors.engines.refusals import NOT_A_DOCUMENT, TOO_LARGE, refuse
from keywright.errors import Refer
from keywright.findings import Kind
from keywright.messages import Message
from keywright.model.reading import EInvoice

#: The largest file that is read, in bytes, and the largest without the files that are enclosed in the XML.
LARGEST, _LARGEST_BARE = 60_000_000, 20_000_000
_CII = frozenset(["CrossIndustryInvoice", "CrossIndustryDocument"])  # the latter is ZUGFeRD 1
_UBL = frozenset(["Invoice", "CreditNote", "DebitNote", "SelfBilledInvoice", "SelfBilledCreditNote", "FreightInvoice"])
_UBL_NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:"
#: Elements that hold a file as text, and text that can only be such a file; it may be very long, so it is not parsed.
_ENCLOSED = frozenset(["EmbeddedDocumentBinaryObject", "AttachmentBinaryObject"])
_FILE = re.compile(rb">[A-Za-z0-9+/=\s]{20000,}<")
_ENVELOPES = 5  # elements around an invoice in its envelope (StandardBusinessDocument has one)
_NEAR = 24


def read_einvoice(content: bytes, file_name: str = "") -> EInvoice | None:
    """Return the electronic invoice that these bytes are, or that they hold in an envelope; None if there is none.

    No entity is resolved and nothing is fetched. XML that is not well-formed is repaired as far as possible, and
    ``defect`` says where it was wrong. Files enclosed in the XML are left out.
    """
    root, defect = _parsed(content)
    bills = list(_bills(root)) if root is not None else []
    if len(bills) != 1:
        return None
    bill = bills[0]
    for node in bill.iter(etree.Element):
        if _local(node) in _ENCLOSED:
            node.text = None
    for reference in list(bill.iter(etree.Entity)):
        parent = reference.getparent()
        if parent is not None:
            parent.remove(reference)
            defect = defect or "It holds entity references, which were left out."
    return EInvoice(_syntax(bill), file_name, etree.tostring(bill, encoding="unicode", with_tail=False), defect)


def not_an_einvoice(content: bytes) -> Refer:
    """Return why this XML is not read: it is too large, another kind of document, or holds several invoices."""
    if len(_without_files(content)) > _LARGEST_BARE or len(content) > LARGEST:
        return refuse(TOO_LARGE, Message("The XML is too long."))
    root, _ = _parsed(content)
    bills = len(list(_bills(root))) if root is not None else 0
    if root is None:
        return refuse(NOT_A_DOCUMENT, Message("It is XML that cannot be parsed."))
    if bills > 1:
        return Refer.because(
            NOT_A_DOCUMENT,
            Message(
                "{count} e-invoices in one file. Take them apart, or ask the sender for one file for each, and put "
                "each in by itself.",
                count=bills,
            ),
            kind=Kind.READING,
        )
    name = _local(root)[:60]
    return refuse(
        NOT_A_DOCUMENT, Message("It is XML of the kind “{name}”, but not an e-invoice (CII or UBL 2).", name=name)
    )


def _parsed(content: bytes) -> tuple[etree._Element | None, str]:
    """Return the root of the XML and what is wrong with it."""
    start = _without_files(content).lstrip() if len(content) <= LARGEST else b""
    if not start or len(start) > _LARGEST_BARE:
        return None, ""
    defect, encoding = "", _encoding(start)
    for recover in (False, True):
        parser = etree.XMLParser(
            encoding=encoding,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
            recover=recover,
        )
        try:
            root = etree.fromstring(start, parser)
        except etree.XMLSyntaxError as error:
            defect = _where(error, start)
            continue
        except ValueError:
            continue
        if root is not None and isinstance(root.tag, str):
            return root, defect
    return None, ""


def _encoding(content: bytes) -> str | None:
    """Return the encoding where the XML does not state it or states it wrongly; None if the parser finds it itself.

    UTF-16 may come without its byte order mark, and programs that build XML as text often call it UTF-16 where it is
    UTF-8.
    """
    for start, encoding in ((b"<\0", "UTF-16LE"), (b"\0<", "UTF-16BE")):
        if content.startswith(start):
            return encoding
    declared = re.match(rb"(?:\xef\xbb\xbf)?<\?xml[^>]{0,80}encoding\s*=\s*[\"']utf-?16", content, re.IGNORECASE)
    return "utf-8" if declared else None


def _without_files(content: bytes) -> bytes:
    return _FILE.sub(b"><", content)


def _where(error: etree.XMLSyntaxError, content: bytes) -> str:
    """Return the place at which the XML is not well-formed, with the text around it."""
    line, column = error.position
    text = content.splitlines()[line - 1] if 0 < line <= content.count(b"\n") + 1 else b""
    surroundings = text[max(0, column - 1 - _NEAR) : column + _NEAR].decode("utf-8", "replace")
    excerpt = "".join(letter for letter in surroundings if letter.isprintable()).strip()
    return f"Line {line} is not well-formed" + (f", near “{excerpt}”." if excerpt else ".")


def _bills(root: etree._Element, depth: int = _ENVELOPES) -> Iterator[etree._Element]:
    """Yield the invoices that an element is, or contains."""
    if _syntax(root):
        yield root
    elif depth:
        for child in root.iterchildren(etree.Element):
            yield from _bills(child, depth - 1)


def _syntax(root: etree._Element) -> str:
    namespace, name = str(root.tag).rpartition("}")[0].removeprefix("{"), _local(root)
    if name in _CII:
        return "cii"
    return "ubl" if name in _UBL and namespace.startswith(_UBL_NAMESPACE) else ""


def _local(node: etree._Element) -> str:
    """Return an element's name without its namespace, or without a prefix that has no namespace."""
    return str(node.tag).rpartition("}")[2].rpartition(":")[2]
