"""What a clerk does with a waiting case beside deciding it; each with its refusals."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from keywright.cases import casebook
from keywright.database.models import Absence, BotAccess, LedgerEntry, StoredCase
from keywright.findings import Finding, Kind
from keywright.model.case import Case, State
from keywright.review import claims, close, comments
from tests.keywright.console.conftest import SignedIn
from tests.keywright.console.desk import UNSURE, referred
from tests.keywright.console.pages import decide, form_of, parsed, text_of

TOMORROW = (dt.datetime.now(dt.UTC) + dt.timedelta(days=2)).date().isoformat()
FORMS = ("hand-over", "escalate", "park", "refuse", "send-back", "split")
PRESSED = ("claim", "release", "unpark", "comment", "undo")


@pytest.fixture
def paul(db: None, signed_in: SignedIn) -> Client:
    """Another clerk's browser."""
    return signed_in("paul", "clerk")


@pytest.fixture
def sue(db: None, signed_in: SignedIn) -> Client:
    """A supervisor's browser."""
    return signed_in("sue", "supervisor")


def user(name: str) -> User:
    return User.objects.get(username=name)


def row(case: Case) -> StoredCase:
    return StoredCase.objects.select_related("claimed_by", "assigned_to").get(pk=int(case.id))


def fill_in(client: Client, case: Case, act: str, **entered: Any) -> Any:
    """Open the form of an act and send it with what is typed, as a browser does."""
    return client.post(f"/cases/{case.id}/{act}/", {**shown_form(client, case, act), **entered})


def shown_form(client: Client, case: Case, act: str) -> dict[str, Any]:
    """Return what the form of an act would send if nothing were touched."""
    page = client.get(f"/cases/{case.id}/{act}/")
    assert page.status_code == 200, page.status_code
    form = next(form for form in parsed(page.content).forms if "seen" in form.inputs.keys())  # noqa: SIM118
    return dict(form.form_values())


def test_a_claim_is_renewed_and_tells_others_who_has_the_case(maria: Client, paul: Client) -> None:
    case = referred()

    mine, his = maria.post(f"/cases/{case.id}/claim/"), paul.post(f"/cases/{case.id}/claim/")

    assert (mine.status_code, mine.json()["holder"]) == (200, "maria")
    assert (his.status_code, his.json()["holder"]) == (409, "maria")
    assert paul.post(f"/cases/{case.id}/release/").status_code == 204
    assert row(case).claimed_by == user("maria")
    assert maria.post(f"/cases/{case.id}/release/").status_code == 204
    assert paul.post(f"/cases/{case.id}/claim/").status_code == 200


def test_a_claim_of_a_case_that_waits_no_more_says_what_became_of_it(maria: Client) -> None:
    case = referred()
    close.refuse(case, "not-ours", person="paul")

    response = maria.post(f"/cases/{case.id}/claim/")

    assert response.status_code == 410
    assert "paul" in response.json()["words"]


@pytest.mark.parametrize("act", [*FORMS, *PRESSED])
def test_who_may_only_look_does_none_of_it(act: str, ada: Client, ivan: Client) -> None:
    case = referred()
    before = LedgerEntry.objects.count()

    assert ada.post(f"/cases/{case.id}/{act}/", {"text": "seen"}).status_code == 403
    if act != "comment":
        assert ivan.post(f"/cases/{case.id}/{act}/").status_code == 403
    assert Client().post(f"/cases/{case.id}/{act}/").status_code == 302
    assert LedgerEntry.objects.count() == before
    if act in FORMS:
        assert ada.get(f"/cases/{case.id}/{act}/").status_code == 403


@pytest.mark.parametrize("act", [*FORMS, *PRESSED])
def test_there_is_nothing_to_do_with_a_case_that_is_not_there(act: str, maria: Client) -> None:
    assert maria.post("/cases/999999999999999999/" + act + "/").status_code == 404


@pytest.mark.parametrize(
    ("act", "entered"),
    [
        ("hand-over", {"to": "sue"}),
        ("escalate", {"to": "sue", "why": "hard"}),
        ("park", {"until": TOMORROW, "why": "later"}),
        ("refuse", {"reason": "not-ours"}),
        ("send-back", {"subject": "x", "message": "y"}),
        ("split", {"pages": "1, 2"}),
    ],
)
def test_what_another_has_open_or_has_decided_is_left_alone(
    act: str, entered: dict[str, str], maria: Client, paul: Client, sue: Client
) -> None:
    case = referred(pages=2)
    claims.claim(int(case.id), user("paul"))
    entered = {**entered, "to": str(user("sue").pk)} if "to" in entered else entered

    response = fill_in(maria, case, act, **entered)
    assert response.status_code == 409
    assert "paul" in text_of(response.content)

    stale = shown_form(maria, case, act)
    close.refuse(case, "not-ours", person="paul")
    late = maria.post(f"/cases/{case.id}/{act}/", {**stale, **entered})
    assert late.status_code == 302
    assert late["Location"] == f"/cases/{case.id}/"
    assert LedgerEntry.objects.filter(case_id=int(case.id)).order_by("-number")[0].event == "case-refused"


def test_a_form_of_an_earlier_referral_decides_nothing(maria: Client) -> None:
    case = referred()
    stale = {"seen": row(case).changed_at.isoformat(), "reason": "not-ours"}
    assert case.extraction is not None
    casebook.refer(_settled(case), [UNSURE], actor="robot")

    assert maria.post(f"/cases/{case.id}/refuse/", stale).status_code == 302
    assert row(case).state == "referred"


def _settled(case: Case) -> Case:
    from keywright.review import review_queue

    assert case.extraction is not None
    return review_queue.settle(case, case.extraction, [], (), person="paul")


def test_a_case_is_handed_over_and_its_deputy_is_told(maria: Client, paul: Client, sue: Client) -> None:
    case = referred()
    moment = dt.datetime.now(dt.UTC)
    day = dt.timedelta(days=1)
    Absence.objects.create(person=user("paul"), deputy=user("sue"), since=moment - day, until=moment + day)

    fill_in(maria, case, "hand-over", to=user("paul").pk, why="his vendor")

    assert row(case).assigned_to == user("paul")
    assert "paul is away, so sue can see it too." in text_of(maria.get("/").content)


def test_only_a_supervisor_takes_a_case_out_of_anothers_hands(maria: Client, paul: Client, sue: Client) -> None:
    case = referred()
    claims.claim(int(case.id), user("maria"))

    assert fill_in(paul, case, "hand-over", to=user("paul").pk).status_code == 409
    assert fill_in(sue, case, "hand-over", to=user("paul").pk).status_code == 302
    assert row(case).assigned_to == user("paul")


def test_a_case_is_escalated_to_a_supervisor_and_to_nobody_else(maria: Client, paul: Client, sue: Client) -> None:
    case = referred()

    assert fill_in(maria, case, "escalate", to=user("paul").pk, why="hard").status_code == 422
    assert fill_in(maria, case, "escalate", to=user("sue").pk, why="").status_code == 422
    fill_in(maria, case, "escalate", to=user("sue").pk, why="hard")

    assert row(case).assigned_to == user("sue")


def test_a_case_is_handed_only_to_those_who_see_its_bot(maria: Client, paul: Client, sue: Client) -> None:
    case, department = referred(), Group.objects.create(name="payables")
    BotAccess.objects.create(group=department, bot=case.bot)
    user("maria").groups.add(department)
    user("paul").groups.add(department)

    options = text_of(maria.get(f"/cases/{case.id}/hand-over/").content)
    assert "paul" in options
    assert "sue" not in options
    assert sue.get(f"/cases/{case.id}/hand-over/").status_code == 404
    assert sue.post(f"/cases/{case.id}/undo/").status_code == 404
    assert sue.post(f"/cases/{case.id}/comment/", {"text": "hello"}).status_code == 404
    assert fill_in(maria, case, "hand-over", to=user("sue").pk).status_code == 422


@pytest.mark.parametrize("until", ["", "2020-01-01", "9999-12-31", "soon"])
def test_a_day_that_is_none_or_past_is_asked_for_again(until: str, maria: Client) -> None:
    case = referred()

    response = fill_in(maria, case, "park", until=until, why="later")

    assert response.status_code == 422
    assert row(case).parked_until is None


def test_a_parked_case_is_taken_up_again_from_its_page(maria: Client) -> None:
    case = referred()
    fill_in(maria, case, "park", until=TOMORROW, why="the credit note is to come")
    assert row(case).parked_until is not None
    assert "Take off hold" in text_of(maria.get(f"/cases/{case.id}/").content)

    maria.post(f"/cases/{case.id}/unpark/")

    assert row(case).parked_until is None


def test_a_case_is_refused_as_the_duplicate_of_another(maria: Client) -> None:
    first, case = referred("first.pdf"), referred("again.pdf")

    nobody = fill_in(maria, case, "refuse", reason="duplicate", duplicate_of="")
    assert nobody.status_code == 422
    assert "Type the number of the case" in text_of(nobody.content)
    fill_in(maria, case, "refuse", reason="duplicate", duplicate_of=f"case {first.id}")

    assert row(case).state == "refused"
    assert f"Duplicate of case {first.id}." in text_of(maria.get(f"/cases/{case.id}/").content)


def test_the_reasons_are_named_after_what_the_bot_reads(maria: Client) -> None:
    assert "Not an invoice" in text_of(maria.get(f"/cases/{referred().id}/refuse/").content)


def test_a_document_goes_back_with_its_letter_once(maria: Client) -> None:
    missing = Finding("present", "Due date was not found.", ("due_date",), Kind.READING, acceptable=False)
    case = referred(findings=[missing])
    assert b'href="?language=fr"' in maria.get(f"/cases/{case.id}/send-back/").content
    drafted = shown_form(maria, case, "send-back")
    assert "We cannot read these values clearly: due date." in drafted["message"]

    first = maria.post(f"/cases/{case.id}/send-back/", drafted)
    again = maria.post(f"/cases/{case.id}/send-back/", drafted)

    assert first["Location"] == f"/cases/{case.id}/letter/"
    assert again["Location"] == f"/cases/{case.id}/"
    assert LedgerEntry.objects.filter(event="case-sent-back").count() == 1
    letter = text_of(maria.get(f"/cases/{case.id}/letter/").content)
    assert "Copy the text and send it yourself" in letter
    assert maria.get(f"/cases/{referred('other.pdf').id}/letter/").status_code == 404


def test_a_file_is_split_by_the_pages_that_are_typed(maria: Client) -> None:
    case = referred(pages=3)

    wrong = fill_in(maria, case, "split", pages="1-4")
    assert wrong.status_code == 422
    assert "outside this case's pages, 1 to 3" in text_of(wrong.content)
    fill_in(maria, case, "split", pages="1-2, 3")

    assert list(StoredCase.objects.order_by("part").values_list("first_page", "last_page", "state")) == [
        (1, 2, "received"),
        (3, 3, "received"),
    ]


def test_a_comment_is_shown_to_the_next_and_its_words_are_only_words(maria: Client, paul: Client, ivan: Client) -> None:
    case = referred()

    maria.post(f"/cases/{case.id}/comment/", {"text": "<b>Called</b> them", "from": "review"})
    maria.post(f"/cases/{case.id}/comment/", {"text": "  "})
    ivan.post(f"/cases/{case.id}/comment/", {"text": "Scanner mended"})

    page = paul.get(f"/cases/{case.id}/review/").content
    assert "<b>Called</b> them" in text_of(page)
    assert b"<b>Called" not in page
    assert comments.of(int(case.id)).count() == 2


def test_a_decision_is_undone_from_the_message_that_tells_of_it(maria: Client, paul: Client) -> None:
    case, second = referred("a.pdf"), referred("b.pdf")
    page = decide(maria, case, "read-again", form_of(maria, case))
    assert row(case).state == "received"
    link = parsed(maria.get(page["Location"]).content).xpath("//a[@class='undo']/@href")
    assert link == [f"/cases/{case.id}/undo/"]

    assert "nothing to undo" in text_of(paul.get(link[0]).content)
    assert paul.post(link[0]).status_code == 403
    assert "was before" in text_of(maria.get(link[0]).content)
    assert maria.post(link[0])["Location"] == f"/cases/{case.id}/review/"

    assert row(case).state == "referred"
    assert maria.post(link[0])["Location"] == f"/cases/{case.id}/", "a button pressed twice does no harm"
    assert row(second).state == "referred"


def test_ones_own_decisions_are_listed_while_they_can_be_undone(maria: Client, paul: Client) -> None:
    case = referred()
    close.refuse(case, "not-ours", person="maria")

    assert "gravel.pdf" in text_of(maria.get("/decided/").content)
    assert "no decisions that can still be undone" in text_of(paul.get("/decided/").content)


def test_an_absence_is_put_on_record_and_called_off_by_oneself_or_a_supervisor(
    maria: Client, paul: Client, sue: Client
) -> None:
    entered = {"person": user("maria").pk, "deputy": user("paul").pk, "since": TOMORROW, "until": TOMORROW}
    assert paul.post("/absences/", entered).status_code == 422, "nobody says that of somebody else"
    assert maria.post("/absences/", {**entered, "deputy": user("maria").pk}).status_code == 422
    assert maria.post("/absences/", entered).status_code == 302
    assert maria.post("/absences/", entered).status_code == 302, "said twice it is one"
    (absence,) = Absence.objects.all()
    assert "paul" in text_of(maria.get("/absences/").content)

    assert paul.post(f"/absences/{absence.pk}/end/").status_code == 403
    assert sue.post(f"/absences/{absence.pk}/end/").status_code == 302
    assert sue.post(f"/absences/{absence.pk}/end/").status_code == 302
    assert not Absence.objects.exists()


def test_who_may_only_look_says_nothing_of_absences(ada: Client) -> None:
    assert ada.get("/absences/").status_code == 403
    assert ada.post("/absences/1/end/").status_code == 403
    assert ada.get("/decided/").status_code == 403


def test_a_case_closed_by_word_shows_whose_word_it_is(maria: Client) -> None:
    from keywright.cases import keying_attempts
    from keywright.database.models import Keying
    from keywright.review import review_queue

    doubt = Finding(keying_attempts.NOT_SHOWN, "It was posted and is not shown.", kind=Kind.UNCERTAIN)
    case = referred(findings=[doubt])
    Keying.objects.create(system="desk", identity="B", case_id=int(case.id), posts=1, uncertain=True, named="V-7")

    assert review_queue.there(case, "V-7", person="maria").state is State.KEYED
    assert "on the word of maria" in text_of(maria.get(f"/cases/{case.id}/").content)
