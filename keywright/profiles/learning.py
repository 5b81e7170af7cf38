"""Learns the profile of a layout from its confirmed documents."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import median

from keywright.model.layout import LINES, LayoutFields, alike
from keywright.profiles.finding_values import Finder
from keywright.profiles.prints import PagePrint
from keywright.profiles.profile import SHAPE, Confirmed, Profile, Rule, Tally, place_rules
from keywright.profiles.profile_reading import read_by_profile
from keywright.profiles.runs import ValueRun
from keywright.profiles.shapes import shape_of
from keywright.profiles.totals_block import words_beside_totals

KEPT = 12
"""So many confirmed documents of a layout are learned from, the latest."""
MOST_RULES = 80  # of one field
MOST_PLACES = 12
"""So many places of a value are looked at from the top of a document, and from its end: a table can repeat it."""
RECURS = 0.6  # the share of documents on which a word must be to belong to the layout
LONGEST_ROW = KEPT  # so far back are the confirmations in a row counted


def learn(documents: Sequence[Confirmed], fields: LayoutFields, base: Profile | None = None) -> Profile:
    """Return the profile of the latest confirmed documents, the oldest first, with what is trusted by field.

    The rules of ``base``, a profile from another office, are tried here too, and keep what they have shown there.
    """
    latest = list(documents[-KEPT:])
    finders = [Finder(fields, document.paper) for document in latest]
    profile = _learned(latest, finders, fields, base)
    in_a_row = {name: _in_a_row(name, latest, finders, fields) for name in (*fields.names, LINES)}
    accepted = {
        rule: times for rule in sorted(fields.habits | fields.settles) if (times := _accepted_in_a_row(rule, latest))
    }
    return replace(profile, in_a_row=in_a_row, accepted=accepted)


def _accepted_in_a_row(rule: str, documents: Sequence[Confirmed]) -> int:
    """Return on how many of the latest documents in a row people accepted a finding; one without it ends the row."""
    times = 0
    for document in reversed(documents):
        if not document.accepted.get(rule):
            break
        times += 1
    return times


def _learned(
    documents: Sequence[Confirmed],
    finders: Sequence[Finder],
    fields: LayoutFields,
    base: Profile | None = None,
    only: str = "",
) -> Profile:
    """Return a profile without what is trusted; with ``only`` it has the rules of that field alone."""
    known = base.rules if base else {}
    codes = {spec.name for spec in fields.codes}
    shapes = {name: shape for name in codes if (shape := shape_of(_values(documents, name)))}
    orders = _orders(documents, finders, fields)
    beside, beside_less = _beside_totals(documents, finders, fields)
    return Profile(
        documents=len(documents),
        anchors=_anchors(documents),
        rules={
            spec.name: _rules(spec.name, documents, finders, shapes, orders, known.get(spec.name, {}))
            for spec in (*fields.dates, *fields.amounts, *fields.codes)
            if only in ("", spec.name)
        },
        shapes=shapes,
        orders=orders,
        constants={spec.name: found for spec in fields.constants if (found := _constant(documents, spec.name))},
        present={name: len(_values(documents, name)) for name in fields.names},
        general={name: _general(documents, name) for name in fields.names},
        kinds=frozenset(document.values.get(fields.kind.name, "") for document in documents),
        beside_totals=beside,
        beside_less=beside_less,
    )


def _values(documents: Iterable[Confirmed], name: str) -> list[str]:
    return [document.values[name] for document in documents if document.values.get(name)]


def _constant(documents: Sequence[Confirmed], name: str) -> tuple[str, int] | None:
    """Return the latest value of a field, and on how many documents in a row it was the same."""
    latest = documents[-1].values.get(name)
    if not latest:
        return None
    times = 0
    for document in reversed(documents):
        if not alike(document.values.get(name), latest):
            break
        times += 1
    return latest, times


def _general(documents: Sequence[Confirmed], name: str) -> Tally:
    """Return how often the general readers were right about a field, where it was printed or they saw one."""
    tally = Tally()
    for document in documents:
        value, read = document.values.get(name), document.read.get(name)
        if value or read:
            tally = tally.plus(alike(value, read))
    return tally


def _orders(documents: Sequence[Confirmed], finders: Sequence[Finder], fields: LayoutFields) -> frozenset[str]:
    """Return the orders of day, month and year in which the right dates are written."""
    seen: Counter[str] = Counter()
    for document, finder in zip(documents, finders, strict=True):
        days = {document.values.get(spec.name) for spec in fields.dates}
        for run in finder.runs.dates:
            if len(set(run.meanings.values())) == len(run.meanings):
                seen.update(order for order, day in run.meanings.items() if day in days)
    numeric = {order: seen[order] for order in ("dmy", "mdy") if seen[order]}
    if len(numeric) == 2:  # by chance a wrong meaning is the other date
        lead, other = sorted(numeric.values(), reverse=True)
        numeric = {order: times for order, times in numeric.items() if times == lead and lead > 2 * other}
    return frozenset(numeric)


def _rules(
    name: str,
    documents: Sequence[Confirmed],
    finders: Sequence[Finder],
    shapes: Mapping[str, str],
    orders: frozenset[str],
    known: Mapping[Rule, Tally],
) -> dict[Rule, Tally]:
    """Return the rules that find a field's confirmed values, each tried on every document, and those known before."""
    made: dict[Rule, None] = {**dict.fromkeys(known), **({SHAPE: None} if name in shapes else {})}
    for document, finder in zip(documents, finders, strict=True):
        value = document.values.get(name)
        right = [run for run in finder.runs_for(name, shapes) if _means(run, finder, name, orders, value)]
        for run in right if len(right) <= 2 * MOST_PLACES else (*right[:MOST_PLACES], *right[-MOST_PLACES:]):
            made.update(dict.fromkeys(place_rules(run.places)))
    tried = {rule: _tried(rule, name, documents, finders, shapes, orders, known.get(rule, Tally())) for rule in made}
    useful = {rule: tally for rule, tally in tried.items() if not (tally.wrong > 1 and tally.wrong >= tally.right)}
    best = sorted(useful.items(), key=lambda item: (item[1].wrong - item[1].right, str(item[0])))
    return dict(best[:MOST_RULES])


def _means(run: ValueRun, finder: Finder, name: str, orders: frozenset[str], value: str | None) -> bool:
    """Return whether a run can be the right value of a field; of amounts the sign does not count."""
    if value is None:
        return False
    found = finder.value(run, name, orders)
    return (
        alike(found, value)
        or alike(found, value.removeprefix("-"))
        or (found is None and value in run.meanings.values())
    )


def _tried(
    rule: Rule,
    name: str,
    documents: Sequence[Confirmed],
    finders: Sequence[Finder],
    shapes: Mapping[str, str],
    orders: frozenset[str],
    tally: Tally,
) -> Tally:
    for document, finder in zip(documents, finders, strict=True):
        value = document.values.get(name)
        run = finder.apply(rule, finder.runs_for(name, shapes))
        if run is not None:
            tally = tally.plus(_means(run, finder, name, orders, value))
    return tally


def _anchors(documents: Sequence[Confirmed]) -> dict[str, tuple[float, float]]:
    """Return the words that recur, each with the middle of its places; of one document, its words without digits."""
    count = Counter(word for document in documents for word in document.paper.places if len(word) > 1)
    anchors = {}
    for word, times in count.items():
        if times >= RECURS * len(documents) and (len(documents) > 1 or not any(c.isdigit() for c in word)):
            first = [document.paper.places[word][0].box for document in documents if word in document.paper.places]
            anchors[word] = (round(median(box.left for box in first), 1), round(median(box.top for box in first), 1))
    return anchors


def _beside_totals(
    documents: Sequence[Confirmed], finders: Sequence[Finder], fields: LayoutFields
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words beside the totals, and those that were only there where less than the total was due."""
    words: dict[bool, set[str]] = defaultdict(set)
    for document, finder in zip(documents, finders, strict=True):
        less = not alike(document.values.get(fields.due.name), document.values.get(fields.total.name))
        words[less] |= words_beside_totals(finder, document.values, fields)
    return frozenset(words[True] | words[False]), frozenset(words[True] - words[False])


def _in_a_row(name: str, documents: Sequence[Confirmed], finders: Sequence[Finder], fields: LayoutFields) -> int:
    """Return how many of the latest documents in a row show that a field is read right.

    The latest counts if its field needed no correction. An earlier one that was corrected counts if a profile that was
    learned from the others reads its field right: then what is known today would have needed no correction. A constant
    that a person typed in since a scan hid it counts too: it was the same as ever.
    """
    times, is_constant = 0, name in {spec.name for spec in fields.constants}
    for number in range(len(documents) - 1, max(-1, len(documents) - 1 - LONGEST_ROW), -1):
        document, latest = documents[number], number == len(documents) - 1
        corrected = name in document.corrected and not (is_constant and _is_as_ever(name, number, documents))
        final = latest or name == LINES  # no profile reads lines
        if corrected and (final or not _would_be_right(name, number, documents, finders, fields)):
            break
        times += 1
    return times


def _is_as_ever(name: str, number: int, documents: Sequence[Confirmed]) -> bool:
    """Return whether a field has the same value as on at least two other documents, and none has another."""
    value = documents[number].values.get(name)
    others = [document.values.get(name) for place, document in enumerate(documents) if place != number]
    return value is not None and len(others) > 1 and all(alike(value, other) for other in others)


def _would_be_right(
    name: str, number: int, documents: Sequence[Confirmed], finders: Sequence[Finder], fields: LayoutFields
) -> bool:
    """Return whether a profile of the other documents reads a field of this one right."""
    others = [place for place in range(len(documents)) if place != number]
    profile = _learned([documents[place] for place in others], [finders[place] for place in others], fields, only=name)
    reading = read_by_profile(profile, finders[number], fields, only=name)
    value = reading[name].value if name in reading else None
    return alike(value, documents[number].values.get(name))


def words_of(paper: PagePrint) -> frozenset[str]:
    """Return the words by which a document's layout is looked up: those without digits."""
    return frozenset(token.label for token in paper.tokens if len(token.label) > 1)
