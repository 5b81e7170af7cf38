"""The demo's sample documents and an empty office, made once a process and copied: making them takes seconds."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from demo import documents


@cache
def _made() -> Path:
    """Return a folder with both, for as long as this process runs."""
    folder = Path(tempfile.mkdtemp(prefix="keywright-samples-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    documents.make(folder / "samples")
    environment = {**os.environ, "KEYWRIGHT_HOME": str(folder / "home")}
    subprocess.run([sys.executable, "-m", "cli", "cases"], env=environment, check=True, capture_output=True)
    return folder


def copy_samples(folder: Path) -> None:
    """Put a copy of every sample document into a new folder."""
    shutil.copytree(_made() / "samples", folder)


def copy_office(home: Path) -> None:
    """Put an office without a case into a new folder; its database has all tables."""
    shutil.copytree(_made() / "home", home)
