"""The demo's sample documents, made once a process and copied: making them takes seconds."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from demo import documents


@cache
def _made() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="keywright-samples-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    documents.make(folder / "samples")
    return folder / "samples"


def copy_samples(folder: Path) -> None:
    """Put a copy of every sample document into a new folder."""
    shutil.copytree(_made(), folder)
