"""The versions of a layout's profile: tested before they are used, rolled back with one click, trusted or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db import transaction
from django.db.models import Max

from keywright import clock
from keywright.database.layouts import LayoutDocument, LayoutVersion, StoredLayout
from keywright.layouts import words
from keywright.layouts.stored_prints import confirmed
from keywright.ledger import ledger
from keywright.model.layout import LINES, LayoutFields, LayoutState
from keywright.profiles.learning import KEPT, learn
from keywright.profiles.profile import Profile, profile_from_json, profile_to_json
from keywright.profiles.replay import Spot, replay

USED, REPLACED, HELD, ROLLED_BACK = LayoutVersion.STATES


class NotAVersion(Exception):
    """The layout has no version of this number that could be used."""


def relearn(layout: StoredLayout, fields: LayoutFields, *, actor: str, needed: int) -> None:
    """Learn the profile of a layout from its confirmed documents, and use it if it loses no right value.

    A version that would lose one is held until IT takes it; the layout is then learning again.
    """
    rows = list(documents_of(layout))
    if not rows:
        _without_documents(layout, actor=actor)
        return
    documents = [confirmed(row) for row in rows]
    imported = layout.versions.filter(imported=True).first()
    learned = learn(documents, fields, profile_from_json(imported.profile) if imported else None)
    learned = _since_asked(learned, layout, rows)
    old = profile_of(layout)
    result = replay(old, learned, documents, fields)
    lost = [] if old is None else _spots(result.lost, rows)
    gained = [] if old is None else _spots(result.gained, rows)
    with transaction.atomic():
        number = (layout.versions.aggregate(last=Max("number"))["last"] or 0) + 1
        state = HELD if lost else USED
        if not lost:
            layout.versions.filter(state=USED).update(state=REPLACED)
        LayoutVersion.objects.create(
            layout=layout,
            number=number,
            state=state,
            profile=profile_to_json(learned),
            gained=gained,
            lost=lost,
            made_at=clock.now(),
            made_by=actor,
        )
        body = {"layout": layout.pk, "version": number, "state": state, "gained": gained, "lost": lost}
        ledger.append("layout-learned", actor=actor, body=body)
        if lost:
            _trust_no_more_than(learned, layout)
            set_state(layout, LayoutState.LEARNING, actor=actor)
        else:
            _use(layout, number, learned, fields, actor=actor, needed=needed)


def documents_of(layout: StoredLayout) -> Sequence[LayoutDocument]:
    """Return the confirmed documents that a layout is learned from, the oldest first."""
    latest = LayoutDocument.objects.filter(layout=layout, used=True).order_by("-confirmed_at", "-pk")[:KEPT]
    return list(reversed(latest))


def _since_asked(profile: Profile, layout: StoredLayout, rows: Sequence[LayoutDocument]) -> Profile:
    """Return a profile that counts no confirmation from before a person asked for the layout to be confirmed again."""
    asked_at = layout.asked_again_at
    if asked_at is None:
        return profile
    since = sum(row.confirmed_at > asked_at for row in rows)
    in_a_row = {name: min(times, since) for name, times in profile.in_a_row.items() if name != LINES}
    return replace(profile, in_a_row={**in_a_row, **_of_lines(profile.in_a_row)})


def _of_lines(in_a_row: Mapping[str, int]) -> dict[str, int]:
    """Return how often the lines needed no correction in a row, which is asked about only after a correction."""
    return {name: times for name, times in in_a_row.items() if name == LINES}


def _trust_no_more_than(learned: Profile, layout: StoredLayout) -> None:
    """Have the version in use trust no field more than a version that is held: what people corrected is asked about."""
    for version in layout.versions.filter(state=USED):
        used = version.profile["in_a_row"]
        rows = {name: min(times, used.get(name, times)) for name, times in learned.in_a_row.items()}
        LayoutVersion.objects.filter(pk=version.pk).update(profile={**version.profile, "in_a_row": rows})


def _without_documents(layout: StoredLayout, *, actor: str) -> None:
    layout.versions.filter(state=USED).update(state=REPLACED)
    set_state(layout, LayoutState.UNKNOWN, actor=actor)
    StoredLayout.objects.filter(pk=layout.pk).update(version=None)


def _spots(spots: Sequence[Spot], rows: Sequence[LayoutDocument]) -> list[list[int | str]]:
    """Return fields of documents as JSON: the number of the case, and the name of the field."""
    return [[rows[place].case_id, name] for place, name in spots]


def _use(layout: StoredLayout, number: int, profile: Profile, fields: LayoutFields, *, actor: str, needed: int) -> None:
    """Put a version to use: its words find the layout, and its confirmations in a row make it trusted or not."""
    anchors = {word: list(place) for word, place in profile.anchors.items()}
    StoredLayout.objects.filter(pk=layout.pk).update(version=number, anchors=anchors, changed_at=clock.now())
    layout.refresh_from_db()
    words.index(layout, anchors)
    set_state(layout, state_of(profile, fields, needed), actor=actor)


def state_of(profile: Profile, fields: LayoutFields, needed: int) -> LayoutState:
    """Return the state of a layout with this profile: trusted if each of its fields was confirmed often enough."""
    own = [name for name in fields.names if profile.present.get(name)]
    trusted = profile.documents >= needed and all(profile.in_a_row.get(name, 0) >= needed for name in own)
    return LayoutState.TRUSTED if trusted else LayoutState.LEARNING


def set_state(layout: StoredLayout, state: LayoutState, *, actor: str) -> None:
    """Set the state of a layout, with a ledger entry if it changes."""
    if layout.state != state:
        body = {"layout": layout.pk, "from": layout.state, "to": state.value}
        StoredLayout.objects.filter(pk=layout.pk).update(state=state.value, changed_at=clock.now())
        ledger.append("layout-state", actor=actor, body=body)
        layout.state = state.value


def profile_of(layout: StoredLayout) -> Profile | None:
    """Return the profile in use of a layout, or None if there is none."""
    version = layout.versions.filter(state=USED).first()
    return profile_from_json(version.profile) if version else None


def ask_again(layout: StoredLayout, *, actor: str) -> None:
    """Have documents of a layout confirmed again, as many as of a new one; what was learned of it stays.

    Raises NotAVersion if the layout has no profile, as its documents are asked about anyway.
    """
    current = layout.versions.filter(state=USED).first()
    if current is None:
        raise NotAVersion(f"{layout} has no profile yet: its documents are asked about anyway.")
    with transaction.atomic():
        _start_counting_again(layout)
        LayoutVersion.objects.filter(pk=current.pk).update(
            profile={**current.profile, "in_a_row": _of_lines(current.profile["in_a_row"])}
        )
        ledger.append("layout-asked-again", actor=actor, body={"layout": layout.pk})
        set_state(layout, LayoutState.LEARNING, actor=actor)


def _start_counting_again(layout: StoredLayout) -> None:
    layout.asked_again_at = clock.now()
    StoredLayout.objects.filter(pk=layout.pk).update(asked_again_at=layout.asked_again_at, changed_at=clock.now())


def take(layout: StoredLayout, number: int, fields: LayoutFields, *, actor: str, needed: int) -> None:
    """Use a version that was held because it would lose a right value. Raises NotAVersion if there is none to take."""
    _switch(layout, number, (HELD, ROLLED_BACK, REPLACED), fields, "layout-version-taken", actor=actor, needed=needed)


def roll_back(layout: StoredLayout, fields: LayoutFields, *, actor: str, needed: int) -> None:
    """Use the version before the one in use again; the documents confirmed since are learned from no more.

    The layout has to be confirmed again. Raises NotAVersion if there is no version before.
    """
    current = layout.versions.filter(state=USED).first()
    before = layout.versions.filter(number__lt=current.number, state=REPLACED).first() if current else None
    if current is None or before is None:
        raise NotAVersion(f"{layout} has no version before the one in use.")
    with transaction.atomic():
        LayoutDocument.objects.filter(layout=layout, confirmed_at__gt=before.made_at).update(used=False)
        LayoutVersion.objects.filter(pk=current.pk).update(state=ROLLED_BACK)
        _start_counting_again(layout)
        _switch(layout, before.number, (REPLACED,), fields, "layout-rolled-back", actor=actor, needed=needed)
        set_state(layout, LayoutState.LEARNING, actor=actor)


def _switch(
    layout: StoredLayout,
    number: int,
    states: Sequence[str],
    fields: LayoutFields,
    event: str,
    *,
    actor: str,
    needed: int,
) -> None:
    with transaction.atomic():
        version = layout.versions.filter(number=number, state__in=states).first()
        if version is None:
            raise NotAVersion(f"{layout} has no version {number} that could be used.")
        layout.versions.filter(state=USED).update(state=REPLACED)
        profile = _since_asked(profile_from_json(version.profile), layout, documents_of(layout))
        LayoutVersion.objects.filter(pk=version.pk).update(state=USED, profile=profile_to_json(profile))
        ledger.append(event, actor=actor, body={"layout": layout.pk, "version": number})
        _use(layout, number, profile, fields, actor=actor, needed=needed)
