"""Suggests what a misread number could be, by exchanging letters and digits that look alike."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: Letters that an engine confuses with digits; only these are changed.
FIGURES = str.maketrans(
    {"!": "1", "|": "1", "O": "0", "o": "0", "Q": "0", "I": "1", "l": "1", "S": "5", "B": "8", "Z": "2"}
)
LETTERS = str.maketrans({"0": "O", "1": "I", "5": "S", "8": "B", "2": "Z"})
RUN = re.compile(r"[^\W_]+")


def look_alikes(text: str) -> tuple[str, ...]:
    """Return other spellings of a text with digits in it, the likeliest first: ``BTG-2O41`` could be ``BTG-2041``.

    A run of letters and digits is first taken for a number, then for a word; runs of digits alone stay.
    """
    if not any(c.isdigit() for c in text):
        return ()
    spelled = (RUN.sub(lambda run: _figures(run[0]), text), RUN.sub(lambda run: _letters(run[0]), text))
    return tuple(spelling for spelling in dict.fromkeys((*spelled, *_singly(text))) if spelling != text)


def _figures(run: str) -> str:
    """Return a run as a number, if it has a digit and letters that could be digits."""
    figures = run.translate(FIGURES)
    return figures if any(c.isdigit() for c in run) and figures.isdigit() else run


def _letters(run: str) -> str:
    """Return a run as a word, if it begins with a letter and its digits could be letters."""
    letters = run.translate(LETTERS)
    return letters if letters.isalpha() and run[0].isalpha() else run


def _singly(text: str) -> Iterator[str]:
    """Yield the text with one letter next to a digit replaced by a digit."""
    for place, letter in enumerate(text):
        near = text[max(0, place - 1) : place] + text[place + 1 : place + 2]
        figure = letter.translate(FIGURES)
        if figure != letter and any(c.isdigit() for c in near):
            yield text[:place] + figure + text[place + 1 :]
