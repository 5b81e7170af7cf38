"""The shape of codes: which letters stay, which vary, and how many digits there are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from keywright.profiles.prints import plain

MOST_SHAPES = 6
LONGEST_SHAPE = 2_000
_COUNT = r"\{\d{1,3},\d{1,3}\}"
_LETTERS = rf"(?:\[a-z\]{_COUNT}|[a-z]+)"
_DIGITS = rf"\\d{_COUNT}"
_FORM = re.compile(rf"{_LETTERS}?(?:{_DIGITS}{_LETTERS})*(?:{_DIGITS})?")
"""The form of a code: letters and digits in turn, so that there is one way to match it and none is slow."""


def shape_of(codes: Sequence[str]) -> str:
    """Return a regular expression over the plain text of codes.

    Letters stay unless they vary; a group of digits may grow or shrink by one.

    >>> shape_of(["SI-04066-1"])
    'si\\\\d{5,7}'
    """
    parts = [re.findall(r"[0-9]+|[a-z]+", plain(code)) for code in dict.fromkeys(codes)]
    parts = [groups for groups in parts if groups]
    by_form: dict[tuple[bool, ...], list[list[str]]] = {}
    for groups in parts:
        by_form.setdefault(tuple(group[0].isdigit() for group in groups), []).append(groups)
    shape = ""
    for groups in list(by_form.values())[:MOST_SHAPES]:
        longer = f"{shape}|{_shape(groups)}" if shape else _shape(groups)
        shape = longer if is_shape(longer) else shape
    return shape


def is_shape(text: str) -> bool:
    """Return whether a text, for example from a file, is a shape: letters and digits in turn, with their counts."""
    if len(text) > LONGEST_SHAPE or not all(map(_FORM.fullmatch, text.split("|"))):
        return False
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def _shape(codes: Sequence[Sequence[str]]) -> str:
    pattern = ""
    for groups in zip(*codes, strict=True):
        least, most = min(map(len, groups)), max(map(len, groups))
        if groups[0].isdigit():
            pattern += rf"\d{{{max(1, least - 1)},{most + 1}}}"
        else:
            pattern += groups[0] if len(set(groups)) == 1 else rf"[a-z]{{{least},{most}}}"
    return pattern
