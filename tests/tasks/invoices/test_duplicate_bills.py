"""A bill that comes twice, printed otherwise the second time, is asked about by a bot in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from demo.invoice_layouts import labels_left
from demo.invoices import brightwater

OTHERS = {name: value for name, value in os.environ.items() if not name.startswith(("KEYWRIGHT_", "DJANGO_"))}
ENVIRONMENT = {**OTHERS, "KEYWRIGHT_CONFIRMATIONS": "0"}  # these tests are not about layouts


def ran(home: Path, *arguments: str) -> str:
    """Run a command of the house, with a town hall that nobody answers at."""
    nobody = {f"KEYWRIGHT_TOWN_HALL_PAYABLES_{name}": value for name, value in
              (("URL", "http://127.0.0.1:9"), ("USER", "robot"), ("PASSWORD", "x"))}  # fmt: skip
    command = [sys.executable, "-m", "cli", *arguments]
    environment = {**ENVIRONMENT, **nobody, "KEYWRIGHT_HOME": str(home)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300).stdout


def test_each_copy_of_a_bill_is_referred_with_the_case_it_repeats_and_next_month_s_is_not(tmp_path: Path) -> None:
    bill, inbox = brightwater(), tmp_path / "in"
    next_month = replace(bill, number="BWP-9001", issued=bill.issued - timedelta(30), due=bill.issued)
    papers = {
        "1-first.pdf": labels_left(bill),
        "2-last-month.pdf": labels_left(next_month),
        "3-noughts.pdf": labels_left(bill, spelled=bill.number.replace("-", "-00", 1)),
        "4-another-number.pdf": labels_left(replace(bill, number="BWP-7777", issued=bill.issued + timedelta(3))),
    }
    inbox.mkdir()
    for name, content in papers.items():
        (inbox / name).write_bytes(content)

    ran(tmp_path / "home", "work", "supplier-invoices", "--from", str(inbox))

    cases = [json.loads(line) for line in ran(tmp_path / "home", "cases", "--json").splitlines()]
    reasons = {case["file"]: (case["state"], case["reason"]) for case in cases}
    first, last_month = reasons["1-first.pdf"], reasons["2-last-month.pdf"]
    assert (first[0], last_month[0]) == ("checked", "checked"), reasons
    assert reasons["3-noughts.pdf"][0] == reasons["4-another-number.pdf"][0] == "referred", reasons
    assert "(1-first.pdf) has the same seller and invoice number" in reasons["3-noughts.pdf"][1]
    assert "(1-first.pdf) has the same seller, total and a date 3 days apart" in reasons["4-another-number.pdf"][1]
