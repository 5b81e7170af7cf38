"""Sessions end by themselves, and all of a person's at once."""

from __future__ import annotations

import time

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from keywright.console.sign_in.sessions import BEGAN, USED, end_all_sessions
from keywright.database.models import LedgerEntry
from tests.keywright.console.conftest import SignedIn

pytestmark = pytest.mark.django_db


def age(client: Client, **seconds: float) -> None:
    """Make a session as old as if the office's clock had gone on."""
    session = client.session
    for name, gone in seconds.items():
        session[{"began": BEGAN, "used": USED}[name]] = time.time() - gone
    session.save()


def test_a_session_that_nobody_used_for_an_hour_has_ended(maria: Client) -> None:
    age(maria, used=61 * 60)

    assert maria.get("/cases/")["Location"] == "/sign-in/?next=/cases/"

    entry = LedgerEntry.objects.get(event="session-ended")
    assert (entry.actor, entry.body["why"]) == ("maria", "not used")
    assert "Your session has ended" in maria.get("/sign-in/").content.decode()


def test_a_session_that_is_used_goes_on(maria: Client) -> None:
    age(maria, used=59 * 60)
    assert maria.get("/cases/").status_code == 200
    assert maria.session[USED] > time.time() - 60


def test_no_session_lasts_longer_than_a_day_of_work(maria: Client) -> None:
    age(maria, began=10 * 3600 + 60, used=1)
    assert maria.get("/")["Location"] == "/sign-in/?next=/"
    assert LedgerEntry.objects.get(event="session-ended").body["why"] == "lasted long enough"


def test_what_a_page_asks_by_itself_does_not_keep_a_session(maria: Client) -> None:
    age(maria, used=1800)
    maria.get("/cases/", headers={"HX-Request": "true"})
    assert maria.session[USED] < time.time() - 1700


def test_a_part_of_a_page_that_is_asked_for_too_late_brings_the_whole_to_the_sign_in(maria: Client) -> None:
    age(maria, used=61 * 60)
    response = maria.get(
        "/cases/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/cases/?state=failed"}
    )
    assert (response.status_code, response["HX-Redirect"]) == (401, "/sign-in/?next=/cases/%3Fstate%3Dfailed")


def test_using_a_session_is_noted_once_a_minute_and_not_at_each_page(maria: Client) -> None:
    maria.get("/")
    before = maria.session[USED]
    maria.get("/")
    assert maria.session[USED] == before


def test_all_sessions_of_a_person_end_at_once_and_no_others(maria: Client, ada: Client) -> None:
    person = User.objects.get(username="maria")
    second = Client()
    second.force_login(person)

    second.post("/my/sign-in/sessions/")

    assert maria.get("/")["Location"].startswith("/sign-in/")
    assert second.get("/").status_code == ada.get("/").status_code == 200
    entry = LedgerEntry.objects.get(event="sessions-ended")
    assert (entry.actor, entry.body["sessions"]) == ("maria", 1)
    assert end_all_sessions(person) == 1


def test_sessions_that_are_over_are_thrown_away_when_somebody_signs_in(maria: Client, signed_in: SignedIn) -> None:
    Session.objects.update(expire_date=timezone.now())
    signed_in("john", "clerk")
    assert Session.objects.count() == 1


def test_the_database_holds_nothing_that_opens_a_session(maria: Client) -> None:
    key = maria.cookies["sessionid"].value
    assert maria.get("/cases/").status_code == 200

    (stored_key,) = Session.objects.values_list("session_key", flat=True)

    thief = Client()
    for stolen in (stored_key, stored_key[:32]):
        thief.cookies["sessionid"] = stolen
        assert thief.get("/cases/").status_code == 302
    assert key not in str(list(Session.objects.values()))
    assert maria.get("/cases/").status_code == 200


def test_a_session_of_an_earlier_version_opens_nothing_any_more(maria: Client) -> None:
    (row,) = Session.objects.all()
    Session.objects.create(session_key="k" * 32, session_data=row.session_data, expire_date=row.expire_date)

    thief = Client()
    thief.cookies["sessionid"] = "k" * 32

    assert thief.get("/cases/").status_code == 302


def test_signing_out_leaves_no_session_behind(maria: Client) -> None:
    maria.post("/sign-out/")

    assert Session.objects.count() == 0


def test_ending_all_other_sessions_leaves_ones_own(maria: Client) -> None:
    second_browser = Client()
    second_browser.force_login(User.objects.get(username="maria"))

    maria.post("/my/sign-in/sessions/")

    assert maria.get("/cases/").status_code == 200
    assert second_browser.get("/cases/").status_code == 302
