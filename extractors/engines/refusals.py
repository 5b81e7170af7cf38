"""Why a file cannot be read, each reason a rule with a sentence that says what to do."""

from __future__ import annotations

from keywright.errors import Refer
from keywright.findings import Kind

ENCRYPTED = "encrypted"
DAMAGED = "damaged"
XFA = "xfa"
NO_TEXT = "no-text"
TOO_LARGE = "too-large"
TOO_SLOW = "too-slow"
NOT_A_DOCUMENT = "not-a-document"

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
}
RULES = frozenset(_SENTENCES)


def refuse(rule: str, detail: str = "") -> Refer:
    """Return the refusal of a file under one of the rules; ``detail`` is a sentence put first."""
    return Refer.because(rule, f"{detail} {_SENTENCES[rule]}".strip(), kind=Kind.READING)
