"""The list of layouts and the page of one: what is known, who sees it, and what is masked."""

from __future__ import annotations

import pytest
from django.test import Client

from keywright.bot import all_bots
from keywright.database.layouts import StoredLayout
from keywright.database.models import StoredCase
from keywright.model.case import State
from keywright.model.fields import bare
from keywright.model.layout import LayoutState
from keywright.people.accounts import let_see
from tests.keywright.console.desk import BOT
from tests.keywright.console.door import setting
from tests.keywright.console.pages import parsed, text_of
from tests.keywright.layouts.earning import TrainingDesk, monthly_bill

SELLER = monthly_bill(1).seller.name
TYPE = all_bots()[BOT].reads.name


def layout_named(sender: str, state: LayoutState = LayoutState.UNKNOWN, vendor: str = "") -> StoredLayout:
    return StoredLayout.objects.create(
        document_type=TYPE, sender=sender, sender_key=bare(sender), state=state, vendor=vendor
    )


def test_the_page_says_why_a_layout_is_trusted_what_is_constant_and_where_each_field_is(
    maria: Client, learned: StoredLayout
) -> None:
    page = maria.get(f"/layouts/{learned.pk}/").content
    words = text_of(page)
    assert SELLER in words
    assert "Each field was confirmed on 2 documents in a row." in words
    rows = {row.xpath("string(th)"): row for row in parsed(page).xpath("//section[@id='fields']//tbody/tr")}
    assert SELLER in rows["Seller"].text_content()
    number = rows["Invoice number"].text_content()
    assert "looks like INV9999" in number and "right of “invoice no”" in number
    assert "2 trusted" in " ".join(rows["Total with tax"].text_content().split())


def test_the_picture_of_the_latest_document_has_a_box_for_each_field_that_the_profile_finds(
    maria: Client, learned: StoredLayout
) -> None:
    page = parsed(maria.get(f"/layouts/{learned.pk}/").content)
    (figure,) = page.xpath("//section[@id='picture']//figure")
    boxes = set(figure.xpath(".//*[name()='rect']/@data-field"))
    assert boxes >= {"invoice_number", "issue_date", "due_date", "grand_total", "tax_total"}
    assert not figure.xpath(".//*[name()='rect'][contains(@class, 'doubtful')]")
    assert maria.get(figure.xpath(".//img/@src")[0]).status_code == 200


def test_a_layout_that_is_still_learning_says_which_fields_and_how_many_documents_are_missing(
    maria: Client, desk: TrainingDesk
) -> None:
    desk.confirmed(desk.bill(1))
    words = text_of(maria.get(f"/layouts/{StoredLayout.objects.get().pk}/").content)
    assert "Not confirmed often enough: " in words and "Total with tax (1/2)" in words
    assert "Confirm 1 more document without a correction" in words


def test_a_new_layout_shows_the_sender_as_read_and_what_waits(maria: Client, desk: TrainingDesk) -> None:
    desk.bill(1)
    layout = StoredLayout.objects.get()
    words = text_of(maria.get(f"/layouts/{layout.pk}/").content)
    assert SELLER in words and "Nobody has confirmed a document of this layout." in words
    assert "1 document waits for a person" in words
    assert SELLER in text_of(maria.get("/layouts/").content)


def test_the_list_counts_confirmed_documents_and_cases_that_needed_nobody(
    maria: Client, desk: TrainingDesk, learned: StoredLayout
) -> None:
    third = desk.bill(3)
    for number in StoredCase.objects.values_list("pk", flat=True):
        StoredCase.objects.filter(pk=number).update(state="keyed", receipt_number=f"V-{number}")
    assert third.state is State.CHECKED
    (line,) = parsed(maria.get("/layouts/").content).xpath("//table//tbody/tr")
    assert [cell.text_content() for cell in line.xpath("td")][1:6] == [SELLER, "–", "trusted", "2", "1"]
    assert f"/layouts/{learned.pk}/" in line.xpath(".//a/@href")


@pytest.mark.django_db
def test_the_list_is_searched_filtered_by_state_and_paged(maria: Client) -> None:
    for number in range(53):
        layout_named(f"Sender {number:02}")
    layout_named("Côté Électrique", vendor="V-77")
    layout_named("Learner", LayoutState.LEARNING)

    def senders(query: str) -> list[str]:
        page = parsed(maria.get(f"/layouts/{query}").content)
        return [cell.text_content() for cell in page.xpath("//td[@class='sender']")]

    assert senders("?words=electr") == senders("?words=%C3%89lectr") == ["Côté Électrique"]
    assert senders("?words=v-77") == ["Côté Électrique"]
    assert senders("?state=learning") == ["Learner"]
    assert senders("?words=nobody") == []
    assert (len(senders("")), len(senders("?page=2")), senders("?page=x")[0]) == (50, 5, "Learner")


def test_an_office_without_layouts_says_so(maria: Client) -> None:
    assert "No layouts yet." in text_of(maria.get("/layouts/").content)


def test_a_layout_is_hidden_from_people_who_see_none_of_its_cases(
    maria: Client, ada: Client, learned: StoredLayout
) -> None:
    let_see("payables", list(all_bots()), actor="test")
    assert maria.get(f"/layouts/{learned.pk}/").status_code == 404
    assert SELLER not in text_of(maria.get("/layouts/").content)
    assert ada.get(f"/layouts/{learned.pk}/").status_code == 200
    assert maria.get("/layouts/999/").status_code == 404


def test_masked_values_are_masked_and_the_picture_is_not_shown_to_people_who_may_not_see_them(
    maria: Client, ivan: Client, learned: StoredLayout
) -> None:
    with setting(MASKED_FIELDS="seller_name,invoice_number", CONFIRMATIONS="2"):
        page = ivan.get(f"/layouts/{learned.pk}/").content
        whole = ivan.get("/layouts/").content
        assert SELLER not in page.decode() and SELLER not in whole.decode()
        assert "INV" not in text_of(page) and "[masked " in text_of(page)
        assert not parsed(page).xpath("//section[@id='picture']")
        assert "No layout found." in text_of(ivan.get("/layouts/", {"words": SELLER[:5]}).content)
        assert SELLER in text_of(maria.get(f"/layouts/{learned.pk}/").content)


def test_somebody_without_a_group_sees_no_layouts(client: Client, signed_in: object, learned: StoredLayout) -> None:
    assert client.get("/layouts/").status_code == 302
    assert callable(signed_in)
    assert signed_in("nobody").get(f"/layouts/{learned.pk}/").status_code == 403


def test_the_page_of_a_case_names_its_layout_and_its_state(maria: Client, learned: StoredLayout) -> None:
    case = StoredCase.objects.order_by("pk").first()
    assert case is not None
    page = maria.get(f"/cases/{case.pk}/").content
    assert f"layout {learned.pk}, trusted" in text_of(page)
    assert parsed(page).xpath(f"//a[@href='/layouts/{learned.pk}/']")
    assert "nothing corrected" in text_of(page)


def test_in_french_the_page_is_french(maria: Client, learned: StoredLayout) -> None:
    words = text_of(maria.get(f"/layouts/{learned.pk}/", headers={"Accept-Language": "fr"}).content)
    assert "Chaque champ a été confirmé sur 2 documents de suite." in words
    assert "Versions du profil" in words
