"""New layouts in a real browser: confirmed by Enter alone, one after the other, and looked at on their pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from keywright.cases import casebook
from keywright.database.layouts import StoredLayout
from keywright.model.case import Case, State
from keywright.model.layout import LayoutState
from systems.web.browser.browser import running_browser
from tests.keywright.console.desk import office
from tests.keywright.console.door import setting
from tests.keywright.console.site.test_every_page_in_browser import somebody, violations
from tests.keywright.layouts.earning import TrainingDesk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def context() -> Iterator[BrowserContext]:
    with running_browser() as browser:
        yield browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-CA")


@pytest.fixture
def desk(transactional_db: None) -> Iterator[TrainingDesk]:
    with setting(CONFIRMATIONS="2"):
        yield TrainingDesk(office())


def confirmed_by_enter(page: Page, case: Case) -> int:
    """Press Enter until the case is sent; return how often."""
    page.wait_for_url(f"**/cases/{case.id}/review/**")
    page.wait_for_function("document.activeElement.closest('.asked.doubtful')")
    presses = 0
    while page.evaluate("document.activeElement.id") != "accept":
        assert page.evaluate("document.querySelector('.mark.here') !== null || !document.activeElement.dataset.box")
        page.keyboard.press("Enter")
        presses += 1
        assert presses < 40
    page.keyboard.press("Enter")
    return presses + 1


def test_a_clerk_confirms_the_documents_of_a_new_layout_in_a_row_by_enter_alone(
    live_server: LiveServer, context: BrowserContext, desk: TrainingDesk
) -> None:
    cases = [desk.bill(month) for month in (1, 2, 3)]
    assert cases[0].extraction is not None
    (finding,) = cases[0].findings
    page = somebody(context, live_server.url, "maria", "clerk")
    page.goto(live_server.url)
    assert violations(page) == []

    page.keyboard.press("l")
    page.wait_for_url(f"**/cases/{cases[0].id}/review/**")
    assert "New layout. Nobody has confirmed" in page.inner_text("#whole")
    assert violations(page) == []
    assert confirmed_by_enter(page, cases[0]) == len(finding.fields) + 1
    assert confirmed_by_enter(page, cases[1]) <= len(finding.fields) + 1
    page.wait_for_url(f"{live_server.url}/")

    assert "1 more went on by itself." in page.inner_text("main")
    assert [casebook.get(case.id).state for case in cases] == [State.READ] * 3
    assert StoredLayout.objects.get().state == LayoutState.TRUSTED
    assert page.locator(".new-layouts").count() == 0


def test_a_supervisor_looks_at_a_layout_with_its_boxes_and_rolls_it_back(
    live_server: LiveServer, context: BrowserContext, desk: TrainingDesk
) -> None:
    for month in (1, 2):
        desk.confirmed(desk.bill(month))
    layout = StoredLayout.objects.get()
    page = somebody(context, live_server.url, "sara", "supervisor", "it")
    page.goto(f"{live_server.url}/layouts/")
    assert violations(page) == []
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/layouts/{layout.pk}/")
    assert violations(page) == []

    inside = """() => { const image = document.querySelector("#picture img").getBoundingClientRect();
        return [...document.querySelectorAll("#picture rect")].map((mark) => mark.getBoundingClientRect()).filter(
            (box) => box.width > 0 && box.left >= image.left && box.right <= image.right && box.top >= image.top
            && box.bottom <= image.bottom).length; }"""
    assert page.evaluate(inside) == page.locator("#picture rect").count() > 5

    page.click("text=Roll back")
    page.wait_for_selector("text=Rolled back: version 1 is in use.")
    assert violations(page) == []
    assert StoredLayout.objects.get().state == LayoutState.LEARNING
    page.set_viewport_size({"width": 640, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
