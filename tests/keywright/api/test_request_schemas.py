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
    payload = by.get(f"/cases/{case.id}").json()["lines"]
    return [{name: value for name, value in sent_line.items() if name != "place"} for sent_line in payload]


def test_the_lines_of_an_invoice_are_told_and_corrected_and_the_ledger_has_both() -> None:
    maria, case = program(), referred()
    sent = lines_of(maria, case)
    assert [(sent_line["line"], sent_line["net_amount"]) for sent_line in sent] == [(0, "900.00"), (1, "350.00")]
    sent[1] |= {"quantity": "14", "unit_price": "25.00"}

    response = decide(maria, case, decision="accept", fields={"invoice_number": "BTG-2041"}, lines=sent)

    assert response.json()["state"] == "read"
    stored = casebook.get(case.id).extraction
    assert stored is not None
    assert [(sent_line.quantity, sent_line.unit_price) for sent_line in stored.lines][1] == (
        Decimal(14),
        Decimal("25.00"),
    )
    entry = LedgerEntry.objects.get(event="lines-corrected")
    assert (entry.actor, entry.body["old"][1]["quantity"], entry.body["new"][1]["quantity"]) == ("maria", "7", "14")


def test_a_line_is_taken_away_and_another_added() -> None:
    maria, case = program(), referred()
    sent = [lines_of(maria, case)[0], {"description": "Haulage, two trips", "net_amount": "350.00"}]
    decide(maria, case, decision="accept", fields={"invoice_number": "BTG-2041"}, lines=sent)
    stored = casebook.get(case.id).extraction
    assert stored is not None
    assert [stored_line.description for stored_line in stored.lines][1:] == ["Haulage, two trips"]


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
    response = decide(maria, case, decision="accept", fields=fields, lines=lines)
    assert problem(response) == (422, "not-taken")
    assert "Write 2026-03-11 or 2026-11-03" in response.json()["faults"][0]["what"]
    fields["issue_date"] = "Nov 3, 2026"
    assert decide(maria, case, decision="accept", fields=fields, lines=lines).json()["state"] == "read"
    settled = casebook.get(case.id).extraction
    assert settled is not None
    assert str(settled.fields["issue_date"].value) == "2026-11-03"
    assert settled.lines[0].net_amount == Decimal("900.00")


def test_what_is_no_amount_in_a_line_is_told_with_its_place() -> None:
    maria, case = program(), referred()
    sent = [{"description": "new"}, {"line": 1, "net_amount": "many"}]
    response = decide(maria, case, decision="accept", fields={"invoice_number": "1"}, lines=sent)
    assert problem(response) == (422, "not-taken")
    assert [fault["where"] for fault in response.json()["faults"]] == ["lines.1.net_amount"]
    assert casebook.get(case.id).state is State.REFERRED


@pytest.mark.parametrize("numbers", [[0, 0], [2], [5000]])
def test_a_line_that_the_case_has_not_or_twice_is_refused(numbers: list[int]) -> None:
    maria, case = program(), referred()
    response = decide(maria, case, decision="accept", lines=[{"line": fault, "net_amount": "1"} for fault in numbers])
    assert problem(response) == (422, "not-taken")
    assert [fault["where"] for fault in response.json()["faults"]] == ["lines"]


def test_lines_are_masked_as_on_the_page() -> None:
    ada = program("ada", "auditor")
    referred()
    row = StoredCase.objects.get()
    assert row.extraction
    row.extraction["lines"][0]["description"] = "for Bruce Trail Gravel Ltd."
    row.save()
    with masking_fields("seller_name"):
        payload = ada.get(f"/cases/{row.pk}").json()["lines"]
    assert (len(payload), "Bruce" in str(payload)) == (2, False)


def test_it_is_there_has_a_robot_compare_the_number_and_the_second_word_closes_the_case() -> None:
    maria, case = program(), doubted()
    assert problem(decide(maria, case, decision="there", number="  ")) == (422, "not-taken")
    assert decide(maria, case, decision="there", number="V-77").json()["state"] == "keying"
    assert Keying.objects.get().named == "V-77"
    assert LedgerEntry.objects.get(event="record-named").actor == "maria"


def test_it_is_not_there_lets_it_be_entered_once_more() -> None:
    maria, case = program(), doubted()
    assert decide(maria, case, decision="not-there").json()["state"] == "read"
    assert [finding.rule for finding in casebook.get(case.id).settled]


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
    response = decide(maria, case, decision="refuse", code="duplicate", duplicate_of=int(stays.id))
    assert response.json()["state"] == "refused"
    assert LedgerEntry.objects.get(event="case-refused").body["duplicate_of"] == int(stays.id)


@pytest.mark.parametrize("number_given", [None, 999999, "own", "hidden"])
def test_a_duplicate_of_no_such_case_is_refused(number_given: Any) -> None:
    maria, case = program(), referred()
    hidden = opened("permit.pdf", bot="permit-tickets")
    BotAccess.objects.create(group=Group.objects.create(name="permits"), bot="permit-tickets")
    number = {"own": int(case.id), "hidden": int(hidden.id)}.get(number_given, number_given)
    response = decide(maria, case, decision="refuse", code="duplicate", duplicate_of=number)
    assert problem(response) == (422, "not-taken")
    assert [fault["where"] for fault in response.json()["faults"]] == ["duplicate_of"]
    assert casebook.get(case.id).state is State.REFERRED


def test_a_document_goes_back_with_the_drafted_letter_or_with_one_of_ones_own() -> None:
    maria, first, second = program(), referred("a.pdf"), referred("b.pdf")

    drafted = decide(maria, first, decision="send-back", language="fr")
    own = decide(maria, second, decision="send-back", to="ap@gravel.example", subject="Your invoice", message="No.")

    assert (drafted.json()["state"], own.json()["mailed"]) == ("refused", False)
    letters = [sent_line.body for sent_line in LedgerEntry.objects.filter(event="case-sent-back").order_by("number")]
    assert letters[0]["subject"].startswith("Nous")
    assert (letters[1]["to"], letters[1]["message"]) == ("ap@gravel.example", "No.")
    assert problem(decide(maria, referred("c.pdf"), decision="send-back", to="nowhere")) == (422, "not-taken")
    assert not ledger.verify().fault


def test_what_only_a_second_person_may_accept_is_told_and_left_to_one() -> None:
    alone = Finding("vendor-bank-account", "Another account.", ("grand_total",), Kind.BUSINESS, second_person=True)
    maria, case = program(), referred("bank.pdf", [UNSURE, alone])
    ids = {finding["rule"]: finding["id"] for finding in maria.get(f"/cases/{case.id}").json()["findings"]}

    response = decide(
        maria, case, decision="accept", fields={"invoice_number": "BTG-2041"}, findings=list(ids.values())
    )

    assert response.status_code == 200, response.json()
    assert [finding["rule"] for finding in response.json()["waits_for"]] == ["vendor-bank-account"]
    assert response.json()["second_person"] == "Another account."
    assert StoredCase.objects.get().bot == BOT


def test_an_account_that_a_program_does_not_send_stays_and_one_that_it_sends_is_taken() -> None:
    maria, case = program(), referred()
    sent = lines_of(maria, case)
    sent[0] |= {"account": "5920", "cost_centre": "Roads"}
    sent[1] = {name: value for name, value in sent[1].items() if name not in {"account", "cost_centre"}}
    assert decide(maria, case, decision="accept", fields={"invoice_number": "BTG-2041"}, lines=sent).status_code == 200
    stored = casebook.get(case.id).extraction
    assert stored is not None
    assert [(line.account, line.cost_centre) for line in stored.lines] == [("5920", "Roads"), ("", "")]
