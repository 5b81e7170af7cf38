"""A few labelled invoices for the benchmarks that need a corpus."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from demo import documents

TRUTH = {
    "brightwater-4471.pdf": ("INV-4471", "2026-10-14", "9881.85"),
    "escarpment-wrong-sum.pdf": ("ETC-2298", "2026-10-27", "5168.70"),
    "halton-hydrovac-three-pages.pdf": ("HV-30977", "2026-10-31", "54742.73"),
    "lakeshore-uniforms-771.pdf": ("771", "2026-11-04", "4205.35"),
    "maple-ridge-scan.pdf": ("20618", "2026-10-21", "33841.01"),
    "papeterie-laurier-fr.pdf": ("FAC-08215", "2026-10-19", "2758.89"),
    "unknown-vendor.pdf": ("BH-0417", "2026-11-06", "1.00"),  # a label that is wrong: fitting needs to see an error
}


def make(folder: Path) -> Path:
    """Write the corpus; return its folder."""
    dev = folder / "corpus" / "dev"
    documents.make(dev)
    rows: list[dict[str, Any]] = [
        {
            "id": Path(name).stem,
            "file": name,
            "kind": "invoices",
            "lang": "en",
            "text_layer": "scan" not in name,
            "truth": {"invoice_number": number, "issue_date": issued, "grand_total": total},
        }
        for name, (number, issued, total) in TRUTH.items()
    ]
    (dev / "manifest.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    _third_parties(folder / "corpus" / "zoo", rows)
    return folder / "corpus"


def _third_parties(zoo: Path, rows: list[dict[str, Any]]) -> None:
    """Write the same documents once more, as if their layouts were a third party's: one part each."""
    documents.make(zoo)
    parts = ("rules", "calibration", "test")
    parted = [{**row, "part": parts[number % 3]} for number, row in enumerate(rows)]
    (zoo / "manifest.jsonl").write_text("".join(json.dumps(row) + "\n" for row in parted), encoding="utf-8")
