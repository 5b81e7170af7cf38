"""A clerk's session at the demo town hall: sign-in, its pages in frames, its searches, its record pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from playwright.sync_api import Frame

from keywright.errors import Retry, Stop
from keywright.model.target_system import Receipt
from systems.web.adapter.comparison import Comparison
from systems.web.adapter.listing import Below, Listing, list_rows, shown_when_empty
from systems.web.adapter.session import WebSession
from systems.web.adapter.unexpected_pages import OtherPage, SessionEnded, ensure_no_question
from systems.web.screen.formats import Expected
from systems.web.screen.screen import Screen
from systems.web.screen.tables import table_on

SIGN_IN = "MuniSuite 4.2"
EXPIRED = "Session expired!"
HEADING = "() => document.querySelector('th.head, h3')?.textContent ?? ''"


def list_of(heading: str, *columns: str) -> Listing:
    """Return a list of the town hall: below the headings, where there is nothing, it shows its one page and no more."""
    return Listing(
        name=f"{heading}: list", columns=columns, empty=Below("Page 1 of 1"), counts="Page {page} of {pages}"
    )


@dataclass(frozen=True, slots=True)
class Search:
    """A search screen: its address and heading, what to ask, and its list. All else is left open, the status All."""

    path: str
    heading: str
    filters: tuple[tuple[str, str], ...]
    listing: Listing


class TownHallSession(WebSession):
    """One clerk's session in one browser page; unexpected pages are handled here and nowhere else."""

    def open(self, path: str, heading: str, name: str = "") -> Screen:
        """Open a page in the main window; signs in first where that has not been done. ``name`` is its shape's."""
        frame = self._main_window() or self.arrive()
        frame.goto(self.address(path))
        self.ensure(frame, heading)
        return self.screen(frame, name or heading)

    def ensure(self, frame: Frame, heading: str | None) -> None:
        """See that a page is the expected one.

        Raises SessionEnded, after signing in again, if the session has ended. The password is never typed into the
        page that says so: it would replay the request, and a post would be made twice. Raises Refer if a dialog
        popped up, OtherPage for any other page.
        """
        shown_heading = str(frame.evaluate(HEADING))
        if shown_heading in (EXPIRED, SIGN_IN):
            self.sign_in()
            raise SessionEnded(self.system, self._sign_in.user)
        ensure_no_question(self.system, self._dialogs)
        if heading is not None and shown_heading != heading:
            raise OtherPage(self.system, heading, shown_heading, frame.locator("body").inner_text())

    def arrive(self) -> Frame:
        """Return the main window with the login of an earlier case; sign in if it has ended."""
        if self._page.context.cookies():
            self._page.goto(self._sign_in.url)
            if frame := self._main_window():
                return frame
        self.sign_in()
        frame = self._main_window()
        if frame is None:
            raise Retry(f"{self.system} shows no main window after sign-in.")
        return frame

    def sign_in(self) -> None:
        """Sign in at the front door. Raises Stop if the town hall does not let us in."""
        self._page.context.clear_cookies()
        self._page.goto(self._sign_in.url)
        self._page.get_by_label("Name", exact=True).fill(self._sign_in.user)
        self._page.get_by_label("Password", exact=True).fill(self._sign_in.password)
        with self._page.expect_navigation():
            self._page.get_by_role("button", name="Login", exact=True).click()
        if self._page.get_by_text("Access Denied!", exact=True).count():
            raise Stop(
                f"{self.system} refuses the sign-in of {self._sign_in.user!r}. Check the login and the password."
            )

    def searched(self, search: Search) -> Iterator[list[str]]:
        """Search with the filter fully open and return the rows of every page, each cell a text."""
        screen = self._search(search)
        yield from list_rows(screen, search.listing, ensure=lambda: self.ensure(screen.frame, search.heading))

    def nothing_found(self, search: Search) -> tuple[str, str]:
        """Make a search that finds nothing; return the list's name, and what it shows then."""
        return search.listing.name, shown_when_empty(self._search(search), search.listing)

    def walked(self, form: tuple[str, str], search: Search, record: tuple[str, str]) -> Iterator[Screen]:
        """Open each screen in turn, without posting: the form, the search, what it lists, and the first record there.

        ``form`` and ``record`` are an address and a heading.
        """
        yield self.open(*form)
        yield self.open(search.path, search.heading)
        screen = self._search(search)
        yield screen
        first = next(iter(table_on(screen.frame, search.listing.columns).rows), None)
        if first is not None:
            path, heading = record
            with self.window(f"{path}?number={first[0]}", f"{heading} {first[0]}", heading) as screen:
                yield screen

    def record(
        self,
        path: str,
        number: str,
        heading: str,
        expected: Sequence[Expected],
        lines: Sequence[Sequence[Expected]] = (),
        also: Callable[[Screen], list[Comparison]] = lambda _: [],
    ) -> Receipt:
        """Return the receipt of the record of this number, whose page has the number in its heading."""
        where = f"{path}?number={number}"
        return self.receipt(where, number, f"{heading} {number}", expected, lines, also, name=heading)

    def _search(self, search: Search) -> Screen:
        screen = self.open(search.path, search.heading)
        for label, value in search.filters:
            screen.text(label, value)
        screen.select("Status", "All")
        return self.search(screen, "Continue", search.listing, search.heading)

    def _main_window(self) -> Frame | None:
        return self._page.frame(name="main_window")
