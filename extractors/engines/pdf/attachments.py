"""The files inside a PDF: the electronic invoice among them, and the names of all others."""

from __future__ import annotations

import ctypes
import io
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pypdf
import pypdfium2 as pdfium
import pypdfium2.raw as c
from lxml import etree
from pypdf.errors import PyPdfError

from extractors.engines.attached_files import names_of
from extractors.engines.einvoice import LARGEST, read_einvoice
from extractors.engines.refusals import PORTFOLIO, refuse
from keywright.messages import Message
from keywright.model.reading import Attached, EInvoice
from keywright.model.values import media_types as types

#: The names that the standards give to the e-invoice inside the PDF, the most reliable first.
_NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "order-x.xml")
#: How a file may be related to the document (ISO 32000-2, AFRelationship): as its data, or unspecified.
_DATA, _UNSPECIFIED = frozenset(["Alternative", "Data", "Source"]), "Unspecified"
#: Kinds of file that are no bill themselves: a signature, print settings, a note.
_HARMLESS = frozenset([types.EMPTY, types.TEXT, types.XML, types.UNKNOWN, types.SIGNED])
_SUFFIXES = frozenset(["pdf", "png", "jpg", "jpeg", "tif", "tiff", "heic", "doc", "docx", "xls", "xlsx", "zip"])
_MOST = 50
_FAULTS = (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, zlib.error, RecursionError)


@dataclass(frozen=True, slots=True)
class _File:
    """A file inside a PDF; ``kind`` is its media type. The content is stored only for XML."""

    name: str
    kind: str
    content: bytes


def files_in_pdf(pdf: pdfium.PdfDocument, content: bytes, printed: str) -> tuple[EInvoice | None, tuple[Attached, ...]]:
    """Return the electronic invoice inside a PDF, None if there is none, and the other files inside.

    Of several e-invoices that differ, the first choice is the one whose number is printed on the pages, then the one
    that the PDF relates to itself as its data, then the one with a standard's name. Refer a portfolio, whose pages are
    a cover and whose files are the documents.
    """
    files = list(_files(pdf, content))
    if not files:
        return None, ()
    bills = [
        (file, bill) for file in files if file.kind == types.XML and (bill := read_einvoice(file.content, file.name))
    ]
    if len(files) == len(bills) == 1:
        return bills[0][1], ()
    related, is_portfolio = _relations(content)
    bills.sort(key=lambda pair: _rank(pair[0].name, _number(pair[1]), related, printed))
    first_identity = {_identity(bill) for _, bill in bills[:1]}
    other_files = [file for file in files if not bills or file is not bills[0][0]]
    other_bills = {file.name for file, bill in bills if _identity(bill) not in first_identity}
    copies = {file.name for file, _ in bills} - other_bills
    attached = tuple(
        Attached(_printable_name(file.name), file.name in other_bills or _may_be_a_bill(file, related))
        for file in other_files
        if file.name not in copies
    )
    if is_portfolio and not bills:
        raise refuse(PORTFOLIO, Message("It is a portfolio, a folder of files: {files}.", files=names_of(attached)))
    return (bills[0][1] if bills else None), attached


def _may_be_a_bill(file: _File, related: Mapping[str, str]) -> bool:
    """Return whether a file could be a document of its own, by its kind, or by its name if the kind is unknown."""
    suffix = file.name.lower().rpartition(".")[2]
    harmless = file.kind in _HARMLESS and not (file.kind == types.UNKNOWN and suffix in _SUFFIXES)
    return not harmless and related.get(file.name, _UNSPECIFIED) == _UNSPECIFIED


def _rank(name: str, number: str, related: Mapping[str, str], printed: str) -> tuple[bool, int, int, str]:
    """Return the sort key of an e-invoice among several; the lowest is the document's own."""
    plain, relation = name.lower(), related.get(name, "")
    known = _NAMES.index(plain) if plain in _NAMES else len(_NAMES) + (not plain.endswith(".xml"))
    return (
        not number or _bare(number) not in _bare(printed),
        0 if relation in _DATA else 1 if relation in ("", _UNSPECIFIED) else 2,
        known,
        plain,
    )


def _bare(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _number(bill: EInvoice) -> str:
    return _identity(bill)[0]


def _identity(bill: EInvoice) -> tuple[str, str]:
    """Return the number and the total of an e-invoice: two that share them are the same bill in two formats."""
    root = etree.fromstring(bill.xml.encode(), etree.XMLParser(resolve_entities=False, recover=True))
    number = root.xpath("string((./*[local-name()='ID'] | ./*/*[local-name()='ID'])[1])")
    total = root.xpath("string(.//*[local-name()='TaxInclusiveAmount' or local-name()='GrandTotalAmount'])")
    whole, _, cents = str(total).strip().partition(".")
    return str(number).strip(), f"{whole}.{cents.rstrip('0')}"


def _printable_name(name: str) -> str:
    """Return a file's name in printable letters and not too long."""
    plain = "".join(letter for letter in name if letter.isprintable()).strip()
    return plain if len(plain) <= 60 else f"{plain[:40]}…{plain[-15:]}"


def _files(pdf: pdfium.PdfDocument, content: bytes) -> Iterator[_File]:
    """Yield the files in a PDF, each name once.

    pdfium knows the files that are names_of in the document's name tree. If it knows none although the PDF holds a file
    (in /AF or on a page), or if a page has a further file, pypdf is used, which takes longer.
    """
    names: set[str] = set()
    for name, data in _files_in_name_tree(pdf):
        names.add(name)
        yield _file(name, data)
    if (not names and _holds_a_file(content)) or (names and b"/FileAttachment" in content):
        for name, data in _files_outside_name_tree(content):
            if name not in names:
                names.add(name)
                yield _file(name, data)


def _file(name: str, data: bytes) -> _File:
    kind = types.media_type(data) if data else "application/x-unread"
    return _File(name, kind, data if kind == types.XML else b"")


def _files_in_name_tree(pdf: pdfium.PdfDocument) -> Iterator[tuple[str, bytes]]:
    for index in range(min(pdf.count_attachments(), _MOST)):
        attachment = c.FPDFDoc_GetAttachment(pdf.raw, index)
        if not attachment:
            continue
        size = ctypes.c_ulong()
        c.FPDFAttachment_GetFile(attachment, None, 0, size)
        if not 0 < size.value <= LARGEST:
            yield _name_of(attachment), b""
            continue
        buffer = ctypes.create_string_buffer(size.value)
        if c.FPDFAttachment_GetFile(attachment, buffer, size.value, size):
            yield _name_of(attachment), buffer.raw[: size.value]


def _name_of(attachment: c.FPDF_ATTACHMENT) -> str:
    size = c.FPDFAttachment_GetName(attachment, None, 0)
    if not 2 < size < 2000:
        return ""
    buffer = (c.FPDF_WCHAR * (size // 2 + 1))()
    c.FPDFAttachment_GetName(attachment, buffer, size)
    return bytes(buffer)[: size - 2].decode("utf-16-le", "replace")


def _relations(content: bytes) -> tuple[dict[str, str], bool]:
    """Return how each file is related to the document, by name, and whether the PDF is a portfolio of its files."""
    related: dict[str, str] = {}
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            return related, False
        for file in reader.attachment_list:
            relation = str(file.associated_file_relationship or "").removeprefix("/")
            related |= {name: relation for name in (file.name, file.alternative_name) if name and relation}
        return related, "/Collection" in reader.root_object
    except _FAULTS:
        return related, False


def _holds_a_file(content: bytes) -> bool:
    """Return whether the PDF refers to an embedded file, directly or inside an object stream."""
    if re.search(rb"/EF\b|/EmbeddedFile\b", content):
        return True
    return any(b"/EF" in stream for stream in _object_streams(content))


def _object_streams(content: bytes) -> Iterator[bytes]:
    """Yield the contents of the compressed object streams, up to a megabyte each."""
    for match in re.finditer(rb"/ObjStm\b[^>]{0,200}>>\s*stream\r?\n", content):
        try:
            yield zlib.decompressobj().decompress(content[match.end() :], 1_000_000)
        except zlib.error:
            continue


def _files_outside_name_tree(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the files that are attached to the document or a page, but are not in its name tree."""
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            return
        holders = [reader.root_object, *reader.pages]
        for holder in holders:
            yield from _attached_to(holder)
    except _FAULTS:
        return


def _attached_to(holder: pypdf.generic.DictionaryObject) -> Iterator[tuple[str, bytes]]:
    specs = [spec.get_object() for spec in holder.get("/AF", [])]
    for reference in holder.get("/Annots", None) or []:
        note = reference.get_object()
        if note.get("/Subtype") == "/FileAttachment" and "/FS" in note:
            specs.append(note["/FS"].get_object())
    for spec in specs:
        streams = spec["/EF"]
        stream = streams.get("/F", streams.get("/UF"))
        if stream is not None:
            yield str(spec.get("/UF", spec.get("/F", ""))), stream.get_object().get_data()
