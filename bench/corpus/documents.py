"""Finds the labelled documents: those of the corpus for development, or those of any manifest."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keywright.errors import Stop
from keywright.settings.settings import CHECKOUT

#: Flags of documents that were made for measuring; all others are real or realistic.
MADE = frozenset({"synthetic_here", "synthetic_fill", "synthetic"})
THIRD_PARTIES = ("zoo", "stream")
"""The folders with layouts that no one here designed, each with a manifest."""
NOT_PAYABLE = frozenset({"statement", "order", "contract"})


@dataclass(frozen=True, slots=True)
class LabelledDocument:
    """One labelled document: its file, and its row of the manifest."""

    path: Path
    row: Mapping[str, Any]

    @property
    def vendor(self) -> str:
        """Return the layout family; folds are made of whole families."""
        return str(self.row.get("vendor") or self.row.get("id") or self.row["file"])

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


def labelled(kinds: Iterable[str], manifest: Path | None = None) -> list[LabelledDocument]:
    """Return the labelled documents of some kinds, in the order of a manifest (of ``dev`` if none is given).

    Raises Stop if the manifest cannot be read, names none of these kinds, or names a file that is not there.
    """
    manifest, wanted = manifest or folder() / "dev" / "manifest.jsonl", set(kinds)
    rows = [row for row in _rows(manifest) if row.get("kind") in wanted]
    documents = [LabelledDocument(manifest.parent / row["file"], row) for row in rows]
    if not documents:
        raise Stop(f"{manifest} names no document of the kind {' or '.join(sorted(wanted))}.")
    missing = [str(document.path) for document in documents if not document.path.is_file()]
    if missing:
        raise Stop(f"{manifest} names {len(missing)} files that are not there: {', '.join(missing[:3])}.")
    return documents


def of_third_parties(part: str) -> list[LabelledDocument]:
    """Return the invoices of one part of the layouts of third parties: ``rules``, ``calibration`` or ``test``.

    Raises Stop if the corpus has none.
    """
    manifests = [folder() / name / "manifest.jsonl" for name in THIRD_PARTIES]
    documents = [document for path in manifests if path.exists() for document in labelled(["invoices"], path)]
    within = [document for document in documents if document.row.get("part") == part]
    if not within:
        raise Stop(f"{folder()} has no layouts of third parties in the part {part}: {' and '.join(THIRD_PARTIES)}.")
    return within


def _rows(manifest: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a manifest."""
    for number, line in enumerate(manifest.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise Stop(f"{manifest}, line {number}, is no JSON: {error}.") from error
        if not isinstance(row, dict) or not {"file", "kind"} <= row.keys():
            raise Stop(f"{manifest}, line {number}, needs the keys file and kind.")
        yield row
