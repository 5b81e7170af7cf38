"""Reads 200 mixed documents on all processors and prints the memory: ``./run bench memory [--documents N]``.

The documents are those of the corpus if it is there, otherwise the demo's, repeated. A worker is the process that reads
one document behind the fence; the lasting memory is that of this process and of the server that forks the workers.
Returns 1 if a worker takes more than 600 MB, or if the lasting memory grows by more than a tenth from the second
quarter to the last.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from os import cpu_count, getpid
from pathlib import Path

from rich.progress import track

from bench.corpus.documents import folder
from demo.documents import make
from extractors.engines.isolation.sandbox import read
from keywright.arguments import positive
from keywright.errors import Refer, Stop
from keywright.terminal import SafeConsole

MOST_A_WORKER, MOST_GROWTH = 600.0, 1.1  # megabytes; times
_MIXED = ("invoices", "receipts", "forms", "hostile")
_OFTEN = 0.02  # seconds from one look at the processes to the next


def main() -> int:
    """Read them all, print the peaks quarter by quarter, and return 1 if they are too high or grow."""
    parser = argparse.ArgumentParser(prog="bench memory", description=__doc__)
    parser.add_argument("--documents", type=positive, default=200, help="how many documents (200)")
    options = parser.parse_args()
    screen = SafeConsole()
    with tempfile.TemporaryDirectory() as place:
        paths = list(islice(cycle(_documents(Path(place))), options.documents))
        quarters = [_quarter(paths, number, screen) for number in range(4)]
    peak = max(max(workers) for workers, _ in quarters)
    growth = quarters[3][1] / quarters[1][1]
    screen.print(f"{len(paths)} documents: peak {peak:.0f} MB a worker; from quarter 2 to 4 times {growth:.2f}")
    return 1 if peak > MOST_A_WORKER or growth > MOST_GROWTH else 0


def _quarter(paths: list[Path], number: int, screen: SafeConsole) -> tuple[list[float], float]:
    workers, lasting = _read_all(paths[number * len(paths) // 4 : (number + 1) * len(paths) // 4])
    screen.print(
        f"quarter {number + 1}: a worker at most {max(workers):.0f} MB, usually {statistics.median(workers):.0f} MB; "
        f"what lasts {lasting:.0f} MB"
    )
    return workers, lasting


def _documents(place: Path) -> list[Path]:
    """Return documents of all kinds, mixed: the kinds take turns."""
    try:
        dev = folder() / "dev"
    except Stop:
        make(place)
        return sorted(place.iterdir())
    rows = [json.loads(line) for line in (dev / "manifest.jsonl").read_text(encoding="utf-8").splitlines() if line]
    spread = [
        (n / len(kind_rows), dev / row["file"]) for kind_rows in _by_kind(rows) for n, row in enumerate(kind_rows)
    ]
    return [path for _, path in sorted(spread)][:: max(1, len(spread) // 200)]


def _by_kind(rows: list[dict[str, str]]) -> Iterator[list[dict[str, str]]]:
    for kind in _MIXED:
        yield [row for row in rows if row["kind"] == kind]


def _read_all(paths: list[Path]) -> tuple[list[float], float]:
    """Return the most memory that each worker took, and what this process and the server hold in the end."""
    peaks: dict[int, float] = {}
    done = threading.Event()
    watch = threading.Thread(target=_watch, args=(peaks, done))
    watch.start()
    with ThreadPoolExecutor(cpu_count() or 1) as readers:
        for _ in track(
            readers.map(_read, paths), "documents", total=len(paths), transient=True, console=SafeConsole(stderr=True)
        ):
            pass
    done.set()
    watch.join()
    server = next(iter(_children(getpid())), 0)
    return list(peaks.values()) or [0.0], _megabytes(getpid(), "VmRSS") + _megabytes(server, "VmRSS")


def _read(path: Path) -> None:
    try:
        read(path)
    except Refer:
        return


def _watch(peaks: dict[int, float], done: threading.Event) -> None:
    while not done.is_set():
        for server in _children(getpid()):
            for worker in _children(server):
                peaks[worker] = max(peaks.get(worker, 0.0), _megabytes(worker, "VmHWM"))
        time.sleep(_OFTEN)


def _children(parent: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{parent}/task").iterdir())
        return [int(pid) for task in tasks for pid in (task / "children").read_text().split()]
    except OSError:
        return []


def _megabytes(pid: int, name: str) -> float:
    """Return one of the kernel's figures on a process's memory; 0 if the process is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    line = next((line for line in status.splitlines() if line.startswith(f"{name}:")), "")
    return int(line.split()[1]) / 1024 if line else 0.0


if __name__ == "__main__":
    raise SystemExit(main())
