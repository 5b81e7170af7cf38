"""A few labelled invoices with a small scoring tool beside them, for the benchmarks that need a corpus."""

from __future__ import annotations

import json
from pathlib import Path

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
TOOL = """
import json, sys
from pathlib import Path

CANONICAL = {"invoice_number", "issue_date", "grand_total"}

def same(field, truth, value):
    return str(truth) == str(value)

def main():
    rows, read = ([json.loads(line) for line in Path(name).read_text().splitlines()] for name in sys.argv[1:3])
    by_file = {answer["file"]: answer for answer in read}
    answers = [by_file[row["file"]] for row in rows]
    wrong = [
        f"{row['file']} {name}: {truth}"
        for row, answer in zip(rows, answers, strict=True)
        for name, truth in row["truth"].items()
        if not same(name, truth, answer["fields"].get(name, {}).get("value"))
    ]
    keyed = sum(answer["verdict"] == "key" for answer in answers)
    figures = {"documents": len(rows), "keyed": keyed, "straight_through": keyed, "silent_wrong": len(wrong)}
    print(json.dumps({"whole": figures}) if "--json" in sys.argv else "\\n".join(wrong))

if __name__ == "__main__":
    main()
"""


def make(folder: Path) -> Path:
    """Write the corpus, and its tool where it belongs; return the corpus's folder."""
    dev, tool = folder / "corpus" / "dev", folder / "score" / "score.py"
    documents.make(dev)
    rows = [
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
    tool.parent.mkdir()
    tool.write_text(TOOL, encoding="utf-8")
    return folder / "corpus"
