"""A program decides all that the review page decides: lines, uncertain keyings, why a case is closed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group

from keywright.cases import casebook
from keywright.database.models import BotAccess, Keying, LedgerEntry, StoredCase
from keywright.findings import Finding, Kind
from keywright.ledger import ledger
from keywright.model.case import State
from keywright.review.close import Reason
from tests.keywright.api.programs import Program, program
from tests.keywright.api.test_auth import problem
from tests.keywright.api.test_operations import decide
from tests.keywright.console.desk import BOT, UNSURE, opened, referred
from tests.keywright.console.review.test_exception_views import doubted
from tests.keywright.receipts.keyed import masking_fields

pytestmark = pytest.mark.django_db


def lines_of(by: Program, case: Any) -> list[dict[str, Any]]:
    """Return the lines of a case as a program sends them back."""
    told = by.get(f"/cases/{case.id}").json()["lines"]
    return [{name: value for name, value in one.items() if name != "place"} for one in told]


def test_the_lines_of_an_invoice_are_told_and_corrected_and_the_ledger_has_both() -> None:
    maria, case = program(), referred()
    sent = lines_of(maria, case)
    assert [(one["line"], one["net_amount"]) for one in sent] == [(0, "900.00"), (1, "350.00")]
    sent[1] |= {"quantity": "14", "unit_price": "25.00"}

    answer = decide(maria, case, decision="accept", fields={"invoice_number": "BTG-2041"}, lines=sent)

    assert answer.json()["state"] == "read"
    held = casebook.get(case.id).extraction
    assert held is not None
    assert [(one.quantity, one.unit_price) for one in held.lines][1] == (Decimal(14), Decimal("25.00"))
    told = LedgerEntry.objects.get(event="lines-corrected")
    assert (told.actor, told.body["old"][1]["quantity"], told.body["new"][1]["quantity"]) == ("maria", "7", "14")


def test_a_line_is_taken_away_and_another_added() -> None:
    maria, case = program(), referred()
    sent = [lines_of(maria, case)[0], {"description": "Haulage, two trips", "net_amount": "350.00"}]
    decide(maria, case, decision="accept", fields={"invoice_number": "BTG-2041"}, lines=sent)
    held = casebook.get(case.id).extraction
    assert held is not None
    assert [one.description for one in held.lines][1:] == ["Haulage, two trips"]


def test_lines_that_were_sent_back_as_they_are_change_nothing() -> None:
    maria, case = program(), referred()
    fields = {"invoice_number": "BTG-2041"}
    assert decide(maria, case, decision="accept", fields=fields, lines=lines_of(maria, case)).status_code == 200
    assert not LedgerEntry.objects.filter(event="lines-corrected").exists()


def test_a_program_sends_amounts_and_dates_as_they_are_printed_and_is_told_what_may_be_two() -> None:
    maria, case = program(), referred()
    lines = lines_of(maria, case)
    lines[0] |= {"net_amount": "$900,00", "quantity": "50,0"}
    fields = {"invoice_number": "BTG-2041", "issue_date": "03/11/2026"}
    answer = decide(maria, case, decision="accept", fields=fields, lines=lines)
    assert problem(answer) == (422, "not-taken")
    assert "Write 2026-03-11 or 2026-11-03" in answer.json()["faults"][0]["what"]
    fields["issue_date"] = "Nov 3, 2026"
    assert decide(maria, case, decision="accept", fields=fields, lines=lines).json()["state"] == "read"
    settled = casebook.get(case.id).extraction
    assert settled is not None
    assert str(settled.fields["issue_date"].value) == "2026-11-03"
    assert settled.lines[0].net_amount == Decimal("900.00")


def test_what_is_no_amount_in_a_line_is_told_with_its_place() -> None:
    maria, case = program(), referred()
    sent = [{"description": "new"}, {"line": 1, "net_amount": "many"}]
    answer = decide(maria, case, decision="accept", fields={"invoice_number": "1"}, lines=sent)
    assert problem(answer) == (422, "not-taken")
    assert [one["where"] for one in answer.json()["faults"]] == ["lines.1.net_amount"]
    assert casebook.get(case.id).state is State.REFERRED


@pytest.mark.parametrize("named", [[0, 0], [2], [5000]])
def test_a_line_that_the_case_has_not_or_twice_is_refused(named: list[int]) -> None:
    maria, case = program(), referred()
    answer = decide(maria, case, decision="accept", lines=[{"line": one, "net_amount": "1"} for one in named])
    assert problem(answer) == (422, "not-taken")
    assert [one["where"] for one in answer.json()["faults"]] == ["lines"]


def test_lines_are_masked_as_on_the_page() -> None:
    ada = program("ada", "auditor")
    referred()
    row = StoredCase.objects.get()
    assert row.extraction
    row.extraction["lines"][0]["description"] = "for Bruce Trail Gravel Ltd."
    row.save()
    with masking_fields("seller_name"):
        told = ada.get(f"/cases/{row.pk}").json()["lines"]
    assert (len(told), "Bruce" in str(told)) == (2, False)


def test_it_is_there_has_a_robot_compare_the_number_and_the_second_word_closes_the_case() -> None:
    maria, case = program(), doubted()
    assert problem(decide(maria, case, decision="there", number="  ")) == (422, "not-taken")
    assert decide(maria, case, decision="there", number="V-77").json()["state"] == "keying"
    assert Keying.objects.get().named == "V-77"
    assert LedgerEntry.objects.get(event="record-named").actor == "maria"


def test_it_is_not_there_lets_it_be_entered_once_more() -> None:
    maria, case = program(), doubted()
    assert decide(maria, case, decision="not-there").json()["state"] == "read"
    assert [one.rule for one in casebook.get(case.id).settled]


def test_look_again_only_looks() -> None:
    maria, case = program(), doubted()
    assert decide(maria, case, decision="look-again").json()["state"] == "keying"
    assert LedgerEntry.objects.get(event="look-again-asked").actor == "maria"


@pytest.mark.parametrize(
    "word", [{"decision": "there", "number": "1"}, {"decision": "not-there"}, {"decision": "look-again"}]
)
def test_of_a_case_that_is_not_in_doubt_none_of_the_three_is_taken(word: dict[str, str]) -> None:
    maria, case = program(), referred()
    assert problem(decide(maria, case, **word)) == (409, "not-as-seen")
    assert casebook.get(case.id).state is State.REFERRED


@pytest.mark.parametrize("code", [Reason.NOT_AN_INVOICE, Reason.NOT_OURS, Reason.ILLEGIBLE])
def test_a_case_is_closed_with_a_code_as_on_the_page(code: Reason) -> None:
    maria, case = program(), referred()
    assert decide(maria, case, decision="refuse", code=code.value, reason="Sent to us by mistake.").status_code == 200
    body = LedgerEntry.objects.get(event="case-refused").body
    assert (body["code"], body["words"]) == (code.value, "Sent to us by mistake.")
    assert casebook.get(case.id).state is State.REFUSED


def test_a_duplicate_names_the_case_that_stays() -> None:
    maria, stays, case = program(), referred("first.pdf"), referred("second.pdf")
    answer = decide(maria, case, decision="refuse", code="duplicate", duplicate_of=int(stays.id))
    assert answer.json()["state"] == "refused"
    assert LedgerEntry.objects.get(event="case-refused").body["duplicate_of"] == int(stays.id)


@pytest.mark.parametrize("other", [None, 999999, "own", "hidden"])
def test_a_duplicate_of_no_such_case_is_refused(other: Any) -> None:
    maria, case = program(), referred()
    hidden = opened("permit.pdf", bot="permit-tickets")
    BotAccess.objects.create(group=Group.objects.create(name="permits"), bot="permit-tickets")
    named = {"own": int(case.id), "hidden": int(hidden.id)}.get(other, other)
    answer = decide(maria, case, decision="refuse", code="duplicate", duplicate_of=named)
    assert problem(answer) == (422, "not-taken")
    assert [one["where"] for one in answer.json()["faults"]] == ["duplicate_of"]
    assert casebook.get(case.id).state is State.REFERRED


def test_a_document_goes_back_with_the_drafted_letter_or_with_one_of_ones_own() -> None:
    maria, first, second = program(), referred("a.pdf"), referred("b.pdf")

    drafted = decide(maria, first, decision="send-back", language="fr")
    own = decide(maria, second, decision="send-back", to="ap@gravel.example", subject="Your invoice", message="No.")

    assert (drafted.json()["state"], own.json()["mailed"]) == ("refused", False)
    letters = [one.body for one in LedgerEntry.objects.filter(event="case-sent-back").order_by("number")]
    assert letters[0]["subject"].startswith("Nous")
    assert (letters[1]["to"], letters[1]["message"]) == ("ap@gravel.example", "No.")
    assert problem(decide(maria, referred("c.pdf"), decision="send-back", to="nowhere")) == (422, "not-taken")
    assert not ledger.verify().fault


def test_what_only_a_second_person_may_accept_is_told_and_left_to_one() -> None:
    alone = Finding("vendor-bank-account", "Another account.", ("grand_total",), Kind.BUSINESS, second_person=True)
    maria, case = program(), referred("bank.pdf", [UNSURE, alone])
    found = {one["rule"]: one["id"] for one in maria.get(f"/cases/{case.id}").json()["findings"]}

    answer = decide(
        maria, case, decision="accept", fields={"invoice_number": "BTG-2041"}, findings=list(found.values())
    )

    assert answer.status_code == 200, answer.json()
    assert [one["rule"] for one in answer.json()["waits_for"]] == ["vendor-bank-account"]
    assert answer.json()["second_person"] == "Another account."
    assert StoredCase.objects.get().bot == BOT
