"""Keys fifty invoices into a real SQL-Ledger and checks them by SQL: each once, each right; a second run adds nothing.

``./run bench sql_ledger_run [--invoices N]``. ``seconds()`` measures SQL-Ledger for ``./run bench keying``: a bill
keyed by a robot, by a bare Playwright script without checks, and by plain HTTP posts, in turn.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import random
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from playwright.sync_api import Page

from demo.chart_of_accounts import ACCOUNTS
from demo.sql_ledger import SqlLedger, running
from demo.sql_ledger.books import bills
from demo.sql_ledger.clerk import PlainClerk
from demo.sql_ledger.seeding import DEPARTMENTS, HST, VENDORS, password_of
from keywright.arguments import positive
from keywright.model.target_system import SignIn
from systems.records.bill import Bill, BillLine
from systems.sql_ledger.payables import Payables
from systems.web.browser.browser import fresh_page, running_browser

ISSUED = dt.date(2026, 11, 2)
WORDS = ("Élagage", 'Pump 3½"', "Service", "Men's boots")
VENDOR, NAME = "V1008", "Lakeshore Uniforms"


def main() -> int:
    """Key the invoices twice, compare the books, and print what was found. The status is 1 if any is not right."""
    parser = argparse.ArgumentParser(prog="bench sql_ledger_run")
    parser.add_argument("--invoices", type=positive, default=50)
    options = parser.parse_args()
    records = invoices(options.invoices)
    with running() as ledger:
        for turn in ("first", "again"):
            began = time.monotonic()
            entered = key_all(ledger, records)
            comparison = compared(records, bills(ledger))
            print(f"{turn}: {entered} entered in {time.monotonic() - began:.0f} s; in the books: {comparison}")
            if comparison != right(len(records)) or (turn == "again" and entered):
                return 1
    return 0


def right(number: int) -> str:
    """Return what the books must say of so many invoices."""
    return f"{number} once and right, 0 missing, 0 twice, 0 wrong, 0 of others"


def invoices(number: int, seed: int = 4) -> list[Bill]:
    """Make invoices of all vendors who have one tax account or none, each with values of its own."""
    chance = random.Random(seed)  # noqa: S311 - invoices, not secrets
    with VENDORS.open(encoding="utf-8", newline="") as file:
        vendors = [row for row in csv.DictReader(file) if row["province"] != "QC"]
    return [_invoice(chance, n, chance.choice(vendors)) for n in range(number)]


def _invoice(chance: random.Random, n: int, vendor: dict[str, str]) -> Bill:
    lines = tuple(
        BillLine(
            description=f"{chance.choice(WORDS)} {n}-{row}",
            account=chance.choice(list(ACCOUNTS)),
            amount=Decimal(chance.randint(1, 900_000)) / 100,
        )
        for row in range(chance.randint(1, 4))
    )
    taxed = vendor["province"] == "ON"
    return Bill(
        seller_name=vendor["name"],
        vendor_number=vendor["number"],
        invoice_number=f"{chance.choice(('INV-', 'Ré ', '2026/', '00'))}{n:04d}",
        issue_date=ISSUED + dt.timedelta(days=chance.randint(0, 25)),
        due_date=chance.choice([None, dt.date(2027, 1, 1 + chance.randint(0, 27))]),
        purchase_order=chance.choice(["", f"PO-{n}"]),
        department=chance.choice(["", *DEPARTMENTS]),
        lines=lines,
        tax_total=(sum(line.amount for line in lines) * Decimal("0.13")).quantize(Decimal("0.01")) * taxed,
        notes=chance.choice(["", f"See page {n}.\nMerci – O'Neil"]),
    )


def key_all(ledger: SqlLedger, records: Sequence[Bill]) -> int:
    """Look for each, enter the missing ones, and look again; return how many were entered."""
    entered = 0
    with running_browser() as browser, fresh_page(browser) as page:
        system = Payables(page, SignIn(ledger.url, "clerk", password_of("clerk")))
        for record in records:
            if system.find(record) is None:
                system.enter(record, lambda: 60.0)
                entered += 1
                assert system.find(record) is not None, f"{record.invoice_number} is not shown"
    return entered


def compared(records: Sequence[Bill], stored: Sequence[dict[str, Any]]) -> str:
    """Return how many of the invoices stand in the books once and right, are missing, there twice, or wrong."""
    rows_per_record = [[row for row in stored if _key(row) == (r.vendor_number, r.invoice_number)] for r in records]
    once = [rows[0] for rows in rows_per_record if len(rows) == 1]
    wrong = sum(not _is_right(r, rows[0]) for r, rows in zip(records, rows_per_record, strict=True) if len(rows) == 1)
    own_keys = {(r.vendor_number, r.invoice_number) for r in records}
    strangers = sum(_key(row) not in own_keys for row in stored)
    missing, twice = sum(not rows for rows in rows_per_record), sum(len(rows) > 1 for rows in rows_per_record)
    return f"{len(once) - wrong} once and right, {missing} missing, {twice} twice, {wrong} wrong, {strangers} of others"


def _key(row: dict[str, Any]) -> tuple[str, str]:
    return row["vendornumber"], row["invnumber"]


def _is_right(record: Bill, row: dict[str, Any]) -> bool:
    return (
        (row["transdate"], row["curr"]) == (record.issue_date, record.currency)
        and row["duedate"] == (record.due_date or row["duedate"])
        and (row["ponumber"], row["department"] or "") == (record.purchase_order, record.department)
        and row["notes"].replace("\r\n", "\n") == record.notes
        and row["amount"] == record.grand_total
        and row["lines"] == [(line.description, line.account, line.amount) for line in record.lines]
        and sum(amount for _, amount in row["taxes"]) == record.tax_total
    )


def seconds(rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each bill of two lines, keyed in turn by each, all signed in before."""
    times: dict[str, list[float]] = {"Keywright": [], "bare Playwright script": [], "plain HTTP posts": []}
    with (
        running() as ledger,
        running_browser() as browser,
        fresh_page(browser) as page,
        fresh_page(browser) as bare_page,
    ):
        system = Payables(page, SignIn(ledger.url, "clerk", password_of("clerk")))
        sign_in_bare(bare_page, ledger.url, "clerk2")
        plain = PlainClerk(ledger.url, "clerk3")
        key(system, "WARM-UP")
        for number in range(rounds):
            times["Keywright"].append(timed(partial(key, system, f"K-{number}")))
            times["bare Playwright script"].append(timed(partial(type_bare, bare_page, ledger.url, f"B-{number}")))
            times["plain HTTP posts"].append(timed(partial(post_plain, plain, f"P-{number}")))
        assert len(bills(ledger)) == 3 * rounds + 1, "each was booked, and once"
    return times


def key(system: Payables, number: str) -> None:
    """Key one bill as robots do: look, enter, look again."""
    lines = tuple(BillLine(description=f"Line {n}", account="5960", amount=Decimal("50.00")) for n in (1, 2))
    record = Bill(
        seller_name=NAME,
        vendor_number=VENDOR,
        invoice_number=number,
        issue_date=ISSUED,
        due_date=dt.date(2026, 12, 9),
        purchase_order="PO-17",
        lines=lines,
        tax_total=Decimal("13.00"),
    )
    assert system.find(record) is None
    system.enter(record, lambda: 60.0)
    assert system.find(record) is not None


def sign_in_bare(page: Page, url: str, clerk: str) -> None:
    """Sign in as a clerk of its own."""
    page.goto(f"{url}/login.pl")
    page.locator("input[name=login]").fill(clerk)
    page.locator("input[name=password]").fill(password_of(clerk))
    page.locator("input[type=submit]").click()
    page.wait_for_selector("frame[name=main_window]", state="attached")


def type_bare(page: Page, url: str, number: str) -> None:
    """Type one bill and post it, believing all: one Update, without which there is no row for the second line."""
    page.goto(f"{url}/ap.pl?action=add&type=transaction&path=bin/mozilla&login=clerk2@millbrook&js=1")
    page.locator("input[name=vendornumber]").fill(VENDOR)
    page.locator("input[name=invnumber]").fill(number)
    page.locator("input[name=transdate]").fill("11-02-2026")
    page.locator("input[name=ponumber]").fill("PO-17")
    _line(page, 1)
    with page.expect_navigation():
        page.locator("input[type=submit][value=Update]").click()
    page.locator("input[name=duedate]").fill("12-09-2026")
    _line(page, 2)
    page.locator(f"input[name=calctax_{HST}]").uncheck()
    page.locator(f"input[name=tax_{HST}]").fill("13.00")
    with page.expect_navigation():
        page.locator("input[type=submit][value=Post]").click()


def _line(page: Page, row: int) -> None:
    page.locator(f"[name=description_{row}]").fill(f"Line {row}")
    page.locator(f"[name=AP_amount_{row}]").select_option(f"5960--{ACCOUNTS['5960']}")
    page.locator(f"[name=amount_{row}]").fill("50.00")


def post_plain(clerk: PlainClerk, number: str) -> None:
    """Post one bill without a browser."""
    head = {
        "invnumber": number,
        "transdate": "11-02-2026",
        "duedate": "12-09-2026",
        "ponumber": "PO-17",
        f"tax_{HST}": "13.00",
    }
    clerk.book(VENDOR, head, ("Line 1", "5960", "50.00"), ("Line 2", "5960", "50.00"))


def timed(act: Callable[[], None]) -> float:
    """Return how long something takes, in seconds."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
