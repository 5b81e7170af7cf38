"""The list of all cases."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from keywright.console.cases import search
from keywright.database.models import BotAccess, StoredCase, StoredDocument
from keywright.review import review_queue
from tests.keywright.console.desk import BOT, opened, referred
from tests.keywright.console.pages import parsed


def rows(page: str) -> int:
    return page.count('class="file"')


def test_it_sees_what_became_of_every_case(ivan: Client) -> None:
    opened("new.pdf")
    referred("waits.pdf")
    review_queue.refuse(referred("refused.pdf"), "sent twice", person="maria")

    page = ivan.get("/cases/").content.decode()

    assert rows(page) == 3
    for words in ["new.pdf", "waits.pdf", "refused.pdf", "needs review"]:
        assert words in page


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ("state=refused", {"refused.pdf"}),
        ("state=received", {"new.pdf"}),
        ("state=failed", set()),
        ("state=nonsense", {"new.pdf", "refused.pdf"}),
        (f"bot={BOT}&state=refused", {"refused.pdf"}),
        ("bot=permit-applications", set()),
        ("before=nonsense", {"new.pdf", "refused.pdf"}),
        (f"before=~{'9' * 30}", {"new.pdf", "refused.pdf"}),
        ("before=~1", set()),
        ("state=refused&before=2026-13-40~1", {"refused.pdf"}),
        ("state=refused&before=2026-01-01T00:00~1", {"refused.pdf"}),
        ("state=refused&before=2026-01-01T00:00%2B00:00~1", set()),
        ("words=NEW.", {"new.pdf"}),
        ("words=ew.pdf", set()),
        ("words=bruce", {"refused.pdf"}),
        ("words=Bruce-Trail", {"refused.pdf"}),
        ("words=btg-2o", {"refused.pdf"}),
        ("words=refused&state=received", set()),
        ("words=%25", set()),
        ("words=_ew", set()),
    ],
)
def test_the_address_filters_the_list(maria: Client, filters: str, expected: set[str]) -> None:
    opened("new.pdf")
    review_queue.refuse(referred("refused.pdf"), "sent twice", person="maria")
    page = maria.get(f"/cases/?{filters}").content.decode()
    assert {name for name in ("new.pdf", "refused.pdf") if name in page} == expected


def test_fifty_cases_stand_on_a_page_newest_first(maria: Client) -> None:
    documents = [
        StoredDocument(sha256=f"{n:064d}", media_type="application/pdf", file_name=f"bill-{n:03d}.pdf", size=1)
        for n in range(101)
    ]
    StoredDocument.objects.bulk_create(documents)
    StoredCase.objects.bulk_create(StoredCase(bot=BOT, document=document) for document in documents)

    pages = []
    address = "/cases/"
    while address:
        page = maria.get(address).content
        pages.append([str(document) for document in parsed(page).xpath("//span[@class='file']/text()")])
        address = next((f"/cases/{document}" for document in parsed(page).xpath("//a[@rel='next']/@href")), "")

    assert [len(document) for document in pages] == [50, 50, 1]
    assert [document for page in pages for document in page] == [f"bill-{n:03d}.pdf" for n in reversed(range(101))]


@pytest.mark.parametrize("filtered", ["state=received", f"bot={BOT}", "words=bill"])
def test_pages_of_a_filtered_list_follow_one_another_without_a_gap_or_a_repetition(
    maria: Client, filtered: str
) -> None:
    made = [
        StoredDocument(sha256=f"{n:064d}", media_type="application/pdf", file_name=f"bill-{n:03d}.pdf", size=1)
        for n in range(120)
    ]
    StoredDocument.objects.bulk_create(made)
    at_once = timezone.now()
    StoredCase.objects.bulk_create(StoredCase(bot=BOT, document=document, changed_at=at_once) for document in made)
    version: list[str] = []
    address = f"/cases/?{filtered}"
    while address:
        page = maria.get(address).content
        version += [str(document) for document in parsed(page).xpath("//span[@class='file']/text()")]
        address = next((f"/cases/{document}" for document in parsed(page).xpath("//a[@rel='next']/@href")), "")
    assert len(version) == len(set(version)) == 120


def test_a_number_finds_its_case(maria: Client) -> None:
    case = referred("gravel.pdf")
    opened("other.pdf")
    assert rows(maria.get(f"/cases/?words={case.id}").content.decode()) == 1


def test_words_that_begin_very_many_cases_find_the_newest_of_them(
    maria: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("bill-1.pdf", "bill-2.pdf", "bill-3.pdf", "other.pdf"):
        opened(name)
    monkeypatch.setattr(search, "MOST", 2)
    page = maria.get("/cases/?words=Bill").content
    assert parsed(page).xpath("//span[@class='file']/text()") == ["bill-3.pdf", "bill-2.pdf", "bill-1.pdf"]


def test_both_databases_find_by_the_beginning(database: str) -> None:
    del database
    for name in ("Émile.pdf", "GRAVEL.pdf", "a%b.pdf"):
        opened(name)
    matches = {
        words: [row.document.file_name for row in search.search(StoredCase.objects.all(), words)]
        for words in ("gravel", "Gravel.PDF", "Émile", "a%", "ravel")
    }
    assert matches == {
        "gravel": ["GRAVEL.pdf"],
        "Gravel.PDF": ["GRAVEL.pdf"],
        "Émile": ["Émile.pdf"],
        "a%": ["a%b.pdf"],
        "ravel": [],
    }


def test_a_department_finds_its_bots_cases_only(maria: Client) -> None:
    referred("gravel.pdf")
    BotAccess.objects.create(group=Group.objects.create(name="finance"), bot=BOT)
    for address in ("/cases/", "/cases/?words=gravel", f"/cases/?bot={BOT}", "/cases/?state=referred"):
        assert "gravel.pdf" not in maria.get(address).content.decode(), address
