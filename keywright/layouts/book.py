"""Looks up the layout of a document: by its rare words, its likeness, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping

from keywright.database.layouts import LayoutVersion, StoredLayout
from keywright.layouts import words
from keywright.model.layout import LayoutState
from keywright.profiles.applying import usual
from keywright.profiles.known_layouts import KnownLayout
from keywright.profiles.learning import words_of
from keywright.profiles.likeness import LIKE, Likeness, likeness, rarity
from keywright.profiles.prints import PagePrint
from keywright.profiles.profile import Profile, profile_from_json

LIKE_UNCONFIRMED = 0.5
"""The least likeness to a layout that nobody has confirmed: nothing yet says whose documents it has."""
LEGIBLE_OWNER = 0.85


class OfficeBook:
    """The layouts in the database of this office."""

    def look_up(self, document_type: str, paper: PagePrint, _values: Mapping[str, str], /) -> KnownLayout | None:
        """Return the layout that a document belongs to, or None if it has none yet."""
        candidates = alike_to(document_type, paper)
        for layout, like in candidates:
            if is_of(layout, paper, like):
                return KnownLayout(layout.pk, LayoutState(layout.state), _profile(layout), like.shift)
        return None


def usual_findings(case: int, needed: int) -> frozenset[str]:
    """Return the rules whose findings are usual in the layout of a case."""
    layout = StoredLayout.objects.filter(cases=case).exclude(state=LayoutState.UNKNOWN.value).first()
    return usual(_profile(layout), needed) if layout else frozenset()


def alike_to(document_type: str, paper: PagePrint) -> list[tuple[StoredLayout, Likeness]]:
    """Return the layouts that a document's print is like, the likest first."""
    own_words = words_of(paper)
    counts = words.counts_of(word[: words.LONGEST_WORD] for word in own_words)
    total = max(counts.values(), default=0)
    numbers = words.nearest(own_words, counts, total)
    rows = StoredLayout.objects.filter(pk__in=numbers, document_type=document_type)

    def weight(word: str) -> float:
        return rarity(total, counts.get(word, 0))

    compared = [(row, likeness(_anchors(row), paper, weight)) for row in rows]
    return sorted((pair for pair in compared if pair[1].share >= LIKE), key=lambda pair: -pair[1].share)


def is_of(layout: StoredLayout, paper: PagePrint, like: Likeness) -> bool:
    """Return whether a document that looks like a layout is of the layout's sender too."""
    if layout.state == LayoutState.UNKNOWN:
        return like.share >= LIKE_UNCONFIRMED
    return any(paper.shows(value, LEGIBLE_OWNER) for value in layout.owner.splitlines() if value)


def _anchors(row: StoredLayout) -> dict[str, tuple[float, float]]:
    return {word: (x, y) for word, (x, y) in row.anchors.items()}


def _profile(row: StoredLayout) -> Profile | None:
    if row.version is None:
        return None
    version = LayoutVersion.objects.filter(layout=row, number=row.version).first()
    return profile_from_json(version.profile) if version else None
