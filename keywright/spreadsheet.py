"""Reads the rows of a CSV file or an Excel workbook that another program exported."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from keywright.errors import Stop
from keywright.model.fields import bare

Row = tuple[int, Sequence[str]]
"""A row's number in the spreadsheet, and the text of its cells."""


def rows_of(path: Path, heads: Collection[str]) -> Iterator[Row]:
    """Yield the rows of the file's only or first sheet; ``heads`` are the known column heads, bare.

    Raises Stop if it is neither CSV nor Excel.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Stop(f"{path} cannot be read: {error.strerror}.") from error
    if content[:2] == b"PK":
        return _workbook_rows(path, content)
    if b"\x00" in content or content[:4] == b"\xd0\xcf\x11\xe0":
        raise Stop(f"{path} is neither CSV nor an Excel workbook (.xlsx). Save it as one of these.")
    return _csv_rows(path, content, set(heads))


def _workbook_rows(path: Path, content: bytes) -> Iterator[Row]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = [[_text(cell) for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    except (InvalidFileException, BadZipFile, KeyError, ValueError, IndexError) as error:
        raise Stop(f"{path} is not a workbook that can be read. Save it as .xlsx or CSV again.") from error
    return iter(list(enumerate(rows, 1)))


def _text(value: object) -> str:
    """Return a cell as Excel shows it: 1001 where the file has 1001.0."""
    whole = isinstance(value, float) and value.is_integer()
    return "" if value is None else str(int(value) if whole else value).strip()  # type: ignore[call-overload]


def _csv_rows(path: Path, content: bytes, heads: set[str]) -> Iterator[Row]:
    """Yield the rows of a CSV file in UTF-8 or Excel's Windows-1252, separated by commas, semicolons or tabs."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    head = next((line for line in text.splitlines() if heads & set(map(bare, re.split(r"[,;\t]", line)))), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True)
    try:
        rows = [[cell.strip() for cell in row] for row in reader]
    except csv.Error as error:
        raise Stop(f"{path}, line {reader.line_num}: {error}. Save the file as CSV or .xlsx again.") from error
    return iter(list(enumerate(rows, 1)))
