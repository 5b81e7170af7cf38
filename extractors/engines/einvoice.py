"""Finds the XML of an electronic invoice, bare or carried inside a PDF, and tells its syntax."""

from __future__ import annotations

import ctypes
import io
import re
import zlib
from collections.abc import Iterator

import pypdf
import pypdfium2 as pdfium
import pypdfium2.raw as c
from lxml import etree
from pypdf.errors import PyPdfError

from keywright.readings import EInvoice

#: The names that the standards give to the file inside the PDF, surest first.
_NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "order-x.xml")
_LARGEST = 20_000_000
_CII = frozenset(["CrossIndustryInvoice", "CrossIndustryDocument"])  # the latter is ZUGFeRD 1
_UBL = frozenset(["Invoice", "CreditNote"])
_UBL_NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:"
_FAULTS = (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, zlib.error)


def read_einvoice(content: bytes, file_name: str = "") -> EInvoice | None:
    """Return the electronic invoice that these bytes are, None if they are none.

    No entity is resolved and nothing is fetched. XML that is not well-formed is mended as far as
    it can be, and ``defect`` says so.
    """
    root, defect = _parsed(content)
    if root is None or not isinstance(root.tag, str):
        return None
    syntax = _syntax(root)
    if not syntax:
        return None
    for reference in list(root.iter(etree.Entity)):
        parent = reference.getparent()
        if parent is not None:
            parent.remove(reference)
            defect = defect or "It holds entity references, which were left out."
    return EInvoice(syntax, file_name, etree.tostring(root, encoding="unicode"), defect)


def _parsed(content: bytes) -> tuple[etree._Element | None, str]:
    """Return the root of the XML and what is wrong with it."""
    if not content or len(content) > _LARGEST:
        return None, ""
    start = content.lstrip()
    for recover in (False, True):
        parser = etree.XMLParser(
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
        except (etree.XMLSyntaxError, ValueError):
            continue
        fault = parser.error_log.last_error if recover else None
        where = f" (line {fault.line})" if fault else ""
        return root, f"It is not well-formed{where}." if recover else ""
    return None, ""


def _syntax(root: etree._Element) -> str:
    name = etree.QName(root)
    if name.localname in _CII:
        return "cii"
    if name.localname in _UBL and (name.namespace or "").startswith(_UBL_NAMESPACE):
        return "ubl"
    return ""


def find_in_pdf(pdf: pdfium.PdfDocument, content: bytes) -> EInvoice | None:
    """Return the electronic invoice that a PDF carries, None if it carries none.

    pdfium knows the files that are listed in the document's name tree. Only if it knows of none and the
    PDF holds a file all the same (in /AF or on a page), pypdf is asked, which takes longer.
    """
    found = _best(_listed(pdf))
    if found is None and pdf.count_attachments() <= 0 and _holds_a_file(content):
        found = _best(_unlisted(content))
    return found


def _best(files: Iterator[tuple[str, bytes]]) -> EInvoice | None:
    """Return the invoice among the files; one that bears a standard's name goes first."""
    candidates = sorted(files, key=lambda file: _rank(file[0]))
    for name, content in candidates:
        invoice = read_einvoice(content, name)
        if invoice:
            return invoice
    return None


def _rank(name: str) -> tuple[int, str]:
    plain = name.lower()
    if plain in _NAMES:
        return _NAMES.index(plain), plain
    return len(_NAMES) + (not plain.endswith(".xml")), plain


def _listed(pdf: pdfium.PdfDocument) -> Iterator[tuple[str, bytes]]:
    for index in range(min(pdf.count_attachments(), 50)):
        attachment = c.FPDFDoc_GetAttachment(pdf.raw, index)
        if not attachment:
            continue
        size = ctypes.c_ulong()
        c.FPDFAttachment_GetFile(attachment, None, 0, size)
        if not 0 < size.value <= _LARGEST:
            continue
        held = ctypes.create_string_buffer(size.value)
        if c.FPDFAttachment_GetFile(attachment, held, size.value, size):
            yield _name_of(attachment), held.raw[: size.value]


def _name_of(attachment: c.FPDF_ATTACHMENT) -> str:
    size = c.FPDFAttachment_GetName(attachment, None, 0)
    if not 2 < size < 2000:
        return ""
    held = (c.FPDF_WCHAR * (size // 2 + 1))()
    c.FPDFAttachment_GetName(attachment, held, size)
    return bytes(held)[: size - 2].decode("utf-16-le", "replace")


def _holds_a_file(content: bytes) -> bool:
    """Tell whether the PDF speaks of an embedded file, in the open or inside an object stream."""
    if re.search(rb"/EF\b|/EmbeddedFile\b", content):
        return True
    return any(b"/EF" in stream for stream in _object_streams(content))


def _object_streams(content: bytes) -> Iterator[bytes]:
    """Yield what the compressed object streams say, as far as a megabyte each."""
    for found in re.finditer(rb"/ObjStm\b[^>]{0,200}>>\s*stream\r?\n", content):
        try:
            yield zlib.decompressobj().decompress(content[found.end() :], 1_000_000)
        except zlib.error:
            continue


def _unlisted(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the files that hang on the document or a page, but are not in its name tree."""
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            return
        holders = [reader.root_object, *reader.pages]
        for holder in holders:
            yield from _hanging_on(holder)
    except (*_FAULTS, RecursionError):
        return


def _hanging_on(holder: pypdf.generic.DictionaryObject) -> Iterator[tuple[str, bytes]]:
    specs = [spec.get_object() for spec in holder.get("/AF", [])]
    for reference in holder.get("/Annots", None) or []:
        note = reference.get_object()
        if note.get("/Subtype") == "/FileAttachment" and "/FS" in note:
            specs.append(note["/FS"])
    for spec in specs:
        streams = spec["/EF"]
        stream = streams.get("/F", streams.get("/UF"))
        if stream is not None:
            yield str(spec.get("/UF", spec.get("/F", ""))), stream.get_object().get_data()
