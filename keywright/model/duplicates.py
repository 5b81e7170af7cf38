"""The traits by which a duplicate of a document is found, and how they are compared."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from keywright.model.values.company_names import bare_company
from keywright.model.values.confusables import as_it_looks

SELLER_NUMBER = "the same seller and invoice number"
VENDOR_NUMBER = "the same vendor on file and invoice number"
SELLER_TOTAL = "the same seller, total"
VENDOR_TOTAL = "the same vendor on file, total"
OTHER_SELLER = "the same total and date, under another name"

SHORTEST_RHYTHM = 5
"""Days; bills of one amount at shorter intervals are questioned each time."""
UNEVEN = 2
"""Days by which the dates of regular bills may vary, for weekends and holidays."""


@dataclass(frozen=True, slots=True)
class Trait:
    """A trait that a case would share with its duplicate.

    ``rule`` names it in words, and ``key`` is its spelling for lookups. Two cases with the same key are duplicates if
    an existing ``number`` is the same and an existing ``day`` is at most a few days apart.
    """

    rule: str
    key: str
    number: str = ""
    day: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedBill:
    """What a bill has in common with its duplicate; ``vendor`` is the vendor's number on file, "" without one."""

    vendor: str
    seller: str
    number: str
    total: Decimal | None
    day: dt.date | None
    currency: str
    credit: bool


def traits_of(bill: ComparedBill) -> tuple[Trait, ...]:
    """Return the traits of a bill, the most telling ones first.

    The printed name comes before the vendor on file, so that a question which a person has answered stays the same
    question when the vendor is put on file later.
    """
    return tuple(_traits(bill))


def _traits(bill: ComparedBill) -> Iterator[Trait]:
    seller, number = as_it_looks(bare_company(bill.seller)), number_key(bill.number)
    vendor = f"#{bill.vendor}" if bill.vendor else ""
    for rule, who in ((SELLER_NUMBER, seller), (VENDOR_NUMBER, vendor)):
        if who and number:
            yield Trait(rule, f"{who} {re.sub('[ 0]', '', number)}", number=number)
    if not bill.total or not bill.day:
        return
    total = f"{'credit ' if bill.credit else ''}{bill.total:.2f} {bill.currency}"
    for rule, who in ((SELLER_TOTAL, seller), (VENDOR_TOTAL, vendor)):
        if who:
            yield Trait(rule, f"{who} {total}", day=bill.day)
    if seller:
        yield Trait(OTHER_SELLER, f"{total} {bill.day}")


def number_key(number: str) -> str:
    """Return a document's number in the form for comparison, its parts separated by single blanks: ``"1NV 2026 0012"``.

    Letters are separated from digits, so that ``INV0012`` has the parts of ``INV-0012``.
    """
    return " ".join(re.findall(r"\d+|[^\W\d_]+", as_it_looks(number)))


def same_number(first: str, second: str) -> bool:
    """Return True if two numbers, each from ``number_key``, are the same.

    Leading zeros of a part do not count (``2026/007`` is ``2026/7``), nor does the separation of parts (``2026-0012``
    is ``20260012``); ignoring both at once would take 10 for 100.
    """
    return first.replace(" ", "").lstrip("0") == second.replace(" ", "").lstrip("0") or _bare(first) == _bare(second)


def _bare(number: str) -> list[str]:
    return [part.lstrip("0") for part in number.split()]


def is_regular(day: dt.date, earlier_days: Sequence[dt.date]) -> bool:
    """Return True if a bill comes at the interval of earlier bills of its seller and amount.

    A weekly bill is questioned until two have passed; from then on it is not. A copy of one still is, since its date is
    too close to the original's.
    """
    known = sorted(set(earlier_days))
    usual = [later - earlier for earlier, later in pairwise(known)]
    gaps = [abs(day - nearest) for nearest in _neighbours(day, known)]
    return bool(gaps) and all(gap.days >= SHORTEST_RHYTHM and _is_usual(gap, usual) for gap in gaps)


def _neighbours(day: dt.date, known: Sequence[dt.date]) -> list[dt.date]:
    before = [neighbour for neighbour in known if neighbour <= day]
    after = [neighbour for neighbour in known if neighbour > day]
    return [*before[-1:], *after[:1]]


def _is_usual(gap: dt.timedelta, usual: Sequence[dt.timedelta]) -> bool:
    return any(abs(gap - interval).days <= UNEVEN for interval in usual)
