"""Which vendors on file are suggested while a person types a number, a tax number, an account or a name."""

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
"""From this many typed digits on, tax numbers and ends of accounts are searched."""


class Rank(IntEnum):
    """How the typed text matches a vendor, the best match first."""

    WHOLE_NUMBER = 0  #: a vendor's number, tax number or account, all of it
    NUMBER_BEGINS = 1
    NAME_BEGINS = 2
    TAX_NUMBER_BEGINS = 3
    ACCOUNT_ENDS = 4
    WORDS_BEGIN = 5  #: each typed word begins a word of the name


def offered(text: str, vendors: Sequence[Vendor], most: int = 8) -> tuple[Vendor, ...]:
    """Return the active vendors that match a typed text, the best match first, those of one rank by name."""
    active = [vendor for vendor in vendors if vendor.active]
    ranked = [(rank, vendor) for vendor in active if (rank := _rank(text, vendor)) is not None]
    ranked.sort(key=lambda pair: (pair[0], bare_words(pair[1].name), pair[1].number))
    suggestions = [vendor for _rank_of_it, vendor in ranked]
    if len(suggestions) < most:
        suggestions += _alike(text, active, most)
    return tuple({vendor.number: vendor for vendor in suggestions}.values())[:most]


def _rank(text: str, vendor: Vendor) -> Rank | None:
    """Return how a text matches a vendor by something other than likeness, or None."""
    number, folded = vendor.number.casefold(), text.casefold()
    tax, account = tax_key(text), account_key(text)
    digits = re.sub(r"[\s.-]", "", text)
    looked_for = len(digits) >= FEWEST_DIGITS and any(letter.isdigit() for letter in digits)
    if folded == number or (looked_for and (tax in vendor.tax_keys or account in vendor.account_keys)):
        return Rank.WHOLE_NUMBER
    if number.startswith(folded) or _figures(number).startswith(folded):
        return Rank.NUMBER_BEGINS
    names = [bare_words(name) for name in (vendor.name, *vendor.other_names)]
    words = bare_words(text)
    if words and any(" ".join(name).startswith(" ".join(words)) for name in names):
        return Rank.NAME_BEGINS
    if looked_for and any(key.startswith(tax) for key in vendor.tax_keys):
        return Rank.TAX_NUMBER_BEGINS
    if looked_for and digits.isdigit() and any(key.endswith(digits) for key in vendor.account_keys):
        return Rank.ACCOUNT_ENDS
    return Rank.WORDS_BEGIN if words and any(_begin(words, name) for name in names) else None


def _figures(number: str) -> str:
    """Return a vendor's number without its leading letters and zeros, which people leave out."""
    return re.sub(r"^[\D0]+", "", number)


def _begin(words: Iterable[str], name: Sequence[str]) -> bool:
    return all(any(own.startswith(word) for own in name) for word in words)


def _alike(text: str, vendors: Sequence[Vendor], most: int) -> list[Vendor]:
    """Return the vendors with similar names, the most similar first."""
    spelled = [(bare, vendor) for vendor in vendors for bare in vendor.bare_names]
    similar: list[Any] = process.extract(
        " ".join(bare_words(text)),
        [bare for bare, _vendor in spelled],
        scorer=fuzz.WRatio,
        limit=3 * most,
        score_cutoff=OFFERED,
    )
    return [spelled[place][1] for _bare, _score, place in similar]
