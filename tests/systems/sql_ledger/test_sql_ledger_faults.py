"""What becomes of a bill when SQL-Ledger's answer is lost, is an error, or asks for the password again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, Route

from demo.sql_ledger import SqlLedger
from demo.sql_ledger.clerk import PlainClerk
from demo.sql_ledger.seeding import password_of
from keywright.errors import Retry, Unproven
from keywright.model.target_system import SignIn
from systems.sql_ledger.payables import Payables
from systems.web.adapter.unexpected_pages import OtherPage, SessionEnded
from systems.web.browser.browser import fresh_page
from systems.web.screen.fingerprint import known
from tests.systems.rights import a_minute
from tests.systems.sql_ledger.test_sql_ledger import bill, booked

POSTED = "action=Post"


@pytest.fixture
def robot(page: Page, ledger: SqlLedger) -> Payables:
    return Payables(page, SignIn(ledger.url, "clerk3", password_of("clerk3")))


@pytest.fixture
def sent(page: Page) -> Iterator[list[Request]]:
    """All that the robot sends from now on."""
    requests: list[Request] = []
    page.context.on("request", lambda request: requests.append(request))
    yield requests


def at_the_post(page: Page, do: Callable[[Route], None]) -> None:
    """Let something happen to the request that posts, and to that one only."""
    happened: list[Route] = []

    def handle(route: Route) -> None:
        if POSTED in (route.request.post_data or "") and not happened:
            happened.append(route)
            do(route)
        else:
            route.continue_()

    page.route("**/ap.pl", handle)


def with_date(date: str) -> Callable[[Route], None]:
    """Let a date arrive that was never typed, as a changed program might send it."""

    def spoil(route: Route) -> None:
        data = route.request.post_data or ""
        assert "transdate=11-02-2026" in data
        route.continue_(post_data=data.replace("transdate=11-02-2026", f"transdate={date}"))

    return spoil


def test_a_bill_that_was_booked_with_an_error_shown_is_found_and_not_booked_again(
    ledger: SqlLedger, robot: Payables, page: Page
) -> None:
    def book_and_say_error(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body="<body><h2 class=error>Error!</h2><p><b>Cannot post transaction!</b>")

    at_the_post(page, book_and_say_error)
    with pytest.raises(OtherPage, match="Error!"):
        robot.enter(bill("ERROR-1"), a_minute)
    assert robot.find(bill("ERROR-1")) is not None
    assert len(booked(ledger, "ERROR-1")) == 1


def test_a_date_with_which_sql_ledger_books_and_then_fails_to_draw_its_next_form_does_no_harm(
    ledger: SqlLedger, robot: Payables, page: Page
) -> None:
    at_the_post(page, with_date("2026-11-02"))
    robot.enter(bill("ISO-1"), a_minute)  # the page after our post is the list, which has no date to fail with
    assert robot.find(bill("ISO-1")) is not None
    assert len(booked(ledger, "ISO-1")) == 1


def test_an_error_of_the_database_books_nothing_and_the_next_try_books_once(
    ledger: SqlLedger, robot: Payables, page: Page
) -> None:
    at_the_post(page, with_date("13%2F45%2F2026"))
    with pytest.raises(Retry):
        robot.enter(bill("RAW-1"), a_minute)
    assert robot.find(bill("RAW-1")) is None
    robot.enter(bill("RAW-1"), a_minute)
    assert len(booked(ledger, "RAW-1")) == 1


def test_an_answer_that_is_lost_after_the_post_leaves_one_bill_which_the_look_finds(
    ledger: SqlLedger, robot: Payables, page: Page, browser: Browser
) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    page.context.set_default_navigation_timeout(3000)
    at_the_post(page, lose)
    with pytest.raises(Retry):
        robot.enter(bill("LOST-1"), a_minute)
    with fresh_page(browser) as another:
        finding = Payables(another, SignIn(ledger.url, "clerk3", password_of("clerk3"))).find(bill("LOST-1"))
    assert finding is not None
    assert len(booked(ledger, "LOST-1")) == 1


def test_a_session_that_a_second_sign_in_ends_at_the_post_is_begun_anew_and_the_post_is_not_replayed(
    ledger: SqlLedger, robot: Payables, page: Page, sent: list[Request]
) -> None:
    def steal(route: Route) -> None:
        PlainClerk(ledger.url, "clerk3")
        route.continue_()

    at_the_post(page, steal)
    with pytest.raises(SessionEnded):
        robot.enter(bill("STOLEN-1"), a_minute)
    assert not booked(ledger, "STOLEN-1")
    assert robot.find(bill("STOLEN-1")) is None
    robot.enter(bill("STOLEN-1"), a_minute)

    assert robot.find(bill("STOLEN-1")) is not None
    assert len(booked(ledger, "STOLEN-1")) == 1
    passwords = [request.url.rsplit("/", 1)[1] for request in sent if "password=" in (request.post_data or "")]
    assert passwords == ["login.pl", "login.pl"]  # at the front door, and never into the page that would replay


def test_a_session_that_has_ended_before_a_look_or_on_the_way_is_begun_anew(ledger: SqlLedger, robot: Payables) -> None:
    assert robot.find(bill("ENDED-1")) is None
    PlainClerk(ledger.url, "clerk3")
    assert robot.find(bill("ENDED-1")) is None
    PlainClerk(ledger.url, "clerk3")
    with pytest.raises(SessionEnded):
        robot.enter(bill("ENDED-1"), a_minute)
    robot.enter(bill("ENDED-1"), a_minute)
    assert len(booked(ledger, "ENDED-1")) == 1


def test_a_page_that_says_logged_out_leads_back_to_the_front_door(ledger: SqlLedger, robot: Payables) -> None:
    assert robot.find(bill("OUT-1")) is None
    [settings] = (ledger.folder / "app" / "users").glob("clerk3@*.conf")
    settings.unlink()
    assert robot.find(bill("OUT-1")) is None


def test_many_looks_and_posts_in_one_session_never_send_a_post_twice(
    ledger: SqlLedger, robot: Payables, sent: list[Request]
) -> None:
    for number in range(3):
        record = bill(f"MANY-{number}")
        assert robot.find(record) is None
        robot.enter(record, a_minute)
        assert robot.find(record) is not None
        assert robot.find(record) is not None  # opens an old bill, which is never posted again
    assert sum(POSTED in (request.post_data or "") for request in sent) == 3
    assert [len(booked(ledger, f"MANY-{number}")) for number in range(3)] == [1, 1, 1]


def test_a_list_that_ends_before_its_totals_proves_nothing_and_stops(robot: Payables, page: Page) -> None:
    def cut(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.text().partition("<tr class=listtotal>")[0])

    page.context.route("**/ap.pl?*action=transactions*", cut)
    with pytest.raises(Unproven, match="does not end its list with the row of the totals"):
        robot.find(bill("CUT-1"))


def test_the_list_that_finds_nothing_is_as_recorded(robot: Payables) -> None:
    name, text = robot.nothing_found()
    assert known(Payables.name).screen(name).empty == text
