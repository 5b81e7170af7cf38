"""Every page of the console in a real browser: axe finds nothing, keys reach all, and an open queue stays right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from keywright.cases import casebook
from keywright.database.confirmations import MadeAccount, VendorAccount
from keywright.database.models import Keying, LedgerEntry, StoredCase
from keywright.findings import Finding, Kind
from keywright.model.case import Case
from keywright.model.serialization import receipt_to_json
from keywright.model.target_system import Receipt, Shown
from keywright.review import claims, comments, review_queue
from systems.web.browser.browser import running_browser
from tests.keywright.console.desk import UNSURE, office, opened, pdf, pictures, referred

pytestmark = pytest.mark.django_db(transaction=True)

SUMS = Finding("BR-CO-15", "1412.50 is not 1250.00 + 160.00.", ("grand_total", "net_total", "tax_total"))
TWICE = Finding("same-number", "Case 1 has the same number.", ("invoice_number",), Kind.DUPLICATE)
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}


@pytest.fixture
def context() -> Iterator[BrowserContext]:
    with running_browser() as browser:
        yield browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-CA")


def somebody(context: BrowserContext, address: str, name: str, *groups: str) -> Page:
    """Return a page of a browser in which somebody is signed in."""
    person = User.objects.create(username=name)
    person.groups.set(Group.objects.filter(name__in=groups))
    client = Client()
    client.force_login(person)
    session = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    return context.new_page()


def keyed() -> Case:
    """Return a case with a picture of its record, a comment and a place in the ledger."""
    case = referred("keyed.pdf")
    picture = pictures(pdf())[0].png
    receipt = Receipt("town-hall", "V-17", (Shown("Total", "1412.50", "1,412.50"),), picture, dt.datetime.now(dt.UTC))
    receipt_json = receipt_to_json(receipt, office().pictures.put(picture))
    Keying.objects.create(system="town-hall", identity="btg 2041", case_id=int(case.id), receipt=receipt_json, posts=1)
    StoredCase.objects.filter(pk=int(case.id)).update(state="keyed", receipt_number="V-17")
    comments.add(int(case.id), "Called the vendor.", person=User.objects.get(username="sue"))
    return case


def full_office() -> tuple[Case, Case]:
    """Fill the office with cases of each look; return one to be reviewed and one that is keyed."""
    sue, petra = User.objects.get(username="sue"), User.objects.create(username="petra")
    petra.groups.add(Group.objects.get(name="clerk"))
    MadeAccount.objects.create(person=petra, makers="ivan")
    VendorAccount.objects.create(vendor="V1", key="004102021234567", account="004-10202-1234567", put_by="ivan")
    waits = referred("waits.pdf", findings=[UNSURE, SUMS])
    late, taken, handed = referred("late.pdf"), referred("taken.pdf", [TWICE]), referred("handed.pdf")
    StoredCase.objects.filter(pk=int(late.id)).update(due_at=timezone.now() - dt.timedelta(days=1))
    claims.claim(int(taken.id), petra)
    claims.hand_over(int(handed.id), petra, person=sue)
    parked = referred("parked.pdf")
    claims.park(int(parked.id), timezone.now() + dt.timedelta(days=2), person=sue, why="waits for the buyer")
    review_queue.refuse(referred("refused.pdf"), "sent twice", person="sue")
    opened("new.pdf")
    return waits, keyed()


def violations(page: Page, *rules: str) -> list[str]:
    """Return what axe finds on a page, by all rules or by some: the rule, and where."""
    options = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else AXE
    found_by_axe = Axe().run(page, options={**options, "resultTypes": ["violations"]}).response["violations"]
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found_by_axe
        for node in violation["nodes"]
    ]


def pages_of_the_console() -> list[str]:
    """Fill the office, and return the addresses of its pages, each kind of page once."""
    waits, done = full_office()
    return [
        *(
            "",
            "?words=nothing-like-this",
            "?days=0&amount_from=much&currency=CAD&sort=amount",
            "cases/",
            f"cases/{done.id}/",
            f"cases/{waits.id}/review/",
        ),
        *("ledger/", "ledger/?actor=nobody", "cases/999/"),
        *(
            reverse(name).lstrip("/")
            for name in ("notices", "quality", "layouts", "absences", "decided", "my-sign-in", "people")
        ),
        reverse("confirmations").lstrip("/"),
        *(reverse(name, args=[waits.id]).lstrip("/") for name in ("hand-over", "park", "split", "send-back", "refuse")),
    ]


def test_axe_finds_nothing_on_any_page(live_server: LiveServer, context: BrowserContext) -> None:
    address = live_server.url
    page = context.new_page()
    page.goto(f"{address}/sign-in/")
    assert violations(page) == []
    page = somebody(context, address, "sue", "supervisor", "it")
    page.goto(address)
    assert violations(page) == [], "an empty office"
    faults_by_page = {}
    for path in pages_of_the_console():
        page.goto(f"{address}/{path}")
        faults_by_page[path] = violations(page)
    assert {path: page_faults for path, page_faults in faults_by_page.items() if page_faults} == {}
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x><input>')")
    assert {violation.partition(":")[0] for violation in violations(page)} >= {"image-alt", "label"}


def test_in_the_dark_every_text_stands_out_too(live_server: LiveServer, context: BrowserContext) -> None:
    page = somebody(context, live_server.url, "sue", "supervisor", "it")
    addresses = pages_of_the_console()
    context.add_cookies([{"name": "ground", "value": "dark", "url": live_server.url}])
    faults_by_page = {}
    for address in ("", *addresses[2:6]):
        page.goto(f"{live_server.url}/{address}")
        faults_by_page[address] = violations(page, "color-contrast")
    assert {address: page_faults for address, page_faults in faults_by_page.items() if page_faults} == {}
    page.evaluate("document.body.style.color = '#333'")
    assert violations(page, "color-contrast") != []


def test_the_queue_is_walked_opened_searched_and_explained_with_keys_alone(
    live_server: LiveServer, context: BrowserContext
) -> None:
    page = somebody(context, live_server.url, "maria", "clerk")
    first, second = referred("a.pdf"), referred("b.pdf")
    page.goto(live_server.url)
    here = "document.activeElement.id"

    page.keyboard.press("j")
    assert page.evaluate(here) == f"case-{first.id}"
    page.keyboard.press("ArrowDown")
    assert page.evaluate(here) == f"case-{second.id}"
    page.keyboard.press("j")
    assert page.evaluate(here) == f"case-{second.id}"
    page.keyboard.press("k")
    assert page.evaluate(here) == f"case-{first.id}"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"

    page.keyboard.press("?")
    assert page.evaluate("document.getElementById('help').open")
    assert "open the next case" in page.inner_text("#help")
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert page.evaluate(here) == f"case-{first.id}"

    page.keyboard.press("/")
    page.keyboard.type("b.pdf")
    page.keyboard.press("Enter")
    page.wait_for_url("**words=b.pdf**")
    assert page.locator("#queue tbody tr").count() == 1
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{second.id}/review/**")


def test_an_open_queue_shows_what_comes_and_keeps_the_place(live_server: LiveServer, context: BrowserContext) -> None:
    page = somebody(context, live_server.url, "maria", "clerk")
    first = referred("a.pdf")
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(live_server.url)
    page.keyboard.press("j")
    referred("b.pdf")
    page.evaluate(
        "htmx.trigger('#waiting', 'htmx:abort'); htmx.ajax('GET', "
        "document.getElementById('waiting').getAttribute('hx-get'), "
        "{source: '#waiting', target: '#waiting', swap: 'outerHTML'})"
    )
    page.wait_for_selector("text=b.pdf")
    assert page.inner_text("#waiting-count") == "2"
    assert page.evaluate("document.activeElement.id") == f"case-{first.id}"
    assert faults == []


def test_nothing_has_to_be_pushed_sideways_at_200_per_cent_and_in_large_print(
    live_server: LiveServer, context: BrowserContext
) -> None:
    page = somebody(context, live_server.url, "sue", "supervisor", "it")
    waits, done = full_office()
    context.add_cookies([{"name": "print", "value": "large", "url": live_server.url}])
    page.set_viewport_size({"width": 640, "height": 800})
    for violation in ("", "cases/", f"cases/{done.id}/", f"cases/{waits.id}/review/", "ledger/"):
        page.goto(f"{live_server.url}/{violation}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, violation


def test_one_click_verifies_a_long_ledger_by_itself(
    live_server: LiveServer, context: BrowserContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keywright.ledger.incremental_verify.AT_ONCE", 1)
    monkeypatch.setattr("keywright.console.ledger.views.A_STEP", 0.0)
    page = somebody(context, live_server.url, "ada", "auditor")
    referred("a.pdf")
    page.goto(f"{live_server.url}/ledger/")
    page.click("text=Verify the ledger")
    page.wait_for_selector("text=All 3 entries verified.")
    assert LedgerEntry.objects.filter(event="ledger-verified").count() == 1
    assert violations(page) == []


def test_a_page_is_small_before_its_pictures(live_server: LiveServer, context: BrowserContext) -> None:
    page = somebody(context, live_server.url, "sue", "supervisor")
    for number in range(102):
        casebook.refer(opened(f"a-rather-long-name-of-a-file-{number}.pdf"), [UNSURE, SUMS], actor="robot")
    sizes: dict[str, int] = {}
    page.on(
        "response",
        lambda response: sizes.update({response.url: len(response.body())}) if response.status == 200 else None,
    )
    page.goto(live_server.url)
    page.wait_for_load_state("networkidle")
    assert sum(sizes.values()) < 150_000, sizes
