"""Letters that a scan shows for figures, put right in words whose shape leaves no other reading."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from extractors.look_alikes import FIGURES, LETTERS
from keywright.model.reading import Word

_D = r"[\dOoQIlSBZ]"
#: Words that are figures and signs alone: an amount with cents, a date, the account of a tax number.
FIGURED = re.compile(
    rf"[-(]?[$€£]?{_D}{{1,3}}(?:[.,']{_D}{{3}})*[.,]{_D}{{2}}[)%]?|{_D}{{4}}-{_D}{{2}}-{_D}{{2}}"
    rf"|{_D}{{1,2}}[/.]{_D}{{1,2}}[/.]{_D}{{4}}"
)
PROGRAM_ACCOUNT = re.compile(r"([\dOoQIlSBZ]{9})?(RT|TQ)([\dOoQIlSBZ!|]{4})")
POSTAL_START = re.compile(rf"[A-Z]{_D}[A-Z0]|[A-Z0]{_D}[A-Z0],?")
POSTAL_END = re.compile(rf"{_D}[A-Z0158]{_D}")


#: What an engine makes of the sign for "number", before a word.
NUMERO = re.compile(r"N[2e£*?'\"9]|N'°")
DUTCH_VAT = re.compile(r"(NL)?(\d{9})[8B](\d\d)")


@lru_cache(maxsize=8192)
def mended(text: str) -> str:
    """Return a word's text with figures where its shape asks for figures; most words are returned as they are."""
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
    """Return a line with its misread words put right, each a little less sure, and postal codes whole."""
    made = [_mended(_unquoted(word)) for word in words]
    for place in range(len(made) - 1):
        one, other = made[place].text, made[place + 1].text
        if NUMERO.fullmatch(one) and other[0].isalpha():
            made[place] = _with(made[place], "N°")
        if one == "NL" and DUTCH_VAT.fullmatch(other):
            made[place + 1] = _with(made[place + 1], f"{other[:9]}B{other[10:]}")
        if POSTAL_START.fullmatch(one) and POSTAL_END.fullmatch(other.rstrip(".,")) and _digits(one + other) > 0:
            made[place] = _with(made[place], _alternating(one, "LDL"))
            made[place + 1] = _with(made[place + 1], _alternating(other, "DLD"))
    return tuple(made)


def _digits(text: str) -> int:
    return sum(c.isdigit() for c in text)


def _alternating(text: str, shape: str) -> str:
    """Return a half of a postal code with a letter (L) or a figure (D) in each place."""
    fixed = [c.translate(LETTERS if kind == "L" else FIGURES) for c, kind in zip(text, shape, strict=False)]
    return "".join(fixed) + text[len(shape) :]


def _mended(word: Word) -> Word:
    return _with(word, mended(word.text))


def _unquoted(word: Word) -> Word:
    """Return a word without the quotation mark that a speck before it looks like."""
    bare = word.text.lstrip("“”‘\"'")
    if not bare or bare == word.text:
        return word
    left = word.box.left + word.box.width * (len(word.text) - len(bare)) / len(word.text)
    return replace(word, text=bare, box=replace(word.box, left=left))


def _with(word: Word, text: str) -> Word:
    return word if text == word.text else replace(word, text=text, confidence=0.95 * word.confidence)
