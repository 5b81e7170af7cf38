"""Keys 500 invoices in one lane and prints the memory of the robot and its browser: ``./run bench keying_memory``.

Each invoice is keyed the way robots do it (look, enter, look again) into the demo town hall, whose own process is not
counted. Memory is the private and shared memory of this process, the browser's driver and the browser (``Pss_Anon`` and
``Pss_Shmem`` of smaps_rollup in proc(5)), in MB, after each case. The pages of program files are left out, since their
share depends on which other browsers run on the machine. Returns 1 if the median of the last quarter is over 1.1 times
that of the second.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from contextlib import suppress
from pathlib import Path

from rich.progress import track

from bench.keying import key
from keywright.arguments import positive
from keywright.terminal import SafeConsole

MOST_GROWTH = 1.1  # times
OWN = ("Pss_Anon:", "Pss_Shmem:")


def main() -> int:
    """Key them all, print the memory quarter by quarter, and return 1 if it grows."""
    parser = argparse.ArgumentParser(prog="bench keying_memory", description=__doc__)
    parser.add_argument("--keyings", type=positive, default=500, help="how many invoices (500)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["KEYWRIGHT_HOME"] = home
        taken = measured(Path(home), options.keyings)
    quarters = [taken[n * len(taken) // 4 : (n + 1) * len(taken) // 4] for n in range(4)]
    screen = SafeConsole()
    for number, quarter in enumerate(quarters, start=1):
        screen.print(f"quarter {number}: usually {statistics.median(quarter):.0f} MB, at most {max(quarter):.0f} MB")
    growth = statistics.median(quarters[3]) / statistics.median(quarters[1])
    screen.print(f"{len(taken)} keyings: at most {max(taken):.0f} MB; from quarter 2 to 4 times {growth:.2f}")
    return 1 if growth > MOST_GROWTH else 0


def measured(home: Path, keyings: int) -> list[float]:
    """Return the memory after each keying, in MB."""
    from demo.town_hall import running
    from keywright.model.target_system import SignIn
    from systems.town_hall.desks import accounts_payable
    from systems.web.browser.processes import descendants

    taken = []
    with running(home / "town_hall") as hall:
        other_processes = set(descendants(os.getpid()))
        with accounts_payable.lane(SignIn(hall.url, "clerk", "clerk-pw")) as lane:
            for number in track(range(keyings), "keying", console=SafeConsole(stderr=True)):
                with lane.case() as system:
                    key(system, f"M-{number}")
                own_processes = [os.getpid(), *(set(descendants(os.getpid())) - other_processes)]
                taken.append(sum(map(megabytes, own_processes)))
    return taken


def megabytes(process: int) -> float:
    """Return the memory that a process has of its own, in MB; 0 if it has just ended."""
    with suppress(OSError):
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith(OWN)) / 1024
    return 0.0
