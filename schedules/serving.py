"""Runs all of Keywright on one machine: the console, Prefect's server, and the bots by their timetable."""

from __future__ import annotations

import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from types import FrameType

from keywright.bot import all_bots, bot_named
from keywright.errors import Stop
from keywright.settings.demo_home import refuse_demo_home
from keywright.settings.settings import Settings, settings, sign_in
from schedules import prefect_place
from schedules.children import Children
from schedules.cron import Cron
from schedules.deploying import answers
from schedules.timetable import Timed, reminding, timetable_of

PATIENCE = 300.0  # seconds until a program that runs but does not answer is reported; a server's first start takes long


def serve() -> int:
    """Start everything, keep it going until Ctrl-C or SIGTERM, and end it; return the exit status.

    Raises Stop, before anything is started, if a setting, the timetable or a port cannot be used, and later if one
    of the programs ends again and again.
    """
    configured = settings()
    refuse_demo_home()
    timetable = timetable_of(configured, all_bots())
    reminding(configured)  # a fault in its line is reported before anything is started
    _ensure_free({"KEYWRIGHT_CONSOLE_PORT": configured.console_port, "KEYWRIGHT_PREFECT_PORT": configured.prefect_port})
    for timed in timetable:
        _make_inbox(timed, configured)
    _stop_on_signals()
    try:
        with Children(prefect_place.environment(configured)) as children:
            _start(children, configured)
            _print_when_up(children, configured, timetable)
            while True:
                children.attend()
                time.sleep(0.5)
    except KeyboardInterrupt:
        _print("Everything has ended.")
    return 0


def _start(children: Children, configured: Settings) -> None:
    _print("Starting the console, and Prefect's server: the server takes about half a minute …")
    python = [sys.executable, "-m"]
    console = [*python, "cli", "console", "--quiet", "--port", str(configured.console_port)]
    server = [
        *python,
        "prefect",
        "server",
        "start",
        "--host",
        prefect_place.HOST,
        "--port",
        str(configured.prefect_port),
    ]
    children.start("The console", console)
    children.start("Prefect's server", server, quiet=True)
    children.start("The timetable", [*python, "schedules.deploying"], patience=45)


def _print_when_up(children: Children, configured: Settings, timetable: Sequence[Timed]) -> None:
    began = time.monotonic()
    console = f"http://127.0.0.1:{configured.console_port}"
    waited_for = {
        console: f"The console is at {console} .",
        f"{prefect_place.address(configured)}/api/health": f"Prefect is at {prefect_place.address(configured)} ; it "
        f"asks for {prefect_place.USER}:PASSWORD, with the password in "
        f"{prefect_place.folder(configured) / 'password'} .",
    }
    while waited_for:
        children.attend()
        for url in [url for url in waited_for if answers(url)]:
            _print(f"{waited_for.pop(url)} ({time.monotonic() - began:.0f} s)")
        if time.monotonic() - began > PATIENCE:
            raise Stop(f"{next(iter(waited_for))} did not answer in {PATIENCE:.0f} s. Is this machine very busy?")
        time.sleep(0.5)
    for timed in timetable:
        _print_schedule(timed, configured)
    if cron := reminding(configured):
        _print(f"People are reminded of what is due {Cron.parse(cron).in_words()}.")
    _print("Ctrl-C ends everything.")


def _print_schedule(timed: Timed, configured: Settings) -> None:
    """Print when a bot runs and from which folder, and already now, before its first run, if its sign-in is not set."""
    _print(f"{timed.bot} runs {timed.in_words()} ({configured.zone}), from {timed.takes_from(configured)}")
    try:
        sign_in(bot_named(timed.bot).keys_into.name)
    except Stop as missing:
        _print(f"  but it cannot key anything yet. {missing}")


def _ensure_free(ports: Mapping[str, int]) -> None:
    """Raise Stop with a line for each port that another program has."""
    taken = [f"{name}={port}" for name, port in ports.items() if not _is_free(port)]
    if taken:
        raise Stop(f"Another program has the port of {' and of '.join(taken)}. End it, or set another port.")


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((prefect_place.HOST, port))
        except OSError:
            return False
    return True


def _make_inbox(timed: Timed, configured: Settings) -> None:
    """Make a bot's own inbox. A folder from the timetable is the town's to make; a run reports it if it is missing."""
    if timed.folder is None:
        timed.takes_from(configured).mkdir(parents=True, exist_ok=True)


def _stop_on_signals() -> None:
    """Let SIGTERM, and the end of our terminal, do what Ctrl-C does."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)


def _print(text: str) -> None:
    print(text, flush=True)
