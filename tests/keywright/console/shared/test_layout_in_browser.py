"""Every page of the console, found by its addresses: what is ticked is laid out as such, and nothing is cut off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from systems.web.browser.browser import running_browser
from tests.keywright.console.site.test_every_page_in_browser import somebody
from tests.keywright.console.walking import addresses, numbers_of_a_full_office

pytestmark = pytest.mark.django_db(transaction=True)

TICKS_LAID_OUT_WRONG = """() => {
    for (const folded of document.querySelectorAll("details")) folded.open = true;
    const wrong = [];
    for (const box of document.querySelectorAll("input:is([type=checkbox], [type=radio])")) {
        if (!box.checkVisibility({ visibilityProperty: true })) continue;
        const place = box.getBoundingClientRect(), name = `${box.type} ${box.name}=${box.value}`;
        if (place.width > 20 || place.height > 20) wrong.push(`${name} is ${place.width} by ${place.height} px`);
        const label = box.labels[0];
        const walk = label && document.createTreeWalker(label, NodeFilter.SHOW_TEXT);
        while (walk?.nextNode()) if (walk.currentNode.textContent.trim()) break;
        if (!walk?.currentNode?.textContent.trim()) { wrong.push(`${name} has no words`); continue; }
        const range = document.createRange();
        range.selectNodeContents(walk.currentNode);
        const words = [...range.getClientRects()].find((one) => one.width > 1);
        const apart = words.left - place.right, middle = place.top + place.height / 2;
        if (apart < 0 || apart > 24) wrong.push(`${name}: its words begin ${apart} px beside it`);
        if (middle < words.top - 2 || middle > words.bottom + 2) wrong.push(`${name}: its words are in another row`);
    }
    return wrong;
}"""


@pytest.fixture
def context() -> Iterator[BrowserContext]:
    with running_browser() as browser:
        yield browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-CA")


def shown(page: Page, address: str) -> bool:
    """Open an address in the browser; return False for what is no page: a file, or what is only posted to."""
    response = page.context.request.get(address, max_redirects=5)
    if response.status in (404, 405) or "text/html" not in response.headers.get("content-type", ""):
        return False
    if "<html" not in response.text():  # a part of a page
        return False
    if "attachment" in response.headers.get("content-disposition", ""):
        return False
    page.goto(address)
    return True


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_box_to_be_ticked_is_small_and_beside_its_words_and_no_page_is_pushed_sideways(
    live_server: LiveServer, context: BrowserContext, language: str
) -> None:
    page = somebody(context, live_server.url, "sue", "supervisor", "it", "clerk")
    context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    wrong: dict[str, object] = {}
    ticks, walked = 0, 0
    for address in sorted(addresses(numbers_of_a_full_office())):
        if not shown(page, f"{live_server.url}{address}"):
            continue
        walked += 1
        assert page.get_attribute("html", "lang") == language
        ticks += page.locator("input:is([type=checkbox], [type=radio]):visible").count()
        if misplaced := page.evaluate(TICKS_LAID_OUT_WRONG):
            wrong[address] = misplaced
        for width in (1280, 1024):
            page.set_viewport_size({"width": width, "height": 800})
            if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
                wrong[f"{address} at {width}"] = f"{wide} px wide"
    assert wrong == {}
    assert (walked > 25, ticks > 20) == (True, True), (walked, ticks)
