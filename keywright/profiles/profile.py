"""A profile: what the confirmed documents of one layout have in common, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from keywright.profiles.prints import PagePrint
from keywright.profiles.runs import Place
from keywright.profiles.shapes import is_shape

Json = dict[str, Any]
Rule = tuple[Any, ...]
"""A place (see ``runs.Place``); one by a label ends with "first" or "last", as the label may stand several times."""
SHAPE: Rule = ("shape",)
"""The rule that takes the only run on the document that has the field's shape."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A document that a person has confirmed: its print, the right values, and what was proposed before.

    ``values`` and ``read`` have texts as they are written in JSON, by field: after the person's decision, and as the
    general readers saw them. ``corrected`` are the fields whose proposed value the person changed. ``accepted`` has the
    rule of each finding that was asked about, and whether the person accepted it.
    """

    paper: PagePrint
    values: Mapping[str, str]
    read: Mapping[str, str]
    corrected: frozenset[str] = frozenset()
    accepted: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something was right and wrong."""

    right: int = 0
    wrong: int = 0

    def plus(self, right: bool) -> Tally:
        return Tally(self.right + right, self.wrong + (not right))


@dataclass(frozen=True, slots=True)
class Profile:
    """What was learned from the confirmed documents of a layout.

    ``documents``: how many there were. ``anchors``: fixed words with their usual place (points from the left and the
    top). ``rules``: by field, how often each rule found the right value. ``shapes``: by field, the shape of its codes.
    ``orders``: the orders of day, month and year that were seen. ``constants``: by field, the value and on how many
    documents in a row it was the same. ``present``: by field, on how many documents it was. ``general``: how often the
    general readers were right. ``kinds``: the kinds of document seen. ``beside_totals``: the words beside the totals;
    ``beside_less``: those seen only where less than the total was due. ``in_a_row``: by field, the latest
    confirmed documents in a row that needed no correction of it. ``accepted``: by rule, how often in a row people have
    accepted a finding that is usual in this layout.
    """

    documents: int = 0
    anchors: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    rules: Mapping[str, Mapping[Rule, Tally]] = field(default_factory=dict)
    shapes: Mapping[str, str] = field(default_factory=dict)
    orders: frozenset[str] = frozenset()
    constants: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    present: Mapping[str, int] = field(default_factory=dict)
    general: Mapping[str, Tally] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()
    beside_totals: frozenset[str] = frozenset()
    beside_less: frozenset[str] = frozenset()
    in_a_row: Mapping[str, int] = field(default_factory=dict)
    accepted: Mapping[str, int] = field(default_factory=dict)

    def vocabulary(self) -> frozenset[str]:
        """Return the fixed words of the layout, by which a scan's misread words are mended."""
        labels = (word for rules in self.rules.values() for rule in rules for word in _words(rule))
        return frozenset((*self.anchors, *labels, *self.beside_totals))

    def labels_of(self, name: str) -> frozenset[str]:
        """Return the labels beside or above which a field was found."""
        rules = self.rules.get(name, {})
        return frozenset(rule[1] for rule, tally in rules.items() if rule[0] in LABELLED and tally.right)


LABELLED = ("right-of", "under")


def _words(rule: Rule) -> Iterable[str]:
    return rule[1].split() if rule[0] in (*LABELLED, "from-left", "from-right") else ()


def profile_to_json(profile: Profile) -> Json:
    """Return a profile as JSON, with sorted keys, so that equal profiles are equal texts."""
    return {
        "documents": profile.documents,
        "anchors": {word: list(profile.anchors[word]) for word in sorted(profile.anchors)},
        "rules": {
            name: [[list(rule), tally.right, tally.wrong] for rule, tally in sorted(rules.items(), key=_order)]
            for name, rules in sorted(profile.rules.items())
        },
        "shapes": dict(sorted(profile.shapes.items())),
        "orders": sorted(profile.orders),
        "constants": {name: list(value) for name, value in sorted(profile.constants.items())},
        "present": dict(sorted(profile.present.items())),
        "general": {name: [tally.right, tally.wrong] for name, tally in sorted(profile.general.items())},
        "kinds": sorted(profile.kinds),
        "beside_totals": sorted(profile.beside_totals),
        "beside_less": sorted(profile.beside_less),
        "in_a_row": dict(sorted(profile.in_a_row.items())),
        "accepted": dict(sorted(profile.accepted.items())),
    }


def _order(item: tuple[Rule, Tally]) -> tuple[str, ...]:
    return tuple(map(str, item[0]))


def profile_from_json(data: Json) -> Profile:
    """Return the profile that was written as this JSON. Raises ValueError if it is none."""
    try:
        return Profile(
            documents=_count(data["documents"]),
            anchors={str(word): (_points(x), _points(y)) for word, (x, y) in data["anchors"].items()},
            rules={
                str(name): {_rule(place): Tally(_count(right), _count(wrong)) for place, right, wrong in rules}
                for name, rules in data["rules"].items()
            },
            shapes={str(name): _shape(shape) for name, shape in data["shapes"].items()},
            orders=frozenset(map(str, data["orders"])),
            constants={str(name): (str(value), _count(times)) for name, (value, times) in data["constants"].items()},
            present={str(name): _count(times) for name, times in data["present"].items()},
            general={
                str(name): Tally(_count(right), _count(wrong)) for name, (right, wrong) in data["general"].items()
            },
            kinds=frozenset(map(str, data["kinds"])),
            beside_totals=frozenset(map(str, data["beside_totals"])),
            beside_less=frozenset(map(str, data["beside_less"])),
            in_a_row={str(name): _count(times) for name, times in data["in_a_row"].items()},
            accepted={str(rule): _count(times) for rule, times in data.get("accepted", {}).items()},
        )
    except (LookupError, TypeError, AttributeError, OverflowError) as fault:
        raise ValueError(f"This is not the profile of a layout ({type(fault).__name__}: {fault}).") from fault


FURTHEST, MOST = 100_000, 1_000_000  # points on a page; times that something was seen


def _points(number: Any) -> float:
    """Return a place in points. Raises ValueError if it is on no page."""
    points = float(number)
    if not abs(points) <= FURTHEST:
        raise ValueError(f"{str(number)[:80]} is on no page.")
    return points


def _whole_points(number: Any) -> int:
    return int(_points(number))


def _count(number: Any) -> int:
    """Return how often something was seen. Raises ValueError for a number that cannot be that."""
    count = int(number)
    if not 0 <= count <= MOST:
        raise ValueError(f"{str(number)[:80]} is no count of documents.")
    return count


_SORTS: Mapping[str, tuple[Callable[[Any], Any], ...]] = {
    "right-of": (str, str),
    "under": (str, str),
    "from-left": (str, _whole_points, _whole_points),
    "from-right": (str, _whole_points, _whole_points),
    "left-at": (_count, _whole_points, _whole_points),
    "right-at": (_count, _whole_points, _whole_points),
    "shape": (),
}


def _rule(parts: list[Any]) -> Rule:
    """Return a rule from JSON. Raises ValueError if it is of no sort that is known."""
    sort, *arguments = parts
    kinds = _SORTS.get(sort)
    if kinds is None or len(kinds) != len(arguments):
        raise ValueError(f"{str(parts)[:80]} is not a rule of a profile.")
    return (sort, *(kind(argument) for kind, argument in zip(kinds, arguments, strict=True)))


def _shape(text: Any) -> str:
    """Return a shape from JSON. Raises ValueError if it is none."""
    shape = str(text)
    if not is_shape(shape):
        raise ValueError(f"{shape[:80]!r} is not the shape of a code.")
    return shape


def place_rules(places: Iterable[Place]) -> Iterable[Rule]:
    """Yield the rules that describe a place; a label may stand several times, so it makes two."""
    for place in places:
        if place[0] in LABELLED:
            yield (*place, "first")
            yield (*place, "last")
        else:
            yield place
