"""A profile has versions: one that would lose a right value waits for IT, and each can be taken or rolled back."""

from __future__ import annotations

import datetime as dt

import pytest

from bots.supplier_invoices import bot
from demo.billing import SampleBill
from keywright.database.layouts import LayoutDocument, LayoutVersion, StoredLayout
from keywright.database.models import LedgerEntry
from keywright.layouts.versions import NotAVersion
from keywright.model.case import State
from keywright.model.layout import LayoutState
from keywright.review import layout_acts
from tests.keywright.layouts.drawn import OTHER_ACCOUNT, drawn, quill_bill
from tests.keywright.layouts.earning import TrainingDesk, rules

BRITISH, AMERICAN = "%d/%m/%Y", "%m/%d/%Y"


def late_bill(month: int) -> SampleBill:
    """Return a bill of the 25th, due on the 5th, which can be read as day and month both ways."""
    return quill_bill(month, issued=dt.date(2026, month, 25), due=dt.date(2026, month + 1, 5))


def confirmed_right(desk: TrainingDesk, bill: SampleBill, days: str) -> None:
    """Let the clerk confirm a bill with its true dates."""
    case = desk.worked(drawn(bill, days=days))
    truth = bill.truth()
    desk.confirmed(case, {"issue_date": truth["issue_date"], "due_date": truth["due_date"]})


@pytest.fixture
def held(desk: TrainingDesk) -> StoredLayout:
    """A layout whose sender has changed its way to write dates, so that its third version is held."""
    for month in (1, 2):
        confirmed_right(desk, late_bill(month), BRITISH)
    assert StoredLayout.objects.get().state == LayoutState.TRUSTED
    confirmed_right(desk, late_bill(3), AMERICAN)
    return StoredLayout.objects.get()


def test_a_version_that_would_lose_a_right_value_is_held_and_the_one_before_stays_in_use(held: StoredLayout) -> None:
    assert [row.state for row in held.versions.order_by("number")] == ["replaced", "used", "held"]
    assert held.version == 2
    assert {name for _, name in LayoutVersion.objects.get(number=3).lost} == {"due_date"}
    learned = LedgerEntry.objects.filter(event="layout-learned").order_by("-number").first()
    assert learned is not None and learned.body["state"] == "held" and learned.body["lost"]


def test_while_a_version_is_held_the_layout_is_learning(held: StoredLayout) -> None:
    assert held.state == LayoutState.LEARNING


def test_a_held_version_is_used_once_it_is_taken(held: StoredLayout) -> None:
    layout_acts.take(held, 3, bot, person="ivan")

    held.refresh_from_db()
    assert held.version == 3
    assert [row.state for row in held.versions.order_by("number")] == ["replaced", "replaced", "used"]
    taken = LedgerEntry.objects.get(event="layout-version-taken")
    assert (taken.actor, taken.body["version"]) == ("ivan", 3)


def test_a_version_that_does_not_exist_cannot_be_taken(held: StoredLayout) -> None:
    with pytest.raises(NotAVersion):
        layout_acts.take(held, 9, bot, person="ivan")

    held.refresh_from_db()
    assert held.version == 2


def test_rolling_back_forgets_what_was_confirmed_since_and_asks_again(desk: TrainingDesk) -> None:
    for month in (1, 2):
        desk.confirmed(desk.worked(drawn(quill_bill(month))))
    layout = StoredLayout.objects.get()

    layout_acts.roll_back(layout, bot, person="ivan", seen=2)

    layout.refresh_from_db()
    assert (layout.version, layout.state) == (1, LayoutState.LEARNING)
    assert list(LayoutDocument.objects.values_list("used", flat=True)) == [True, False]
    assert LedgerEntry.objects.get(event="layout-rolled-back").actor == "ivan"
    assert "new-layout" in rules(desk.worked(drawn(quill_bill(3))))
    with pytest.raises(NotAVersion):
        layout_acts.roll_back(layout, bot, person="ivan", seen=1)


def test_a_sender_that_has_changed_its_bank_account_is_trusted_again_after_three_documents(desk: TrainingDesk) -> None:
    for month in (1, 2):
        desk.confirmed(desk.worked(drawn(quill_bill(month))))
    for month in (3, 4, 5):
        case = desk.worked(drawn(quill_bill(month, iban=OTHER_ACCOUNT)))
        assert case.state is State.REFERRED, "a changed account is confirmed more than once"
        desk.confirmed(case)

    assert not LayoutVersion.objects.filter(state="held").exists()
    assert desk.worked(drawn(quill_bill(6, iban=OTHER_ACCOUNT))).state is State.CHECKED
    assert desk.worked(drawn(quill_bill(7))).state is State.REFERRED, "the former account is another one now"
