"""A lane keeps a login from case to case, each in a browser context of its own, and outlives its browsers."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from demo.town_hall import TownHall
from keywright.errors import Retry
from keywright.model.target_system import SignIn
from systems.records.bill import Bill
from systems.town_hall.desks import AccountsPayable
from systems.web.browser.browser import BrowserLane
from systems.web.browser.processes import descendants
from tests.systems.apart import in_its_own_thread
from tests.systems.town_hall.test_town_hall import bill

SOON = 3.0  # seconds
ENDING = 10.0  # seconds that the kernel may take to end a killed process on a busy machine


@contextmanager
def opened(hall: TownHall) -> Iterator[BrowserLane[Bill]]:
    """A lane whose browser is replaced after two cases."""
    sign_in = SignIn(hall.url, "clerk3", "clerk-pw")
    with closing(BrowserLane(AccountsPayable.name, AccountsPayable, sign_in, 2, 300)) as lane:
        yield lane


def alive(*processes: int) -> list[int]:
    """Return which of these processes run, or could be told to, when a killed one has had time to end."""
    until = time.monotonic() + ENDING
    while (left_over := [process for process in processes if runs(process)]) and time.monotonic() < until:
        time.sleep(0.05)
    return left_over


def runs(process: int) -> bool:
    """Tell whether a process is there and is not only waiting for its parent to notice its end."""
    with suppress(OSError):  # it ended between two looks
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


def look(lane: BrowserLane[Bill]) -> tuple[str, object, int]:
    """Look for a record as a case does; return the session's token, the browser context, and the driver's process."""
    with lane.case() as system:
        assert isinstance(system, AccountsPayable)
        assert system.find(bill("nobody has it")) is None
        context = system._session._page.context
        (cookie,) = context.cookies()
        assert lane._driven is not None
        return str(cookie["value"]), context, lane._driven.pid


@in_its_own_thread
def test_the_login_goes_on_to_the_next_case_and_the_context_does_not(hall: TownHall) -> None:
    with opened(hall) as lane:
        (token, context, driver), (same_token, another, same_driver) = look(lane), look(lane)

        assert (same_token, same_driver) == (token, driver)
        assert another is not context


@in_its_own_thread
def test_a_browser_is_replaced_after_its_cases_and_the_login_goes_on(hall: TownHall) -> None:
    with opened(hall) as lane:
        pictures = [look(lane) for _ in range(3)]

        assert len({token for token, _, _ in pictures}) == 1
        assert [driver == pictures[0][2] for _, _, driver in pictures] == [True, True, False]
        assert not alive(pictures[0][2])


@pytest.mark.parametrize("sent", [signal.SIGSTOP, signal.SIGKILL])
@in_its_own_thread
def test_a_browser_that_hangs_or_dies_costs_one_case_one_try(sent: signal.Signals, hall: TownHall) -> None:
    with opened(hall) as lane:
        _, _, driver = look(lane)
        lane._patience = SOON

        with pytest.raises(Retry, match="look first"), lane.case() as system:
            family = descendants(driver)
            for process in family:
                os.kill(process, sent)
            system.find(bill("nobody has it"))

        lane._patience = 300
        _, _, another = look(lane)
        assert another != driver
        assert not alive(*family)


@in_its_own_thread
def test_a_driver_that_hangs_is_killed_with_its_browser(hall: TownHall) -> None:
    with opened(hall) as lane:
        _, _, driver = look(lane)
        family, lane._patience = descendants(driver), SOON

        with pytest.raises(Retry), lane.case() as system:
            os.kill(driver, signal.SIGSTOP)
            system.find(bill("nobody has it"))

        assert not alive(driver, *family)
        lane._patience = 300
        assert look(lane)[2] != driver


@in_its_own_thread
def test_a_page_that_never_stops_computing_is_given_up(hall: TownHall) -> None:
    with opened(hall) as lane:
        _, _, driver = look(lane)
        lane._patience = SOON

        with pytest.raises(Retry), lane.case() as system:
            assert isinstance(system, AccountsPayable)
            system._session._page.evaluate("() => { while (true) {} }")

        lane._patience = 300
        assert look(lane)[2] != driver
