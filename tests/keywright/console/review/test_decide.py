"""Deciding a case: what a person's word does, and what is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client

from keywright.bot import bot_named
from keywright.cases import casebook
from keywright.database.models import LedgerEntry, StoredCase
from keywright.findings import Finding, Kind
from keywright.ledger import ledger
from keywright.model.case import Case, State
from keywright.model.checks import Outcome, weigh
from keywright.model.fields import Extraction
from keywright.review import review_queue
from keywright.review.decisions import id_of
from tests.keywright.console.desk import BOT, UNSURE, extraction, office, referred, unreadable
from tests.keywright.console.pages import accept_boxes, decide, form_of, text_of

IN_THE_SYSTEM = Finding("in-system-already", "town-hall shows this record already as V-7.", (), Kind.DUPLICATE)


def told(case: Case, event: str) -> list[LedgerEntry]:
    return list(LedgerEntry.objects.filter(case_id=int(case.id), event=event).order_by("number"))


def now(case: Case) -> Case:
    return casebook.get(case.id)


@pytest.mark.usefixtures("database")
def test_a_correction_becomes_the_truth_of_the_case_in_either_database(signed_in: Callable[..., Client]) -> None:
    maria, case = signed_in("maria", "clerk"), referred()

    response = decide(maria, case, "accept", form_of(maria, case), **{"field-invoice_number": "BTG-2041"})

    assert response["Location"] == "/"
    settled = now(case)
    assert settled.state is State.READ
    assert settled.extraction is not None
    number = settled.extraction.fields["invoice_number"]
    assert (number.value, number.source, number.confidence) == ("BTG-2041", "reviewer:maria", 1.0)
    (entry,) = told(case, "field-corrected")
    assert (entry.actor, entry.body["old"], entry.body["new"]) == ("maria", "BTG-2O41", "BTG-2041")
    assert not ledger.verify().fault


def test_a_doubtful_value_left_as_it_is_is_confirmed_and_the_sure_ones_keep_their_source(maria: Client) -> None:
    case = referred()
    decide(maria, case, "accept", form_of(maria, case))

    settled = now(case).extraction
    assert settled is not None
    sources = {name: field.source for name, field in settled.fields.items()}
    assert sources.pop("invoice_number") == "reviewer:maria"
    assert set(sources.values()) == {"text-layer"}
    assert [(entry.body["field"], entry.body["old"], entry.body["new"]) for entry in told(case, "field-corrected")] == [
        ("invoice_number", "BTG-2O41", "BTG-2O41")
    ]


def test_an_accepted_case_passes_its_checks(maria: Client) -> None:
    case = referred()
    decide(maria, case, "accept", form_of(maria, case))
    settled, bot = now(case), bot_named(BOT)
    assert settled.extraction is not None
    circumstances = office().circumstances(settled, bot, settled.extraction)
    assert weigh(settled.extraction, bot.checks, circumstances, settled.settled).outcome is Outcome.KEY


def test_after_a_decision_the_next_waiting_case_is_shown(maria: Client) -> None:
    first, second = referred("a.pdf"), referred("b.pdf", read_before=other_number())
    form = form_of(maria, first)
    assert decide(maria, first, "accept", form)["Location"] == f"/cases/{second.id}/review/"


def other_number() -> Extraction:
    field = extraction().fields["invoice_number"]
    return extraction().with_fields(replace(field, value="X-9", text="X-9"))


def test_a_field_typed_in_where_none_was_read_is_the_reviewers(maria: Client) -> None:
    case = referred()
    decide(maria, case, "accept", form_of(maria, case), **{"field-purchase_order": "PO 77"})
    settled = now(case).extraction
    assert settled is not None
    assert settled.fields["purchase_order"].source == "reviewer:maria"


def test_a_value_taken_out_is_not_on_the_document(maria: Client) -> None:
    case = referred()
    decide(maria, case, "accept", form_of(maria, case), **{"field-due_date": " "})
    settled = now(case).extraction
    assert settled is not None
    assert "due_date" not in settled.fields
    assert told(case, "field-corrected")[-1].body["new"] is None


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("issue_date", "2/11/2026", "could be Feb. 11, 2026 or Nov. 2, 2026"),
        ("issue_date", "2/11", "is not a date"),
        ("grand_total", "a lot", "is not an amount"),
        ("grand_total", "1e5", "is not an amount"),
    ],
)
def test_bad_input_asks_again_beside_the_field_and_keeps_what_was_typed(
    maria: Client, field: str, text: str, sentence: str
) -> None:
    case = referred()
    form = form_of(maria, case)

    response = decide(maria, case, "accept", form, **{f"field-{field}": text, "field-purchase_order": "PO <7>"})

    assert response.status_code == 422
    page = response.content.decode()
    assert sentence in page
    assert f'value="{text}"' in page
    assert 'value="PO &lt;7&gt;"' in page
    assert f'id="fault-{field}"' in page
    assert now(case) == case
    assert not told(case, "field-corrected")


def test_a_required_field_left_empty_is_asked_for_again_at_once(maria: Client) -> None:
    case = referred()
    response = decide(maria, case, "accept", form_of(maria, case), **{"field-seller_name": ""})
    assert response.status_code == 422
    assert "it cannot be accepted" in text_of(response.content)
    assert now(case).state is State.REFERRED


def test_a_correction_that_breaks_the_sum_is_asked_about_at_once_and_can_be_accepted(maria: Client) -> None:
    case = referred()
    form = {**form_of(maria, case), "field-grand_total": "1500.00"}
    response = decide(maria, case, "accept", form)
    assert response.status_code == 422
    assert 'value="1500.00"' in response.content.decode()
    assert now(case).state is State.REFERRED

    boxes = accept_boxes(response.content)
    assert boxes
    assert decide(maria, case, "accept", form, accept=boxes).status_code == 302

    settled = now(case)
    assert settled.state is State.READ
    assert settled.extraction is not None
    assert settled.extraction.fields["grand_total"].value == Decimal("1500.00")
    assert len(settled.settled) == len(boxes) == len(told(case, "finding-accepted"))


def test_a_finding_from_the_target_system_has_to_be_accepted_with_a_tick(maria: Client) -> None:
    case = referred(findings=[IN_THE_SYSTEM])
    form = form_of(maria, case)
    response = decide(maria, case, "accept", form)
    assert response.status_code == 422
    assert "accept it if the document is right" in text_of(response.content)

    decide(maria, case, "accept", form, accept=accept_boxes(response.content))

    assert now(case).settled == (IN_THE_SYSTEM,)


def test_a_document_that_seems_to_be_another_is_accepted_first_and_then_its_checks_are_asked(maria: Client) -> None:
    refusal = Finding("not-an-invoice", "This is not an invoice: it calls itself a statement.")
    invoice = replace(extraction().without("seller_name"), other_kind=refusal)
    case = referred(findings=[refusal], read_before=invoice)
    form = {**form_of(maria, case), "field-invoice_number": "BTG-2041"}

    first = decide(maria, case, "accept", form)
    ticks = accept_boxes(first.content)
    second = decide(maria, case, "accept", form, accept=ticks)

    assert (first.status_code, second.status_code) == (422, 422)
    assert "Seller not found" not in text_of(first.content)
    assert "Seller not found" in text_of(second.content)
    assert accept_boxes(second.content) == ticks
    third = decide(maria, case, "accept", form, accept=ticks, **{"field-seller_name": "Bruce Trail Gravel"})
    assert third.status_code == 302
    assert now(case).settled == (refusal,)


def test_nobody_can_accept_what_was_not_found(maria: Client) -> None:
    case = referred()
    decide(maria, case, "accept", form_of(maria, case), accept=["0" * 16, "'; drop table"])
    assert now(case).settled == ()
    assert not told(case, "finding-accepted")


def test_what_nobody_may_accept_is_not_accepted_by_a_forged_tick(maria: Client) -> None:
    case = referred(findings=[replace(IN_THE_SYSTEM, acceptable=False)])
    decide(maria, case, "accept", form_of(maria, case), accept=[id_of(finding) for finding in case.findings])
    assert now(case).settled == ()


def test_what_reading_found_amiss_about_a_field_is_answered_by_the_persons_word(maria: Client) -> None:
    odd = Finding("ambiguous", "The date can be read in two ways.", ("issue_date",), Kind.READING, acceptable=False)
    case = referred(findings=[odd], read_before=replace(extraction(), findings=(odd,)))
    assert decide(maria, case, "accept", form_of(maria, case)).status_code == 302
    settled = now(case).extraction
    assert settled is not None
    assert settled.findings == ()
    assert settled.fields["issue_date"].source == "reviewer:maria"


def test_a_document_that_could_not_be_opened_goes_on_with_what_was_typed(maria: Client) -> None:
    case = unreadable()
    today = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=3)
    entered = {
        "field-invoice_number": "L-1",
        "field-issue_date": today.isoformat(),
        "field-seller_name": "Locked Ltd.",
        "field-buyer_name": "Town of Millbrook Falls",
        "field-currency": "CAD",
        "field-grand_total": "1 250.00",
    }
    response = decide(maria, case, "accept", form_of(maria, case), **entered)
    assert response.status_code == 302, text_of(response.content)
    settled = now(case)
    assert settled.state is State.READ
    assert settled.extraction is not None
    assert settled.extraction.fields["grand_total"].value == Decimal("1250.00")


def test_a_case_is_sent_to_be_read_again(maria: Client) -> None:
    case = referred()
    decide(maria, case, "read-again", form_of(maria, case))
    assert now(case).state is State.RECEIVED
    assert told(case, "case-reopened")[0].actor == "maria"


def test_a_second_press_says_what_became_of_the_case_and_changes_nothing(maria: Client) -> None:
    case = referred()
    form = form_of(maria, case)
    decide(maria, case, "accept", form)
    entries = LedgerEntry.objects.count()

    response = maria.post(f"/cases/{case.id}/decide/", {**form, "decision": "read-again"}, follow=True)

    assert response.redirect_chain == [(f"/cases/{case.id}/", 302)]
    assert "Your decision was not saved" in text_of(response.content)
    assert "maria: Sent for posting" in text_of(response.content)
    assert now(case).state is State.READ
    assert LedgerEntry.objects.count() == entries


def test_a_page_opened_before_the_case_was_read_again_decides_nothing(maria: Client) -> None:
    case = referred()
    old = form_of(maria, case)
    StoredCase.objects.update(claimed_until=None, claimed_by=None)
    again = review_queue.read_again(case, person="otto")
    again = casebook.record_extraction(again, other_number(), (), actor="robot")
    casebook.refer(again, [UNSURE], actor="robot")

    response = maria.post(f"/cases/{case.id}/decide/", {**old, "decision": "accept"}, follow=True)

    assert "Your decision was not saved" in text_of(response.content)
    assert now(case).state is State.REFERRED
    assert not told(case, "field-corrected")


@pytest.mark.parametrize("version", ["", "yesterday", "2026-11-02", "2026-11-02T10:00:00+00:00"])
def test_a_decision_without_the_moment_that_was_seen_is_not_taken(maria: Client, version: str) -> None:
    case = referred()
    decide(maria, case, "accept", form_of(maria, case), seen=version)
    assert now(case) == case


def test_a_button_that_there_is_not_decides_nothing(maria: Client) -> None:
    case = referred()
    assert decide(maria, case, "keyed", form_of(maria, case)).status_code == 400
    assert now(case) == case


def test_a_page_with_faults_that_is_loaded_again_is_the_review_page(maria: Client) -> None:
    case = referred()
    assert maria.get(f"/cases/{case.id}/decide/")["Location"] == f"/cases/{case.id}/review/"


@pytest.mark.parametrize("group", ["auditor", "it"])
@pytest.mark.parametrize("decision", ["accept", "same", "there", "not-there", "read-again"])
def test_who_may_only_look_decides_nothing(
    maria: Client, signed_in: Callable[..., Client], group: str, decision: str
) -> None:
    case = referred()
    response = decide(signed_in("olga", group), case, decision, form_of(maria, case), reason="No.")
    assert response.status_code == 403
    assert "Only clerks can process them" in text_of(response.content)
    assert now(case) == case
    assert StoredCase.objects.get().state == "referred"


def test_a_decision_from_another_site_is_refused(maria: Client) -> None:
    case = referred()
    form = {**form_of(maria, case), "csrfmiddlewaretoken": ""}
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = maria.cookies
    assert decide(strict, case, "accept", form).status_code == 403
    assert now(case) == case


@pytest.mark.parametrize("text", ["\x00BTG\x00", "  BTG  2041\r\n ", "é" * 5000, "<b>", "'; --"])
def test_whatever_is_typed_is_kept_as_text(maria: Client, text: str) -> None:
    case = referred()
    assert decide(maria, case, "accept", form_of(maria, case), **{"field-invoice_number": text}).status_code == 302
    settled = now(case).extraction
    assert settled is not None
    assert settled.fields["invoice_number"].value == " ".join(text.replace("\x00", "").split())
