"""The review page: what is asked, and where it is printed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from keywright.cases import casebook
from keywright.findings import Finding, Kind
from tests.keywright.console.desk import UNSURE, extraction, opened, referred, unreadable
from tests.keywright.console.pages import accept_boxes, parsed, text_of

MISSING = Finding("present", "Due date was not found on the document.", ("due_date",), Kind.READING, acceptable=False)
SUMS = Finding("BR-CO-15", "1412.50 is not 1250.00 + 160.00.", ("grand_total", "net_total", "tax_total"))
TWICE = Finding("duplicate", "Case 1 has the same number.", (), Kind.DUPLICATE)


def fields(page: bytes, place: str = "") -> list[str]:
    return [str(name) for name in parsed(page).xpath(f"//div[contains(@class,'asked{place}')]/@data-field")]


def test_doubtful_fields_come_first_with_the_sentence_that_says_why(maria: Client) -> None:
    page = maria.get(f"/cases/{referred().id}/review/").content

    assert fields(page)[0] == "invoice_number"
    assert fields(page, " doubtful") == ["invoice_number"]
    beside = parsed(page).xpath("//div[@data-field='invoice_number']")[0].text_content()
    assert "61% confidence" in beside


def test_every_input_has_a_label_and_names_the_sentences_beside_it(maria: Client) -> None:
    page = parsed(maria.get(f"/cases/{referred(findings=[UNSURE, MISSING]).id}/review/").content)
    for control in page.xpath("//form[@id='asking']//*[self::input or self::select or self::textarea]"):
        if control.get("type") in {"hidden", "checkbox"}:
            continue
        label = control.get("aria-label") or page.xpath(f"//label[@for='{control.get('id')}']")
        assert label, control.get("name")
        for name in (control.get("aria-describedby") or "").split():
            assert page.xpath(f"//*[@id='{name}']"), name


def test_each_value_is_marked_where_it_is_printed_and_the_doubtful_ones_stand_out(maria: Client) -> None:
    page = parsed(maria.get(f"/cases/{referred().id}/review/").content)
    box = extraction().fields["invoice_number"].box
    assert box is not None

    (mark,) = page.xpath("//*[local-name()='rect'][@data-field='invoice_number']")
    (sure,) = page.xpath("//*[local-name()='rect'][@data-field='grand_total']")

    assert (float(mark.get("x")), float(mark.get("y"))) == (box.left - 2.5, box.top - 2.5)
    assert float(mark.get("width")) == pytest.approx(box.width + 5, abs=0.01)
    assert "doubtful" in mark.get("class")
    assert "doubtful" not in sure.get("class")


def test_a_mark_is_the_same_in_french_where_numbers_have_commas(maria: Client) -> None:
    case = referred()
    page = parsed(maria.get(f"/cases/{case.id}/review/", headers={"accept-language": "fr"}).content)
    assert page.get("lang") == "fr"
    assert "," not in page.xpath("//*[local-name()='rect']/@x")[0]


def test_a_field_read_less_surely_than_is_asked_for_is_doubtful_even_if_no_finding_names_it(maria: Client) -> None:
    page = maria.get(f"/cases/{referred(findings=[TWICE]).id}/review/").content
    assert fields(page, " doubtful") == ["invoice_number"]


def test_a_missing_field_that_a_finding_names_is_asked_among_the_first(maria: Client) -> None:
    invoice = extraction().without("due_date")
    page = maria.get(f"/cases/{referred(findings=[MISSING], read_before=invoice).id}/review/").content
    assert fields(page, " doubtful") == ["invoice_number", "due_date"]
    assert set(fields(page)) > {"payment_terms", "purchase_order", "due_date"}


def test_what_concerns_the_whole_stands_on_top_and_can_be_accepted_with_a_tick(maria: Client) -> None:
    page = maria.get(f"/cases/{referred(findings=[UNSURE, TWICE, SUMS]).id}/review/").content
    top = parsed(page).xpath("//section[@class='remarks']")[0].text_content()
    assert TWICE.message in top
    assert SUMS.message in top
    assert UNSURE.message not in top
    assert len(accept_boxes(page)) == 2


def test_what_nobody_can_accept_has_no_tick(maria: Client) -> None:
    page = maria.get(f"/cases/{referred(findings=[MISSING, replace(TWICE, acceptable=False)]).id}/review/").content
    assert accept_boxes(page) == []


def test_lines_stand_in_a_grid_in_which_they_are_typed(maria: Client) -> None:
    page = parsed(maria.get(f"/cases/{referred().id}/review/").content)
    (grid,) = page.xpath("//table[@id='grid']")
    assert grid.xpath(".//input[@name='line-0-description']/@value") == ["Granular A, delivered to Bay Street yard"]
    assert grid.xpath(".//input[@name='line-1-net_amount']/@value") == ["350.00"]


def test_a_document_that_could_not_be_opened_can_be_typed_in_by_hand(maria: Client) -> None:
    case = unreadable()
    page = maria.get(f"/cases/{case.id}/review/").content
    assert "No page image available for this document." in text_of(page)
    assert "is encrypted and cannot be opened" in text_of(page)
    assert f'href="/cases/{case.id}/document/"' in page.decode()
    assert {"invoice_number", "grand_total"} <= set(fields(page))


def test_a_case_that_does_not_wait_shows_its_story_instead(maria: Client) -> None:
    case = opened("new.pdf")
    assert maria.get(f"/cases/{case.id}/review/")["Location"] == f"/cases/{case.id}/"
    assert maria.get("/cases/999999/review/").status_code == 404
    assert maria.get(f"/cases/{'9' * 30}/review/").status_code == 404


def test_an_auditor_sees_what_is_asked_and_has_no_button(ada: Client) -> None:
    page = parsed(ada.get(f"/cases/{referred().id}/review/").content)
    assert page.xpath("//form[@id='asking']/fieldset/@disabled")
    assert not page.xpath("//button[@name='decision']")
    assert "Your account can view this case" in page.text_content()


def test_a_case_whose_bot_is_gone_says_so(maria: Client) -> None:
    case = casebook.refer(opened(bot="dog-licences"), [TWICE], actor="robot")
    response = maria.get(f"/cases/{case.id}/review/")
    assert response.status_code == 409
    assert "dog-licences" in response.content.decode()
    assert maria.get("/").status_code == maria.get(f"/cases/{case.id}/").status_code == 200


def test_a_page_costs_the_same_few_queries_however_many_fields_and_pages_it_has(
    maria: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    case = referred(pages=3)
    maria.get("/")
    with django_assert_max_num_queries(19):
        page = maria.get(f"/cases/{case.id}/review/").content
    assert page.count(b"<figure") == 3
    assert len(page) < 150_000


def test_the_queue_costs_the_same_few_queries_however_many_cases_wait(
    maria: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        referred(f"{number}.pdf")
    maria.get("/")
    with django_assert_max_num_queries(10):
        assert maria.get("/").content.count(b'class="file"') == 5


def test_the_page_has_one_way_to_refuse(maria: Client) -> None:
    case = referred()
    page = parsed(maria.get(f"/cases/{case.id}/review/").content)
    assert len(page.xpath(f"//a[@href='/cases/{case.id}/refuse/']")) == 1
    story = parsed(maria.get(f"/cases/{case.id}/").content)
    assert len(story.xpath(f"//a[@href='/cases/{case.id}/refuse/']")) == 1


def test_the_page_knows_the_queue_it_was_opened_from(maria: Client) -> None:
    case = referred()
    page = parsed(maria.get(f"/cases/{case.id}/review/?bot=supplier-invoices").content)
    assert page.xpath("//form[@id='asking']//input[@name='bot']/@value") == ["supplier-invoices"]
    assert f"/next/?after={case.id}&bot=supplier-invoices" in page.xpath("//a[@rel='next']/@href")
