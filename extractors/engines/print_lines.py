"""Sets words that stand on one baseline into lines of print, whatever column or block they are in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from keywright.model.reading import Line, Word, box_of

#: How far apart, in heights, two baselines of one line may be. Lines of print are 1.0 and more apart.
SAME_BASELINE = 0.32
#: A blank narrower than this, in heights, is inside a word that was merely drawn in two pieces.
TOUCHING = 0.05
#: Letter-spaced print: single letters further apart than this, in heights, are columns.
WIDEST_LETTER_SPACE = 0.9


@dataclass(frozen=True, slots=True)
class Run:
    """Words known to stand side by side, the height of their baseline, and how tall they are."""

    words: Sequence[Word]
    baseline: float
    height: float


def lines_of(runs: Iterable[Run]) -> tuple[Line, ...]:
    """Return the lines of print that the runs make up, top down, each from left to right."""
    lines: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: run.baseline):
        if lines and _stands_on(run, lines[-1]):
            lines[-1].append(run)
        else:
            lines.append([run])
    return tuple(_line(line) for line in lines)


def _stands_on(run: Run, line: list[Run]) -> bool:
    baseline, height = line[0].baseline, max(line[0].height, 0.1)
    return run.baseline - baseline <= SAME_BASELINE * min(height, max(run.height, 0.1))


def _line(runs: list[Run]) -> Line:
    words = sorted((word for run in runs for word in run.words), key=lambda word: word.box.left)
    return tuple(_without_letter_spaces(_joined(words)))


def _joined(words: list[Word]) -> list[Word]:
    """Join the pieces of words, and drop what was drawn twice to look bold."""
    kept: list[Word] = []
    for word in words:
        last = kept[-1] if kept else None
        if last and _drawn_twice(last, word):
            continue
        if last and _touch(last, word):
            kept[-1] = _one_word((last, word))
        else:
            kept.append(word)
    return kept


def _drawn_twice(one: Word, other: Word) -> bool:
    reach = 0.25 * one.box.height
    return (
        one.text == other.text
        and abs(one.box.left - other.box.left) < reach
        and abs(one.box.right - other.box.right) < reach
    )


def _touch(one: Word, other: Word) -> bool:
    tall, low = sorted((one.box.height, other.box.height), reverse=True)
    gap = other.box.left - one.box.right
    same_size = low > 0.75 * tall
    same_engine = one.confidence == other.confidence == 1.0
    return same_engine and same_size and -0.2 * tall < gap < TOUCHING * tall


def _one_word(words: Sequence[Word]) -> Word:
    text = "".join(word.text for word in words)
    return Word(text, box_of(words), min(word.confidence for word in words))


def _without_letter_spaces(words: list[Word]) -> list[Word]:
    """Join ``I N V O I C E`` into one word; the digits of a table's columns stay apart."""
    if sum([len(word.text) == 1 for word in words]) < 4:
        return words
    result: list[Word] = []
    spaced: list[Word] = []
    for word in words:
        if spaced and not _goes_on(spaced, word):
            result += _settled(spaced)
            spaced = []
        spaced.append(word)
    return result + _settled(spaced)


def _goes_on(spaced: list[Word], word: Word) -> bool:
    if len(word.text) > 1 or len(spaced[-1].text) > 1:
        return False
    gap = word.box.left - spaced[-1].box.right
    if gap > WIDEST_LETTER_SPACE * word.box.height:
        return False
    if len(spaced) < 2:
        return True
    usual = median(b.box.left - a.box.right for a, b in pairwise(spaced))
    return abs(gap - usual) <= max(0.35 * usual, 0.12 * word.box.height)


def _settled(spaced: list[Word]) -> list[Word]:
    """Return the letters as one word if there are enough of them; two or three may be initials."""
    letters = sum(word.text.isalpha() for word in spaced)
    if len(spaced) >= 4 and letters >= 0.7 * len(spaced):
        return [_one_word(spaced)]
    digits = sum(word.text.isdigit() for word in spaced)
    close = all(b.box.left - a.box.right < 0.45 * a.box.height for a, b in pairwise(spaced))
    if len(spaced) >= 5 and digits + letters >= 0.7 * len(spaced) and close:
        return [_one_word(spaced)]
    return spaced
