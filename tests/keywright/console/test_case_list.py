"""The list of all cases."""

from __future__ import annotations

import pytest
from django.test import Client

from keywright import review_queue
from keywright.records.models import StoredCase, StoredDocument
from tests.keywright.console.desk import BOT, opened, referred


def rows(page: str) -> int:
    return page.count('class="file"')


def test_it_sees_what_became_of_every_case(ivan: Client) -> None:
    opened("new.pdf")
    referred("waits.pdf")
    review_queue.refuse(referred("refused.pdf"), "sent twice", person="maria")

    page = ivan.get("/cases/").content.decode()

    assert rows(page) == 3
    for words in ["new.pdf", "waits.pdf", "refused.pdf", "referred to a person"]:
        assert words in page


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("state=refused", {"refused.pdf"}),
        ("state=received", {"new.pdf"}),
        ("state=failed", set()),
        ("state=nonsense", {"new.pdf", "refused.pdf"}),
        (f"bot={BOT}&state=refused", {"refused.pdf"}),
        ("bot=permit-applications", set()),
        ("page=nonsense", {"new.pdf", "refused.pdf"}),
        ("page=0", {"new.pdf", "refused.pdf"}),
        (f"page={'9' * 30}", {"new.pdf", "refused.pdf"}),
        ("page=2", set()),
    ],
)
def test_the_address_filters_the_list(maria: Client, asked: str, shown: set[str]) -> None:
    opened("new.pdf")
    review_queue.refuse(referred("refused.pdf"), "sent twice", person="maria")
    page = maria.get(f"/cases/?{asked}").content.decode()
    assert {name for name in ("new.pdf", "refused.pdf") if name in page} == shown


def test_fifty_cases_stand_on_a_page_newest_first(maria: Client) -> None:
    documents = [
        StoredDocument(sha256=f"{n:064d}", media_type="application/pdf", file_name=f"bill-{n:03d}.pdf", size=1)
        for n in range(101)
    ]
    StoredDocument.objects.bulk_create(documents)
    StoredCase.objects.bulk_create(StoredCase(bot=BOT, document=one) for one in documents)

    first, third = maria.get("/cases/").content.decode(), maria.get("/cases/?page=3").content.decode()

    assert (rows(first), rows(third)) == (50, 1)
    assert "bill-100.pdf" in first
    assert "bill-000.pdf" in third
    assert "Older" in first and "Newer" not in first
    assert "Newer" in third and "Older" not in third
