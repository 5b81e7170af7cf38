"""The console with 1,000 waiting and 1,000,000 closed cases: ``./run bench console [--cases N] [--database NAME]``.

On SQLite and on PostgreSQL, one after the other: the time that 95 of 100 requests did not exceed, for each page and for
deciding, in the server alone; then twenty clerks at once at a console that really runs, each settling case after case.
Returns 1 if a page takes 100 ms or more for 95 of 100 requests, if one is 150 kB or larger, if anything was lost or
decided twice, or if the ledger does not verify afterwards.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from rich.table import Table

from bench.desk.servers import postgresql
from keywright.settings.settings import CHECKOUT
from keywright.terminal import SafeConsole

MAKES = ("sqlite", "postgresql")
SLOWEST, LARGEST = 100.0, 150.0  # milliseconds, kilobytes


def main() -> int:
    """Measure on each database in a process of its own, and return 1 if one of them is not good enough."""
    ask = argparse.ArgumentParser(prog="bench console", description=__doc__)
    ask.add_argument("--cases", type=int, default=1_000_000, help="how many closed cases (1,000,000)")
    ask.add_argument("--waiting", type=int, default=1000, help="how many waiting cases (1,000)")
    ask.add_argument("--clerks", type=int, default=20, help="how many clerks at once (20)")
    ask.add_argument("--rounds", type=int, default=200, help="how many requests for each page (200)")
    ask.add_argument("--database", choices=MAKES, help="on one only")
    ask.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = ask.parse_args()
    if asked.here:
        return _measure(asked)
    return max(_apart(make) for make in ([asked.database] if asked.database else MAKES))


def _apart(make: str) -> int:
    """Measure on one database in a process of its own, with a home of its own."""
    with tempfile.TemporaryDirectory(prefix="keywright-bench-") as place:
        home, server = Path(place) / "home", Path(place) / "server"
        home.mkdir()
        server.mkdir()
        Path(place).chmod(0o711)
        if make == "sqlite":
            return _child(home, f"sqlite:///{home / 'office.sqlite3'}", make)
        with postgresql(server) as url:
            return _child(home, url, make)


def _child(home: Path, url: str, make: str) -> int:
    environment = {**os.environ, "KEYWRIGHT_HOME": str(home), "KEYWRIGHT_DATABASE_URL": url}
    environment["PYTHONPATH"] = str(CHECKOUT)
    code = "import sys, bench.console; sys.exit(bench.console.main())"
    command = [sys.executable, "-c", code, *sys.argv[1:], "--here", "--database", make]
    return subprocess.run(command, env=environment, cwd=CHECKOUT, check=False).returncode


def _measure(asked: argparse.Namespace) -> int:
    """Fill the office, time the pages, let the clerks work, verify, and tell."""
    from keywright.setup import open_records

    open_records()
    from bench.desk import clerks, filling, pages
    from keywright.console.site import serve
    from keywright.ledger import ledger

    screen = SafeConsole()
    began = time.perf_counter()
    waits = filling.fill(asked.cases, asked.waiting, _picture())
    screen.print(f"{asked.database}: {asked.cases} closed and {asked.waiting} waiting cases in {_since(began)}")
    alone = list(pages.times(waits, min(asked.rounds, asked.waiting // 2)))
    _table(screen, f"{asked.database}: one request at a time, in the server alone", alone)
    cookies = [_cookies(f"clerk{n}") for n in range(asked.clerks)]
    with serve.running() as running:
        began = time.perf_counter()
        days = clerks.work(running.url, cookies, asked.waiting // 2 // asked.clerks)
        took = time.perf_counter() - began
    asks = {name: [one for day in days for one in day.times.get(name, ())] for name in days[0].times}
    together = [pages.Times(name, tuple(each)) for name, each in asks.items()]
    _table(screen, f"{asked.database}: {asked.clerks} clerks at once, as each of them waits for it", together)
    found, settled = clerks.faults(days, waits), sum(len(day.settled) for day in days)
    verified = ledger.verify()
    screen.print(
        f"{settled} cases settled in {took:.0f} s ({settled / took * 60:.0f} a minute); sent twice and taken once: "
        f"{sum(day.refused for day in days)}; {verified.entries} ledger entries fit. {verified.fault}"
    )
    for one in found[:20]:
        screen.print(one)
    slow = [one.name for one in alone if one.at(95) >= SLOWEST or one.largest >= LARGEST]
    if slow:
        screen.print(f"Slower than {SLOWEST:.0f} ms or larger than {LARGEST:.0f} kB: {', '.join(slow)}")
    return 1 if found or verified.fault or slow or not settled else 0


def _table(screen: SafeConsole, title: str, rows: Iterable[object]) -> None:
    from bench.desk.pages import Times

    table = Table("", "requests", "median ms", "p95 ms", "most ms", "p95 of processor", "largest kB", title=title)
    for one in rows:
        if isinstance(one, Times):
            numbers = (one.at(50), one.at(95), one.at(100), one.worked_at(95))
            table.add_row(one.name, str(len(one.each)), *(f"{n:.1f}" for n in numbers), f"{one.largest:.0f}")
    screen.print(table)


def _picture() -> str:
    """Keep the picture of a page, and return its hash."""
    import io

    from PIL import Image

    from keywright.model.document import Archive
    from keywright.settings.settings import settings

    png = io.BytesIO()
    Image.new("L", (595, 842), 255).save(png, "PNG")
    return Archive(settings().pictures).put(png.getvalue())


def _cookies(name: str) -> str:
    from bench.desk.pages import clerk

    client = clerk(name, "clerk")
    client.get("/cases/")  # now it has a token for forms too
    return "; ".join(f"{morsel.key}={morsel.value}" for morsel in client.cookies.values())


def _since(began: float) -> str:
    return f"{time.perf_counter() - began:.0f} s"
