"""Runs the console, in this process or as a child process for a demo or a test."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import uvicorn
from django.core.asgi import get_asgi_application
from django.db import connections

from keywright.bot import all_bots
from keywright.console.site.request_limits import LARGEST_HEAD, Application, BoundedRequests, bounds
from keywright.errors import Stop
from keywright.settings.demo_home import refuse_demo_home
from keywright.settings.settings import CHECKOUT

TURN = 0.0005
"""Seconds of a thread's turn at the processor while others wait for it, a tenth of Python's own: who holds a lock in
the database and comes back from a query must not wait for the long turns of twenty others (the convoy effect: Beazley,
"Understanding the Python GIL", PyCon 2010)."""
MOST_CONNECTIONS = 1_000
"""Connections at once, open and idle ones too: an office has some fifty people, and a browser opens six each."""
PATIENCE = 60.0  # seconds a console may take until it answers, on a slow and busy machine


@dataclass(frozen=True, slots=True)
class Running:
    """A running console and its URL."""

    url: str


def serve(
    port: int = 8765,
    host: str = "127.0.0.1",
    *,
    demo: bool = False,
    on_start: Callable[[str], object] = lambda _: None,
) -> None:
    """Run the console until it is stopped; ``on_start`` gets its address just before it listens.

    Raises Stop if the port is taken, the settings are invalid, or a demo's home is used without ``demo``.
    """
    if not demo:
        refuse_demo_home()
    # Each request has a thread of its own here; a connection kept for the next request would be kept for nobody.
    connections["default"].settings_dict["CONN_MAX_AGE"] = 0
    warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume")
    # Django on its own shows no trace of a page that broke.
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    _ensure_free(port, host)
    all_bots()  # now, so that no person waits for their imports
    sys.setswitchinterval(TURN)
    on_start(f"http://{f'[{host}]' if ':' in host else host}:{port}")
    uvicorn.run(
        BoundedRequests(cast(Application, get_asgi_application()), bounds()),
        host=host,
        port=port,
        log_level="warning",
        lifespan="off",
        h11_max_incomplete_event_size=LARGEST_HEAD,
        limit_concurrency=MOST_CONNECTIONS,
    )


@contextmanager
def running(port: int = 0, *, demo: bool = False) -> Iterator[Running]:
    """Run the console as a child process on a local port, any free one if 0, while the context lasts.

    Raises Stop if it does not respond in time; its output is on standard error.
    """
    port = port or _free_port()
    command = [sys.executable, "-m", "cli", "console", "--quiet", "--port", str(port), *(["--demo"] if demo else [])]
    child = subprocess.Popen(command, cwd=CHECKOUT)
    try:
        url = f"http://127.0.0.1:{port}/"
        _wait_until_it_answers(url, child)
        yield Running(url)
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _wait_until_it_answers(url: str, child: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if child.poll() is not None:
            raise Stop(f"The console ended with status {child.returncode} before it answered; it says above why.")
        try:
            urllib.request.urlopen(f"{url}sign-in/", timeout=5).close()  # noqa: S310  our own address
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise Stop(f"The console did not answer at {url} in {PATIENCE:.0f} seconds.")


def _ensure_free(port: int, host: str) -> None:
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise Stop(f"The console cannot listen on {host}:{port}: {error.strerror}. Choose another port.") from error


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
