"""Reminds of cases before they are due, and escalates them once when they are: on screen, and by e-mail.

Whoever is told of what stands in one row for each referral and kind, written with its ledger entry in one transaction:
two processes at once tell nothing twice, and what fell due while nothing ran is told by the next run. A row without
``mailed_at`` is still to be mailed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from keywright import clock, mail
from keywright.cases.due_dates import Rule, due_times
from keywright.database.models import Notice, StoredCase
from keywright.ledger import ledger
from keywright.model.case import State
from keywright.people import absences
from keywright.people.permissions import hidden_bots, rights_of
from keywright.settings.settings import MailServer

REMINDER, ESCALATION, ASKED = "reminder", "escalation", "asked"
URGENT = (ESCALATION, ASKED, REMINDER)
"""The kinds of notice, the one that counts first of several about one case; ``asked``: a colleague escalated it."""
SENDING = dt.timedelta(minutes=10)
"""So long no other process sends what one has begun to send; then it is taken to be dead."""

EVENTS = {REMINDER: "reminder-given", ESCALATION: "overdue-escalated"}


@dataclass(frozen=True, slots=True)
class Told:
    """What one run told: how many reminders and escalations, and the cases of which there is nobody to tell."""

    reminders: int = 0
    escalations: int = 0
    nobody: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Mailed:
    """What one run mailed: how many mails went, what was refused, and why the rest waits; "" if nothing does."""

    sent: int = 0
    refused: tuple[str, ...] = ()
    away: str = ""


@dataclass(slots=True)
class _People:
    """Whom names mean, looked up once in a run: groups are their members, and deputies stand for those who are away."""

    now: dt.datetime
    known: dict[tuple[str, ...], list[tuple[User, frozenset[str]]]] = field(default_factory=dict)

    def named(self, names: tuple[str, ...], bot: str) -> list[User]:
        """Return the people who go by these names of people and groups, and see the bot."""
        if names not in self.known:
            meant = User.objects.filter(Q(username__in=names) | Q(groups__name__in=names), is_active=True)
            self.known[names] = [(one, hidden_bots(one)) for one in self._there(meant.distinct().order_by("username"))]
        return [person for person, hidden in self.known[names] if bot not in hidden]

    def _there(self, people: Iterable[User]) -> list[User]:
        there = (absences.deputy_of(person, self.now) or person for person in people)
        return [one for one in dict.fromkeys(there) if rights_of(one).look]


def tell_due(now: dt.datetime | None = None) -> Told:
    """Remind of what is due soon and escalate what is due, each once; what is both is escalated only."""
    now = now or clock.now()
    people, counted, nobody = _People(now), {REMINDER: 0, ESCALATION: 0}, []
    for number, kind in list(_untold(now)):
        match _tell(number, kind, people):
            case True:
                counted[kind] += 1
            case False:
                nobody.append(number)
    return Told(counted[REMINDER], counted[ESCALATION], tuple(nobody))


def _untold(now: dt.datetime) -> Iterator[tuple[int, str]]:
    """Yield the waiting cases of which somebody must be told, and of what; those due first."""
    waiting = StoredCase.objects.filter(state=State.REFERRED.value, due_at__isnull=False, referred_at__isnull=False)
    same = Notice.objects.filter(case=OuterRef("pk"), referred_at=OuterRef("referred_at"))
    overdue = waiting.filter(~Exists(same.filter(kind=ESCALATION)), due_at__lte=now).order_by("due_at", "pk")
    yield from ((number, ESCALATION) for number in overdue.values_list("pk", flat=True))
    for bot, kind in waiting.filter(due_at__gt=now).order_by().values_list("bot", "kind").distinct():
        until = due_times().rule(bot, kind).remind.after(now, due_times().calendar)
        soon = waiting.filter(
            ~Exists(same.filter(kind=REMINDER)), bot=bot, kind=kind, due_at__gt=now, due_at__lte=until
        )
        yield from ((number, REMINDER) for number in soon.order_by("due_at", "pk").values_list("pk", flat=True))


def _tell(number: int, kind: str, people: _People) -> bool | None:
    """Put on record that people are told of a case, unless it was done or decided meanwhile (None).

    Returns False if there is nobody to tell: the next run tries again.
    """
    with transaction.atomic():
        row = StoredCase.objects.select_for_update(of=("self",)).filter(pk=number, state=State.REFERRED.value).first()
        if row is None or row.referred_at is None or row.due_at is None:
            return None
        if Notice.objects.filter(case=row, referred_at=row.referred_at, kind=kind).exists():
            return None
        names = [one.get_username() for one in _whom(row, kind, people)]
        if not names:
            return False
        told = [{"person": name, "mailed": None} for name in names]
        Notice.objects.create(case=row, referred_at=row.referred_at, kind=kind, at=people.now, told=told)
        body = {"to": names, "due_at": row.due_at.isoformat(), "kind": row.kind}
        ledger.append(EVENTS[kind], actor="clock", case=number, body=body)
        return True


def _whom(row: StoredCase, kind: str, people: _People) -> list[User]:
    rule: Rule = due_times().rule(row.bot, row.kind)
    if kind == ESCALATION:
        return people.named(rule.escalate_to, row.bot)
    theirs = people.named((row.assigned_to.get_username(),), row.bot) if row.assigned_to else []
    return theirs or people.named(rule.remind_whom, row.bot)


def note_escalated(row: StoredCase, to: User) -> None:
    """Have a person told, and a deputy if that person is away, that a colleague escalates a case; once a referral.

    Stands in the transaction in which the case is escalated.
    """
    now = clock.now()
    told = [to, *filter(None, [absences.deputy_of(to, now)])]
    notice, _ = Notice.objects.get_or_create(
        case=row, referred_at=row.referred_at or row.changed_at, kind=ASKED, defaults={"at": now}
    )
    names = {one["person"] for one in notice.told}
    new = [{"person": one.get_username(), "mailed": None} for one in told if one.get_username() not in names]
    if new:
        notice.told, notice.mailed_at, notice.at = [*notice.told, *new], None, now
        notice.save(update_fields=["told", "mailed_at", "at"])


def standing() -> QuerySet[Notice]:
    """Return the notices of cases that still wait, of the referral that they are about; oldest first."""
    waiting = Notice.objects.filter(case__state=State.REFERRED.value, case__referred_at=F("referred_at"))
    return waiting.order_by("at", "pk")


def told_to(person: User) -> list[Notice]:
    """Return what a person has been told of and still waits, what is overdue first; one notice a case."""
    name, rows = person.get_username(), standing().exclude(case__bot__in=hidden_bots(person))
    rows = rows.select_related("case").defer("case__extraction", "case__findings", "case__settled")
    mine = [one for one in rows if any(told["person"] == name for told in one.told)]
    ranked = sorted(mine, key=lambda one: (URGENT.index(one.kind), one.case.due_at or one.at, one.pk))
    first: dict[int, Notice] = {}
    for one in ranked:
        first.setdefault(one.case_id, one)
    return list(first.values())


def count_told_to(person: User, hidden: frozenset[str] | None = None) -> int:
    """Return how many cases a person has been told of that still wait; ``hidden`` bots are looked up if not given."""
    rows = (
        standing()
        .exclude(case__bot__in=hidden_bots(person) if hidden is None else hidden)
        .values_list("case_id", "told")
    )
    name = person.get_username()
    return len({case for case, told in rows if any(one["person"] == name for one in told)})


Write = Callable[[User, Sequence[Notice], str], mail.Mail]
"""Writes the mail that tells a person of some notices, under an id."""


def send_mails(server: MailServer, write: Write, now: dt.datetime | None = None) -> Mailed:
    """Mail what has not been mailed: one mail a person. What the server does not take now is sent by a later run.

    A process that dies between the server's taking of a mail and our note of it has it sent again, under the same id.
    """
    now = now or clock.now()
    if not server.host:
        return Mailed()
    rows = _claimed(now)
    sent, refused = 0, []
    try:
        for person, theirs in _by_person(rows):
            mark = hashlib.sha256(repr((person.pk, [one.pk for one in theirs])).encode()).hexdigest()[:32]
            written = write(person, theirs, mail.message_id(f"keywright.{mark}", server))
            try:
                with mail.post(server) as hand_in:
                    hand_in(written)
                sent += 1
                _note(person, theirs, now)
            except mail.MailRefused as fault:
                refused.append(str(fault))
                _note(person, theirs, now, refusal=str(fault))
    except mail.MailAway as away:
        return Mailed(sent, tuple(refused), str(away))
    finally:
        ours = Notice.objects.filter(pk__in=[one.pk for one in rows], sending_until=now + SENDING)
        ours.update(sending_until=None)
    return Mailed(sent, tuple(refused))


def _claimed(now: dt.datetime) -> list[Notice]:
    """Return what is to be mailed, which from now on no other process sends."""
    free = Q(sending_until=None) | Q(sending_until__lte=now)
    with transaction.atomic():
        rows = list(standing().select_related("case").select_for_update(of=("self",)).filter(free, mailed_at=None))
        Notice.objects.filter(pk__in=[one.pk for one in rows]).update(sending_until=now + SENDING)
    return rows


def _by_person(rows: Collection[Notice]) -> list[tuple[User, list[Notice]]]:
    """Return each person who has an address, with the notices of which no mail went to that person."""
    names = {told["person"] for one in rows for told in one.told if _open(told)}
    people = User.objects.filter(username__in=names, is_active=True).exclude(email="").order_by("username")
    return [(one, [row for row in rows if _of(one, row)]) for one in people]


def _of(person: User, row: Notice) -> bool:
    return any(told["person"] == person.get_username() and _open(told) for told in row.told)


def _open(told: dict[str, Any]) -> bool:
    return not told.get("mailed") and not told.get("refused")


def _note(person: User, rows: Sequence[Notice], now: dt.datetime, refusal: str = "") -> None:
    """Put on record that a person's mail went, or was refused for good."""
    name = person.get_username()
    with transaction.atomic():
        for row in rows:
            for told in row.told:
                if told["person"] == name:
                    told.update({"refused": refusal} if refusal else {"mailed": now.isoformat()})
            if not any(_open(told) for told in row.told):
                row.mailed_at = now
            row.save(update_fields=["told", "mailed_at"])
        body = {"to": name, "cases": [row.case_id for row in rows], **({"refused": refusal} if refusal else {})}
        ledger.append("notices-mailed", actor="clock", body=body)
