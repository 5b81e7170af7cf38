"""Arranges words that stand on one baseline into lines of print, across columns and blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from keywright.model.reading import Line, Word, box_of

#: The largest distance between two baselines of one line, in heights. Lines of print are 1.0 and more apart.
SAME_BASELINE = 0.32
#: A gap narrower than this, in heights, is inside a word that was drawn in two pieces.
TOUCHING = 0.05
#: Letter-spaced print: single letters further apart than this, in heights, are columns.
WIDEST_LETTER_SPACE = 0.9


@dataclass(frozen=True, slots=True)
class Run:
    """Words that stand side by side, the position of their baseline, and how tall they are."""

    words: Sequence[Word]
    baseline: float
    height: float


def lines_of(runs: Iterable[Run]) -> tuple[Line, ...]:
    """Return the lines of print that the runs form, from top to bottom, each from left to right."""
    lines: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: run.baseline):
        if lines and _shares_baseline(run, lines[-1]):
            lines[-1].append(run)
        else:
            lines.append([run])
    return tuple(_line(line) for line in lines)


def _shares_baseline(run: Run, line: list[Run]) -> bool:
    baseline, height = line[0].baseline, max(line[0].height, 0.1)
    return run.baseline - baseline <= SAME_BASELINE * min(height, max(run.height, 0.1))


def _line(runs: list[Run]) -> Line:
    words = sorted((word for run in runs for word in run.words), key=lambda word: word.box.left)
    return tuple(_without_letter_spaces(_joined(words)))


def _joined(words: list[Word]) -> list[Word]:
    """Join the pieces of words, and drop words that were drawn twice to look bold."""
    joined: list[Word] = []
    for word in words:
        last = joined[-1] if joined else None
        if last and _drawn_twice(last, word):
            continue
        if last and _touch(last, word):
            joined[-1] = _one_word((last, word))
        else:
            joined.append(word)
    return joined


def _drawn_twice(first: Word, second: Word) -> bool:
    reach = 0.25 * first.box.height
    return (
        first.text == second.text
        and abs(first.box.left - second.box.left) < reach
        and abs(first.box.right - second.box.right) < reach
    )


def _touch(first: Word, second: Word) -> bool:
    tall, low = sorted((first.box.height, second.box.height), reverse=True)
    gap = second.box.left - first.box.right
    same_size = low > 0.75 * tall
    same_engine = first.confidence == second.confidence == 1.0
    return same_engine and same_size and -0.2 * tall < gap < TOUCHING * tall


def _one_word(words: Sequence[Word]) -> Word:
    text = "".join(word.text for word in words)
    return Word(text, box_of(words), min(word.confidence for word in words))


def _without_letter_spaces(words: list[Word]) -> list[Word]:
    """Join ``I N V O I C E`` into one word; the digits of a table's columns stay separate."""
    if sum([len(word.text) == 1 for word in words]) < 4:
        return words
    result: list[Word] = []
    spaced: list[Word] = []
    for word in words:
        if spaced and not _continues(spaced, word):
            result += _word_or_letters(spaced)
            spaced = []
        spaced.append(word)
    return result + _word_or_letters(spaced)


def _continues(spaced: list[Word], word: Word) -> bool:
    if len(word.text) > 1 or len(spaced[-1].text) > 1:
        return False
    gap = word.box.left - spaced[-1].box.right
    if gap > WIDEST_LETTER_SPACE * word.box.height:
        return False
    if len(spaced) < 2:
        return True
    usual = median(b.box.left - a.box.right for a, b in pairwise(spaced))
    return abs(gap - usual) <= max(0.35 * usual, 0.12 * word.box.height)


def _word_or_letters(spaced: list[Word]) -> list[Word]:
    """Return the letters as one word if there are enough of them; two or three letters could be initials."""
    letters = sum(word.text.isalpha() for word in spaced)
    if len(spaced) >= 4 and letters >= 0.7 * len(spaced):
        return [_one_word(spaced)]
    digits = sum(word.text.isdigit() for word in spaced)
    close = all(b.box.left - a.box.right < 0.45 * a.box.height for a, b in pairwise(spaced))
    if len(spaced) >= 5 and digits + letters >= 0.7 * len(spaced) and close:
        return [_one_word(spaced)]
    return spaced
