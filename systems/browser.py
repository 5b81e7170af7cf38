"""Starts a browser for a robot: which one, with which limits, and what becomes of its pop-up dialogs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

from playwright.sync_api import Browser, Dialog, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from keywright.errors import Retry, Stop
from keywright.receipts import SignIn, TargetSystem
from keywright.settings import settings

R = TypeVar("R")

DEBIAN = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
QUIET = ("--disable-background-networking", "--disable-component-update", "--no-first-run")
PATIENCE_MS = 15_000  # how long a control, a page or an answer may take
WINDOW = {"width": 1280, "height": 1400}  # tall, so that frames show their whole form in a picture


class Opening(Generic[R]):
    """Opens a session with a target system in a browser of its own; leaving the context closes the browser."""

    def __init__(self, name: str, system: Callable[[Page, SignIn], TargetSystem[R]]) -> None:
        self.name = name
        self._system = system

    @contextmanager
    def __call__(self, sign_in: SignIn, /) -> Iterator[TargetSystem[R]]:
        with running_browser() as browser, fresh_page(browser) as page:
            yield self._system(page, sign_in)


@contextmanager
def running_browser(setting: str | None = None) -> Iterator[Browser]:
    """Start a browser without a window, and close it at the end of the block.

    Looked for in this order: the setting KEYWRIGHT_BROWSER (``setting`` in its place), Playwright's own, Debian's
    chromium-headless-shell, Debian's chromium. Raises Stop if there is none, Retry if it does not start.
    """
    with sync_playwright() as playwright:
        where = find_browser(
            Path(playwright.chromium.executable_path), settings().browser if setting is None else setting
        )
        sandbox = [] if os.geteuid() else ["--no-sandbox"]  # Chromium refuses its sandbox to root
        try:
            browser = playwright.chromium.launch(executable_path=where, args=[*sandbox, *QUIET])
        except PlaywrightError as error:
            raise Retry(f"The browser {where} did not start: {error.message.splitlines()[0]}") from error
        try:
            yield browser
        finally:
            if browser.is_connected():
                browser.close()


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
    context = browser.new_context(viewport={"width": WINDOW["width"], "height": WINDOW["height"]})
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield context.new_page()
    finally:
        if browser.is_connected():
            context.close()


class Dialogs:
    """The pop-up dialogs of one page: leaving a page is always allowed, any other question is answered no and kept."""

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        page.on("dialog", self._answer)

    def _answer(self, dialog: Dialog) -> None:
        if dialog.type == "beforeunload":
            dialog.accept()
            return
        self.asked.append(dialog.message)
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
    """Return a picture (PNG) of the whole page."""
    return page.screenshot(full_page=True, animations="disabled")
