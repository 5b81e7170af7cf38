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
from keywright.arguments import positive
from keywright.settings.settings import CHECKOUT
from keywright.terminal import SafeConsole

MAKES = ("sqlite", "postgresql")
SLOWEST, LARGEST = 100.0, 150.0  # milliseconds, kilobytes


def main() -> int:
    """Measure on each database in a process of its own, and return 1 if one of them is not good enough."""
    parser = argparse.ArgumentParser(prog="bench console", description=__doc__)
    parser.add_argument("--cases", type=positive, default=1_000_000, help="how many closed cases (1,000,000)")
    parser.add_argument("--waiting", type=positive, default=1000, help="how many waiting cases (1,000)")
    parser.add_argument("--clerks", type=positive, default=20, help="how many clerks at once (20)")
    parser.add_argument("--rounds", type=positive, default=200, help="how many requests for each page (200)")
    parser.add_argument("--database", choices=MAKES, help="on one only")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        return _measure(options)
    return max(_apart(make) for make in ([options.database] if options.database else MAKES))


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


def _measure(options: argparse.Namespace) -> int:
    """Fill the office, time the pages, let the clerks work, verify the ledger, and print the figures."""
    from keywright.setup import open_records

    open_records()
    from bench.desk import clerks, filling, pages
    from keywright.console.site import serve
    from keywright.ledger import ledger

    screen = SafeConsole()
    began = time.perf_counter()
    waits = filling.fill(options.cases, options.waiting, _picture())
    screen.print(f"{options.database}: {options.cases} closed and {options.waiting} waiting cases in {_since(began)}")
    alone = list(pages.times(waits, min(options.rounds, options.waiting // 2)))
    _table(screen, f"{options.database}: one request at a time, in the server alone", alone)
    cookies = [_cookies(f"clerk{n}") for n in range(options.clerks)]
    with serve.running() as running:
        began = time.perf_counter()
        days = clerks.work(running.url, cookies, options.waiting // 2 // options.clerks)
        took = time.perf_counter() - began
    asks = {name: [page for day in days for page in day.times.get(name, ())] for name in days[0].times}
    together = [pages.Times(name, tuple(timings)) for name, timings in asks.items()]
    _table(screen, f"{options.database}: {options.clerks} clerks at once, as each of them waits for it", together)
    faults, settled = clerks.faults(days, waits), sum(len(day.settled) for day in days)
    verified = ledger.verify()
    screen.print(
        f"{settled} cases settled in {took:.0f} s ({settled / took * 60:.0f} a minute); sent twice and taken once: "
        f"{sum(day.refused for day in days)}; {verified.entries} ledger entries fit. {verified.fault}"
    )
    for page in faults[:20]:
        screen.print(page)
    slow = [page.name for page in alone if page.at(95) >= SLOWEST or page.largest >= LARGEST]
    if slow:
        screen.print(f"Slower than {SLOWEST:.0f} ms or larger than {LARGEST:.0f} kB: {', '.join(slow)}")
    return 1 if faults or verified.fault or slow or not settled else 0


def _table(screen: SafeConsole, title: str, rows: Iterable[object]) -> None:
    from bench.desk.pages import Times

    table = Table("", "requests", "median ms", "p95 ms", "most ms", "p95 of processor", "largest kB", title=title)
    for times in rows:
        if isinstance(times, Times):
            numbers = (times.at(50), times.at(95), times.at(100), times.worked_at(95))
            table.add_row(
                times.name, str(len(times.milliseconds)), *(f"{n:.1f}" for n in numbers), f"{times.largest:.0f}"
            )
    screen.print(table)


def _picture() -> str:
    """Keep the picture of a page, and return its hash."""
    import io

    from PIL import Image

    from keywright.archive import Archive
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
