"""A clerk's session at an ordinary web system: sign-in by a form, pages known by their headings, records by number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urljoin

from playwright.sync_api import Frame, Page

from keywright.errors import Retry, Stop
from keywright.model.target_system import Posting, Receipt, SignIn, Unfinished
from systems.web.adapter.comparison import Comparison, compared_lines, receipt_of
from systems.web.adapter.listing import Listing, list_rows, rows_under
from systems.web.adapter.unexpected_pages import OtherPage, SessionEnded, ensure_no_question, reporting_dialogs
from systems.web.browser.browser import Dialogs, faults_of, picture
from systems.web.browser.windows import fresh_window
from systems.web.screen.fingerprint import known
from systems.web.screen.formats import Expected, Format
from systems.web.screen.screen import Screen

#: The page's own heading, and whether it asks for a password.
STATE = """() => ({
    heading: ([...document.querySelectorAll('h1, h2, h3, h4, th, legend')]
        .find(each => each.getClientRects().length && each.textContent.trim())?.textContent ?? document.title)
        .replace(/\\s+/g, ' ').trim(),
    asks: document.querySelector('input[type=password]') !== null,
})"""


class WebSession:
    """One clerk's session in one browser page. Unexpected pages are handled here and nowhere else.

    A page is recognised by its heading. A session has ended if a page asks for a password. A system that works
    differently needs its own session class; this one is a good start for it.
    """

    def __init__(self, system: str, page: Page, sign_in: SignIn, format: Format) -> None:
        self.system = system
        self._page = page
        self._sign_in = sign_in
        self._format = format
        self._dialogs = Dialogs(page)
        self._signed_in = False

    def open(self, path: str, heading: str) -> Screen:
        """Open a page; signs in first where that has not been done."""
        if not self._signed_in:
            self.sign_in()
        self._page.goto(self.address(path))
        self.ensure(self._page.main_frame, heading)
        return self.screen(self._page.main_frame, heading)

    def last_screen(self) -> bytes:
        """Return a picture (PNG) of the current page. Raises Retry if the page is lost."""
        with faults_of(self.system, "taking a picture of its screen"):
            return picture(self._page)

    def press(self, screen: Screen, button: str, heading: str) -> None:
        """Press a button that posts nothing, and see that the page with this heading answers."""
        with reporting_dialogs(self.system, self._dialogs):
            screen.press(button)
        self.ensure(screen.frame, heading)

    def post(self, screen: Screen, button: str, posting: Posting, heading: str | None = None) -> None:
        """Press the button that posts, with the right to post; with a ``heading``, see that its page answers.

        Without one, what the system answers is not believed, but for a page that asks for a password, and a question
        in a dialog.
        """
        with reporting_dialogs(self.system, self._dialogs):
            screen.post(button, posting)
        self.ensure(screen.frame, heading)

    def ensure(self, frame: Frame, heading: str | None) -> None:
        """See that a page is the expected one; its heading may go on with a record's number.

        Raises SessionEnded, after signing in again, if it asks for a password: nothing is typed into that page, for it
        might replay a post. Raises Refer if a dialog popped up, OtherPage for any other page.
        """
        state = frame.evaluate(STATE)
        if state["asks"]:
            self.sign_in()
            raise SessionEnded(self.system, self._sign_in.user)
        ensure_no_question(self.system, self._dialogs)
        if heading is not None and not str(state["heading"]).startswith(heading):
            raise OtherPage(self.system, heading, state["heading"], frame.locator("body").inner_text())

    def sign_in(self) -> None:
        """Sign in at the front door, where it asks for a password. Raises Stop if the system does not let us in."""
        self._page.context.clear_cookies()
        self._page.goto(self._sign_in.url)
        enter_door(self._page, self._sign_in)
        if asks_for_password(self._page):
            raise Stop(
                f"{self.system} refuses the sign-in of {self._sign_in.user!r}. Check the login and the password."
            )
        self._signed_in = True

    def search(self, screen: Screen, button: str, listing: Listing, heading: str) -> Screen:
        """Press the button of a search and return the list that answers."""
        self.press(screen, button, heading)
        return self.screen(screen.frame, listing.name)

    def rows_found(self, screen: Screen, button: str, listing: Listing, heading: str) -> Iterator[list[str]]:
        """Press the button of a search and return the rows of every page of what it lists, each cell a text.

        Raises Unproven if the list holds what cannot be read, or shows nothing and does not prove that it is empty.
        """
        list_screen = self.search(screen, button, listing, heading)
        yield from list_rows(list_screen, listing, ensure=lambda: self.ensure(screen.frame, heading))

    def receipt(
        self,
        path: str,
        number: str,
        heading: str,
        expected: Sequence[Expected],
        lines: Sequence[Sequence[Expected]] = (),
        also: Callable[[Screen], list[Comparison]] = lambda _: [],
        name: str = "",
    ) -> Receipt:
        """Open a record afresh, in its own window, and compare every value and every line that it shows.

        ``also`` returns further comparisons from the record's page; ``name`` is the name of the screen in the shape, by
        default the heading. Raises Refer, with both values, if a value is not what was to be keyed, and what ``also``
        raises; both carry the picture of the page.
        """
        with self.window(path, heading, name) as screen:
            comparisons = list(zip(expected, screen.printed_values([value.label for value in expected]), strict=True))
            if lines:
                comparisons += compared_lines(lines, rows_under(screen, [value.label for value in lines[0]]))
            image = picture(screen.frame.page)
            try:
                comparisons += also(screen)
            except Unfinished as lacks:
                raise Unfinished(lacks.missing, lacks.number, image) from lacks
        return receipt_of(self.system, number, comparisons, self._format, image)

    @contextmanager
    def window(self, path: str, heading: str, name: str = "") -> Iterator[Screen]:
        """Open a page in a window of its own; ``name`` is its shape's, the heading if not given."""
        with fresh_window(self._page, self.address(path)) as window:
            self.ensure(window.main_frame, heading)
            yield self.screen(window.main_frame, name or heading)

    def walk(self, *opens: Callable[[], Screen]) -> Iterator[Screen]:
        """Open screens in turn, for a probe."""
        for open_screen in opens:
            yield open_screen()

    def screen(self, frame: Frame, name: str) -> Screen:
        """Return a page as a screen, with what is on record of it under this name."""
        shape = known(self.system).screen(name)
        return Screen(self.system, frame, self._format, note=self._sign_in.note, name=name, shape=shape)

    def address(self, path: str) -> str:
        """Return the whole address of a page."""
        return urljoin(self._sign_in.url, path)


def asks_for_password(page: Page) -> bool:
    """Say whether a page, or a frame of it, asks for a password."""
    return any(frame.locator("input[type=password]:visible").count() for frame in page.frames)


def enter_door(page: Page, sign_in: SignIn) -> None:
    """Fill in the form that asks for a password and send it. Raises Retry if it cannot be sent; does nothing if a page
    asks for none."""
    if not asks_for_password(page):
        return
    frame = next(frame for frame in page.frames if frame.locator("input[type=password]:visible").count())
    form = frame.locator("form", has=frame.locator("input[type=password]")).first
    form.locator("input:not([type=hidden]):not([type=password]):not([type=submit]):visible").first.fill(sign_in.user)
    form.locator("input[type=password]").first.fill(sign_in.password)
    button = form.locator("button, input[type=submit], input[type=image]").first
    if not button.count():
        raise Retry(f"The page {page.url} asks for a password and has no button to send it.")
    with page.expect_navigation():
        button.click()
