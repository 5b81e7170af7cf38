"""The quality sample: how often robot and clerks are wrong, by reading some of the robot's cases once more.

Some of the cases that a robot keys alone are read by a person who does not see what the robot read; a supervisor says
who was right where the two differ. The case is not held up (docs/decisions/14-quality-sample.md).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from keywright import clock
from keywright.bot import AnyBot
from keywright.database.models import LedgerEntry, Sample
from keywright.ledger import ledger
from keywright.model.case import Case
from keywright.model.fields import AMOUNT, FieldSpec, ValueKind
from keywright.model.serialization import write_value
from keywright.model.tax_breakdown import BREAKDOWN
from keywright.model.values.amounts import stored_amount
from keywright.people.permissions import hidden_bots, may_decide, rights_of
from keywright.quality.blinding import kept_open
from keywright.settings.settings import settings
from keywright.typed_values import NotAValue, typed_value

READ, UNREAD = 9, 3
"""So many fields of a drawn case are asked that the robot read, and so many that it left empty: a minute's work."""

Z = 1.959964
"""The normal deviate of 95 per cent."""


class NotForYou(Exception):
    """A person may not answer or settle this sample; the text says why."""


class AlreadyAnswered(Exception):
    """Somebody was quicker."""


def drawn(case: Case, bot: AnyBot) -> tuple[str, ...]:
    """Return the fields of a case that a person is asked to read blind, in the order of the form; () for most cases.

    It is drawn by a keyed hash (RFC 2104) of the document: the same for whoever asks again, and not to be foreseen
    without the office's secret key. A case that a person had a hand in is not one that the robot keys alone.
    """
    share = settings().sample_percent / 100
    if not share or case.extraction is None or _lot(f"case {case.id} {case.document}") >= share:
        return ()
    held = case.extraction.fields
    if case.settled or any(one.source.startswith("reviewer:") for one in held.values()):
        return ()
    if LedgerEntry.objects.filter(case_id=int(case.id), event="case-referred").exists():
        return ()
    names = [name for name, spec in bot.reads.specs().items() if spec.kind is not BREAKDOWN]
    lots = sorted(names, key=lambda name: _lot(f"field {case.id} {name}"))
    chosen = {*[one for one in lots if one in held][:READ], *[one for one in lots if one not in held][:UNREAD]}
    return tuple(name for name in names if name in chosen)


def _lot(of: str) -> float:
    """Return a number from 0 to 1, as if by chance."""
    told = hmac.new(settings().secret_key.encode(), f"quality-sample {of}".encode(), hashlib.sha256).digest()
    return int.from_bytes(told[:8], "big") / 2**64


def put_aside(case: Case, asked: Iterable[str], *, actor: str) -> None:
    """Keep what the robot read of the asked fields, in the transaction in which the case goes on; once a case."""
    assert case.extraction is not None, "a checked case was read"
    held = case.extraction.fields
    robot = {name: write_value(held[name].value) if name in held else None for name in asked}
    _, new = Sample.objects.get_or_create(case_id=int(case.id), defaults={"robot": robot})
    if new:
        ledger.append("sample-drawn", actor=actor, case=int(case.id), body={"asked": list(robot)})


def unanswered(person: User) -> QuerySet[Sample]:
    """Return the samples that a person may read, oldest first."""
    open_ = kept_open(Sample.objects.filter(answered_at=None)).exclude(case__bot__in=hidden_bots(person))
    return open_.select_related("case", "case__document").order_by("pk")


def is_open(row: Sample) -> bool:
    """Return True unless a person was asked about the case since it was drawn: the robot does not key it alone."""
    return kept_open(Sample.objects.filter(pk=row.pk)).exists()


def next_for(person: User) -> Sample | None:
    """Return a sample to read; people who ask at once get different ones while there are several."""
    some = list(unanswered(person)[:10])
    return some[person.pk % len(some)] if some else None


def answer(number: int, typed: Mapping[str, str], specs: Mapping[str, FieldSpec[Any]], *, person: User) -> Sample:
    """Take what a person read on the pages; an empty text says that nothing is there.

    Raises NotAValue with a sentence for each field that holds no such value, NotForYou, AlreadyAnswered, and
    Sample.DoesNotExist.
    """
    with transaction.atomic():
        row = Sample.objects.select_for_update(of=("self",)).select_related("case").get(pk=number)
        if not may_decide(row.case, person):
            raise NotForYou("Those who decide cases of this bot read its samples.")
        if row.answered_at is not None:
            raise AlreadyAnswered(f"Sample {number} was answered by somebody else meanwhile.")
        if not is_open(row):
            raise AlreadyAnswered(f"Sample {number} is given up: a person was asked about its case.")
        row.answer = _parsed({name: typed.get(name, "") for name in row.robot}, specs, row.robot)
        row.person, row.answered_at = person, clock.now()
        row.truth = None if (differing := differences(row)) else {}
        row.save()
        body = {"asked": list(row.robot), "differs": differing}
        ledger.append("sample-answered", actor=person.get_username(), case=row.case_id, body=body)
    return row


def _parsed(
    typed: Mapping[str, str], specs: Mapping[str, FieldSpec[Any]], *readings: Mapping[str, str | None]
) -> dict[str, str | None]:
    """Return what a person typed as it is written down; a value that a reading has already is written as it has it."""
    found: dict[str, str | None] = {}
    faults: dict[str, str] = {}
    for name, text in typed.items():
        try:
            known = [written for reading in readings if (written := reading.get(name))]
            found[name] = _written(specs[name].kind, text, known) if text.strip() else None
        except ValueError as fault:
            faults[name] = str(fault)
    if faults:
        raise NotAValue(faults)
    return found


def _written(kind: ValueKind[Any], text: str, known: Sequence[str]) -> str:
    if text in known:
        return text
    value = typed_value(kind, text)
    alike = (written for written in known if kind is AMOUNT and stored_amount(written) == value)
    return next(alike, write_value(value))


def differences(row: Sample) -> list[str]:
    """Return the fields in which robot and person read something else."""
    return [name for name, read in row.robot.items() if not same(read, (row.answer or {}).get(name))]


def same(one: str | None, other: str | None) -> bool:
    """Return True if two written values say the same but for blanks and capitals."""
    return _plain(one) == _plain(other)


def _plain(value: str | None) -> str:
    return " ".join((value or "").casefold().split())


def to_settle(person: User) -> QuerySet[Sample]:
    """Return the answered samples in which robot and person differ, and which this person may settle; oldest first."""
    open_ = Sample.objects.filter(answered_at__isnull=False, truth__isnull=True)
    return open_.exclude(person=person).exclude(case__bot__in=hidden_bots(person)).select_related("case").order_by("pk")


@dataclass(frozen=True, slots=True)
class Truth:
    """What a supervisor says of a field in which two differ: the value that is printed, or that both say the same."""

    value: str | None = None
    same: bool = False


def settle(number: int, truths: Mapping[str, Truth], specs: Mapping[str, FieldSpec[Any]], *, person: User) -> Sample:
    """Take a supervisor's word for each field in which robot and person differ.

    Raises NotForYou for whoever is no supervisor or answered it, NotAValue with a sentence for each field of which
    nothing is said or no such value, AlreadyAnswered if it is settled, and Sample.DoesNotExist.
    """
    with transaction.atomic():
        row = Sample.objects.select_for_update(of=("self",)).select_related("case", "person").get(pk=number)
        ensure_may_settle(row, person)
        if row.answered_at is None or row.truth is not None:
            raise AlreadyAnswered(f"Sample {number} is not, or no longer, to be settled.")
        differing = differences(row)
        if missing := {name: "Say what is printed." for name in differing if name not in truths}:
            raise NotAValue(missing)
        typed = {name: truths[name].value or "" for name in differing if not truths[name].same}
        told = _parsed(typed, specs, row.robot, row.answer or {})
        row.truth = {name: {"value": told.get(name), "same": truths[name].same} for name in differing}
        row.save(update_fields=["truth"])
        wrong = {who: [name for name in differing if not _right(row, who, name)] for who in ("robot", "person")}
        body = {"robot_wrong": wrong["robot"], "person_wrong": wrong["person"]}
        ledger.append("sample-settled", actor=person.get_username(), case=row.case_id, body=body)
    return row


def ensure_may_settle(row: Sample, person: User) -> None:
    """Raise NotForYou unless a person is a supervisor, sees the bot, and is not who answered."""
    if not (rights_of(person).second and may_decide(row.case, person)):
        raise NotForYou("A supervisor says who was right.")
    if row.person_id == person.pk:
        raise NotForYou("You read this sample yourself: another supervisor has to say who was right.")


def _right(row: Sample, who: str, name: str) -> bool | None:
    """Return True if the robot or the person read a field as it is printed; None while nobody knows."""
    read = (row.robot if who == "robot" else row.answer or {}).get(name)
    if row.answer is None or (row.truth is None and not same(row.robot[name], row.answer.get(name))):
        return None
    told = (row.truth or {}).get(name)
    return True if told is None or told["same"] else same(read, told["value"])


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many, with the interval (0-1) that holds the true share with 95 per cent (Wilson 1927)."""

    wrong: int
    of: int

    @property
    def share(self) -> float:
        """Return the share; 0 of nothing."""
        return self.wrong / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Return the lower and the upper end of the Wilson score interval; of nothing, anything may be true."""
        if not self.of:
            return 0.0, 1.0
        n, p, z = self.of, self.share, Z
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Quality:
    """What the samples of one bot show: values that the robot read wrongly; fields that it left empty though something
    is printed; fields that clerks read wrongly; cases with a wrong value of the robot's. ``open_`` are not settled yet
    and count nowhere, ``waiting`` not answered; those that were given up as a person was asked are not among them."""

    read: Rate
    missed: Rate
    typed: Rate
    cases: Rate
    open_: int
    waiting: int


def quality(bot: str, since: dt.datetime) -> Quality:
    """Return what the samples of a bot show that were drawn since a time."""
    rows = list(Sample.objects.filter(case__bot=bot, drawn_at__gte=since))
    known = [row for row in rows if row.truth is not None]
    asked = [(row, name, read) for row in known for name, read in row.robot.items()]
    values = [_right(row, "robot", name) for row, name, read in asked if read]
    empty = [_right(row, "robot", name) for row, name, read in asked if not read]
    typed = [_right(row, "person", name) for row, name, _ in asked if _is_anything(row, name)]
    cases = [all(_right(row, "robot", name) for name, read in row.robot.items() if read) for row in known]
    unread = sum(row.answered_at is None for row in rows)
    waiting = kept_open(Sample.objects.filter(case__bot=bot, drawn_at__gte=since, answered_at=None)).count()
    open_ = len(rows) - len(known) - unread
    return Quality(_rate(values), _rate(empty), _rate(typed), _rate(cases), open_, waiting)


def _rate(right: Sequence[bool | None]) -> Rate:
    return Rate(sum(not one for one in right), len(right))


def _is_anything(row: Sample, name: str) -> bool:
    """Return True if something is printed in a field, or a person says so."""
    told = (row.truth or {}).get(name, {})
    return bool((row.answer or {}).get(name) or told.get("value") or told.get("same"))


def wrongly_keyed(bot: str, since: dt.datetime) -> list[tuple[Sample, list[str]]]:
    """Return the cases in which the robot read something wrong, and what: their records are to be put right."""
    rows = Sample.objects.filter(case__bot=bot, drawn_at__gte=since, truth__isnull=False).select_related("case")
    found = ((row, [name for name in row.robot if _right(row, "robot", name) is False]) for row in rows.order_by("-pk"))
    return [(row, names) for row, names in found if names]
