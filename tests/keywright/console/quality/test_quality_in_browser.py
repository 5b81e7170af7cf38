"""The quality sample in a real browser: read with the keyboard alone, and axe finds nothing on its pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext
from pytest_django.live_server_helper import LiveServer

from keywright.cases import casebook
from keywright.database.models import Sample, StoredCase
from keywright.review import notifications
from systems.web.browser.browser import running_browser
from tests.keywright.console.desk import office, pdf, pictures, referred
from tests.keywright.console.site.test_every_page_in_browser import somebody, violations
from tests.keywright.quality.test_sampling import sampled

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def context() -> Iterator[BrowserContext]:
    with running_browser() as browser:
        yield browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-CA")


def drawn(name: str) -> Sample:
    """Return a drawn case whose page is drawn."""
    row, here = sampled(name), office()
    drawn_pages = [(page, here.pictures.put(page.png)) for page in pictures(pdf())]
    casebook.keep_pictures(casebook.get(str(row.case_id)), drawn_pages)
    return row


def test_a_sample_is_read_and_settled_with_the_keyboard_and_axe_finds_nothing(
    live_server: LiveServer, context: BrowserContext
) -> None:
    row, late = drawn("one.pdf"), referred("late.pdf")
    StoredCase.objects.filter(pk=int(late.id)).update(due_at=dt.datetime(2026, 1, 5, 21, 30, tzinfo=dt.UTC))
    page = somebody(context, live_server.url, "maria", "clerk")
    page.goto(f"{live_server.url}/quality/next/")
    assert violations(page) == []
    page.focus("#field-invoice_number")
    for text in ("BTG-2047", "1412.50"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    assert Sample.objects.get(pk=row.pk).answered_at is None  # ENTER went on and sent nothing
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"
    page.keyboard.press("Enter")
    page.wait_for_url("**/quality/")
    assert "A supervisor will settle the differences" in page.inner_text(".messages")

    page = somebody(context, live_server.url, "sue", "supervisor")
    notifications.notify_due()
    page.goto(f"{live_server.url}/quality/{row.pk}/truth/")
    assert violations(page) == []
    page.focus("input[value='1']")
    page.keyboard.press("Space")
    page.focus("text=Save")
    page.keyboard.press("Enter")
    page.wait_for_url("**/quality/")
    assert "Correct these records in the target system." in page.inner_text("main")
    assert violations(page) == []
    page.goto(f"{live_server.url}/notices/")
    assert "overdue, escalated to you" in page.inner_text("main")
    assert violations(page) == []
