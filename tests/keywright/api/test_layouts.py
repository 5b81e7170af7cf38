"""The layouts by the API: listed, described with their profile, rolled back once, and masked as on the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from keywright.bot import all_bots
from keywright.database.layouts import StoredLayout
from keywright.database.models import LedgerEntry
from keywright.model.layout import LayoutState
from keywright.people.accounts import let_see
from tests.keywright.api.programs import program
from tests.keywright.api.test_auth import problem
from tests.keywright.console.desk import office
from tests.keywright.console.door import setting
from tests.keywright.layouts.earning import TrainingDesk, monthly_bill

pytestmark = pytest.mark.django_db
SELLER = monthly_bill(1).seller.name


@pytest.fixture
def learned() -> Iterator[StoredLayout]:
    with setting(CONFIRMATIONS="2"):
        desk = TrainingDesk(office())
        for month in (1, 2):
            desk.confirmed(desk.bill(month))
        yield StoredLayout.objects.get()


def test_layouts_are_listed_by_state_and_words_in_pages(learned: StoredLayout) -> None:
    for number in range(3):
        StoredLayout.objects.create(document_type=learned.document_type, sender=f"S{number}", sender_key=f"s{number}")
    maria = program()
    whole = maria.get("/layouts", limit=3).json()
    assert (whole["total"], len(whole["layouts"]), whole["next"]) == (4, 3, 2)
    assert [row["number"] for row in maria.get("/layouts", limit=3, page=2).json()["layouts"]] == [learned.pk]
    (row,) = maria.get("/layouts", state="trusted", words=SELLER[:6].lower()).json()["layouts"]
    assert (row["sender"], row["state"], row["version"], row["confirmed_documents"]) == (SELLER, "trusted", 2, 2)
    assert maria.get("/layouts", state="good").status_code == 422


def test_a_layout_is_described_with_its_fields_its_versions_and_its_whole_profile(learned: StoredLayout) -> None:
    layout = program().get(f"/layouts/{learned.pk}").json()
    fields = {field["name"]: field for field in layout["fields"]}
    assert fields["seller_name"]["constant"] == SELLER
    assert fields["invoice_number"]["example"].startswith("INV9")
    assert fields["grand_total"]["confirmed_in_a_row"] == 2
    assert layout["missing_confirmations"] == 0
    assert [version["state"] for version in layout["versions"]] == ["used", "replaced"]
    assert len(layout["documents"]) == 2
    assert layout["profile"]["documents"] == 2


def test_a_supervisors_program_rolls_back_the_version_that_it_saw_and_only_once(learned: StoredLayout) -> None:
    sara, path = program("sara", "supervisor"), f"/layouts/{learned.pk}/roll-back"
    answer = sara.post(path, {"version": 2})
    assert (answer.json()["version"], answer.json()["state"]) == (1, LayoutState.LEARNING)
    assert problem(sara.post(path, {"version": 2}))[1] == "not-as-seen"
    assert problem(sara.post(path, {"version": 1}))[1] == "not-as-seen"
    events = LedgerEntry.objects.filter(event__in=("layout-rolled-back", "token-used"), actor="sara")
    assert list(events.order_by("number").values_list("event", flat=True)) == ["layout-rolled-back", "token-used"]


def test_clerks_programs_and_programs_without_the_scope_roll_back_nothing(learned: StoredLayout) -> None:
    path = f"/layouts/{learned.pk}/roll-back"
    assert problem(program().post(path, {"version": 2}))[1] == "not-allowed"
    assert (
        problem(program("sara", "supervisor", scopes=("layouts:read",)).post(path, {"version": 2}))[1] == "not-allowed"
    )
    assert problem(program("paul", scopes=("cases:read",)).get("/layouts"))[1] == "not-allowed"
    learned.refresh_from_db()
    assert learned.version == 2


def test_what_a_person_may_not_see_is_masked_or_not_there(learned: StoredLayout) -> None:
    ivan = program("ivan", "it")
    with setting(MASKED_FIELDS="seller_name,invoice_number", CONFIRMATIONS="2"):
        layout = ivan.get(f"/layouts/{learned.pk}")
        assert SELLER not in layout.content.decode() and SELLER not in ivan.get("/layouts").content.decode()
        assert layout.json()["profile"] is None
        assert ivan.get("/layouts", words=SELLER[:6]).json()["total"] == 0
    let_see("payables", list(all_bots()), actor="test")
    assert problem(ivan.get(f"/layouts/{learned.pk}"))[1] == "not-there"
    assert ivan.get("/layouts").json()["total"] == 0
