"""Seconds to key one record, compared with a bare Playwright script for the same screen and with plain HTTP posts.

``./run bench keying``: they work the demo town hall, a real SQL-Ledger and a real Trac in turn, ten records each, and
the ratios are of medians in one run. The bare script trusts what it types: no look before, no read-back, no look after,
no picture. In Trac it runs once in a context that holds the password, and once in one that has only the cookies, like
ours.
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path

from playwright.sync_api import Page
from rich.table import Table

from bench import sql_ledger_run, trac_keying
from keywright.terminal import SafeConsole

ROUNDS = 10


def main() -> int:
    """Measure, and print the medians and their ratio."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["KEYWRIGHT_HOME"] = home
        bare, full = measure(Path(home))
    table = Table("", "median s", "least s", "most s", title=f"One invoice of two lines, {ROUNDS} of each, in turn")
    for name, times in (("bare Playwright script", bare), ("Keywright: look, enter, look again", full)):
        table.add_row(name, *(f"{value:.2f}" for value in (statistics.median(times), min(times), max(times))))
    SafeConsole().print(table)
    print(f"ratio of medians: {statistics.median(full) / statistics.median(bare):.2f}")
    print_real("SQL-Ledger, one bill of two lines", sql_ledger_run.seconds(ROUNDS))
    with tempfile.TemporaryDirectory() as home:
        os.environ["KEYWRIGHT_HOME"] = home
        print_real("Trac, one permit and its file", trac_keying.measure(Path(home)))
    return 0


def print_real(title: str, times: Mapping[str, Sequence[float]]) -> None:
    """Print the medians of a real system: Keywright's first, then the bare script's, then that of plain HTTP posts."""
    table = Table(
        "", "median s", "least s", "most s", "ratio to Keywright", title=f"{title}, {ROUNDS} of each, in turn"
    )
    own_median, *_ = (statistics.median(seconds) for seconds in times.values())
    for name, seconds in times.items():
        median = statistics.median(seconds)
        table.add_row(name, *(f"{value:.2f}" for value in (median, min(seconds), max(seconds), own_median / median)))
    SafeConsole().print(table)


def measure(home: Path) -> tuple[list[float], list[float]]:
    """Return the seconds of each bare keying, and of each of ours."""
    from demo.town_hall import running
    from keywright.model.target_system import SignIn
    from systems.town_hall.desks import AccountsPayable
    from systems.web.browser.browser import fresh_page, running_browser

    bare, full = [], []
    with (
        running(home) as town_hall,
        running_browser() as browser,
        fresh_page(browser) as page,
        fresh_page(browser) as bare_page,
    ):
        system = AccountsPayable(page, SignIn(town_hall.url, "clerk", "clerk-pw"))
        sign_in_bare(bare_page, town_hall.url)
        for number in range(ROUNDS):
            full.append(_timed(partial(key, system, f"K-{number}")))
            bare.append(_timed(partial(type_bare, bare_page, town_hall.url, f"B-{number}")))
    return bare, full


def key(system: object, number: str) -> None:
    """Key one voucher as robots do."""
    from systems.records.bill import Bill, BillLine
    from systems.town_hall.desks import AccountsPayable

    assert isinstance(system, AccountsPayable)
    lines = tuple(BillLine(description=f"Line {n}", account="5940", amount=Decimal("50.00")) for n in (1, 2))
    voucher = Bill(
        seller_name="Lakeshore Uniforms",
        invoice_number=number,
        issue_date=dt.date(2026, 11, 2),
        lines=lines,
        tax_total=Decimal("13.00"),
    )
    assert system.find(voucher) is None
    system.enter(voucher, lambda: 60.0)
    assert system.find(voucher) is not None


def sign_in_bare(page: Page, url: str) -> None:
    """Sign in as a clerk of its own."""
    page.goto(url)
    page.locator("input[name=login]").fill("clerk2")
    page.locator("input[type=password]").fill("clerk-pw")
    page.locator("input[type=submit], button").first.click()


def type_bare(page: Page, url: str, number: str) -> None:
    """Type one voucher and post it, believing all."""
    page.goto(f"{url}/ap/voucher")
    page.locator("input[name=vendor]").fill("V1008")
    page.locator("input[name=invoice_number]").fill(number)
    page.locator("input[name=invoice_date]").fill("11-02-2026")
    page.locator("input[name=tax]").fill("13.00")
    _line(page, 1)
    page.locator("[value=Update]").click()
    _line(page, 2)
    page.locator("[value=Update]").click()
    page.locator("[value=Post]").click()


def _line(page: Page, row: int) -> None:
    page.locator(f"[name=description_{row}]").fill(f"Line {row}")
    page.locator(f"[name=account_{row}]").select_option("5940")
    page.locator(f"[name=amount_{row}]").fill("50.00")


def _timed(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
