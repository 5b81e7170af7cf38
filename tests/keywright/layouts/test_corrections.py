"""What a clerk corrects is learned at once, field by field, and what a clerk takes back is forgotten."""

from __future__ import annotations

from django.contrib.auth.models import User

from keywright.database.layouts import LayoutDocument, StoredLayout
from keywright.database.models import LedgerEntry
from keywright.model.case import Case, State
from keywright.model.layout import LayoutState
from keywright.people.accounts import add_person
from keywright.review import undo
from keywright.review.decisions import one_line
from tests.keywright.layouts.drawn import drawn, quill_bill
from tests.keywright.layouts.earning import TrainingDesk, rules

UNUSUAL = "Cost authority"  # a label of purchase orders that no general reader knows


def value(case: Case, name: str) -> str | None:
    """Return the text of a field as the page shows it, or None."""
    assert case.extraction is not None
    field = case.extraction.fields.get(name)
    return one_line(field.value) if field else None


def asked_fields(case: Case) -> set[str]:
    """Return the fields that a person is asked about."""
    return {name for finding in case.findings for name in finding.fields}


def test_undoing_a_confirmation_forgets_it_and_the_next_document_is_asked_about(
    desk: TrainingDesk,
) -> None:
    maria = add_person("maria", "town-hall-2026", "clerk")
    desk.confirmed(desk.bill(1))
    second = desk.bill(2)
    desk.confirmed(second)
    assert StoredLayout.objects.get().state == LayoutState.TRUSTED

    undo.undo(int(second.id), person=User.objects.get(pk=maria.pk))

    assert StoredLayout.objects.get().state == LayoutState.LEARNING
    assert list(LayoutDocument.objects.values_list("used", flat=True)) == [True]
    assert LedgerEntry.objects.filter(event="layout-unconfirmed", case_id=int(second.id)).exists()
    assert rules(desk.bill(3)) == {"new-layout"}


def test_undoing_the_only_confirmation_makes_the_layout_unknown_again(desk: TrainingDesk) -> None:
    maria = add_person("maria", "town-hall-2026", "clerk")
    first = desk.bill(1)
    desk.confirmed(first)

    undo.undo(int(first.id), person=maria)

    assert StoredLayout.objects.get().state == LayoutState.UNKNOWN
    assert not LayoutDocument.objects.exists()
    again = desk.bill(2)
    assert "Nobody has confirmed" in again.findings[0].message


def test_a_correction_works_from_the_next_document_on(desk: TrainingDesk) -> None:
    first = desk.worked(drawn(quill_bill(1, purchase_order="78114"), order=UNUSUAL))
    assert value(first, "purchase_order") != "78114", "this test needs a label that is not understood"
    desk.confirmed(first, {"purchase_order": "78114"})

    second = desk.worked(drawn(quill_bill(2, purchase_order="78263"), order=UNUSUAL))

    assert value(second, "purchase_order") == "78263"
    assert "purchase_order" in asked_fields(second)


def test_a_field_that_is_corrected_once_does_not_hold_up_the_layout_for_ever(desk: TrainingDesk) -> None:
    desk.confirmed(desk.worked(drawn(quill_bill(1), order=UNUSUAL)), {"purchase_order": "PO-26-1001"})
    for month in (2, 3):
        case = desk.worked(drawn(quill_bill(month), order=UNUSUAL))
        assert value(case, "purchase_order") == f"PO-26-100{month}"
        if case.state is State.REFERRED:
            desk.confirmed(case)

    last = desk.worked(drawn(quill_bill(4), order=UNUSUAL))

    assert last.state is State.CHECKED, last.findings
    assert value(last, "purchase_order") == "PO-26-1004"


def test_a_correction_on_a_trusted_layout_asks_the_next_document_about_that_field_only(desk: TrainingDesk) -> None:
    for month in (1, 2):
        desk.confirmed(desk.worked(drawn(quill_bill(month))))
    assert StoredLayout.objects.get().state == LayoutState.TRUSTED
    wrong = quill_bill(3)
    third = desk.worked(drawn(quill_bill(3, printed_total=wrong.total + 9)))
    assert third.state is State.REFERRED
    desk.confirmed(third, {"purchase_order": "Q-2603"})

    assert StoredLayout.objects.get().state == LayoutState.LEARNING
    fourth = desk.worked(drawn(quill_bill(4)))

    assert fourth.state is State.REFERRED
    assert asked_fields(fourth) == {"purchase_order"}
