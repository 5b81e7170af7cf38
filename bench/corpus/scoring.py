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

from bench.corpus.documents import Labelled, scoring_tool
from keywright.model.serialization import Json

#: What a group is called, and which documents belong to it.
Groups = Mapping[str, Callable[[Labelled], bool]]


def groups_of(documents: Sequence[Labelled]) -> Groups:
    """Return the groups in which readings are told: all, real or made, text layer or scan, by language."""
    groups: dict[str, Callable[[Labelled], bool]] = {
        "all": lambda _: True,
        "real": lambda one: not one.made,
        "made": lambda one: one.made,
        "text layer": lambda one: one.digital,
        "scan": lambda one: not one.digital,
    }
    for language in sorted({str(one.row.get("lang")) for one in documents}):
        groups[f"language {language}"] = lambda one, language=language: one.row.get("lang") == language  # type: ignore[misc]
    return groups


def scored(documents: Iterable[Labelled], answers: Iterable[Json], kind: str, show: int = 0) -> tuple[Json, str]:
    """Return the tool's figures for these documents, and what it prints with so many wrong fields shown."""
    with tempfile.TemporaryDirectory() as place:
        manifest, predictions = Path(place) / "manifest.jsonl", Path(place) / "predictions.jsonl"
        manifest.write_text("".join(json.dumps(dict(one.row)) + "\n" for one in documents), encoding="utf-8")
        predictions.write_text("".join(json.dumps(one) + "\n" for one in answers), encoding="utf-8")
        asked = [sys.executable, str(scoring_tool()), str(manifest), str(predictions), "--kind", kind]
        figures = json.loads(_told([*asked, "--json"]))
        return figures, _told([*asked, "--show", str(show)]) if show else ""


def _told(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


@cache
def _tool() -> ModuleType:
    """Return the scoring tool as a module, so that one value is compared as it compares them."""
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
