"""What a person decides becomes the truth of the case, told with its old and its new value."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from keywright.cases import casebook
from keywright.cases.worker import Office
from keywright.database.models import LedgerEntry
from keywright.findings import Finding
from keywright.model.case import Case, IllegalMove, State
from keywright.model.fields import AMOUNT, DATE, TEXT, FieldSpec
from keywright.review import review_queue
from keywright.typed_values import NotAValue
from tests.keywright.papers import read_case

pytestmark = pytest.mark.usefixtures("database")
SPECS: dict[str, FieldSpec[Any]] = {
    "invoice_number": FieldSpec(TEXT, "Invoice number"),
    "grand_total": FieldSpec(AMOUNT, "Total"),
    "due_date": FieldSpec(DATE, "Due date"),
}
ODD = Finding("odd", "It looks odd.")
LACKING = Finding("lacking", "It lacks a number.", acceptable=False)


def referred(office: Office) -> Case:
    return casebook.refer(read_case(office), [ODD, LACKING], actor="robot")


def test_a_referred_case_waits_until_it_is_settled(office: Office) -> None:
    case = referred(office)
    assert [row.pk for row in review_queue.waiting()] == [int(case.id)]
    assert case.extraction is not None

    review_queue.settle(case, case.extraction, [ODD], (), person="maria")

    assert not review_queue.waiting().exists()
    assert casebook.get(case.id).state is State.READ


def test_a_correction_is_the_reviewers_word_and_is_told_with_both_values(office: Office) -> None:
    case = referred(office)
    assert case.extraction is not None
    corrections = {"grand_total": "1 118.00", "due_date": "2026-12-02", "urgent": ""}
    corrected = review_queue.correct(case.extraction, corrections, SPECS, "maria")

    settled = review_queue.settle(case, corrected, [], (), person="maria")

    assert settled.extraction is not None
    total = settled.extraction.fields["grand_total"]
    assert (total.value, total.source, total.confidence) == (Decimal("1118.00"), "reviewer:maria", 1.0)
    assert total.box == case.extraction.fields["grand_total"].box
    assert settled.extraction.fields["invoice_number"].source == "text-layer"
    bodies = [entry.body for entry in LedgerEntry.objects.filter(event="field-corrected", actor="maria")]
    assert {(body["field"], body["old"], body["new"]) for body in bodies} == {
        ("grand_total", "113.00", "1118.00"),
        ("urgent", "yes", None),
        ("due_date", None, "2026-12-02"),
    }


def test_what_is_no_value_is_told_for_each_field_and_changes_nothing(office: Office) -> None:
    case = referred(office)
    assert case.extraction is not None

    with pytest.raises(NotAValue) as refused:
        review_queue.correct(case.extraction, {"grand_total": "1,1,8", "due_date": "soon"}, SPECS, "maria")

    assert set(refused.value.faults) == {"grand_total", "due_date"}
    assert "1250.00" in refused.value.faults["grand_total"]


def test_only_what_may_be_accepted_is_settled(office: Office) -> None:
    case = referred(office)
    assert case.extraction is not None

    assert review_queue.settle(case, case.extraction, [ODD, LACKING], (), person="maria").settled == (ODD,)


def test_the_second_of_two_decisions_is_refused(office: Office) -> None:
    case = referred(office)
    review_queue.refuse(case, "not ours", person="maria")

    with pytest.raises(IllegalMove, match="it is refused"):
        review_queue.refuse(case, "not ours", person="paul")
    assert LedgerEntry.objects.filter(event="case-refused").count() == 1


def test_a_refusal_needs_a_reason(office: Office) -> None:
    with pytest.raises(ValueError, match="Enter why"):
        review_queue.refuse(referred(office), "  ", person="maria")
