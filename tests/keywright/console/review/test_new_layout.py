"""The review page of a document of a new layout: one sentence, each value confirmed, the readers' votes offered."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.models import Group, User
from django.test import Client

from keywright.cases import casebook
from keywright.findings import Finding, Kind
from keywright.messages import Message
from keywright.model.alternatives import Choice, with_votes
from keywright.model.case import State
from keywright.model.fields import Extraction, Field
from keywright.model.layout import NEW_LAYOUT, LayoutState
from keywright.model.reading import Box
from keywright.profiles.applying import LAYOUT_DIFFERS
from tests.keywright.console.desk import extraction, referred
from tests.keywright.console.pages import decide, form_of, parsed, text_of

NEW = Message("New layout. Nobody has confirmed a document like this one yet. Compare each value with the page.")


def new_layout(*names: str) -> Finding:
    return Finding(NEW_LAYOUT, NEW, names, Kind.READING)


def test_a_new_layout_is_one_sentence_above_the_fields_and_each_of_its_fields_is_to_be_checked(maria: Client) -> None:
    names = ("seller_name", "invoice_number", "grand_total")
    case = referred(findings=[new_layout(*names)], read_before=replace(extraction(), findings=(new_layout(*names),)))

    page = maria.get(f"/cases/{case.id}/review/").content

    assert text_of(page).count(NEW.template) == 1
    assert parsed(page).get_element_by_id("whole").xpath(".//*[contains(@class, 'new-layout')]")
    assert not parsed(page).xpath("//*[starts-with(@id, 'beside-')]//*[contains(@class, 'remark')]")
    doubtful = parsed(page).xpath("//*[contains(@class, 'asked doubtful')]/@data-field")
    assert sorted(doubtful) == sorted(names)
    assert "Confirm what was read" in text_of(page)


def test_a_new_layout_with_one_field_is_said_above_too(maria: Client) -> None:
    case = referred(findings=[new_layout("grand_total")])
    page = maria.get(f"/cases/{case.id}/review/").content
    assert parsed(page).get_element_by_id("whole").xpath(".//*[contains(@class, 'new-layout')]")
    assert not parsed(page).xpath("//*[starts-with(@id, 'beside-')]//*[contains(@class, 'remark')]")


def test_sending_the_page_as_it_is_answers_the_question_about_the_layout(maria: Client) -> None:
    found = new_layout("seller_name", "invoice_number")
    case = referred(findings=[found], read_before=replace(extraction(), findings=(found,)))
    decide(maria, case, "accept", form_of(maria, case))
    assert casebook.get(case.id).state is State.READ


def test_in_french_the_sentence_and_the_heading_are_french(maria: Client) -> None:
    case = referred(findings=[new_layout("seller_name", "invoice_number")])
    page = maria.get(f"/cases/{case.id}/review/", headers={"Accept-Language": "fr"}).content
    assert "Nouvelle mise en page." in text_of(page)
    assert "Confirmez ce qui a été lu" in text_of(page)


def test_where_readers_differ_the_other_value_is_the_first_choice(maria: Client) -> None:
    read = extraction()
    voted = replace(read.fields["invoice_number"], votes={"rules": "BTG-2O41", "profile": "BTG-2041"})
    differs = Finding(LAYOUT_DIFFERS, "Two readings differ.", ("invoice_number",), Kind.READING)
    case = referred(findings=[differs], read_before=read.with_fields(voted))
    page = parsed(maria.get(f"/cases/{case.id}/review/").content)
    assert page.xpath("//*[@id='choices-invoice_number']//button/@data-value")[0] == "BTG-2041"


def test_votes_come_before_other_choices_and_what_is_the_same_for_a_clerk_is_not_offered() -> None:
    place = Box(1, 10, 10, 50, 20)
    field = Field(
        "number", "A-17", "A-17", 0.5, "text-layer", None, {"rules": "A 17", "learned": "A-71", "profile": ""}
    )
    offered = with_votes({"number": (Choice("A-77"), Choice("A-71", place))}, Extraction("bill", {"number": field}))
    assert offered == {"number": (Choice("A-71", place), Choice("A-77"))}


def test_a_layouts_states_are_the_ones_that_have_words() -> None:
    from keywright.console.shared.labels import layout_state_in_words

    assert {layout_state_in_words(state) for state in LayoutState} == {"new", "learning", "trusted"}


def test_an_auditor_sees_the_sentence_and_no_button(ada: Client) -> None:
    case = referred(findings=[new_layout("seller_name", "invoice_number")])
    User.objects.get(username="ada").groups.set(Group.objects.filter(name="auditor"))
    page = ada.get(f"/cases/{case.id}/review/").content
    assert NEW.template in text_of(page)
    assert not parsed(page).xpath("//button[@id='accept']")
