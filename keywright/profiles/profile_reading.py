"""Reads a document by the profile of its layout: each field's value, and whether the profile is certain of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice, product

from keywright.model.layout import LayoutFields, alike
from keywright.model.reading import Box
from keywright.profiles.finding_values import Finder, Shift
from keywright.profiles.profile import LABELLED, SHAPE, Profile, Rule, Tally
from keywright.profiles.runs import ValueRun

ALWAYS_WEIGHTS = {"label": 3.0, "heading": 3.0, "from-word": 3.0, "on-page": 1.0, "shape": 2.0}
SOMETIMES_WEIGHTS = {"label": 3.0, "heading": 3.0, "shape": 2.0}
"""How much each sort of rule counts; a field that is not on every document is only looked for by its labels."""
SORTS = {
    "right-of": "label", "under": "heading", "from-left": "from-word", "from-right": "from-word",
    "left-at": "on-page", "right-at": "on-page", SHAPE[0]: "shape",
}  # fmt: skip
UNANIMOUS, LEADING = 0.8, 0.85
LEGIBLE = 0.8  # the least confidence of a scan's engine in a value of which a profile is certain
RIVALS = 4
MOST_SUMS = 1_000  # combinations of amounts that are tried


@dataclass(frozen=True, slots=True)
class ProfileValue:
    """What a profile reads in a field: the value as written in JSON, its place, and whether it is certain of it.

    ``rivals`` are all values that its rules point at, the likeliest first. ``legible`` is False if the engine of a scan
    is unsure of the letters: the general readers agree then only because they see the same letters.
    """

    value: str
    box: Box | None
    text: str
    certain: bool
    rivals: tuple[str, ...] = ()
    legible: bool = True


def read_by_profile(
    profile: Profile, finder: Finder, fields: LayoutFields, shift: Shift = (0.0, 0.0), only: str = ""
) -> dict[str, ProfileValue]:
    """Return the value of each field as the profile of the layout reads it, or of the field ``only``.

    A field that is left out is not on the document, as far as the profile knows.
    """
    values = {}
    for spec in fields.constants:
        if only in ("", spec.name) and (constant := _constant(profile, finder, spec.name, fields)):
            values[spec.name] = constant
    for spec in (*fields.dates, *fields.amounts, *fields.codes):
        if only in ("", spec.name) and (found := _by_rules(profile, finder, spec.name, shift)):
            values[spec.name] = found
    return values if only else _dates_in_order(_added_up(values, fields), fields)


def _shows_owner(profile: Profile, finder: Finder, fields: LayoutFields, but: str) -> bool:
    """Return whether another constant by which the layout's sender is recognised is clearly printed."""
    names = [spec.name for spec in fields.owner if spec.name != but]
    return any(finder.paper.shows(profile.constants[name][0]) for name in names if name in profile.constants)


def _constant(profile: Profile, finder: Finder, name: str, fields: LayoutFields) -> ProfileValue | None:
    """Return a constant of the layout, certain if it is printed here or cannot be told from its print.

    In a scan a few letters may be misread: of the account only such as look alike.
    """
    value, times = profile.constants.get(name, ("", 0))
    if not value or times < min(3, profile.documents):
        return None
    is_account = name == fields.account.name
    printed = finder.paper.shows(value) or len(value) <= 3
    printed = printed or finder.paper.shows_misread(value)
    printed = printed or (
        not is_account and finder.paper.resembles(value) and _shows_owner(profile, finder, fields, name)
    )
    box = finder.paper.box_of(value)
    return ProfileValue(value, box, value, printed and profile.documents > 1, (value,)) if printed else None


def _by_rules(profile: Profile, finder: Finder, name: str, shift: Shift) -> ProfileValue | None:
    """Return the value that most sorts of rules point at; a sort votes by its best rules."""
    runs = finder.runs_for(name, profile.shapes)
    rules = profile.rules.get(name, {})
    always = profile.present.get(name, 0) == profile.documents
    votes: dict[str, float] = defaultdict(float)
    backed: dict[str, set[str]] = defaultdict(set)
    shown: dict[str, ValueRun] = {}
    for sort, weight in (ALWAYS_WEIGHTS if always else SOMETIMES_WEIGHTS).items():
        top, best = _best_rules(rules, sort)
        hits = [run for rule in best if (run := finder.apply(rule, runs, shift))]
        ballot: Counter[str] = Counter()
        for run in hits:
            if value := finder.value(run, name, profile.orders):
                ballot[value] += 1
                shown.setdefault(value, run)
        for value, times in ballot.most_common(1):
            votes[value] += weight * times / ballot.total()
            if top > 1 and times > UNANIMOUS * ballot.total():
                backed[value].add(sort)
    if not votes:
        return None
    value, rivals = _leader(votes)
    run = shown[value]
    legible = not finder.paper.scanned or run.confidence >= LEGIBLE
    leads = votes[value] > LEADING * sum(votes.values())
    certain = len(backed[value]) > 1 and leads and legible
    return ProfileValue(value, run.box, run.text, certain, rivals, legible)


def _best_rules(rules: Mapping[Rule, Tally], sort: str) -> tuple[int, list[Rule]]:
    """Return how often the best rules of a sort that were never wrong were right, and these rules."""
    tried = [(tally.right, rule) for rule, tally in rules.items() if SORTS[rule[0]] == sort and not tally.wrong]
    top = max((right for right, _ in tried), default=0)
    return top, [rule for right, rule in tried if right == top and top]


def _leader(votes: Mapping[str, float]) -> tuple[str, tuple[str, ...]]:
    ranked = sorted(votes, key=lambda value: -votes[value])
    return ranked[0], tuple(ranked[:RIVALS])


def _added_up(values: dict[str, ProfileValue], fields: LayoutFields) -> dict[str, ProfileValue]:
    """Return the values with the amounts that add up: as they were read, or else the likeliest of their rivals."""
    names = [spec.name for spec in fields.amounts if spec.name in values]
    if not names:
        return values
    if not fields.adds_up(_numbers(values, names)):
        combinations = product(*(values[name].rivals for name in names))
        for choice in islice(combinations, MOST_SUMS):
            if fields.adds_up({name: Decimal(value) for name, value in zip(names, choice, strict=True)}):
                changed = {
                    name: replace(values[name], value=value, text=value, certain=False)
                    for name, value in zip(names, choice, strict=True)
                    if value != values[name].value
                }
                values = {**values, **changed}
                break
    anchored = any(values[spec.name].certain for spec in (fields.total, fields.due) if spec.name in values)
    if len(names) > 2 and anchored and fields.adds_up(_numbers(values, names)):
        values = {**values, **{name: replace(values[name], certain=True, legible=True) for name in names}}
    return values


def _numbers(values: Mapping[str, ProfileValue], names: Sequence[str]) -> dict[str, Decimal]:
    return {name: Decimal(values[name].value) for name in names}


def _dates_in_order(values: dict[str, ProfileValue], fields: LayoutFields) -> dict[str, ProfileValue]:
    """Return the values; no date is certain if the dates are not in the order in which the fields are declared."""
    names = [spec.name for spec in fields.dates if spec.name in values]
    days = [values[name].value for name in names]
    if days == sorted(days):
        return values
    return {**values, **{name: replace(values[name], certain=False) for name in names}}


def is_absent(profile: Profile, finder: Finder, name: str) -> bool:
    """Return whether no label is printed beside or above which the layout has a field."""
    runs = finder.runs_for(name, profile.shapes)
    labels = profile.labels_of(name)
    if not labels:
        return False
    return not any(place[0] in LABELLED and place[1] in labels for run in runs for place in run.labels) and not any(
        _printed(label, finder) for label in labels
    )


def _printed(label: str, finder: Finder) -> bool:
    """Return whether the words of a label stand side by side in a row."""
    words = label.split()
    rows = ([token.label for token in row if token.label] for row in finder.paper.rows)
    return any(row[at : at + len(words)] == words for row in rows for at in range(len(row)))


def same_amount(first: str, second: str) -> bool:
    """Return whether two amounts are the same but for their sign."""
    return alike(first.removeprefix("-"), second.removeprefix("-"))
