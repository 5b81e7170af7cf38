"""Replays a profile on confirmed documents, to see what a new version gains and loses before it is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from keywright.model.layout import LayoutFields, alike
from keywright.profiles.finding_values import Finder
from keywright.profiles.profile import Confirmed, Profile
from keywright.profiles.profile_reading import read_by_profile

Spot = tuple[int, str]
"""A confirmed document, by its place in the sequence, and one of its fields."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a new profile reads right and the old one does not (``gained``), and the other way round (``lost``)."""

    gained: tuple[Spot, ...]
    lost: tuple[Spot, ...]


def replay(old: Profile | None, new: Profile, documents: Sequence[Confirmed], fields: LayoutFields) -> Replayed:
    """Return the difference between two profiles on confirmed documents, the oldest first.

    A constant that is another on the latest document, where a reader saw it and a person confirmed it, has changed
    since, and so is not lost on the earlier ones.
    """
    before = _right(old, documents, fields) if old else frozenset()
    after = _right(new, documents, fields)
    lost = {spot for spot in before - after if not _has_changed(*spot, documents, fields)}
    return Replayed(tuple(sorted(after - before)), tuple(sorted(lost)))


def _has_changed(number: int, name: str, documents: Sequence[Confirmed], fields: LayoutFields) -> bool:
    latest = documents[-1].values.get(name)
    is_constant = name in {spec.name for spec in fields.constants}
    return (
        is_constant
        and bool(latest)
        and name not in documents[-1].corrected
        and not alike(documents[number].values.get(name), latest)
    )


def _right(profile: Profile, documents: Sequence[Confirmed], fields: LayoutFields) -> frozenset[Spot]:
    right = set()
    for number, document in enumerate(documents):
        reading = read_by_profile(profile, Finder(fields, document.paper), fields)
        for name in fields.names:
            wanted = document.values.get(name)
            found = reading[name].value if name in reading else None
            if wanted and alike(found, wanted.removeprefix("-") if found and not found.startswith("-") else wanted):
                right.add((number, name))
    return frozenset(right)
