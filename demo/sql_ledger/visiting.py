"""Visits SQL-Ledger without a browser: asks for pages, and sends their forms as a browser would."""

from __future__ import annotations

import http.cookiejar
import urllib.parse
import urllib.request
from collections.abc import Mapping

from lxml import html

TICKED = ("checkbox", "radio")


class AccessRefused(RuntimeError):
    """SQL-Ledger answered with an error; the text is what it said."""


class Visitor:
    """A visitor of SQL-Ledger's pages, with separate cookies."""

    def __init__(self, url: str) -> None:
        self._url = url
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        # No proxy: it is on this machine, whatever the environment says.
        self._browser = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)
        self._browser.addheaders = [("User-Agent", "Mozilla/5.0")]

    def ask(self, address: str, form: Mapping[str, str] | None = None) -> str:
        """Ask for a page, or send a form. Raises Refused if the answer is an error."""
        data = None if form is None else urllib.parse.urlencode(form).encode()
        with self._browser.open(f"{self._url}/{address}", data, timeout=120) as response:
            page: str = response.read().decode("utf-8", "replace")
        if any(word in page for word in ("class=error", "Access Denied", "logged out", "Session expired")):
            raise AccessRefused(f"SQL-Ledger refused {address.partition('&')[0]}: {words_of(page)[-500:]}")
        return page


def filled_in(page: str) -> dict[str, str]:
    """Return the values that a page's form would send unchanged.

    They are read from the whole page: SQL-Ledger's forms are inside tables, where a strict reader ends them too early.
    """
    form: dict[str, str] = {}
    for control in html.fromstring(page).iter("input", "select", "textarea"):
        kind, name = control.get("type"), control.get("name")
        if name and kind not in ("submit", "button") and (kind not in TICKED or control.get("checked") is not None):
            form[name] = str(getattr(control, "value", None) or "")
    return form


def words_of(page: str) -> str:
    """Return what a page says, on one line."""
    return " ".join(str(html.fromstring(page or "<p>").xpath("string()")).split())
