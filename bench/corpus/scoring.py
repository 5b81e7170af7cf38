"""Scores readings with the corpus's own tool, whole or by group."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from bench.corpus.documents import LabelledDocument, scoring_tool
from keywright.model.serialization import Json

#: What a group is called, and which documents belong to it.
Groups = Mapping[str, Callable[[LabelledDocument], bool]]


def groups_of(documents: Sequence[LabelledDocument]) -> Groups:
    """Return the groups of documents that are scored: all, real or made, text layer or scan, by language."""
    groups: dict[str, Callable[[LabelledDocument], bool]] = {
        "all": lambda _: True,
        "real": lambda document: not document.made,
        "made": lambda document: document.made,
        "text layer": lambda document: document.digital,
        "scan": lambda document: not document.digital,
    }
    for language in sorted({str(labelled_document.row.get("lang")) for labelled_document in documents}):
        groups[f"language {language}"] = lambda document, language=language: document.row.get("lang") == language  # type: ignore[misc]
    return groups


def scored(
    documents: Iterable[LabelledDocument], readings: Iterable[Json], kind: str, show: int = 0
) -> tuple[Json, str]:
    """Return the tool's figures for these documents, and what it prints with so many wrong fields shown."""
    with tempfile.TemporaryDirectory() as place:
        manifest, predictions = Path(place) / "manifest.jsonl", Path(place) / "predictions.jsonl"
        manifest.write_text("".join(json.dumps(dict(document.row)) + "\n" for document in documents), encoding="utf-8")
        predictions.write_text("".join(json.dumps(reading) + "\n" for reading in readings), encoding="utf-8")
        command = [sys.executable, str(scoring_tool()), str(manifest), str(predictions), "--kind", kind]
        figures = json.loads(_told([*command, "--json"]))
        return figures, _told([*command, "--show", str(show)]) if show else ""


def _told(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


@cache
def _tool() -> ModuleType:
    """Return the scoring tool as a module, to compare a single value the way it does."""
    spec = importlib.util.spec_from_file_location("scoring_tool", scoring_tool())
    assert spec and spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def canonical() -> frozenset[str]:
    """Return the fields of an invoice that are scored."""
    return frozenset(_tool().CANONICAL)


def right(name: str, truth: Any, value: Any) -> bool:
    """Return whether a value is what the label says, as the tool compares them."""
    return bool(_tool().same(name, truth, value))
