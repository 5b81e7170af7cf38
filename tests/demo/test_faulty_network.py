"""The network in front of the town hall fails as ordered, and a robot's browser never posts twice by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from bench.keying import sign_in_bare
from demo.faulty_network import Cut, FaultyNetwork, Ordered, faulty_network
from demo.town_hall import TownHall, running, vouchers
from demo.town_hall.switches import SiteStep
from systems.web.browser.browser import fresh_page, running_browser

ARRIVES = {Cut.DROPS_AFTER: 1, Cut.HALF_ANSWER: 1, Cut.DROPS_BEFORE: 0, Cut.DROPS_DURING: 0}


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TownHall]:
    with running(tmp_path_factory.mktemp("town-hall")) as hall:
        yield hall


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


def filled(page: Page, url: str, number: str) -> None:
    """Fill in a voucher, ready to be posted."""
    page.goto(f"{url}/ap/voucher")
    page.locator("input[name=vendor]").fill("V1008")
    page.locator("input[name=invoice_number]").fill(number)
    page.locator("[value=Update]").click()
    page.locator("[name=description_1]").fill("Boots")
    page.locator("[name=amount_1]").fill("10.00")


def seen_by(network: FaultyNetwork, page: Page, cut: Cut) -> int:
    """Press Post on a network that fails so; return how many posts the browser sent."""
    network.order(ordered := Ordered(SiteStep.POST, cut=cut))
    page.locator("[value=Post]").click()
    page.wait_for_timeout(300)
    network.mend()
    return -ordered.skip


@pytest.mark.parametrize("cut", ARRIVES)
def test_one_click_of_a_robot_sends_one_post_however_the_connection_fails(
    hall: TownHall, browser: Browser, cut: Cut
) -> None:
    with faulty_network(hall.url) as network, fresh_page(browser) as page:
        sign_in_bare(page, network.url)
        filled(page, network.url, f"ONCE-{cut.name}")
        assert seen_by(network, page, cut) == 1
    booked = [voucher for voucher in vouchers(hall.database) if voucher["invoice_number"] == f"ONCE-{cut.name}"]
    assert len(booked) == ARRIVES[cut]


def test_a_browser_that_keeps_its_connections_posts_twice_by_itself_when_one_is_dropped(
    hall: TownHall, browser: Browser
) -> None:
    with faulty_network(hall.url) as network:
        context = browser.new_context()
        page = context.new_page()
        sign_in_bare(page, network.url)
        filled(page, network.url, "TWICE")
        assert seen_by(network, page, Cut.DROPS_AFTER) == 2
        context.close()
    assert len([voucher for voucher in vouchers(hall.database) if voucher["invoice_number"] == "TWICE"]) == 2


def test_what_is_stalled_on_the_way_is_booked_although_the_browser_has_left(
    hall: TownHall, browser: Browser, tmp_path: Path
) -> None:
    with faulty_network(hall.url) as network:
        with fresh_page(browser) as page:
            sign_in_bare(page, network.url)
            filled(page, network.url, "LATE")
            network.order(Ordered(SiteStep.POST, cut=Cut.STALLS_BEFORE, seconds=1.0))
            page.locator("[value=Post]").click(no_wait_after=True)
            page.wait_for_timeout(300)
        assert not [voucher for voucher in vouchers(hall.database) if voucher["invoice_number"] == "LATE"]
        network.wait_until_quiet()
    assert [voucher["invoice_number"] for voucher in vouchers(hall.database)][-1] == "LATE"
