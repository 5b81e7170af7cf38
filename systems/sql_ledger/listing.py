"""SQL-Ledger's list of accounts-payable transactions, searched with its filter fully open and read in one call."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import Frame

from keywright.errors import Unproven
from systems.records.bill import Bill
from systems.web.screen.formats import folded, plain

COLUMNS = ("ID", "Invoice", "Vendor", "Vendor Number")
SHOWN = ("l_id", "l_invnumber", "l_name", "l_vendornumber")

END = "listtotal"  # a list ends with the row of its totals, also where nothing was found: then it is the only one
RECORD = ("listrow0", "listrow1")

# Every displayed row below the headings, in its order: its class, its cells, and the link to its record.
READ_LIST = """() => {
    const cells = row => [...row.cells].map(cell => cell.textContent);
    const heads = [...document.querySelectorAll('tr.listheading')];
    const table = heads[0]?.closest('table');
    const below = table ? [...table.rows].slice([...table.rows].indexOf(heads[0]) + 1) : [];
    const rows = below.filter(row => row.getClientRects().length || row.textContent.trim());
    const link = row => row.querySelector('a')?.getAttribute('href') ?? '';
    return [heads.map(cells), rows.map(row => [row.className, cells(row), link(row)])];
}"""


@dataclass(frozen=True, slots=True)
class ListedBill:
    """One record of the list; the number is SQL-Ledger's own."""

    number: str
    invoice_number: str
    vendor: str
    vendor_number: str


def search(record: Bill) -> dict[str, str]:
    """Return the query for the list: open and closed, paid and zero, of all dates, near this number and vendor.

    The results are compared exactly afterwards. The number is searched with a wildcard for every letter that SQL-Ledger
    would not find as written: its search lowers A-Z only, and treats ``_`` and ``%`` as wildcards.
    """
    return search_for(record.invoice_number, record.vendor_number)


def search_for(invoice_number: str, vendor_number: str = "") -> dict[str, str]:
    """Return what to ask the list for: every bill with about this number, of any vendor or of this one."""
    query = {"title": "AP Transactions", "sort": "transdate", "summary": "1", "open": "Y", "closed": "Y"}
    query |= dict.fromkeys(SHOWN, "Y")
    query["invnumber"] = pattern(invoice_number)
    if vendor_number:
        query["vendornumber"] = pattern(vendor_number)
    return query


def pattern(text: str) -> str:
    """Return a pattern that finds every spelling of a text, and more: letters A-Z, digits, and a wildcard between."""
    return f"%{re.sub(r'[^a-z0-9.-]+', '%', folded(text))}%".replace("%%", "%")


def bills_in(frame: Frame) -> list[ListedBill]:
    """Return the records of a list.

    Raises Unproven if it has other columns than were asked for, holds a row that is no record, or does not end with the
    row of its totals: its screen has changed then, or a part of it did not come.
    """
    headings, rows = frame.evaluate(READ_LIST)
    columns = [plain(head) for head in headings[0] if plain(head)] if headings else []
    if len(headings) != 1 or tuple(columns) != COLUMNS:
        raise _unproven(f"lists {', '.join(columns) or 'nothing'} where {', '.join(COLUMNS)} were expected")
    kinds = [kind for kind, _, _ in rows]
    if kinds[-1:] != [END] or kinds.count(END) != 1:
        raise _unproven("does not end its list with the row of the totals, as it does also when nothing was found")
    return [_record(*row) for row in rows[:-1]]


def shown_when_empty(frame: Frame) -> str:
    """Return which rows a list has below its headings when nothing was found. Raises Unproven if it shows a record."""
    if bills_in(frame):
        raise _unproven("found records when asked for what is not there")
    return END


def _record(kind: str, cells: Sequence[str], link: str) -> ListedBill:
    """Return the record of a row. Raises Unproven if it cannot be read: it could be the record that is looked for."""
    if kind not in RECORD or not link or len(cells) < len(COLUMNS):
        raise _unproven(f"lists a row that cannot be read: {plain(' '.join(cells))[:100]!r}")
    return ListedBill(*(plain(cell) for cell in cells[-len(COLUMNS) :]))


def _unproven(what: str) -> Unproven:
    return Unproven(
        f"SQL-Ledger {what}. So it is not certain which bills it holds, and nothing is entered. Compare its list with "
        "systems/sql_ledger/listing.py before anything else is keyed there."
    )
