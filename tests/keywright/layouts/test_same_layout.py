"""Which documents are of one layout: one sender and one print, however it came; never another sender's like it."""

from __future__ import annotations

from demo import invoice_layouts, paper
from demo.billing import SampleBill, line
from keywright.database.layouts import StoredLayout
from keywright.model.case import State
from keywright.model.layout import LayoutState
from tests.keywright.layouts.drawn import QUILL, drawn, quill_bill
from tests.keywright.layouts.earning import TrainingDesk, layout_of, monthly_bill, rules

STREETS = ("Mill Street", "Third Line", "the quarry", "Dufferin Park")


def long_bill(month: int, lines: int) -> SampleBill:
    """Return a bill with this many lines, each with a day and a ticket."""
    days = (f"2026-{month:02}-{number % 27 + 1:02}" for number in range(lines))
    work = tuple(
        line(
            f"Digging at {STREETS[number % 4]}",
            f"{number + month}.5",
            "h",
            "65.00",
            f"{day} {month}{5000 + number * 7}",
        )
        for number, day in enumerate(days)
    )
    return monthly_bill(month, lines=work)


def test_another_sender_in_the_very_same_design_is_a_new_layout(desk: TrainingDesk) -> None:
    for month in (1, 2):
        desk.confirmed(desk.bill(month))

    stranger = desk.bill(3, seller=QUILL, number="Q-2603")

    assert "new-layout" in rules(stranger)
    assert any("Nobody has confirmed" in finding.message for finding in stranger.findings)
    assert layout_of(stranger) != StoredLayout.objects.get(state=LayoutState.TRUSTED).pk


def test_a_scan_of_a_known_digital_layout_is_recognised(desk: TrainingDesk) -> None:
    for month in (1, 2):
        desk.confirmed(desk.worked(drawn(quill_bill(month))))
    known = StoredLayout.objects.get()

    scan = desk.worked(paper.scanned(drawn(quill_bill(3)), tilt=1.5, seed=3))

    assert layout_of(scan) == known.pk
    assert not any("Nobody has confirmed" in finding.message for finding in scan.findings)


def test_more_pages_than_before_are_still_the_same_layout(desk: TrainingDesk) -> None:
    for month in (1, 2):
        desk.confirmed(desk.worked(invoice_layouts.carried_over(long_bill(month, 4))))
    known = StoredLayout.objects.get()

    long = desk.worked(invoice_layouts.carried_over(long_bill(3, 60)))

    assert layout_of(long) == known.pk
    assert long.state is State.CHECKED, long.findings


def test_a_layout_learned_from_long_documents_is_recognised_on_a_short_one(desk: TrainingDesk) -> None:
    for month in (1, 2):
        desk.confirmed(desk.worked(invoice_layouts.carried_over(long_bill(month, 30))))
    known = StoredLayout.objects.get()

    short = desk.worked(invoice_layouts.carried_over(long_bill(3, 3)))

    assert layout_of(short) == known.pk


def test_a_sender_may_have_two_layouts_and_each_earns_its_own_trust(desk: TrainingDesk) -> None:
    for month in (1, 2):
        desk.confirmed(desk.bill(month))
    other = desk.worked(invoice_layouts.labels_above(monthly_bill(3)))
    assert "Nobody has confirmed" in other.findings[-1].message
    desk.confirmed(other)
    desk.confirmed(desk.worked(invoice_layouts.labels_above(monthly_bill(4))))

    assert [row.state for row in StoredLayout.objects.all()] == [LayoutState.TRUSTED, LayoutState.TRUSTED]
    assert len({row.sender for row in StoredLayout.objects.all()}) == 1
    assert desk.worked(invoice_layouts.labels_above(monthly_bill(5))).state is State.CHECKED
    assert desk.bill(6).state is State.CHECKED


def test_documents_of_an_unknown_layout_group_together_before_anybody_confirms_one(desk: TrainingDesk) -> None:
    cases = [desk.bill(month) for month in (1, 2, 3)]

    assert len({layout_of(case) for case in cases}) == 1
    assert all(rules(case) == {"new-layout"} for case in cases)
