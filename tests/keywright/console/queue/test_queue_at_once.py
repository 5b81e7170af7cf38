"""Many clerks who take the next case at the same moment, each from a thread of its own, each get another."""

from __future__ import annotations

from functools import partial

import pytest
from django.test import Client

from tests.keywright.clerks import clerk
from tests.keywright.console.desk import referred
from tests.keywright.racing import race

pytestmark = pytest.mark.usefixtures("database")
MANY = 8


def take(client: Client) -> str:
    return str(client.get("/next/").headers["Location"])


def test_clerks_who_take_the_next_case_at_once_get_another_each_and_the_last_finds_none_left() -> None:
    clerks = [Client() for _ in range(MANY)]
    for number, client in enumerate(clerks):
        client.force_login(clerk(f"clerk{number}"))
    cases = [referred(f"{number}.pdf") for number in range(MANY - 1)]

    places = race(*(partial(take, client) for client in clerks))

    assert sorted(map(str, places)) == sorted([*(f"/cases/{case.id}/review/" for case in cases), "/"])
