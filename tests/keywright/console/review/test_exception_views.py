"""The kinds of exception: each asks its own question, and offers its own answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from keywright.cases import casebook, keying_attempts
from keywright.cases.worker import Office
from keywright.database.models import BotAccess, Keying, LedgerEntry
from keywright.findings import Finding, Kind
from keywright.model.case import Case, State
from keywright.settings.settings import settings
from tests.keywright.console.desk import UNSURE, its_traits, referred
from tests.keywright.console.pages import accept_boxes, decide, form_of, parsed, text_of
from tests.tasks.registry import PNG

NOT_SHOWN = Finding(
    keying_attempts.NOT_SHOWN, "V-7 was posted into town-hall, and it does not show it.", (), Kind.UNCERTAIN
)


def twins() -> tuple[Case, Case]:
    first = referred("first.pdf", traits=its_traits())
    finding = Finding("duplicate", f"Case {first.id} (first.pdf) has the same number.", (), Kind.DUPLICATE)
    return first, referred("second.pdf", findings=[finding], traits=its_traits())


def doubted() -> Case:
    case = referred(findings=[NOT_SHOWN])
    Keying.objects.create(
        system="town-hall", identity="BTG-2O41", case_id=int(case.id), posts=1, looks=5, uncertain=True
    )
    return case


def page(client: Client, case: Case) -> bytes:
    return bytes(client.get(f"/cases/{case.id}/review/").content)


@pytest.mark.parametrize(
    ("kind", "asks"),
    [
        (Kind.BUSINESS, "Something"),
        (Kind.SYSTEM, "Rejected by the target system"),
        (Kind.READING, "Check the unclear values"),
    ],
)
def test_each_kind_of_exception_asks_its_own_question(maria: Client, kind: Kind, asks: str) -> None:
    case = referred(findings=[Finding("rule", "Something.", ("grand_total",), kind)])
    page_shown = parsed(page(maria, case))
    assert asks in page_shown.xpath("//h2[@class='question']")[0].text_content()
    (sure,) = [group for group in page_shown.xpath("//details") if "High confidence" in group.text_content()]
    assert ("open" in sure.attrib) is (kind is Kind.READING)


def test_a_possible_duplicate_stands_beside_the_other_case_and_what_differs_comes_first(maria: Client) -> None:
    first, second = twins()
    page_shown = parsed(page(maria, second))
    assert "Possible duplicate: are these two the same?" in page_shown.text_content()
    assert page_shown.xpath("//figure[@id='twin-1']//img")
    rows = page_shown.xpath("//table[contains(@class,'compared')]/tbody/tr")
    assert [cell.text_content() for cell in rows[0]] == ["Invoice number", "BTG-2O41", "BTG-2O41"]
    assert f"Duplicate of case {first.id}: reject this one" in page_shown.text_content()


def test_the_same_is_refused_as_a_duplicate_of_the_other(maria: Client) -> None:
    first, second = twins()
    form = form_of(maria, second)
    address = f"/cases/{second.id}/decide/?twin={first.id}"
    assert maria.post(address, {**form, "decision": "same"}).status_code == 302
    assert casebook.get(second.id).state is State.REFUSED
    entry = LedgerEntry.objects.get(event="case-refused").body
    assert (entry["code"], entry["duplicate_of"]) == ("duplicate", int(first.id))


@pytest.mark.parametrize("twin", ["", "999999", "x", "own"])
def test_a_case_is_no_duplicate_of_what_is_not_there(maria: Client, twin: str) -> None:
    _first, second = twins()
    form = form_of(maria, second)
    number = second.id if twin == "own" else twin
    assert maria.post(f"/cases/{second.id}/decide/?twin={number}", {**form, "decision": "same"}).status_code == 422
    assert casebook.get(second.id).state is State.REFERRED


def test_an_uncertain_keying_tells_what_was_posted_and_has_three_answers(maria: Client) -> None:
    page_shown = parsed(page(maria, doubted()))
    assert "Posting not confirmed: is the record in the target system?" in page_shown.text_content()
    assert "BTG-2O41" in page_shown.xpath("//section[@class='posted']")[0].text_content()
    responses = page_shown.xpath("//section[@class='posted']//button/@value")
    assert responses == ["look-again", "there", "not-there"]


def test_an_uncertain_keying_is_not_accepted_beside_its_three_answers(maria: Client) -> None:
    case = doubted()
    page_shown = parsed(page(maria, case))
    assert page_shown.xpath("//button[@value='accept'] | //input[@name='accept']") == []
    checked = maria.post(f"/cases/{case.id}/check/", form_of(maria, case))
    assert NOT_SHOWN.message in text_of(checked.content)
    assert parsed(checked.content).xpath("//input[@name='accept']") == []


def test_an_uncertain_case_to_which_none_of_the_answers_applies_can_still_be_accepted(maria: Client) -> None:
    difference = Finding("seen-otherwise", "The system shows something else.", (), Kind.UNCERTAIN)
    page_shown = parsed(page(maria, referred(findings=[difference])))
    assert len(page_shown.xpath("//button[@value='accept']")) == 1
    assert len(page_shown.xpath("//input[@name='accept']")) == 1


def test_it_is_there_takes_a_number_and_sends_a_robot_to_compare(maria: Client) -> None:
    case = doubted()
    form = form_of(maria, case)
    response = decide(maria, case, "there", form)
    assert response.status_code == 422
    assert "Type the record's number in the target system." in text_of(response.content)
    assert decide(maria, case, "there", form, **{"record-number": "V-77"}).status_code == 302
    assert casebook.get(case.id).state is State.KEYING
    assert LedgerEntry.objects.get(event="record-named").body["number"] == "V-77"


def test_it_is_not_there_lets_it_be_entered_once_more(maria: Client) -> None:
    case = doubted()
    assert decide(maria, case, "not-there", form_of(maria, case)).status_code == 302
    assert casebook.get(case.id).state is State.READ
    assert Keying.objects.get().denied == 1


def test_what_is_entered_once_more_is_what_stands_on_the_page(maria: Client) -> None:
    case = doubted()
    form = {**form_of(maria, case), "field-invoice_number": "BTG-2041"}
    assert decide(maria, case, "not-there", form).status_code == 302
    corrected = casebook.get(case.id)
    assert corrected.extraction is not None
    assert (corrected.state, corrected.extraction.fields["invoice_number"].value) == (State.READ, "BTG-2041")
    assert (Keying.objects.get().denied, Keying.objects.get().uncertain) == (1, False)
    assert LedgerEntry.objects.get(event="field-corrected").body["new"] == "BTG-2041"


def test_what_would_bring_it_back_is_shown_again_and_can_be_accepted_there(maria: Client) -> None:
    case = doubted()
    form = {**form_of(maria, case), "field-grand_total": "9999.99"}
    response = decide(maria, case, "not-there", form)
    assert response.status_code == 422
    assert "Posting not confirmed: is the record in the target system?" in text_of(response.content)
    assert parsed(response.content).xpath("//button[@value='accept']") == []
    assert (casebook.get(case.id).state, Keying.objects.get().denied) == (State.REFERRED, 0)

    ticked = accept_boxes(response.content)
    assert "is not the total, 9,999.99" in text_of(response.content)
    assert len(ticked) in (1, 2)  # two where another test's reading left the words that the page prints
    checked = accept_boxes(maria.post(f"/cases/{case.id}/check/", form).content)
    assert checked == ticked, "the findings that come while one types can be ticked there too"
    assert decide(maria, case, "not-there", form, accept=ticked).status_code == 302
    assert (casebook.get(case.id).state, Keying.objects.get().denied) == (State.READ, 1)


def test_what_cannot_be_taken_is_not_entered_once_more(maria: Client) -> None:
    case = doubted()
    response = decide(maria, case, "not-there", {**form_of(maria, case), "field-grand_total": "a lot"})
    assert response.status_code == 422
    assert parsed(response.content).xpath("//input[@name='field-grand_total'][@aria-invalid='true']")
    assert casebook.get(case.id).state is State.REFERRED
    assert Keying.objects.get().denied == 0


@pytest.mark.parametrize("decision", ["there", "not-there", "look-again"])
def test_nothing_is_said_about_a_record_of_a_case_that_posted_none(maria: Client, decision: str) -> None:
    case = referred(findings=[UNSURE])
    decide(maria, case, decision, form_of(maria, case), **{"record-number": "V-1"})
    assert casebook.get(case.id).state is State.REFERRED


def test_what_the_target_system_showed_then_stands_on_the_page_of_the_question_and_in_the_story(maria: Client) -> None:
    sha256 = Office.of(settings()).pictures.put(PNG + b"the list without it")
    case = referred(findings=[replace(NOT_SHOWN, picture=sha256)])
    for address in (f"/cases/{case.id}/review/", f"/cases/{case.id}/"):
        page_shown = parsed(bytes(maria.get(address).content))
        assert page_shown.xpath("//figure[contains(@class,'screen')]//img/@src") == [f"/pictures/{sha256}/"]
    assert maria.get(f"/pictures/{sha256}/").content == PNG + b"the list without it"


def test_a_picture_of_a_screen_is_shown_only_to_who_may_see_its_case(maria: Client) -> None:
    sha256 = Office.of(settings()).pictures.put(PNG + b"of another department")
    case = referred(findings=[replace(NOT_SHOWN, picture=sha256)])
    BotAccess.objects.create(group=Group.objects.create(name="Planning"), bot=case.bot)
    assert maria.get(f"/pictures/{sha256}/").status_code == 404
