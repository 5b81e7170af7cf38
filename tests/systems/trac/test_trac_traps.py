"""What Trac does to a robot's session and forms, each trap tried on the real program."""

from __future__ import annotations

import configparser
import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, Route

from demo.trac import PermitOffice, permits
from demo.trac.plain_clerk import TracClerk
from keywright.errors import NotPosted, Refer, Stop, Unproven
from keywright.model.target_system import SignIn, Unfinished
from systems.trac.permits import PermitTickets
from systems.web.drift.drift_check import differences, walked
from systems.web.drift.round_trip import faults_of_trial
from systems.web.screen.fingerprint import known
from tests.systems.rights import a_minute
from tests.systems.trac.trac_permits import STORED, day_of, numbers, permit, write


@pytest.fixture
def desk(trac: PermitOffice, page: Page) -> PermitTickets:
    return PermitTickets(page, SignIn(trac.url, "clerk", "clerk-pw"))


def a_minute_after(act: Callable[[], object], at: int = 1) -> Callable[[], float]:
    """Give the right to post for a minute; in the breath before the n-th post something happens."""
    requests: list[int] = []

    def posting() -> float:
        requests.append(1)
        if len(requests) == at:
            act()
        return 60.0

    return posting


@contextmanager
def setting(trac: PermitOffice, section: str, name: str, value: str) -> Iterator[None]:
    """Change a line of Trac's own settings while it runs, and put the file back."""
    path = trac.project / "conf" / "trac.ini"
    before = path.read_text(encoding="utf-8")
    trac_ini = configparser.RawConfigParser(strict=False)
    trac_ini.read_string(before)
    trac_ini.set(section, name, value)
    with path.open("w", encoding="utf-8") as file:
        trac_ini.write(file)
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")


def test_a_day_first_date_becomes_january_in_trac_and_ours_does_not(
    trac: PermitOffice, desk: PermitTickets, tmp_path: Path
) -> None:
    TracClerk(trac.url).create(STORED | {"declared": "01.12.2026", "site_address": "1 Misread Lane"})
    desk.enter(permit(tmp_path, file=None), a_minute)
    assert [day_of(row["declared"]) for row in permits(trac.project)] == [dt.date(2026, 1, 12), dt.date(2026, 12, 1)]


def test_a_clerk_who_prefers_another_way_of_dates_sees_the_same_day(
    trac: PermitOffice, desk: PermitTickets, tmp_path: Path
) -> None:
    record = permit(tmp_path, file=None)
    desk.enter(record, a_minute)
    usual = desk.find(record)
    write(trac.project, "INSERT INTO session_attribute VALUES ('clerk', 1, 'lc_time', 'iso8601')")
    preferred = desk.find(record)
    write(trac.project, "DELETE FROM session_attribute WHERE name = 'lc_time'")
    assert usual is not None
    assert preferred is not None
    assert [value.shown for value in usual.values if value.name == "declaration_date"] == ["12/01/26"]
    assert [value.shown for value in preferred.values if value.name == "declaration_date"] == ["2026-12-01"]


def test_the_calendar_under_a_date_covers_nothing_when_the_permit_is_posted(
    desk: PermitTickets, page: Page, tmp_path: Path
) -> None:
    open_calendars: list[bool] = []
    look = a_minute_after(lambda: open_calendars.append(page.locator("#ui-datepicker-div").is_visible()))
    desk.enter(permit(tmp_path, file=None), look)
    assert open_calendars == [False]


def test_trac_s_own_preview_while_one_types_files_nothing_and_wipes_nothing(
    trac: PermitOffice, desk: PermitTickets, page: Page, tmp_path: Path
) -> None:
    previews: list[str] = []
    page.on(
        "request", lambda request: previews.append(request.method) if "preview" in (request.post_data or "") else None
    )
    held_before: list[int] = []

    def wait() -> None:
        page.wait_for_timeout(2_600)
        held_before.append(len(numbers(trac.project)))

    desk.enter(permit(tmp_path, file=None), a_minute_after(wait))
    assert previews
    assert held_before == [0]
    assert {name: permits(trac.project)[0][name] for name in STORED} == STORED


def test_the_enter_key_is_a_preview_and_no_way_to_post(trac: PermitOffice, desk: PermitTickets, page: Page) -> None:
    with pytest.raises(Refer, match="purpose"):
        desk.enter(permit(Path("/"), file=None, purpose="purpose unknown"), a_minute)
    page.get_by_label("Site Address:", exact=True).press("Enter")
    page.get_by_text("(ticket not yet created)").wait_for()
    assert numbers(trac.project) == []


def test_a_form_is_opened_without_a_referer_and_taken_all_the_same(
    trac: PermitOffice, desk: PermitTickets, page: Page, tmp_path: Path
) -> None:
    opened: list[Request] = []
    page.on("request", lambda request: opened.append(request) if request.url.endswith("/newticket") else None)
    desk.enter(permit(tmp_path, file=None), a_minute)
    assert "referer" not in opened[0].all_headers()
    assert numbers(trac.project) == [1]


@pytest.mark.parametrize("cookies", ["all", "trac_auth", "trac_form_token"])
def test_a_session_that_ends_before_the_post_leaves_nothing_and_the_next_try_signs_in_anew(
    trac: PermitOffice, desk: PermitTickets, page: Page, tmp_path: Path, cookies: str
) -> None:
    record = permit(tmp_path)
    name = {} if cookies == "all" else {"name": cookies}
    with pytest.raises(NotPosted, match="took nothing"):
        desk.enter(record, a_minute_after(lambda: page.context.clear_cookies(**name)))
    assert numbers(trac.project) == []
    assert desk.find(record) is None
    desk.enter(record, a_minute)
    assert desk.find(record) is not None
    assert numbers(trac.project) == [1]


def test_a_session_that_ends_before_the_upload_leaves_a_permit_that_is_completed(
    trac: PermitOffice, desk: PermitTickets, page: Page, tmp_path: Path
) -> None:
    record = permit(tmp_path)
    with pytest.raises(NotPosted):
        desk.enter(record, a_minute_after(page.context.clear_cookies, at=2))
    with pytest.raises(Unfinished):
        desk.find(record)
    desk.finish(record, a_minute)
    assert desk.find(record) is not None
    assert [len(row["files"]) for row in permits(trac.project)] == [1]


def test_a_login_that_trac_forgot_is_renewed_for_a_look(
    trac: PermitOffice, desk: PermitTickets, tmp_path: Path
) -> None:
    record = permit(tmp_path, file=None)
    desk.enter(record, a_minute)
    write(trac.project, "DELETE FROM auth_cookie")
    assert desk.find(record) is not None


def test_a_form_that_comes_back_is_referred_in_trac_s_words_and_nothing_is_filed(
    trac: PermitOffice, desk: PermitTickets, tmp_path: Path
) -> None:
    with (
        setting(trac, "ticket", "max_summary_size", "10"),
        pytest.raises(Refer, match="summary is invalid: Must be less than or equal to 10 characters"),
    ):
        desk.enter(permit(tmp_path), a_minute)
    assert numbers(trac.project) == []


def test_a_date_that_goes_blank_after_it_was_typed_is_never_posted(
    trac: PermitOffice, desk: PermitTickets, page: Page, tmp_path: Path
) -> None:
    blank = a_minute_after(lambda: page.evaluate("void (document.querySelector('#field-declared').value = '')"))
    with pytest.raises((NotPosted, Refer)):
        desk.enter(permit(tmp_path), blank)
    assert numbers(trac.project) == []


def test_a_file_that_the_form_lost_is_never_posted_and_attached_by_the_next_try(
    trac: PermitOffice, desk: PermitTickets, page: Page, tmp_path: Path
) -> None:
    record = permit(tmp_path)
    lose = a_minute_after(lambda: page.evaluate("void (document.querySelector('[type=file]').value = '')"), at=2)
    with pytest.raises((NotPosted, Refer)):
        desk.enter(record, lose)
    with pytest.raises(Unfinished):
        desk.find(record)
    desk.finish(record, a_minute)
    assert desk.find(record) is not None


def test_after_going_back_the_next_permit_is_typed_into_a_form_of_its_own(
    trac: PermitOffice, desk: PermitTickets, page: Page, tmp_path: Path
) -> None:
    first = permit(tmp_path, file=None)
    ticket = replace(first, project_address="99 Second Avenue", work_description="")
    desk.enter(first, a_minute)
    page.go_back()
    desk.enter(ticket, a_minute)
    rows = [(row["id"], row["site_address"], row["work"] or "") for row in permits(trac.project)]
    assert rows == [(1, "12 O'Brien Street", STORED["work"]), (2, "99 Second Avenue", "")]


def test_a_field_that_the_town_renamed_stops_the_robot_and_is_named(
    trac: PermitOffice, desk: PermitTickets, tmp_path: Path
) -> None:
    record = permit(tmp_path, file=None)
    desk.enter(record, a_minute)
    with setting(trac, "ticket-custom", "bcin.label", "Designer's number"):
        with pytest.raises(Stop, match="BCIN"):
            desk.find(record)
        with pytest.raises(Stop, match="BCIN"):
            desk.enter(permit(tmp_path, project_address="1 New Street"), a_minute)
    assert numbers(trac.project) == [1]


def test_trac_s_way_with_values_stands_its_trial_and_its_screens_are_as_recorded_and_nothing_is_posted(
    trac: PermitOffice, desk: PermitTickets
) -> None:
    assert list(faults_of_trial(desk.trial())) == []
    assert list(differences(known(desk.name), walked(desk.name, desk))) == []
    assert numbers(trac.project) == []


@pytest.mark.parametrize(
    ("gone", "words"),
    [("No tickets found", r"shows \[''\] among its tickets"), ("0 matches", "has listed 0 tickets, and says '\\(\\)'")],
)
def test_a_list_that_does_not_say_that_it_is_empty_proves_nothing_and_stops(
    trac: PermitOffice, desk: PermitTickets, page: Page, tmp_path: Path, gone: str, words: str
) -> None:
    def without(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.text().replace(gone, ""))

    page.context.route("**/query?*", without)
    with pytest.raises(Unproven, match=words):
        desk.find(permit(tmp_path))
