"""Keeps what the engines saw of each labelled document, so that a second run need not look again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from os import cpu_count
from pathlib import Path

from bench.corpus.documents import LabelledDocument
from extractors.engines.isolation.sandbox import read
from extractors.engines.reading_json import reading_from_json, reading_to_json
from keywright.errors import Refer
from keywright.model.reading import Reading
from keywright.model.serialization import findings_from_json, findings_to_json
from keywright.settings.settings import CHECKOUT, settings

Seen = Reading | Refer
#: Modules that carry what was seen, and see nothing themselves.
CARRIERS = frozenset(
    f"{name}.py"
    for name in ("sandbox", "child_output", "fork_server", "fence", "landlock", "seccomp", "picture_reader", "refusals")
)


@cache
def engines() -> str:
    """Return a hash of the engines' source: what another engine saw is not what ours sees."""
    parts = sorted(p for p in (CHECKOUT / "extractors" / "engines").rglob("*.py") if p.name not in CARRIERS)
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()[:16]


def seen(path: Path, fresh: bool = False, home: Path | None = None) -> Seen:
    """Return what the engines see on a document, or why they refuse it, from an earlier run if there was one.

    ``home`` has the earlier runs, if it is not this process's home.
    """
    stored = _place(path, home)
    if fresh or not stored.exists():
        stored.parent.mkdir(parents=True, exist_ok=True)
        outcome = _look(path)
        whole = stored.with_suffix(".part")
        whole.write_text(json.dumps(outcome), encoding="utf-8")
        whole.replace(stored)
    outcome = json.loads(stored.read_text(encoding="utf-8"))
    if "refer" in outcome:
        return Refer(findings_from_json(outcome["refer"])[0])
    return reading_from_json(outcome["reading"])


def look_at_all(documents: Sequence[LabelledDocument], fresh: bool, on_each: Callable[[], None]) -> None:
    """Have the engines look at every document that is not kept yet, as many at once as there are processors."""

    def one(document: LabelledDocument) -> None:
        if fresh or not _place(document.path).exists():
            seen(document.path, fresh)
        on_each()

    with ThreadPoolExecutor(cpu_count() or 1) as readers:
        for _ in readers.map(one, documents):
            pass


def _look(path: Path) -> dict[str, object]:
    try:
        return {"reading": reading_to_json(read(path))}
    except Refer as refer:
        return {"refer": findings_to_json([refer.finding])}


def _place(path: Path, home: Path | None = None) -> Path:
    content = hashlib.sha256(path.read_bytes()).hexdigest()[:24]
    return (home or settings().home) / "bench" / "readings" / engines() / f"{content}.json"
