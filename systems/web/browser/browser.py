"""Starts a browser for a robot: which one, with which limits, and what becomes of its pop-up dialogs."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from playwright.sync_api import Browser, Dialog, Page
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from keywright.errors import Later, Retry, Stop
from keywright.model.target_system import SignIn, TargetSystem
from keywright.redaction import masked_now
from keywright.settings.settings import settings
from systems.web.browser.processes import ended_after, running_driver

R = TypeVar("R")

DEBIAN = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
QUIET = ("--disable-background-networking", "--disable-component-update", "--no-first-run")
# When a reused connection is closed before an answer came, a browser repeats the request without asking, even a post:
# one click, two records. It never does so on a fresh connection, so each request gets its own.
ONE_SEND = ("--disable-http2", "--disable-quic")
ONE_REQUEST = {"Connection": "close"}
#: The variables of our environment that are passed on to a browser.
TOLD = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "LD_LIBRARY_PATH"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "http_proxy", "https_proxy", "all_proxy", "no_proxy"),
        *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    }
)
TOLD_STARTS = ("LC_", "XDG_", "FONTCONFIG_")
LOGIN = re.compile(r"//[^/@]*@")
MARKED = "data-masked-by-keywright"
#: Marks the password controls of a page, and what holds one of the texts: a control, or the innermost element.
MARK = """([marked, ...texts]) => {
    const bare = text => text.replace(/[\\s\\p{P}\\p{S}]+/gu, ' ').trim().toLowerCase()
    const wanted = texts.map(bare).filter(text => text)
    const digits = wanted.map(text => text.replace(/ /g, '')).filter(text => /^\\d{7,}$/.test(text))
    const holds = text => {
        const words = ' ' + bare(text) + ' '
        const run = words.replace(/(\\d) (?=\\d)/g, '$1')
        return wanted.some(one => one.length < 4 ? words.trim() === one : words.includes(' ' + one + ' '))
            || digits.some(one => run.includes(one))
    }
    for (const one of document.querySelectorAll('input, textarea, select'))
        if (one.type === 'password' || holds(one.selectedOptions?.[0]?.text ?? one.value)) one.setAttribute(marked, '')
    if (!document.body || !wanted.length) return
    for (const one of document.body.querySelectorAll('*'))
        if (holds(one.textContent) && ![...one.children].some(inner => holds(inner.textContent)))
            one.setAttribute(marked, '')
}"""
PATIENCE_MS = 15_000  # how long a control, a page or an answer may take
CLOSING_S = 10.0  # what does not close by then is killed
WINDOW = {"width": 1280, "height": 1400}  # tall, so that frames show their whole form in a picture


@dataclass(frozen=True, slots=True)
class Driven:
    """A browser, and the process by which it is driven."""

    browser: Browser
    pid: int


class BrowserLane(Generic[R]):
    """One login at a target system, kept from case to case; each case has its own browser context.

    Only the cookies, and with them the login, go on to the next context; what a case left on a page does not. The
    browser is replaced when it is gone, after ``cases`` cases, since browsers grow, and when two cases in a row were
    lost, since the browser may be at fault. If a case takes longer than ``patience`` seconds, the browser, its driver
    and all their processes are killed, and the waiting call raises Retry.
    """

    def __init__(
        self, name: str, system: Callable[[Page, SignIn], TargetSystem[R]], sign_in: SignIn, cases: int, patience: float
    ) -> None:
        self.name = name
        self._system = system
        self._sign_in = sign_in
        self._cases = cases
        self._patience = patience
        self._open = ExitStack()
        self._driven: Driven | None = None
        self._worked = 0
        self._lost = 0  # so many cases in a row
        self._login: list[Any] = []

    @contextmanager
    def case(self) -> Iterator[TargetSystem[R]]:
        """Open the system for one case, in a fresh context."""
        try:
            with self._fresh() as page:
                yield self._system(page, self._sign_in)
        except Later:
            raise
        except Retry:
            self._lost += 1
            if self._lost > 1:
                self.close()
            raise
        self._lost = 0

    @contextmanager
    def _fresh(self) -> Iterator[Page]:
        """Open a page in a fresh context that has the login, and keep the login at the end."""
        driven = self._browser()
        self._worked += 1
        with (
            faults_of(self.name, "working a case"),
            ended_after(driven.pid, self._patience),
            fresh_page(driven.browser) as page,
        ):
            page.context.add_cookies(self._login)
            try:
                yield page
            finally:
                with suppress(PlaywrightError):
                    self._login = page.context.cookies()

    def _browser(self) -> Driven:
        """Return the browser: another one if it is gone, or has had its cases."""
        if self._driven and (self._worked >= self._cases or not self._driven.browser.is_connected()):
            self.close()
        if self._driven is None:
            self._driven, self._worked = self._open.enter_context(driven_browser()), 0
        return self._driven

    def close(self) -> None:
        """Close the browser."""
        self._driven, self._lost = None, 0
        self._open.close()


class Opening(Generic[R]):
    """Opens a session with a target system in a browser of its own; leaving the context closes the browser."""

    def __init__(self, name: str, system: Callable[[Page, SignIn], TargetSystem[R]]) -> None:
        self.name = name
        self._system = system

    @contextmanager
    def __call__(self, sign_in: SignIn, /) -> Iterator[TargetSystem[R]]:
        """Open one session for any use."""
        with running_browser() as browser, fresh_page(browser) as page:
            yield self._system(page, sign_in)

    @contextmanager
    def lane(self, sign_in: SignIn, /) -> Iterator[BrowserLane[R]]:
        """Open a lane for many cases; its browser starts with the first."""
        configured = settings()
        patience = configured.hung_after.total_seconds()
        with closing(BrowserLane(self.name, self._system, sign_in, configured.cases_a_browser, patience)) as lane:
            yield lane


@contextmanager
def running_browser(setting: str | None = None) -> Iterator[Browser]:
    """Start a browser without a window, and close it at the end of the block.

    Looked for in this order: the setting KEYWRIGHT_BROWSER (``setting`` in its place), Playwright's own, Debian's
    chromium-headless-shell, Debian's chromium. Raises Stop if there is none, Retry if it does not start.
    """
    with driven_browser(setting) as driven:
        yield driven.browser


@contextmanager
def driven_browser(setting: str | None = None) -> Iterator[Driven]:
    """Start a browser as ``running_browser`` does; yield it with the id of its driver's process."""
    with running_driver() as driver:
        chromium = driver.playwright.chromium
        where = find_browser(Path(chromium.executable_path), settings().browser if setting is None else setting)
        sandbox = [] if os.geteuid() else ["--no-sandbox"]  # Chromium refuses its sandbox to root
        try:
            arguments = [*sandbox, *QUIET, *ONE_SEND]
            browser = chromium.launch(executable_path=where, args=arguments, env=browser_environment(os.environ))
        except PlaywrightError as error:
            raise Retry(f"The browser {where} did not start: {error.message.splitlines()[0]}") from error
        try:
            yield Driven(browser, driver.pid)
        finally:
            if browser.is_connected():
                with ended_after(driver.pid, CLOSING_S), suppress(PlaywrightError):
                    browser.close()


def browser_environment(outer: Mapping[str, str]) -> dict[str, str | float | bool]:
    """Return the variables of our environment that a browser gets: what it needs to run, and no password or key of
    ours.

    A browser shows pages written by others, so its environment must hold nothing of worth. Proxies are passed on
    without the user name and password that they can contain: a browser does not use these.
    """
    passed_on = {name: value for name, value in outer.items() if name in TOLD or name.startswith(TOLD_STARTS)}
    return {
        name: LOGIN.sub("//", value) if name.lower().endswith("_proxy") else value for name, value in passed_on.items()
    }


def find_browser(own: Path, setting: str) -> Path:
    """Return the browser to use; ``own`` is where Playwright puts its own.

    Raises Stop, naming the remedy, if there is none.
    """
    if setting:
        if not Path(setting).is_file():
            raise Stop(f"KEYWRIGHT_BROWSER={setting!r} is not a file. Name the browser's program, or unset it.")
        return Path(setting)
    for candidate in (own, *DEBIAN):
        if candidate.is_file():
            return candidate
    raise Stop("No browser is installed. Run `./run` again, or install Debian's chromium-headless-shell.")


@contextmanager
def fresh_page(browser: Browser) -> Iterator[Page]:
    """Open a page in a browser context of its own: no cookie of another case is in it."""
    context = browser.new_context(
        viewport={"width": WINDOW["width"], "height": WINDOW["height"]}, extra_http_headers=ONE_REQUEST
    )
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield context.new_page()
    finally:
        if browser.is_connected():
            with suppress(PlaywrightError):  # it has just died; what was done in it is recorded already
                context.close()


class Dialogs:
    """The pop-up dialogs of one page. Leaving a page is always allowed; every other question is answered no and kept.

    ``questions`` are the texts that ask, ``notices`` those that only report; the page that follows shows whether all is
    well.
    """

    def __init__(self, page: Page) -> None:
        self.questions: list[str] = []
        self.notices: list[str] = []
        page.on("dialog", self._answer)

    def _answer(self, dialog: Dialog) -> None:
        if dialog.type == "beforeunload":
            dialog.accept()
            return
        (self.notices if dialog.type == "alert" else self.questions).append(dialog.message)
        dialog.dismiss()


@contextmanager
def faults_of(system: str, doing: str) -> Iterator[None]:
    """Turn what the browser raises in this block into a Retry that says what was being done where."""
    try:
        yield
    except PlaywrightTimeout as error:
        raise Retry(
            f"{system} did not answer in time while {doing}. It will be tried again, with a look first."
        ) from error
    except PlaywrightError as error:
        reason = error.message.splitlines()[0]
        raise Retry(
            f"{system} was lost while {doing} ({reason}). It will be tried again, with a look first."
        ) from error


def picture(page: Page) -> bytes:
    """Return a picture (PNG) of the whole page, with a black box over passwords and over what a setting masks."""
    for frame in page.frames:
        frame.evaluate(MARK, [MARKED, *masked_now()])
    boxes = [frame.locator(f"[{MARKED}]") for frame in page.frames]
    return page.screenshot(full_page=True, animations="disabled", mask=boxes, mask_color="#000000")
