"""What ``./run new system`` writes for an ordinary window keys a bill once, and nothing where a list proves nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from keywright.settings.settings import CHECKOUT
from tests.systems.sql_ledger.bill_window import REFUSAL, BillWindow, bill_window

KEYS = """
import datetime as dt
from decimal import Decimal
from pathlib import Path
import sys
from keywright.settings.settings import sign_in
from systems.bill_window import Record, bill_window

more = {"scan": Path(sys.argv[1])} if len(sys.argv) > 1 else {}
bill = {"vendor": "Côté Ltée", "invoice_number": "C-77", "invoice_date": dt.date(2026, 6, 14)}
record = Record(**bill, amount=Decimal("12.50"), **more)
class Posting:
    def __call__(self): return 60.0
    def hear(self, words): print(words, file=sys.stderr)

with bill_window(sign_in("bill-window")) as system:
    receipt = system.find(record)
    if receipt is None:
        system.enter(record, Posting())
        receipt = system.find(record)
    print(receipt.number if receipt else "not shown")
"""


class Newcomer:
    """A copy of the checkout in which a newcomer draws a skeleton of the window and lets it key."""

    def __init__(self, checkout: Path, window: BillWindow) -> None:
        self.checkout, self.window = checkout, window

    def types(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the copy, in a process of its own."""
        sign_in = {
            f"KEYWRIGHT_BILL_WINDOW_{name}": value for name, value in (("URL", self.window.url), ("USER", "clerk"))
        }
        environment = os.environ | sign_in | {"KEYWRIGHT_BILL_WINDOW_PASSWORD": "pw"}
        environment["KEYWRIGHT_HOME"] = str(self.checkout / "var")
        return subprocess.run(
            [sys.executable, *words], cwd=self.checkout, env=environment, text=True, capture_output=True, timeout=200
        )

    def draws(self) -> str:
        """Draw the skeleton of the window; return its module."""
        addresses = ["--url", self.window.url, "--form", "/form", "--find", "/find"]
        done = self.types("-m", "cli", "new", "system", "bill-window", *addresses, "--user", "clerk")
        assert done.returncode == 0, done.stderr
        return (self.checkout / "systems" / "bill_window.py").read_text(encoding="utf-8")

    def keys(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Look for the bill, and enter it if it is not there."""
        return self.types("-c", KEYS, *words)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for room in ("cli", "keywright", "systems", "extractors", "bots", "tasks"):
        shutil.copytree(CHECKOUT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tests" / "systems").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def newcomer(checkout: Path, request: pytest.FixtureRequest) -> Iterator[Newcomer]:
    with bill_window(request.param) as window:
        yield Newcomer(checkout, window)


@pytest.mark.parametrize("newcomer", ["thead", "filtered"], indirect=True)
def test_a_window_whose_list_has_a_head_is_keyed_into_once_however_often_it_is_asked(newcomer: Newcomer) -> None:
    assert 'Says("No bills found")' in newcomer.draws().replace("'", '"')
    for _ in range(2):
        done = newcomer.keys()
        assert (done.returncode, done.stdout) == (0, "2\n"), done.stderr
    assert [bill["number"] for bill in newcomer.window.bills] == ["R-1", "C-77"]
    done = newcomer.types("-m", "cli", "probe", "bill-window")
    assert (done.returncode, done.stdout) == (0, "bill-window: as recorded.\n"), (done.stdout, done.stderr)


@pytest.mark.parametrize("newcomer", ["silent", "clocked"], indirect=True)
def test_what_proves_nothing_is_not_declared_and_nothing_is_posted(newcomer: Newcomer) -> None:
    module = newcomer.draws()
    assert "LISTING" not in module
    done = newcomer.keys()
    assert "what the list shows when nothing is found" in done.stderr
    assert newcomer.window.posts == 0


@pytest.mark.parametrize("newcomer", ["rebuilt"], indirect=True)
def test_a_search_that_is_answered_by_another_page_stops_and_nothing_is_posted(newcomer: Newcomer) -> None:
    newcomer.draws()
    first = newcomer.keys()
    assert "lists nothing, and shows 'Bills The list is being rebuilt.'" in first.stderr
    second = newcomer.keys()
    assert "nothing is entered" in second.stderr
    assert (first.returncode, second.returncode, newcomer.window.posts) == (1, 1, 1)


@pytest.mark.parametrize("newcomer", ["refuses"], indirect=True)
def test_what_the_window_answers_to_the_post_reaches_whoever_gave_the_right_to_it(newcomer: Newcomer) -> None:
    newcomer.draws()
    done = newcomer.keys()
    assert (done.stdout, done.stderr) == ("not shown\n", f"New bill {REFUSAL}\n")


@pytest.mark.parametrize("newcomer", ["paragraphs"], indirect=True)
def test_what_cannot_be_read_back_is_not_posted(newcomer: Newcomer) -> None:
    newcomer.draws()
    assert "reads nothing of a record back" in newcomer.keys().stderr
    assert newcomer.window.posts == 0


@pytest.mark.parametrize("newcomer", ["uploads", "drops"], indirect=True)
def test_a_file_that_is_sent_as_soon_as_it_is_chosen_has_arrived_before_the_post_or_nothing_is_posted(
    newcomer: Newcomer, tmp_path: Path
) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF-1.4 a scan")
    assert "ensure_read_back(self.name, shown(record), scan=record.scan)" in newcomer.draws()
    done = newcomer.keys(str(scan))
    if newcomer.window.awkward == "drops":
        assert "File scan.pdf: it was answered with 413" in done.stderr
        assert newcomer.window.posts == 0
    else:
        assert (done.returncode, done.stdout) == (0, "2\n"), done.stderr
        assert newcomer.window.bills[-1]["file"] == "scan.pdf"
