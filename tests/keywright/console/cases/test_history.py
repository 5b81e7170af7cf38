"""The story of a case on one page, and sending a failed one on its way again."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.test import Client

from keywright import clock
from keywright.bot import bot_named
from keywright.cases import casebook, keying_attempts
from keywright.console.shared import labels as words
from keywright.database.models import Keying, StoredCase
from keywright.errors import Later
from keywright.findings import Kind
from keywright.ledger import ledger
from keywright.ledger.ledger import EVENTS
from keywright.model.case import Case, State
from keywright.model.serialization import receipt_to_json
from keywright.model.target_system import Receipt, Shown
from keywright.review import review_queue
from tests.keywright.console.desk import extraction, office, opened, pdf, pictures, referred
from tests.keywright.console.pages import text_of


def failed(case: Case) -> Case:
    for _ in range(office().settings.attempts):
        case = office().put_back(case, OSError("the town hall is away"))
    assert case.state is State.FAILED
    return case


def test_the_acts_are_told_in_order_and_in_words(maria: Client) -> None:
    case = referred("gravel.pdf")
    review_queue.refuse(case, "It is the neighbour town's.", person="maria")

    page = text_of(maria.get(f"/cases/{case.id}/").content)

    acts = [
        "Document received, case opened gravel.pdf · inbox",
        "Document read 9 fields were read",
        "Referred to a person Invoice number unclear (61% confidence)",
        "maria Case rejected It is the neighbour town's.",
    ]
    places = [page.find(act) for act in acts]
    assert -1 not in places
    assert places == sorted(places)


def test_a_correction_is_told_with_both_values_under_the_fields_title(maria: Client) -> None:
    case = referred()
    assert case.extraction is not None
    specs = bot_named(case.bot).reads.specs()
    entered = {"invoice_number": "BTG-2041", "seller_name": "Bruce Trail Gravel Ltd."}
    corrected = review_queue.correct(case.extraction, entered, specs, "maria")
    review_queue.settle(case, corrected, [], (), person="maria")

    page = text_of(maria.get(f"/cases/{case.id}/").content)

    assert "Invoice number: changed from BTG-2O41 to BTG-2041" in page
    assert "Seller: Bruce Trail Gravel Ltd. confirmed" in page
    assert "maria · 100 %" in page


def test_a_keyed_case_shows_its_record_as_the_system_shows_it(maria: Client) -> None:
    case = referred()
    picture = pictures(pdf())[0].png
    receipt = Receipt("town-hall", "V-17", (Shown("Total", "1412.50", "1,412.50"),), picture, dt.datetime.now(dt.UTC))
    sha256 = office().pictures.put(picture)
    Keying.objects.create(
        system="town-hall", identity="btg 2041", case_id=int(case.id), receipt=receipt_to_json(receipt, sha256)
    )
    StoredCase.objects.filter(pk=int(case.id)).update(state="keyed", receipt_number="V-17")

    response = maria.get(f"/cases/{case.id}/")

    page = text_of(response.content)
    assert "Record V-17 in town-hall" in page
    assert "Total 1412.50 1,412.50" in page
    assert f'src="/pictures/{sha256}/"' in response.content.decode()
    assert maria.get(f"/pictures/{sha256}/").content == picture


def test_a_case_that_is_not_read_yet_has_a_page_too(maria: Client) -> None:
    assert "new.pdf" in text_of(maria.get(f"/cases/{opened('new.pdf').id}/").content)
    assert maria.get("/cases/999999/").status_code == 404


def test_every_event_of_the_ledger_can_be_told(maria: Client) -> None:
    case = opened("new.pdf")
    with transaction.atomic():
        for event in EVENTS.keys() - {"field-corrected"}:
            ledger.append(event, actor="robot", case=int(case.id))
    page = text_of(maria.get(f"/cases/{case.id}/").content)
    for event in EVENTS.keys() - {"field-corrected"}:
        assert words.event_in_words(event) in page


def test_every_state_and_kind_has_words() -> None:
    assert set(words.STATES) == set(State)
    assert set(words.KINDS) == set(Kind)


def test_it_sends_a_failed_case_on_its_way_from_its_checks_with_all_that_was_read(ivan: Client) -> None:
    case = opened("new.pdf")
    case = casebook.record_extraction(case, extraction(), (), actor="robot")
    failed(case)
    assert "Restart this case" in text_of(ivan.get(f"/cases/{case.id}/").content)

    assert ivan.post(f"/cases/{case.id}/again/")["Location"] == f"/cases/{case.id}/"

    again = casebook.get(case.id)
    assert (again.state, again.attempts, again.extraction) == (State.READ, 0, extraction())


def test_a_failed_case_that_was_never_read_is_read_when_it_goes_on(ivan: Client) -> None:
    case = failed(opened("new.pdf"))
    ivan.post(f"/cases/{case.id}/again/")
    assert casebook.get(case.id).state is State.RECEIVED


@pytest.mark.parametrize("who", ["maria", "ada"])
def test_who_does_not_mend_sends_nothing_again(request: pytest.FixtureRequest, who: str) -> None:
    browser = request.getfixturevalue(who)
    case = failed(opened("new.pdf"))
    assert "Restart this case" not in text_of(browser.get(f"/cases/{case.id}/").content)
    assert browser.post(f"/cases/{case.id}/again/").status_code == 403
    assert casebook.get(case.id).state is State.FAILED


def test_a_case_that_has_not_failed_is_not_sent_again(ivan: Client) -> None:
    case = referred()
    response = ivan.post(f"/cases/{case.id}/again/", follow=True)
    assert "Your decision was not saved" in text_of(response.content)
    assert casebook.get(case.id).state is State.REFERRED


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("its record has not been seen in the target system yet", "Next search:", "system message:")),
        (
            "fr",
            ("sa fiche n’a pas encore été vue dans le système cible", "Prochaine recherche :", "message du système :"),
        ),
    ],
)
def test_a_case_that_was_posted_and_is_not_shown_says_what_it_waits_for(
    maria: Client, language: str, words: tuple[str, ...]
) -> None:
    case = in_the_keying()

    page = text_of(maria.get(f"/cases/{case.id}/", headers={"accept-language": language}).content)

    for sentence in (*words, "The period is closed.", "BTG-2041 was posted, and is not shown."):
        assert sentence in page, sentence


def in_the_keying() -> Case:
    """Return a case that was posted, whose record a robot is to look for in an hour."""
    case = referred()
    row = StoredCase.objects.filter(pk=int(case.id))
    row.update(state=State.CHECKED.value, lease_token="held", lease_until=clock.now() + dt.timedelta(minutes=1))
    stored = casebook.get(case.id)
    with keying_attempts.holding(stored, "town-hall-payables", "btg | 2041", dt.timedelta(minutes=1)) as hold:
        stored = office().intend(stored, hold)
        keying_attempts.heard(hold, "The period is closed.")
    return office().put_back(stored, Later("BTG-2041 was posted, and is not shown.", 3600))
