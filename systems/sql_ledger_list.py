"""SQL-Ledger's list of accounts-payable transactions: asked with its filter fully open, and read in one call."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Frame

from keywright.errors import Stop
from systems.formats import folded, plain
from systems.sql_ledger_records import Bill

COLUMNS = ("ID", "Invoice", "Vendor", "Vendor Number")
SHOWN = ("l_id", "l_invnumber", "l_name", "l_vendornumber")

# Each row, but the last with the totals, has a link to the record.
LISTED = """() => {
    const cells = row => [...row.cells].map(cell => cell.textContent);
    const rows = [...document.querySelectorAll('tr.listrow0, tr.listrow1')];
    const head = document.querySelector('tr.listheading');
    const link = row => row.querySelector('a')?.getAttribute('href') ?? '';
    return [head ? cells(head) : [], rows.map(cells), rows.map(link)];
}"""


@dataclass(frozen=True, slots=True)
class Found:
    """One record of the list; the number is SQL-Ledger's own."""

    number: str
    invoice_number: str
    vendor: str
    vendor_number: str


def search(record: Bill) -> dict[str, str]:
    """Return what to ask the list for: open and closed, paid and zero, of all dates, near this number and vendor.

    What is found is compared exactly afterwards. The number is asked for with a wildcard for all that SQL-Ledger would
    not find as it is written: its search lowers A-Z only, and takes ``_`` and ``%`` for wildcards itself.
    """
    asked = {"title": "AP Transactions", "sort": "transdate", "summary": "1", "open": "Y", "closed": "Y"}
    asked |= dict.fromkeys(SHOWN, "Y")
    asked["invnumber"] = pattern(record.invoice_number)
    if record.vendor_number:
        asked["vendornumber"] = pattern(record.vendor_number)
    return asked


def pattern(text: str) -> str:
    """Return a pattern that finds every spelling of a text, and more: letters A-Z, digits, and a wildcard between."""
    return f"%{re.sub(r'[^a-z0-9.-]+', '%', folded(text))}%".replace("%%", "%")


def found_in(frame: Frame) -> list[Found]:
    """Return the records of a list. Raises Stop if it has other columns than were asked for: its screen has changed."""
    heads, rows, links = frame.evaluate(LISTED)
    columns = tuple(plain(head) for head in heads if plain(head))
    if columns != COLUMNS:
        raise Stop(
            f"SQL-Ledger lists {', '.join(columns)} where {', '.join(COLUMNS)} were expected. Its screen has changed: "
            "compare it with systems/sql_ledger_list.py before anything else is keyed there."
        )
    return [
        Found(*(plain(cell) for cell in row[-len(COLUMNS) :])) for row, link in zip(rows, links, strict=True) if link
    ]
