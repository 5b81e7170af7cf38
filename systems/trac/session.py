"""A clerk's session at Trac: sign-in by HTTP digest, the pages where one types, the windows where one reads."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import Browser, Page

from keywright.errors import NotPosted, Refer, Stop
from keywright.findings import Kind
from keywright.messages import Message
from keywright.model.target_system import Posting, SignIn
from systems.trac.permit import FORMAT
from systems.trac.reading import TracReading
from systems.web.adapter.unexpected_pages import OtherPage, SessionEnded, ensure_no_question
from systems.web.browser.browser import PATIENCE_MS, Dialogs
from systems.web.screen.screen import Screen

#: Who is signed in, the page's heading, what it warns of, and whether it shows an error in place of what was asked for.
STATE = """() => {
    const words = element => (element?.textContent ?? '').replace(/\\s+/g, ' ').trim();
    const warning = document.querySelector('#warning')?.cloneNode(true);
    warning?.querySelector('.trac-close-msg')?.remove();
    return {
        who: words(document.querySelector('#metanav .first')),
        heading: words(document.querySelector('#content h1')),
        error: document.querySelector('#content.error') !== null,
        warning: words(warning),
    };
}"""
FORBIDDEN = "Error: Forbidden"
REFUSALS = ("Error: Bad Request", FORBIDDEN)  # Trac says so before it looks at what was posted
WINDOW: Any = {"width": 1000, "height": 400}  # the picture is of the record, not of blank page


class TracSession:
    """One clerk's session; unexpected pages are handled here and nowhere else."""

    def __init__(self, system: str, page: Page, sign_in: SignIn) -> None:
        self.system = system
        self._page = page
        self._sign_in = sign_in
        self._dialogs = Dialogs(page)
        self._window: Page | None = None

    def open(self, path: str, heading: str) -> Screen:
        """Open a page to type into; signs in first where that has not been done."""
        self._ensure_signed_in()
        self._goto(self._page, path, heading)
        return self.screen(heading)

    def screen(self, name: str = "") -> Screen:
        """Return the current page, to be filled in."""
        return Screen(self.system, self._page.main_frame, FORMAT, note=self._sign_in.note, name=name)

    def press(self, screen: Screen, button: str, heading: str) -> None:
        """Press a button that does not post, and see that the page with this heading answers."""
        screen.press(button)
        self._ensure(self._page, heading)

    def post(self, screen: Screen, button: str, posting: Posting, heading: str) -> None:
        """Press the button that posts, with the right to post, and see that the page with this heading answers.

        Raises NotPosted if Trac refused the form without reading it, which it does once the session has ended; Refer,
        with Trac's message, if the form comes back.
        """
        form = _state(self._page)["heading"]
        screen.post(button, posting)
        state = _state(self._page)
        if state["error"] and state["heading"] in REFUSALS:
            self.sign_in()
            raise NotPosted(f"{self.system} took nothing: the session had ended before {button!r}. It is tried again.")
        if state["heading"].startswith(form) and state["warning"]:
            raise self._refused(state["warning"])
        self._ensure(self._page, heading)

    def file_label(self) -> str:
        """Return the label of the one control that takes a file: it contains the largest size that Trac takes."""
        label = self._page.locator("label:has(input[type=file])")
        return " ".join(label.inner_text().split())

    def reading(self) -> TracReading:
        """Return a window of its own to look in, where nothing is of the page in which we type but the login.

        No script runs there: what it shows is what came from Trac, and it comes in a third of the time.
        """
        self._ensure_signed_in()
        if self._window is None:
            self._window = self._page.context.new_page()
            self._window.set_viewport_size(WINDOW)
            self._window.context.new_cdp_session(self._window).send(
                "Emulation.setScriptExecutionDisabled", {"value": True}
            )
        window = self._window
        return TracReading(self.system, window, lambda path, heading: self._goto(window, path, heading))

    def sign_in(self) -> None:
        """Sign in by a page of its own, and take over its cookies. Raises Stop if Trac does not let us in.

        A page whose browser context knows the password fetches every script and picture again each time, which is four
        times slower; so that context is closed at once, and the password with it.
        """
        door = self._browser.new_context(
            http_credentials={"username": self._sign_in.user, "password": self._sign_in.password}
        )
        try:
            door.set_default_timeout(PATIENCE_MS)
            response = door.new_page().goto(f"{self._base}/login", wait_until="commit")
            cookies: list[Any] = list(door.cookies(self._sign_in.url))
        finally:
            door.close()
        if response is None or response.status == 401 or not any(cookie["name"] == "trac_auth" for cookie in cookies):
            raise Stop(
                f"{self.system} refuses the sign-in of {self._sign_in.user!r}. Check the login and the password."
            )
        self._page.context.clear_cookies()
        self._page.context.add_cookies(cookies)

    def _ensure_signed_in(self) -> None:
        if not self._page.context.cookies(self._sign_in.url):
            self.sign_in()

    def _goto(self, page: Page, path: str, heading: str) -> None:
        page.goto(urljoin(f"{self._base}/", path), wait_until="domcontentloaded")
        self._ensure(page, heading)

    def _ensure(self, page: Page, heading: str) -> None:
        """See that a page is the expected one, and that it is still ours.

        Raises SessionEnded, after signing in again, if Trac no longer knows us; Stop if we may not see the page;
        Refer if a dialog popped up; OtherPage for any other page.
        """
        state = _state(page)
        if state["who"] != f"logged in as {self._sign_in.user}":
            self.sign_in()
            raise SessionEnded(self.system, self._sign_in.user)
        ensure_no_question(self.system, self._dialogs)
        if state["error"] and state["heading"] == FORBIDDEN:
            raise Stop(f"{self.system} does not let {self._sign_in.user!r} do this. {_text(page)[:300]}")
        if state["error"] or not state["heading"].startswith(heading):
            raise OtherPage(self.system, heading, state["heading"], _text(page))

    def _refused(self, words: str) -> Refer:
        return Refer.because(
            "not-taken",
            Message(
                "Not accepted by {system}. It says: {reply} Correct it here, or have {system} changed.",
                system=self.system,
                reply=words[:300],
            ),
            kind=Kind.SYSTEM,
            acceptable=False,
        )

    @property
    def _browser(self) -> Browser:
        browser = self._page.context.browser
        assert browser is not None, "a page of a running browser"
        return browser

    @property
    def _base(self) -> str:
        return self._sign_in.url.rstrip("/")


def _state(page: Page) -> dict[str, Any]:
    state: dict[str, Any] = page.evaluate(STATE)
    return state


def _text(page: Page) -> str:
    return " ".join(page.locator("body").inner_text().split())
