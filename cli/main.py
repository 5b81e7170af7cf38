"""Runs one command of the command line: parses it, opens the office if it needs one, and reports errors in a sentence.

The module of a command is imported only when the command runs, because Prefect, Django and the PDF libraries take
seconds and ``--help`` must answer at once. ``main`` opens the office before it imports the module of a command that
needs the database (docs/decisions/18-one-root.md).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from cli.parser import parser

if TYPE_CHECKING:
    from tasks.preview import OnFile

MODULES = {
    "demo": "demo",
    "serve": "serving",
    "console": "serving",
    "read": "reading",
    "bots": "reading",
    "work": "working",
    "cases": "working",
    "vendors": "vendors",
    "orders": "purchasing",
    "deliveries": "purchasing",
    "layouts": "layouts",
    "ledger": "ledger",
    "receipt": "receipts",
    "verify": "receipts",
    "person": "people",
    "department": "people",
    "remind": "people",
    "token": "tokens",
    "probe": "systems",
    "proposals": "systems",
    "new": "systems",
    "bench": "benchmarks",
}
"""The module of ``cli`` that holds the function ``run_COMMAND`` of each command."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status: 0 done, 1 not done (the reason is printed), 2 not understood."""
    options = parser().parse_args(arguments)
    from keywright.errors import KeywrightError

    try:
        with _database_faults_explained(options.in_office):
            if options.in_office:
                _open_office(in_demo_home=options.command == "demo")
            if options.command == "read":
                options.on_file = _on_file()
            return _function_of(options.command)(options)
    except KeywrightError as error:
        print(f"keywright: {error}", file=sys.stderr)
        return 1
    except EOFError:
        print("keywright: a password is needed, and there is no terminal to type it in.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("keywright: stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output went away, as `| head` does
        sys.stderr.close()
        return 1
    except OSError as error:  # a file that does not exist, a folder in its place, a port that is taken
        place = f"{error.filename}: " if error.filename else ""
        print(f"keywright: {place}{error.strerror or error}.", file=sys.stderr)
        return 1


def _function_of(command: str) -> Callable[[argparse.Namespace], int]:
    function: Callable[[argparse.Namespace], int] = getattr(import_module(f"cli.{MODULES[command]}"), f"run_{command}")
    return function


@contextmanager
def _database_faults_explained(in_office: bool) -> Iterator[None]:
    """Raise Stop, with what to do, if the database is away, damaged, or not Keywright's."""
    if not in_office:
        yield
        return
    from django.db import DatabaseError

    from keywright.errors import Stop

    try:
        yield
    except DatabaseError as error:
        raise Stop(
            f"The database cannot be used: {str(error).strip().splitlines()[0]}. Start it, check "
            "KEYWRIGHT_DATABASE_URL, or restore it from the backup."
        ) from error


def _on_file() -> OnFile:
    """Return the layouts and vendors of this home; nothing without a database, or while it is away."""
    from keywright.settings.settings import settings
    from tasks.preview import OnFile

    sqlite, _, path = settings().database_url.partition("sqlite:///")
    if not sqlite and path and not Path(path).exists():
        return OnFile()
    from django.db import DatabaseError

    try:
        _open_office(in_demo_home=False)
    except DatabaseError as away:
        print(f"keywright: layouts and vendors on file are not used: {str(away).splitlines()[0]}", file=sys.stderr)
        return OnFile()
    from keywright.layouts.book import OfficeBook
    from keywright.vendors import master

    return OnFile(OfficeBook(), master.index())


def _open_office(in_demo_home: bool) -> None:
    """Set up everything that needs the database, once, before the command runs."""
    from keywright.settings.demo_home import enter_demo_home
    from keywright.setup import open_records

    if in_demo_home:
        enter_demo_home()
    open_records()
