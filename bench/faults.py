"""Keys records while everything fails that can, and counts what is left: ``./run bench faults [--cases N] [--seed S]``.

Faults are drawn from the seed at every step boundary: of the town hall, of the network, of our own side. Afterwards the
town hall's own database is compared with what was to be keyed. Wrong, missing and double must be 0: any other number is
exit status 1. ``--fault`` runs some classes only, ``--only`` some keyings only, to see one again; ``--write`` puts the
table into the docs.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from bench.gym.judge import Outcome, Result
from bench.gym.plan import CLASSES
from bench.gym.table import NEVER, about_referred, in_markdown, on_screen
from keywright.errors import Stop
from keywright.settings.settings import CHECKOUT
from keywright.terminal import SafeConsole

PAGE = CHECKOUT / "docs" / "fault-gym.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"


def main() -> int:
    """Run the keyings in lanes, tell what became of them, and return 1 if one is wrong, missing or double."""
    asked = _asked()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the lanes end too
    numbers = asked.only or list(range(asked.cases))
    began = time.monotonic()
    before = [one for one in kept(asked.keep, asked.seed) if one.number in numbers]
    left = [number for number in numbers if number not in {one.number for one in before}]
    results = sorted([*before, *_with_progress(asked, left, len(before))], key=lambda one: one.number)
    return tell(results, len(numbers), asked, time.monotonic() - began)


def tell(results: Sequence[Result], wanted: int, asked: argparse.Namespace, took: float) -> int:
    """Print the table and whatever is bad; write it down where that was asked for; return the exit status."""
    screen = SafeConsole(width=None if sys.stdout.isatty() else 220)
    each = sum(one.seconds for one in results) / max(1, len(results))
    title = f"{len(results)} keyings, seed {asked.seed}, {each:.1f} s each"
    if not asked.keep:
        title += f", {took / 60:.1f} min in all"
    screen.print(on_screen(results, title))
    screen.print(about_referred(results), soft_wrap=True)
    bad = [one for one in results if one.outcome in NEVER]
    for one in bad:
        screen.print(f"{one.outcome.upper()} {one.number}: {one.told}", markup=False, soft_wrap=True)
    if lost := wanted - len(results):
        screen.print(f"{lost} keyings were not judged: a lane ended before them. Its words stand above.")
    if asked.write and not bad and not lost:
        write(results, title, PAGE)
        screen.print(f"Written into {PAGE.relative_to(CHECKOUT)}.")
    return 1 if bad or lost else 0


def write(results: Sequence[Result], title: str, page: Path) -> None:
    """Put the table into a page, between its two marks."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    told = f"{title}. {about_referred(results)}\n\n{in_markdown(results)}"
    page.write_text(f"{before}{BEGIN}{told}{END}{after}", encoding="utf-8")


def run(seed: int, numbers: Sequence[int], faults: Sequence[str], lanes: int, pace: float) -> Iterator[Result]:
    """Run keyings in so many processes, each with a town hall of its own; yield each result as it comes."""
    told: queue.Queue[str | None] = queue.Queue()
    running = [_lane(seed, numbers[lane::lanes], faults, pace, told) for lane in range(min(lanes, len(numbers)))]
    try:
        left = len(running)
        while left:
            line = told.get()
            if line is None:
                left -= 1
            else:
                yield _told(json.loads(line))
    finally:
        for process in running:
            process.terminate()
            process.wait()


def _lane(
    seed: int, numbers: Sequence[int], faults: Sequence[str], pace: float, told: queue.Queue[str | None]
) -> subprocess.Popen[str]:
    """Start a lane, whose lines are put into the queue, and None when it ends."""
    spec = json.dumps({"seed": seed, "numbers": list(numbers), "faults": list(faults), "pace": pace})
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.gym.lane", spec], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )

    def listen() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            told.put(line)
        told.put(None)

    threading.Thread(target=listen, daemon=True).start()
    return process


def _told(values: dict[str, Any]) -> Result:
    return Result(**values | {"outcome": Outcome(values["outcome"]), "rules": tuple(values["rules"])})


def keep(file: Path, seed: int, result: Result) -> None:
    """Add a result to a file, in a line of JSON."""
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"seed": seed, **asdict(result)}) + "\n")


def kept(file: Path | None, seed: int) -> list[Result]:
    """Return the results that a run which was broken off has kept in a file. Raises Stop if another seed drew them."""
    if not file or not file.exists():
        return []
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    if others := {line.pop("seed") for line in lines} - {seed}:
        raise Stop(f"{file} keeps keyings of seed {others.pop()}, not of {seed}. Give that --seed, or another file.")
    return [_told(line) for line in lines]


def _with_progress(asked: argparse.Namespace, numbers: Sequence[int], before: int = 0) -> list[Result]:
    """Run keyings and return their results; ``before`` so many have been run in an earlier go."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    results = []
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=SafeConsole(stderr=True)) as progress:
        bar = progress.add_task("keyings", total=before + len(numbers), completed=before)
        for one in run(asked.seed, numbers, asked.fault or CLASSES, asked.lanes, asked.pace):
            results.append(one)
            if asked.keep:
                keep(asked.keep, asked.seed, one)
            bad = sum(each.outcome in NEVER for each in results)
            progress.update(bar, advance=1, description=f"keyings, {bad} wrong, missing or double")
            if not progress.console.is_terminal and len(results) % 50 == 0:
                print(f"{len(results)} of {len(numbers)} keyings, {bad} wrong, missing or double", file=sys.stderr)
    return results


def _asked() -> argparse.Namespace:
    ask = argparse.ArgumentParser(prog="bench faults", description=__doc__)
    ask.add_argument("--cases", type=int, default=300, help="how many keyings (300)")
    ask.add_argument("--seed", type=int, default=4, help="from which all is drawn (4)")
    ask.add_argument(
        "--lanes", type=int, default=(os.cpu_count() or 2) + 1, help="processes side by side; they wait a lot"
    )
    ask.add_argument("--fault", action="append", choices=CLASSES, metavar="CLASS", help="this fault class only")
    ask.add_argument("--only", type=int, action="append", metavar="N", help="the n-th keying only")
    ask.add_argument("--pace", type=float, default=1.0, help="all waits times this, for a busy machine (1)")
    ask.add_argument(
        "--keep", type=Path, metavar="FILE", help="add every result there, a line of JSON each; begin where it ends"
    )
    ask.add_argument("--write", action="store_true", help=f"put the table into {PAGE.relative_to(CHECKOUT)}")
    return ask.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
