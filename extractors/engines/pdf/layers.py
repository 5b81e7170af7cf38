"""Finds what is drawn in a PDF's layers (optional content), which can be switched off and then are not visible."""

from __future__ import annotations

import ctypes
import io

import pypdf
import pypdfium2 as pdfium
import pypdfium2.raw as c
from pypdf.errors import PyPdfError

_MARK = "OC"  # the mark of content that belongs to a layer; ISO 32000-1, 8.11.3.2
_MOST_OBJECTS = 20_000
_FAULTS = (PyPdfError, ValueError, TypeError, KeyError, AttributeError, RecursionError, OSError)


def in_a_layer(drawn: c.FPDF_PAGEOBJECT) -> bool:
    """Return whether a drawing is marked as part of a layer."""
    marks = range(max(0, c.FPDFPageObj_CountMarks(drawn)))
    return any(_name(c.FPDFPageObj_GetMark(drawn, index)) == _MARK for index in marks)


def _name(mark: c.FPDF_PAGEOBJECTMARK) -> str:
    buffer, length = ctypes.create_string_buffer(16), ctypes.c_ulong()
    pointer = ctypes.cast(buffer, ctypes.POINTER(c.FPDF_WCHAR))
    if not c.FPDFPageObjMark_GetName(mark, pointer, len(buffer), length):
        return ""
    return buffer.raw[: min(length.value, len(buffer))].decode("utf-16-le", "replace").rstrip("\0")


def has_layers(content: bytes) -> bool:
    """Return whether a PDF has layers; True if that cannot be determined."""
    if b"/OCProperties" in content:
        return True
    if b"/ObjStm" not in content:
        return False
    try:
        return "/OCProperties" in pypdf.PdfReader(io.BytesIO(content)).root_object
    except _FAULTS:
        return True


def texts_in_forms(page: pdfium.PdfPage) -> frozenset[int]:
    """Return the addresses of the texts in a page's groups of drawings; a whole group can be in a layer."""
    groups = [c.FPDFPage_GetObject(page.raw, n) for n in range(min(c.FPDFPage_CountObjects(page.raw), _MOST_OBJECTS))]
    texts: set[int] = set()
    objects_seen = 0
    while groups and objects_seen < _MOST_OBJECTS:
        group = groups.pop()
        if c.FPDFPageObj_GetType(group) != c.FPDF_PAGEOBJ_FORM:
            continue
        inside = [c.FPDFFormObj_GetObject(group, n) for n in range(max(0, c.FPDFFormObj_CountObjects(group)))]
        objects_seen += len(inside)
        groups += inside
        texts |= {ctypes.addressof(o.contents) for o in inside if c.FPDFPageObj_GetType(o) == c.FPDF_PAGEOBJ_TEXT}
    return frozenset(texts)
