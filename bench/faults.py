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

from bench.gym.judge import KeyingOutcome, Result
from bench.gym.plan import CLASSES
from bench.gym.table import NEVER, about_referred, in_markdown, on_screen
from keywright.arguments import positive
from keywright.errors import Stop
from keywright.settings.settings import CHECKOUT
from keywright.terminal import SafeConsole

PAGE = CHECKOUT / "docs" / "fault-gym.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"


def main() -> int:
    """Run the keyings in lanes, print the outcome, and return 1 if one is wrong, missing or double."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the lanes end too
    numbers = options.only or list(range(options.cases))
    began = time.monotonic()
    before = [result for result in kept(options.keep, options.seed) if result.number in numbers]
    remaining = [number for number in numbers if number not in {result.number for result in before}]
    results = sorted([*before, *_with_progress(options, remaining, len(before))], key=lambda result: result.number)
    return report(results, len(numbers), options, time.monotonic() - began)


def report(results: Sequence[Result], wanted: int, options: argparse.Namespace, took: float) -> int:
    """Print the table and every bad result; write the table into the docs if requested; return the exit status."""
    screen = SafeConsole(width=None if sys.stdout.isatty() else 220)
    seconds_each = sum(result.seconds for result in results) / max(1, len(results))
    title = f"{len(results)} keyings, seed {options.seed}, {seconds_each:.1f} s each"
    if not options.keep:
        title += f", {took / 60:.1f} min in all"
    screen.print(on_screen(results, title))
    screen.print(about_referred(results), soft_wrap=True)
    bad = [result for result in results if result.outcome in NEVER]
    for result in bad:
        screen.print(f"{result.outcome.upper()} {result.number}: {result.told}", markup=False, soft_wrap=True)
    if lost := wanted - len(results):
        screen.print(f"{lost} keyings were not judged: a lane ended before them. Its words stand above.")
    if options.write and not bad and not lost:
        write(results, title, PAGE)
        screen.print(f"Written into {PAGE.relative_to(CHECKOUT)}.")
    return 1 if bad or lost else 0


def write(results: Sequence[Result], title: str, page: Path) -> None:
    """Put the table into a page, between its two marks."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    text = f"{title}. {about_referred(results)}\n\n{in_markdown(results)}"
    page.write_text(f"{before}{BEGIN}{text}{END}{after}", encoding="utf-8")


def run(seed: int, numbers: Sequence[int], faults: Sequence[str], lanes: int, pace: float) -> Iterator[Result]:
    """Run keyings in so many processes, each with its own town hall; yield each result when it is ready."""
    messages: queue.Queue[str | None] = queue.Queue()
    running = [_lane(seed, numbers[lane::lanes], faults, pace, messages) for lane in range(min(lanes, len(numbers)))]
    try:
        lanes_left = len(running)
        while lanes_left:
            line = messages.get()
            if line is None:
                lanes_left -= 1
            else:
                yield _result_of(json.loads(line))
    finally:
        for process in running:
            process.terminate()
            process.wait()


def _lane(
    seed: int, numbers: Sequence[int], faults: Sequence[str], pace: float, messages: queue.Queue[str | None]
) -> subprocess.Popen[str]:
    """Start a lane, whose lines are put into the queue, and None when it ends."""
    spec = json.dumps({"seed": seed, "numbers": list(numbers), "faults": list(faults), "pace": pace})
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.gym.lane", spec], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )

    def listen() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            messages.put(line)
        messages.put(None)

    threading.Thread(target=listen, daemon=True).start()
    return process


def _result_of(values: dict[str, Any]) -> Result:
    return Result(**values | {"outcome": KeyingOutcome(values["outcome"]), "rules": tuple(values["rules"])})


def keep(file: Path, seed: int, result: Result) -> None:
    """Add a result to a file, in a line of JSON."""
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"seed": seed, **asdict(result)}) + "\n")


def kept(file: Path | None, seed: int) -> list[Result]:
    """Return the results that a run which was broken off has kept in a file. Raises Stop if another seed drew them."""
    if not file or not file.exists():
        return []
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    if other_seeds := {line.pop("seed") for line in lines} - {seed}:
        raise Stop(
            f"{file} keeps keyings of seed {other_seeds.pop()}, not of {seed}. Give that --seed, or another file."
        )
    return [_result_of(line) for line in lines]


def _with_progress(options: argparse.Namespace, numbers: Sequence[int], before: int = 0) -> list[Result]:
    """Run keyings and return their results; ``before`` so many have been run in an earlier go."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    results = []
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=SafeConsole(stderr=True)) as progress:
        bar = progress.add_task("keyings", total=before + len(numbers), completed=before)
        for result in run(options.seed, numbers, options.fault or CLASSES, options.lanes, options.pace):
            results.append(result)
            if options.keep:
                keep(options.keep, options.seed, result)
            bad = sum(earlier.outcome in NEVER for earlier in results)
            progress.update(bar, advance=1, description=f"keyings, {bad} wrong, missing or double")
            if not progress.console.is_terminal and len(results) % 50 == 0:
                print(f"{len(results)} of {len(numbers)} keyings, {bad} wrong, missing or double", file=sys.stderr)
    return results


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench faults", description=__doc__)
    parser.add_argument("--cases", type=positive, default=300, help="how many keyings (300)")
    parser.add_argument("--seed", type=int, default=4, help="from which all is drawn (4)")
    parser.add_argument(
        "--lanes", type=positive, default=(os.cpu_count() or 2) + 1, help="processes side by side; they wait a lot"
    )
    parser.add_argument("--fault", action="append", choices=CLASSES, metavar="CLASS", help="this fault class only")
    parser.add_argument("--only", type=int, action="append", metavar="N", help="the n-th keying only")
    parser.add_argument("--pace", type=float, default=1.0, help="all waits times this, for a busy machine (1)")
    parser.add_argument(
        "--keep", type=Path, metavar="FILE", help="add every result there, a line of JSON each; begin where it ends"
    )
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.relative_to(CHECKOUT)}")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
