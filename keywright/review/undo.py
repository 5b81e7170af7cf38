"""Undoes a person's last decision on a case, until a robot has continued from it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from keywright import clock
from keywright.cases import casebook
from keywright.cases.earlier_cases import note_traits, traits_kept
from keywright.database.models import Keying, StoredCase, Undoable
from keywright.model.case import WAITING_FOR_A_ROBOT, Case, IllegalMove, State
from keywright.model.duplicates import Trait
from keywright.review import drafts, layout_learning
from keywright.settings.settings import settings
from keywright.vendors import bank_accounts

UNDONE_FROM = frozenset({State.RECEIVED, State.READ, State.CHECKED, State.REFUSED})
"""The states in which nothing has been posted since the decision."""

_KEPT = ("extraction", "findings", "settled", "payee", "attempts", "kind")
_TIMES = ("referred_at", "due_at")
_DOUBT = ("id", "posts", "denied", "uncertain", "looks")


class NotYours(Exception):
    """Another person made the decision."""


def snapshot(row: StoredCase) -> dict[str, Any]:
    """Return everything in a waiting case that a decision may change, as JSON."""
    times = {name: getattr(row, name) for name in _TIMES}
    return {
        **{name: getattr(row, name) for name in (*_KEPT, "assigned_to_id")},
        **{name: time.isoformat() if time else None for name, time in times.items()},
        "changed_at": row.changed_at.isoformat(),
        "traits": [_trait_to_json(trait) for trait in traits_kept(row.pk)],
        "keyings": list(Keying.objects.filter(case=row).values(*_DOUBT)),
    }


def remember(number: int, decision: str, before: dict[str, Any], *, person: str) -> None:
    """Store the state of a case before a person's decision; does nothing for a person without an account."""
    decider = User.objects.filter(username=person).first()
    if decider is not None:
        row = Undoable(case_id=number, person=decider, at=clock.now(), decision=decision, before=before)
        columns = ["person", "at", "decision", "before"]
        Undoable.objects.bulk_create([row], update_conflicts=True, unique_fields=["case"], update_fields=columns)


def undoable(row: StoredCase, person: User, *, of_others: bool = False) -> Undoable | None:
    """Return the decision on a case that this person can undo now, or None."""
    if row.state not in UNDONE_FROM or _is_worked(row):
        return None
    last = Undoable.objects.filter(case=row).select_related("person").first()
    return last if last and (of_others or last.person_id == person.pk) else None


def undo(number: int, *, person: User, of_others: bool = False) -> Case:
    """Undo the last decision on a case: it waits for a person again, in its earlier state.

    ``of_others``: a supervisor may undo other people's decisions. Typed values stay in the ledger. Raises IllegalMove
    if there is none, or if a robot works on the case now or has continued; NotYours if another person made it.
    """
    with transaction.atomic():
        row = StoredCase.objects.select_related("document").select_for_update(of=("self",)).get(pk=number)
        last = Undoable.objects.filter(case=row).select_related("person").first()
        if last is None or row.state not in UNDONE_FROM:
            raise IllegalMove(f"Case {number} has no decision that could be undone: it is {row.state}.")
        if _is_worked(row):
            raise IllegalMove(f"Case {number} is being worked by a robot. Look at it again in a minute.")
        if last.person_id != person.pk and not of_others:
            raise NotYours(f"{last.person.get_username()} decided case {number}. A supervisor can undo it.")
        return _as_before(row, last, person.get_username())


def _as_before(row: StoredCase, last: Undoable, person: str) -> Case:
    before, case = last.before, casebook.case_of(row)
    if "traits" in before:  # decisions of older versions stored no traits
        note_traits(case.id, [_trait_from_json(*trait_json) for trait_json in before["traits"]])
    bank_accounts.take_back(row.pk)
    layout_learning.forget(row.pk, row.bot, person=person)
    for doubt in before["keyings"]:
        keying = Keying.objects.filter(pk=doubt["id"], case=row, posts=doubt["posts"])
        keying.update(denied=doubt["denied"], uncertain=doubt["uncertain"], looks=doubt["looks"])
    body = {"decision": last.decision, "by": last.person.get_username(), "at": last.at.isoformat()}
    moved = casebook.move(
        case,
        State.REFERRED,
        "decision-undone",
        actor=person,
        body=body,
        **{name: before[name] for name in _KEPT},
        **{name: _time(before[name]) for name in _TIMES},
        assigned_to_id=_still_there(before["assigned_to_id"]),
        **casebook.released(),
    )
    changed_at = StoredCase.objects.values_list("changed_at", flat=True).get(pk=row.pk)
    drafts.bring_back(row.pk, before.get("changed_at", ""), changed_at)
    return moved


def _trait_to_json(trait: Trait) -> list[str]:
    return [trait.rule, trait.key, trait.number, trait.day.isoformat() if trait.day else ""]


def _trait_from_json(rule: str, key: str, number: str, day: str) -> Trait:
    return Trait(rule, key, number, dt.date.fromisoformat(day) if day else None)


def _still_there(person: int | None) -> int | None:
    """Return a person's id, or None if the person was deleted since: then the case is open to all."""
    return person if person is not None and User.objects.filter(pk=person).exists() else None


def robots_wait_until(row: StoredCase) -> dt.datetime | None:
    """Return until when no robot takes a decided case, or None if one can take it now, or none will."""
    waits = row.state in WAITING_FOR_A_ROBOT and row.not_before > clock.now()
    return row.not_before if waits else None


def window() -> dict[str, Any]:
    """Return the change that keeps robots from a decided case for the undo window."""
    return {"not_before": clock.now() + settings().undo_window}


def _is_worked(row: StoredCase) -> bool:
    return row.lease_until is not None and row.lease_until > clock.now()


def _time(written: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(written) if written else None
