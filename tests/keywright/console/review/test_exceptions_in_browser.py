"""A clerk at a real browser with a case that may have been posted already, and the pages of every kind of exception."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from keywright.cases import casebook, keying_attempts
from keywright.database.models import Draft, Keying
from keywright.findings import Finding, Kind
from keywright.model.case import Case, State
from keywright.review import review_queue
from systems.web.browser.browser import running_browser
from tests.keywright.console.desk import UNSURE, extraction, its_traits, referred
from tests.keywright.console.door import setting
from tests.keywright.console.review.test_review_while_typing import opened, page_of, without_due_date

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as started:
        yield started


@pytest.mark.parametrize(
    ("rule", "goes_to"), [(keying_attempts.POSTED_OTHERWISE, "field"), (keying_attempts.NOT_SHOWN, "look-again")]
)
def test_enter_never_leads_to_the_button_that_has_a_record_entered_again(
    live_server: LiveServer, browser: Browser, rule: str, goes_to: str
) -> None:
    page, case = page_of(browser, live_server), referred(findings=[Finding(rule, "It was posted.", (), Kind.UNCERTAIN)])
    posted = {"system": "town-hall", "identity": "BTG-2O41", "posts": 1, "uncertain": True}
    Keying.objects.create(case_id=int(case.id), **posted)
    opened(page, live_server, case)
    page.evaluate("for (const folded of document.querySelectorAll('.asking details')) folded.open = true")
    page.focus("#field-invoice_number")

    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.value") == {"field": "BTG-2O41"}.get(goes_to, goes_to)
    assert page.locator(".ways button.grave").count() == 1
    page.evaluate("() => { const typed = document.createElement('input'); asking.append(typed); typed.focus(); }")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert page.url.endswith("/review/"), "an input without keys of its own sends nothing either"
    assert casebook.get(case.id).state is State.REFERRED


def with_every_box(seen_screen: str) -> Case:
    """Return a case that was decided and typed about before, with a picture of a screen."""
    lost = Finding(
        keying_attempts.NOT_SHOWN, "It was posted, and is not shown.", kind=Kind.UNCERTAIN, picture=seen_screen
    )
    case = referred("boxes.pdf", findings=[UNSURE])
    Draft.objects.create(
        case_id=int(case.id),
        person=User.objects.get(username="maria"),
        changed_at=case.received_at,
        typed={"seen": case.received_at.isoformat(), "typed": {"purchase_order": "PO 77"}},
    )
    invoice = extraction()
    settled = review_queue.settle(case, invoice, [], (), person="john")
    return casebook.refer(settled, [UNSURE, lost], actor="robot")


def test_axe_finds_nothing_on_the_page_of_any_kind_of_exception(live_server: LiveServer, browser: Browser) -> None:
    page = page_of(browser, live_server)
    referred("first.pdf", traits=its_traits())
    twice = Finding("duplicate", "Case 1 has the same number.", (), Kind.DUPLICATE)
    lost = Finding(keying_attempts.NOT_SHOWN, "It was posted, and is not shown.", (), Kind.UNCERTAIN)
    doubted = referred("third.pdf", findings=[lost])
    posted = {"system": "town-hall", "identity": "BTG-2O41", "posts": 1, "uncertain": True}
    Keying.objects.create(case_id=int(doubted.id), **posted)
    boxes = with_every_box("ab" * 32)
    plain = (without_due_date(), referred("second.pdf", findings=[twice], traits=its_traits()), doubted)
    assert faults(page, live_server, *plain) == []
    with setting(SECOND_PERSON_ABOVE="supplier-invoices=1000 CAD"):
        assert faults(page, live_server, boxes) == []
        assert page.locator("#left-typed, .earlier-decisions, #second .message, .screen").count() == 4


def faults(page: Page, server: LiveServer, *cases: Case) -> list[str]:
    """Return what axe finds on the review pages of some cases."""
    faults = []
    for case in cases:
        opened(page, server, case)
        page.wait_for_selector("#page-1 .words text", state="attached")
        page.wait_for_selector("#choices-invoice_number .choice")
        violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        faults += [
            f"{violation['id']}: {node['target']} {node['failureSummary']}"
            for violation in violations
            for node in violation["nodes"]
        ]
    return faults
