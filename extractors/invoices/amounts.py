"""Amounts as they are written in any country: found in a row of words, with sign, currency and decimals."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from extractors.invoices.layout import InRow, Row
from keywright.readings import Box, Word, box_of

#: What may stand before or after a number and still be the same amount: a sign of a currency, or its code.
SIGNS = {
    "$": "$", "US$": "USD", "USD": "USD", "U$S": "USD", "C$": "CAD", "CA$": "CAD", "CAD": "CAD", "CDN$": "CAD",
    "A$": "AUD", "AU$": "AUD", "AUD": "AUD", "NZ$": "NZD", "NZD": "NZD", "R$": "BRL", "BRL": "BRL", "HK$": "HKD",
    "HKD": "HKD", "S$": "SGD", "SGD": "SGD", "MX$": "MXN", "MXN": "MXN", "€": "EUR", "EUR": "EUR", "EURO": "EUR",
    "EUROS": "EUR", "£": "GBP", "GBP": "GBP", "¥": "¥", "JPY": "JPY", "CNY": "CNY", "RMB": "CNY", "CHF": "CHF",
    "FR.": "CHF", "SEK": "SEK", "NOK": "NOK", "DKK": "DKK", "KR": "kr", "KR.": "kr", "CZK": "CZK", "KČ": "CZK",
    "PLN": "PLN", "ZŁ": "PLN", "HUF": "HUF", "RON": "RON", "₹": "INR", "INR": "INR", "RS.": "INR",
    "ZAR": "ZAR", "AED": "AED", "₪": "ILS", "ILS": "ILS", "TRY": "TRY", "₺": "TRY", "₽": "RUB", "RUB": "RUB",
    "THB": "THB", "KRW": "KRW", "₩": "KRW", "SAR": "SAR", "BGN": "BGN", "UAH": "UAH",
}  # fmt: skip
_SIGN = "|".join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True))
#: As many digits as ``keywright.amounts`` takes, and those of ASCII alone.
NUMBER = r"(?:[0-9]{1,3}(?:[.,'’\s][0-9]{3}){1,4}(?:[.,][0-9]{1,4})?|[0-9]{1,15}(?:[.,][0-9]{1,5})?|[.,][0-9]{2})"
#: What a minus is written with: hyphens, dashes, the minus of Unicode, and a soft hyphen that is drawn.
MINUS = "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2212"
_DASHES = f"[{MINUS}]"
#: What stands around a number and belongs to it: a minus, a currency, brackets, the bookkeeper's "CR" for credit.
_MARK = rf"{_DASHES}|CR\.?|{_SIGN}"
AMOUNT = re.compile(
    rf"(?:[x×]\s?)?(?P<lead>(?:(?:{_MARK}|[+(<])\s?){{0,4}})"
    rf"(?P<number>{NUMBER})(?P<dash>[,.]{_DASHES}{{1,2}})?(?P<tail>(?:\s?(?:{_MARK}|[)>%])){{0,4}})",
    re.IGNORECASE,
)
_MARKS = re.compile(rf"{_MARK}|[+(<)>%]", re.IGNORECASE)
#: Quotation marks that an engine sees in specks, and a blank before the sign of the thousands.
SPECKS = re.compile(r"[\"“”`´]|(?<=\d)\s(?=[.,]\d{3})")
TAIL = re.compile(r"[*:;,.]+$|\s?DR$|(?<!C)[A-Z]$")


@dataclass(frozen=True, slots=True, eq=False)
class Amount(InRow):
    """A number as printed: its value, how many decimals it has, its currency sign, and its words in their row."""

    value: Decimal
    decimals: int
    sign: str | None
    percent: bool
    row: Row
    first: int
    stop: int
    box: Box

    @property
    def money(self) -> bool:
        """Return whether it looks like money: two decimals or a currency sign."""
        return not self.percent and (self.decimals == 2 or self.sign is not None)


def decimal_sign(texts: Iterable[str]) -> str:
    """Return the sign before the cents in these words, ``.`` or ``,``, as most write it; "" if none shows cents."""
    votes: Counter[str] = Counter()
    for text in texts:
        if match := re.search(r"\d([.,])\d\d(?!\d)[^\d.,]*$", text):
            votes[match.group(1)] += 1
        if match := re.search(r"\d([.,])\d{3}([.,])\d", text):
            votes[match.group(2)] += 2
    if not votes:
        return ""
    return "," if votes[","] > votes["."] else "."


def number(text: str, decimal: str = "") -> tuple[Decimal, int]:
    """Return the value of a printed number and how many decimals it shows.

    One sign and three digits ("1,234") are thousands unless the sign is the document's decimal sign.
    """
    bare = re.sub(r"[\s'’]", "", text)
    last = max(bare.rfind("."), bare.rfind(","))
    if last < 0:
        return Decimal(bare), 0
    sign, tail = bare[last], len(bare) - last - 1
    alone = bare.count(sign) == 1 and not set(bare[:last]) & {".", ","}
    grouped = tail == 3 and (not alone or (sign != decimal and len(bare[:last]) <= 3 and bare[0] != "0"))
    if grouped:
        return Decimal(re.sub(r"[.,]", "", bare)), 0
    whole = re.sub(r"[.,]", "", bare[:last]) or "0"
    return Decimal(f"{whole}.{bare[last + 1 :]}"), tail


def amounts_in(row: Row, decimal: str) -> Iterator[Amount]:
    """Yield the numbers of a row from left to right; words that are one number are taken together."""
    place = 0
    while place < len(row.words):
        found = None
        if _may_start(row.words[place].text):
            found = next(filter(None, (_read(row, place, n, decimal) for n in _spans(row, place))), None)
        if found:
            yield found
            place = found.stop
        else:
            place += 1


def _may_start(text: str) -> bool:
    return any(char.isdigit() for char in text) or _sign_word(text)


def _spans(row: Row, place: int) -> Iterator[int]:
    """Yield ends of runs that may be one number, the longest first."""
    stop = place + 1
    while stop < len(row.words) and stop - place < 5:
        gap = row.words[stop].box.left - row.words[stop - 1].box.right
        signs = _sign_word(row.words[stop].text) or _sign_word(row.words[stop - 1].text)
        wide = 0.95 if _thousands(row, stop) else 0.55
        if gap > (2.5 * row.height if signs else max(wide * row.height, 1.3 * row.spacing)):
            break
        stop += 1
    yield from range(stop, place, -1)


def _thousands(row: Row, place: int) -> bool:
    """Return whether a word is the end of an amount that a blank parts from its thousands: "1" and "042,40"."""
    before = row.words[place - 1].text.lstrip(f"$€£({MINUS}")
    return bool(re.fullmatch(r"\d{1,3}", before) and re.match(r"\d{3}[.,]\d\d(?!\d)", row.words[place].text))


def _sign_word(text: str) -> bool:
    """Return whether a word is nothing but marks that belong to a number: "$", "-", "(CAD", "CR"."""
    bare = text.upper().strip(f"()<>{MINUS}+%")
    return not bare or bare in SIGNS or bare.rstrip(".") == "CR"


def is_minus(text: str) -> bool:
    """Return whether a word is a minus or a dash and nothing else."""
    return len(text) == 1 and text in MINUS


def _read(row: Row, place: int, stop: int, decimal: str) -> Amount | None:
    words = row.words[place:stop]
    text = TAIL.sub("", " ".join(word.text for word in words).replace("\u00a0", " ").replace("\u202f", " ")).strip()
    match = AMOUNT.fullmatch(SPECKS.sub("", text))
    marks = _marks_of(match) if match else None
    if not match or not marks or (len(words) > 1 and not _one_number(words, match, marks)) or _joins(row, place, stop):
        return None
    value, decimals = number(match["number"], decimal)
    decimals = 2 if match["dash"] else decimals
    if marks.credit and decimals != 2:
        return None
    if marks.negative and not (marks.percent and "(" in match["lead"]):
        value = -value
    return Amount(value, decimals, marks.sign, marks.percent, row, place, stop, box_of(words))


def _joins(row: Row, place: int, stop: int) -> bool:
    """Return whether a dash at either end joins the number to its neighbour: "40.00 - on site", "5.00 – 10.00"."""
    words = row.words
    after = stop < len(words) and is_minus(words[stop - 1].text)
    before = place > 0 and is_minus(words[place].text) and words[place - 1].text[-1].isdigit()
    return (after and words[stop].box.left - words[stop - 1].box.right < row.height) or (
        before and words[place].box.left - words[place - 1].box.right < row.height
    )


@dataclass(frozen=True, slots=True)
class _Marks:
    """What the marks around a number say: below zero or not, of which currency, a percentage, a credit."""

    negative: bool
    sign: str | None
    percent: bool
    credit: bool


def _marks_of(match: re.Match[str]) -> _Marks | None:
    """Return what the marks before and after a number say, or None if they do not belong together."""
    before, after = ([mark.upper() for mark in _MARKS.findall(match[part])] for part in ("lead", "tail"))
    marks = [*before, *after]
    minus = sum(mark in MINUS for mark in marks)
    credit = sum(mark.rstrip(".") == "CR" for mark in marks)
    signs = [SIGNS[mark] for mark in marks if mark in SIGNS]
    if minus > 1 or credit > 1 or len(before) > 3 or len(after) > 4 or len(signs) > 2:
        return None
    bracketed = ("(" in before and ")" in after) or ("<" in before and ">" in after)
    return _Marks(bool(minus or credit or bracketed), signs[0] if signs else None, "%" in marks, bool(credit))


def _one_number(words: tuple[Word, ...], match: re.Match[str], marks: _Marks) -> bool:
    """Return whether several words are one number: digits apart by a blank are groups of three with an end."""
    digits = [word.text for word in words if any(char.isdigit() for char in word.text)]
    if len(digits) < 2:
        return True
    shaped = all(re.match(r"[.,]?\d{3}(?!\d)", text) for text in digits[1:])
    ended = bool(re.search(r"[.,]\d{2}$", match["number"])) or marks.sign is not None
    return shaped and ended
