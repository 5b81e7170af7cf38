"""Reminders before a case is due and one escalation when it is: never twice, and never forgotten."""

from __future__ import annotations

import datetime as dt
import multiprocessing
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection

from keywright.cases import casebook
from keywright.database.models import LedgerEntry, Notice, StoredCase
from keywright.ledger import ledger
from keywright.mail import Mail
from keywright.model.case import Case
from keywright.people import absences
from keywright.people.accounts import let_see
from keywright.review import claims, notifications, review_queue
from keywright.review.notifications import Mailed, Notified, count_notices_for, notices_for, notify_due, send_mails
from keywright.settings.settings import MailServer
from tests.keywright.console.desk import BOT, UNSURE, opened
from tests.keywright.mail_server import Mailbox, at_work

ZONE = ZoneInfo("America/Toronto")
LATER = dt.timedelta(minutes=5)
NOWHERE = MailServer("", 587, "", "", "", "starttls")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=ZONE)


DUE = at("18T16:30")
"""A Wednesday; the reminder is due four hours of opening before, at 12:30."""


def person(name: str, *groups: str) -> User:
    who, _ = User.objects.get_or_create(username=name, defaults={"email": f"{name}@town.example"})
    who.groups.set(Group.objects.filter(name__in=groups))
    return who


@pytest.fixture
def staff(db: None) -> None:
    """Two clerks, a supervisor and an auditor."""
    for name, group in (("maria", "clerk"), ("paul", "clerk"), ("sara", "supervisor"), ("ada", "auditor")):
        person(name, group)


def due(name: str = "gravel.pdf", when: dt.datetime = DUE) -> Case:
    """Return a case that waits and is due at a time."""
    case = casebook.refer(opened(name), [UNSURE], actor="robot")
    StoredCase.objects.filter(pk=int(case.id)).update(due_at=when, referred_at=when - dt.timedelta(days=2))
    return case


def write(to: User, about: Sequence[Notice], mail_id: str) -> Mail:
    return Mail(to.email, ", ".join(f"{notice.kind} {notice.case_id}" for notice in about), "Look at them.", mail_id)


def told() -> list[tuple[str, list[str]]]:
    """Return what was told, and to whom."""
    return [(notice.kind, [who["person"] for who in notice.told]) for notice in Notice.objects.order_by("pk")]


# --- what is told, to whom and when --------------------------------------------------------------


@pytest.mark.usefixtures("staff")
def test_those_who_may_take_a_case_are_reminded_before_it_is_due_and_not_earlier() -> None:
    due()
    assert notify_due(at("18T12:29")) == Notified()
    assert notify_due(at("18T12:30")) == Notified(reminders=1)
    assert told() == [("reminder", ["maria", "paul"])]


@pytest.mark.usefixtures("staff")
def test_a_case_is_escalated_when_it_is_due_and_once() -> None:
    case = due()
    for moment in ("18T12:30", "18T16:29", "18T16:30", "18T16:31", "25T09:00"):
        notify_due(at(moment))
    assert told() == [("reminder", ["maria", "paul"]), ("escalation", ["sara"])]
    entries = LedgerEntry.objects.filter(case_id=int(case.id), event__in=["reminder-given", "overdue-escalated"])
    assert [(entry.event, entry.body["to"]) for entry in entries.order_by("number")] == [
        ("reminder-given", ["maria", "paul"]),
        ("overdue-escalated", ["sara"]),
    ]
    assert ledger.verify().fault == ""


@pytest.mark.usefixtures("staff")
def test_what_fell_due_while_nothing_ran_is_escalated_by_the_next_run_without_a_late_reminder() -> None:
    for number in range(3):
        due(f"{number}.pdf", DUE - dt.timedelta(days=number))
    assert notify_due(at("23T08:30")) == Notified(escalations=3)
    assert {kind for kind, _ in told()} == {"escalation"}


@pytest.mark.usefixtures("staff")
def test_a_reminder_for_monday_morning_comes_before_the_weekend() -> None:
    due(when=at("23T09:30"))  # one hour of opening on Monday, three on Friday
    assert notify_due(at("20T13:29")) == Notified()
    assert notify_due(at("20T13:30")) == Notified(reminders=1)


@pytest.mark.usefixtures("staff")
def test_a_decided_case_is_nobodys_reminder() -> None:
    review_queue.refuse(due(), "not ours", person="maria")
    assert notify_due(at("19T09:00")) == Notified()


@pytest.mark.usefixtures("staff")
def test_a_case_that_comes_back_is_due_anew_and_escalated_anew() -> None:
    case = due()
    notify_due(at("19T09:00"))
    later = at("24T16:30")
    StoredCase.objects.filter(pk=int(case.id)).update(due_at=later, referred_at=at("20T09:00"))
    assert notify_due(at("20T09:05")) == Notified()
    assert notify_due(later) == Notified(escalations=1)


@pytest.mark.usefixtures("staff")
def test_who_was_given_the_case_is_reminded_alone() -> None:
    StoredCase.objects.filter(pk=int(due().id)).update(assigned_to=User.objects.get(username="paul"))
    notify_due(at("18T13:00"))
    assert told() == [("reminder", ["paul"])]


@pytest.mark.usefixtures("staff")
def test_for_who_is_away_the_deputy_is_told() -> None:
    maria, paul, sara = (User.objects.get(username=name) for name in ("maria", "paul", "sara"))
    moment = dt.datetime.now(dt.UTC)
    absences.set_absence(paul, maria, moment - dt.timedelta(days=900), moment + dt.timedelta(days=900), by=sara)
    StoredCase.objects.filter(pk=int(due().id)).update(assigned_to=paul)
    notify_due(at("18T13:00"))
    assert told() == [("reminder", ["maria"])]


@pytest.mark.usefixtures("staff")
def test_only_those_are_told_who_see_the_bot() -> None:
    let_see("payables", [BOT], actor="ivan")
    person("paul", "clerk", "payables"), person("otto", "supervisor", "payables")
    due()
    notify_due(at("18T13:00"))
    notify_due(at("19T09:00"))
    assert told() == [("reminder", ["paul"]), ("escalation", ["otto"])]


@pytest.mark.usefixtures("staff")
def test_what_nobody_could_be_told_of_is_told_as_soon_as_there_is_somebody() -> None:
    User.objects.filter(username="sara").delete()
    case = due()
    assert notify_due(at("19T09:00")) == Notified(nobody=(int(case.id),))
    assert not Notice.objects.exists()
    person("otto", "supervisor")
    assert notify_due(at("19T09:10")) == Notified(escalations=1)


# --- on screen -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("staff")
def test_a_person_sees_on_screen_what_was_told_until_it_is_decided() -> None:
    sara, maria = User.objects.get(username="sara"), User.objects.get(username="maria")
    first, second = due("one.pdf"), due("two.pdf", at("19T16:30"))
    notify_due(at("18T17:00"))
    notify_due(at("19T13:00"))
    assert [(notice.kind, notice.case_id) for notice in notices_for(sara)] == [("escalation", int(first.id))]
    assert [(notice.kind, notice.case_id) for notice in notices_for(maria)] == [("reminder", int(second.id))]
    assert (count_notices_for(sara), count_notices_for(maria)) == (1, 1)
    review_queue.refuse(casebook.get(first.id), "not ours", person="maria")
    assert (notices_for(sara), count_notices_for(sara)) == ([], 0)


# --- by e-mail -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("staff")
def test_each_person_gets_one_mail_about_all_cases_and_none_twice() -> None:
    first, two = due("one.pdf"), due("two.pdf")
    notify_due(at("19T09:00"))
    box = Mailbox()
    with at_work(box) as server:
        assert send_mails(server, write) == Mailed(sent=1)
        assert send_mails(server, write) == Mailed()
    assert box.to() == ["sara@town.example"]
    assert box.mails[0]["Subject"] == f"escalation {first.id}, escalation {two.id}"
    assert not Notice.objects.filter(mailed_at=None).exists()
    assert LedgerEntry.objects.get(event="notices-mailed").body == {"to": "sara", "cases": [int(first.id), int(two.id)]}


@pytest.mark.usefixtures("staff")
def test_a_mail_server_that_is_down_loses_nothing() -> None:
    due()
    notify_due(at("18T13:00"))
    with at_work(Mailbox()) as server:
        pass
    done = send_mails(server, write)
    assert (done.sent, Notice.objects.filter(mailed_at=None).count()) == (0, 1)
    assert "takes no mail" in done.away
    box = Mailbox()
    with at_work(box) as server:
        assert send_mails(server, write) == Mailed(sent=2)
    assert box.to() == ["maria@town.example", "paul@town.example"]


@pytest.mark.usefixtures("staff")
def test_a_server_that_goes_away_in_the_middle_sends_the_rest_later_and_nothing_again() -> None:
    due()
    notify_due(at("18T13:00"))
    box = Mailbox()
    first: list[User] = []

    def busy_after_one(to: User, about: Sequence[Notice], mail_id: str) -> Mail:
        box.busy = bool(first)
        first.append(to)
        return write(to, about, mail_id)

    with at_work(box) as server:
        assert "451" in send_mails(server, busy_after_one).away
        box.busy = False
        assert send_mails(server, write) == Mailed(sent=1)
    assert box.to() == ["maria@town.example", "paul@town.example"]


@pytest.mark.usefixtures("staff")
def test_a_refused_address_keeps_no_other_mail_back_and_is_not_tried_for_ever() -> None:
    due()
    notify_due(at("18T13:00"))
    box = Mailbox(refused={"maria@town.example"})
    with at_work(box) as server:
        done = send_mails(server, write)
        assert (done.sent, len(done.refused)) == (1, 1)
        assert send_mails(server, write) == Mailed()
    assert box.to() == ["paul@town.example"]


@pytest.mark.usefixtures("staff")
def test_who_has_no_address_is_told_on_screen_and_mailed_once_there_is_one() -> None:
    User.objects.filter(username="sara").update(email="")
    due()
    notify_due(at("19T09:00"))
    box = Mailbox()
    with at_work(box) as server:
        assert send_mails(server, write) == Mailed()
        User.objects.filter(username="sara").update(email="sara@town.example")
        assert send_mails(server, write) == Mailed(sent=1)


@pytest.mark.usefixtures("staff")
def test_no_mail_goes_about_what_was_decided_meanwhile() -> None:
    case = due()
    notify_due(at("19T09:00"))
    review_queue.refuse(casebook.get(case.id), "not ours", person="maria")
    box = Mailbox()
    with at_work(box) as server:
        assert send_mails(server, write) == Mailed()
    assert box.mails == []


@pytest.mark.usefixtures("staff")
def test_an_office_without_a_mail_server_tells_on_screen_alone() -> None:
    due()
    notify_due(at("19T09:00"))
    assert send_mails(NOWHERE, write) == Mailed()
    assert count_notices_for(User.objects.get(username="sara")) == 1


@pytest.mark.usefixtures("staff")
def test_what_a_dead_process_had_begun_to_send_is_sent_once_its_time_is_over() -> None:
    due()
    notify_due(at("19T09:00"))
    moment = dt.datetime.now(dt.UTC)
    Notice.objects.update(sending_until=moment + notifications.SENDING)
    box = Mailbox()
    with at_work(box) as server:
        assert send_mails(server, write, moment) == Mailed()
        assert send_mails(server, write, moment + notifications.SENDING) == Mailed(sent=1)


@pytest.mark.usefixtures("database")
def test_two_processes_at_once_tell_and_mail_everything_once() -> None:
    for name, group in (("maria", "clerk"), ("sara", "supervisor")):
        person(name, group)
    past = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    cases = [int(due(f"{number}.pdf", past).id) for number in range(20)]
    box = Mailbox()
    with at_work(box) as server:
        connection.close()  # each process opens its own
        fork = multiprocessing.get_context("fork")
        running = [fork.Process(target=_run, args=(server,)) for _ in range(2)]
        for process in running:
            process.start()
        for process in running:
            process.join(60)
        assert [process.exitcode for process in running] == [0, 0]
        assert (notify_due(), send_mails(server, write)) == (Notified(), Mailed())
    assert [notice.case_id for notice in Notice.objects.order_by("case_id")] == cases
    mailed = [entry.body["cases"] for entry in LedgerEntry.objects.filter(event="notices-mailed")]
    assert sorted(number for numbers in mailed for number in numbers) == cases
    assert box.to() == ["sara@town.example"] * len(mailed)
    assert ledger.verify().fault == ""


def _run(server: MailServer) -> None:
    notify_due()
    send_mails(server, write)


# --- escalated by hand ---------------------------------------------------------------------------


def escalated(case: Case, *, by: str = "maria", to: str = "sara", why: str = "Which account?") -> None:
    who = {account.username: account for account in User.objects.all()}
    claims.escalate(int(case.id), person=who[by], why=why, to=who[to])


@pytest.mark.usefixtures("staff")
def test_who_is_asked_by_a_colleague_is_told_on_screen_and_by_one_mail() -> None:
    case, box = due(), Mailbox()
    escalated(case)
    escalated(case, by="paul", why="Asked once more.")
    sara = User.objects.get(username="sara")

    assert [(notice.kind, notice.case_id) for notice in notices_for(sara)] == [("asked", int(case.id))]
    assert count_notices_for(sara) == 1
    with at_work(box) as server:
        assert send_mails(server, write, at("16T10:00")).sent == 1
        assert send_mails(server, write, at("16T10:05")).sent == 0
        escalated(case, by="paul", why="And a third time.")
        assert send_mails(server, write, at("16T10:10")).sent == 0
    assert [(notice["To"], notice["Subject"]) for notice in box.mails] == [("sara@town.example", f"asked {case.id}")]


@pytest.mark.usefixtures("staff")
def test_another_whom_a_case_is_escalated_to_is_mailed_too_and_the_first_not_again() -> None:
    case, box = due(), Mailbox()
    person("omar", "supervisor")
    escalated(case)
    with at_work(box) as server:
        send_mails(server, write, at("16T10:00"))
        escalated(case, by="sara", to="omar")
        send_mails(server, write, at("16T10:05"))
    assert [mail["To"] for mail in box.mails] == ["sara@town.example", "omar@town.example"]


@pytest.mark.usefixtures("staff")
def test_for_who_is_away_the_deputy_is_told_too() -> None:
    case, omar = due(), person("omar", "supervisor")
    sara, moment = User.objects.get(username="sara"), dt.datetime.now(dt.UTC)
    absences.set_absence(sara, omar, moment - LATER, moment + LATER, by=sara)
    escalated(case)
    assert (count_notices_for(sara), count_notices_for(omar)) == (1, 1)


@pytest.mark.usefixtures("staff")
def test_a_case_that_a_colleague_escalated_is_escalated_by_the_clock_all_the_same_when_due() -> None:
    case = due()
    escalated(case)
    assert notify_due(DUE + LATER) == Notified(escalations=1)
    assert [account.kind for account in notices_for(User.objects.get(username="sara"))] == ["escalation"]
