"""Reads what Trac holds, in a window where no script of a page runs: its lists, a ticket's values, its files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from playwright.sync_api import Page

from keywright.errors import Retry, Stop, Unproven
from systems.web.adapter.listing import MOST_PAGES
from systems.web.browser.browser import PATIENCE_MS
from systems.web.screen.formats import plain

LISTED = "Custom Query"  # the heading of a list
NO_TICKETS = "No tickets found"  # stands in the one row of an empty list
MATCHES = re.compile(r"\(([\d,. ]*\d) match(?:es)?\)")
LIST = """() => {
    const tables = [...document.querySelectorAll('table.tickets')];
    const rows = [...document.querySelectorAll('table.tickets tbody.trac-query-results tr')];
    const texts = row => [...row.cells].map(cell => cell.textContent.trim());
    return {
        heads: tables.length === 1 ? texts(tables[0].querySelector('tr.trac-columns') ?? {cells: []}) : [],
        rows: rows.filter(row => row.querySelector('td.id')).map(texts),
        others: rows.filter(row => !row.querySelector('td.id')).map(row => row.textContent.trim()),
        matches: document.querySelector('#content h1 .numrows')?.textContent.trim() ?? '',
        onward: document.querySelector('.paging .next a')?.href ?? '',
    };
}"""
#: What the controls of a ticket's own form hold, by their labels: a text as Trac keeps it, not as it renders it.
READ_FORM = """() => [...document.querySelectorAll('#properties table.trac-properties th')].map(head => {
    const label = head.textContent.trim().replace(/:$/, '');
    const cell = head.nextElementSibling;
    const control = cell?.querySelector('input:not([type=hidden]), select, textarea');
    if (!label || !control) return [label, null];
    if (control.type === 'checkbox') return [label, control.checked ? 'Yes' : 'No'];
    if (control.type === 'radio') return [label, cell.querySelector('input:checked')?.value ?? ''];
    return [label, control.tagName === 'SELECT' ? control.selectedOptions[0]?.text ?? '' : control.value];
})"""
#: The files of a ticket, and how many there are by the heading of their list: ``(0)`` where there is none.
FILES = """() => ({
    count: document.querySelector('#attachments .trac-count')?.textContent.trim() ?? '',
    files: [...document.querySelectorAll('#attachments dl.attachments dt')].map(entry => ({
        name: entry.querySelector('a').textContent.trim(),
        size: parseInt(entry.querySelector('span[title]').title.replace(/[^0-9]/g, '')),
        href: entry.querySelector('a.trac-rawlink').href,
    })),
})"""


@dataclass(frozen=True, slots=True)
class Query:
    """A query over tickets of every status.

    ``ask`` holds names of fields and a part of their text, ``columns`` the names and headings of those to show,
    ``most`` how many rows a page shows.
    """

    filters: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]
    most: int

    @property
    def path(self) -> str:
        """Return the address of the query's first page; without anything to ask, of all tickets."""
        filters = [(name, f"~{part}") for name, part in self.filters if part] or [("id", "1-")]
        columns = [("col", name) for name, _ in self.columns]
        return "query?" + urlencode([*filters, *columns, ("order", "id"), ("max", str(self.most))])

    @property
    def headings(self) -> list[str]:
        """Return the headings of the list."""
        return [heading for _, heading in self.columns]


@dataclass(frozen=True, slots=True)
class TracAttachment:
    """A file that a ticket's page lists: its name, its size in bytes, and where it is downloaded."""

    name: str
    size: int
    href: str


class TracReading:
    """One look at Trac: every page is requested again, and no script on a page can change its values."""

    def __init__(self, system: str, page: Page, goto: Callable[[str, str], None]) -> None:
        self.system = system
        self.page = page
        self._goto = goto

    def rows(self, query: Query) -> Iterator[list[str]]:
        """Return the rows of every page of a query, each cell a text.

        Raises Unproven if the list has other columns, holds a row that is no ticket, or has another number of rows than
        Trac says it has found, or shows none and does not say that there is none.
        """
        rows_read, onward = 0, query.path
        for _ in range(MOST_PAGES):
            self._goto(onward, LISTED)
            listing = self.page.evaluate(LIST)
            heads = [head for head in listing["heads"] if head]
            if heads != query.headings:
                columns = ", ".join(heads) or "nothing"
                raise self._unproven(f"lists {columns} where {', '.join(query.headings)} were expected")
            if listing["others"] != ([] if listing["rows"] else [NO_TICKETS]):
                raise self._unproven(f"shows {listing['others'][:3]} among its tickets")
            rows_read += len(listing["rows"])
            yield from (row[-len(heads) :] for row in listing["rows"])
            onward = listing["onward"]
            if not onward:
                break
        matches = MATCHES.fullmatch(listing["matches"])
        if matches is None or int(re.sub(r"\D", "", matches[1])) != rows_read:
            raise self._unproven(f"has listed {rows_read} tickets, and says {listing['matches']!r}")

    def nothing_found(self, query: Query) -> str:
        """Return what a list shows that finds nothing. Raises Unproven if it shows a ticket."""
        if rows := list(self.rows(query)):
            raise self._unproven(f"found {len(rows)} tickets when asked for what is not there")
        return NO_TICKETS

    def ticket(self, number: str) -> Callable[[str], str]:
        """Open a ticket, and return a function from a label to the value in the form's control of this label.

        The function raises Stop if no control has this label, or if two have it.
        """
        self._goto(f"ticket/{number.lstrip('#')}", "")
        pairs: list[tuple[str, str | None]] = self.page.evaluate(READ_FORM)

        def value_at(label: str) -> str:
            values = [value for printed, value in pairs if printed == label and value is not None]
            if len(values) != 1:
                raise self._changed(f"has {len(values)} times a control at {label!r} on the form of a ticket")
            return plain(values[0])

        return value_at

    def files(self) -> list[TracAttachment]:
        """Return the files that the ticket's page lists. Raises Unproven if their number differs from its count."""
        attachments = self.page.evaluate(FILES)
        if attachments["count"] != f"({len(attachments['files'])})":
            raise self._unproven(
                f"lists {len(attachments['files'])} files of a ticket, and counts {attachments['count']!r}"
            )
        return [TracAttachment(file["name"], file["size"], file["href"]) for file in attachments["files"]]

    def sha256_of(self, attached: TracAttachment) -> str:
        """Download a file in this session, and return the hash of what came. Raises Retry if it does not come."""
        response = self.page.context.request.get(attached.href, timeout=PATIENCE_MS)
        if not response.ok:
            raise Retry(
                f"{self.system} answers {response.status} to the download of {attached.name}. It is tried again."
            )
        return hashlib.sha256(response.body()).hexdigest()

    def _unproven(self, how: str) -> Unproven:
        return Unproven(
            f"{self.system} {how}. So it is not certain what it holds, and nothing is entered. Compare its pages with "
            "systems/trac/reading.py before anything else is keyed there."
        )

    def _changed(self, how: str) -> Stop:
        return Stop(
            f"{self.system} {how}. Its fields have changed: compare them with systems/trac/permit.py before anything "
            "else is keyed there."
        )
