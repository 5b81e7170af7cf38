"""The browsers of people who confirm."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client


@pytest.fixture
def sara(db: None, signed_in: Callable[..., Client]) -> Client:
    """A supervisor's browser."""
    return signed_in("sara", "supervisor")
