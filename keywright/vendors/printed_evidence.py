"""Finds the vendors on file that any words of a document speak for: tax numbers, accounts, names and postal codes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from keywright.model.fields import bare
from keywright.model.reading import Line, Page, phrases_of, text_of
from keywright.model.values.bank_accounts import WHOLE, notations
from keywright.model.values.company_names import CANADIAN_CODE, OTHER_CODE, bare_company, bare_words
from keywright.model.vendor import Vendor, tax_key

SHORTEST_TAX_NUMBER = 8  # letters and digits; shorter numbers are printed by chance
LONGEST_NUMBER = 34  # letters and digits: those of the longest IBAN
LINES_OF_AN_ADDRESS = 7  # a postal code within so many lines below this office's name is this office's
LONGEST_PREFIX = 4  # letters before a number that belong to it: DE, CHE, GB
_IS_CANADIAN = re.compile(r"(?:CA)?\d{9}R[CMPTZ]")
_PIECE = re.compile(r"[0-9A-Za-z]+")


class PrintedEvidence(StrEnum):
    """What is printed of a vendor on file; the text stands in sentences."""

    TAX_NUMBER = "tax number"
    BANK_ACCOUNT = "bank account"
    NAME = "name"
    POSTAL_CODE = "postal code"


@dataclass
class PrintedVendor:
    """A vendor on file, and the words of a document that speak for it."""

    vendor: Vendor
    words: dict[PrintedEvidence, Line] = field(default_factory=dict)

    @property
    def tax_number(self) -> str:
        """Return the vendor's tax number on file that is printed, or ""."""
        printed = bare(text_of(self.words.get(PrintedEvidence.TAX_NUMBER, ())))
        return next((own for own in self.vendor.tax_numbers if bare(tax_key(own)) in printed), "")

    @property
    def strength(self) -> int:
        """Return 3 with a tax number, 2 with two other kinds of evidence, 1 with one: alone it decides nothing.

        A bank account alone is one kind: a factor or a thief prints one too.
        """
        return 3 if PrintedEvidence.TAX_NUMBER in self.words else min(len(self.words), 2)


class VendorIndex:
    """The vendors on file by what a document can print of them; vendors that are this office itself are left out."""

    def __init__(self, vendors: Iterable[Vendor] = (), town_names: Sequence[str] = ()) -> None:
        self.town = tuple(filter(None, map(bare, town_names)))
        self.by_tax_number: dict[str, list[Vendor]] = defaultdict(list)
        self.by_account: dict[str, list[Vendor]] = defaultdict(list)
        self.by_postal_code: dict[str, list[Vendor]] = defaultdict(list)
        self.by_first_word: dict[str, list[tuple[tuple[str, ...], Vendor]]] = defaultdict(list)
        for vendor in vendors:
            if not self._is_this_office(vendor.name):
                self._add(vendor)
        for names in self.by_first_word.values():
            names.sort(key=lambda name: -len(name[0]))

    def __bool__(self) -> bool:
        return bool(self.by_first_word)

    def named(self, name: str) -> list[Vendor]:
        """Return the vendors that have this very name, legal forms and spelling aside."""
        words = tuple(bare_company(name).split())
        return [vendor for own, vendor in self.by_first_word.get(words[0], ()) if own == words] if words else []

    def printed_on(self, pages: Sequence[Page]) -> list[PrintedVendor]:
        """Return every vendor for which any words of a document speak."""
        printed: dict[str, PrintedVendor] = {}
        for page in pages:
            for kind, vendor, words in self._evidence(page):
                entry = printed.setdefault(vendor.number, PrintedVendor(vendor))
                entry.words.setdefault(kind, words)
        return list(printed.values())

    def _add(self, vendor: Vendor) -> None:
        for key in vendor.tax_keys:
            if len(key) >= SHORTEST_TAX_NUMBER:
                self.by_tax_number[key].append(vendor)
        for key in vendor.account_keys:
            if len(key) >= WHOLE:
                for spelled in notations(key):
                    self.by_account[spelled].append(vendor)
        if vendor.postal_code:
            self.by_postal_code[vendor.postal_code].append(vendor)
        for name in dict.fromkeys(vendor.bare_names):
            words = tuple(name.split())
            self.by_first_word[words[0]].append((words, vendor))

    def _is_this_office(self, name: str) -> bool:
        return any(own in bare(name) for own in self.town)

    def _evidence(self, page: Page) -> Iterator[tuple[PrintedEvidence, Vendor, Line]]:
        phrases = [tuple(phrases_of(line)) for line in page.lines]
        own = [
            (place, phrase)
            for place, line in enumerate(phrases)
            for phrase in line
            if self._is_this_office(text_of(phrase))
        ]
        for place, line in enumerate(page.lines):
            yield from self._numbers(line)
            below = phrases[place + 1] if place + 1 < len(phrases) else ()
            blocks = [other for above, other in own if 0 <= place - above <= LINES_OF_AN_ADDRESS]
            for phrase in phrases[place]:
                yield from self._names(phrase, _continued(phrase, below))
                if not any(_same_column(other, phrase) for other in blocks):
                    yield from self._postal_codes(phrase)

    def _numbers(self, line: Line) -> Iterator[tuple[PrintedEvidence, Vendor, Line]]:
        """Yield the vendors whose tax number or account is printed in a line, in however many groups."""
        pieces = [(piece.upper(), word) for word in line for piece in _PIECE.findall(word.text)]
        for start, (first, _word) in enumerate(pieces):
            if len(first) > LONGEST_PREFIX and first.isalpha():
                continue
            joined = ""
            for end in range(start, len(pieces)):
                joined += pieces[end][0]
                if len(joined) > LONGEST_NUMBER:
                    break
                if len(joined) >= SHORTEST_TAX_NUMBER:
                    for kind, vendor in self._numbered(joined):
                        yield kind, vendor, tuple(dict.fromkeys(word for _piece, word in pieces[start : end + 1]))

    def _numbered(self, key: str) -> Iterator[tuple[PrintedEvidence, Vendor]]:
        """Yield the vendors with this tax number or account, printed without blanks and signs."""
        number = tax_key(key) if _IS_CANADIAN.match(key) else key
        for vendor in self.by_tax_number.get(number, ()):
            yield PrintedEvidence.TAX_NUMBER, vendor
        for vendor in self.by_account.get(key, ()):
            yield PrintedEvidence.BANK_ACCOUNT, vendor

    def _names(self, phrase: Line, beneath: Line) -> Iterator[tuple[PrintedEvidence, Vendor, Line]]:
        """Yield the vendors whose name is printed in a phrase, or begins there and ends in the one beneath."""
        tokens = [(token, word) for word in (*phrase, *beneath) for token in _tokens(word.text)]
        within, place = sum(len(_tokens(word.text)) for word in phrase), 0
        while place < within:
            length = 0
            for name, vendor in self.by_first_word.get(tokens[place][0], ()):
                is_printed = tuple(token for token, _word in tokens[place : place + len(name)]) == name
                if len(name) < length or not is_printed or not _says_enough(name, phrase):
                    continue
                length = len(name)
                words = tuple(dict.fromkeys(word for _token, word in tokens[place : place + length]))
                yield PrintedEvidence.NAME, vendor, words
            place += max(length, 1)

    def _postal_codes(self, phrase: Line) -> Iterator[tuple[PrintedEvidence, Vendor, Line]]:
        text = text_of(phrase).upper()
        codes = {first + second for first, second in CANADIAN_CODE.findall(text)} | set(OTHER_CODE.findall(text))
        for code in codes:
            for vendor in self.by_postal_code.get(code, ()):
                yield PrintedEvidence.POSTAL_CODE, vendor, phrase


@lru_cache(maxsize=20_000)
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(bare_words(text))


def _says_enough(name: Sequence[str], phrase: Line) -> bool:
    """Return True for a name of several words, and for one word that stands alone."""
    return len(name) > 1 or bare_company(text_of(phrase)) == name[0]


def _continued(phrase: Line, below: Sequence[Line]) -> Line:
    """Return the phrase of the next line that stands in the same column, or nothing."""
    return next((other for other in below if _same_column(phrase, other)), ())


def _same_column(upper: Line, lower: Line) -> bool:
    """Return True if two phrases overlap from left to right."""
    return upper[0].box.left < lower[-1].box.right and lower[0].box.left < upper[-1].box.right
