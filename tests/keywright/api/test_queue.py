"""The queue by the API: the page's filters, in parts, and no case that the page would not show."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from keywright import clock
from keywright.database.models import BotAccess, StoredCase
from keywright.findings import Finding
from keywright.review import claims
from tests.keywright.api.programs import Program, program
from tests.keywright.api.test_auth import problem
from tests.keywright.api.test_operations import SUMS
from tests.keywright.clerks import clerk
from tests.keywright.console.desk import BOT, UNSURE, opened, referred
from tests.keywright.receipts.keyed import masking_fields

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def numbers(by: Program, **filters: Any) -> list[int]:
    response = by.get("/queue", **filters)
    assert response.status_code == 200, response.json()
    payload = response.json()
    numbers_shown = [row["number"] for row in payload["cases"]]
    assert payload["total"] >= len(numbers_shown)
    return numbers_shown


def another(name: str, seller: str, amount: str, *findings: Finding, **columns: Any) -> int:
    """Refer a case of a vendor over an amount; return its number."""
    number = int(referred(name, findings or (UNSURE,)).id)
    key = re.sub(r"[^a-z0-9]", "", seller.casefold().replace("é", "e"))
    columns_of_row = {"sender": seller, "sender_key": key, "amount": Decimal(amount), **columns}
    StoredCase.objects.filter(pk=number).update(**columns_of_row)
    return number


@pytest.fixture
def three() -> dict[str, int]:
    moment = clock.now()
    return {
        "gravel": another("gravel.pdf", "Bruce Trail Gravel Ltd.", "1412.50", due_at=moment - DAY),
        "pumps": another("pumps.pdf", "Pompes Québec inc.", "99.95", SUMS, due_at=moment + DAY),
        "signs": another("signs.pdf", "Road Signs Ltd.", "250.00", due_at=moment + 2 * DAY, currency="USD"),
    }


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["gravel", "pumps", "signs"]),
        ({"vendor": "quebec"}, ["pumps"]),
        ({"vendor": "LTD."}, ["gravel", "signs"]),
        ({"vendor": "!!"}, []),
        ({"amount_from": "100"}, ["gravel", "signs"]),
        ({"amount_to": "250.00"}, ["pumps", "signs"]),
        ({"amount_to": "250,00 $"}, ["pumps", "signs"]),
        ({"amount_from": "$1,000"}, ["gravel"]),
        ({"amount_from": "100", "amount_to": "300"}, ["signs"]),
        ({"currency": "USD"}, ["signs"]),
        ({"kind": "business"}, ["pumps"]),
        ({"view": "late"}, ["gravel"]),
        ({"words": "signs"}, ["signs"]),
        ({"words": "  bruce   trail "}, ["gravel"]),
        ({"vendor": "ltd", "kind": "business"}, []),
    ],
)
def test_the_queue_is_narrowed_by_what_the_page_shows(
    three: dict[str, int], filters: dict[str, str], expected: list[str]
) -> None:
    assert numbers(program(), **filters) == [three[name] for name in expected]


def test_what_is_due_before_a_time_is_asked_for(three: dict[str, int]) -> None:
    soon = (clock.now() + 1.5 * DAY).isoformat()
    assert numbers(program(), due_before=soon) == [three["gravel"], three["pumps"]]


def test_the_views_of_the_page_are_there_parked_and_handed_ones_too(three: dict[str, int]) -> None:
    maria, petra = program(), clerk("petra")
    person = User.objects.get(username="maria")
    claims.park(three["gravel"], clock.now() + DAY, person=petra, why="waits")
    claims.hand_over(three["pumps"], person, person=petra)
    claims.claim(three["signs"], person)

    views = {view: numbers(maria, view=view) for view in ("", "parked", "handed", "mine", "late")}

    assert views == {
        "": [three["pumps"], three["signs"]],
        "parked": [three["gravel"]],
        "handed": [three["pumps"]],
        "mine": [three["signs"]],
        "late": [],
    }


@pytest.mark.parametrize(
    "filters", [{}, {"view": "late"}, {"kind": "business"}, {"words": "ltd"}, {"words": "pumps", "kind": "reading"}]
)
def test_page_and_program_of_one_person_have_the_same_cases_in_the_same_order(
    three: dict[str, int], filters: dict[str, str], client: Client
) -> None:
    maria = program()
    opened("hidden.pdf", bot="permit-tickets")
    BotAccess.objects.create(group=Group.objects.create(name="permits"), bot="permit-tickets")
    StoredCase.objects.filter(bot="permit-tickets").update(state="referred", sender="Ltd.")
    client.force_login(User.objects.get(username="maria"))

    page = client.get("/", filters).content.decode()

    numbers_shown = [int(number) for number in re.findall(r'href="/cases/(\d+)/review/', page)]
    assert list(dict.fromkeys(numbers_shown)) == numbers(maria, **filters)


def test_a_department_s_cases_are_in_the_queue_of_its_people_alone(three: dict[str, int]) -> None:
    maria, otto = program(), program("otto", "clerk", "roads")
    BotAccess.objects.create(group=Group.objects.create(name="roads"), bot=BOT)
    User.objects.get(username="otto").groups.add(Group.objects.get(name="roads"))
    assert (numbers(maria), len(numbers(otto))) == ([], 3)
    assert maria.get("/queue", words="gravel").json()["total"] == 0


def test_a_narrowed_queue_is_handed_out_in_parts_too(three: dict[str, int]) -> None:
    maria = program()
    first = maria.get("/queue", vendor="ltd", limit=1).json()
    second = maria.get("/queue", vendor="ltd", limit=1, after=first["next"]).json()
    assert [row["number"] for part in (first, second) for row in part["cases"]] == [three["gravel"], three["signs"]]
    assert (first["total"], second["total"], second["next"]) == (2, 2, None)


@pytest.mark.parametrize(
    "filters",
    [
        {"amount_from": "much"},
        {"amount_from": "NaN"},
        {"amount_from": "1E+3000000000"},
        {"currency": "dollars"},
        {"view": "all"},
        {"due_before": "soon"},
    ],
)
def test_a_filter_that_is_none_is_refused(filters: dict[str, str]) -> None:
    assert problem(program().get("/queue", **filters)) == (422, "not-taken")


def test_by_what_is_masked_nobody_filters_who_may_not_see_it(three: dict[str, int]) -> None:
    ada, maria = program("ada", "auditor"), program()
    with masking_fields("seller_name,grand_total"):
        for filters in ({"vendor": "bruce"}, {"amount_from": "1412"}, {"amount_to": "1413"}):
            assert problem(ada.get("/queue", **filters)) == (403, "not-allowed")
            assert maria.get("/queue", **filters).status_code == 200
