"""An office that asks about new layouts, and people who look at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from keywright.database.layouts import StoredLayout
from tests.keywright.console.desk import office
from tests.keywright.console.door import setting
from tests.keywright.layouts.earning import TrainingDesk

SignedIn = Callable[..., Client]


@pytest.fixture
def desk(db: None) -> Iterator[TrainingDesk]:
    """A robot that reads, and a clerk who confirms; two documents in a row make a layout trusted."""
    with setting(CONFIRMATIONS="2"):
        yield TrainingDesk(office())


@pytest.fixture
def learned(desk: TrainingDesk) -> StoredLayout:
    """A layout of which two documents are confirmed."""
    for month in (1, 2):
        desk.confirmed(desk.bill(month))
    return StoredLayout.objects.get()


@pytest.fixture
def sara(db: None, signed_in: SignedIn) -> Client:
    """A supervisor's browser."""
    return signed_in("sara", "supervisor")
