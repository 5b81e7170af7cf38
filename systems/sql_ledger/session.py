"""A clerk's session at SQL-Ledger: signing in at the front door, one window to enter in and one to look in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from keywright.errors import Retry, Stop
from keywright.model.target_system import SignIn
from systems.sql_ledger.form import Showing, showing
from systems.web.adapter.unexpected_pages import OtherPage, SessionEnded, ensure_no_question
from systems.web.browser.browser import Dialogs
from systems.web.browser.windows import SMALL
from systems.web.screen.screen import Screen

DATES = "mm-dd-yy"  # as a clerk's preferences call the format in which we type
CHARSET = "UTF-8"
PATIENCE_MS = 10_000  # a page that has begun to open, and is not there by then, is opened once more


class SqlLedgerSession:
    """One clerk's session, which a second sign-in of the same clerk would end; no frames, so none reloads under us."""

    def __init__(self, system: str, page: Page, sign_in: SignIn) -> None:
        self.system = system
        self.desk = page
        self._sign_in = sign_in
        self.dialogs = Dialogs(page)
        self._login = ""
        self._window: Page | None = None
        self._begun = ""  # the address that the desk has begun to open

    @property
    def window(self) -> Page:
        """Return the window to look in: opened once, since each look requests the page again."""
        if self._window is None or self._window.is_closed():
            self._window = self.desk.context.new_page()
            self._window.set_viewport_size({"width": SMALL[0], "height": SMALL[1]})
        return self._window

    def address(self, script: str, action: str, parameters: Mapping[str, str]) -> str:
        """Return the address of a page for the clerk who is signed in; signs in first where that has not been done."""
        return urljoin(self._sign_in.url, f"{script}?{self.query(action, parameters)}")

    def query(self, action: str, parameters: Mapping[str, str]) -> str:
        """Return what is asked for, as the system's own links put it: with the clerk's login in it."""
        self._login = self._login or self._kept_login()
        if not self._login:
            self.sign_in()
        who = {"path": "bin/mozilla", "login": self._login, "js": "1"}
        return urlencode({"action": action, **parameters, **who})

    def opened(self, page: Page, address: str, *headings: str) -> Showing:
        """Open a page afresh, and see that it is one of those expected."""
        page.goto(address, wait_until="domcontentloaded")
        return self.ensured(page, *headings)

    def begin_to_open(self, page: Page, address: str) -> bool:
        """Let a page begin to open while something else is done; ``arrived`` waits for it.

        Returns False if it could not: the page was about to become another just then.
        """
        try:
            page.evaluate("address => { location.href = address }", address)
        except PlaywrightError:
            return False
        self._begun = address
        return True

    def arrived(self, page: Page, address: str, *headings: str) -> Showing:
        """Wait for a page that has begun to open; open it now if it has not."""
        self._begun = ""
        try:
            page.wait_for_url(address, wait_until="domcontentloaded", timeout=PATIENCE_MS)
        except PlaywrightTimeout:
            return self.opened(page, address, *headings)
        return self.ensured(page, *headings)

    def ensured(self, page: Page, *headings: str) -> Showing:
        """Read a page and see that it is one of those expected.

        Raises SessionEnded, after signing in again at the front door, if the session has ended. The password is never
        typed into the page that says so: it would send the request again, and a post would be made twice. Raises
        Refer if a dialog popped up, OtherPage for any other page.
        """
        shown_page = showing(page.main_frame)
        if self._is_over(shown_page):
            self.sign_in()
            raise SessionEnded(self.system, self._sign_in.user)
        ensure_no_question(self.system, self.dialogs)
        if shown_page.heading.partition(" / ")[0] not in headings:  # a list's heading goes on with the town's name
            raise OtherPage(self.system, " or ".join(headings), shown_page.heading, shown_page.words)
        if shown_page.charset != CHARSET:
            raise self._wrongly_set(f"shows its pages in {shown_page.charset}", "the character set UTF8")
        if shown_page.dates not in ("", DATES):
            raise self._wrongly_set(f"has dates written {shown_page.dates}", f"the date format {DATES}")
        return shown_page

    def press(self, screen: Screen, button: str, *headings: str) -> None:
        """Press a button that does not post, and see that one of the expected pages answers."""
        screen.press(button)
        self.ensured(self.desk, *headings)

    def _open_front_door(self) -> None:
        """Open the page to sign in at, once more if a page that was already on its way took its place.

        Another session in the same window may have begun to open a page that this one knows nothing of.
        """
        front_door = urljoin(self._sign_in.url, "login.pl")
        try:
            self.desk.goto(front_door)
        except PlaywrightTimeout:
            raise
        except PlaywrightError:
            with suppress(PlaywrightError):
                self.desk.wait_for_load_state("domcontentloaded", timeout=PATIENCE_MS)
            self.desk.goto(front_door)

    def sign_in(self) -> None:
        """Sign in at the front door. Raises Stop if SQL-Ledger does not let us in."""
        self._login = ""
        page = self.desk
        page.context.clear_cookies()
        if self._begun:  # what arrives later than the front door would take its place
            with suppress(PlaywrightTimeout):
                page.wait_for_url(self._begun, wait_until="commit", timeout=PATIENCE_MS)
            self._begun = ""
        self._open_front_door()
        page.locator("input[name=login]").fill(self._sign_in.user)
        page.locator("input[name=password]").fill(self._sign_in.password)
        with page.expect_navigation(wait_until="domcontentloaded"):
            page.get_by_role("button", name="Login", exact=True).click()
        frame = page.locator("frame[name=main_window]")
        if not frame.count():
            words = " ".join((page.text_content("body") or "").split())
            raise Stop(
                f"{self.system} refuses the sign-in of {self._sign_in.user!r}; it says {words[:100]!r}. "
                "Check the login and the password."
            )
        source = parse_qs(urlsplit(frame.get_attribute("src") or "").query)
        if "login" not in source:
            raise Retry(f"{self.system} opened no main window after sign-in. It is tried again.")
        self._login = source["login"][0]  # with its dataset, as in clerk@millbrook

    def _kept_login(self) -> str:
        """Return the login whose cookie is kept from another case in this lane, or ""; its dataset goes with it."""
        name = self._sign_in.user.partition("@")[0]
        logins = [cookie["name"] for cookie in self.desk.context.cookies(self._sign_in.url) if cookie["value"]]
        return next(
            (cookie[3:] for cookie in logins if cookie[:3] == "SL-" and cookie[3:].partition("@")[0] == name), ""
        )

    def _is_over(self, shown_page: Showing) -> bool:
        """Return True if the page asks for the password again, or offers only the way to the front door."""
        return "password" in shown_page.controls or (
            not shown_page.heading and bool(re.search(r"logged out", shown_page.words))
        )

    def _wrongly_set(self, how: str, remedy: str) -> Stop:
        return Stop(
            f"{self.system} {how} for {self._sign_in.user!r}. Nothing was posted. Give that clerk {remedy} there, "
            "then start again."
        )
