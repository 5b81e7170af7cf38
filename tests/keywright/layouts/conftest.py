"""An office whose people must confirm two documents of a layout in a row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from keywright.cases.worker import Office
from keywright.settings.settings import settings
from tests.keywright.layouts.earning import TrainingDesk


@pytest.fixture
def desk(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrainingDesk]:
    monkeypatch.setenv("KEYWRIGHT_CONFIRMATIONS", "2")
    monkeypatch.setenv("KEYWRIGHT_HOME", str(tmp_path))
    monkeypatch.setenv("KEYWRIGHT_DATABASE_URL", database)
    settings.cache_clear()
    yield TrainingDesk(Office.of(settings()))
    monkeypatch.undo()
    settings.cache_clear()
