"""The reasons why a file cannot be read; each is a rule with a sentence that says what to do."""

from __future__ import annotations

from keywright.errors import Refer
from keywright.findings import Kind
from keywright.messages import Message
from keywright.model.values import media_types as types

ENCRYPTED = "encrypted"
DAMAGED = "damaged"
XFA = "xfa"
NO_TEXT = "no-text"
TOO_LARGE = "too-large"
TOO_SLOW = "too-slow"
NOT_A_DOCUMENT = "not-a-document"
PORTFOLIO = "portfolio"

_MESSAGES = {
    ENCRYPTED: Message(
        "File protected with a password. Ask the sender for one without, or open it with the password, print it to PDF "
        "and put that in."
    ),
    DAMAGED: Message("File damaged. It cannot be opened. Ask the sender to send it again."),
    XFA: Message(
        "File is an XFA form. Such a form (made with Adobe LiveCycle) only opens in Adobe's own reader. Open it there, "
        "print it to PDF and put that in, or ask the sender for a flattened PDF."
    ),
    NO_TEXT: Message(
        "Nothing can be read in the file. Its pages are blank or too faint. Look at it; if something is printed there, "
        "ask for a better copy."
    ),
    TOO_LARGE: Message("File too large. It cannot be read safely. Ask for a smaller one, or split it."),
    TOO_SLOW: Message("Reading the file took too long. Split it, or print it to PDF again."),
    NOT_A_DOCUMENT: Message(
        "Not a readable document. Ask the sender for a PDF, a picture (PNG, JPEG, TIFF) or an e-invoice (XML)."
    ),
    PORTFOLIO: Message(
        "File contains several documents. Open it in Adobe's reader, save each file in it, and put each in by itself."
    ),
}
RULES = frozenset(_MESSAGES)
_ASK = Message("Ask the sender for a PDF, a picture (PNG, JPEG, TIFF) or an e-invoice (XML).")
_PHOTO = Message("Open it, save it as a JPEG or print it to PDF and put that in, or ask the sender for a JPEG.")
_PRINT = Message(
    "Open it, print it to PDF and put that in, or ask the sender for a PDF, a picture (PNG, JPEG, TIFF) or an "
    "e-invoice (XML)."
)
_UNPACK = Message("Unpack it, look what is in it, and put each document in by itself.")
_MAIL = Message(
    "Save the files attached to it and put each in by itself; if the mail's own text is the bill, print it to PDF."
)
#: What a file is, and what to do about it, by media type.
_KINDS = {
    types.EMPTY: (Message("an empty file"), Message("Ask the sender to send it again.")),
    types.HTML: (Message("a web page"), _PRINT),
    types.TEXT: (Message("plain text"), _ASK),
    types.MAIL: (Message("an e-mail"), _MAIL),
    types.OUTLOOK_MAIL: (Message("an e-mail that Outlook saved (.msg)"), _MAIL),
    types.OUTLOOK_PARCEL: (
        Message("a file in which Outlook packs attachments (winmail.dat)"),
        Message("Ask the sender to send the documents again as ordinary attachments."),
    ),
    types.SIGNED: (
        Message("a signed or encrypted message (.p7m)"),
        Message("Open it with the program for signatures, save what is inside and put that in."),
    ),
    types.HEIC: (Message("a photo in Apple's HEIC format"), _PHOTO),
    types.AVIF: (Message("a picture in the AVIF format"), _PHOTO),
    types.ZIP: (Message("a ZIP archive"), _UNPACK),
    "application/vnd.rar": (Message("a RAR archive"), _UNPACK),
    "application/x-7z-compressed": (Message("a 7-Zip archive"), _UNPACK),
    "application/gzip": (Message("a compressed file (gzip)"), _UNPACK),
    types.RTF: (Message("a word processor's file"), _PRINT),
    types.OLD_OFFICE: (Message("an old Office file"), _PRINT),
}
_OFFICE = (Message("an Office file"), _PRINT)
_UNKNOWN = (Message("a file of an unknown kind"), _ASK)


def not_a_document(kind: str) -> Refer:
    """Return the refusal of a file of this media type, which says what it is and what to do about it."""
    name, remedy = _KINDS.get(kind, _OFFICE if "document" in kind else _UNKNOWN)
    message = Message("Not a readable document: {kind}. {remedy}", kind=name, remedy=remedy)
    return Refer.because(NOT_A_DOCUMENT, message, kind=Kind.READING)


def refuse(rule: str, detail: Message | None = None) -> Refer:
    """Return the refusal of a file under one of the rules; ``detail`` is a sentence about this very file."""
    reason = _MESSAGES[rule]
    message = Message("{reason} {detail}", reason=reason, detail=detail) if detail else reason
    return Refer.because(rule, message, kind=Kind.READING)
