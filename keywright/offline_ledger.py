"""Verifies an exported ledger without Keywright: ``python3 offline_ledger.py ledger.jsonl``.

It needs Python 3.8 and this one file. Each line of the export is one entry, and an entry's hash is the SHA-256 of the
hash before it, followed by the entry as JSON with sorted keys, without blanks, in UTF-8. The status is 1 if one is not
right.
"""

from __future__ import annotations

import hashlib
import json
import sys
from typing import Dict, Iterable, Tuple  # noqa: UP035  the Pythons of auditors are old

HASHED = ("number", "at", "actor", "event", "case", "body")


def hash_of(entry: Dict[str, object]) -> str:  # noqa: UP006  as above
    """Return the hash that an entry has if nobody changed it."""
    told = {name: entry[name] for name in HASHED}
    canonical = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((str(entry["previous"]) + canonical).encode()).hexdigest()


def verify(lines: Iterable[str]) -> Tuple[int, int, str]:  # noqa: UP006  as above
    """Return how many entries fit, how many gaps there are between them, and the first fault in words, or ""."""
    number, previous, count, gaps = 0, "0" * 64, 0, 0
    for line in lines:
        entry = json.loads(line)
        if hash_of(entry) != entry["hash"]:
            return count, gaps, f"Entry {entry['number']} was changed after it was written."
        if entry["number"] == number + 1 and entry["previous"] != previous:
            return count, gaps, f"Entry {entry['number']} does not follow the entry before it."
        gaps += entry["number"] != number + 1
        number, previous, count = entry["number"], entry["hash"], count + 1
    return count, gaps, ""


def main() -> int:
    """Verify the file that the command line names, and tell."""
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123  as plain as can be
        count, gaps, fault = verify(file)
    if fault:
        print(f"{count} entries fit. {fault}")
        return 1
    part = f" They are a part of the ledger, with {gaps} gaps: what lies in a gap is not verified." if gaps else ""
    print(f"All {count} entries fit.{part}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
