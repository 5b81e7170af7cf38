"""Keys twenty building permits from paper into a real Trac and checks them by SQL; further runs must change nothing.

``./run bench trac_run``: makes twenty applications, starts a Trac, lets the bot ``permit-tickets`` work them, and
compares Trac's database and files with the applications. Then the same files come in again: to the same office, and to
a new office that must find out by looking that everything is there.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.table import Table

from keywright.terminal import SafeConsole

PERMITS = 20
MIDNIGHT = dt.timezone(dt.timedelta(hours=-5))  # the zone of the demo's Trac
FIRST, LAST = ("Ada", "Béla", "Cléo", "Dougal", "Esmé"), ("O'Hara", "Nuñez-Roy", "Smith", "Ng")


def main() -> int:
    """Run all three, print what Trac holds after each, and return 1 if a permit is not there exactly once and right."""
    from demo.trac import permits, running

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        truths = make_applications(home / "papers")
        results = []
        with running(home / "trac") as trac:
            for what, office in (("first", "one"), ("the same again", "one"), ("again, to a fresh office", "other")):
                began = time.perf_counter()
                states = work(home / office, home / "papers", trac.url)
                took = time.perf_counter() - began
                results.append((what, states, took, judged(truths, permits(trac.project))))
    return _tell(results)


def make_applications(folder: Path) -> dict[str, Mapping[str, str]]:
    """Write the applications into a folder; return what each says, by its street address."""
    from demo.permits import GARAGE, application

    folder.mkdir(parents=True)
    truths: dict[str, Mapping[str, str]] = {}
    for n in range(PERMITS):
        person = {"applicant_first_name": FIRST[n % 5], "applicant_last_name": LAST[n % 4]}
        name = " ".join(person.values())
        truth = {
            **GARAGE,
            **person,
            "project_address": f"{100 + n // 2} Fourth Line",
            "project_unit": "B" if n % 2 else "A",
            "project_value": f"{40 + n},{500 + n}",
            "declarant_name": name,
            "declaration_date": f"2026-11-{1 + n % 12:02}",
            "work_description": f"Garage no. {n}: '''two-car''', see plan #{n}; wood frame, one overhead door.",
        }
        (folder / f"application-{n:02}.pdf").write_bytes(application(truth))
        truths[f"{truth['project_address']} {truth['project_unit']}"] = truth
    return truths


def work(office: Path, papers: Path, url: str) -> Counter[str]:
    """Let the bot take in the papers and work what waits; return how many cases of this office are in which state."""
    signs_in = {"URL": url, "USER": "clerk", "PASSWORD": "clerk-pw"}
    login_settings = {f"KEYWRIGHT_TRAC_PERMITS_{part}": value for part, value in signs_in.items()}
    environment = {**os.environ, **login_settings, "KEYWRIGHT_HOME": str(office)}

    def keywright(*command: str) -> str:
        whole = [sys.executable, "-m", "cli", *command]
        done = subprocess.run(whole, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout

    keywright("work", "permit-tickets", "--from", str(papers))
    return Counter(json.loads(line)["state"] for line in keywright("cases", "--json").splitlines())


def judged(truths: Mapping[str, Mapping[str, str]], stored_rows: list[dict[str, Any]]) -> Counter[str]:
    """Count the permits that are right once, wrong, missing and double, and the records without an application."""
    rows_by_place: dict[str, list[dict[str, Any]]] = {}
    for row in stored_rows:
        rows_by_place.setdefault(f"{row['site_address']} {row['unit']}", []).append(row)
    counted = Counter(
        {"right": 0, "wrong": 0, "missing": 0, "double": 0, "strange": len(set(rows_by_place) - set(truths))}
    )
    for key, truth in truths.items():
        rows = rows_by_place.get(key, [])
        counted["missing"] += not rows
        counted["double"] += len(rows) > 1
        if len(rows) == 1:
            counted["right" if is_right(truth, rows[0]) else "wrong"] += 1
    return counted


def is_right(truth: Mapping[str, str], row: Mapping[str, Any]) -> bool:
    """Say whether a ticket holds what is on the application, and the application itself, once."""
    from demo.permits import application
    from keywright.model.document import fingerprint

    declared = dt.datetime.fromtimestamp(int(row["declared"]) / 1_000_000, MIDNIGHT).date().isoformat()
    expected = {
        "site_address": truth["project_address"],
        "municipality": truth["project_municipality"],
        "postal_code": truth["project_postal_code"],
        "est_value": truth["project_value"].replace(",", ""),
        "area": truth["work_area_m2"],
        "purpose": "New construction",
        "work": truth["work_description"],
        "applicant": f"{truth['applicant_first_name']} {truth['applicant_last_name']}",
        "applicant_is": "Agent",
        "phone": truth["applicant_phone"],
        "email": truth["applicant_email"],
        "owner_name": f"{truth['owner_first_name']} {truth['owner_last_name']}",
        "designer": truth["designer_name"],
        "bcin": truth["designer_bcin"],
    }
    files = [file.sha256 for file in row["files"]]
    values = all(row[name] == value for name, value in expected.items())
    return values and declared == truth["declaration_date"] and files == [fingerprint(application(truth))]


def _tell(results: list[tuple[str, Counter[str], float, Counter[str]]]) -> int:
    heads = ("run", "cases", "right once", "wrong", "missing", "double", "strange", "s a permit")
    table = Table(*heads, title=f"{PERMITS} permits into Trac")
    for what, states, took, counted in results:
        cases = ", ".join(f"{count} {state}" for state, count in states.items())
        table.add_row(what, cases, *(str(count) for count in counted.values()), f"{took / PERMITS:.2f}")
    SafeConsole(width=120).print(table)
    return 0 if all(counted["right"] == PERMITS == counted.total() for *_, counted in results) else 1


if __name__ == "__main__":
    sys.exit(main())
