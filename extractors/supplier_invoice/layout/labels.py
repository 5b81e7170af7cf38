"""Labels on a bill: the known wordings next to or over a value, and where a row has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from extractors.supplier_invoice.layout.rows import PrintedRow, tokens_of
from extractors.supplier_invoice.layout.vocabulary import WORDS
from keywright.model.reading import text_of

#: role -> how much the words alone prove (0-1) -> wordings, separated by ``|``.
Phrases = Mapping[str, Mapping[str, str]]
#: A word longer than this can be a label that a program printed without a blank: "RechnungsnummerRE2025".
GLUED = 4


@dataclass(frozen=True, slots=True)
class Hit:
    """Words of a row that are a known label: the tokens from ``first`` to ``stop``, its ``role``, and its certainty
    ``weight``.
    """

    role: str
    weight: float
    row: PrintedRow
    first: int
    stop: int

    @property
    def words(self) -> tuple[int, int]:
        """Return the first and the last word of the label in its row."""
        return self.row.tokens[self.first].word, self.row.tokens[self.stop - 1].word

    @property
    def text(self) -> str:
        """Return the label as printed."""
        first, last = self.words
        return text_of(self.row.words[first : last + 1])


class Vocabulary:
    """Labels by their first token; of several labels that match, the longest is taken."""

    def __init__(self, phrases: Phrases) -> None:
        labels_by_token: dict[str, dict[tuple[str, ...], tuple[str, float]]] = {}
        for role, weights in phrases.items():
            for weight, wordings in weights.items():
                for wording in wordings.split("|"):
                    tokens = tokens_of(wording)
                    if tokens and tokens not in labels_by_token.setdefault(tokens[0], {}):
                        labels_by_token[tokens[0]][tokens] = (role, float(weight))
        self.by_first = {
            first: sorted(((t, r, w) for t, (r, w) in labels.items()), key=lambda x: -len(x[0]))
            for first, labels in labels_by_token.items()
        }

    def words(self) -> Iterator[str]:
        """Yield every token of every label."""
        for labels in self.by_first.values():
            for tokens, _, _ in labels:
                yield from tokens

    def at(self, tokens: Iterable[str]) -> tuple[str, float, int] | None:
        """Return role, weight and length of the longest label that the tokens begin with."""
        return next(self.all_at(tuple(tokens)), None)

    def all_at(self, tokens: tuple[str, ...]) -> Iterator[tuple[str, float, int]]:
        """Yield role, weight and length of the labels that the tokens begin with, the longest first."""
        for label, role, weight in self.by_first.get(tokens[0] if tokens else "", ()):
            if tokens[: len(label)] == label:
                yield role, weight, len(label)

    def find(self, row: PrintedRow) -> list[Hit]:
        """Return the labels in a row, from left to right, none inside another."""
        hits, place, texts = [], 0, [token.text for token in row.tokens]
        while place < len(texts):
            fitting = self.all_at(tuple(texts[place : place + 6])) if texts[place] in self.by_first else ()
            match = next((label for label in fitting if _together(row, place, place + label[2])), None)
            if match:
                hits.append(Hit(match[0], match[1], row, place, place + match[2]))
                place += match[2]
            else:
                place += 1
        return hits


def _together(row: PrintedRow, first: int, stop: int) -> bool:
    """Return whether the tokens are close together, and are not the letters of a number ("PO-3333")."""
    start, last = row.tokens[first], row.tokens[stop - 1]
    text = row.words[last.word].text
    label, rest = text[last.start : last.end], text[last.end :]
    glued = len(label) > GLUED and label.islower() and re.match(r"[A-Z]+[-/]?\d|\d", rest)
    if label.isalpha() and re.match(r"[-/_]?\w", rest) and not glued:
        return False
    if label[-1:].isdigit() and rest[:1].isalnum():
        return False
    if start.start and re.search(r"[\w][-/_]?$", row.words[start.word].text[: start.start]):
        return False
    words = range(row.tokens[first].word, row.tokens[stop - 1].word)
    return all(row.words[w + 1].box.left - row.words[w].box.right < 1.05 * row.height for w in words)


HEADER_LABELS = Vocabulary(WORDS["header"])
PARTY_LABELS = Vocabulary(WORDS["party"])
COLUMN_LABELS = Vocabulary(WORDS["column"])
