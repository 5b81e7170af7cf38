"""The words that are known on bills, from ``vocabulary.toml``."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("vocabulary.toml").read_text("utf-8"))


def wordings(*path: str) -> list[str]:
    """Return the wordings at a path in the file, which are separated by ``|`` there."""
    entry: Any = WORDS
    for name in path:
        entry = entry[name]
    return [" ".join(wording.split()) for wording in str(entry).split("|") if wording.strip()]
