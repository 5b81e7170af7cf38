"""Replaces letters that a scan shows for digits, in words whose shape allows no other reading."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from extractors.look_alikes import FIGURES, LETTERS
from keywright.model.reading import Word

_D = r"[\dOoQIlSBZ]"
#: Words of digits and signs only: an amount with cents, a date, the account of a tax number.
FIGURED = re.compile(
    rf"[-(]?[$€£]?{_D}{{1,3}}(?:[.,']{_D}{{3}})*[.,]{_D}{{2}}[)%]?|{_D}{{4}}-{_D}{{2}}-{_D}{{2}}"
    rf"|{_D}{{1,2}}[/.]{_D}{{1,2}}[/.]{_D}{{4}}"
)
PROGRAM_ACCOUNT = re.compile(r"([\dOoQIlSBZ]{9})?(RT|TQ)([\dOoQIlSBZ!|]{4})")
POSTAL_START = re.compile(rf"[A-Z]{_D}[A-Z0]|[A-Z0]{_D}[A-Z0],?")
POSTAL_END = re.compile(rf"{_D}[A-Z0158]{_D}")


#: The readings of the sign for "number" before a word.
NUMERO = re.compile(r"N[2e£*?'\"9]|N'°")
DUTCH_VAT = re.compile(r"(NL)?(\d{9})[8B](\d\d)")


@lru_cache(maxsize=8192)
def mended(text: str) -> str:
    """Return a word's text with digits where its shape needs digits; most words are returned unchanged."""
    if text.isdigit() or not (any(c.isdigit() for c in text) or text.startswith(("RT", "TQ"))):
        return text
    if FIGURED.fullmatch(text):
        return text.translate(FIGURES)
    dutch = DUTCH_VAT.fullmatch(text)
    if dutch and dutch[1]:
        return f"NL{dutch[2]}B{dutch[3]}"
    account = PROGRAM_ACCOUNT.fullmatch(text)
    if account:
        return (account[1] or "").translate(FIGURES) + account[2] + account[3].translate(FIGURES)
    return text


def mended_line(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Return a line with its misread words corrected, each with a slightly lower confidence, and postal codes whole."""
    corrected = [_mended(_unquoted(word)) for word in words]
    for place in range(len(corrected) - 1):
        text, next_text = corrected[place].text, corrected[place + 1].text
        if NUMERO.fullmatch(text) and next_text[0].isalpha():
            corrected[place] = _with(corrected[place], "N°")
        if text == "NL" and DUTCH_VAT.fullmatch(next_text):
            corrected[place + 1] = _with(corrected[place + 1], f"{next_text[:9]}B{next_text[10:]}")
        if (
            POSTAL_START.fullmatch(text)
            and POSTAL_END.fullmatch(next_text.rstrip(".,"))
            and _digits(text + next_text) > 0
        ):
            corrected[place] = _with(corrected[place], _alternating(text, "LDL"))
            corrected[place + 1] = _with(corrected[place + 1], _alternating(next_text, "DLD"))
    return tuple(corrected)


def _digits(text: str) -> int:
    return sum(c.isdigit() for c in text)


def _alternating(text: str, shape: str) -> str:
    """Return half of a postal code with a letter (L) or a digit (D) in each place."""
    fixed = [c.translate(LETTERS if kind == "L" else FIGURES) for c, kind in zip(text, shape, strict=False)]
    return "".join(fixed) + text[len(shape) :]


def _mended(word: Word) -> Word:
    return _with(word, mended(word.text))


def _unquoted(word: Word) -> Word:
    """Return a word without the quotation mark before it, which is usually a speck."""
    bare = word.text.lstrip("“”‘\"'")
    if not bare or bare == word.text:
        return word
    new_left = word.box.left + word.box.width * (len(word.text) - len(bare)) / len(word.text)
    return replace(word, text=bare, box=replace(word.box, left=new_left))


def _with(word: Word, text: str) -> Word:
    return word if text == word.text else replace(word, text=text, confidence=0.95 * word.confidence)
