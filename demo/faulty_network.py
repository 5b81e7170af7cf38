"""A bad network between a browser and the town hall: a small HTTP proxy that drops, stalls and cuts off on order."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qsl, urlsplit

from demo.town_hall.misbehaviour import step_of
from demo.town_hall.switches import SiteStep

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Cut(StrEnum):
    """One way in which the network fails a request."""

    DROPS_BEFORE = "drops the connection before"  #: nothing reaches the town hall
    DROPS_DURING = "drops the connection during"  #: half of the request reaches it
    DROPS_AFTER = "drops the connection after"  #: it has answered, and the answer is lost
    STALLS_BEFORE = "stalls on the way there"
    STALLS_AFTER = "stalls on the way back"
    HALF_ANSWER = "brings half of the answer"


class When(StrEnum):
    """On which side of a request something happens."""

    BEFORE = "before"  #: the town hall has not seen it
    AFTER = "after"  #: it has answered, and the browser has not seen that


@dataclass(slots=True)
class Ordered:
    """Something that is to happen at a step: from its n-th request on (``skip``), so many ``times``."""

    step: SiteStep
    cut: Cut | None = None
    seconds: float = 0.0
    act: Callable[[], object] | None = None
    when: When = When.BEFORE
    skip: int = 0
    times: int = 1
    happened: int = 0

    def comes(self) -> bool:
        """Count a request of this step; say whether it happens now."""
        self.skip -= 1
        if self.skip >= 0 or self.happened >= self.times:
            return False
        self.happened += 1
        return True


@dataclass(slots=True)
class FaultyNetwork:
    """A proxy in front of a town hall: what is ordered of it happens, everything else is passed on."""

    port: int
    to_port: int
    ordered: list[Ordered] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _on_the_way: int = 0

    @property
    def url(self) -> str:
        """Return the address at which the browser finds the town hall."""
        return f"http://127.0.0.1:{self.port}"

    def order(self, *ordered: Ordered) -> None:
        """Let these happen from the next request on."""
        self.ordered.extend(ordered)

    def mend(self) -> list[Ordered]:
        """Pass everything on; return what had happened."""
        happened = [event for event in self.ordered if event.happened]
        self.ordered = []
        return happened

    def wait_until_quiet(self, patience: float = 20.0) -> None:
        """Wait until nothing is on its way to the town hall any more, or being done there. Raises TimeoutError."""
        until = time.monotonic() + patience
        while self._on_the_way:
            if time.monotonic() > until:
                raise TimeoutError(f"{self._on_the_way} requests are still on their way after {patience:.0f} s.")
            time.sleep(0.01)

    async def serve(self, listener: socket.socket, stop: asyncio.Event) -> None:
        """Pass on requests until stopped."""
        server = await asyncio.start_server(self._connection, sock=listener)
        await stop.wait()
        server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on the requests of one connection, one after another, as browsers send them."""
        task = asyncio.current_task()
        assert task is not None, "a server runs each connection in a task"
        self._tasks.add(task)
        try:
            while await self._request(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # either side has left, or the network is taken down
        finally:
            self._tasks.discard(task)
            with suppress(RuntimeError):  # the loop has ended already
                writer.transport.abort()

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Pass on one request and its answer; return False if the connection must be closed."""
        request = await _message(reader)
        self._on_the_way += 1
        try:
            return await self._passed_on(request, writer)
        finally:
            self._on_the_way -= 1

    async def _passed_on(self, request: bytes, writer: asyncio.StreamWriter) -> bool:
        """Find out which step a request is; run the events ordered before it, send it on, and run the events ordered
        after it.

        The answer is read to its end: even if the browser is cut off, the town hall does its work.
        """
        due_events = self._due(_step(request))
        for event in due_events:
            if event.act and event.when is When.BEFORE:
                event.act()
        cuts = {event.cut: event.seconds for event in due_events if event.cut}
        if Cut.DROPS_BEFORE in cuts:
            return False
        await asyncio.sleep(cuts.get(Cut.STALLS_BEFORE, 0.0))
        if Cut.DROPS_DURING in cuts:
            await _half_sent(self.to_port, request)
            return False
        reply = await _answer(self.to_port, request)
        for event in due_events:
            if event.act and event.when is When.AFTER:
                event.act()
        if Cut.DROPS_AFTER in cuts:
            return False
        await asyncio.sleep(cuts.get(Cut.STALLS_AFTER, 0.0))
        half = Cut.HALF_ANSWER in cuts
        writer.write(reply[: _half(reply)] if half else reply)
        await writer.drain()
        return not half

    def _due(self, step: SiteStep | None) -> list[Ordered]:
        return [event for event in self.ordered if event.step == step and event.comes()]


@contextmanager
def faulty_network(to: str, port: int = 0) -> Iterator[FaultyNetwork]:
    """Put a network in front of the town hall at the address ``to``, for as long as the block lasts."""
    listener = socket.create_server(("127.0.0.1", port))
    network = FaultyNetwork(listener.getsockname()[1], urlsplit(to).port or 80)
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(network.serve(listener, stop),), daemon=True)
    thread.start()
    try:
        yield network
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=5)
        if not thread.is_alive():
            loop.close()


async def _answer(port: int, request: bytes) -> bytes:
    """Send a request to the town hall over a connection of its own, and return the whole answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        await writer.drain()
        return await _message(reader)
    finally:
        writer.close()


async def _half_sent(port: int, request: bytes) -> None:
    """Send the first half of a request to the town hall, and hang up."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request[: _half(request)])
    await writer.drain()
    writer.close()


async def _message(reader: asyncio.StreamReader) -> bytes:
    """Read one HTTP message whole: its head, and as much of a body as the head announces."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = LENGTH.search(head)
    return head + (await reader.readexactly(int(length[1])) if length else b"")


def _half(message: bytes) -> int:
    """Return where half of a message's body ends; of one without a body, half of its head."""
    head, _, body = message.partition(b"\r\n\r\n")
    return len(head) + 4 + len(body) // 2 if body else len(head) // 2


def _step(request: bytes) -> SiteStep | None:
    """Return which step of a clerk's work a request is; None for a frame, a menu, the front door."""
    head, _, body = request.partition(b"\r\n\r\n")
    parts = urlsplit(head.split(b" ", 2)[1].decode())
    if not parts.path.startswith(("/ap/", "/bp/", "/login")):
        return None
    fields = dict(parse_qsl(parts.query)) | dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return step_of(parts.path, fields)
