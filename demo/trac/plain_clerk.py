"""Sends Trac's forms over plain HTTP, as a script without a browser does: no look before, none after."""

from __future__ import annotations

import html
import http.cookiejar
import re
import urllib.parse
import urllib.request
import uuid
from collections.abc import Mapping

PATIENCE = 60.0  # seconds


class TracClerk:
    """A clerk who signs in by HTTP digest and believes every page."""

    def __init__(self, url: str, user: str = "clerk2", password: str = "clerk-pw") -> None:  # noqa: S107  the demo's
        self.url = url
        passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, url, user, password)
        self._browser = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
            urllib.request.HTTPDigestAuthHandler(passwords),
        )
        self._open(f"{url}/login", referer=f"{url}/newticket")

    def create(self, fields: Mapping[str, str]) -> int:
        """Send the form of a new ticket with these fields of Trac's, and return the ticket's number."""
        token = self._token("newticket")
        form = {f"field_{name}": value for name, value in fields.items()} | {"__FORM_TOKEN": token, "submit": "Create"}
        address, _ = self._open(f"{self.url}/newticket", urllib.parse.urlencode(form).encode())
        return int(address.partition("#")[0].rpartition("/")[2])

    def attach(self, number: int, name: str, content: bytes) -> None:
        """Attach a file to a ticket."""
        token = self._token(f"attachment/ticket/{number}/?action=new")
        form = {"__FORM_TOKEN": token, "action": "new", "realm": "ticket", "id": str(number)}
        mark = uuid.uuid4().hex
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in form.items()
        ]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="attachment"; filename="{name}"\r\n\r\n'.encode()
        body = b"".join([*parts, head, content, f"\r\n--{mark}--\r\n".encode()])
        self._open(f"{self.url}/attachment/ticket/{number}", body, kind=f"multipart/form-data; boundary={mark}")

    def _token(self, path: str) -> str:
        _, page = self._open(f"{self.url}/{path}")
        match = re.search(r'name="__FORM_TOKEN" value="([^"]+)"', page)
        if match is None:
            raise LookupError(f"{self.url}/{path} has no form.")
        return html.unescape(match[1])

    def _open(self, url: str, body: bytes | None = None, *, referer: str = "", kind: str = "") -> tuple[str, str]:
        """Return the address at which the answer was, and its text."""
        heads = {"Referer": referer, "Content-Type": kind or "application/x-www-form-urlencoded"}
        request = urllib.request.Request(url, body, {name: value for name, value in heads.items() if value})  # noqa: S310
        with self._browser.open(request, timeout=PATIENCE) as response:
            return str(response.url), response.read().decode()
