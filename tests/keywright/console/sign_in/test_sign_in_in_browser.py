"""A security key in a real browser, and the pages of the door as a screen reader and the page's policy see them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from allauth.socialaccount.models import SocialAccount
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from keywright.database.models import LedgerEntry
from keywright.people import login_lockout
from keywright.people.accounts import add_person, let_see
from keywright.settings.settings import settings
from systems.web.browser.browser import running_browser
from tests.keywright.console.desk import PASSWORD
from tests.keywright.console.door import app_code

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


FACTORS = {
    "mine, with both": "/my/sign-in/",
    "a key away": "/my/sign-in/keys/{}/remove/",
    "new recovery codes": "/my/sign-in/codes/new/",
    "the app away": "/my/sign-in/app/remove/",
}
"""Pages of somebody who has an app and a key."""

CREDENTIAL = {"id": "a2V5", "type": "public-key", "response": {}}


def password(page: Page, address: str, secret: str = PASSWORD) -> None:
    page.goto(f"{address}/sign-in/")
    page.get_by_label("Name").fill("ivan")
    page.get_by_label("Password").fill(secret)
    page.get_by_role("button", name="Sign in").click()


def test_a_security_key_is_added_and_asked_for_and_no_page_breaks_its_policy(
    page: Page, live_server: LiveServer
) -> None:
    address, messages = live_server.url, []
    page.on("console", lambda message: messages.append(message.text))
    add_person("ivan", PASSWORD, "it")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    password(page, address)

    page.goto(f"{address}/my/sign-in/keys/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name of the key").fill("the blue one")
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
    assert not [violation for violation in messages if "Content Security Policy" in violation]


def test_the_pages_of_the_door_have_no_fault_that_axe_finds(page: Page, live_server: LiveServer) -> None:
    """Sign-in and its errors, and all that one meets on the way to a second factor and away from it."""
    address = live_server.url
    add_person("ivan", PASSWORD, "it")
    add_person("maria", PASSWORD, "clerk")
    faults_by_page = {"sign in": _faults(page, f"{address}/sign-in/")}
    password(page, address, "guess")
    page.get_by_role("alert").wait_for()
    faults_by_page["refused"] = _faults(page)
    password(page, address)
    faults_by_page["mine"] = _faults(page, f"{address}/my/sign-in/")
    page.goto(f"{address}/my/sign-in/app/")
    faults_by_page["the password once more"] = _faults(page)
    page.get_by_label("Password").fill("guess")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("alert").wait_for()
    faults_by_page["not the password"] = _faults(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/my/sign-in/app/")
    faults_by_page["an app"] = _faults(page)
    secret = page.locator("#secret").inner_text()
    page.locator("input[name=code]").fill("000000")
    page.locator("main button.main").click()
    page.get_by_role("alert").wait_for()
    faults_by_page["not the code"] = _faults(page)
    page.locator("input[name=code]").fill(app_code(secret))
    page.locator("main button.main").click()
    page.wait_for_url("**/my/sign-in/codes/")
    faults_by_page["recovery codes"] = _faults(page)
    faults_by_page["a key"] = _faults(page, f"{address}/my/sign-in/keys/add/")
    key = WebAuthn.add(User.objects.get(username="ivan"), "the blue one", CREDENTIAL).instance
    for name, path in FACTORS.items():
        faults_by_page[name] = _faults(page, f"{address}{path.format(key.pk)}")

    assert not {where: faults for where, faults in faults_by_page.items() if faults}


def test_a_password_of_one_s_own_is_chosen_with_the_keyboard_and_axe_finds_nothing(
    page: Page, live_server: LiveServer
) -> None:
    add_person("ivan", PASSWORD, "it", given=True)
    password(page, live_server.url)
    page.wait_for_url("**/my/sign-in/own-password/")
    faults_by_page = {"asked": _faults(page)}
    for again in (PASSWORD, "one that ivan knows"):
        page.keyboard.type(again)  # the first control has the focus already
        page.keyboard.press("Tab")
        page.keyboard.type(again)
        page.keyboard.press("Enter")
        if again == PASSWORD:
            page.get_by_role("alert").wait_for()
            faults_by_page["refused"] = _faults(page)
    page.wait_for_url(f"{live_server.url}/")

    assert not {where: faults for where, faults in faults_by_page.items() if faults}
    assert User.objects.get().check_password("one that ivan knows")


def test_what_is_said_to_who_may_not_come_in_has_no_fault_that_axe_finds(page: Page, live_server: LiveServer) -> None:
    address = live_server.url
    ivan = add_person("ivan", PASSWORD, "it")
    TOTP.activate(ivan, "JBSWY3DPEHPK3PXP")
    password(page, address)
    page.wait_for_url("**/sign-in/second/")
    faults_by_page = {"the second factor": _faults(page)}
    page.locator("input[name=code]").fill("000000")
    page.locator("main button.main").click()
    page.get_by_role("alert").wait_for()
    faults_by_page["not the code"] = _faults(page)
    for _ in range(4):
        password(page, address, "guess")
        page.get_by_role("alert").wait_for()
    faults_by_page["locked"] = _faults(page)
    assert "Too many failed attempts" in page.get_by_role("alert").inner_text()
    faults_by_page["barred"] = _faults(page, f"{address}/sign-in/barred/")

    assert not {where: faults for where, faults in faults_by_page.items() if faults}


def test_the_pages_about_people_have_no_fault_that_axe_finds(page: Page, live_server: LiveServer) -> None:
    address = live_server.url
    for name, group in (("ivan", "it"), ("maria", "clerk"), ("otto", "auditor")):
        add_person(name, PASSWORD, group)
    TOTP.activate(User.objects.get(username="maria"), "JBSWY3DPEHPK3PXP")
    User.objects.filter(username="otto").update(is_active=False)
    let_see("roads", ["supplier-invoices"], actor="root")
    for _ in range(settings().lockout_attempts):
        login_lockout.begin("maria", "192.0.2.7")
        login_lockout.failed("maria", "192.0.2.7")
    password(page, address)
    password_page = f"/people/{User.objects.get(username='maria').pk}/password/"
    pages = ("/people/", "/people/?name=otto", "/people/add/", "/people/departments/", password_page)
    faults_by_page = {path: _faults(page, f"{address}{path}") for path in pages}
    page.goto(f"{address}/people/add/")
    page.get_by_label("User name").fill("no blanks")
    page.get_by_role("button", name="Add a person").click()
    page.get_by_role("alert").wait_for()
    faults_by_page["who cannot be added"] = _faults(page)
    person = User.objects.get(username="ivan")
    SocialAccount.objects.create(user=person, provider="openid_connect", uid="4711")
    page.goto(f"{address}/my/sign-in/directory/")
    if page.get_by_label("Password").count():
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Unlink").wait_for()
    faults_by_page["the directory"] = _faults(page)

    assert not {where: faults for where, faults in faults_by_page.items() if faults}


def _faults(page: Page, address: str = "") -> list[str]:
    if address:
        response = page.goto(address)
        assert response is not None and response.status in (200, 403), f"{address}: {response}"
        assert page.url == address, "this is another page"
    return [
        f"{violation['id']}: {violation['nodes'][0]['html'][:200]}"
        for violation in Axe().run(page).response["violations"]
    ]
