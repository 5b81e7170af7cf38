"""Tells what a file is from its first bytes, since its name may say anything."""

from __future__ import annotations

import io
import re
import zipfile

PDF = "application/pdf"
XML = "application/xml"
HTML = "text/html"
TEXT = "text/plain"
EMPTY = "application/x-empty"
UNKNOWN = "application/octet-stream"
PICTURES = frozenset(["image/png", "image/jpeg", "image/tiff", "image/bmp", "image/gif", "image/webp"])

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"BM", "image/bmp"),
    (b"GIF8", "image/gif"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
)
_OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_HTML = re.compile(rb"<(!doctype\s+html|html|head|body|script|table|p)\b", re.IGNORECASE)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_TEXT_BYTES = frozenset([9, 10, 12, 13, *range(32, 127), *range(160, 256)])


def media_type(content: bytes) -> str:
    """Return the media type of a file, from its bytes alone.

    A PDF may begin anywhere in the first 1024 bytes, as readers have always allowed (ISO 32000-2,
    annex I). What is not known is ``application/octet-stream``; no bytes are ``application/x-empty``.
    """
    if not content:
        return EMPTY
    for signature, found in _SIGNATURES:
        if content.startswith(signature):
            return found
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[:2] == b"PK":
        return _packed(content)
    head = content[:1024]
    if b"%PDF-" in head:
        return PDF
    return _written(head)


def _packed(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.namelist()[:200]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError):
        return "application/zip"
    for folder, found in _OFFICE.items():
        if any(name.startswith(folder) for name in names):
            return found
    return "application/zip"


def _written(head: bytes) -> str:
    plain = head.replace(b"\0", b"") if head.startswith(_MARKS[1:]) else head
    for mark in _MARKS:
        plain = plain.removeprefix(mark)
    plain = plain.lstrip()
    if _HTML.match(plain) or (plain.startswith(b"<?xml") and b"<html" in plain.lower()):
        return HTML
    if plain.startswith(b"<?xml") or re.match(rb"<([A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*[\s>]", plain):
        return XML
    return TEXT if all(byte in _TEXT_BYTES for byte in plain) else UNKNOWN
