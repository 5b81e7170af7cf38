"""The pages of the quality sample: blind for who reads, and for who says who was right."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from keywright.cases import casebook
from keywright.database.models import Sample
from keywright.model.case import State
from keywright.people.accounts import let_see
from tests.keywright.console.desk import BOT, office, pdf, pictures
from tests.keywright.console.pages import parsed, text_of
from tests.keywright.quality.test_sampling import RIGHT, sampled

SignedIn = Callable[..., Client]
TYPED = {f"field-{name}": value for name, value in RIGHT.items()}


@pytest.fixture
def row(db: None) -> Sample:
    """A drawn case whose page is drawn."""
    sample = sampled()
    case, here = casebook.get(str(sample.case_id)), office()
    casebook.keep_pictures(case, [(page, here.pictures.put(page.png)) for page in pictures(pdf())])
    return sample


@pytest.fixture
def sara(db: None, signed_in: SignedIn) -> Client:
    """A supervisor's browser."""
    return signed_in("sara", "supervisor")


def test_a_clerk_reads_a_case_blind_beside_its_pages(maria: Client, row: Sample) -> None:
    redirect = maria.get("/quality/next/")
    assert redirect["Location"] == f"/quality/{row.pk}/"
    page = maria.get(redirect["Location"]).content
    inputs = parsed(page).xpath("//input[starts-with(@name, 'field-')]")
    assert [(control.get("name"), control.get("value")) for control in inputs] == [(name, "") for name in TYPED]
    assert parsed(page).xpath("//section[@class='sample-pages']//img/@src")
    assert "BTG-2041" not in text_of(page) and "1412.50" not in page.decode()
    assert f"/cases/{row.case_id}/" not in page.decode()

    answered = maria.post(f"/quality/{row.pk}/", TYPED, follow=True)
    assert "Your values match the robot's" in text_of(answered.content)
    assert Sample.objects.get(pk=row.pk).answer == RIGHT
    assert casebook.get(str(row.case_id)).state is State.CHECKED  # it was never held up


def test_bad_input_is_asked_again_beside_the_field(maria: Client, row: Sample) -> None:
    response = maria.post(f"/quality/{row.pk}/", {**TYPED, "field-grand_total": "much"})
    assert response.status_code == 422
    tree = parsed(response.content)
    (fault,) = tree.xpath("//*[@id='fault-grand_total']")
    assert "is not an amount" in fault.text
    (field,) = tree.xpath("//input[@name='field-grand_total']")
    assert (field.get("value"), field.get("aria-invalid"), field.get("aria-describedby")) == (
        "much",
        "true",
        "fault-grand_total",
    )


def test_two_tabs_do_no_harm(maria: Client, row: Sample) -> None:
    maria.post(f"/quality/{row.pk}/", TYPED)
    again = maria.post(f"/quality/{row.pk}/", {**TYPED, "field-invoice_number": "other"}, follow=True)
    assert again.status_code == 200
    assert Sample.objects.get(pk=row.pk).answer == RIGHT


def test_a_supervisor_says_who_was_right_without_knowing_whose_is_which(
    maria: Client, sara: Client, row: Sample
) -> None:
    maria.post(f"/quality/{row.pk}/", {**TYPED, "field-invoice_number": "BTG-2047"})
    assert f"/quality/{row.pk}/truth/" in sara.get("/quality/").content.decode()
    page = sara.get(f"/quality/{row.pk}/truth/").content
    choices = parsed(page).xpath("//fieldset//label")
    assert [" ".join("".join(choice.itertext()).split()) for choice in choices] == [
        "BTG-2041",
        "BTG-2047",
        "both mean the same",
        "neither:",
    ]
    assert "maria" not in text_of(page).replace("Sign out", "")
    empty = sara.post(f"/quality/{row.pk}/truth/", {})
    assert (empty.status_code, "Say what is printed." in text_of(empty.content)) == (422, True)

    sara.post(f"/quality/{row.pk}/truth/", {"truth-invoice_number": "1"})
    assert Sample.objects.get(pk=row.pk).truth == {"invoice_number": {"value": "BTG-2047", "same": False}}
    text = text_of(sara.get("/quality/").content)
    assert "Values the robot read wrong 1 2 50.0 % 9.5 % – 90.5 %" in text
    assert "Correct these records in the target system." in text


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ({"truth-invoice_number": "other", "other-invoice_number": "BTG-2999"}, "BTG-2999"),
        ({"truth-invoice_number": "0"}, "BTG-2041"),
    ],
)
def test_the_truth_may_be_the_robots_or_neithers(
    maria: Client, sara: Client, row: Sample, form: dict[str, str], value: str
) -> None:
    maria.post(f"/quality/{row.pk}/", {**TYPED, "field-invoice_number": "BTG-2047"})
    sara.post(f"/quality/{row.pk}/truth/", form)
    assert Sample.objects.get(pk=row.pk).truth == {"invoice_number": {"value": value, "same": False}}


def test_who_answered_and_who_is_no_supervisor_may_not_say_who_was_right(
    maria: Client, sara: Client, row: Sample
) -> None:
    sara.post(f"/quality/{row.pk}/", {**TYPED, "field-invoice_number": "BTG-2047"})
    for browser in (sara, maria):
        for response in (browser.get(f"/quality/{row.pk}/truth/"), browser.post(f"/quality/{row.pk}/truth/", {})):
            assert (response.status_code, "Access denied" in text_of(response.content)) == (403, True)
    assert Sample.objects.get(pk=row.pk).truth is None


def test_an_auditor_and_it_see_the_figures_and_change_nothing(ada: Client, ivan: Client, row: Sample) -> None:
    for browser in (ada, ivan):
        page = browser.get("/quality/")
        assert (page.status_code, "Read a sample" in text_of(page.content)) == (200, False)
        assert browser.get("/quality/next/").status_code == 403
        assert browser.get(f"/quality/{row.pk}/").status_code == 403
        assert browser.post(f"/quality/{row.pk}/", TYPED).status_code == 403
        assert browser.post(f"/quality/{row.pk}/truth/", {}).status_code == 403
    assert Sample.objects.get(pk=row.pk).answered_at is None


def test_another_departments_sample_is_not_there(maria: Client, row: Sample) -> None:
    let_see("payables", [BOT], actor="ivan")
    assert maria.get(f"/quality/{row.pk}/").status_code == 404
    assert maria.post(f"/quality/{row.pk}/", TYPED).status_code == 404
    assert "Supplier invoices" not in text_of(maria.get("/quality/").content)


def test_an_office_without_a_sample_is_told_how_to_draw_one(maria: Client) -> None:
    assert "KEYWRIGHT_SAMPLE_PERCENT" in text_of(maria.get("/quality/").content)
    assert "No samples to read" in text_of(maria.get("/quality/next/", follow=True).content)


def test_who_is_not_signed_in_is_asked_to(row: Sample) -> None:
    assert "/sign-in/" in Client().get(f"/quality/{row.pk}/")["Location"]
