"""What is too large or too slow is turned away before Django sees it: a real server, and sockets that say anything."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from keywright.console.site.request_limits import LARGEST_FORM, BoundedRequests, Bounds
from keywright.console.site.serve import running

SIGN_IN = b"/sign-in/"
PATIENCE = 60


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A console in a process of its own, in a fresh home, that takes documents of up to 3 MB."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEYWRIGHT_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("KEYWRIGHT_API_LARGEST_MB", "3")
        with running() as console:
            yield urlsplit(console.url).port or 0


def opened(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def head(path: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join((b"POST " + path + b" HTTP/1.1", b"Host: 127.0.0.1", *headers, b"", b""))


def status(response: bytes) -> int:
    return int(response.split(b" ", 2)[1])


def answer_of(channel: socket.socket) -> bytes:
    """Return what comes until the other side closes."""
    content = b""
    try:
        while piece := channel.recv(65_536):
            content += piece
    except ConnectionResetError:
        pass
    return content


@pytest.mark.parametrize(
    ("path", "headers", "expected"),
    [
        (SIGN_IN, [b"Content-Length: %d" % (LARGEST_FORM + 1)], 413),
        (SIGN_IN, [b"Content-Length: 99999999999999999999"], 413),
        (b"/", [b"Content-Length: 1000000000"], 413),
        (b"/api/documents", [b"Content-Length: 3000000"], 413),
        (b"/api/documents", [b"Content-Length: 5000000", b"Authorization: Bearer kw_no"], 413),
    ],
)
def test_a_body_that_is_announced_too_large_is_refused_before_a_byte_of_it_is_sent(
    port: int, path: bytes, headers: list[bytes], expected: int
) -> None:
    with closing(opened(port)) as channel:
        channel.sendall(head(path, *headers))
        response = answer_of(channel)
    assert status(response) == expected
    assert b"larger than is taken here" in response
    assert (b"application/problem+json" in response) == path.startswith(b"/api/")


def test_a_chunked_body_is_counted_while_it_comes_on_the_sign_in_page_too(port: int) -> None:
    sent, piece = 0, b"10000\r\n" + b"a" * 65_536 + b"\r\n"
    with closing(opened(port)) as channel:
        channel.sendall(head(SIGN_IN, b"Transfer-Encoding: chunked", b"Content-Type: application/octet-stream"))
        try:
            while sent < 40 * LARGEST_FORM:
                channel.sendall(piece)
                sent += 65_536
        except OSError:
            pass
        response = answer_of(channel)
    assert sent < 20 * LARGEST_FORM, "the server took far more than it may"
    assert not response or status(response) == 413


def test_a_chunked_form_of_a_fair_size_reaches_its_page(port: int) -> None:
    with closing(opened(port)) as channel:
        form = b"Content-Type: application/x-www-form-urlencoded"
        channel.sendall(head(SIGN_IN, b"Transfer-Encoding: chunked", form, b"Connection: close"))
        channel.sendall(b"5\r\nname=\r\n0\r\n\r\n")
        assert status(answer_of(channel)) == 403, "the form has no token against forgery: Django saw it"


@pytest.mark.parametrize("line", [b"X-Long: " + b"a" * 40_000, b"X-Long: " + b"a" * 900_000, b"X-A: b\r\n" * 6000])
def test_a_head_that_is_too_long_is_refused(port: int, line: bytes) -> None:
    with closing(opened(port)) as channel:
        try:
            channel.sendall(head(SIGN_IN, line.rstrip(b"\r\n")))
        except OSError:
            return
        response = answer_of(channel)
    assert not response or status(response) in (400, 431)


def test_a_form_of_too_many_fields_is_refused_and_the_server_goes_on(port: int) -> None:
    fields = b"&".join(b"f%d=" % number for number in range(100_000))
    form = b"Content-Type: application/x-www-form-urlencoded"
    with closing(opened(port)) as channel:
        channel.sendall(head(SIGN_IN, b"Content-Length: %d" % len(fields), form, b"Connection: close") + fields)
        assert status(answer_of(channel)) in (400, 403)
    with closing(opened(port)) as channel:
        channel.sendall(b"GET /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert status(answer_of(channel)) == 200


@pytest.mark.parametrize("length", [b"-1", b"1e9", b"0x10", b"1, 2"])
def test_a_length_that_is_no_number_is_refused(port: int, length: bytes) -> None:
    with closing(opened(port)) as channel:
        channel.sendall(head(SIGN_IN, b"Content-Length: " + length))
        assert status(answer_of(channel)) == 400


SLOW = """
import sys, uvicorn
from keywright.console.site.request_limits import BoundedRequests, Bounds

async def echo(scope, receive, send):
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"connection", b"close")]})
    await send({"type": "http.response.body", "body": b"ok"})

uvicorn.run(BoundedRequests(echo, Bounds(10_000_000), 1.0), fd=int(sys.argv[1]), lifespan="off")
"""


def test_a_body_that_comes_too_slowly_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        command = [sys.executable, "-c", SLOW, str(listening.fileno())]
        server = subprocess.Popen(command, pass_fds=[listening.fileno()], stderr=subprocess.DEVNULL)
        try:
            with closing(opened(listening.getsockname()[1])) as channel:
                channel.sendall(head(b"/", b"Content-Length: 1000"))
                with suppress(OSError):  # the server may close before all is sent
                    for _ in range(8):
                        channel.sendall(b"a")
                        time.sleep(0.25)
                response = answer_of(channel)
            assert status(response) == 408
            with closing(opened(listening.getsockname()[1])) as channel:
                channel.sendall(head(b"/", b"Content-Length: 4") + b"fair")
                assert status(answer_of(channel)) == 200
        finally:
            server.terminate()
            server.wait(PATIENCE)


def test_who_waits_for_a_client_to_go_away_is_not_given_up() -> None:
    messages = iter([{"type": "http.request", "body": b"", "more_body": False}, {"type": "http.disconnect"}])
    heard: list[str] = []

    async def receive() -> Any:
        await asyncio.sleep(0.2 if heard else 0)
        return next(messages)

    async def page(_scope: Any, receive: Any, _send: Any) -> None:
        for _ in range(2):
            heard.append((await receive())["type"])

    async def send(_message: Any) -> None:
        pass

    scope = {"type": "http", "path": "/", "headers": []}
    asyncio.run(BoundedRequests(page, Bounds(1), 0.1)(scope, receive, send))
    assert heard == ["http.request", "http.disconnect"]


WSGI = """
import io, sys
from keywright.console.site.wsgi import application
def start(status, headers): print(status, dict(headers)["Content-Type"])
for path, length in (("/sign-in/", "2500001"), ("/api/documents", "999999999"), ("/sign-in/", "x"), ("/sign-in/", "")):
    environment = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "CONTENT_LENGTH": length, "SERVER_NAME": "localhost",
                   "SERVER_PORT": "80", "HTTP_HOST": "localhost", "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr,
                   "wsgi.url_scheme": "http"}
    b"".join(application(environment, start))
"""


def test_a_web_server_of_the_towns_own_is_bounded_as_well(tmp_path: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "KEYWRIGHT_HOME": str(tmp_path)}
    command = [sys.executable, "-c", WSGI]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert [line.split(" ", 1)[0] for line in result.stdout.splitlines()] == ["413", "413", "400", "200"]
    assert "application/problem+json" in result.stdout.splitlines()[1]
