"""Proposes account and cost centre of a line: those of most earlier lines of the vendor with the same words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ALIKE = 0.5  #: share of common words from which two descriptions are alike
CLEAR = 0.75  #: share of the earlier lines from which their coding is proposed
FEWEST = 2  #: earlier lines that have to agree if none has the same words


@dataclass(frozen=True, slots=True)
class Coding:
    """On which account and cost centre a line is booked; "" is the vendor's usual account, and no cost centre."""

    account: str = ""
    cost_centre: str = ""


@dataclass(frozen=True, slots=True)
class EarlierLine:
    """A line of the vendor that a person confirmed: its description, and its coding."""

    description: str
    coding: Coding


@dataclass(frozen=True, slots=True)
class CodingProposal:
    """A coding, and its evidence: ``agreeing`` of ``considered`` earlier lines have it; they are ``alike``, or only of
    the same vendor.
    """

    coding: Coding
    agreeing: int
    considered: int
    alike: bool


def proposal_for(description: str, earlier: Sequence[EarlierLine]) -> CodingProposal | None:
    """Return what a line with this description is probably booked on, or None if earlier lines do not agree."""
    words = _words(description)
    alike = [line for line in earlier if likeness(words, _words(line.description)) >= ALIKE]
    lines = alike or earlier
    if not lines:
        return None
    (coding, agreeing), *_ = Counter(line.coding for line in lines).most_common(1)
    if agreeing < CLEAR * len(lines) or (not alike and agreeing < FEWEST):
        return None
    return CodingProposal(coding, agreeing, len(lines), bool(alike))


def likeness(words: frozenset[str], others: frozenset[str]) -> float:
    """Return the share of their words that two descriptions have in common, 0-1."""
    return len(words & others) / len(words | others) if words and others else 0.0


def _words(description: str) -> frozenset[str]:
    """Return the words that say what is sold: no numbers, no short words, no accents."""
    plain = unicodedata.normalize("NFKD", description.casefold())
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return frozenset(_stems(re.findall(r"[^\W\d_]{3,}", bare)))


def _stems(words: Iterable[str]) -> Iterable[str]:
    """Leave out a plural's s, so that "bag" and "bags" are one word."""
    return (word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words)
