"""Reads a system's list of records to its end: every page, every row, under the headings that were expected."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from keywright.errors import Retry, Stop
from systems.screen import Screen, rows

MOST_PAGES = 500  # a list that never ends is a fault, and the look must end


def listed(
    screen: Screen, columns: Sequence[str], onward: str = "Next", ensure: Callable[[], None] = lambda: None
) -> Iterator[list[str]]:
    """Return the rows of a list, each cell a text, following the link ``onward`` from page to page.

    ``ensure`` sees after each step that the page is still the list. Raises Stop if the list has other columns: its
    screen has changed; Retry if it does not end.
    """
    for _ in range(MOST_PAGES):
        heads, *found = rows(screen.frame, columns[0])
        if tuple(heads) != tuple(columns):
            raise Stop(
                f"{screen.system} lists {', '.join(heads)} where {', '.join(columns)} were expected. Its screen has "
                "changed: compare it with its module in systems/ before anything else is keyed there."
            )
        yield from (row for row in found if len(row) == len(columns))
        link = screen.frame.get_by_role("link", name=onward)
        if not link.count():
            return
        with screen.answer(f"{onward!r}"):
            link.click()
        ensure()
    raise Retry(f"{screen.system} lists more than {MOST_PAGES} pages of records. Narrow the search; it is tried again.")
