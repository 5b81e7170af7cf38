"""Describes where a control is on a screen: at a label, under a heading, in a row of a column."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Labelled:
    """The control with this label, or in the table cell right of this text; ``under`` names a heading above it."""

    label: str
    under: str = ""

    def __str__(self) -> str:
        return f"{self.label!r} under {self.under!r}" if self.under else repr(self.label)


@dataclass(frozen=True, slots=True)
class Cell:
    """The control in the n-th row (from 1) under a column's heading."""

    column: str
    row: int

    def __str__(self) -> str:
        return f"{self.column!r} in row {self.row}"


Place = str | Labelled | Cell


def labelled(place: Place) -> Labelled | Cell:
    """Return a place; a text alone is a label."""
    return Labelled(place) if isinstance(place, str) else place
