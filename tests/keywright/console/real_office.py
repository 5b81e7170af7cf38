"""An office as users have it: documents worked by the command line, and a console in a process of its own."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from playwright.sync_api import Browser, Page

from keywright.console.site.serve import running
from tests.tasks.samples import copy_office

PASSWORD = "paper in, records out"
PATIENCE = 240  # seconds that a command may take on a busy machine
VENDORS = "number,name\nV-9000,Somebody Else Ltd.\n"  # so that no seller of the papers is on file
NOBODY = "http://127.0.0.1:9"  # no target system answers there: no case of these tests may come that far


@dataclass(frozen=True, slots=True)
class RealOffice:
    """A console that answers, and the numbers of its cases by file name."""

    url: str
    home: Path
    cases: Mapping[str, int]

    def signed_in(self, browser: Browser, name: str = "sue", locale: str = "en-CA", width: int = 1366) -> Page:
        """Return the page of somebody who has signed in, in a browser without any preference for less motion."""
        context = browser.new_context(
            viewport={"width": width, "height": 768}, locale=locale, reduced_motion="no-preference"
        )
        page = context.new_page()
        page.goto(self.url)
        page.fill("#username", name)
        page.fill("input[type=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(self.url)
        return page

    def review(self, page: Page, file_name: str) -> None:
        """Open the review page of a case, with all its pictures loaded, and without what was typed there before."""
        page.goto("about:blank")  # a page that is left keeps what was typed
        with closing(sqlite3.connect(self.home / "keywright.sqlite3", timeout=30)) as database, database:
            database.execute("DELETE FROM records_draft")
        page.goto(f"{self.url}cases/{self.cases[file_name]}/review/")
        page.wait_for_load_state("networkidle")


@contextmanager
def real_office(folder: Path, papers: Mapping[str, Mapping[str, bytes]]) -> Iterator[RealOffice]:
    """Work documents (by bot and file name) in a fresh home, add sue, who may do everything, and open the console."""
    home = folder / "home"
    copy_office(home)
    environment = {**os.environ, "KEYWRIGHT_HOME": str(home)}
    for desk in ("PAYABLES", "PERMITS"):
        environment |= {f"KEYWRIGHT_TOWN_HALL_{desk}_{name}": "clerk" for name in ("USER", "PASSWORD")}
        environment[f"KEYWRIGHT_TOWN_HALL_{desk}_URL"] = NOBODY

    def keywright(*arguments: str, stdin_text: str = "") -> str:
        command = [sys.executable, "-m", "cli", *arguments]
        done = subprocess.run(
            command, env=environment, input=stdin_text, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    groups = ("--group", "clerk", "--group", "supervisor", "--group", "it")
    keywright("person", "sue", *groups, "--own-password", stdin_text=PASSWORD)
    (folder / "vendors.csv").write_text(VENDORS)
    keywright("vendors", "import", str(folder / "vendors.csv"))
    for bot, files in papers.items():
        inbox = folder / bot
        inbox.mkdir()
        for name, content in files.items():
            (inbox / name).write_bytes(content)
        keywright("work", bot, "--from", str(inbox))
    rows = [json.loads(line) for line in keywright("cases", "--json").splitlines()]
    assert {row["state"] for row in rows} == {"referred"}, rows
    with patch.dict(os.environ, environment), running() as console:
        yield RealOffice(console.url, home, {row["file"]: int(row["id"]) for row in rows})
