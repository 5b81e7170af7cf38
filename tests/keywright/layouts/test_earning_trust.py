"""A layout earns its trust: unknown documents are asked about, confirmed ones teach, and one doubt asks again."""

from __future__ import annotations

from keywright.database.layouts import LayoutDocument, StoredLayout
from keywright.database.models import LedgerEntry
from keywright.model.case import State
from keywright.model.layout import LayoutState
from tests.keywright.layouts.earning import TrainingDesk, layout_of, monthly_bill, rules


def test_the_third_document_of_a_layout_needs_nobody_and_the_first_two_do(desk: TrainingDesk) -> None:
    first = desk.bill(1)
    assert first.state is State.REFERRED
    assert rules(first) == {"new-layout"}
    assert StoredLayout.objects.get().state == LayoutState.UNKNOWN
    desk.confirmed(first)
    assert StoredLayout.objects.get().state == LayoutState.LEARNING

    second = desk.bill(2)
    assert rules(second) == {"new-layout"}
    assert "confirm once more" in second.findings[0].message
    desk.confirmed(second)

    third = desk.bill(3)
    assert third.state is State.CHECKED, third.findings
    layout = StoredLayout.objects.get()
    assert (layout.state, layout.sender) == (LayoutState.TRUSTED, monthly_bill(1).seller.name)
    assert layout_of(first) == layout_of(second) == layout_of(third) == layout.pk
    events = LedgerEntry.objects.filter(event__startswith="layout-").order_by("number").values_list("event", flat=True)
    assert list(events) == ["layout-confirmed", "layout-learned", "layout-state"] * 2


def test_a_correction_sends_the_field_back_to_learning(desk: TrainingDesk) -> None:
    for month in (1, 2):
        desk.confirmed(desk.bill(month))
    third = desk.bill(3)
    assert third.state is State.CHECKED
    # A credit note comes: another kind of document is asked about, and corrected.
    assert LayoutDocument.objects.count() == 2
