"""Starts, stops and resets SQL-Ledger from the command line: ``./run python -m demo.sql_ledger start``."""

from __future__ import annotations

import argparse
import shutil
import time
from pathlib import Path

from demo.sql_ledger.instance import SqlLedger, own_folder, start, stop
from demo.sql_ledger.seeding import CLERKS, password_of

PORT = 25181


def main() -> None:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(prog="python -m demo.sql_ledger", description="SQL-Ledger on loopback.")
    parser.add_argument("act", choices=["start", "stop", "reset", "remove"])
    parser.add_argument("--port", type=int, default=PORT, help="port on 127.0.0.1")
    parser.add_argument("--folder", type=Path, help="folder of its data")
    options = parser.parse_args()
    folder = (options.folder or own_folder()).resolve()
    if options.act == "start":
        put_up(folder, options.port)
    elif options.act == "reset":
        SqlLedger("", folder).reset()
        print("SQL-Ledger's data is what was seeded.")
    else:
        stop(folder)
        if options.act == "remove":
            shutil.rmtree(folder, ignore_errors=True)
        print("SQL-Ledger has ended.")


def put_up(folder: Path, port: int) -> None:
    """Start SQL-Ledger, and print its address and who may sign in."""
    began = time.monotonic()
    stop(folder)
    ledger = start(folder, port)
    clerks = ", ".join(f"{clerk} / {password_of(clerk)}" for clerk in CLERKS)
    print(f"SQL-Ledger is up at {ledger.url}/login.pl after {time.monotonic() - began:.1f} s. Sign in as {clerks}.")
    print(f'Its database: psql "{ledger.database}"')


if __name__ == "__main__":
    main()
