"""The commands that need no database: read documents, list the bots."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from cli.output import explanation_as_json, print_bots, print_explanation, print_reading
from keywright.bot import all_bots
from keywright.model.serialization import Json
from tasks.explain import draw_evidence, explain_file
from tasks.preview import files_of, read_files


def run_read(options: argparse.Namespace) -> int:
    """Print what is read on each document, in the given order; return 1 if a file is missing."""
    missing = [path for path in options.paths if not path.exists()]
    for path in missing:
        print(f"keywright: there is no {path}", file=sys.stderr)
    files = files_of(path for path in options.paths if path not in missing)
    if options.picture and len(files) != 1:
        print(f"keywright: --picture takes exactly one file, and {len(files)} were named", file=sys.stderr)
        return 1
    for reading in read_files(files, list(all_bots().values()), options.on_file):
        if options.json:
            _print_json(reading, options.explain)
        else:
            _print_text(reading, options.explain)
        if options.picture and reading["fields"]:
            _draw(reading, options.picture, in_json=options.json)
    return 1 if missing else 0


def _print_json(reading: Json, explain: bool) -> None:
    if explain:
        reasons = explain_file(Path(reading["file"]), reading["kind"]) if reading["fields"] else {}
        reading = {**reading, "explanation": explanation_as_json(reasons)}
    print(json.dumps(reading, ensure_ascii=False), flush=True)


def _print_text(reading: Json, explain: bool) -> None:
    print_reading(reading)
    if explain and reading["fields"]:
        print_explanation(reading, explain_file(Path(reading["file"]), reading["kind"]))


def _draw(reading: Json, picture: Path, *, in_json: bool) -> None:
    """Draw the evidence, and print how much was drawn; not among the JSON, where another program reads."""
    framed = draw_evidence(Path(reading["file"]), reading, picture)
    print(f"{picture}: {framed} fields are framed where they are printed.", file=sys.stderr if in_json else sys.stdout)


def run_bots(_: argparse.Namespace) -> int:
    """List the bots of this checkout."""
    print_bots(all_bots().values())
    return 0
