"""What people correct takes trust away at once: from the next document on, a person is asked about the field again."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from demo.billing import TOWN, line
from keywright.database.layouts import LayoutDocument, StoredLayout
from keywright.findings import Finding
from keywright.model.layout import LayoutState
from tasks.refer import refer
from tests.keywright.layouts.earning import TrainingDesk, monthly_bill, rules


def trusted(desk: TrainingDesk) -> StoredLayout:
    """Let a clerk confirm two documents of a layout."""
    for month in (1, 2):
        desk.confirmed(desk.bill(month))
    layout = StoredLayout.objects.get()
    assert layout.state == LayoutState.TRUSTED
    return layout


def test_a_correction_that_holds_the_next_version_asks_about_the_field_again(desk: TrainingDesk) -> None:
    layout = trusted(desk)
    asked = desk.bill(3, due=dt.date(2026, 3, 1))
    assert "in-order" in rules(asked)
    desk.confirmed(asked, {"buyer_name": TOWN[1], "due_date": ""})
    assert layout.versions.filter(state="held").exists()

    following = desk.bill(4)

    assert rules(following) == {"new-layout"}
    assert "buyer_name" in following.findings[0].fields


def test_the_second_decision_on_a_case_does_not_make_its_correction_forgotten(desk: TrainingDesk) -> None:
    corrected = desk.confirmed(desk.bill(1), {"purchase_order": ""})
    finding = Finding("bank-account-first", "First bank account of this vendor.")

    desk.confirmed(refer(corrected, [finding], desk.office))

    document = LayoutDocument.objects.get()
    assert document.corrected == ["purchase_order"]
    assert document.read["purchase_order"] == "PO-26-1001"


def test_a_bill_of_another_vendor_that_mentions_the_known_one_is_asked_about(desk: TrainingDesk) -> None:
    small = replace(monthly_bill(1).seller, tax_id="")  # so small that it charges no tax
    for month in (1, 2):
        desk.confirmed(desk.bill(month, seller=small, taxes=()))

    mentioned = (line("Hire of pumps from Brightwater Pumps Ltd.", "1", "each", "312.50", "X-1"),)
    other = desk.bill(3, seller=replace(small, name="Kestrel Drilling Inc."), lines=mentioned, taxes=())

    assert {finding.fields for finding in other.findings if finding.rule == "layout-differs"} == {("seller_name",)}
