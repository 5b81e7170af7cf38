"""What makes two documents the same: the traits by which a duplicate is found, and how they are compared."""

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
"""Days; bills that come more often than that at one amount are asked about each time."""
UNEVEN = 2
"""Days by which the dates of regular bills may vary, for weekends and holidays."""


@dataclass(frozen=True, slots=True)
class Trait:
    """What a case would share with its duplicate.

    ``rule`` says in words what that is, and ``key`` how it is spelled to be found. Of two cases with one key, those
    with a ``number`` must have the same number, and those with a ``day`` must be dated a few days apart at the most.
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
    """Return the traits of a bill, those that say the most about a duplicate first.

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
    """Return a document's number as it is compared, its parts set apart by single blanks: ``"1NV 2026 0012"``.

    Letters stand apart from figures, so that ``INV0012`` has the parts of ``INV-0012``.
    """
    return " ".join(re.findall(r"\d+|[^\W\d_]+", as_it_looks(number)))


def same_number(one: str, other: str) -> bool:
    """Return True if two numbers, each as ``number_key`` returns it, are the same.

    Noughts before a part do not count (``2026/007`` is ``2026/7``), nor does where parts are set apart
    (``2026-0012`` is ``20260012``); both at once would take 10 for 100.
    """
    return one.replace(" ", "").lstrip("0") == other.replace(" ", "").lstrip("0") or _bare(one) == _bare(other)


def _bare(number: str) -> list[str]:
    return [part.lstrip("0") for part in number.split()]


def is_regular(day: dt.date, others: Sequence[dt.date]) -> bool:
    """Return True if a bill comes at the interval at which bills of its seller and amount have come before.

    A weekly bill is asked about until there are two that passed; from then on it is not, and a copy of one still is,
    since it is dated within days of it.
    """
    known = sorted(set(others))
    usual = [later - earlier for earlier, later in pairwise(known)]
    gaps = [abs(day - nearest) for nearest in _neighbours(day, known)]
    return bool(gaps) and all(gap.days >= SHORTEST_RHYTHM and _is_usual(gap, usual) for gap in gaps)


def _neighbours(day: dt.date, known: Sequence[dt.date]) -> list[dt.date]:
    before = [other for other in known if other <= day]
    after = [other for other in known if other > day]
    return [*before[-1:], *after[:1]]


def _is_usual(gap: dt.timedelta, usual: Sequence[dt.timedelta]) -> bool:
    return any(abs(gap - other).days <= UNEVEN for other in usual)
