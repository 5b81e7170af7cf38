"""Finds amounts in a row of words, in any spelling (``keywright.model.values.printed_amounts``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from extractors.supplier_invoice.layout.rows import InRow, PrintedRow
from keywright.model.reading import Box, Word, box_of
from keywright.model.values.printed_amounts import MINUS, SIGNS, PrintedNumber, is_minus, printed_number

#: Quotation marks that an engine sees in specks, and a space before the sign of the thousands.
SPECKS = re.compile(r"[\"“”`´]|(?<=\d)\s(?=[.,]\d{3})")
TAIL = re.compile(r"[*:;,.]+$|\s?DR$|(?<!C)[A-Z]$")


@dataclass(frozen=True, slots=True, eq=False)
class Amount(InRow):
    """A printed number: its value, how many decimals it has, its currency sign, and its words in their row."""

    value: Decimal
    decimals: int
    sign: str | None
    percent: bool
    row: PrintedRow
    first: int
    stop: int
    box: Box

    @property
    def money(self) -> bool:
        """Return whether it looks like money: two decimals or a currency sign."""
        return not self.percent and (self.decimals == 2 or self.sign is not None)


def amounts_in(row: PrintedRow, decimal: str) -> Iterator[Amount]:
    """Yield the numbers of a row from left to right; words that are one number are joined."""
    place = 0
    while place < len(row.words):
        amount = None
        if _may_start(row.words[place].text):
            amount = next(filter(None, (_read(row, place, n, decimal) for n in _spans(row, place))), None)
        if amount:
            yield amount
            place = amount.stop
        else:
            place += 1


def _may_start(text: str) -> bool:
    return any(char.isdigit() for char in text) or _sign_word(text)


def _spans(row: PrintedRow, place: int) -> Iterator[int]:
    """Yield ends of runs that could be one number, the longest first."""
    stop = place + 1
    while stop < len(row.words) and stop - place < 5:
        gap = row.words[stop].box.left - row.words[stop - 1].box.right
        signs = _sign_word(row.words[stop].text) or _sign_word(row.words[stop - 1].text)
        wide = 0.95 if _thousands(row, stop) else 0.55
        if gap > (2.5 * row.height if signs else max(wide * row.height, 1.3 * row.spacing)):
            break
        stop += 1
    yield from range(stop, place, -1)


def _thousands(row: PrintedRow, place: int) -> bool:
    """Return whether a word is the rest of an amount after its thousands and a space: "1" and "042,40"."""
    before = row.words[place - 1].text.lstrip(f"$€£({MINUS}")
    return bool(re.fullmatch(r"\d{1,3}", before) and re.match(r"\d{3}[.,]\d\d(?!\d)", row.words[place].text))


def _sign_word(text: str) -> bool:
    """Return whether a word has only marks that belong to a number: "$", "-", "(CAD", "CR"."""
    bare = text.upper().strip(f"()<>{MINUS}+%")
    return not bare or bare in SIGNS or bare.rstrip(".") == "CR"


def _read(row: PrintedRow, place: int, stop: int, decimal: str) -> Amount | None:
    words = row.words[place:stop]
    text = TAIL.sub("", " ".join(word.text for word in words).replace("\u00a0", " ").replace("\u202f", " ")).strip()
    printed = printed_number(SPECKS.sub("", text), decimal)
    if not printed or (len(words) > 1 and not _one_number(words, printed)) or _joins(row, place, stop):
        return None
    box = box_of(words)
    return Amount(printed.value, printed.decimals, printed.sign, printed.percent, row, place, stop, box)


def _joins(row: PrintedRow, place: int, stop: int) -> bool:
    """Return whether a dash at either end joins the number to its neighbour: "40.00 - on site", "5.00 – 10.00"."""
    words = row.words
    after = stop < len(words) and is_minus(words[stop - 1].text)
    before = place > 0 and is_minus(words[place].text) and words[place - 1].text[-1].isdigit()
    return (after and words[stop].box.left - words[stop - 1].box.right < row.height) or (
        before and words[place].box.left - words[place - 1].box.right < row.height
    )


def _one_number(words: tuple[Word, ...], printed: PrintedNumber) -> bool:
    """Return whether several words are one number: digits separated by spaces are groups of three with an end."""
    digits = [word.text for word in words if any(char.isdigit() for char in word.text)]
    if len(digits) < 2:
        return True
    shaped = all(re.match(r"[.,]?\d{3}(?!\d)", text) for text in digits[1:])
    ended = bool(re.search(r"[.,]\d{2}$", printed.figures)) or printed.sign is not None
    return shaped and ended
