"""A stored document whose bytes were changed is not read, and a person is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

TAKE_IN = """
import sys
from pathlib import Path
from keywright.setup import open_records
open_records()
from keywright.bot import bot_named
from keywright.cases.worker import Office
from keywright.settings.settings import settings
from tasks.receive import receive
print(receive(Path(sys.argv[1]), bot_named("supplier-invoices"), Office.of(settings())).case.document)
"""


def test_a_document_that_was_changed_since_it_came_in_is_referred_unread(tmp_path: Path) -> None:
    desk = {f"KEYWRIGHT_TOWN_HALL_PAYABLES_{name}": "clerk" for name in ("USER", "PASSWORD")}
    environment = {**os.environ, **desk, "KEYWRIGHT_TOWN_HALL_PAYABLES_URL": "http://127.0.0.1:9"}
    environment["KEYWRIGHT_HOME"] = str(tmp_path / "home")

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done

    paper = tmp_path / "bill.pdf"
    paper.write_bytes(b"%PDF-1.4 the bill that came in")
    sha256 = run("-c", TAKE_IN, str(paper)).stdout.strip()
    (tmp_path / "home" / "documents" / sha256[:2] / sha256).write_bytes(b"%PDF-1.4 a bill of somebody else")

    run("-m", "cli", "work", "supplier-invoices")

    (case,) = [json.loads(line) for line in run("-m", "cli", "cases", "--json").stdout.splitlines()]
    assert case["state"] == "referred"
    assert f"The file {sha256} is not the one that came in" in case["reason"]
