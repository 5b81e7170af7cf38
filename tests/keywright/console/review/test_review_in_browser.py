"""A clerk at a real browser settles a doubt with the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from keywright.cases import casebook
from keywright.database.models import LedgerEntry
from keywright.findings import Finding
from keywright.model.case import State
from keywright.people.accounts import add_person
from systems.web.browser.browser import running_browser
from tests.keywright.console.desk import PASSWORD, UNSURE, referred

pytestmark = pytest.mark.django_db(transaction=True)

SUMS = Finding("BR-CO-15", "1412.50 is not 1250.00 + 160.00.", ("grand_total", "net_total", "tax_total"))

CONTRAST = """() => {
  // WCAG 2.1, 1.4.3: relative luminance of each text's colour against the nearest ground that is painted.
  const parts = (colour) => { const canvas = document.createElement("canvas").getContext("2d");
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = (colour) => { const [r, g, b] = colour.slice(0, 3).map((v) => (v /= 255) <= 0.03928 ? v / 12.92
    : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = (element) => { for (let e = element; e; e = e.parentElement) {
    const colour = parts(getComputedStyle(e).backgroundColor); if (colour[3] > 250) return colour; }
    return [255, 255, 255]; };
  const pale = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim());
    if (!own || !element.offsetParent) continue;
    const [a, b] = [light(parts(getComputedStyle(element).color)), light(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) pale.push(`${element.tagName}.${element.className}: ${ratio.toFixed(2)}`);
  }
  return pale;
}"""


@pytest.fixture
def page() -> Iterator[Page]:
    with running_browser() as browser:
        yield browser.new_page(viewport={"width": 1366, "height": 768}, locale="en-CA")


def sign_in(page: Page, address: str) -> None:
    """Sign a clerk in with the keyboard."""
    add_person("maria", PASSWORD, "clerk")
    page.goto(address)
    page.wait_for_function("document.activeElement.id === 'username'")
    page.keyboard.type("maria")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_sign_in_take_the_next_correct_and_accept_with_the_keyboard_alone(live_server: LiveServer, page: Page) -> None:
    case = referred()
    sign_in(page, live_server.url)

    page.keyboard.press("n")
    page.wait_for_url(f"**/cases/{case.id}/review/")
    page.wait_for_function("document.activeElement.id === 'field-invoice_number'")
    page.keyboard.press("Control+a")
    page.keyboard.type("BTG-2041")
    page.keyboard.press("Enter")
    assert focused(page) == "accept"
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/")

    assert "was sent for posting" in page.inner_text("main")
    assert casebook.get(case.id).state is State.READ
    entry = LedgerEntry.objects.get(event="field-corrected")
    assert (entry.actor, entry.body["old"], entry.body["new"]) == ("maria", "BTG-2O41", "BTG-2041")


def test_the_picture_follows_the_focus_and_a_click_on_it_goes_to_the_field(live_server: LiveServer, page: Page) -> None:
    case = referred(pages=2)
    sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/cases/{case.id}/review/")

    page.focus("#field-grand_total")
    assert page.locator(".mark.here").get_attribute("data-field") == "grand_total"
    in_sight = """() => { const mark = document.querySelector(".mark.here").getBoundingClientRect();
        const pane = document.querySelector(".pictures").getBoundingClientRect();
        return mark.top >= pane.top && mark.bottom <= pane.bottom; }"""
    page.wait_for_function(in_sight)

    page.locator("rect[data-field=issue_date]").click()
    assert focused(page) == "field-issue_date"


def test_enter_goes_through_the_doubtful_fields_only(live_server: LiveServer, page: Page) -> None:
    case = referred(findings=[UNSURE, SUMS])
    sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/cases/{case.id}/review/")
    version = []
    for _ in range(5):
        version.append(focused(page))
        page.keyboard.press("Enter") if version[-1] != "accept" else None
    assert version == ["field-invoice_number", "field-net_total", "field-tax_total", "field-grand_total", "accept"]
    assert casebook.get(case.id).state is State.REFERRED


def test_a_fault_is_gone_to_and_nothing_typed_is_lost(live_server: LiveServer, page: Page) -> None:
    case = referred()
    sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/cases/{case.id}/review/")
    page.fill("#field-invoice_number", "BTG-2041")
    page.fill("#field-issue_date", "yesterday")
    page.click("#accept")
    page.wait_for_url("**/decide/")
    assert focused(page) == "field-issue_date"
    assert page.input_value("#field-invoice_number") == "BTG-2041"
    assert page.input_value("#field-issue_date") == "yesterday"


def test_two_quick_presses_are_one_decision(live_server: LiveServer, page: Page) -> None:
    referred()
    sign_in(page, live_server.url)
    page.keyboard.press("n")
    page.wait_for_url("**/review/")
    page.dblclick("#accept")
    page.wait_for_url(f"{live_server.url}/")
    assert "was sent for posting" in page.inner_text("main")
    assert LedgerEntry.objects.filter(event="case-settled").count() == 1


def test_single_keys_can_be_switched_off_and_stay_off(live_server: LiveServer, page: Page) -> None:
    referred()
    sign_in(page, live_server.url)
    page.click("#keys")
    page.reload()
    assert page.inner_text("#keys") == "Single-key shortcuts are off"
    page.keyboard.press("n")
    assert page.url == f"{live_server.url}/"


def test_nothing_is_cut_off_or_has_to_be_pushed_sideways_on_a_small_screen(live_server: LiveServer, page: Page) -> None:
    case = referred()
    sign_in(page, live_server.url)
    page.set_viewport_size({"width": 640, "height": 800})  # as a laptop at 200 % zoom
    for address in ("", "cases/", f"cases/{case.id}/", f"cases/{case.id}/review/"):
        page.goto(f"{live_server.url}/{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(live_server: LiveServer, page: Page, scheme: str) -> None:
    case = referred(findings=[UNSURE, SUMS])
    sign_in(page, live_server.url)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for address in ("", "cases/", f"cases/{case.id}/", f"cases/{case.id}/review/"):
        page.goto(f"{live_server.url}/{address}")
        pale = page.evaluate(CONTRAST)
        assert pale == [], (address, pale)
