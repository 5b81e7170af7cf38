"""The queue of cases that wait for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from keywright.bot import all_bots
from keywright.cases import casebook
from keywright.database.models import BotAccess, StoredCase
from keywright.findings import Finding, Kind
from keywright.model.case import Case
from keywright.people import absences
from keywright.review import claims, review_queue
from tests.keywright.console.desk import referred, unreadable
from tests.keywright.console.pages import decide, form_of, parsed, text_of


def test_each_waiting_case_is_told_with_bot_file_reason_and_amount(maria: Client) -> None:
    case = referred("gravel.pdf")

    page = maria.get("/").content.decode()

    assert f'href="/cases/{case.id}/review/"' in page
    for words in ["gravel.pdf", "unclear value", "61% confidence", "Bruce Trail Gravel Ltd.", "1412.50", "CAD"]:
        assert words in page


def test_times_are_the_towns_own(maria: Client) -> None:
    case = referred("gravel.pdf")
    noon = dt.datetime(2026, 7, 1, 16, 0, tzinfo=dt.UTC)  # noon in Toronto's summer
    StoredCase.objects.filter(pk=int(case.id)).update(referred_at=noon)
    assert "2026-07-01 12:00" in maria.get("/").content.decode()


def test_an_empty_office_says_how_documents_come_in(maria: Client) -> None:
    assert "No documents received yet." in maria.get("/").content.decode()


def test_when_all_is_decided_the_queue_says_so(maria: Client) -> None:
    review_queue.refuse(referred("gravel.pdf"), "sent twice", person="maria")
    assert "The queue is empty." in maria.get("/").content.decode()


def test_the_queue_of_one_bot_leaves_out_the_others(maria: Client) -> None:
    referred("gravel.pdf")
    assert "gravel.pdf" in maria.get("/?bot=supplier-invoices").content.decode()
    page = maria.get("/?bot=permit-applications").content.decode()
    assert "gravel.pdf" not in page
    assert "No cases of this bot in the queue." in page


def test_a_bot_that_there_is_not_is_no_filter(maria: Client) -> None:
    referred("gravel.pdf")
    assert "gravel.pdf" in maria.get("/?bot=nobody").content.decode()


def test_the_next_case_is_the_one_that_waited_longest(maria: Client) -> None:
    first, second = referred("a.pdf"), referred("b.pdf")
    assert maria.get("/next/")["Location"] == f"/cases/{first.id}/review/"
    assert maria.get(f"/next/?after={first.id}")["Location"] == f"/cases/{second.id}/review/"
    assert maria.get(f"/next/?after={second.id}")["Location"] == f"/cases/{first.id}/review/"


def test_when_no_other_case_waits_next_leads_to_the_queue_and_says_so(maria: Client) -> None:
    only = referred("a.pdf")
    response = maria.get(f"/next/?after={only.id}&bot=supplier-invoices", follow=True)
    assert response.redirect_chain == [("/?bot=supplier-invoices", 302)]
    assert "There are no other cases" in response.content.decode()


@pytest.mark.parametrize("after", ["", "x", "999999", "9" * 40, "-1"])
def test_next_after_a_case_that_there_is_not_is_the_first(maria: Client, after: str) -> None:
    only = referred("a.pdf")
    assert maria.get("/next/", {"after": after})["Location"] == f"/cases/{only.id}/review/"


def test_a_file_name_is_shown_and_never_run(maria: Client) -> None:
    unreadable("<script>alert(1)</script>.pdf")
    page = maria.get("/").content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_a_long_queue_costs_no_more_queries_than_a_short_one(
    maria: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    case = StoredCase.objects.get(pk=int(referred("a.pdf").id))
    documents = [case.document]
    for number in range(120):
        copy = type(case.document)(sha256=f"{number:064d}", media_type="application/pdf", file_name="b.pdf", size=1)
        documents.append(copy)
    type(case.document).objects.bulk_create(documents[1:])
    columns_of_row = {"bot": case.bot, "state": case.state, "extraction": case.extraction, "findings": case.findings}
    columns_of_row |= {"due_at": case.due_at, "referred_at": case.referred_at, "kind": case.kind}
    StoredCase.objects.bulk_create(
        StoredCase(document=document, changed_at=timezone.now(), **columns_of_row) for document in documents[1:]
    )
    maria.get("/")  # notes that the session is used
    with django_assert_max_num_queries(10):
        page = maria.get("/").content.decode()
    assert page.count("b.pdf</span>") + page.count("a.pdf</span>") == 100
    assert "21 more are in the queue" in page
    assert '<span class="count">121</span>' in page


def test_who_is_in_no_group_is_told_so(signed_in: Callable[..., Client], db: None) -> None:
    response = signed_in("new").get("/")
    assert response.status_code == 403
    assert "Ask an administrator to add you to a group first." in response.content.decode()


def test_an_auditor_sees_the_queue_without_the_way_to_decide(ada: Client) -> None:
    referred("gravel.pdf")
    page = ada.get("/").content.decode()
    assert "gravel.pdf" in page
    assert "Open next case" not in page


def test_nothing_on_a_page_may_come_from_elsewhere(maria: Client) -> None:
    response = maria.get("/")
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cache-Control"] == "private, no-cache"
    assert "https://" not in response.content.decode()


def late(case: Case, **changes: object) -> Case:
    """Set what a list shows of a case, as if its due time were over."""
    over = timezone.now() - dt.timedelta(hours=1)
    StoredCase.objects.filter(pk=int(case.id)).update(**{"due_at": over, **changes})
    return case


def person(name: str) -> User:
    return User.objects.get(username=name)


def files(page: bytes) -> list[str]:
    """Return the files' names in the order of the list."""
    return [str(name) for name in parsed(page).xpath("//table[@id='queue']//span[@class='file']/text()")]


def counts(page: bytes) -> dict[str, int]:
    """Return how many cases each view says it has."""
    links = parsed(page).xpath("//nav[@class='views']/a")
    return {link.get("id").removeprefix("view-"): int(link.xpath("span/text()")[0]) for link in links}


def test_what_is_due_first_stands_first_and_what_is_late_says_so_in_a_word(maria: Client) -> None:
    referred("a.pdf")
    late(referred("b.pdf"))
    page = maria.get("/").content
    assert files(page) == ["b.pdf", "a.pdf"]
    rows = [" ".join(" ".join(row.itertext()).split()) for row in parsed(page).xpath("//table[@id='queue']/tbody/tr")]
    assert " overdue " in rows[0]
    assert " overdue " not in rows[1]


def test_each_view_shows_as_many_cases_as_it_says(maria: Client, signed_in: Callable[..., Client]) -> None:
    signed_in("petra", "clerk")
    referred("free.pdf")
    late(referred("late.pdf"))
    claims.claim(int(referred("open.pdf").id), person("maria"))
    claims.hand_over(int(referred("handed.pdf").id), person("maria"), person=person("petra"))
    tomorrow = timezone.now() + dt.timedelta(days=1)
    claims.park(int(referred("parked.pdf").id), tomorrow, person=person("petra"), why="waits for the buyer")

    columns_of_row = counts(maria.get("/").content)

    assert columns_of_row == {"all": 4, "late": 1, "mine": 1, "handed": 1, "parked": 1}
    for view, expected in [("late", "late"), ("mine", "open"), ("handed", "handed"), ("parked", "parked")]:
        page = maria.get(f"/?view={view}").content
        assert files(page) == [f"{expected}.pdf"], view
        assert counts(page) == columns_of_row


def test_what_is_handed_to_somebody_who_is_away_is_the_deputys_too(
    maria: Client, signed_in: Callable[..., Client]
) -> None:
    signed_in("petra", "clerk")
    claims.hand_over(int(referred("hers.pdf").id), person("petra"), person=person("maria"))
    assert files(maria.get("/?view=handed").content) == []
    moment = timezone.now()
    absences.set_absence(person("petra"), person("maria"), moment, moment + dt.timedelta(days=3), by=person("petra"))
    assert files(maria.get("/?view=handed").content) == ["hers.pdf"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("ravel.p", ["gravel.pdf"]),
        ("GRAVEL.PDF", ["gravel.pdf"]),
        ("bruce trail", ["gravel.pdf", "other.pdf"]),
        ("btg 2o41", ["gravel.pdf", "other.pdf"]),
        ("%", []),
        ("nobody's", []),
        ("9" * 60, []),
    ],
)
def test_a_search_finds_files_senders_and_numbers(maria: Client, words: str, expected: list[str]) -> None:
    referred("gravel.pdf")
    referred("other.pdf")
    assert sorted(files(maria.get("/", {"words": words}).content)) == expected


def test_a_search_finds_a_case_by_its_number(maria: Client) -> None:
    case = unreadable("gravel.pdf")
    unreadable("other.pdf")
    assert files(maria.get("/", {"words": str(case.id)}).content) == ["gravel.pdf"]


def test_a_filter_for_the_kind_of_exception_counts_what_it_shows(maria: Client) -> None:
    referred("unsure.pdf")
    referred("twice.pdf", [Finding("same-number", "Case 3 has the same number.", kind=Kind.DUPLICATE)])
    page = maria.get("/?kind=duplicate").content
    assert files(page) == ["twice.pdf"]
    options = parsed(page).xpath("//select[@id='kind']/option/text()")
    assert {"possible duplicate (1)", "unclear value (1)", "target system (0)"} <= set(options)


def test_it_tells_who_has_a_case_open_and_for_whom_it_is(maria: Client, signed_in: Callable[..., Client]) -> None:
    signed_in("petra", "clerk")
    claims.claim(int(referred("open.pdf").id), person("petra"))
    claims.hand_over(int(referred("hers.pdf").id), person("petra"), person=person("maria"))
    page = text_of(maria.get("/").content)
    assert "claimed by petra" in page
    assert "assigned to petra" in page


def test_a_claim_that_lapsed_is_nobodys(maria: Client, signed_in: Callable[..., Client]) -> None:
    signed_in("petra", "clerk")
    case = referred("open.pdf")
    claims.claim(int(case.id), person("petra"))
    late(case, claimed_until=timezone.now() - dt.timedelta(seconds=1))
    assert "claimed by petra" not in text_of(maria.get("/").content)
    assert maria.get("/next/")["Location"] == f"/cases/{case.id}/review/"


def test_next_claims_the_case_so_that_the_second_clerk_gets_another(
    maria: Client, signed_in: Callable[..., Client]
) -> None:
    first, second = referred("a.pdf"), referred("b.pdf")
    petra = signed_in("petra", "clerk")
    assert maria.get("/next/")["Location"] == f"/cases/{first.id}/review/"
    assert petra.get("/next/")["Location"] == f"/cases/{second.id}/review/"
    assert claims.holder_of(StoredCase.objects.get(pk=int(first.id))) == person("maria")
    page = signed_in("third", "clerk").get("/next/", follow=True)
    assert "All other cases are claimed by other people." in text_of(page.content)


def test_next_is_found_behind_whatever_others_have_open(maria: Client, signed_in: Callable[..., Client]) -> None:
    signed_in("petra", "clerk")
    for number in range(3):
        claims.claim(int(referred(f"{number}.pdf").id), person("petra"))
    free = referred("free.pdf")
    assert maria.get("/next/")["Location"] == f"/cases/{free.id}/review/"


def test_next_leaves_out_what_was_handed_to_somebody_else_and_what_is_parked(
    maria: Client, signed_in: Callable[..., Client]
) -> None:
    signed_in("petra", "clerk")
    claims.hand_over(int(referred("hers.pdf").id), person("petra"), person=person("maria"))
    tomorrow = timezone.now() + dt.timedelta(days=1)
    claims.park(int(referred("parked.pdf").id), tomorrow, person=person("maria"), why="waits")
    free = referred("free.pdf")
    assert maria.get("/next/")["Location"] == f"/cases/{free.id}/review/"


def test_next_stays_in_the_list_that_the_clerk_looked_at(maria: Client) -> None:
    referred("unsure.pdf")
    twice = [
        referred(f"{name}.pdf", [Finding("same-number", "The same number.", kind=Kind.DUPLICATE)]) for name in "ab"
    ]
    maria.get("/?kind=duplicate")
    response = decide(maria, twice[0], "read-again", form_of(maria, twice[0]))
    assert response["Location"].startswith(f"/cases/{twice[1].id}/review/")


def test_an_auditor_who_goes_to_the_next_case_claims_nothing(ada: Client) -> None:
    case = referred("a.pdf")
    assert ada.get("/next/")["Location"] == f"/cases/{case.id}/review/"
    assert claims.holder_of(StoredCase.objects.get(pk=int(case.id))) is None


def live_address(client: Client, address: str = "/") -> str:
    """Return what an open page asks for again and again."""
    return str(parsed(client.get(address).content).xpath("//div[@id='waiting']/@hx-get")[0])


def test_an_open_page_is_told_nothing_while_nothing_changes(maria: Client) -> None:
    referred("a.pdf")
    address = live_address(maria)
    response = maria.get(address)
    assert (response.status_code, response.content) == (204, b"")


def test_an_open_page_is_told_when_a_case_comes_is_claimed_handed_over_parked_or_goes(
    maria: Client, signed_in: Callable[..., Client]
) -> None:
    signed_in("petra", "clerk")
    case = referred("a.pdf")
    tomorrow = timezone.now() + dt.timedelta(days=1)
    acts: list[Callable[[], object]] = [
        lambda: referred("b.pdf"),
        lambda: claims.claim(int(case.id), person("petra")),
        lambda: claims.release(int(case.id), person("petra")),
        lambda: claims.hand_over(int(case.id), person("petra"), person=person("maria")),
        lambda: claims.hand_over(int(case.id), person("maria"), person=person("petra")),
        lambda: claims.park(int(case.id), tomorrow, person=person("maria"), why="waits"),
        lambda: claims.unpark(int(case.id), person=person("maria")),
        lambda: late(case),
        lambda: review_queue.refuse(casebook.get(case.id), "sent twice", person="maria"),
    ]
    for number, act in enumerate(acts):
        address = live_address(maria)
        assert maria.get(address).status_code == 204, number
        act()
        response = maria.get(address)
        assert response.status_code == 200, number
        assert 'id="waiting"' in response.content.decode()
        assert "<html" not in response.content.decode()


def test_a_department_sees_its_bots_cases_and_their_counts_only(maria: Client) -> None:
    referred("gravel.pdf")
    BotAccess.objects.create(group=Group.objects.create(name="finance"), bot="supplier-invoices")
    page = maria.get("/").content
    assert files(page) == []
    assert counts(page)["all"] == 0
    assert "gravel" not in page.decode()
    assert '<span class="count" id="waiting-count">0</span>' in page.decode()
    case = StoredCase.objects.get()
    for address in (f"/cases/{case.pk}/", f"/cases/{case.pk}/document/"):
        assert maria.get(address).status_code == 404, address
    assert files(maria.get("/?words=gravel").content) == []
    person("maria").groups.add(Group.objects.get(name="finance"))
    assert files(maria.get("/").content) == ["gravel.pdf"]


def test_who_sees_no_bot_at_all_is_told_so(maria: Client) -> None:
    group = Group.objects.create(name="finance")
    BotAccess.objects.bulk_create(BotAccess(group=group, bot=bot) for bot in all_bots())
    referred("gravel.pdf")
    page = text_of(maria.get("/").content)
    assert "Your departments have no access to any bot." in page
    assert "gravel" not in page


def test_it_is_told_in_an_empty_office_how_to_set_it_up(ivan: Client) -> None:
    assert "./run person NAME --group clerk" in ivan.get("/").content.decode()


def test_large_print_and_dark_are_remembered_by_the_browser(maria: Client) -> None:
    assert maria.post("/looks/", {"print": "large", "next": "/cases/"})["Location"] == "/cases/"
    maria.post("/looks/", {"ground": "dark"})
    assert '<html lang="en" class="large dark">' in maria.get("/").content.decode()
    maria.post("/looks/", {"print": "normal", "ground": "auto"})
    assert '<html lang="en" class="">' in maria.get("/").content.decode()


@pytest.mark.parametrize("sent", [{"print": "enormous"}, {"ground": "<b>"}, {"next": "https://elsewhere.example/"}])
def test_looks_that_there_are_not_are_not_taken(maria: Client, sent: dict[str, str]) -> None:
    response = maria.post("/looks/", sent)
    assert response["Location"] == "/"
    assert not {"print", "ground"} & set(response.cookies)
