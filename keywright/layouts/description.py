"""Describes a layout for people and programs: what is known of each field, and where its profile finds it on a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef

from keywright.database.layouts import LayoutDocument, StoredLayout
from keywright.database.models import LedgerEntry, StoredCase
from keywright.layouts import versions
from keywright.layouts.stored_prints import unpacked
from keywright.model.case import State
from keywright.model.fields import Extraction, Field
from keywright.model.layout import LayoutFields, alike
from keywright.people.permissions import Rights
from keywright.people.visibility import mask_for
from keywright.privacy.masking import Mask
from keywright.profiles.finding_values import Finder
from keywright.profiles.prints import plain
from keywright.profiles.profile import LABELLED, Profile, Rule
from keywright.profiles.profile_reading import SORTS, ProfileValue, read_by_profile

SHOWN_RULES = 3  # of one field, each of another sort
_PART = re.compile(r"\\d\{(\d+),(\d+)\}|\[a-z\]\{(\d+),(\d+)\}|([0-9a-z]+)")


@dataclass(frozen=True, slots=True)
class KnownField:
    """What a profile knows of one field.

    ``in_a_row``: documents in a row on which it was confirmed; ``needed``: so many make it trusted. ``present``: on how
    many of the profile's documents it was. ``constant``: its value if it is the same on all, else "". ``places``: the
    rules that find it, the best of each sort; ``form``: an example of the form of its codes, "" if they have none.
    """

    name: str
    in_a_row: int
    needed: int
    present: int
    constant: str
    places: tuple[Rule, ...]
    form: str

    @property
    def trusted(self) -> bool:
        """Return whether people have confirmed the field often enough."""
        return self.in_a_row >= self.needed


def known_fields(profile: Profile, fields: LayoutFields, needed: int) -> list[KnownField]:
    """Return what a profile knows of each field that its documents have."""
    return [
        KnownField(
            name,
            profile.in_a_row.get(name, 0),
            needed,
            profile.present[name],
            _constant(profile, name),
            best_places(profile, name),
            example_of(profile.shapes.get(name, "")),
        )
        for name in fields.names
        if profile.present.get(name)
    ]


def missing_confirmations(profile: Profile | None, fields: LayoutFields, needed: int) -> int:
    """Return how many documents must still be confirmed without a correction until the layout is trusted."""
    if profile is None:
        return needed
    rows = [profile.in_a_row.get(name, 0) for name in fields.names if profile.present.get(name)]
    return max(needed - min([profile.documents, *rows]), 0)


def _constant(profile: Profile, name: str) -> str:
    value, times = profile.constants.get(name, ("", 0))
    return value if times == profile.documents else ""


def best_places(profile: Profile, name: str) -> tuple[Rule, ...]:
    """Return the rules that found the right value most often and never a wrong one, one of each sort."""
    best: dict[str, Rule] = {}
    rules = profile.rules.get(name, {})
    for rule in sorted(rules, key=lambda rule: (-rules[rule].right, _plainness(rule))):
        if rules[rule].right and not rules[rule].wrong:
            best.setdefault(SORTS[rule[0]], rule)
    return tuple(best[sort] for sort in ("label", "heading", "from-word", "on-page", "shape") if sort in best)[
        :SHOWN_RULES
    ]


def _plainness(rule: Rule) -> int:
    """Return a number that is less for a rule that says more to a person: a longer label, a nearer word."""
    match rule:
        case ("right-of" | "under", words, *_rest):
            return -len(words)
        case ("from-left" | "from-right", _word, across, down):
            return abs(int(across)) + abs(int(down))
    return 0


def example_of(shape: str) -> str:
    r"""Return an example of a shape of codes, with 9 for a digit and X for a letter that varies.

    >>> example_of(r"si\d{5,7}")
    'SI999999'
    """
    example = ""
    for digits, more_digits, letters, more_letters, fixed in _PART.findall(shape.split("|", 1)[0]):
        count = (int(digits or letters or 0) + int(more_digits or more_letters or 0)) // 2
        example += fixed.upper() or ("9" if digits else "X") * count
    return example


@dataclass(frozen=True, slots=True)
class ProfileOnPage:
    """The latest confirmed document of a layout, and what the profile finds on it: a field with its box for each."""

    document: LayoutDocument
    fields: tuple[Field[str], ...]
    wrong: frozenset[str]  #: fields that the profile does not read as they were confirmed


def found_on_latest(layout: StoredLayout, profile: Profile, fields: LayoutFields) -> ProfileOnPage | None:
    """Return what the profile finds on the latest confirmed document, or None if there is no document."""
    latest = versions.documents_of(layout)[-1:]
    if not latest:
        return None
    (document,) = latest
    paper = unpacked(bytes(document.words)).mended(profile.vocabulary())
    values = read_by_profile(profile, Finder(fields, paper), fields)
    wrong = {name for name in fields.names if not _right(values.get(name), document.values.get(name))}
    shown = (_field(name, value) for name, value in values.items() if value.box is not None)
    return ProfileOnPage(document, tuple(shown), frozenset(wrong))


def _field(name: str, value: ProfileValue) -> Field[str]:
    return Field(name, value.value, value.text, 1.0 if value.certain else 0.5, "profile", value.box)


def _right(found: ProfileValue | None, confirmed: str | None) -> bool:
    value = found.value if found else None
    return alike(value, confirmed) or alike(value, confirmed.removeprefix("-") if confirmed else None)


def posted_without_person(layouts: Sequence[int]) -> dict[int, int]:
    """Return how many cases of each layout were posted without a person's decision, by the layout's number."""
    decided = Exists(LedgerEntry.objects.filter(event="case-settled", case_id=OuterRef("pk")))
    rows = StoredCase.objects.filter(~decided, layout__in=layouts, state=State.KEYED.value).order_by()
    return dict(rows.values("layout_id").annotate(n=Count("pk")).values_list("layout_id", "n"))


@dataclass(frozen=True, slots=True)
class LayoutSight:
    """What a person sees of a layout: ``mask`` hides values, and words that belong to hidden values are not shown."""

    mask: Mask
    hidden_words: frozenset[str] = frozenset()

    def words(self, text: str) -> str:
        """Return label words, with an ellipsis for each that belongs to a hidden value."""
        return " ".join("…" if word in self.hidden_words else word for word in text.split())

    def value(self, name: str, text: str) -> str:
        """Return a field's value, or its mask."""
        return self.mask.value(text) if name in self.mask.names else self.mask.text(text)

    def form(self, name: str, example: str) -> str:
        """Return the form of a field's codes, "" if its values are hidden."""
        return "" if name in self.mask.names else example

    def place(self, rule: Rule) -> Rule:
        """Return a rule without the words that belong to hidden values."""
        named = rule[0] in (*LABELLED, "from-left", "from-right")
        return (rule[0], self.words(str(rule[1])), *rule[2:]) if named else rule


def sight_of_layout(rights: Rights, layout: StoredLayout, fields: LayoutFields) -> LayoutSight:
    """Return what a person with these rights sees of a layout."""
    bare = mask_for(rights, None)
    if not bare:
        return LayoutSight(bare)
    confirmed = [row.values for row in LayoutDocument.objects.filter(layout=layout).only("values")]
    profile = versions.profile_of(layout)
    known = {name: value for name, (value, _) in profile.constants.items()} if profile else {}
    texts = _texts((*confirmed, known, {fields.owner[-1].name: layout.sender}), bare.names)
    values = {f"{name}.{number}": Field(name, text, text, 1.0, "") for number, (name, text) in enumerate(texts)}
    words = frozenset(plain(word) for _, text in texts for word in text.split())
    return LayoutSight(mask_for(rights, Extraction(layout.document_type, values)), words)


def _texts(documents: Iterable[dict[str, str]], names: Iterable[str]) -> list[tuple[str, str]]:
    return sorted({(name, values[name]) for values in documents for name in names if values.get(name)})
