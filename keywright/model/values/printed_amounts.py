"""Amounts as they are printed and typed in any country: with sign, currency, thousands and decimals.

The grammar is limited like that of ``keywright.model.values.amounts``: a long text costs no time and never becomes a
long number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from keywright.model.values.amounts import amount_of

#: Signs and codes of currencies that may stand before or after an amount.
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
MOST_LETTERS = 60
"""A longer text is not an amount."""

#: As many digits as ``keywright.model.values.amounts`` takes, ASCII digits only.
NUMBER = r"(?:[0-9]{1,3}(?:[.,'’\s][0-9]{3}){1,4}(?:[.,][0-9]{1,4})?|[0-9]{1,15}(?:[.,][0-9]{1,5})?|[.,][0-9]{2})"
#: What a minus is written with: hyphens, dashes, the minus of Unicode, and a soft hyphen that is drawn.
MINUS = "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2212"
_DASHES = f"[{MINUS}]"
#: What stands around a number and belongs to it: a minus, a currency, brackets, the bookkeeper's "CR" for credit.
_MARK = rf"{_DASHES}|CR\.?|{_SIGN}"
_AMOUNT = re.compile(
    rf"(?:[x×]\s?)?(?P<lead>(?:(?:{_MARK}|[+(<])\s?){{0,4}})"
    rf"(?P<number>{NUMBER})(?P<dash>[,.]{_DASHES}{{1,2}})?(?P<tail>(?:\s?(?:{_MARK}|[)>%])){{0,4}})",
    re.IGNORECASE,
)
_MARKS = re.compile(rf"{_MARK}|[+(<)>%]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """A printed number: its value, how many decimals it shows, its currency sign, and the marks around it.

    ``figures`` are the digits with their separators; ``credit`` says that "CR" stands next to them.
    """

    value: Decimal
    decimals: int
    sign: str | None
    percent: bool
    credit: bool
    figures: str


def printed_number(text: str, decimal: str = "") -> PrintedNumber | None:
    """Return the number in a printed text, or None. ``decimal`` is the decimal sign that the document uses."""
    match = _AMOUNT.fullmatch(text)
    marks = _marks_of(match) if match else None
    if not match or not marks:
        return None
    value, decimals = number(match["number"], decimal)
    decimals = 2 if match["dash"] else decimals
    if marks.credit and decimals != 2:
        return None
    if marks.negative and not (marks.percent and "(" in match["lead"]):
        value = -value
    return PrintedNumber(value, decimals, marks.sign, marks.percent, marks.credit, match["number"])


@dataclass(frozen=True, slots=True)
class _Marks:
    """What the marks around a number mean: a negative number, its currency, a percentage, a credit."""

    negative: bool
    sign: str | None
    percent: bool
    credit: bool


def _marks_of(match: re.Match[str]) -> _Marks | None:
    """Return what the marks before and after a number mean, or None if they do not fit together."""
    before, after = ([mark.upper() for mark in _MARKS.findall(match[part])] for part in ("lead", "tail"))
    marks = [*before, *after]
    minus = sum(mark in MINUS for mark in marks)
    credit = sum(mark.rstrip(".") == "CR" for mark in marks)
    signs = [SIGNS[mark] for mark in marks if mark in SIGNS]
    if minus > 1 or credit > 1 or len(before) > 3 or len(after) > 4 or len(signs) > 2:
        return None
    bracketed = ("(" in before and ")" in after) or ("<" in before and ">" in after)
    return _Marks(bool(minus or credit or bracketed), signs[0] if signs else None, "%" in marks, bool(credit))


def is_minus(text: str) -> bool:
    """Return whether a word is a minus or a dash and nothing else."""
    return len(text) == 1 and text in MINUS


def decimal_sign(texts: Iterable[str]) -> str:
    """Return the decimal sign of these words, ``.`` or ``,``, by majority; "" if none shows cents."""
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

    One sign and three digits ("1,234") are thousands, except where the sign is the document's decimal sign.
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


_BLANKS = re.compile(r"\s+")
_WELL_PARTED = re.compile(
    r"[0-9]{1,3}(?:(?P<by>[.,'’ ])[0-9]{3})(?:(?P=by)[0-9]{3})*(?:(?!(?P=by))[.,][0-9]{1,5})?"
    r"|[0-9]+(?:[.,][0-9]+)?|[.,][0-9]{2}"
)
_EITHER = re.compile(r"[1-9][0-9]{0,2}(?P<sign>[.,])[0-9]{3}")


def beyond_doubt(written: str) -> str:
    """Return a written amount, with one more zero where a person could take its decimals for thousands.

    >>> beyond_doubt("1.459"), beyond_doubt("1921.73")
    ('1.4590', '1921.73')
    """
    return f"{written}0" if _EITHER.fullmatch(written.lstrip("-")) else written


def amounts_meant(text: str, decimal: str = "") -> tuple[Decimal, ...]:
    """Return what a typed or printed amount can mean: one number, two, or none; thousands come first.

    "1,459" and "1.459" are thousands or decimals; ``decimal``, the document's decimal sign, decides. If that is the
    comma, "1.459" can be either: values are shown on pages with a dot.

    >>> amounts_meant("$1 921,73"), amounts_meant("1,459"), amounts_meant("1,459", ".")
    ((Decimal('1921.73'),), (Decimal('1459'), Decimal('1.459')), (Decimal('1459'),))
    """
    plain = _BLANKS.sub(" ", text.replace("\u00ad", "-")).strip()
    printed = printed_number(plain) if len(plain) <= MOST_LETTERS else None
    if printed is None:
        whole = amount_of(plain)
        return () if whole is None else (whole,)
    odd = plain[0] in "x×X" or any((first in plain) != (last in plain) for first, last in ("()", "<>"))
    if odd or not _WELL_PARTED.fullmatch(printed.figures):
        return ()
    either = _EITHER.fullmatch(printed.figures)
    if either is None:
        return (printed.value,)
    thousands, decimals = (number(printed.figures, sign)[0].copy_sign(printed.value) for sign in ("", either["sign"]))
    if decimal == ".":
        return (decimals,) if either["sign"] == "." else (thousands,)
    if decimal == "," and either["sign"] == ",":
        return (decimals,)
    return (thousands, decimals)
