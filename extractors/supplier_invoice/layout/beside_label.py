"""Finds the print next to or under a label: the words to its right up to the next label, or the phrase under it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from extractors.supplier_invoice.layout.labels import Hit, Vocabulary
from extractors.supplier_invoice.layout.rows import InvoiceSheet, Phrase, PrintedRow, overlap, tokens_of
from extractors.supplier_invoice.signals import Signal
from keywright.model.reading import Box, Word, box_of

#: Signs that can be printed between a label and its value.
PUNCTUATION = " :;.,#=–—-|°º>*\u00a0"


PARTIES = {"seller", "buyer", "ship", "attention"}


@dataclass(frozen=True, slots=True, eq=False)
class ValuePlace:
    """Words that could be a label's value: ``nearness`` (0-1) says how likely, ``where`` how they are placed to the
    label.
    """

    words: tuple[Word, ...]
    row: PrintedRow
    first: int
    nearness: float
    where: Signal

    @property
    def box(self) -> Box:
        return box_of(self.words)


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """All labels of a sheet, row by row."""

    sheet: InvoiceSheet
    by_row: tuple[tuple[Hit, ...], ...]

    def hits(self, role: str) -> Iterator[Hit]:
        return (hit for hits in self.by_row for hit in hits if hit.role == role)


def labels_of(sheet: InvoiceSheet, vocabulary: Vocabulary) -> Labels:
    """Find every label of a vocabulary, including labels that are broken over two rows."""
    by_row = [vocabulary.find(row) for row in sheet.rows]
    for upper, lower in pairwise(sheet.rows):
        if upper.page == lower.page and by_row[upper.index]:
            for upper_part, lower_part, role, weight in _broken_labels(sheet, vocabulary, upper, lower):
                by_row[upper.index] = [h for h in by_row[upper.index] if not _within(h, upper_part)]
                first = next(n for n, t in enumerate(lower.tokens) if t.word >= lower_part.first)
                hit = Hit(role, weight, lower, first, first + len(lower_part.tokens))
                remaining = [h for h in by_row[lower.index] if not _within(h, lower_part)]
                by_row[lower.index] = sorted([*remaining, hit], key=lambda h: h.first)
    return Labels(sheet, tuple(tuple(hits) for hits in by_row))


def _broken_labels(
    sheet: InvoiceSheet, vocabulary: Vocabulary, upper: PrintedRow, lower: PrintedRow
) -> Iterator[tuple[Phrase, Phrase, str, float]]:
    """Yield two phrases, one just under the other, that are one label and nothing else: "Invoice" over "number"."""
    for upper_phrase in sheet.by_row[upper.index]:
        for lower_phrase in sheet.by_row[lower.index]:
            near = lower_phrase.box.top - upper_phrase.box.bottom < 0.7 * lower.height and not (
                upper_phrase.valued and lower_phrase.valued
            )
            if near and overlap(upper_phrase.box, lower_phrase.box) > 0.4 * min(
                upper_phrase.box.width, lower_phrase.box.width
            ):
                tokens = upper_phrase.tokens + lower_phrase.tokens
                match = vocabulary.at(tokens)
                if match and match[2] == len(tokens) and upper_phrase.tokens and lower_phrase.tokens:
                    yield upper_phrase, lower_phrase, match[0], match[1]


def _within(hit: Hit, phrase: Phrase) -> bool:
    return phrase.first <= hit.words[0] < phrase.stop


def places(labels: Labels, hit: Hit) -> Iterator[ValuePlace]:
    """Yield where a label's value could be, the likeliest first: right of it, then under it."""
    right = _right(labels, hit) or _right_on_other_baseline(labels, hit)
    beneath = list(_beneath(labels, hit, taken=right is not None and _beside(hit, right)))
    if right and beneath and not _beside(hit, right) and _close_under(hit, beneath[0]):
        yield beneath.pop(0)
    if right:
        yield right
    yield from beneath


def _close_under(hit: Hit, place: ValuePlace) -> bool:
    """Return whether a phrase is right under a label, with its left edge: nearer than print far to the right."""
    box = label_box(hit)
    return abs(place.box.left - box.left) < 2 and place.box.top - box.bottom < 0.8 * hit.row.height


def _right_on_other_baseline(labels: Labels, hit: Hit) -> ValuePlace | None:
    """Return the phrase right of a label that is at its height on another baseline, as larger print is."""
    box, rows = label_box(hit), labels.sheet.rows
    for row in rows[max(0, hit.row.index - 1) : hit.row.index + 2]:
        if row is hit.row or row.page != hit.row.page:
            continue
        for phrase in labels.sheet.by_row[row.index]:
            high = min(box.bottom, phrase.box.bottom) - max(box.top, phrase.box.top)
            gap = phrase.box.left - box.right
            if high > 0.6 * box.height and 0 < gap < 0.35 * labels.sheet.width(row.page):
                return ValuePlace(phrase.words, row, phrase.first, 0.85, Signal.LEVEL_WITH_LABEL)
    return None


def _beside(hit: Hit, right: ValuePlace) -> bool:
    """Return whether the print right of a label is so near that there is no value under the label."""
    return right.words[0].box.left - label_box(hit).right < 6 * hit.row.height


def label_box(hit: Hit) -> Box:
    first, last = hit.words
    return box_of(hit.row.words[first : last + 1])


def _right(labels: Labels, hit: Hit) -> ValuePlace | None:
    row, last = hit.row, hit.words[1]
    end = hit.row.tokens[hit.stop - 1].end
    nexts = [h.words[0] for h in labels.by_row[row.index] if h.words[0] > last and not _connects(hit, h)]
    stop = min([len(row.words), *nexts])
    words = list(row.words[last + 1 : stop])
    rest = row.words[last].text[end:].lstrip(PUNCTUATION + "s")
    glued = [replace(row.words[last], text=rest)] if rest and any(c.isalnum() for c in rest) else []
    while words and not glued and (not words[0].text.strip(PUNCTUATION) or set(tokens_of(words[0].text)) <= JOINTS):
        words.pop(0)
    begins = stop - len(words)
    words = glued + words
    if not words:
        return None
    words[0] = replace(words[0], text=words[0].text.lstrip(PUNCTUATION) or words[0].text)
    width = labels.sheet.width(row.page)
    gap = max(0.0, words[0].box.left - row.words[last].box.right)
    nearness = max(0.55, 1.0 - 0.6 * max(0.0, gap - 40) / width)
    return ValuePlace(_near_run(words, row), row, last if glued else begins, nearness, Signal.RIGHT_OF_LABEL)


#: Small words between a label and its value that are labels elsewhere: "Facture # -", "payable le".
JOINTS = {"#", "le", "du", "vom", "am", "au", "on", "by"}


def _connects(hit: Hit, next_hit: Hit) -> bool:
    """Return whether another label is only a connecting word between this one and its value."""
    texts = {token.text for token in next_hit.row.tokens[next_hit.first : next_hit.stop]}
    return next_hit.first == hit.stop and texts <= JOINTS


def _near_run(words: list[Word], row: PrintedRow) -> tuple[Word, ...]:
    """Return the words up to the first wide gap, or the next label's colon."""
    for place in range(1, len(words)):
        label = words[place].text.endswith(":") and words[place].text[0].isalpha()
        if label or words[place].box.left - words[place - 1].box.right > 2.2 * row.height:
            return tuple(words[:place])
    return tuple(words)


def _beneath(labels: Labels, hit: Hit, taken: bool) -> Iterator[ValuePlace]:
    box = label_box(hit)
    if taken and hit.role == "attention":
        box = box.around(labels.sheet.phrase_at(hit.row, hit.words[1]).box)
    phrases_found = 0
    for phrase in labels.sheet.beneath(box, hit.row, 5.5 * hit.row.height):
        if hit.role in PARTIES and _numbered(phrase):
            continue
        steps = phrase.row.index - hit.row.index
        known = [h for h in labels.by_row[phrase.row.index] if phrase.first <= h.words[0] < phrase.stop]
        if known and known[0].words[0] == phrase.first and known[0].weight > 0.7 and not _begins_name(known[0], phrase):
            if phrases_found == 0 and _continues(known[0], phrase.words):
                continue
            return
        aligned = abs(phrase.box.left - box.left) < 4 or abs(phrase.box.right - box.right) < 4
        centred = abs((phrase.box.left + phrase.box.right) - (box.left + box.right)) < 12
        close = max(0.6, 1.0 - 0.06 * max(0, steps - 1))
        nearness = (0.95 if aligned or centred else 0.85) * close * (0.8 if taken else 1.0)
        first, stop = _in_column(labels, hit, phrase)
        yield ValuePlace(phrase.row.words[first:stop], phrase.row, first, nearness, Signal.UNDER_LABEL)
        phrases_found += 1
        if phrases_found == 2 or overlap(phrase.box, box) > 0.8 * box.width:
            return


def _in_column(labels: Labels, hit: Hit, phrase: Phrase) -> tuple[int, int]:
    """Return which words of a phrase are in the label's own column, if the phrase continues under the next label."""
    box = label_box(hit)
    own = labels.sheet.phrase_at(hit.row, hit.words[1]).box
    rows = labels.sheet.by_row[max(0, hit.row.index - 3) : hit.row.index + 1]
    close = [p.box for row in rows for p in row if 0 <= box.bottom - p.box.bottom < 1.4 * box.height]
    boxes = close if own.right - own.left < 3 * box.width else []
    left_limit = max((b.right for b in boxes if b.right <= box.left), default=-1e9)
    right_limit = min((b.left for b in boxes if b.left >= box.right), default=1e9)
    if phrase.box.left > left_limit - 3 and phrase.box.right < right_limit + 3:
        return phrase.first, phrase.stop
    low, high = (left_limit + box.left) / 2, (right_limit + box.right) / 2
    inside = [n for n in range(phrase.first, phrase.stop) if low <= _middle(phrase.row.words[n]) <= high]
    return (inside[0], inside[-1] + 1) if inside else (phrase.first, phrase.stop)


def _middle(word: Word) -> float:
    return (word.box.left + word.box.right) / 2


def _numbered(phrase: Phrase) -> bool:
    """Return whether a phrase is a number and no name: "GLN 4304171000002" between "Buyer" and its name."""
    return sum(c.isdigit() for c in phrase.text) > 2 * sum(c.isalpha() for c in phrase.text)


def _begins_name(hit: Hit, phrase: Phrase) -> bool:
    """Return whether words that could be a party's label begin a name instead: "Lieferant GmbH"."""
    last = hit.words[1]
    return (
        hit.role in PARTIES
        and last + 1 < phrase.stop
        and not phrase.row.words[last].text.endswith(":")
        and (phrase.row.words[last + 1].text[0].isupper())
    )


def _continues(hit: Hit, words: tuple[Word, ...]) -> bool:
    """Return whether a phrase under a label is only a continuation of the label: "Date" over "d'échéance"."""
    return hit.words[1] - hit.words[0] + 1 >= len(words)
