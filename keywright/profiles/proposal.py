"""Weighs what the profile of a layout reads against the general readers: a value for each field, or a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from rapidfuzz import fuzz

from keywright.model.layout import LayoutFields, alike
from keywright.model.reading import Box
from keywright.profiles.finding_values import Finder, Shift
from keywright.profiles.prints import plain
from keywright.profiles.profile import Profile, Tally
from keywright.profiles.profile_reading import ProfileValue, is_absent, read_by_profile, same_amount
from keywright.profiles.totals_block import total_rows, words_beside

SAME_WORD, SAME_WORD_IN_SCAN = 85.0, 65.0
"""How alike (0-100) a word beside a total is to a known one, if it is the same word."""
CODE = 3
"""Letters of a currency: a constant this short is certain without print, so it outvotes no printed one."""


class LayoutDoubt(StrEnum):
    """Why a person is asked about a field of a known layout."""

    NOT_CONFIRMED = "not-confirmed"  #: not yet confirmed on enough documents in a row
    DIFFERS = "differs"  #: the profile and the general readers see different values
    ONLY_ONE = "only-one"  #: only one of them sees a value
    MISSING = "missing"  #: the layout has this field, and none is seen
    ACCOUNT = "account"  #: another bank account than on the documents before
    NEW_KIND = "new-kind"  #: a kind of document that was not confirmed in this layout
    NEW_ROW = "new-row"  #: a row among the totals that was not there before
    SUMS = "sums"  #: the amounts do not add up


@dataclass(frozen=True, slots=True)
class General:
    """What the general readers see on a document: the chosen value of each field, and each reader's vote.

    ``in_lines`` are the amounts of the document's lines, which are no news among the totals.
    """

    values: Mapping[str, str]
    votes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    in_lines: frozenset[str] = frozenset()

    def supports(self, name: str, value: str) -> bool:
        """Return whether one of the general readers sees this value."""
        return any(same_amount(vote, value) for vote in self.votes.get(name, {}).values())

    def agrees_with_itself(self, name: str) -> bool:
        """Return whether all general readers see the chosen value, and there are at least two."""
        votes = self.votes.get(name, {})
        return len(votes) > 1 and all(same_amount(vote, self.values[name]) for vote in votes.values())


@dataclass(frozen=True, slots=True)
class Weighed:
    """One field after weighing: its value (None: it is not on the document), its place if the profile found it, and the
    doubt, if a person is asked. ``by_profile`` is what the profile reads."""

    name: str
    value: str | None
    doubt: LayoutDoubt | None = None
    by_profile: ProfileValue | None = None

    @property
    def agreed(self) -> bool:
        return self.doubt is None and self.by_profile is not None and self.by_profile.legible


@dataclass(frozen=True, slots=True)
class LayoutProposal:
    """What is proposed for a document of a known layout, by field; ``doubts`` are about it as a whole."""

    fields: Mapping[str, Weighed]
    doubts: Mapping[str, LayoutDoubt]

    @property
    def asked(self) -> dict[str, LayoutDoubt]:
        """Return the fields that a person is asked about, each with its doubt."""
        by_field = {name: weighed.doubt for name, weighed in self.fields.items() if weighed.doubt}
        return {**self.doubts, **by_field}


def weigh_layout(
    profile: Profile, finder: Finder, general: General, fields: LayoutFields, *, needed: int, shift: Shift = (0.0, 0.0)
) -> LayoutProposal:
    """Return the proposal for a document of the layout with this profile.

    ``needed`` is how many documents in a row must have been confirmed before a field is trusted.
    """
    by_profile = read_by_profile(profile, finder, fields, shift)
    weighed = {}
    for name in fields.names:
        value, doubt = _weigh(name, by_profile.get(name), general, profile, finder, fields)
        somewhere = value is not None or profile.present.get(name)
        if doubt is None and somewhere and profile.in_a_row.get(name, 0) < needed:
            doubt = LayoutDoubt.NOT_CONFIRMED
        if value is not None or doubt is not None:
            weighed[name] = Weighed(name, value, doubt, by_profile.get(name))
    weighed = _settled_by_sums(weighed, fields)
    return LayoutProposal(weighed, _as_a_whole(weighed, profile, finder, general, fields))


def _settled_by_sums(weighed: Mapping[str, Weighed], fields: LayoutFields) -> dict[str, Weighed]:
    """Return the fields without the doubt about one amount that only one reader sees, if it must be what it is.

    It must be if the amounts add up with it, and would not with another: then the others, on which all agree, leave it
    no choice.
    """
    amounts = [spec.name for spec in fields.amounts if spec.name in weighed and weighed[spec.name].value is not None]
    unsure = [name for name in amounts if weighed[name].doubt]
    if len(unsure) != 1 or weighed[unsure[0]].doubt is not LayoutDoubt.ONLY_ONE:
        return dict(weighed)
    (name,) = unsure
    numbers = {n: number for n in amounts if (number := _number(weighed[n].value)) is not None}
    other = {**numbers, name: numbers.get(name, Decimal(0)) + 1}
    settled = name in numbers and fields.adds_up(numbers) and not fields.adds_up(other)
    return {**weighed, **({name: replace(weighed[name], doubt=None)} if settled else {})}


Answer = tuple[str | None, LayoutDoubt | None]


def _weigh(
    name: str, told: ProfileValue | None, general: General, profile: Profile, finder: Finder, fields: LayoutFields
) -> Answer:
    seen = general.values.get(name)
    if name == fields.account.name and seen is not None and not alike(seen, profile.constants.get(name, ("", 0))[0]):
        return seen, LayoutDoubt.ACCOUNT if profile.present.get(name) else LayoutDoubt.ONLY_ONE
    if told is None:
        return _without_profile(name, seen, general, profile, finder)
    if seen is None:
        is_amount = name in {spec.name for spec in fields.amounts}  # the sums may settle it
        return told.value, None if told.certain and not is_amount else LayoutDoubt.ONLY_ONE
    if same_amount(told.value, seen):
        is_constant = name in {spec.name for spec in fields.constants}
        return (told.value if is_constant else seen), None
    record = profile.general.get(name, Tally())
    is_code_of_page = len(told.value) <= CODE and plain(seen) in finder.paper.places
    if told.certain and not is_code_of_page and _outvoted(name, told, general, record, fields):
        return told.value, None
    if not told.certain and general.agrees_with_itself(name) and not record.wrong:
        return seen, None
    prefers_profile = told.certain or record.wrong > record.right
    return (told.value if prefers_profile else seen), LayoutDoubt.DIFFERS


def _outvoted(name: str, told: ProfileValue, general: General, record: Tally, fields: LayoutFields) -> bool:
    """Return whether the general readers' value gives way to one of which the profile is certain.

    An amount never does, unless one of the general readers sees the profile's value too. Neither does quite another
    name or number, if they were right about it before: the known one may be only mentioned.
    """
    if general.supports(name, told.value):
        return True
    constants = {spec.name for spec in fields.constants}
    if name in constants and record.right > record.wrong and not _is_like(told.value, general.values[name]):
        return False
    amounts = {spec.name for spec in fields.amounts}
    return name not in amounts and (record.wrong > 0 or (name in constants and len(told.value) > CODE))


def _is_like(known: str, read: str) -> bool:
    """Return whether a name or number may be a misread or another spelling of the known one."""
    first, other = plain(known), plain(read)
    return first in other or (bool(other) and other in first) or fuzz.ratio(first, other) > SAME_WORD_IN_SCAN


def _without_profile(name: str, seen: str | None, general: General, profile: Profile, finder: Finder) -> Answer:
    present, record = profile.present.get(name, 0), profile.general.get(name, Tally())
    if seen is None:
        always = present == profile.documents > 0
        missing = always or (present > 0 and not is_absent(profile, finder, name))
        return None, LayoutDoubt.MISSING if missing else None
    if not present:
        always_wrong = record.wrong > 0 and record.right == 0
        return (None, None) if always_wrong else (seen, LayoutDoubt.ONLY_ONE)
    reliable = record.right > 0 and not record.wrong and general.agrees_with_itself(name)
    return seen, None if reliable else LayoutDoubt.ONLY_ONE


def _as_a_whole(
    weighed: Mapping[str, Weighed], profile: Profile, finder: Finder, general: General, fields: LayoutFields
) -> dict[str, LayoutDoubt]:
    """Return what is new on the document as a whole, by the field it concerns."""
    doubts = {}
    values = {name: found.value for name, found in weighed.items() if found.value is not None}
    if general.values.get(fields.kind.name, "") not in profile.kinds:
        doubts[fields.kind.name] = LayoutDoubt.NEW_KIND
    if _has_new_row(values, profile, finder, general, fields):
        doubts[fields.due.name] = LayoutDoubt.NEW_ROW
    amounts = {spec.name: number for spec in fields.amounts if (number := _number(values.get(spec.name))) is not None}
    sure = all(weighed[name].agreed for name in amounts)
    if not sure and not fields.adds_up(amounts):
        doubts.setdefault(fields.total.name, LayoutDoubt.SUMS)
    return doubts


def _has_new_row(
    values: Mapping[str, str], profile: Profile, finder: Finder, general: General, fields: LayoutFields
) -> bool:
    """Return whether a row among the totals has a word that no confirmed document has there, and an amount that no
    field explains; or a word that was only there where less than the total was due, and now all of it is."""
    rows = total_rows(finder, values, fields)
    known_amounts = {value.removeprefix("-") for value in (*values.values(), *general.values.values())}
    known_amounts |= general.in_lines
    alike_from = SAME_WORD_IN_SCAN if finder.paper.scanned else SAME_WORD
    for run in rows:
        strange = (word for word in words_beside(run) - profile.beside_totals if len(word) > 3)
        unexplained = not any(same_amount(run.value, value) for value in known_amounts)
        if unexplained and any(_is_new(word, profile, alike_from) for word in strange):
            return True
    all_due = alike(values.get(fields.due.name), values.get(fields.total.name))
    return all_due and any(words_beside(run) & profile.beside_less for run in rows)


def _is_new(word: str, profile: Profile, alike_from: float) -> bool:
    return not any(fuzz.ratio(word, known) > alike_from for known in profile.beside_totals)


def _number(value: str | None) -> Decimal | None:
    try:
        return None if value is None else abs(Decimal(value))
    except InvalidOperation:
        return None


def box_of(weighed: Weighed) -> Box | None:
    """Return where the profile found the value, if that is the value proposed."""
    told = weighed.by_profile
    return told.box if told and weighed.value is not None and same_amount(told.value, weighed.value) else None
