"""What a review page asks for while a person works: checks, drafts, words, choices, places, vendors; and refusals."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from keywright.cases import casebook
from keywright.database.models import BotAccess, Draft, LedgerEntry, StoredCase, StoredVendor
from keywright.findings import Finding, Kind
from keywright.model.case import Case, State
from keywright.review import claims
from tests.keywright.console.desk import BOT, PRINTED, UNSURE, extraction, opened, referred, unreadable
from tests.keywright.console.pages import decide, form_of, parsed, text_of

SUMS = Finding("BR-CO-15", "1412.50 is not 1250.00 + 160.00.", ("grand_total", "net_total", "tax_total"))


def check(client: Client, case: Case, form: dict[str, Any], **entered: str) -> Any:
    return client.post(
        f"/cases/{case.id}/check/", {**form, **{f"field-{name}": text for name, text in entered.items()}}
    )


def place(client: Client, case: Case, field: str, box: str) -> Any:
    return client.post(f"/cases/{case.id}/place/", {"field": field, "box": box})


def around(field: str) -> str:
    """Return a box around what is printed of a field."""
    x, top, text = next((x, top, text) for name, _v, text, _s, x, top in PRINTED if name == field)
    return f"1 {x - 3} {top - 11} {x + 5.8 * len(text) + 3} {top + 4}"


def test_a_check_says_what_the_bots_own_checks_say_and_decides_nothing(maria: Client) -> None:
    case = referred()
    form = form_of(maria, case)
    response = check(maria, case, form, grand_total="1500.00")
    assert response.status_code == 200
    assert "Total does not add up" in text_of(response.content)
    assert "61% confidence" in text_of(response.content)
    assert "BR-CO-15" not in text_of(check(maria, case, form).content)
    assert casebook.get(case.id) == case


def test_a_doubt_about_a_field_is_gone_once_the_field_is_changed_or_confirmed(maria: Client) -> None:
    case = referred()
    form = form_of(maria, case)
    assert "61% confidence" not in text_of(check(maria, case, form, invoice_number="BTG-2041").content)
    assert "61% confidence" not in text_of(check(maria, case, {**form, "confirmed": "invoice_number"}).content)


def test_a_check_of_what_is_no_value_says_so_beside_the_field_and_keeps_it(maria: Client) -> None:
    case = referred()
    response = check(maria, case, {**form_of(maria, case), "line-0-net_amount": "lots"}, issue_date="yesterday")
    page = parsed(response.content)
    assert "is not a date" in page.xpath("//*[@id='beside-issue_date']")[0].text_content()
    assert "Line 1" in page.xpath("//*[@id='line-faults']")[0].text_content()
    assert Draft.objects.get().typed["typed"]["issue_date"] == "yesterday"
    again = parsed(maria.get(f"/cases/{case.id}/review/").content)
    assert again.xpath("//input[@name='field-issue_date']/@value") == ["yesterday"]
    assert again.xpath("//input[@name='line-0-net_amount']/@value") == ["lots"]


def test_a_draft_is_each_persons_own_and_is_not_left_over_once_it_is_decided(
    maria: Client, signed_in: Callable[..., Client]
) -> None:
    case, otto = referred(), signed_in("otto", "clerk")
    form = form_of(maria, case)
    check(maria, case, form, purchase_order="PO 77")
    StoredCase.objects.update(claimed_until=case.received_at)  # a claim that lapsed
    assert "PO 77" not in text_of(otto.get(f"/cases/{case.id}/review/").content)
    StoredCase.objects.update(claimed_until=case.received_at)
    assert form_of(maria, case)["field-purchase_order"] == "PO 77"
    assert decide(maria, case, "accept", form_of(maria, case)).status_code == 302
    casebook.refer(casebook.get(case.id), [UNSURE], actor="robot")
    again = maria.get(f"/cases/{case.id}/review/").content
    assert not parsed(again).xpath("//*[@id='left-typed']")
    assert "Your earlier entries" not in text_of(again)


def test_what_was_typed_about_a_case_that_was_read_anew_is_not_put_into_it(maria: Client) -> None:
    case = referred()
    check(maria, case, form_of(maria, case), purchase_order="PO 77")
    StoredCase.objects.update(changed_at=case.received_at)
    assert form_of(maria, case)["field-purchase_order"] == ""
    assert check(maria, case, {"seen": "2026-11-02T10:00:00+00:00"}).status_code == 409


def test_a_decision_while_another_has_the_case_says_who_and_keeps_what_was_typed(
    maria: Client, signed_in: Callable[..., Client]
) -> None:
    case, otto = referred(), signed_in("otto", "clerk")
    form = form_of(maria, case)
    StoredCase.objects.update(claimed_until=case.received_at)
    otto.get(f"/cases/{case.id}/review/")
    response = decide(maria, case, "accept", {**form, "field-purchase_order": "PO 77"})
    assert response.status_code == 409
    assert "otto has claimed this case" in text_of(response.content)
    assert casebook.get(case.id).state is State.REFERRED
    assert Draft.objects.get(person__username="maria").typed["typed"]["purchase_order"] == "PO 77"


def test_a_decision_after_the_session_ended_comes_back_to_the_case_after_signing_in(maria: Client) -> None:
    case = referred()
    form = form_of(maria, case)
    response = Client().post(f"/cases/{case.id}/decide/", {**form, "decision": "accept"})
    assert response["Location"] == f"/sign-in/?next=/cases/{case.id}/review/"


@pytest.mark.parametrize("field", ["invoice_number", "issue_date", "grand_total"])
def test_a_place_is_read_into_a_field_as_it_is_typed(maria: Client, field: str) -> None:
    case = referred()
    wanted = {"invoice_number": "BTG-2O41", "issue_date": "2026-11-02", "grand_total": "1412.50"}
    payload = place(maria, case, field, around(field)).json()
    assert payload["value"] == wanted[field]
    assert payload["box"].startswith("1 ")


def test_a_place_where_nothing_fits_the_field_says_so(maria: Client) -> None:
    case = referred()
    assert place(maria, case, "grand_total", around("seller_name")).status_code == 422
    assert place(maria, case, "seller_name", "1 5 5 9 9").status_code == 422
    assert place(maria, case, "seller_name", "7 5 5 9 9").status_code == 422
    assert "Type what you see" in place(maria, unreadable(), "seller_name", "1 5 5 90 90").json()["said"]


@pytest.mark.parametrize("box", ["", "1 2 3", "1 nan 2 3 4", "0 1 1 2 2", "1 1e9 1 2 2", "x 1 1 2 2"])
def test_what_is_no_place_is_not_read(maria: Client, box: str) -> None:
    case = referred()
    assert place(maria, case, "seller_name", box).status_code == 400
    assert place(maria, case, "no_such_field", around("seller_name")).status_code == 400


def test_the_place_that_a_person_pointed_at_is_the_evidence_of_the_field(maria: Client) -> None:
    case = referred(read_before=extraction().without("due_date"))
    payload = place(maria, case, "due_date", around("due_date")).json()
    entered = {"field-due_date": payload["value"], "box-due_date": payload["box"]}
    assert decide(maria, case, "accept", {**form_of(maria, case), **entered}).status_code == 302
    settled = casebook.get(case.id).extraction
    assert settled is not None
    box = settled.fields["due_date"].box
    assert box is not None
    assert box.page == 1
    assert 415 < box.left < 425


def test_the_ledger_holds_what_was_on_screen_beside_a_corrected_field(maria: Client) -> None:
    case = referred()
    assert maria.get(f"/cases/{case.id}/choices/").status_code == 200
    decide(maria, case, "accept", form_of(maria, case), **{"field-invoice_number": "BTG-2041"})
    entry = LedgerEntry.objects.get(event="field-corrected").body["on_screen"]
    assert (entry["shown"], entry["choices"], entry["findings"]) == ("BTG-2O41", ["BTG-2041"], [UNSURE.message])
    assert (entry["page"], len(entry["picture"])) == (1, 64)


def test_other_readings_are_offered_for_doubtful_fields_and_kept(maria: Client) -> None:
    case = referred(f"{uuid.uuid4()}.pdf")
    assert parsed(maria.get(f"/cases/{case.id}/review/").content).xpath("//form/@data-choices")
    parts = parsed(maria.get(f"/cases/{case.id}/choices/").content)
    assert parts.xpath("//*[@id='choices-invoice_number']//button/@data-value") == ["BTG-2041"]
    again = parsed(maria.get(f"/cases/{case.id}/review/").content)
    assert again.xpath("//*[@id='choices-invoice_number']//button/@data-value") == ["BTG-2041"]
    assert not again.xpath("//form/@data-choices")


def test_the_words_of_a_page_are_told_with_their_places(maria: Client) -> None:
    case = referred()
    words = maria.get(f"/cases/{case.id}/words/1/").json()["words"]
    (gravel,) = [word for word in words if word[0] == "Gravel"]
    assert 60 < gravel[1] < 130
    assert maria.get(f"/cases/{case.id}/words/9/").json() == {"words": []}
    assert maria.get(f"/cases/{unreadable().id}/words/1/").json() == {"words": []}


def test_lines_that_were_changed_are_told_to_the_ledger_and_those_that_were_not_are_not(maria: Client) -> None:
    case = referred()
    decide(maria, case, "accept", form_of(maria, case))
    assert not LedgerEntry.objects.filter(event="lines-corrected").exists()

    fields = extraction().fields
    number, date = (
        replace(fields["invoice_number"], value="X1"),
        replace(fields["issue_date"], value=dt.date(2026, 10, 1)),
    )
    second = referred("b.pdf", read_before=extraction().with_fields(number, date))
    form = form_of(maria, second)
    form |= {"line-0-description": "Granular B"}
    assert decide(maria, second, "accept", form).status_code == 302
    entry = LedgerEntry.objects.get(event="lines-corrected").body
    assert [line["description"] for line in entry["new"]] == ["Granular B", "Haulage"]
    settled = casebook.get(second.id).extraction
    assert settled is not None
    assert settled.lines[0].description == "Granular B"


def test_a_line_that_is_no_line_is_asked_for_again(maria: Client) -> None:
    case = referred()
    response = decide(maria, case, "accept", {**form_of(maria, case), "line-1-quantity": "seven"})
    assert response.status_code == 422
    assert "Line 2: “seven” is not an amount" in text_of(response.content)
    assert casebook.get(case.id) == case


def test_vendors_are_found_by_what_comes_near_their_name_or_begins_their_number(maria: Client) -> None:
    StoredVendor.objects.create(number="V-9", name="Ferme Côté & Fils Ltée", address="12 rang Nord")
    StoredVendor.objects.create(number="V-1", name="Ottawa Valley Paving", active=False)
    vendors = maria.get("/vendors/find/", {"q": "ferme cote"}).json()["vendors"]
    assert vendors == [{"name": "Ferme Côté & Fils Ltée", "number": "V-9", "address": "12 rang Nord"}]
    assert maria.get("/vendors/find/", {"q": "v-9"}).json()["vendors"] == vendors
    assert all(vendor["number"] != "V-1" for vendor in maria.get("/vendors/find/", {"q": "ottawa"}).json()["vendors"])
    assert maria.get("/vendors/find/").json() == {"vendors": []}


@pytest.mark.parametrize("group", ["auditor", "it"])
def test_who_may_only_look_types_reads_and_claims_nothing(
    maria: Client, signed_in: Callable[..., Client], group: str
) -> None:
    case = referred()
    form, reader = form_of(maria, case), signed_in("olga", group)
    claims.release(int(case.id), StoredCase.objects.get().claimed_by)  # type: ignore[arg-type]
    reader.get(f"/cases/{case.id}/review/")
    assert StoredCase.objects.get().claimed_by is None
    assert check(reader, case, form, purchase_order="PO 1").status_code == 403
    assert place(reader, case, "seller_name", around("seller_name")).status_code == 403
    assert reader.get(f"/cases/{case.id}/choices/").status_code == 403
    assert reader.get("/vendors/find/", {"q": "a"}).status_code == 403
    assert not Draft.objects.exists()


def test_a_case_of_another_department_is_not_there(maria: Client, signed_in: Callable[..., Client]) -> None:
    case = referred()
    form = form_of(maria, case)
    BotAccess.objects.create(group=Group.objects.create(name="finance"), bot=BOT)
    for address in ("review", "choices", "words/1"):
        assert maria.get(f"/cases/{case.id}/{address}/").status_code == 404, address
    assert check(maria, case, form).status_code == 404
    assert place(maria, case, "seller_name", around("seller_name")).status_code == 404
    assert decide(maria, case, "accept", form).status_code == 404


def test_a_case_that_does_not_wait_is_not_checked(maria: Client) -> None:
    assert check(maria, opened("new.pdf"), {}).status_code == 409
    assert not Draft.objects.exists()


def test_a_draft_survives_the_check_of_a_case_whose_findings_name_nothing(maria: Client) -> None:
    case = referred(findings=[Finding("duplicate", "Case 1 is the same.", (), Kind.DUPLICATE), SUMS])
    assert check(maria, case, form_of(maria, case)).status_code == 200
