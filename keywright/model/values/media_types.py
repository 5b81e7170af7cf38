"""Finds out what a file is from its first bytes, since its name proves nothing."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from itertools import islice

PDF = "application/pdf"
XML = "application/xml"
HTML = "text/html"
TEXT = "text/plain"
EMPTY = "application/x-empty"
UNKNOWN = "application/octet-stream"
ZIP = "application/zip"
MAIL = "message/rfc822"
OUTLOOK_MAIL = "application/vnd.ms-outlook"
OUTLOOK_PARCEL = "application/ms-tnef"
SIGNED = "application/pkcs7-mime"
HEIC = "image/heic"
AVIF = "image/avif"
OLD_OFFICE = "application/x-ole-storage"
RTF = "application/rtf"
PICTURES = frozenset(["image/png", "image/jpeg", "image/tiff", "image/bmp", "image/gif", "image/webp"])

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"BM", "image/bmp"),
    (b"GIF8", "image/gif"),
    (b"{\\rtf", RTF),
    (b"\x78\x9f\x3e\x22", OUTLOOK_PARCEL),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b\x08", "application/gzip"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_NAMES = 4_000_000  # bytes in which the names of an old Office file's parts are looked for
#: The parts of which Outlook's messages are made, as their names are written (MS-OXMSG).
_OUTLOOK_PARTS = tuple(name.encode("utf-16-le") for name in ("__nameid_version1.0", "__properties_version1.0"))
_OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_OPEN_DOCUMENT = re.compile(rb"mimetype(application/vnd\.oasis\.opendocument\.[a-z-]+)")
#: The brands of pictures in ISO 14496-12 files.
_BRANDS = {
    b"heic": HEIC, b"heix": HEIC, b"hevc": HEIC, b"hevx": HEIC, b"heim": HEIC, b"heis": HEIC, b"mif1": HEIC,
    b"msf1": HEIC, b"avif": AVIF, b"avis": AVIF,
}  # fmt: skip
#: The object that a signed or encrypted message (PKCS #7) begins with: 1.2.840.113549.1.7.2 or .3.
_PKCS7 = re.compile(rb"0[\x80-\x84][^\x06]{0,4}\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07[\x02\x03]", re.DOTALL)
_MOST_NAMES = 200  # of a ZIP file's directory are looked at
_ZIP_TAIL = 66_000  # bytes in which the end of its directory stands, with the longest comment
_HEAD = 65_536  # bytes in which the root of an XML file, or the headers of a mail, must begin
_BEFORE_THE_ROOT = re.compile(rb"\s*(?:<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)", re.DOTALL)
#: Each comment is matched once and as a whole: with backtracking, thirty of them would take for ever.
_HTML_DOCTYPE = re.compile(rb"(?>\s*(?:<!--.*?-->|<\?.*?\?>))*+\s*<!doctype\s+html", re.IGNORECASE | re.DOTALL)
_HTML = re.compile(rb"<(html|head|body|script|table|p)(?=[\s/>])", re.IGNORECASE)
_ELEMENT = re.compile(rb"<([A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*[\s/>]")
_MAIL_HEADERS = frozenset(
    b"from to cc subject date received return-path message-id mime-version content-type delivered-to reply-to sender "
    b"x-mailer dkim-signature authentication-results".split()
)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_TEXT_BYTES = frozenset([9, 10, 12, 13, *range(32, 127), *range(160, 256)])


_ENDINGS = {
    PDF: "pdf",
    XML: "xml",
    TEXT: "txt",
    ZIP: "zip",
    MAIL: "eml",
    OUTLOOK_MAIL: "msg",
    HEIC: "heic",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/tiff": "tif",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "image/webp": "webp",
}


def ending_of(media_type: str) -> str:
    """Return the file name ending for a file that is handed out; ``bin`` for types that are unknown or might be run."""
    return _ENDINGS.get(media_type, "bin")


def media_type(content: bytes) -> str:
    """Return the media type of a file, from its bytes alone.

    A PDF may begin anywhere in the first 1024 bytes, as readers have always allowed (ISO 32000-2, annex I). An unknown
    type is ``application/octet-stream``; an empty file is ``application/x-empty``.
    """
    if not content:
        return EMPTY
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[:2] == b"PK":
        return _packed(content)
    if content.startswith(_OLE):
        return OUTLOOK_MAIL if any(name in content[:_OLE_NAMES] for name in _OUTLOOK_PARTS) else OLD_OFFICE
    if content[4:8] == b"ftyp":
        return _in_boxes(content)
    if b"%PDF-" in content[:1024]:
        return PDF
    if _is_mail(content[:_HEAD]):
        return MAIL
    return SIGNED if _PKCS7.match(content[:32]) else _written(content[:_HEAD])


def _packed(content: bytes) -> str:
    if match := _OPEN_DOCUMENT.search(content[:200]):
        return match.group(1).decode()
    names = list(islice(_packed_names(content), _MOST_NAMES))
    for folder, kind in _OFFICE.items():
        if any(name.startswith(folder.encode()) for name in names):
            return kind
    return ZIP


def _packed_names(content: bytes) -> Iterator[bytes]:
    """Yield the names in a ZIP file's directory one by one, for it may list millions (APPNOTE 6.3.10, 4.3.12)."""
    end = content.rfind(b"PK\5\6", -_ZIP_TAIL)
    if end < 0 or len(content) < end + 22:
        return
    place = end - int.from_bytes(content[end + 12 : end + 16], "little")
    while 0 <= place < end and content[place : place + 4] == b"PK\1\2":
        name, extra, comment = struct.unpack_from("<HHH", content, place + 28)
        yield content[place + 46 : place + 46 + name]
        place += 46 + name + extra + comment


def _in_boxes(content: bytes) -> str:
    """Return the type of an ISO 14496-12 file by its brand, or else by the brands it is compatible with."""
    size = min(int.from_bytes(content[:4]), 256)
    brands = [content[8:12], *(content[place : place + 4] for place in range(16, size, 4))]
    return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), UNKNOWN)


def _is_mail(head: bytes) -> bool:
    """Return whether the file begins with at least two of the usual headers of a mail (RFC 5322)."""
    lines = head.removeprefix(_MARKS[0]).lstrip(b"\r\n").splitlines()[:60]
    if lines and lines[0].startswith(b"From "):  # the first line of a mailbox file
        lines = lines[1:]
    names = set()
    for line in lines:
        if not line.strip():
            break
        if line[:1] in b" \t":
            continue
        name, colon, _ = line.partition(b":")
        if not colon or not re.fullmatch(rb"[!-9;-~]+", name):
            return False
        names.add(name.lower())
    return len(names & _MAIL_HEADERS) > 1


def _written(head: bytes) -> str:
    wide = head.startswith((*_MARKS[1:], b"<\0", b"\0<"))  # UTF-16
    plain = head.replace(b"\0", b"") if wide else head
    for mark in _MARKS:
        plain = plain.removeprefix(mark)
    if _HTML_DOCTYPE.match(plain):
        return HTML
    declared, root = plain.lstrip().startswith(b"<?xml"), plain
    while match := _BEFORE_THE_ROOT.match(root):
        root = root[match.end() :]
    root = root.lstrip()
    if _HTML.match(root):
        return HTML
    if declared or _ELEMENT.match(root) or (not root and plain.lstrip().startswith(b"<!--")):
        return XML
    return TEXT if all(byte in _TEXT_BYTES for byte in plain[:1024]) else UNKNOWN
