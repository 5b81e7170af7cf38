"""The shape of codes: which letters stay, which vary, and how many digits there are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from keywright.profiles.prints import plain

MOST_SHAPES = 6


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
    return "|".join(_shape(groups) for groups in list(by_form.values())[:MOST_SHAPES])


def _shape(codes: Sequence[Sequence[str]]) -> str:
    pattern = ""
    for groups in zip(*codes, strict=True):
        least, most = min(map(len, groups)), max(map(len, groups))
        if groups[0].isdigit():
            pattern += rf"\d{{{max(1, least - 1)},{most + 1}}}"
        else:
            pattern += groups[0] if len(set(groups)) == 1 else rf"[a-z]{{{least},{most}}}"
    return pattern
