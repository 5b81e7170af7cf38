"""What the engines' tests share: a file on disk, read through the sandbox as everyone reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from extractors.engines.isolation.sandbox import Limits, read
from keywright.errors import Refer
from keywright.findings import Finding
from keywright.model.reading import Reading

_USUAL = Limits()
Put = Callable[[bytes], Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Return a function that keeps bytes in a file whose name says nothing about them."""

    def keep(content: bytes) -> Path:
        path = tmp_path / "document"
        path.write_bytes(content)
        return path

    return keep


@pytest.fixture
def read_bytes(put: Put) -> Callable[[bytes], Reading]:
    return lambda content: read(put(content))


@pytest.fixture
def refusal(put: Put) -> Callable[..., Finding]:
    """Return a function that reads bytes and returns the finding of their refusal."""

    def refused(content: bytes, limits: Limits = _USUAL) -> Finding:
        with pytest.raises(Refer) as caught:
            read(put(content), limits)
        return caught.value.finding

    return refused
