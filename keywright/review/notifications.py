"""Reminds of cases before they are due, and escalates them once they are overdue: on screen, and by e-mail.

The recipients are in one row for each referral and kind, written with its ledger entry in one transaction: so two
processes at once send nothing twice, and cases that fell due while no process ran are handled by the next run. A row
without ``mailed_at`` still has to be mailed.
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
"""The kinds of notice, the most urgent first; ``asked``: a colleague escalated the case."""
SENDING = dt.timedelta(minutes=10)
"""For this time no other process sends what one has begun to send; after it the process counts as dead."""

EVENTS = {REMINDER: "reminder-given", ESCALATION: "overdue-escalated"}


@dataclass(frozen=True, slots=True)
class Notified:
    """The result of one run: how many reminders and escalations, and the cases without a recipient."""

    reminders: int = 0
    escalations: int = 0
    nobody: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Mailed:
    """The result of one mailing: how many mails were sent, what was refused, and why the rest waits ("": none)."""

    sent: int = 0
    refused: tuple[str, ...] = ()
    away: str = ""


@dataclass(slots=True)
class _People:
    """The people behind names, looked up once in a run: groups are their members, deputies replace absent people."""

    at: dt.datetime
    known: dict[tuple[str, ...], list[tuple[User, frozenset[str]]]] = field(default_factory=dict)

    def named(self, names: tuple[str, ...], bot: str) -> list[User]:
        """Return the people with these names or in these groups who see the bot."""
        if names not in self.known:
            meant = User.objects.filter(Q(username__in=names) | Q(groups__name__in=names), is_active=True)
            self.known[names] = [
                (person, hidden_bots(person)) for person in self._there(meant.distinct().order_by("username"))
            ]
        return [person for person, hidden in self.known[names] if bot not in hidden]

    def _there(self, people: Iterable[User]) -> list[User]:
        there = (absences.deputy_of(person, self.at) or person for person in people)
        return [person for person in dict.fromkeys(there) if rights_of(person).look]


def notify_due(at: dt.datetime | None = None) -> Notified:
    """Remind of cases that are due soon and escalate overdue ones, each once; an overdue case is only escalated."""
    at = at or clock.now()
    people, counted, nobody = _People(at), {REMINDER: 0, ESCALATION: 0}, []
    for number, kind in list(_due_notices(at)):
        match _notify(number, kind, people):
            case True:
                counted[kind] += 1
            case False:
                nobody.append(number)
    return Notified(counted[REMINDER], counted[ESCALATION], tuple(nobody))


def _due_notices(at: dt.datetime) -> Iterator[tuple[int, str]]:
    """Yield the waiting cases that need a notice, and its kind; the earliest due first."""
    waiting = StoredCase.objects.filter(state=State.REFERRED.value, due_at__isnull=False, referred_at__isnull=False)
    notices = Notice.objects.filter(case=OuterRef("pk"), referred_at=OuterRef("referred_at"))
    overdue = waiting.filter(~Exists(notices.filter(kind=ESCALATION)), due_at__lte=at).order_by("due_at", "pk")
    yield from ((number, ESCALATION) for number in overdue.values_list("pk", flat=True))
    for bot, kind in waiting.filter(due_at__gt=at).order_by().values_list("bot", "kind").distinct():
        until = due_times().rule(bot, kind).remind.after(at, due_times().calendar)
        soon = waiting.filter(
            ~Exists(notices.filter(kind=REMINDER)), bot=bot, kind=kind, due_at__gt=at, due_at__lte=until
        )
        yield from ((number, REMINDER) for number in soon.order_by("due_at", "pk").values_list("pk", flat=True))


def _notify(number: int, kind: str, people: _People) -> bool | None:
    """Record the notice of a case and its recipients; None if that was done or the case was decided already.

    Returns False if there is no recipient: the next run tries again.
    """
    with transaction.atomic():
        row = StoredCase.objects.select_for_update(of=("self",)).filter(pk=number, state=State.REFERRED.value).first()
        if row is None or row.referred_at is None or row.due_at is None:
            return None
        if Notice.objects.filter(case=row, referred_at=row.referred_at, kind=kind).exists():
            return None
        names = [person.get_username() for person in _recipients(row, kind, people)]
        if not names:
            return False
        recipients = [{"person": name, "mailed": None} for name in names]
        Notice.objects.create(case=row, referred_at=row.referred_at, kind=kind, at=people.at, told=recipients)
        body = {"to": names, "due_at": row.due_at.isoformat(), "kind": row.kind}
        ledger.append(EVENTS[kind], actor="clock", case=number, body=body)
        return True


def _recipients(row: StoredCase, kind: str, people: _People) -> list[User]:
    rule: Rule = due_times().rule(row.bot, row.kind)
    if kind == ESCALATION:
        return people.named(rule.escalate_to, row.bot)
    assignees = people.named((row.assigned_to.get_username(),), row.bot) if row.assigned_to else []
    return assignees or people.named(rule.remind_whom, row.bot)


def note_escalated(row: StoredCase, to: User) -> None:
    """Record that a person, and the deputy of an absent one, is notified of a colleague's escalation; once a referral.

    Runs in the transaction in which the case is escalated.
    """
    at = clock.now()
    recipients = [to, *filter(None, [absences.deputy_of(to, at)])]
    notice, _ = Notice.objects.get_or_create(
        case=row, referred_at=row.referred_at or row.changed_at, kind=ASKED, defaults={"at": at}
    )
    names = {entry["person"] for entry in notice.told}
    new = [
        {"person": name, "mailed": None}
        for name in (recipient.get_username() for recipient in recipients)
        if name not in names
    ]
    if new:
        notice.told, notice.mailed_at, notice.at = [*notice.told, *new], None, at
        notice.save(update_fields=["told", "mailed_at", "at"])


def standing() -> QuerySet[Notice]:
    """Return the notices of cases that still wait, for their current referral; oldest first."""
    waiting = Notice.objects.filter(case__state=State.REFERRED.value, case__referred_at=F("referred_at"))
    return waiting.order_by("at", "pk")


def notices_for(person: User) -> list[Notice]:
    """Return the notices to a person about cases that still wait, overdue ones first; one notice a case."""
    name, rows = person.get_username(), standing().exclude(case__bot__in=hidden_bots(person))
    rows = rows.select_related("case").defer("case__extraction", "case__findings", "case__settled")
    mine = [notice for notice in rows if any(entry["person"] == name for entry in notice.told)]
    ranked = sorted(mine, key=lambda notice: (URGENT.index(notice.kind), notice.case.due_at or notice.at, notice.pk))
    first: dict[int, Notice] = {}
    for notice in ranked:
        first.setdefault(notice.case_id, notice)
    return list(first.values())


def count_notices_for(person: User, hidden: frozenset[str] | None = None) -> int:
    """Return how many waiting cases a person has notices of; ``hidden`` bots are looked up if not given."""
    rows = (
        standing()
        .exclude(case__bot__in=hidden_bots(person) if hidden is None else hidden)
        .values_list("case_id", "told")
    )
    name = person.get_username()
    return len({case for case, entries in rows if any(entry["person"] == name for entry in entries)})


Write = Callable[[User, Sequence[Notice], str], mail.Mail]
"""Writes the mail to a person about some notices, with a message id."""


def send_mails(server: MailServer, write: Write, at: dt.datetime | None = None) -> Mailed:
    """Mail what has not been mailed: one mail a person. What the server does not take now is sent by a later run.

    If the process dies after the server took a mail and before that is recorded, it is sent again under the same id.
    """
    at = at or clock.now()
    if not server.host:
        return Mailed()
    rows = _claimed(at)
    sent, refused = 0, []
    try:
        for person, notices in _by_person(rows):
            mark = hashlib.sha256(repr((person.pk, [notice.pk for notice in notices])).encode()).hexdigest()[:32]
            written = write(person, notices, mail.message_id(f"keywright.{mark}", server))
            try:
                with mail.post(server) as hand_in:
                    hand_in(written)
                sent += 1
                _note(person, notices, at)
            except mail.MailRefused as fault:
                refused.append(str(fault))
                _note(person, notices, at, refusal=str(fault))
    except mail.MailAway as away:
        return Mailed(sent, tuple(refused), str(away))
    finally:
        claimed = Notice.objects.filter(pk__in=[notice.pk for notice in rows], sending_until=at + SENDING)
        claimed.update(sending_until=None)
    return Mailed(sent, tuple(refused))


def _claimed(at: dt.datetime) -> list[Notice]:
    """Return the notices to be mailed, reserved for this process."""
    free = Q(sending_until=None) | Q(sending_until__lte=at)
    with transaction.atomic():
        rows = list(standing().select_related("case").select_for_update(of=("self",)).filter(free, mailed_at=None))
        Notice.objects.filter(pk__in=[notice.pk for notice in rows]).update(sending_until=at + SENDING)
    return rows


def _by_person(rows: Collection[Notice]) -> list[tuple[User, list[Notice]]]:
    """Return each person with an address, and the notices that were not mailed to that person yet."""
    names = {entry["person"] for row in rows for entry in row.told if _open(entry)}
    people = User.objects.filter(username__in=names, is_active=True).exclude(email="").order_by("username")
    return [(person, [row for row in rows if _of(person, row)]) for person in people]


def _of(person: User, row: Notice) -> bool:
    return any(entry["person"] == person.get_username() and _open(entry) for entry in row.told)


def _open(entry: dict[str, Any]) -> bool:
    return not entry.get("mailed") and not entry.get("refused")


def _note(person: User, rows: Sequence[Notice], at: dt.datetime, refusal: str = "") -> None:
    """Record that a person's mail was sent, or was refused for good."""
    name = person.get_username()
    with transaction.atomic():
        for row in rows:
            for entry in row.told:
                if entry["person"] == name:
                    entry.update({"refused": refusal} if refusal else {"mailed": at.isoformat()})
            if not any(_open(entry) for entry in row.told):
                row.mailed_at = at
            row.save(update_fields=["told", "mailed_at"])
        body = {"to": name, "cases": [row.case_id for row in rows], **({"refused": refusal} if refusal else {})}
        ledger.append("notices-mailed", actor="clock", body=body)
