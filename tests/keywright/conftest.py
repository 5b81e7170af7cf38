"""An office on the tests' own database, and one with an empty database of each make."""

from __future__ import annotations

from pathlib import Path

import pytest

from keywright.cases.worker import Office
from keywright.settings.settings import load


@pytest.fixture
def plain_office(tmp_path: Path, db: None) -> Office:
    """A place in an office on the tests' own database; tests that race take ``racing``."""
    return Office.of(load({"KEYWRIGHT_HOME": str(tmp_path)}))


@pytest.fixture
def racing(tmp_path: Path, database: str) -> Office:
    """A place in an office with an empty database of each make."""
    return Office.of(load({"KEYWRIGHT_HOME": str(tmp_path), "KEYWRIGHT_DATABASE_URL": database}))
