"""Reads what a page prints in the rows of a table."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Frame

from systems.formats import plain


def rows(frame: Frame, column: str) -> list[list[str]]:
    """Return the cells of each row under the headings of the table that has this column, the headings first."""
    table = frame.locator(f"xpath=//tr[th[normalize-space(.)={quoted(column)}]]")
    found: list[Any] = table.first.evaluate(
        """heading => [...heading.parentElement.rows].filter(row => row.rowIndex >= heading.rowIndex)
            .map(row => [...row.cells].map(cell => cell.textContent))"""
    )
    return [[plain(str(cell)) for cell in row] for row in found]


def quoted(text: str) -> str:
    """Write a text as an XPath string, whatever quotes are in it."""
    if '"' not in text:
        return f'"{text}"'
    parts = ", '\"', ".join(f'"{part}"' for part in text.split('"'))
    return f"concat({parts})"
