"""A clerk's session at the demo town hall: sign-in, its pages in frames, its searches, its record pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urljoin

from playwright.sync_api import Frame, Page

from keywright.errors import Retry, Stop
from keywright.receipts import Posting, Receipt, SignIn
from systems.browser import Dialogs, picture
from systems.comparison import Seen, lines_seen, receipt_of
from systems.formats import Expected, Format
from systems.listings import listed
from systems.screen import Screen, rows
from systems.shapes import known
from systems.surprises import OtherPage, SessionEnded, asked_meanwhile, ensure_not_asked
from systems.windows import fresh_window

SIGN_IN = "MuniSuite 4.2"
EXPIRED = "Session expired!"
HEADING = "() => document.querySelector('th.head, h3')?.textContent ?? ''"


@dataclass(frozen=True, slots=True)
class Search:
    """A search screen: its address and heading, and what to ask. Everything else is left open, and the status All."""

    path: str
    heading: str
    ask: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]


class Session:
    """One clerk's session in one browser page; the one place where an unexpected page is dealt with."""

    def __init__(self, system: str, page: Page, sign_in: SignIn, format: Format) -> None:
        self.system = system
        self._page = page
        self._sign_in = sign_in
        self._format = format
        self._dialogs = Dialogs(page)

    def open(self, path: str, heading: str, name: str = "") -> Screen:
        """Open a page in the main window; signs in first where that has not been done. ``name`` is its shape's."""
        frame = self._main_window() or self.arrive()
        frame.goto(self._address(path))
        self.ensure(frame, heading)
        return self._screen(frame, name or heading)

    def press(self, screen: Screen, button: str, heading: str) -> None:
        """Press a button and see that the page with this heading answers. Raises OtherPage if another one does."""
        with asked_meanwhile(self.system, self._dialogs):
            screen.press(button)
        self.ensure(screen.frame, heading)

    def post(self, screen: Screen, button: str, posting: Posting, heading: str) -> None:
        """Press the button that posts, with the right to post, and see that the page with this heading answers."""
        with asked_meanwhile(self.system, self._dialogs):
            screen.post(button, posting)
        self.ensure(screen.frame, heading)

    def ensure(self, frame: Frame, heading: str) -> None:
        """See that a page is the expected one.

        Raises SessionEnded, after signing in anew, if the session has ended. The password is never typed into the
        page that says so: it would replay the request, and a post would be made twice. Raises Refer if a dialog
        popped up, OtherPage for any other page.
        """
        seen = str(frame.evaluate(HEADING))
        if seen in (EXPIRED, SIGN_IN):
            self.sign_in()
            raise SessionEnded(self.system, self._sign_in.user)
        ensure_not_asked(self.system, self._dialogs)
        if seen != heading:
            raise OtherPage(self.system, heading, seen, frame.locator("body").inner_text())

    def arrive(self) -> Frame:
        """Return the main window with the login of an earlier case; sign in if it has ended."""
        if self._page.context.cookies():
            self._page.goto(self._sign_in.url)
            if frame := self._main_window():
                return frame
        return self.sign_in()

    def sign_in(self) -> Frame:
        """Sign in at the front door and return the main window. Raises Stop if the town hall does not let us in."""
        self._page.context.clear_cookies()
        self._page.goto(self._sign_in.url)
        self._page.get_by_label("Name", exact=True).fill(self._sign_in.user)
        self._page.get_by_label("Password", exact=True).fill(self._sign_in.password)
        with self._page.expect_navigation():
            self._page.get_by_role("button", name="Login", exact=True).click()
        if self._page.get_by_text("Access Denied!", exact=True).count():
            raise Stop(
                f"{self.system} does not let {self._sign_in.user!r} in. Check the login and password set for it."
            )
        frame = self._main_window()
        if frame is None:
            raise Retry(f"{self.system} shows no main window after sign-in.")
        return frame

    def found(self, search: Search) -> Iterator[list[str]]:
        """Search with the filter fully open and return the rows of every page, each cell a text."""
        screen = self._search(search)
        yield from listed(screen, search.columns, ensure=lambda: self.ensure(screen.frame, search.heading))

    def walk(self, form: tuple[str, str], search: Search, record: tuple[str, str]) -> Iterator[Screen]:
        """Open each screen in turn, without posting: the form, the search, what it lists, and the first record there.

        ``form`` and ``record`` are an address and a heading.
        """
        yield self.open(*form)
        yield self.open(search.path, search.heading)
        listing = self._screen(self._search(search).frame, f"{search.heading}: list")
        yield listing
        first = next(listed(listing, search.columns), None)
        if first is not None:
            path, heading = record
            with self._fresh_window(f"{path}?number={first[0]}", f"{heading} {first[0]}", heading) as screen:
                yield screen

    def _search(self, search: Search) -> Screen:
        screen = self.open(search.path, search.heading)
        for label, value in search.ask:
            screen.text(label, value)
        screen.select("Status", "All")
        self.press(screen, "Continue", search.heading)
        return screen

    def receipt(
        self,
        path: str,
        number: str,
        heading: str,
        expected: Sequence[Expected],
        lines: Sequence[Sequence[Expected]] = (),
        also: Callable[[Screen], list[Seen]] = lambda _: [],
    ) -> Receipt:
        """Open a record afresh, in a window of its own, and compare every value and every line that it shows.

        ``also`` tells what else its page shows, and what it must be. Raises Refer, with both values, if one is not what
        was to be keyed.
        """
        with self._fresh_window(f"{path}?number={number}", f"{heading} {number}", heading) as screen:
            shown = screen.all_shown([each.label for each in expected])
            seen = list(zip(expected, shown, strict=True))
            if lines:
                seen += lines_seen(lines, rows(screen.frame, lines[0][0].label)[1:])
            seen += also(screen)
            image = picture(screen.frame.page)
        return receipt_of(self.system, number, seen, self._format, image)

    @contextmanager
    def _fresh_window(self, path: str, heading: str, name: str) -> Iterator[Screen]:
        with fresh_window(self._page, self._address(path)) as window:
            self.ensure(window.main_frame, heading)
            yield self._screen(window.main_frame, name)

    def _screen(self, frame: Frame, name: str) -> Screen:
        return Screen(self.system, frame, self._format, name=name, shape=known(self.system).screen(name))

    def _main_window(self) -> Frame | None:
        return self._page.frame(name="main_window")

    def _address(self, path: str) -> str:
        return urljoin(self._sign_in.url, path)
