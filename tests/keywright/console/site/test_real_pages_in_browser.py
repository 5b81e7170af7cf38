"""A clerk at a real browser before a real console: the picture, the page that is clicked, and findings that arrive."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from systems.web.browser.browser import running_browser
from tests.keywright.console.real_office import RealOffice, real_office
from tests.tasks.samples import copy_samples

THREE_PAGES = "halton-hydrovac-three-pages.pdf"
WRONG_SUM = "escarpment-wrong-sum.pdf"
PERMIT = "permit-incomplete.pdf"
PAPERS = {"supplier-invoices": (THREE_PAGES, WRONG_SUM), "permit-applications": (PERMIT,)}

MARK_IS_IN_SIGHT = """() => { const pane = document.querySelector(".pictures").getBoundingClientRect();
    const bar = document.getElementById("tools").getBoundingClientRect();
    const mark = document.querySelector("#sheets .mark.here")?.getBoundingClientRect();
    return mark && mark.top >= bar.bottom - 1 && mark.bottom <= Math.min(pane.bottom, innerHeight)
        && mark.right > pane.left && mark.left < pane.right; }"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealOffice]:
    folder = tmp_path_factory.mktemp("real")
    copy_samples(folder / "samples")
    papers = {bot: {name: (folder / "samples" / name).read_bytes() for name in names} for bot, names in PAPERS.items()}
    with real_office(folder, papers) as opened:
        yield opened


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.name || ''"))


def unfold_all(page: Page) -> None:
    page.evaluate("for (const folded of document.querySelectorAll('.asking details')) folded.open = true")


@pytest.mark.parametrize("name", [THREE_PAGES, PERMIT])
def test_the_picture_follows_the_field_on_every_page(office: RealOffice, browser: Browser, name: str) -> None:
    page = office.signed_in(browser)
    assert not page.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches")
    office.review(page, name)
    unfold_all(page)
    page.focus(".asked .answer :is(input:not([type=hidden]), select, textarea)")
    pages: set[str] = set()
    for _step in range(90):
        here = page.evaluate(
            "() => [...document.querySelectorAll('#sheets .mark.here')].map((m) => m.closest('figure').dataset.page)"
        )
        if here and page.evaluate("document.activeElement.closest('.asked') !== null"):
            page.wait_for_function(MARK_IS_IN_SIGHT, timeout=3000)
            pages.add(here[0])
        page.keyboard.press("Tab")
    assert len(pages) > 1, f"no field of {name} stands beyond its first page: the test proves nothing"
    page.context.close()


def place_of(page: Page, text: str) -> tuple[float, float]:
    """Scroll a word that is printed on the document into sight, and return where it is on the screen."""
    word = page.locator("#sheets .words text", has_text=text).first
    word.wait_for(state="attached", timeout=90_000)
    page.evaluate("document.querySelector('.pictures').style.scrollBehavior = 'auto'")  # now, and not by and by
    word.evaluate("(element) => element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' })")
    box = word.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def typed_into(page: Page) -> dict[str, str]:
    """Return what stands in every field and cell."""
    styles: dict[str, str] = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("#asking [name]")]
            .filter((one) => /^(field|line)-/.test(one.name)).map((one) => [one.name, one.value]))"""
    )
    return styles


def changed(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in after.items() if before.get(name) != text}


def test_a_click_reads_into_the_cell_or_field_that_has_the_focus_and_nowhere_else(
    office: RealOffice, browser: Browser
) -> None:
    page = office.signed_in(browser)
    office.review(page, WRONG_SUM)
    page.focus("#field-net_total")
    page.focus("[name=line-0-net_amount]")
    before = typed_into(page)
    page.mouse.click(*place_of(page, "1,590.00"))  # the net amount of the second line
    page.wait_for_function("() => document.querySelector('[name=line-0-net_amount]').value === '1590.00'")
    assert changed(before, typed_into(page)) == {"line-0-net_amount": "1590.00"}
    assert focused(page) == "line-0-net_amount"

    page.focus("[name=line-1-description]")
    page.mouse.click(*place_of(page, "5,168.70"))  # a mark of another field lies there: the cell has the focus
    page.wait_for_function("() => document.querySelector('[name=line-1-description]').value.includes('5,168.70')")
    assert set(changed(before, typed_into(page))) == {"line-0-net_amount", "line-1-description"}

    page.keyboard.press("Alt+1")
    assert set(changed(before, typed_into(page))) == {"line-0-net_amount", "line-1-description"}, "no choice of a field"

    page.focus("#field-net_total")
    page.click("[data-do=larger]")
    page.mouse.click(*place_of(page, "1,590.00"))
    page.wait_for_function("() => document.getElementById('field-net_total').value === '1590.00'")
    assert set(changed(before, typed_into(page))) == {"line-0-net_amount", "line-1-description", "field-net_total"}
    page.context.close()


def test_a_click_while_no_field_has_the_focus_reads_nothing_and_says_why(office: RealOffice, browser: Browser) -> None:
    page = office.signed_in(browser)
    office.review(page, WRONG_SUM)
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url) if request.url.endswith("/place/") else None)
    for leave in ("document.getElementById('comment-text').focus()", "document.activeElement.blur()"):
        page.focus("#field-net_total")
        before = typed_into(page)
        page.evaluate(leave)
        page.mouse.click(*place_of(page, "145.00"))
        page.wait_for_timeout(300)
        assert changed(before, typed_into(page)) == {}
        assert "First select the field" in page.inner_text("#said")
    assert addresses == []
    page.context.close()


def test_a_finding_that_arrives_while_typing_unfolds_and_is_said_and_the_focus_stays(
    office: RealOffice, browser: Browser
) -> None:
    page = office.signed_in(browser)
    office.review(page, WRONG_SUM)
    assert not page.is_visible("#field-issue_date")
    page.evaluate("document.getElementById('field-issue_date').closest('details').open = true")
    page.focus("#field-issue_date")
    page.evaluate("document.getElementById('field-issue_date').closest('details').open = false")
    page.evaluate(
        """() => { const date = document.getElementById("field-issue_date"); date.value = "never";
        document.getElementById("field-net_total").focus();
        date.dispatchEvent(new Event("input", { bubbles: true })); }"""
    )
    page.wait_for_selector("#fault-issue_date", state="visible")
    assert "never" in page.inner_text("#said")
    assert focused(page) == "field-net_total"
    page.context.close()


def test_a_finding_that_an_accepted_case_comes_back_with_gets_the_focus(office: RealOffice, browser: Browser) -> None:
    page = office.signed_in(browser)
    office.review(page, WRONG_SUM)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/decide/")
    page.wait_for_function("() => document.activeElement.matches('.remark.unsettled [type=checkbox][name=accept]')")
    assert page.locator(".remark.unsettled").first.is_visible()
    page.context.close()
