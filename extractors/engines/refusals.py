"""The reasons why a file cannot be read; each is a rule with a sentence that says what to do."""

from __future__ import annotations

from keywright.errors import Refer
from keywright.findings import Kind
from keywright.model.values import media_types as types

ENCRYPTED = "encrypted"
DAMAGED = "damaged"
XFA = "xfa"
NO_TEXT = "no-text"
TOO_LARGE = "too-large"
TOO_SLOW = "too-slow"
NOT_A_DOCUMENT = "not-a-document"
PORTFOLIO = "portfolio"

_SENTENCES = {
    ENCRYPTED: "The file is protected with a password. Ask the sender for one without, "
    "or open it with the password, print it to PDF and put that in.",
    DAMAGED: "The file is damaged and cannot be opened. Ask the sender to send it again.",
    XFA: "The file is an XFA form (made with Adobe LiveCycle), which only Adobe's own reader shows. "
    "Open it there, print it to PDF and put that in, or ask the sender for a flattened PDF.",
    NO_TEXT: "Nothing can be read in the file: its pages are blank or too faint. "
    "Look at it; if something is printed there, ask for a better copy.",
    TOO_LARGE: "The file is too large to be read safely. Ask for a smaller one, or split it.",
    TOO_SLOW: "Reading the file took too long and was given up. Split it, or print it to PDF again.",
    NOT_A_DOCUMENT: "The file is not a document that can be read. "
    "Ask the sender for a PDF, a picture (PNG, JPEG, TIFF) or an e-invoice (XML).",
    PORTFOLIO: "Open it in Adobe's reader, save each file in it, and put each in by itself.",
}
RULES = frozenset(_SENTENCES)
_READABLE = "a PDF, a picture (PNG, JPEG, TIFF) or an e-invoice (XML)"
_ASK = f"It is not a document that can be read. Ask the sender for {_READABLE}."
_PHOTO = "Open it, save it as a JPEG or print it to PDF and put that in, or ask the sender for a JPEG."
_PRINT = f"Open it, print it to PDF and put that in, or ask the sender for {_READABLE}."
_UNPACK = "Unpack it, look what is in it, and put each document in by itself."
_MAIL = "Save the files attached to it and put each in by itself; if the mail's own text is the bill, print it to PDF."
#: What a file is, and what to do about it, by media type.
_KINDS = {
    types.EMPTY: ("empty", "Ask the sender to send it again."),
    types.HTML: ("a web page", _PRINT),
    types.TEXT: ("plain text", _ASK),
    types.MAIL: ("an e-mail", _MAIL),
    types.OUTLOOK_MAIL: ("an e-mail that Outlook saved (.msg)", _MAIL),
    types.OUTLOOK_PARCEL: (
        "the parcel in which Outlook packs attachments (winmail.dat)",
        "Ask the sender to send the documents again as ordinary attachments.",
    ),
    types.SIGNED: (
        "a signed or encrypted message (.p7m)",
        "Open it with the program for signatures, save what is inside and put that in.",
    ),
    types.HEIC: ("a photo in Apple's HEIC format", _PHOTO),
    types.AVIF: ("a picture in the AVIF format", _PHOTO),
    types.ZIP: ("a ZIP archive", _UNPACK),
    "application/vnd.rar": ("a RAR archive", _UNPACK),
    "application/x-7z-compressed": ("a 7-Zip archive", _UNPACK),
    "application/gzip": ("a compressed file (gzip)", _UNPACK),
    types.RTF: ("a word processor's file", _PRINT),
    types.OLD_OFFICE: ("an old Office file", _PRINT),
}
_OFFICE = ("an Office file", _PRINT)
_UNKNOWN = ("of an unknown kind", _ASK)


def not_a_document(kind: str) -> Refer:
    """Return the refusal of a file of this media type, which says what it is and what to do about it."""
    name, remedy = _KINDS.get(kind, _OFFICE if "document" in kind else _UNKNOWN)
    return Refer.because(NOT_A_DOCUMENT, f"The file is {name}. {remedy}", kind=Kind.READING)


def refuse(rule: str, detail: str = "") -> Refer:
    """Return the refusal of a file under one of the rules; ``detail`` is a sentence that comes first."""
    return Refer.because(rule, f"{detail} {_SENTENCES[rule]}".strip(), kind=Kind.READING)
