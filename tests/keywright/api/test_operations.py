"""What programs do by the API, and that the same rules hold as on the pages."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.auth.models import Group, User

from keywright.cases import casebook
from keywright.database.models import BotAccess, LedgerEntry, StoredCase
from keywright.findings import Finding
from keywright.ledger import ledger
from keywright.model.case import Case, State
from keywright.review import claims
from tests.keywright.api.programs import Program, program
from tests.keywright.api.test_auth import problem
from tests.keywright.console.desk import BOT, UNSURE, opened, pdf, referred
from tests.keywright.console.door import setting
from tests.keywright.receipts.keyed import masking_fields

pytestmark = pytest.mark.django_db
SUMS = Finding("BR-CO-15", "1412.50 is not 1250.00 + 160.00.", ("grand_total", "net_total", "tax_total"))


def paper(name: str = "gravel.pdf", content: bytes = b"") -> io.BytesIO:
    file = io.BytesIO(content or pdf())
    file.name = name
    return file


def decide(by: Program, case: Case, **word: Any) -> Any:
    version = by.get(f"/cases/{case.id}").json()["seen"]
    return by.post(f"/cases/{case.id}/decision", {"seen": version, **word})


def test_a_document_that_is_handed_in_is_a_case_and_the_same_bytes_are_the_same_case() -> None:
    maria = program()

    first, again = maria.hand_in(paper()), maria.hand_in(paper("copy.pdf"))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"]
    assert (first.json()["state"], first.json()["file_name"]) == ("received", "gravel.pdf")
    stored = StoredCase.objects.get().document
    assert (stored.media_type, stored.origin) == ("application/pdf", "API, a program")
    entries = LedgerEntry.objects.exclude(event="token-made").order_by("number").values_list("event", "actor")
    assert list(entries) == [
        (event, "maria") for event in ("case-opened", "token-used", "document-repeated", "token-used")
    ]


def test_a_file_larger_than_the_office_takes_is_refused_and_not_kept() -> None:
    maria = program()
    with setting(API_LARGEST_MB="1"):
        inside = maria.hand_in(paper(content=b"%PDF-" + b"x" * 1_000_001))
        outside = maria.hand_in(paper(content=b"%PDF-" + b"x" * 3_000_000))
    assert problem(inside) == problem(outside) == (413, "too-large")
    assert not StoredCase.objects.exists()


def test_an_empty_file_a_bot_that_is_none_and_an_auditor_are_refused() -> None:
    maria, ada = program(), program("ada", "auditor")
    assert problem(maria.hand_in(paper(), bot="nobody")) == (422, "not-taken")
    assert problem(maria.client.post("/api/v1/documents", {"bot": BOT})) == (422, "not-taken")
    assert problem(ada.hand_in(paper())) == (403, "not-allowed")
    empty = io.BytesIO(b"")
    empty.name = "empty.pdf"
    assert problem(maria.hand_in(empty))[0] == 422
    assert not StoredCase.objects.exists()


def test_a_case_is_told_with_its_values_their_places_and_its_findings() -> None:
    maria, case = program(), referred()

    payload = maria.get(f"/cases/{case.id}").json()

    number = next(field for field in payload["fields"] if field["name"] == "invoice_number")
    assert (number["value"], number["confidence"], number["place"]["page"]) == ("BTG-2O41", 0.61, 1)
    assert [field["rule"] for field in payload["findings"]] == ["confidence"]
    assert payload["state"] == "referred"


def test_a_case_that_is_not_there_or_of_a_bot_one_may_not_see_is_not_there() -> None:
    maria, case = program(), referred()
    BotAccess.objects.create(group=Group.objects.create(name="roads"), bot=BOT)

    assert problem(maria.get(f"/cases/{case.id}")) == (404, "not-there")
    assert problem(maria.get(f"/cases/{case.id}/receipt")) == (404, "not-there")
    assert problem(
        maria.post(f"/cases/{case.id}/decision", {"decision": "refuse", "seen": "2026-01-01T00:00:00Z", "reason": "no"})
    ) == (404, "not-there")
    assert problem(maria.hand_in(paper())) == (422, "not-taken")
    assert maria.get("/queue").json()["cases"] == []
    assert problem(maria.get("/cases/99999")) == (404, "not-there")


def test_the_queue_is_handed_out_in_parts_that_lose_and_repeat_nothing() -> None:
    maria = program()
    numbers = [int(referred(f"{n}.pdf").id) for n in range(5)]
    StoredCase.objects.filter(pk__in=numbers[3:]).update(due_at=None)

    handed_out, after = [], ""
    for _ in range(3):
        part = maria.get("/queue", limit=2, after=after).json()
        handed_out += [row["number"] for row in part["cases"]]
        after = part["next"]
        if len(handed_out) == 2:  # what was handed out is decided meanwhile
            StoredCase.objects.filter(pk=handed_out[0]).update(state=State.REFUSED.value)

    assert handed_out == numbers
    assert after is None


def test_where_there_is_no_operation_programs_are_answered_in_their_own_words() -> None:
    assert problem(program().get("/vendors")) == (404, "not-there")


def test_of_a_case_that_cannot_be_read_back_nothing_is_told_that_may_have_to_be_masked() -> None:
    ada, case = program("ada", "auditor"), referred()
    StoredCase.objects.filter(pk=int(case.id)).update(extraction={"fields": "broken"})
    with masking_fields("seller_name"):
        queue, details = ada.get("/queue"), ada.get(f"/cases/{case.id}")
    assert queue.status_code == 200 and "Bruce Trail" not in queue.content.decode()
    assert problem(details) == (503, "not-now")


@pytest.mark.parametrize("after", ["x", "e30=", "WyIiLCAiIiwgIngiXQ==", "WyJhIiwgImIiLCAxXQ=="])
def test_a_place_that_is_none_in_the_queue_is_refused(after: str) -> None:
    assert problem(program().get("/queue", after=after)) == (422, "not-taken")


def test_the_queue_is_filtered_by_bot_and_kind() -> None:
    maria, unsure, sums = program(), referred("a.pdf"), referred("b.pdf", [SUMS])
    assert [row["number"] for row in maria.get("/queue", kind="business").json()["cases"]] == [int(sums.id)]
    assert [row["number"] for row in maria.get("/queue", kind="reading").json()["cases"]] == [int(unsure.id)]
    assert maria.get("/queue", bot="permits").json()["cases"] == []
    assert problem(maria.get("/queue", limit=1000))[0] == 422


def test_a_corrected_case_goes_on_and_the_value_is_the_persons() -> None:
    maria, case = program(), referred()

    response = decide(maria, case, decision="accept", fields={"invoice_number": "BTG-2041"})

    payload = response.json()
    assert (payload["number"], payload["state"], payload["waits_for"]) == (int(case.id), "read", [])
    field = casebook.get(case.id).extraction.fields["invoice_number"]  # type: ignore[union-attr]
    assert (field.value, field.source) == ("BTG-2041", "reviewer:maria")
    used = LedgerEntry.objects.get(event="token-used")
    assert (used.actor, used.body["act"], used.case_id) == ("maria", "accept", int(case.id))
    assert not ledger.verify().fault


def test_what_is_no_value_is_refused_with_its_place_and_nothing_is_decided() -> None:
    maria, case = program(), referred()
    response = decide(maria, case, decision="accept", fields={"issue_date": "soon", "no_such": "x"})
    assert problem(response) == (422, "not-taken")
    response = decide(maria, case, decision="accept", fields={"issue_date": "soon", "invoice_number": "1"})
    assert [fault["where"] for fault in response.json()["faults"]] == ["fields.issue_date"]
    assert casebook.get(case.id).state is State.REFERRED
    assert not LedgerEntry.objects.filter(event="token-used").exists()


def test_a_decision_that_would_only_bring_the_case_back_is_refused_with_what_stands() -> None:
    maria, case = program(), referred()
    response = decide(maria, case, decision="accept", fields={"net_total": "1000.00"})
    assert problem(response) == (422, "still-stands")
    assert response.json()["findings"]
    assert casebook.get(case.id).state is State.REFERRED


def test_a_decision_on_what_was_not_seen_is_refused() -> None:
    maria, case = program(), referred()
    word = {"decision": "read-again", "seen": "2026-01-01T00:00:00Z"}
    assert problem(maria.post(f"/cases/{case.id}/decision", word)) == (409, "not-as-seen")


def test_of_two_decisions_one_is_taken() -> None:
    maria, john, case = program(), program("john"), referred()
    version = maria.get(f"/cases/{case.id}").json()["seen"]
    word = {"decision": "refuse", "seen": version, "reason": "not ours"}
    assert maria.post(f"/cases/{case.id}/decision", word).json()["state"] == "refused"
    assert problem(john.post(f"/cases/{case.id}/decision", word)) == (409, "not-as-seen")


def test_a_case_that_somebody_else_has_open_is_not_decided() -> None:
    maria, case = program(), referred()
    claims.claim(int(case.id), User.objects.create(username="john"))
    assert maria.get(f"/cases/{case.id}").json()["open_at"] == "john"
    assert problem(decide(maria, case, decision="refuse", reason="not ours")) == (409, "taken")


def test_what_needs_a_second_person_waits_for_one() -> None:
    alone = Finding("vendor-bank-account", "Another account.", ("grand_total",), second_person=True)
    maria, case = program(), referred("bank.pdf", [UNSURE, alone])
    ids = {row["rule"]: row["id"] for row in maria.get(f"/cases/{case.id}").json()["findings"]}

    response = decide(
        maria, case, decision="accept", fields={"invoice_number": "1"}, findings=[ids["vendor-bank-account"]]
    )

    settled = [row.rule for row in casebook.get(case.id).settled]
    payload = response.json()
    assert (response.status_code, payload["state"]) == (200, "read")  # its checks bring it back for the second person
    assert [row["rule"] for row in payload["waits_for"]] == ["vendor-bank-account"]
    assert "vendor-bank-account" not in settled


def test_a_refusal_needs_a_reason() -> None:
    maria, case = program(), referred()
    assert problem(decide(maria, case, decision="refuse", reason="  "))[0] == 422
    assert problem(decide(maria, case, decision="refuse"))[0] == 422
    assert casebook.get(case.id).state is State.REFERRED


def test_masked_fields_are_masked_for_who_may_not_see_them() -> None:
    maria, ada, case = program(), program("ada", "auditor"), referred()
    with masking_fields("seller_name,grand_total"):
        hers, his = ada.get(f"/cases/{case.id}"), maria.get(f"/cases/{case.id}")
        queue = ada.get("/queue")
    for response in (hers, queue):
        assert "Bruce Trail" not in response.content.decode()
        assert "1412.50" not in response.content.decode()
    assert "Bruce Trail" in his.content.decode()


def test_a_case_that_is_not_keyed_has_no_receipt() -> None:
    assert problem(program().get(f"/cases/{opened().id}/receipt")) == (404, "not-there")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("{", "application/json"),
        ("[]", "application/json"),
        ('{"decision":"burn"}', "application/json"),
        ("x", "text/x"),
    ],
)
def test_what_cannot_be_understood_is_a_problem_in_words_and_never_an_error(body: str, kind: str) -> None:
    maria, case = program(), referred()
    response = maria.client.post(f"/api/v1/cases/{case.id}/decision", body, content_type=kind)
    assert response.status_code in (400, 422)
    assert problem(response)[1] in ("not-understood", "not-taken")
