"""What a misread number may be: letters and figures that look alike, put in each other's place."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: What an engine takes for a figure's neighbour in looks; only these are ever changed.
FIGURES = str.maketrans(
    {"!": "1", "|": "1", "O": "0", "o": "0", "Q": "0", "I": "1", "l": "1", "S": "5", "B": "8", "Z": "2"}
)
LETTERS = str.maketrans({"0": "O", "1": "I", "5": "S", "8": "B", "2": "Z"})
RUN = re.compile(r"[^\W_]+")


def look_alikes(text: str) -> tuple[str, ...]:
    """Return other spellings of a text with figures in it, the likeliest first: ``BTG-2O41`` may be ``BTG-2041``.

    A run of letters and figures is taken for a number first, then for a word; runs of figures alone stay.
    """
    if not any(c.isdigit() for c in text):
        return ()
    spelled = (RUN.sub(lambda run: _figures(run[0]), text), RUN.sub(lambda run: _letters(run[0]), text))
    return tuple(one for one in dict.fromkeys((*spelled, *_singly(text))) if one != text)


def _figures(run: str) -> str:
    """Return a run as a number, if it has a figure and letters that may be figures."""
    figures = run.translate(FIGURES)
    return figures if any(c.isdigit() for c in run) and figures.isdigit() else run


def _letters(run: str) -> str:
    """Return a run as a word, if it begins like one and its figures may be letters."""
    letters = run.translate(LETTERS)
    return letters if letters.isalpha() and run[0].isalpha() else run


def _singly(text: str) -> Iterator[str]:
    """Yield the text with one letter among figures made a figure."""
    for place, letter in enumerate(text):
        near = text[max(0, place - 1) : place] + text[place + 1 : place + 2]
        figure = letter.translate(FIGURES)
        if figure != letter and any(c.isdigit() for c in near):
            yield text[:place] + figure + text[place + 1 :]
