"""The layouts that a reader can look up: what is known of one, and the book in which they are found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from keywright.model.layout import LayoutState
from keywright.profiles.finding_values import Shift
from keywright.profiles.prints import PagePrint
from keywright.profiles.profile import Profile


@dataclass(frozen=True, slots=True)
class KnownLayout:
    """A layout to which a document belongs: its number, state and profile, and the document's shift against it.

    ``profile`` is None for a layout that nobody has confirmed yet.
    """

    number: int
    state: LayoutState
    profile: Profile | None
    shift: Shift = (0.0, 0.0)


class LayoutBook(Protocol):
    """Where the layouts of a document type are looked up by print."""

    def look_up(self, document_type: str, paper: PagePrint, values: Mapping[str, str], /) -> KnownLayout | None:
        """Return the layout of a document, or None if it has none yet. ``values`` are the values read on it."""
        ...


class NoLayouts:
    """A book without layouts: every document's layout is unknown."""

    def look_up(self, _type: str, _paper: PagePrint, _values: Mapping[str, str], /) -> KnownLayout | None:
        return None
