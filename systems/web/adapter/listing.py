"""Reads a system's list of records to its end, and proves that it is empty where it shows none.

A list that shows no record is the reason why one is posted, so it counts as empty only if the page shows what this
system shows when nothing was found: its module declares that, and the probe has seen it. Anything else is Unproven.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from playwright.sync_api import Locator

from keywright.errors import Retry, Stop, Unproven
from systems.web.screen.formats import one_line
from systems.web.screen.screen import Screen
from systems.web.screen.tables import Table, table_on

MOST_PAGES = 500  # a list that never ends is a fault, and the look must end
NOTHING = "zq0zq0zq0"  # what a probe asks for to see the list of nothing
NUMBERS = ("page", "pages", "first", "last", "total")
NUMBER = r"(?:\d{1,3}(?:[,.\u00a0\u202f ]\d{3})+|\d+)"


@dataclass(frozen=True, slots=True)
class Says:
    """The list is empty where the page says so, and it says so nowhere else: ``No records found``, ``0 records``."""

    text: str

    def is_shown(self, table: Table) -> bool:
        """Say whether a page says that nothing was found; as whole words, so that 10 records are not 0 records."""
        return re.search(rf"(?<![\w.,-]){re.escape(one_line(self.text))}(?!\w)", table.page) is not None


@dataclass(frozen=True, slots=True)
class Below:
    """The list is empty if its headings are displayed, and below them, to the end of the page, only this text."""

    text: str

    def is_shown(self, table: Table) -> bool:
        """Say whether a page displays the headings of the list, and below them what it displays without a record."""
        return table.is_there and not table.pictures and table.below == one_line(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A system's list of records, as its module declares it.

    ``name`` is the name of the list's screen in the shape, ``empty`` what the list shows when nothing was found,
    ``columns`` its headings. ``counts`` is the sentence in which the page counts its rows, with ``{page}``,
    ``{pages}``, ``{first}``, ``{last}`` and ``{total}`` for the numbers: ``Showing {first} to {last} of {total}``.
    ``fillers`` are the first words of rows that hold no record, for example totals. ``onward`` is the link to the next
    page.
    """

    name: str
    columns: tuple[str, ...]
    empty: Says | Below
    counts: str = ""
    fillers: tuple[str, ...] = ()
    onward: str = "Next"

    def __post_init__(self) -> None:
        if isinstance(self.empty, Says) and not self.empty.text.strip():
            raise ValueError(
                f"Say what the list {self.name!r} says when nothing was found; an empty text says nothing."
            )


def list_rows(screen: Screen, listing: Listing, ensure: Callable[[], None] = lambda: None) -> Iterator[list[str]]:
    """Return the rows of a list, each cell a text, from page to page; those too that a page holds and hides.

    ``ensure`` sees after each step that the page is still the list. Raises Unproven if the list has other columns,
    holds a row that cannot be read, shows another number of rows than it says, or shows none and not what it shows
    then; Retry if it does not end.
    """
    rows_read = 0
    for page in range(1, MOST_PAGES + 1):
        table = _read(screen, listing)
        _ensure_readable(screen, listing, table)
        if not table.rows:
            _ensure_empty(screen, listing, table, page)
        rows_read += len(table.rows)
        onward = _onward(screen, listing)
        _ensure_counted(screen, listing, table, page, rows_read, is_last=onward is None)
        yield from (list(row) for row in (*table.rows, *table.hidden))
        if onward is None:
            return
        with screen.answer(f"{listing.onward!r}"):
            onward.click()
        ensure()
    raise Retry(f"{screen.system} lists more than {MOST_PAGES} pages of records. Narrow the search; it is tried again.")


def rows_under(screen: Screen, columns: Sequence[str], fillers: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return the displayed rows of a table on a record's page, the cells in the order of these columns.

    Rows whose words begin with one of ``fillers``, for example a total, are left out. Raises Stop if the page does not
    display exactly one table with these columns, or if a row of it cannot be read.
    """
    table = table_on(screen.frame, columns, exactly=False)
    unread = [words for words in table.unread if not words.startswith(fillers)]
    if not table.is_there or unread:
        what = f"a row that cannot be read, {unread[0][:100]!r}" if unread else f"{table.tables} tables"
        raise Stop(
            f"{screen.system} shows {what} under {', '.join(columns)} on {screen.name!r}. Compare that screen with its "
            "module in systems/ before anything else is keyed there."
        )
    places = [table.heads.index(column) for column in columns]
    return [tuple(row[place] for place in places) for row in table.rows]


def shown_when_empty(screen: Screen, listing: Listing) -> str:
    """Return what a list shows when nothing was found, for the shape. Raises Unproven if it shows a record.

    This is the declared text if the page shows it. Otherwise it is what the page shows instead, so that a probe can
    report it.
    """
    table = _read(screen, listing)
    if table.rows:
        raise _unproven(screen, f"found {len(table.rows)} records when asked for {NOTHING!r}, which is none")
    if listing.empty.is_shown(table):
        return listing.empty.text
    pictures = f" ({', '.join(table.pictures[:5])})" if table.pictures else ""
    return f"{table.below}{pictures}" if table.is_there else table.page[:200]


def _read(screen: Screen, listing: Listing) -> Table:
    """Read a list; a row in which a single cell says that nothing was found, and no other says anything, is no record.

    What that row says belongs to what the page says, and not to its records.
    """
    table = table_on(screen.frame, listing.columns)
    if not isinstance(listing.empty, Says):
        return table
    says = one_line(listing.empty.text)
    rows = tuple(row for row in table.rows if [words.rstrip(" .") for words in row if words] != [says.rstrip(" .")])
    return table if len(rows) == len(table.rows) else replace(table, rows=rows, page=f"{table.page} {says}")


def _ensure_readable(screen: Screen, listing: Listing, table: Table) -> None:
    """See that every displayed row was read, or is known to hold no record."""
    if table.tables > 1:
        raise _unproven(screen, f"shows {table.tables} lists with the columns {', '.join(listing.columns)}")
    if not table.is_there and table.near:
        columns = ", ".join(table.near[0])
        raise _unproven(screen, f"lists {columns} where {', '.join(listing.columns)} were expected")
    unread = [words for words in table.unread if not _is_filler(words, listing)]
    if unread:
        raise _unproven(screen, f"lists {len(unread)} rows that cannot be read, such as {unread[0][:100]!r}")
    if table.is_window:
        raise _unproven(screen, "draws only a part of its list, the rest as one scrolls")


def _is_filler(words: str, listing: Listing) -> bool:
    empty = one_line(listing.empty.text)
    return words.startswith(listing.fillers) or (isinstance(listing.empty, Says) and words.startswith(empty))


def _ensure_empty(screen: Screen, listing: Listing, table: Table, page: int) -> None:
    """See that a list that shows no record shows what it shows when nothing was found, as the probe has seen it."""
    recorded = screen.shape.empty
    if recorded is None or one_line(recorded) != one_line(listing.empty.text):
        raise _unproven(
            screen,
            f"lists nothing, and of {listing.name!r} it is not on record that it shows {listing.empty.text!r} then. "
            f"Put on record what it shows when nothing is found: ./run probe {screen.system} --record",
        )
    if page > 1 or not listing.empty.is_shown(table):
        shown_instead = _below_in_words(table) if table.is_there else repr(table.page[:200])
        raise _unproven(
            screen,
            f"lists nothing, and shows {shown_instead} where it shows {listing.empty.text!r} when nothing was found",
        )


def _below_in_words(table: Table) -> str:
    pictures = f" with what cannot be read: {', '.join(table.pictures[:5])}" if table.pictures else ""
    return f"{table.below or 'nothing'!r} below its headings{pictures}"


def _ensure_counted(
    screen: Screen, listing: Listing, table: Table, page: int, rows_read: int, *, is_last: bool
) -> None:
    """See that as many records were read as the page says it shows."""
    if table.rows and isinstance(listing.empty, Says) and listing.empty.is_shown(table):
        raise _unproven(screen, f"lists {len(table.rows)} records and says {listing.empty.text!r}")
    if not listing.counts:
        return
    counts = counted(listing.counts, table.page)
    if counts is None:
        if not table.rows and isinstance(listing.empty, Says):
            return  # many systems count only what there is
        raise _unproven(screen, f"does not show {listing.counts!r}, by which its rows are counted")
    there = {"page": page, "first": rows_read - len(table.rows) + 1, "last": rows_read}
    if not table.rows:
        there = {"page": page, "total": 0}
    elif is_last:
        there |= {"pages": page, "total": rows_read}
    if wrong := [name for name, number in there.items() if counts.get(name, number) != number]:
        words = ", ".join(f"{name} {counts[name]} where {there[name]} was read" for name in wrong)
        raise _unproven(screen, f"shows other rows than it counts: {words}")


def counted(template: str, page: str) -> dict[str, int] | None:
    """Return the numbers that a page shows in the words of a template, outside its records; None if it does not."""
    match = _pattern(one_line(template)).search(page)
    if match is None:
        return None
    return {name: int(re.sub(r"\D", "", number)) for name, number in match.groupdict().items()}


@cache
def _pattern(template: str) -> re.Pattern[str]:
    pattern = re.escape(template)
    for name in NUMBERS:
        pattern = pattern.replace(rf"\{{{name}\}}", f"(?P<{name}>{NUMBER})", 1)
    return re.compile(rf"(?<![\w.,]){pattern}(?![\w]|[.,]\d)")


def _onward(screen: Screen, listing: Listing) -> Locator | None:
    """Return the link to the next page, None if there is none. Raises Unproven if a button leads there."""
    words = re.compile(rf"^\W*{re.escape(listing.onward)}\W*$")
    links = screen.frame.get_by_role("link", name=words)
    for index in range(links.count()):
        if not links.nth(index).evaluate("link => link.matches('.disabled, .disabled *, [aria-disabled=true]')"):
            return links.nth(index)
    if screen.frame.get_by_role("button", name=words, disabled=False).count():
        raise _unproven(screen, f"has more behind the button {listing.onward!r}, and only a link is followed")
    return None


def _unproven(screen: Screen, what: str) -> Unproven:
    return Unproven(
        f"{screen.system} {what}. So it is not certain which records it holds, and nothing is entered. Compare its "
        "list with its module in systems/ before anything else is keyed there."
    )
