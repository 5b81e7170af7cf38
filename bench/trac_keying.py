"""Seconds to key one permit with its file into a real Trac, compared with a bare Playwright script and plain HTTP
posts.

``./run bench trac_keying``: the three work the same Trac in turn, signed in beforehand, and the ratios are of medians
in one run. The bare script types the same fields into the same screen and uploads the same file: no look before, no
read-back, no look after, no picture. It runs twice: in a browser context that holds the password, the way scripts do,
and in one that has only the cookies, like ours, which saves Trac most of its own pages' scripts.
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page
from rich.table import Table

from keywright.terminal import SafeConsole

ROUNDS = 10
CONTENT = b"%PDF-1.4\n" + b"an application\n" * 2_000
TEXTS = {
    "summary": "New construction: {} Elm Street, unit B",
    "site_address": "{} Elm Street",
    "unit": "B",
    "municipality": "Maple Narrows",
    "postal_code": "L9T 1A1",
    "lot_con": "Lot 3, Con. 4",
    "roll_number": "2409-010-002",
    "est_value": "48500.00",
    "area": "120.5",
    "proposed_use": "House",
    "current_use": "House",
    "work": "Deck and stairs\nsee plan",
    "applicant": "Zoë D'Arcy",
    "phone": "905-555-0100",
    "email": "zoe@example.org",
    "applicant_address": "1 Quay Street\nQuébec",
    "owner_name": "Sam Roe",
    "builder": "Build Right Inc.",
    "designer": "Dee Signer",
    "bcin": "12345",
    "declared": "2026-12-01",
}


def main() -> int:
    """Measure, and print the medians and their ratios to the bare script's."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["KEYWRIGHT_HOME"] = home
        times = measure(Path(home))
    table = Table("", "median s", "least s", "most s", title=f"One permit and its file, {ROUNDS} of each, in turn")
    for name, taken in times.items():
        table.add_row(name, *(f"{value:.2f}" for value in (statistics.median(taken), min(taken), max(taken))))
    SafeConsole().print(table)
    own_median, *other_medians = (statistics.median(taken) for taken in times.values())
    for name, median in zip(list(times)[1:], other_medians, strict=True):
        print(f"ours is {own_median / median:.2f} times {name}")
    return 0


def measure(home: Path) -> dict[str, list[float]]:
    """Return the seconds of each keying by each way, ours first."""
    from demo.trac import running
    from demo.trac.plain_clerk import TracClerk
    from keywright.model.target_system import SignIn
    from systems.trac.permits import PermitTickets
    from systems.web.browser.browser import fresh_page, running_browser

    paper = home / "paper.pdf"
    paper.write_bytes(CONTENT)
    with running(home / "trac") as office, running_browser() as browser, fresh_page(browser) as page:
        sign_in = SignIn(office.url, "clerk", "clerk-pw")
        desk = PermitTickets(page, sign_in)
        knows_password, has_cookies = bare_pages(browser, office.url)
        clerk = TracClerk(office.url)
        ways: dict[str, Callable[[int], None]] = {
            "Keywright: look, enter, look again": partial(key, desk, paper),
            "the bare script": partial(type_bare, knows_password, office.url),
            "the bare script with our cookies": partial(type_bare, has_cookies, office.url),
            "plain HTTP posts": partial(send, clerk),
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(ROUNDS + 1):  # the first of each is not counted: caches are filled
            for n, (name, way) in enumerate(ways.items()):
                began = time.perf_counter()
                way(10 * number + n)
                times[name].append(time.perf_counter() - began)
    return {name: taken[1:] for name, taken in times.items()}


def key(desk: Any, paper: Path, number: int) -> None:
    """Key one permit as robots do."""
    from keywright.model.document import Enclosure, fingerprint
    from systems.records.permit_application import PermitApplication

    texts = {name: text.format(number) for name, text in TEXTS.items()}
    record = PermitApplication(
        project_address=texts["site_address"],
        project_unit=texts["unit"],
        project_municipality=texts["municipality"],
        project_postal_code=texts["postal_code"],
        project_lot_con=texts["lot_con"],
        roll_number=texts["roll_number"],
        project_value=Decimal(texts["est_value"]),
        work_area_m2=Decimal(texts["area"]),
        purpose="new construction",
        proposed_use=texts["proposed_use"],
        current_use=texts["current_use"],
        work_description=texts["work"],
        applicant_name=texts["applicant"],
        applicant_is="authorized agent of owner",
        applicant_phone=texts["phone"],
        applicant_email=texts["email"],
        applicant_address=texts["applicant_address"],
        owner_name=texts["owner_name"],
        builder_name=texts["builder"],
        tarion_new_home=True,
        designer_name=texts["designer"],
        designer_bcin=texts["bcin"],
        declaration_date=dt.date(2026, 12, 1),
        file=Enclosure("application.pdf", paper, fingerprint(CONTENT)),
    )
    assert desk.find(record) is None
    desk.enter(record, lambda: 120.0)
    assert desk.find(record) is not None


def bare_pages(browser: Browser, url: str) -> tuple[Page, Page]:
    """Return a page whose context holds the password, and one whose context has only its cookies, both signed in."""
    context = browser.new_context(http_credentials={"username": "clerk2", "password": "clerk-pw"})
    page = context.new_page()
    page.goto(f"{url}/login")
    signed_in = browser.new_context(storage_state=context.storage_state())
    return page, signed_in.new_page()


def type_bare(page: Page, url: str, number: int) -> None:
    """Type one permit, create it and upload its file, believing all."""
    page.goto(f"{url}/newticket")
    for name, text in TEXTS.items():
        page.locator(f"#field-{name}").fill(text.format(number))
    page.locator("#field-purpose").select_option("New construction")
    page.get_by_label("Agent").check()
    page.locator("#field-new_home").check()
    page.locator("[name=attachment]").check()
    page.get_by_role("button", name="Create ticket").click()
    page.wait_for_url("**/attachment/ticket/*")
    page.locator("[type=file]").set_input_files(
        {"name": "application.pdf", "mimeType": "application/pdf", "buffer": CONTENT}
    )
    page.get_by_role("button", name="Add attachment").click()
    page.get_by_text("Attachments").first.wait_for()


def send(clerk: Any, number: int) -> None:
    """Create one permit and upload its file by plain posts."""
    fields = {name: text.format(number) for name, text in TEXTS.items()}
    more = {"type": "building permit", "purpose": "New construction", "applicant_is": "Agent", "new_home": "1"}
    clerk.attach(clerk.create(fields | more), "application.pdf", CONTENT)


if __name__ == "__main__":
    sys.exit(main())
