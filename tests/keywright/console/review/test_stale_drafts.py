"""Nothing that was typed vanishes: what was typed before a case changed is shown, and taken over or left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from keywright.cases import casebook
from keywright.database.models import Draft, StoredCase
from keywright.model.case import Case, State
from keywright.review import review_queue, split, undo
from tests.keywright.clerks import clerk
from tests.keywright.console.desk import UNSURE, extraction, referred
from tests.keywright.console.pages import decide, form_of, parsed, text_of
from tests.keywright.receipts.keyed import keyed

SignedIn = Callable[..., Client]


def check(client: Client, case: Case, form: dict[str, Any], **entered: str) -> Any:
    return client.post(
        f"/cases/{case.id}/check/", {**form, **{f"field-{name}": text for name, text in entered.items()}}
    )


def read_again(case: Case) -> Case:
    """Have a document read again, and referred with another reading of the buyer."""
    case = review_queue.read_again(casebook.get(case.id), person="otto")
    changed = extraction().without("buyer_name")
    return casebook.refer(casebook.record_extraction(case, changed, (), actor="robot"), [UNSURE], actor="robot")


def left(client: Client, case: Case) -> str:
    """Return what is said to be left over, or ""."""
    elements = parsed(client.get(f"/cases/{case.id}/review/").content).xpath("//form[@id='left-typed']//li")
    return "; ".join(" ".join(element.text_content().split()) for element in elements)


def answer(client: Client, case: Case, word: str) -> Any:
    version = StoredCase.objects.get(pk=int(case.id)).changed_at.isoformat()
    return client.post(f"/cases/{case.id}/typed/", {"left": word, "seen": version})


def typed(client: Client, case: Case, **more: str) -> None:
    """Let somebody type an order number into a case, which is then read again."""
    form = form_of(client, case)
    assert check(client, case, form, purchase_order="PO 77", **more).status_code == 200
    StoredCase.objects.update(claimed_until=case.received_at)  # the claim lapses
    read_again(case)


def test_what_was_typed_before_the_document_was_read_again_is_shown_and_taken_over(maria: Client) -> None:
    case = referred()
    typed(maria, case, grand_total="")
    assert form_of(maria, case)["field-purchase_order"] == ""
    assert left(maria, case) == "Purchase order: PO 77; Total with tax: cleared"

    assert answer(maria, case, "take-over")["Location"] == f"/cases/{case.id}/review/"

    form = form_of(maria, case)
    assert (form["field-purchase_order"], form["field-grand_total"]) == ("PO 77", "")
    assert (form["field-buyer_name"], left(maria, case)) == ("", "")
    assert StoredCase.objects.get().state == State.REFERRED


def test_what_is_typed_since_does_not_push_it_out_and_is_kept_when_it_is_taken_over(maria: Client) -> None:
    case = referred()
    typed(maria, case)
    check(maria, case, form_of(maria, case), payment_terms="30 days")
    _let_go(case)
    read_again(case)
    check(maria, case, form_of(maria, case), seller_address="1 Quay Street")
    assert left(maria, case) == "Purchase order: PO 77; Payment terms: 30 days"

    answer(maria, case, "take-over")

    form = form_of(maria, case)
    assert form["field-purchase_order"] == "PO 77"
    assert (form["field-payment_terms"], form["field-seller_address"]) == ("30 days", "1 Quay Street")


def test_left_where_it_is_it_is_not_offered_again(maria: Client) -> None:
    case = referred()
    typed(maria, case)
    answer(maria, case, "leave")
    assert left(maria, case) == ""
    assert form_of(maria, case)["field-purchase_order"] == ""


def test_lines_that_were_changed_are_left_over_and_those_that_were_not_are_not(maria: Client) -> None:
    case = referred()
    form = form_of(maria, case)
    check(maria, case, {**form, "line-0-description": "Gravel, washed"})
    StoredCase.objects.update(claimed_until=case.received_at)
    read_again(case)
    assert "Gravel, washed" in left(maria, case)
    answer(maria, case, "take-over")
    assert form_of(maria, case)["line-0-description"] == "Gravel, washed"


def test_what_is_sent_about_a_case_that_changed_meanwhile_is_kept_too(maria: Client) -> None:
    case = referred()
    form = form_of(maria, case)
    check(maria, case, form)
    StoredCase.objects.update(claimed_until=case.received_at)
    read_again(case)

    late = decide(maria, case, "accept", {**form, "field-purchase_order": "PO 78"})
    assert late["Location"] == f"/cases/{case.id}/"
    assert left(maria, case) == "Purchase order: PO 78"
    assert check(maria, case, {**form, "field-purchase_order": "PO 79"}).status_code == 409
    assert left(maria, case) == "Purchase order: PO 79"


def test_having_it_read_again_oneself_and_splitting_it_leave_what_was_typed(maria: Client) -> None:
    case = referred(pages=2)
    decide(maria, case, "read-again", {**form_of(maria, case), "field-purchase_order": "PO 77"})
    again = casebook.record_extraction(casebook.get(case.id), extraction(), (), actor="robot")
    casebook.refer(again, [UNSURE], actor="robot")
    assert left(maria, case) == "Purchase order: PO 77"

    _let_go(case)
    split.split(int(case.id), [(1, 1), (2, 2)], person=clerk("olga"))
    again = casebook.record_extraction(casebook.get(case.id), extraction(), (), actor="robot")
    casebook.refer(again, [UNSURE], actor="robot")
    assert left(maria, case) == "Purchase order: PO 77"


def _let_go(case: Case) -> int:
    return StoredCase.objects.update(claimed_until=case.received_at)


def test_an_undone_decision_brings_back_what_was_typed(maria: Client) -> None:
    case = referred()
    form = {**form_of(maria, case), "field-purchase_order": "PO 77", "field-invoice_number": "BTG-2041"}
    assert decide(maria, case, "accept", form).status_code == 302
    assert Draft.objects.get().typed["decided"]

    maria.post(f"/cases/{case.id}/undo/")

    again = form_of(maria, case)
    assert (again["field-purchase_order"], again["field-invoice_number"]) == ("PO 77", "BTG-2041")
    assert left(maria, case) == ""


def test_what_another_had_typed_is_offered_to_that_one_after_a_decision(maria: Client, signed_in: SignedIn) -> None:
    case, otto = referred(), signed_in("otto", "clerk")
    check(maria, case, form_of(maria, case), purchase_order="PO 77")
    _let_go(case)
    decide(otto, case, "accept", {**form_of(otto, case), "field-invoice_number": "BTG-2041"})
    casebook.refer(casebook.get(case.id), [UNSURE], actor="robot")
    assert left(maria, case) == "Purchase order: PO 77"
    _let_go(case)
    assert left(otto, case) == ""


def test_it_goes_when_the_case_is_keyed(maria: Client) -> None:
    case = referred("typed.pdf")
    check(maria, case, form_of(maria, case), purchase_order="PO 77")
    _let_go(case)
    keyed("other.pdf")
    assert Draft.objects.count() == 1
    casebook.move(casebook.get(case.id), State.KEYED, "case-closed-by-word", actor="maria", receipt_number="1")
    assert not Draft.objects.exists()


@pytest.mark.parametrize("group", ["auditor", "it"])
def test_who_decides_nothing_takes_nothing_over(maria: Client, signed_in: SignedIn, group: str) -> None:
    case = referred()
    typed(maria, case)
    reader = signed_in("olga", group)
    assert answer(reader, case, "take-over").status_code == 403
    assert left(reader, case) == ""


def test_a_colleague_and_a_page_that_is_too_old_take_nothing_over(maria: Client, signed_in: SignedIn) -> None:
    case, otto = referred(), signed_in("otto", "clerk")
    typed(maria, case)
    for response in (answer(otto, case, "take-over"), maria.post(f"/cases/{case.id}/typed/", {"left": "take-over"})):
        assert response["Location"] == f"/cases/{case.id}/review/"
    assert maria.get(f"/cases/{case.id}/typed/").status_code == 405
    assert "PO 77" not in text_of(otto.get(f"/cases/{case.id}/review/").content)
    _let_go(case)
    assert left(maria, case) == "Purchase order: PO 77"
    assert undo.undoable(StoredCase.objects.get(), clerk("new")) is None
