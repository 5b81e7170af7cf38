"""Compares a record as its system shows it, opened afresh, with what was to be keyed: value by value, line by line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from keywright.errors import Refer, Stop
from keywright.findings import Kind
from keywright.model.target_system import HELD_TWICE, SHOWN_OTHERWISE, Receipt
from systems.web.screen.formats import Expected, Format

Seen = tuple[Expected, str]
"""One value that the record must show, and what it shows."""


def receipt_of(system: str, number: str, seen: Sequence[Seen], format: Format, picture: bytes) -> Receipt:
    """Return the receipt of a record from what it shows and its picture (PNG).

    Raises Refer, with both values and the picture, if one is not what was to be keyed.
    """
    ensure_same(system, number, seen, format, picture)
    values = tuple(each.as_shown(shown, format) for each, shown in seen)
    return Receipt(system, number, values, picture, dt.datetime.now(dt.UTC))


def ensure_same(system: str, number: str, seen: Sequence[Seen], format: Format, picture: bytes = b"") -> None:
    """Raise Refer, with both values of each, if a record shows another value than was to be keyed.

    ``picture`` (PNG) is of the record's page, and is kept with what is referred.
    """
    wrong = [(each, shown) for each, shown in seen if not each.met_by(shown, format)]
    if not wrong:
        return
    told = "; ".join(
        f"{each.name} is {shown!r} there and should be {format.write(each.value)!r}" for each, shown in wrong
    )
    raise Refer.because(
        SHOWN_OTHERWISE,
        f"{system} holds {number} with other values: {told}. Compare them with the document, and correct the "
        f"record there, or the values here.",
        *(each.name for each, _ in wrong),
        kind=Kind.SYSTEM,
        acceptable=False,
        picture=picture,
    )


def ensure_read_back(system: str, expected: Sequence[Expected], **files: object) -> None:
    """Raise Stop if nothing of a record is read back, or if a file, by its name in the record, is attached and is not.

    What is not read back may have been dropped without a word.
    """
    if not expected:
        raise Stop(
            f"The module of {system} reads nothing of a record back. Add to its function shown where the record's page "
            "shows what. Nothing was posted."
        )
    names = {each.name for each in expected}
    if lost := [name for name, file in files.items() if file is not None and name not in names]:
        raise Stop(
            f"The module of {system} attaches {', '.join(lost)} and reads it back nowhere. Add to its function shown "
            "where the record's page shows the file. Nothing was posted."
        )


def lines_seen(expected: Sequence[Sequence[Expected]], shown: Sequence[Sequence[str]]) -> list[Seen]:
    """Return every cell of a record's lines with what it shows; another number of lines is told in their place."""
    if len(shown) != len(expected):
        return [(Expected("lines", str(len(expected)), ""), str(len(shown)))]
    return [pair for line, cells in zip(expected, shown, strict=True) for pair in zip(line, cells, strict=True)]


def only(system: str, numbers: Sequence[str]) -> str | None:
    """Return the number of the one record that was found, or None. Raises Refer, naming all, if there are several."""
    if len(numbers) > 1:
        raise Refer.because(
            HELD_TWICE,
            f"{system} holds this record {len(numbers)} times: {', '.join(numbers)}. Cancel all but one there.",
            kind=Kind.DUPLICATE,
            acceptable=False,
        )
    return numbers[0] if numbers else None
