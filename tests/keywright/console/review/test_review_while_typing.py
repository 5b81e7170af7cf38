"""A clerk at a real browser: other readings by a key, a box that is drawn, checks while typing, and nothing lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from keywright.cases import casebook
from keywright.database.models import Draft, LedgerEntry, StoredCase, StoredVendor
from keywright.findings import Finding, Kind
from keywright.model.case import Case, State
from systems.web.browser.browser import running_browser
from tests.keywright.console.desk import PRINTED, UNSURE, extraction, referred

pytestmark = pytest.mark.django_db(transaction=True)

SUMS = Finding("BR-CO-15", "1412.50 is not 1250.00 + 160.00.", ("grand_total", "net_total", "tax_total"))
NO_DUE_DATE = Finding("present", "Due date was not found.", ("due_date",), Kind.READING, acceptable=False)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as opened:
        yield opened


def page_of(browser: Browser, server: LiveServer, name: str = "maria", group: str = "clerk", **more: str) -> Page:
    """Return the page of somebody who is signed in."""
    person, _ = User.objects.get_or_create(username=name)
    person.groups.set(Group.objects.filter(name=group))
    client = Client()
    client.force_login(person)
    cookie = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    place = {"url": server.url, "value": cookie, "name": django_settings.SESSION_COOKIE_NAME}
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale=more.get("locale", "en-CA"))
    context.add_cookies([place])  # type: ignore[list-item]
    return context.new_page()


def opened(page: Page, server: LiveServer, case: Case) -> None:
    page.goto(f"{server.url}/cases/{case.id}/review/")
    page.wait_for_load_state("load")


class Keys:
    """Presses keys and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def without_due_date(findings: Sequence[Finding] = (UNSURE, NO_DUE_DATE)) -> Case:
    return referred(findings=findings, read_before=extraction().without("due_date"))


def drag(page: Page, field: str) -> None:
    """Draw a box around where a field of the test's invoice is printed."""
    x, top = next((x, top) for name, _v, _t, _s, x, top in PRINTED if name == field)
    picture = page.locator("#page-1 .sheet").bounding_box()
    assert picture
    scale = picture["width"] / 595.3
    x, y = picture["x"] + x * scale, picture["y"] + top * scale
    page.mouse.move(x - 5 * scale, y - 13 * scale)
    page.mouse.down()
    page.mouse.move(x + 40 * scale, y - 4 * scale)
    page.mouse.move(x + 95 * scale, y + 5 * scale)
    page.mouse.up()


def test_a_doubtful_field_is_settled_with_at_most_five_keystrokes(
    live_server: LiveServer, browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    case, page = without_due_date(), page_of(browser, live_server)
    opened(page, live_server, case)
    # The first look at a document starts the guarded reader, which takes its time on a busy machine.
    page.wait_for_function("() => document.querySelectorAll('#choices-due_date .choice').length > 0", timeout=90_000)
    assert focused(page) == "field-invoice_number"

    keys = Keys(page)
    keys.press("Alt+1", "Enter")
    assert page.input_value("#field-invoice_number") == "BTG-2041"
    assert focused(page) == "field-due_date"
    keys.press("Alt+1", "Enter")
    assert focused(page) == "accept"
    keys.press("Enter")
    page.wait_for_url(f"{live_server.url}/")

    with capsys.disabled():
        print(f"\nkeystrokes: {keys.count} for 2 doubtful fields, {keys.count / 2:.1f} a field")
    assert keys.count <= 5 * 2
    settled = casebook.get(case.id).extraction
    assert settled is not None
    assert casebook.get(case.id).state is State.READ
    assert settled.fields["invoice_number"].value == "BTG-2041"
    assert str(settled.fields["due_date"].value) == "2026-12-02"


def test_a_box_drawn_on_the_page_is_read_into_the_field_at_once_and_is_its_evidence(
    live_server: LiveServer, browser: Browser
) -> None:
    case, page = without_due_date(), page_of(browser, live_server)
    opened(page, live_server, case)
    page.focus("#field-due_date")
    drag(page, "due_date")
    page.wait_for_function("() => document.getElementById('field-due_date').value === '2026-12-02'")
    assert focused(page) == "field-due_date"

    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"{live_server.url}/")
    settled = casebook.get(case.id).extraction
    assert settled is not None
    box = settled.fields["due_date"].box
    assert box is not None
    assert (box.page, round(box.left / 10)) == (1, 42)
    entry = LedgerEntry.objects.get(event="field-corrected", body__field="due_date").body["on_screen"]
    assert entry["findings"] == [NO_DUE_DATE.message]


def test_a_click_reads_the_phrase_there_also_where_the_page_was_turned(
    live_server: LiveServer, browser: Browser
) -> None:
    case, page = without_due_date(), page_of(browser, live_server)
    opened(page, live_server, case)
    page.click("[data-do=turn]")
    page.focus("#field-due_date")
    place = page.evaluate(
        """() => { const box = document.querySelector("#page-1 .sheet").getBoundingClientRect();
        const x = 430 / 595.3, y = 167 / 841.9;
        document.querySelector(".pictures").scrollTop += box.top + x * box.height - 300;
        const now = document.querySelector("#page-1 .sheet").getBoundingClientRect();
        return [now.left + (1 - y) * now.width, now.top + x * now.height]; }"""
    )
    page.mouse.click(*place)
    page.wait_for_function("() => document.getElementById('field-due_date').value === '2026-12-02'")


def test_arithmetic_is_checked_while_typing_by_the_bots_own_checks(live_server: LiveServer, browser: Browser) -> None:
    case, page = referred(), page_of(browser, live_server)
    opened(page, live_server, case)
    page.fill("#field-grand_total", "1500.00")
    page.wait_for_function("() => document.getElementById('whole').textContent.includes('Total does not add up')")
    page.fill("#field-grand_total", "a lot")
    page.wait_for_selector("#fault-grand_total")
    assert page.get_attribute("#field-grand_total", "aria-invalid") == "true"
    page.fill("#field-grand_total", "1412.50")
    page.wait_for_function("() => !document.getElementById('whole').textContent.includes('Total does not add up')")
    assert casebook.get(case.id) == case


@pytest.mark.parametrize("locale", ["en-CA", "fr-CA"])
def test_amounts_and_dates_are_taken_as_they_are_printed_and_what_may_be_two_is_asked(
    live_server: LiveServer, browser: Browser, locale: str
) -> None:
    case, page = referred(), page_of(browser, live_server, locale=locale)
    opened(page, live_server, case)
    page.evaluate("for (const folded of document.querySelectorAll('.asking details')) folded.open = true")
    page.fill("#field-issue_date", "03/11/2026")
    page.wait_for_selector("#fault-issue_date")
    fault = page.inner_text("#fault-issue_date")
    assert "2026-03-11" in fault and "2026-11-03" in fault
    assert ("could be March 11, 2026" in fault) == (locale == "en-CA"), fault
    assert ("peut être le 11 mars 2026" in fault) == (locale == "fr-CA"), fault

    printed = {
        "#field-invoice_number": "BTG-2041",
        "#field-issue_date": "2 nov. 2026",
        "#field-due_date": "mercredi 2 décembre 2026",
        "#field-net_total": "1.250,00",
        "#field-tax_total": "162,50 $",
        "#field-grand_total": "$1 412,50",
        "[name=line-0-net_amount]": "900,00 $",
        "[name=line-1-unit_price]": "$50.00",
    }
    for place, text in printed.items():
        page.fill(place, text)
    page.wait_for_selector("#fault-issue_date", state="detached")
    assert page.locator(".fault:visible").count() == 0
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"{live_server.url}/")
    settled = casebook.get(case.id).extraction
    assert settled is not None
    values = {name: str(settled.fields[name].value) for name in ("issue_date", "due_date", "net_total", "grand_total")}
    assert values == {
        "issue_date": "2026-11-02",
        "due_date": "2026-12-02",
        "net_total": "1250.00",
        "grand_total": "1412.50",
    }
    assert [str(line.net_amount) for line in settled.lines] == ["900.00", "350.00"]


def test_what_was_typed_survives_a_reload_and_a_lost_session(live_server: LiveServer, browser: Browser) -> None:
    case, page = referred(), page_of(browser, live_server)
    opened(page, live_server, case)
    with page.expect_response("**/check/"):
        page.fill("#field-invoice_number", "BTG-204")
    page.reload()
    assert page.input_value("#field-invoice_number") == "BTG-204"
    assert "Your earlier entries were restored" in page.inner_text("#asking")

    Session.objects.all().delete()
    page.fill("#field-invoice_number", "BTG-2041")
    page.wait_for_selector("#lost:not([hidden])")
    assert "You are signed out" in page.inner_text("#lost")
    again = Client()
    again.force_login(User.objects.get(username="maria"))
    name = django_settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"url": live_server.url, "name": name, "value": again.cookies[name].value}])
    with page.expect_response("**/check/"):
        page.evaluate("dispatchEvent(new Event('focus'))")
    page.wait_for_selector("#lost", state="hidden")
    assert Draft.objects.get().typed["typed"]["invoice_number"] == "BTG-2041"

    page.click("#accept")
    page.wait_for_url(f"{live_server.url}/")
    assert Draft.objects.get().typed["decided"]
    assert casebook.get(case.id).extraction.fields["invoice_number"].value == "BTG-2041"  # type: ignore[union-attr]


def test_a_vendor_is_picked_from_the_master_with_the_keyboard(live_server: LiveServer, browser: Browser) -> None:
    StoredVendor.objects.create(number="V-9", name="Bruce Trail Gravel & Sand Inc.", tax_numbers="812345015 RT0001")
    StoredVendor.objects.create(number="V-1", name="Ottawa Valley Paving")
    invoice = extraction()
    doubt = replace(UNSURE, fields=("seller_name",), message="seller name: 70% surely.")
    case, page = referred(findings=[doubt], read_before=invoice), page_of(browser, live_server)
    opened(page, live_server, case)
    page.focus("#field-seller_name")
    page.keyboard.press("Control+a")
    page.keyboard.type("bruce trail")
    page.wait_for_selector(".vendors [role=option]")
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#field-seller_name", "aria-activedescendant") == "field-seller_name-vendors-0"
    page.keyboard.press("Enter")
    assert page.input_value("#field-seller_name") == "Bruce Trail Gravel & Sand Inc."
    assert focused(page) == "field-seller_name"

    page.keyboard.press("Control+a")
    page.keyboard.type("812 345 015")
    page.wait_for_selector(".vendors [role=option]")
    assert [text.split(" V-")[0] for text in page.locator(".vendors [role=option]").all_inner_texts()][:1] == [
        "Bruce Trail Gravel & Sand Inc."
    ]


def test_lines_are_added_and_taken_out_with_the_keyboard(live_server: LiveServer, browser: Browser) -> None:
    case, page = referred(), page_of(browser, live_server)
    opened(page, live_server, case)
    page.focus("[name=line-1-net_amount]")
    page.keyboard.press("Control+Delete")
    page.keyboard.press("Alt+l")
    page.keyboard.type("Haulage, corrected")
    for text in ("", "", "350.00"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"{live_server.url}/")
    settled = casebook.get(case.id).extraction
    assert settled is not None
    assert [line.description for line in settled.lines][1] == "Haulage, corrected"
    (entry,) = LedgerEntry.objects.filter(event="lines-corrected")
    assert [line["description"] for line in entry.body["old"]][1] == "Haulage"


def test_of_two_clerks_the_second_sees_who_has_the_case_and_decides_nothing(
    live_server: LiveServer, browser: Browser
) -> None:
    case = referred()
    first, second = page_of(browser, live_server), page_of(browser, live_server, "otto")
    opened(first, live_server, case)
    opened(second, live_server, case)
    assert "maria has claimed this case" in second.inner_text("#asking")
    assert second.locator("#accept").count() == 0
    StoredCase.objects.update(claimed_until=StoredCase.objects.get().referred_at)  # maria's claim lapses
    second.reload()
    second.click("#accept")
    second.wait_for_url(f"{live_server.url}/")
    first.click("#accept")
    first.wait_for_url(f"**/cases/{case.id}/")
    assert "Your decision was not saved" in first.inner_text("main")
    assert LedgerEntry.objects.filter(event="case-settled").count() == 1


def test_a_reader_who_may_not_decide_sees_the_page_and_has_nothing_to_press(
    live_server: LiveServer, browser: Browser
) -> None:
    case, page = referred(), page_of(browser, live_server, "ada", "auditor")
    opened(page, live_server, case)
    assert page.is_disabled("#field-invoice_number")
    assert page.locator("button[name=decision], #add-line:visible, .remove:enabled").count() == 0
    page.wait_for_selector("#page-1 .words text", state="attached")
    assert not Draft.objects.exists()
    assert StoredCase.objects.get().claimed_by is None


def test_the_page_speaks_french_and_weighs_little(live_server: LiveServer, browser: Browser) -> None:
    case = referred(findings=[UNSURE, SUMS])
    page = page_of(browser, live_server, locale="fr-CA")
    weights: dict[str, int] = {}
    page.on("response", lambda got: weights.update({got.url: len(got.body())}) if got.status == 200 else None)
    opened(page, live_server, case)
    assert page.get_attribute("html", "lang") == "fr"
    page.wait_for_selector("#page-1 .words text", state="attached")
    bytes_sent = sum(size for url, size in weights.items() if "/pictures/" not in url)
    assert bytes_sent < 150_000, weights


def test_a_word_of_the_page_is_selected_with_the_mouse_and_can_be_copied(
    live_server: LiveServer, browser: Browser
) -> None:
    case, page = referred(), page_of(browser, live_server)
    opened(page, live_server, case)
    word = page.locator("#page-1 .words text", has_text="Millbrook")
    word.wait_for(state="attached", timeout=90_000)
    page.click("[data-do=select]")
    box = word.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.dblclick(x, y)
    assert page.evaluate("getSelection().toString().trim()") == "Millbrook"

    page.mouse.move(box["x"] + 1, y)
    page.mouse.down()
    page.mouse.move(x, y, steps=3)
    page.mouse.move(box["x"] + box["width"] - 1, y, steps=3)
    page.mouse.up()
    assert page.evaluate("getSelection().toString().trim()") in ("Millbrook", "Millbroo", "illbrook")
    assert page.input_value("#field-invoice_number") == "BTG-2O41", "nothing is read into a field meanwhile"

    page.click("[data-do=select]")
    page.mouse.dblclick(x, y)
    assert "Millbrook" not in page.evaluate("getSelection().toString()")
