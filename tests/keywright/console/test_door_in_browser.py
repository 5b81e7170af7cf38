"""A security key in a real browser, and the pages of the door as a screen reader and the page's policy see them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from keywright.console.people import add_person
from keywright.records.models import LedgerEntry
from systems.browser import running_browser
from tests.keywright.console.desk import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quick_passwords")]

KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": False,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page() -> Iterator[Page]:
    with running_browser() as browser:
        yield browser.new_page(viewport={"width": 1366, "height": 768}, locale="en-CA")


def password(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in/")
    page.get_by_label("Name").fill("ivan")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_a_security_key_is_added_and_asked_for_and_no_page_breaks_its_policy(
    page: Page, live_server: LiveServer
) -> None:
    address, said = live_server.url, []
    page.on("console", lambda message: said.append(message.text))
    add_person("ivan", PASSWORD, "it")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    password(page, address)

    page.goto(f"{address}/my/sign-in/keys/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("What you call it").fill("the blue one")
    page.get_by_role("button", name="Add the key").click()
    page.wait_for_url("**/my/sign-in/codes/")
    page.goto(f"{address}/my/sign-in/")
    assert page.get_by_text("the blue one", exact=False).first.is_visible()
    page.get_by_role("button", name="Sign out ivan").click()

    password(page, address)
    page.wait_for_url("**/sign-in/second/")
    page.goto(f"{address}/cases/")
    page.wait_for_url("**/sign-in/?next=/cases/")
    password(page, address)
    page.get_by_role("button", name="Use a security key").click()
    page.wait_for_url(f"{address}/")

    last = LedgerEntry.objects.filter(event="signed-in").order_by("-number")[0]
    assert (last.actor, last.body["by"][-1]) == ("ivan", "webauthn")
    assert not [one for one in said if "Content Security Policy" in one]


def test_the_pages_of_the_door_have_no_fault_that_axe_finds(page: Page, live_server: LiveServer) -> None:
    address = live_server.url
    add_person("ivan", PASSWORD, "it")
    add_person("maria", PASSWORD, "clerk")
    found = {"/sign-in/": _faults(page, f"{address}/sign-in/")}
    password(page, address)
    found |= {path: _faults(page, f"{address}{path}") for path in ("/my/sign-in/", "/people/", "/my/sign-in/app/")}
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/my/sign-in/app/")
    found["the app"] = _faults(page)
    found["a key"] = _faults(page, f"{address}/my/sign-in/keys/add/")

    assert not {where: faults for where, faults in found.items() if faults}


def _faults(page: Page, address: str = "") -> list[str]:
    if address:
        page.goto(address)
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in Axe().run(page).response["violations"]]
