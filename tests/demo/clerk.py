"""A clerk at the town hall who speaks plain HTTP: opens pages, fills in forms, sends them."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar

PASSWORD = "clerk-pw"


class Clerk:
    """One clerk with a cookie jar; keeps the last page as text and the fields of its form."""

    def __init__(self, url: str, login: str = "clerk", password: str = PASSWORD) -> None:
        self.url = url
        self.page = ""
        self.status = 0
        handlers = (urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar()))
        self._opener = urllib.request.build_opener(*handlers)
        self.send("/login", {"login": login, "password": password})

    def open(self, path: str) -> str:
        """Open a page."""
        return self._ask(path, None)

    def send(self, path: str, fields: dict[str, str]) -> str:
        """Send a form."""
        return self._ask(path, urllib.parse.urlencode(fields).encode())

    def attach(self, path: str, fields: dict[str, str], name: str, content: bytes) -> str:
        """Send a form with a file, as browsers do."""
        line = b"--next--\r\n"
        parts = [
            f'Content-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode() for key, value in fields.items()
        ]
        file_header = (
            f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: application/pdf\r\n\r\n'
        )
        body = b"".join(line + part for part in (*parts, file_header.encode() + content + b"\r\n")) + b"--next----\r\n"
        kind = {"Content-Type": "multipart/form-data; boundary=next--"}
        return self._ask(urllib.request.Request(self.url + path, body, kind), None)  # noqa: S310 - our own town hall

    def submit(self, path: str, action: str, **changed: str) -> str:
        """Change some fields of the form on the last page and press a button."""
        return self.send(path, self.fields | changed | {"action": action})

    @property
    def fields(self) -> dict[str, str]:
        """Return what the form on the last page holds."""
        parser = _Form()
        parser.feed(self.page)
        return parser.fields

    def _ask(self, path: str | urllib.request.Request, body: bytes | None) -> str:
        is_asked = self.url + path if isinstance(path, str) else path
        try:
            with self._opener.open(is_asked, body, timeout=10) as response:
                self.status, self.page = response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            self.status, self.page = error.code, error.read().decode()
        return self.page


class _Form(HTMLParser):
    """Collects the fields of a form as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        name = attributes.get("name", "")
        unsent = attributes.get("type") == "submit" or (
            attributes.get("type") in ("radio", "checkbox") and "checked" not in attributes
        )
        if tag == "input" and name and not unsent:
            self.fields[name] = attributes.get("value", "")
        elif tag in ("select", "textarea"):
            self._within = name
            self.fields[name] = ""
        elif tag == "option" and (not self.fields[self._within] or "selected" in attributes):
            self.fields[self._within] = attributes.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self.fields[self._within] = self.fields[self._within].removeprefix("\n")
            self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within and self.lasttag == "textarea":
            self.fields[self._within] += data
