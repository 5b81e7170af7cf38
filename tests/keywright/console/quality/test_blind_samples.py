"""Until a quality sample is settled, no door shows a clerk what the robot read of its case."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from keywright.bot import bot_named
from keywright.cases import casebook, keying_attempts
from keywright.cases.earlier_cases import note_traits
from keywright.database.models import Sample
from keywright.findings import Finding, Kind
from keywright.model.case import Case
from keywright.quality import sampling
from keywright.quality.sampling import AlreadyAnswered, Truth
from tasks.write_receipt import hand_out
from tests.keywright.api.programs import program
from tests.keywright.clerks import clerk
from tests.keywright.console.desk import BOT, UNSURE, its_traits, office, pdf, pictures, referred
from tests.keywright.console.pages import parsed, text_of
from tests.keywright.quality.test_sampling import RIGHT, sampled
from tests.keywright.receipts.keyed import NUMBER, record

pytestmark = pytest.mark.django_db
SignedIn = Callable[..., Client]
SPECS = bot_named(BOT).reads.specs()
READ = ("BTG-2041", "1412.50", "1,412.50", "Bruce Trail", NUMBER, "Roads", "Granular A")
"""What tells something of what was read on the test's invoice, or of the record that it became."""


def keyed_and_drawn() -> Sample:
    """Return the sample of a case that was keyed alone, with its receipt written out."""
    row = sampled("drawn.pdf")
    case = casebook.get(str(row.case_id))
    casebook.keep_pictures(case, [(page, office().pictures.put(page.png)) for page in pictures(pdf())])
    with keying_attempts.holding(case, "town-hall-payables", "Bruce Trail | BTG-2041", timedelta(seconds=60)) as hold:
        office().close(office().intend(case, hold), record(case), hold)
    hand_out(row.case_id, "en", office(), "robot", pdf=False)
    return row


def tells(page: bytes) -> list[str]:
    text = page.decode()
    return [value for value in READ if value in text]


def settled(row: Sample) -> None:
    """Let two people settle a sample in which robot and person differ."""
    otto, sara = clerk("otto"), clerk("sara", "supervisor")
    sampling.answer(row.pk, {**RIGHT, "invoice_number": "BTG-2047"}, SPECS, person=otto)
    sampling.settle(row.pk, {"invoice_number": Truth("BTG-2041")}, SPECS, person=sara)


def doors(row: Sample) -> dict[str, str]:
    number = row.case_id
    return {
        "story": f"/cases/{number}/",
        "list": "/cases/",
        "list of keyed ones": f"/cases/?bot={BOT}&state=keyed",
        "search for the file": "/cases/?words=drawn",
        "receipt": f"/cases/{number}/receipt.en.html",
    }


def test_no_page_tells_a_clerk_what_was_read_until_the_sample_is_settled(maria: Client) -> None:
    row = keyed_and_drawn()
    for door, address in doors(row).items():
        page = maria.get(address)
        assert tells(page.content) == [], door
        assert page.status_code == (403 if door == "receipt" else 200), door
    story = maria.get(f"/cases/{row.case_id}/").content
    assert "The robot's values are shown once" in text_of(story)
    assert "1,412.50" not in text_of(story) and not parsed(story).xpath("//*[local-name()='rect']")

    settled(row)

    assert set(tells(maria.get(f"/cases/{row.case_id}/").content)) >= {"BTG-2041", "1412.50", "Bruce Trail", NUMBER}
    for door, address in doors(row).items():
        assert tells(maria.get(address).content), door


def test_a_supervisor_an_auditor_and_it_may_look_before(ada: Client, ivan: Client, signed_in: SignedIn) -> None:
    row = keyed_and_drawn()
    for browser in (ada, ivan, signed_in("sara", "supervisor")):
        for door, address in doors(row).items():
            assert tells(browser.get(address).content), door


@pytest.mark.parametrize(("filters", "expected"), [("BTG-2041", 0), ("bruce", 0), ("drawn", 1), ("{number}", 1)])
@pytest.mark.parametrize("most", [5000, 0])
def test_searching_does_not_confirm_a_guess(
    maria: Client, monkeypatch: pytest.MonkeyPatch, filters: str, expected: int, most: int
) -> None:
    row = keyed_and_drawn()
    monkeypatch.setattr("keywright.console.cases.search.MOST", most)  # beyond it the newest cases are walked
    page = maria.get("/cases/", {"words": filters.format(number=row.case_id)}).content.decode()
    assert page.count('class="file"') == expected
    settled(row)
    assert maria.get("/cases/", {"words": "BTG-2041"}).content.decode().count('class="file"') == 1


def test_neither_the_words_nor_a_place_of_its_pages_are_read_for_a_clerk(maria: Client) -> None:
    row = keyed_and_drawn()
    words = maria.get(f"/cases/{row.case_id}/words/1/")
    place = maria.post(f"/cases/{row.case_id}/place/", {"field": "invoice_number", "box": "1 420 120 500 135"})
    assert (words.status_code, place.status_code) == (403, 403)


def test_who_is_clerk_and_it_reads_the_ledger_without_what_was_read(signed_in: SignedIn, ivan: Client) -> None:
    row, both = keyed_and_drawn(), signed_in("bruno", "clerk", "it")
    address = f"/ledger/?case={row.case_id}"
    assert tells(both.get(address).content) == []
    assert tells(ivan.get(address).content)

    exported = _exported(both)
    assert tells(exported) == []
    assert {"withheld": "the quality sample of this case is not settled"} in [
        json.loads(line)["body"] for line in exported.splitlines()
    ]
    settled(row)
    assert tells(_exported(both))


def _exported(browser: Client) -> bytes:
    response = browser.post("/ledger/export/", {"kind": "jsonl", "actor": office().worker})
    return b"".join(response)


def test_the_api_tells_no_more_than_the_pages(maria: Client) -> None:
    row, api = keyed_and_drawn(), program()
    case = api.get(f"/cases/{row.case_id}")
    assert (case.status_code, case.json()["fields"], case.json()["sender"]) == (200, [], "")
    assert tells(case.content) == []
    receipt = api.get(f"/cases/{row.case_id}/receipt")
    assert (receipt.status_code, tells(receipt.content)) == (403, [])
    assert tells(program("sara", "supervisor").get(f"/cases/{row.case_id}").content)

    Sample.objects.update(truth={})
    assert {"BTG-2041", NUMBER} <= set(tells(api.get(f"/cases/{row.case_id}").content))
    assert api.get(f"/cases/{row.case_id}/receipt").status_code == 200


def test_a_possible_duplicate_does_not_show_what_was_read_of_a_drawn_case(maria: Client) -> None:
    row = keyed_and_drawn()
    note_traits(str(row.case_id), its_traits())
    twin = referred("twin.pdf", [_twice(row)], traits=its_traits())
    page = maria.get(f"/cases/{twin.id}/review/").content
    there = parsed(page).xpath("//table[contains(@class, 'compared')]//td")
    assert (f"Case {row.case_id}, drawn.pdf" in text_of(page), there, NUMBER in page.decode()) == (True, [], False)


def _twice(row: Sample) -> Finding:
    return Finding("duplicate", f"Case {row.case_id} has the same number.", (), Kind.DUPLICATE)


def test_a_drawn_case_that_people_are_asked_about_is_shown_and_its_sample_given_up(maria: Client) -> None:
    row = sampled()
    case: Case = casebook.refer(casebook.get(str(row.case_id)), [UNSURE], actor="robot")

    assert "BTG-2041" in maria.get(f"/cases/{case.id}/review/").content.decode()

    assert sampling.next_for(clerk("otto")) is None
    with pytest.raises(AlreadyAnswered, match="was dropped"):
        sampling.answer(row.pk, RIGHT, SPECS, person=clerk("olga"))
    assert maria.get(f"/quality/{row.pk}/", follow=True).status_code == 200
    assert Sample.objects.get().answered_at is None
    assert sampling.quality(BOT, row.drawn_at - timedelta(days=1)).waiting == 0
