"""What a person was told of, on screen and in the mail's words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from keywright.console.shared import reminders
from keywright.database.models import Notice, StoredCase
from keywright.settings.settings import settings
from tests.doors import in_this_office, keywright
from tests.keywright.console.desk import referred
from tests.keywright.console.pages import parsed, text_of
from tests.keywright.mail_server import Mailbox, at_work

SignedIn = Callable[..., Client]


@pytest.fixture
def overdue(maria: Client, signed_in: SignedIn) -> tuple[Client, int]:
    """A supervisor's browser, and a case that is overdue."""
    sara = signed_in("sara", "supervisor")
    User.objects.update(email="staff@town.example")
    number = int(referred().id)
    StoredCase.objects.filter(pk=number).update(due_at=dt.datetime(2026, 1, 5, 21, 30, tzinfo=dt.UTC))
    return sara, number


def test_an_escalated_case_is_on_the_supervisors_screen(overdue: tuple[Client, int], maria: Client) -> None:
    sara, number = overdue
    reminders.remind()
    page = sara.get("/notices/").content
    assert "overdue, escalated to you" in text_of(page)
    assert parsed(page).xpath("//main//a/@href") == [f"/cases/{number}/review/"]
    assert "Notifications 1" in text_of(sara.get("/quality/").content)
    assert "Notifications" not in text_of(maria.get("/quality/").content)
    assert "No notifications" in text_of(maria.get("/notices/").content)


def test_the_mail_tells_numbers_and_times_and_nothing_that_is_printed(
    overdue: tuple[Client, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    box = Mailbox()
    with at_work(box) as server:
        own_settings = replace(settings(), mail=server, console_url="https://keywright.town.example")
        monkeypatch.setattr(reminders, "settings", lambda: own_settings)
        done = reminders.remind()
    assert (str(done), done.troubled) == ("Reminders: 0, escalations: 1, mails: 1.", False)
    (mail,) = box.mails
    assert mail["Subject"] == "1 case is overdue"
    assert (
        mail.get_content().split()
        == (
            "These cases are overdue and were escalated to you: "
            f"Case {overdue[1]}, Supplier invoices into accounts payable, unclear value: due 2026-01-05 16:30 "
            f"https://keywright.town.example/cases/{overdue[1]}/ "
            "https://keywright.town.example/notices/ "
            "Sent by Keywright. You receive one notification per case."
        ).split()
    )


def test_the_command_says_what_it_did_and_fails_when_mail_does_not_go(
    transactional_db: None, overdue: tuple[Client, int], tmp_path: Path
) -> None:
    with at_work(Mailbox()) as server:
        pass
    mail = {"HOST": server.host, "PORT": str(server.port), "FROM": server.sender, "SECURITY": server.security}
    environment = {f"KEYWRIGHT_MAIL_{name}": value for name, value in mail.items()}
    status, printed, _ = in_this_office("remind", home=tmp_path, settings=environment)
    assert status == 1
    assert "escalations: 1, mails: 0. The mail server 127.0.0.1:" in printed
    assert Notice.objects.get().mailed_at is None


def test_the_command_fails_when_there_is_nobody_to_tell(transactional_db: None, maria: Client, tmp_path: Path) -> None:
    number = int(referred().id)
    StoredCase.objects.filter(pk=number).update(due_at=dt.datetime(2026, 1, 5, 21, 30, tzinfo=dt.UTC))
    status, printed, _ = in_this_office("remind", home=tmp_path)
    assert status == 1
    assert f"No recipient for case {number}" in printed


def test_the_command_gives_a_bot_to_a_department(tmp_path: Path) -> None:
    right = keywright("department", "payables", "--bot", "supplier-invoices", home=tmp_path)
    wrong = keywright("department", "payables", "--bot", "parking", home=tmp_path)
    assert (right.returncode, right.stdout) == (0, "The department payables sees the cases of supplier-invoices.\n")
    assert wrong.returncode == 1
    assert "There is no bot parking" in wrong.stderr


def test_who_is_in_no_group_is_told_of_nothing(db: None, signed_in: SignedIn) -> None:
    assert signed_in("nobody").get("/notices/").status_code == 403
    assert "/sign-in/" in Client().get("/notices/")["Location"]


def test_a_case_that_a_colleague_escalates_is_on_the_screen_and_in_a_mail_of_its_own_words(
    maria: Client, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    sara, case, box = signed_in("sara", "supervisor"), referred(), Mailbox()
    User.objects.update(email="staff@town.example")
    version = StoredCase.objects.get().changed_at.isoformat()
    form = {"to": User.objects.get(username="sara").pk, "why": "Which account?", "seen": version}
    assert maria.post(f"/cases/{case.id}/escalate/", form).status_code == 302

    assert "escalated to you by a colleague" in text_of(sara.get("/notices/").content)
    assert "Notifications 1" in text_of(sara.get("/quality/").content)
    with at_work(box) as server:
        own_settings = replace(settings(), mail=server)
        monkeypatch.setattr(reminders, "settings", lambda: own_settings)
        for _ in range(2):
            reminders.remind()
    (mail,) = box.mails
    assert mail["Subject"] == "1 case was escalated to you"
    assert f"escalated to you by a colleague: Case {case.id}, " in " ".join(mail.get_content().split())
