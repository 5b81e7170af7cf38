"""Reads every hostile document of a corpus: no crash, no hang, no blank; what must be refused is refused with a reason.

``./run bench hostile``: the corpus is the folder in KEYWRIGHT_CORPUS, or ../shared/corpus next to the checkout.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from pathlib import Path
from typing import Any

from rich.progress import track

from extractors.engines import refusals
from extractors.engines.isolation.sandbox import read
from keywright.errors import Refer
from keywright.settings.settings import CHECKOUT
from keywright.terminal import SafeConsole


def main() -> int:
    """Read them all, print the outcome of each, and return 1 if one was not handled as required."""
    corpus = Path(os.environ.get("KEYWRIGHT_CORPUS", CHECKOUT.parent / "shared" / "corpus")) / "dev"
    rows = [json.loads(line) for line in (corpus / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    counts: Counter[str] = Counter()
    faults, slowest = [], (0.0, "")
    for row in track(
        [row for row in rows if row["kind"] == "hostile"],
        description="hostile documents",
        console=SafeConsole(stderr=True),
    ):
        began = time.monotonic()
        became, fault = deal_with(corpus / row["file"], row)
        slowest = max(slowest, (time.monotonic() - began, row["id"]))
        counts[became] += 1
        faults += [f"{row['id']}: {fault}"] if fault else []
    screen = SafeConsole()
    screen.print(", ".join(f"{number} {became}" for became, number in counts.most_common()))
    screen.print(f"slowest: {slowest[1]}, {slowest[0]:.1f} s; not dealt with as they must be: {len(faults)}")
    for fault in faults:
        screen.print(f"  {fault}")
    return 1 if faults else 0


def deal_with(path: Path, row: dict[str, Any]) -> tuple[str, str]:
    """Return what became of a document, and in words what should have become of it instead, if anything."""
    secret = "missing password" in row["expect"] or "ask for the password" in row["expect"]
    try:
        reading = read(path)
    except Refer as refused:
        rule = refused.finding.rule
        return (
            f"refused as {rule}",
            "is protected, and that is not told" if secret and rule != refusals.ENCRYPTED else "",
        )
    if secret or "zip_bomb" in row["flags"]:
        return "read", "must be refused"
    blank = not (reading.text().strip() or reading.controls or reading.einvoice)
    return "read", "was read as a blank" if blank else ""
