"""The queue of cases that wait for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from keywright import review_queue
from keywright.records.models import StoredCase
from tests.keywright.console.desk import referred, unreadable


def test_each_waiting_case_is_told_with_bot_file_reason_and_amount(maria: Client) -> None:
    case = referred("gravel.pdf")

    page = maria.get("/").content.decode()

    assert f'href="/cases/{case.id}/review/"' in page
    for words in ["gravel.pdf", "reading doubt", "only 61% surely", "Bruce Trail Gravel Ltd.", "1412.50", "CAD"]:
        assert words in page


def test_times_are_the_towns_own(maria: Client) -> None:
    case = referred("gravel.pdf")
    noon = dt.datetime(2026, 7, 1, 16, 0, tzinfo=dt.UTC)  # noon in Toronto's summer
    StoredCase.objects.filter(pk=int(case.id)).update(changed_at=noon)
    assert "2026-07-01 12:00" in maria.get("/").content.decode()


def test_an_empty_office_says_how_documents_come_in(maria: Client) -> None:
    assert "No document has come in yet." in maria.get("/").content.decode()


def test_when_all_is_decided_the_queue_says_so(maria: Client) -> None:
    review_queue.refuse(referred("gravel.pdf"), "sent twice", person="maria")
    assert "Nothing waits." in maria.get("/").content.decode()


def test_the_queue_of_one_bot_leaves_out_the_others(maria: Client) -> None:
    referred("gravel.pdf")
    assert "gravel.pdf" in maria.get("/?bot=supplier-invoices").content.decode()
    page = maria.get("/?bot=permit-applications").content.decode()
    assert "gravel.pdf" not in page
    assert "Nothing of this bot waits." in page


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
    assert "No other case waits" in response.content.decode()


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
    told = {"bot": case.bot, "state": case.state, "extraction": case.extraction, "findings": case.findings}
    StoredCase.objects.bulk_create(StoredCase(document=one, changed_at=timezone.now(), **told) for one in documents[1:])
    with django_assert_max_num_queries(6):
        page = maria.get("/").content.decode()
    assert page.count("b.pdf</span>") == 99
    assert "more wait behind them" in page
    assert '<span class="count">121</span>' in page


def test_who_is_in_no_group_is_told_so(signed_in: Callable[..., Client], db: None) -> None:
    response = signed_in("new").get("/")
    assert response.status_code == 403
    assert "An administrator has to put you into a group first." in response.content.decode()


def test_an_auditor_sees_the_queue_without_the_way_to_decide(ada: Client) -> None:
    referred("gravel.pdf")
    page = ada.get("/").content.decode()
    assert "gravel.pdf" in page
    assert "Take the next" not in page


def test_nothing_on_a_page_may_come_from_elsewhere(maria: Client) -> None:
    response = maria.get("/")
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cache-Control"] == "private, no-cache"
    assert "https://" not in response.content.decode()
