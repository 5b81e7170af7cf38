"""One real browser and one real town hall for all tests of target systems."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from demo.town_hall import TownHall, running
from keywright.receipts import SignIn
from systems.browser import fresh_page, running_browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with fresh_page(browser) as page:
        yield page


@pytest.fixture(scope="session")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TownHall]:
    with running(tmp_path_factory.mktemp("town-hall")) as hall:
        yield hall


@pytest.fixture
def sign_in(hall: TownHall) -> SignIn:
    return SignIn(hall.url, "clerk", "clerk-pw")


@pytest.fixture(scope="module")
def desk_page(browser: Browser) -> Iterator[Page]:
    """The page of a robot that keys many cases in one session."""
    with fresh_page(browser) as page:
        yield page
