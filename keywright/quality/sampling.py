"""The quality sample: measures how often robot and clerks are wrong, by reading some of the robot's cases again.

Some of the cases that a robot keys alone are read by a person who does not see the robot's values; a supervisor decides
who was right where the two differ. The case itself is not delayed (docs/decisions/14-quality-sample.md).
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
from keywright.layouts import versions
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
"""How many fields of a drawn case are asked that the robot read, and that it left empty: a minute's work."""

Z = 1.959964
"""The normal deviate for 95 per cent."""


class NotForYou(Exception):
    """This person may not answer or settle this sample; the text says why."""


class AlreadyAnswered(Exception):
    """Another person was faster."""


def drawn(case: Case, bot: AnyBot) -> tuple[str, ...]:
    """Return the fields of a case for a person to read blind, in the order of the form; () for most cases.

    Cases are drawn by a keyed hash (RFC 2104) of the document: always the same, and unpredictable without the office's
    secret key. Cases in which a person had a part are not drawn, since no robot keys them alone.
    """
    share = settings().sample_percent / 100
    if not share or case.extraction is None or _lot(f"case {case.id} {case.document}") >= share:
        return ()
    extracted = case.extraction.fields
    if case.settled or any(field.source.startswith("reviewer:") for field in extracted.values()):
        return ()
    if LedgerEntry.objects.filter(case_id=int(case.id), event="case-referred").exists():
        return ()
    names = [name for name, spec in bot.reads.specs().items() if spec.kind is not BREAKDOWN]
    lots = sorted(names, key=lambda name: _lot(f"field {case.id} {name}"))
    chosen = {
        *[name for name in lots if name in extracted][:READ],
        *[name for name in lots if name not in extracted][:UNREAD],
    }
    return tuple(name for name in names if name in chosen)


def _lot(of: str) -> float:
    """Return a pseudo-random number from 0 to 1."""
    digest = hmac.new(settings().secret_key.encode(), f"quality-sample {of}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def put_aside(case: Case, names: Iterable[str], *, actor: str) -> None:
    """Store the robot's values of these fields, in the transaction in which the case continues; once a case."""
    assert case.extraction is not None, "a checked case was read"
    extracted = case.extraction.fields
    robot = {name: write_value(extracted[name].value) if name in extracted else None for name in names}
    _, new = Sample.objects.get_or_create(case_id=int(case.id), defaults={"robot": robot})
    if new:
        ledger.append("sample-drawn", actor=actor, case=int(case.id), body={"asked": list(robot)})


def unanswered(person: User) -> QuerySet[Sample]:
    """Return the samples that a person may read, oldest first."""
    open_ = kept_open(Sample.objects.filter(answered_at=None)).exclude(case__bot__in=hidden_bots(person))
    return open_.select_related("case", "case__document").order_by("pk")


def is_open(row: Sample) -> bool:
    """Return False if the case was referred to a person since it was drawn: then no robot keys it alone."""
    return kept_open(Sample.objects.filter(pk=row.pk)).exists()


def next_for(person: User) -> Sample | None:
    """Return a sample to read; people who ask at the same time get different ones if there are several."""
    candidates = list(unanswered(person)[:10])
    return candidates[person.pk % len(candidates)] if candidates else None


def answer(number: int, texts: Mapping[str, str], specs: Mapping[str, FieldSpec[Any]], *, person: User) -> Sample:
    """Record what a person read on the pages; an empty text means that nothing is printed.

    Raises NotAValue with a sentence for each field with an invalid value, NotForYou, AlreadyAnswered, and
    Sample.DoesNotExist.
    """
    with transaction.atomic():
        row = Sample.objects.select_for_update(of=("self",)).select_related("case").get(pk=number)
        if not may_decide(row.case, person):
            raise NotForYou("Only people who decide cases of this bot read its samples.")
        if row.answered_at is not None:
            raise AlreadyAnswered(f"Sample {number} was answered by another person in the meantime.")
        if not is_open(row):
            raise AlreadyAnswered(f"Sample {number} was dropped: its case was referred to a person.")
        row.answer = _parsed({name: texts.get(name, "") for name in row.robot}, specs, row.robot)
        row.person, row.answered_at = person, clock.now()
        row.truth = None if (differing := differences(row)) else {}
        row.save()
        body = {"asked": list(row.robot), "differs": differing}
        ledger.append("sample-answered", actor=person.get_username(), case=row.case_id, body=body)
    return row


def _parsed(
    texts: Mapping[str, str], specs: Mapping[str, FieldSpec[Any]], *readings: Mapping[str, str | None]
) -> dict[str, str | None]:
    """Return typed texts as stored values; a value equal to that of a reading is stored in the same notation."""
    values: dict[str, str | None] = {}
    faults: dict[str, str] = {}
    for name, text in texts.items():
        try:
            known = [written for reading in readings if (written := reading.get(name))]
            values[name] = _written(specs[name].kind, text, known) if text.strip() else None
        except ValueError as fault:
            faults[name] = str(fault)
    if faults:
        raise NotAValue(faults)
    return values


def _written(kind: ValueKind[Any], text: str, known: Sequence[str]) -> str:
    if text in known:
        return text
    value = typed_value(kind, text)
    alike = (written for written in known if kind is AMOUNT and stored_amount(written) == value)
    return next(alike, write_value(value))


def differences(row: Sample) -> list[str]:
    """Return the fields in which robot and person read different values."""
    return [name for name, robot_value in row.robot.items() if not same(robot_value, (row.answer or {}).get(name))]


def same(first: str | None, second: str | None) -> bool:
    """Return True if two stored values are equal apart from blanks and capitals."""
    return _plain(first) == _plain(second)


def _plain(value: str | None) -> str:
    return " ".join((value or "").casefold().split())


def to_settle(person: User) -> QuerySet[Sample]:
    """Return the answered samples with differences that this person may settle; oldest first."""
    open_ = Sample.objects.filter(answered_at__isnull=False, truth__isnull=True)
    return open_.exclude(person=person).exclude(case__bot__in=hidden_bots(person)).select_related("case").order_by("pk")


@dataclass(frozen=True, slots=True)
class Truth:
    """A supervisor's decision on a field with a difference: the printed value, or that both mean the same."""

    value: str | None = None
    same: bool = False


def settle(number: int, truths: Mapping[str, Truth], specs: Mapping[str, FieldSpec[Any]], *, person: User) -> Sample:
    """Record a supervisor's decision for each field in which robot and person differ.

    If the robot was wrong, documents of the same layout have to be confirmed again.

    Raises NotForYou for a person who is no supervisor or has answered it, NotAValue with a sentence for each field
    without a decision or with an invalid value, AlreadyAnswered if it is settled, and Sample.DoesNotExist.
    """
    with transaction.atomic():
        row = Sample.objects.select_for_update(of=("self",)).select_related("case", "person").get(pk=number)
        ensure_may_settle(row, person)
        if row.answered_at is None or row.truth is not None:
            raise AlreadyAnswered(f"Sample {number} has no answer yet, or is settled already.")
        differing = differences(row)
        if missing := {name: "Say what is printed." for name in differing if name not in truths}:
            raise NotAValue(missing)
        texts = {name: truths[name].value or "" for name in differing if not truths[name].same}
        values = _parsed(texts, specs, row.robot, row.answer or {})
        row.truth = {name: {"value": values.get(name), "same": truths[name].same} for name in differing}
        row.save(update_fields=["truth"])
        wrong = {who: [name for name in differing if not _right(row, who, name)] for who in ("robot", "person")}
        body = {"robot_wrong": wrong["robot"], "person_wrong": wrong["person"]}
        ledger.append("sample-settled", actor=person.get_username(), case=row.case_id, body=body)
        layout = row.case.layout if wrong["robot"] else None
        if layout is not None and layout.version is not None:
            versions.ask_again(layout, actor=person.get_username())
    return row


def ensure_may_settle(row: Sample, person: User) -> None:
    """Raise NotForYou if a person is no supervisor, does not see the bot, or has answered the sample."""
    if not (rights_of(person).second and may_decide(row.case, person)):
        raise NotForYou("Only a supervisor decides who was right.")
    if row.person_id == person.pk:
        raise NotForYou("You read this sample yourself: another supervisor must decide who was right.")


def _right(row: Sample, who: str, name: str) -> bool | None:
    """Return True if the robot or the person read the printed value; None if that is not decided."""
    value = (row.robot if who == "robot" else row.answer or {}).get(name)
    if row.answer is None or (row.truth is None and not same(row.robot[name], row.answer.get(name))):
        return None
    truth = (row.truth or {}).get(name)
    return True if truth is None or truth["same"] else same(value, truth["value"])


@dataclass(frozen=True, slots=True)
class Rate:
    """A number out of a total, with the interval (0-1) that holds the true share with 95 per cent (Wilson 1927)."""

    wrong: int
    of: int

    @property
    def share(self) -> float:
        """Return the share; 0 without a total."""
        return self.wrong / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Return the lower and the upper end of the Wilson score interval; without a total 0 to 1."""
        if not self.of:
            return 0.0, 1.0
        n, p, z = self.of, self.share, Z
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class SampleQuality:
    """The results of one bot's samples.

    ``misread``: values that the robot read wrongly. ``missed``: printed fields that it left empty. ``clerks_misread``:
    fields that clerks read wrongly. ``cases``: cases with a wrong value of the robot. ``open_`` are not settled yet and
    count nowhere, ``waiting`` not answered; dropped samples are not included.
    """

    misread: Rate
    missed: Rate
    clerks_misread: Rate
    cases: Rate
    open_: int
    waiting: int


def quality(bot: str, since: dt.datetime) -> SampleQuality:
    """Return the results of a bot's samples that were drawn since a time."""
    rows = list(Sample.objects.filter(case__bot=bot, drawn_at__gte=since))
    known = [row for row in rows if row.truth is not None]
    asked_fields = [(row, name, robot_value) for row in known for name, robot_value in row.robot.items()]
    values = [_right(row, "robot", name) for row, name, robot_value in asked_fields if robot_value]
    empty = [_right(row, "robot", name) for row, name, robot_value in asked_fields if not robot_value]
    clerk_values = [_right(row, "person", name) for row, name, _ in asked_fields if _is_anything(row, name)]
    cases = [all(_right(row, "robot", name) for name, robot_value in row.robot.items() if robot_value) for row in known]
    unread = sum(row.answered_at is None for row in rows)
    waiting = kept_open(Sample.objects.filter(case__bot=bot, drawn_at__gte=since, answered_at=None)).count()
    open_ = len(rows) - len(known) - unread
    return SampleQuality(_rate(values), _rate(empty), _rate(clerk_values), _rate(cases), open_, waiting)


def _rate(right: Sequence[bool | None]) -> Rate:
    return Rate(sum(not is_right for is_right in right), len(right))


def _is_anything(row: Sample, name: str) -> bool:
    """Return True if something is printed in a field, or a person says so."""
    truth = (row.truth or {}).get(name, {})
    return bool((row.answer or {}).get(name) or truth.get("value") or truth.get("same"))


def wrongly_keyed(bot: str, since: dt.datetime) -> list[tuple[Sample, list[str]]]:
    """Return the cases in which the robot read wrong values, and the fields: their records need correction."""
    rows = Sample.objects.filter(case__bot=bot, drawn_at__gte=since, truth__isnull=False).select_related("case")
    wrong_by_row = (
        (row, [name for name in row.robot if _right(row, "robot", name) is False]) for row in rows.order_by("-pk")
    )
    return [(row, names) for row, names in wrong_by_row if names]
