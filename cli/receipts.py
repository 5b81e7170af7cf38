"""The commands about receipts: write one out, check whether files are unchanged receipts."""

from __future__ import annotations

import argparse
from pathlib import Path

from cli.actor import actor
from keywright.cases.worker import Office
from keywright.receipts.store import verify
from keywright.settings.settings import settings
from tasks.write_receipt import hand_out


def run_receipt(options: argparse.Namespace) -> int:
    """Write the receipt of a case to a file; if the case has none yet, it is made now."""
    content = hand_out(options.case, options.language, Office.of(settings()), actor(), pdf=options.pdf)
    out = options.out or Path(f"receipt-{options.case}.{options.language}.{'pdf' if options.pdf else 'html'}")
    out.write_bytes(content)
    print(f"{out}: the receipt of case {options.case}, {len(content)} bytes.")
    return 0


def run_verify(options: argparse.Namespace) -> int:
    """Print for each file whether it is an unchanged receipt; return 1 if one is not."""
    wrong = 0
    for path in options.files:
        check = verify(path.read_bytes())
        print(f"{path}: {'right' if check.right else 'WRONG'}. {check.words}")
        wrong += not check.right
    return 1 if wrong else 0
