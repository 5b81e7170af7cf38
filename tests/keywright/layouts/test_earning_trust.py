"""A layout earns its trust: unknown documents are asked about, confirmed ones teach, and one doubt asks again."""

from __future__ import annotations

from keywright.database.layouts import StoredLayout
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


def test_a_layout_is_learning_again_while_a_document_that_it_does_not_explain_waits(desk: TrainingDesk) -> None:
    for month in (1, 2):
        desk.confirmed(desk.bill(month))
    assert StoredLayout.objects.get().state == LayoutState.TRUSTED

    without_order = desk.bill(3, purchase_order="")

    assert rules(without_order) == {"layout-differs", "unread"}  # its label is printed, with nothing beside it
    assert {finding.fields for finding in without_order.findings} == {("purchase_order",)}
    assert StoredLayout.objects.get().state == LayoutState.LEARNING
    desk.confirmed(without_order)
    assert StoredLayout.objects.get().state == LayoutState.TRUSTED
    assert desk.bill(4).state is State.CHECKED
