"""A clerk's session at the demo town hall: sign-in, its pages in frames, its searches, its record pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urljoin

from playwright.sync_api import Frame, Page

from keywright.errors import Refer, Retry, Stop
from keywright.findings import Kind
from keywright.receipts import Receipt, SignIn
from systems.browser import Dialogs, picture
from systems.formats import Expected, Format
from systems.screen import Screen, rows

SIGN_IN = "MuniSuite 4.2"
EXPIRED = "Session expired!"
HEADING = "() => document.querySelector('th.head, h3')?.textContent ?? ''"


class SessionEnded(Retry):
    """The session had ended; a new one has begun. Look before anything is entered again."""


class OtherPage(Retry):
    """The town hall answered with another page than the one expected: which, and what it says."""

    def __init__(self, system: str, expected: str, heading: str, text: str) -> None:
        super().__init__(f"{system} showed {text[:200]!r} where {expected!r} was expected. Look first, then try again.")
        self.heading = heading
        self.text = text


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

    def open(self, path: str, heading: str) -> Screen:
        """Open a page in the main window; signs in first where that has not been done."""
        frame = self._main_window() or self.sign_in()
        frame.goto(self._address(path))
        self.ensure(frame, heading)
        return Screen(self.system, frame, self._format)

    def press(self, screen: Screen, button: str, heading: str) -> None:
        """Press a button and see that the page with this heading answers. Raises OtherPage if another one does."""
        screen.press(button)
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
            raise SessionEnded(f"The session of {self._sign_in.user!r} at {self.system} had ended; signed in again.")
        if self._dialogs.asked:
            raise self._question()
        if seen != heading:
            raise OtherPage(self.system, heading, seen, frame.locator("body").inner_text())

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
        screen = self.open(search.path, search.heading)
        for label, value in search.ask:
            screen.text(label, value)
        screen.select("Status", "All")
        self.press(screen, "Continue", search.heading)
        while True:
            heads, *found = rows(screen.frame, search.columns[0])
            if tuple(heads) != search.columns:
                raise Stop(f"{self.system} lists {heads} where {search.columns} were expected. Its screen has changed.")
            yield from (row for row in found if len(row) == len(search.columns))
            onward = screen.frame.get_by_role("link", name="Next")
            if not onward.count():
                return
            with screen.answer("'Next'"):
                onward.click()
            self.ensure(screen.frame, search.heading)

    def receipt(
        self,
        path: str,
        number: str,
        heading: str,
        expected: Sequence[Expected],
        lines: Sequence[Sequence[Expected]] = (),
    ) -> Receipt:
        """Open a record afresh, in a window of its own, and compare every value and every line that it shows.

        Raises Refer, with both values, if one is not what was to be keyed.
        """
        with self._fresh_window(f"{path}?number={number}", f"{heading} {number}") as screen:
            shown = screen.all_shown([each.label for each in expected])
            seen = list(zip(expected, shown, strict=True))
            if lines:
                seen += _seen_lines(screen, lines)
            image = picture(screen.frame.page)
        wrong = [(each, value) for each, value in seen if not each.met_by(value, self._format)]
        if wrong:
            raise self._differs(number, wrong)
        values = tuple(each.as_shown(value) for each, value in seen)
        return Receipt(self.system, number, values, image, dt.datetime.now(dt.UTC))

    @contextmanager
    def _fresh_window(self, path: str, heading: str) -> Iterator[Screen]:
        window = self._page.context.new_page()
        try:
            window.set_viewport_size({"width": 1000, "height": 400})  # the picture is of the record, not of blank page
            window.goto(self._address(path))
            self.ensure(window.main_frame, heading)
            yield Screen(self.system, window.main_frame, self._format)
        finally:
            window.close()

    def _main_window(self) -> Frame | None:
        return self._page.frame(name="main_window")

    def _address(self, path: str) -> str:
        return urljoin(self._sign_in.url, path)

    def _differs(self, number: str, wrong: Sequence[tuple[Expected, str]]) -> Refer:
        told = "; ".join(
            f"{each.name} is {shown!r} there and should be {self._format.write(each.value)!r}" for each, shown in wrong
        )
        return Refer.because(
            "shown-otherwise",
            f"{self.system} holds {number} with other values: {told}. Compare them with the document, and correct the "
            f"record there, or the values here.",
            *(each.name for each, _ in wrong),
            kind=Kind.SYSTEM,
            acceptable=False,
        )

    def _question(self) -> Refer:
        asked, self._dialogs.asked = self._dialogs.asked, []
        return Refer.because(
            "asked-in-a-dialog",
            f"{self.system} asked {asked[0]!r} and was answered no. Look there whether the record is booked.",
            kind=Kind.UNCERTAIN,
        )


def _seen_lines(screen: Screen, lines: Sequence[Sequence[Expected]]) -> list[tuple[Expected, str]]:
    """Return every cell of the record's lines with what is expected there; another number of lines is told first."""
    _, *shown = rows(screen.frame, lines[0][0].label)
    if len(shown) != len(lines):
        return [(Expected("lines", str(len(lines)), ""), str(len(shown)))]
    return [pair for line, cells in zip(lines, shown, strict=True) for pair in zip(line, cells, strict=True)]
