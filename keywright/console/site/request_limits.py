"""Turns away what is too large or too slow before Django sees it, for Django takes a whole body in before it asks who
sends it: the ASGI layer around the console, and the WSGI one for a town's own web server."""

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


class Refused(Exception):
    """A request is turned away with this HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Bounds:
    """How many bytes a request may have: more for a document that a program hands in with its token."""

    def __init__(self, largest_document: int) -> None:
        self._largest_document = largest_document

    def of(self, path: str, has_token: bool) -> int:
        """Return the most bytes of a body that goes to a path."""
        return self._largest_document if has_token and path.startswith(API) else LARGEST_FORM

    def ensure(self, length: str, largest: int) -> None:
        """Raise Refused if the length that a request announces is no number, or too large."""
        if not length:
            return
        if not (length.isascii() and length.isdigit()):
            raise Refused(400)
        if len(length) > 18 or int(length) > largest:
            raise Refused(413)


def bounds() -> Bounds:
    """Return the bounds that the settings ask for; around a document its form needs some room."""
    return Bounds(settings().api_largest + ENVELOPE)


class BoundedRequests:
    """An ASGI application that lets only requests through whose bodies are small and quick enough.

    What announces its length is judged by that, before a byte of it is read; what does not (chunked) is counted.
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
        except Refused as refused:
            if not started:
                await _answer(refused.status, scope["path"], send)


def _ensure_short_head(scope: Scope) -> None:
    """Raise Refused if the head is too long: the server itself only stops reading one that goes on for ever."""
    size = sum(len(name) + len(value) + 4 for name, value in scope["headers"])
    if size + len(scope["path"]) + len(scope.get("query_string", b"")) > LARGEST_HEAD:
        raise Refused(431)


def _counted(receive: Receive, largest: int, seconds: float) -> Receive:
    """Return how to receive a body up to so many bytes and within so many seconds; raises Refused beyond."""
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
            raise Refused(408) from None
        size += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if size > largest:
            raise Refused(413)
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
    """Return the media type and the words of a refusal: for programs a problem (RFC 9457), for people a sentence."""
    if not path.startswith(API):
        return "text/plain; charset=utf-8", _WORDS[status].encode()
    kind = "too-large" if status == 413 else "not-understood"
    problem = {"type": f"urn:keywright:problem:{kind}", "title": _STATUS[status], "status": status}
    detail = _WORDS[status].partition(" / ")[0]
    return "application/problem+json", json.dumps({**problem, "detail": detail, "faults": [], "findings": []}).encode()


def bounded_wsgi(application: WSGIApplication, bounds: Bounds) -> WSGIApplication:
    """Return a WSGI application that lets only requests through whose announced length is small enough.

    Without one Django reads no body there.
    """

    def bounded(environment: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path, has_token = environment.get("PATH_INFO", ""), "HTTP_AUTHORIZATION" in environment
        try:
            bounds.ensure(environment.get("CONTENT_LENGTH", ""), bounds.of(path, has_token))
        except Refused as refused:
            kind, content = _said(refused.status, path)
            headers = [("Content-Type", kind), ("Content-Length", str(len(content)))]
            start(f"{refused.status} {_STATUS[refused.status]}", headers)
            return [content]
        return application(environment, start)

    return bounded
