"""One real browser and one real town hall for all tests of target systems."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from demo import trac as trac_demo
from demo.sql_ledger import SqlLedger
from demo.sql_ledger import running as put_up_sql_ledger
from demo.town_hall import TownHall, running
from demo.trac import PermitOffice
from keywright.model.target_system import SignIn
from systems.web.browser.browser import fresh_page, running_browser


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


@pytest.fixture(scope="session")
def trac_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PermitOffice]:
    with trac_demo.running(tmp_path_factory.mktemp("trac")) as office:
        yield office


@pytest.fixture
def trac(trac_office: PermitOffice) -> PermitOffice:
    """A real Trac that holds no permit yet."""
    trac_demo.reset(trac_office.project)
    return trac_office


@pytest.fixture(scope="session")
def ledger() -> Iterator[SqlLedger]:
    """A real SQL-Ledger, one for each process that runs tests."""
    with put_up_sql_ledger() as ledger:
        yield ledger
