"""Which vendors on file are offered for what a person types: a number, a tax number, an account or a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Any

from rapidfuzz import fuzz, process

from keywright.model.values.bank_accounts import account_key
from keywright.model.values.company_names import bare_words
from keywright.model.vendor import Vendor, tax_key
from keywright.vendors.matching import OFFERED

FEWEST_DIGITS = 4
"""So many digits of a tax number or of the end of an account are typed before they are looked for."""


class Rank(IntEnum):
    """How what is typed names a vendor, the surest first."""

    WHOLE_NUMBER = 0  #: a vendor's number, tax number or account, all of it
    NUMBER_BEGINS = 1
    NAME_BEGINS = 2
    TAX_NUMBER_BEGINS = 3
    ACCOUNT_ENDS = 4
    WORDS_BEGIN = 5  #: each typed word begins a word of the name


def offered(typed: str, vendors: Sequence[Vendor], most: int = 8) -> tuple[Vendor, ...]:
    """Return the active vendors that a person may mean, the likeliest first, those of one rank by name."""
    active = [vendor for vendor in vendors if vendor.active]
    ranked = [(rank, vendor) for vendor in active if (rank := _rank(typed, vendor)) is not None]
    ranked.sort(key=lambda pair: (pair[0], bare_words(pair[1].name), pair[1].number))
    named = [vendor for _rank_of_it, vendor in ranked]
    if len(named) < most:
        named += _alike(typed, active, most)
    return tuple({vendor.number: vendor for vendor in named}.values())[:most]


def _rank(typed: str, vendor: Vendor) -> Rank | None:
    """Return how a text names a vendor other than by likeness, or None."""
    number, text = vendor.number.casefold(), typed.casefold()
    tax, account = tax_key(typed), account_key(typed)
    digits = re.sub(r"[\s.-]", "", typed)
    looked_for = len(digits) >= FEWEST_DIGITS and any(letter.isdigit() for letter in digits)
    if text == number or (looked_for and (tax in vendor.tax_keys or account in vendor.account_keys)):
        return Rank.WHOLE_NUMBER
    if number.startswith(text) or _figures(number).startswith(text):
        return Rank.NUMBER_BEGINS
    names = [bare_words(name) for name in (vendor.name, *vendor.other_names)]
    words = bare_words(typed)
    if words and any(" ".join(name).startswith(" ".join(words)) for name in names):
        return Rank.NAME_BEGINS
    if looked_for and any(key.startswith(tax) for key in vendor.tax_keys):
        return Rank.TAX_NUMBER_BEGINS
    if looked_for and digits.isdigit() and any(key.endswith(digits) for key in vendor.account_keys):
        return Rank.ACCOUNT_ENDS
    return Rank.WORDS_BEGIN if words and any(_begin(words, name) for name in names) else None


def _figures(number: str) -> str:
    """Return a vendor's number without the letters and zeros that it begins with: people leave them out."""
    return re.sub(r"^[\D0]+", "", number)


def _begin(words: Iterable[str], name: Sequence[str]) -> bool:
    return all(any(own.startswith(word) for own in name) for word in words)


def _alike(typed: str, vendors: Sequence[Vendor], most: int) -> list[Vendor]:
    """Return the vendors whose names come near, the nearest first."""
    spelled = [(bare, vendor) for vendor in vendors for bare in vendor.bare_names]
    found: list[Any] = process.extract(
        " ".join(bare_words(typed)),
        [bare for bare, _vendor in spelled],
        scorer=fuzz.WRatio,
        limit=3 * most,
        score_cutoff=OFFERED,
    )
    return [spelled[place][1] for _bare, _score, place in found]
