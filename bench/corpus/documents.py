"""Finds the labelled documents and the tool that scores what was read of them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keywright.errors import Stop
from keywright.settings.settings import CHECKOUT

#: Flags of documents that were made for measuring; all others are real or realistic.
MADE = frozenset({"synthetic_here", "synthetic_fill", "synthetic"})
NOT_PAYABLE = frozenset({"statement", "order", "contract"})


@dataclass(frozen=True, slots=True)
class LabelledDocument:
    """One labelled document: its file, and its row of the manifest."""

    path: Path
    row: Mapping[str, Any]

    @property
    def vendor(self) -> str:
        """Return the layout family; folds are made of whole families."""
        return str(self.row.get("vendor") or self.row["id"])

    @property
    def made(self) -> bool:
        return bool(MADE & set(self.row.get("flags") or []))

    @property
    def digital(self) -> bool:
        return bool(self.row.get("text_layer"))

    @property
    def payable(self) -> bool:
        return self.row.get("doc_type") not in NOT_PAYABLE


def folder() -> Path:
    """Return the folder of the corpus: ``KEYWRIGHT_CORPUS``, or ``shared/corpus`` next to the checkout.

    Raises Stop if there is no corpus.
    """
    corpus = Path(os.environ.get("KEYWRIGHT_CORPUS") or CHECKOUT.parent / "shared" / "corpus")
    if not (corpus / "dev" / "manifest.jsonl").exists():
        raise Stop(
            f"There is no dev/manifest.jsonl in {corpus}. Set KEYWRIGHT_CORPUS to the folder of labelled documents."
        )
    return corpus


def scoring_tool() -> Path:
    """Return the tool that scores a reading. Raises Stop if it is not next to the corpus."""
    tool = folder().parent / "score" / "score.py"
    if not tool.exists():
        raise Stop(f"There is no scoring tool {tool}. It belongs beside the corpus.")
    return tool


def labelled(kinds: Iterable[str]) -> list[LabelledDocument]:
    """Return the labelled documents of some kinds, in the order of the manifest."""
    dev, wanted = folder() / "dev", set(kinds)
    rows = (json.loads(line) for line in (dev / "manifest.jsonl").read_text(encoding="utf-8").splitlines() if line)
    return [LabelledDocument(dev / row["file"], row) for row in rows if row["kind"] in wanted]
