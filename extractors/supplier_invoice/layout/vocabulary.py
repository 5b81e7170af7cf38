"""The words that are known on bills, as ``words.toml`` has them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("vocabulary.toml").read_text("utf-8"))


def wordings(*path: str) -> list[str]:
    """Return the wordings at a place in the file, apart by ``|`` there."""
    found: Any = WORDS
    for name in path:
        found = found[name]
    return [" ".join(wording.split()) for wording in str(found).split("|") if wording.strip()]
