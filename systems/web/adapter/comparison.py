"""Compares a record as its system shows it, opened afresh, with what was to be keyed: value by value, line by line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from keywright.errors import Refer, Stop
from keywright.findings import Kind
from keywright.messages import Message
from keywright.model.target_system import HELD_TWICE, SHOWN_OTHERWISE, Receipt
from systems.web.screen.formats import Expected, Format

_LINE = re.compile(r"lines\[(\d+)\]\.")

Comparison = tuple[Expected, str]
"""One value that the record must show, and what it shows."""


def receipt_of(system: str, number: str, comparisons: Sequence[Comparison], format: Format, picture: bytes) -> Receipt:
    """Return the receipt of a record from what it shows and its picture (PNG).

    Raises Refer, with both values and the picture, if one is not what was to be keyed.
    """
    ensure_same(system, number, comparisons, format, picture)
    values = tuple(expected.as_shown(text, format) for expected, text in comparisons)
    return Receipt(system, number, values, picture, dt.datetime.now(dt.UTC))


def ensure_same(
    system: str, number: str, comparisons: Sequence[Comparison], format: Format, picture: bytes = b""
) -> None:
    """Raise Refer, with both values of each, if a record shows another value than was to be keyed.

    ``picture`` (PNG) is of the record's page, and is kept with what is referred.
    """
    wrong = [(expected, text) for expected, text in comparisons if not expected.met_by(text, format)]
    if not wrong:
        return
    differences = tuple(
        Message(
            "{field} is “{there}” there and should be “{here}”",
            field=_title(expected),
            there=text,
            here=format.write(expected.value),
        )
        for expected, text in wrong
    )
    raise Refer.because(
        SHOWN_OTHERWISE,
        Message(
            "Record differs in {system}. {number}: {differences}. Compare them with the document, and correct the "
            "record there, or the values here.",
            system=system,
            number=number,
            differences=differences,
        ),
        *(expected.name for expected, _ in wrong),
        kind=Kind.SYSTEM,
        acceptable=False,
        picture=picture,
    )


def _title(expected: Expected) -> str:
    """Return a value's name in words, with the number of its line."""
    label = expected.name.rpartition(".")[2].replace("_", " ")
    line = _LINE.match(expected.name)
    return Message("line {number}, {label}", number=int(line[1]), label=label) if line else label


def ensure_read_back(system: str, expected: Sequence[Expected], **files: object) -> None:
    """Raise Stop if nothing of a record is read back, or if a file, by its name in the record, is attached and is not.

    What is not read back may have been dropped without a word.
    """
    if not expected:
        raise Stop(
            f"The module of {system} reads nothing of a record back. Add to its function shown where the record's page "
            "shows what. Nothing was posted."
        )
    names = {value.name for value in expected}
    if lost := [name for name, file in files.items() if file is not None and name not in names]:
        raise Stop(
            f"The module of {system} attaches {', '.join(lost)} and reads it back nowhere. Add to its function shown "
            "where the record's page shows the file. Nothing was posted."
        )


def compared_lines(expected: Sequence[Sequence[Expected]], texts: Sequence[Sequence[str]]) -> list[Comparison]:
    """Return every cell of a record's lines with the text shown for it; if the numbers of lines differ, the two
    numbers.
    """
    if len(texts) != len(expected):
        return [(Expected("lines", str(len(expected)), ""), str(len(texts)))]
    return [pair for line, cells in zip(expected, texts, strict=True) for pair in zip(line, cells, strict=True)]


def only(system: str, numbers: Sequence[str]) -> str | None:
    """Return the number of the one record that was found, or None. Raises Refer, naming all, if there are several."""
    if len(numbers) > 1:
        raise Refer.because(
            HELD_TWICE,
            Message(
                "Entered {count} times in {system}. It holds this record as {numbers}. Cancel all but one there.",
                count=len(numbers),
                system=system,
                numbers=tuple(numbers),
            ),
            kind=Kind.DUPLICATE,
            acceptable=False,
        )
    return numbers[0] if numbers else None
