"""Limits on the size and duration of requests, checked before Django reads a body: for ASGI and for WSGI."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from keywright.settings.settings import settings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST_HEAD = 32_768
"""Bytes of a request's address and headers together: an address with every filter of the queue has two thousand."""
LARGEST_FORM = 2_500_000
"""Bytes of a page's form, signed in or not: 500 lines of an invoice with five cells each, many times over."""
SECONDS_FOR_A_BODY = 120.0
"""Seconds in which a body must be here: 50 MB over a line of 4 Mbit/s."""
API = "/api/"
ENVELOPE = 1_000_000  # bytes around a document that a program hands in: its form
_STATUS = {400: "Bad Request", 408: "Request Timeout", 413: "Content Too Large", 431: "Request Header Fields Too Large"}
_WORDS = {
    400: "The length of this request is not a number. / La longueur de cette requête n’est pas un nombre.",
    408: "This request took too long and was given up. Send it again. / "
    "Cette requête a pris trop de temps et a été abandonnée. Envoyez-la de nouveau.",
    413: "This request is larger than is taken here, and nothing of it was kept. Send less. / "
    "Cette requête dépasse la taille permise et rien n’en a été gardé. Envoyez-en moins.",
    431: "The address or the headers of this request are too long. Clear this site's cookies and try again. / "
    "L’adresse ou les en-têtes de cette requête sont trop longs. Effacez les témoins de ce site et réessayez.",
}


class RequestRefused(Exception):
    """The request is refused with this HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Bounds:
    """The largest allowed body: more for documents sent with an API token."""

    def __init__(self, largest_document: int) -> None:
        self._largest_document = largest_document

    def of(self, path: str, has_token: bool) -> int:
        """Return the largest body in bytes for a path."""
        return self._largest_document if has_token and path.startswith(API) else LARGEST_FORM

    def ensure(self, length: str, largest: int) -> None:
        """Raise RequestRefused if the announced length is not a number or too large."""
        if not length:
            return
        if not (length.isascii() and length.isdigit()):
            raise RequestRefused(400)
        if len(length) > 18 or int(length) > largest:
            raise RequestRefused(413)


def bounds() -> Bounds:
    """Return the limits from the settings, with room for the form around a document."""
    return Bounds(settings().api_largest + ENVELOPE)


class BoundedRequests:
    """An ASGI application that passes on only requests with small and fast bodies.

    An announced length is checked before reading a byte; a chunked body is counted while it is read.
    """

    def __init__(self, application: Application, bounds: Bounds, seconds: float = SECONDS_FOR_A_BODY) -> None:
        self._application, self._bounds, self._seconds = application, bounds, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        largest = self._bounds.of(scope["path"], b"authorization" in headers)
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            _ensure_short_head(scope)
            self._bounds.ensure(headers.get(b"content-length", ""), largest)
            await self._application(scope, _counted(receive, largest, self._seconds), noted)
        except RequestRefused as refused:
            if not started:
                await _answer(refused.status, scope["path"], send)


def _ensure_short_head(scope: Scope) -> None:
    """Raise RequestRefused if the request head is too long; the server itself has only a limit for endless heads."""
    size = sum(len(name) + len(value) + 4 for name, value in scope["headers"])
    if size + len(scope["path"]) + len(scope.get("query_string", b"")) > LARGEST_HEAD:
        raise RequestRefused(431)


def _counted(receive: Receive, largest: int, seconds: float) -> Receive:
    """Return a receive function limited in bytes and seconds; it raises RequestRefused beyond the limits."""
    size, whole = 0, False
    deadline = asyncio.get_running_loop().time() + seconds

    async def counted() -> Message:
        nonlocal size, whole
        if whole:  # what comes now is that the client went away, and that may be waited for
            return await receive()
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            raise RequestRefused(408) from None
        size += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if size > largest:
            raise RequestRefused(413)
        return message

    return counted


async def _answer(status: int, path: str, send: Send) -> None:
    kind, content = _said(status, path)
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(content)).encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _said(status: int, path: str) -> tuple[str, bytes]:
    """Return media type and content of a refusal: a problem (RFC 9457) for programs, a sentence for people."""
    if not path.startswith(API):
        return "text/plain; charset=utf-8", _WORDS[status].encode()
    kind = "too-large" if status == 413 else "not-understood"
    problem = {"type": f"urn:keywright:problem:{kind}", "title": _STATUS[status], "status": status}
    detail = _WORDS[status].partition(" / ")[0]
    return "application/problem+json", json.dumps({**problem, "detail": detail, "faults": [], "findings": []}).encode()


def bounded_wsgi(application: WSGIApplication, bounds: Bounds) -> WSGIApplication:
    """Return a WSGI application that passes on only requests with a small announced length.

    Django reads no body without an announced length there.
    """

    def bounded(environment: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path, has_token = environment.get("PATH_INFO", ""), "HTTP_AUTHORIZATION" in environment
        try:
            bounds.ensure(environment.get("CONTENT_LENGTH", ""), bounds.of(path, has_token))
        except RequestRefused as refused:
            kind, content = _said(refused.status, path)
            headers = [("Content-Type", kind), ("Content-Length", str(len(content)))]
            start(f"{refused.status} {_STATUS[refused.status]}", headers)
            return [content]
        return application(environment, start)

    return bounded
