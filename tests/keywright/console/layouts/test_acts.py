"""What people do with a layout: roll back, use a version, ask again, export and import, and who may."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from keywright.database.layouts import LayoutDocument, LayoutVersion, StoredLayout
from keywright.database.models import LedgerEntry
from keywright.model.case import State
from keywright.model.layout import LayoutState
from tests.keywright.console.door import setting
from tests.keywright.console.pages import parsed, text_of
from tests.keywright.layouts.earning import TrainingDesk, rules

ACTS = ("roll-back", "ask-again", "export", "versions/1/use")


def events(*names: str) -> list[tuple[str, str]]:
    rows = LedgerEntry.objects.filter(event__in=names).order_by("number")
    return list(rows.values_list("event", "actor"))


def state_of(layout: StoredLayout) -> tuple[str, int | None]:
    layout.refresh_from_db()
    return layout.state, layout.version


def test_rolling_back_uses_the_version_before_and_asks_about_the_layout_again(
    sara: Client, desk: TrainingDesk, learned: StoredLayout
) -> None:
    assert state_of(learned) == (LayoutState.TRUSTED, 2)
    assert "Roll back" in text_of(sara.get(f"/layouts/{learned.pk}/").content)

    answer = sara.post(f"/layouts/{learned.pk}/roll-back/", {"version": "2"}, follow=True)

    assert "version 1 is in use" in text_of(answer.content)
    assert state_of(learned) == (LayoutState.LEARNING, 1)
    assert list(LayoutDocument.objects.order_by("pk").values_list("used", flat=True)) == [True, False]
    assert events("layout-rolled-back") == [("layout-rolled-back", "sara")]
    assert rules(desk.bill(3)) == {"new-layout"}
    for seen in ("2", "1", "x"):  # pressed twice, pressed again, and nonsense
        again = sara.post(f"/layouts/{learned.pk}/roll-back/", {"version": seen}, follow=True)
        assert "Nothing was rolled back" in text_of(again.content)
    assert state_of(learned)[1] == 1


def test_asking_again_has_the_layout_confirmed_as_often_as_a_new_one(
    sara: Client, desk: TrainingDesk, learned: StoredLayout
) -> None:
    answer = sara.post(f"/layouts/{learned.pk}/ask-again/", follow=True)
    assert "have to be confirmed again" in text_of(answer.content)
    assert state_of(learned)[0] == LayoutState.LEARNING
    assert events("layout-asked-again", "layout-state")[-2:] == [
        ("layout-asked-again", "sara"),
        ("layout-state", "sara"),
    ]

    third = desk.bill(3)
    assert rules(third) == {"new-layout"}
    desk.confirmed(third)
    assert state_of(learned)[0] == LayoutState.LEARNING
    fourth = desk.bill(4)
    assert rules(fourth) == {"new-layout"}
    desk.confirmed(fourth)
    assert state_of(learned)[0] == LayoutState.TRUSTED
    assert desk.bill(5).state is State.CHECKED


def test_it_uses_another_version_and_a_supervisor_may_not(sara: Client, ivan: Client, learned: StoredLayout) -> None:
    LayoutVersion.objects.create(
        layout=learned,
        number=3,
        state="held",
        profile=learned.versions.get(number=2).profile,
        lost=[[learned.documents.get(values__invoice_number="INV-4413").case_id, "due_date"]],
        made_by="maria",
    )
    page = ivan.get(f"/layouts/{learned.pk}/").content
    assert "Due date" in parsed(page).xpath("string(//section[@id='versions']//tbody/tr[1]/td[5])")
    assert "Use this version" in text_of(page)
    assert "Use this version" not in text_of(sara.get(f"/layouts/{learned.pk}/").content)
    assert sara.post(f"/layouts/{learned.pk}/versions/3/use/").status_code == 403

    answer = ivan.post(f"/layouts/{learned.pk}/versions/3/use/", follow=True)

    assert "Version 3 is in use." in text_of(answer.content)
    assert state_of(learned) == (LayoutState.TRUSTED, 3)
    assert events("layout-version-taken") == [("layout-version-taken", "ivan")]
    unknown = ivan.post(f"/layouts/{learned.pk}/versions/9/use/", follow=True)
    assert "This version cannot be used." in text_of(unknown.content)


def test_an_exported_layout_is_imported_as_one_that_is_learning(sara: Client, learned: StoredLayout) -> None:
    file = sara.post(f"/layouts/{learned.pk}/export/")
    assert file["Content-Disposition"] == f'attachment; filename="layout-{learned.pk}.json"'
    assert events("layout-exported") == [("layout-exported", "sara")]
    StoredLayout.objects.all().delete()

    sent = {"file": SimpleUploadedFile("layout.json", file.content)}
    answer = sara.post("/layouts/import/", sent, follow=True)

    (here,) = StoredLayout.objects.all()
    assert "Layout imported." in text_of(answer.content)
    assert (here.state, here.sender) == (LayoutState.LEARNING, learned.sender)
    assert events("layout-imported") == [("layout-imported", "sara")]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        b"[]",
        b"[" * 100_000,
        b"\xff\xfe",
        json.dumps({"format": "keywright-layout/1", "owner": []}).encode(),
        json.dumps({"format": "keywright-layout/1", "owner": [], "document_type": "x", "profile": {}}).encode(),
    ],
    ids=["empty", "nonsense", "list", "deep", "binary", "without a profile", "empty profile"],
)
def test_a_file_that_is_no_layout_is_refused(sara: Client, content: bytes) -> None:
    answer = sara.post("/layouts/import/", {"file": SimpleUploadedFile("layout.json", content)})
    assert answer.status_code == 422
    assert not StoredLayout.objects.exists()


def test_a_layout_of_an_unknown_kind_of_document_is_refused(sara: Client, learned: StoredLayout) -> None:
    content: dict[str, Any] = json.loads(sara.post(f"/layouts/{learned.pk}/export/").content)
    content["document_type"] = "dog-licence"
    sent = {"file": SimpleUploadedFile("layout.json", json.dumps(content).encode())}
    assert sara.post("/layouts/import/", sent).status_code == 422
    assert sara.post("/layouts/import/").status_code == 422


@pytest.mark.parametrize("act", ACTS)
def test_clerks_and_auditors_change_no_layout_and_nothing_is_changed_by_a_link(
    maria: Client, ada: Client, sara: Client, learned: StoredLayout, act: str
) -> None:
    before = state_of(learned)
    assert [person.post(f"/layouts/{learned.pk}/{act}/").status_code for person in (maria, ada)] == [403, 403]
    assert sara.get(f"/layouts/{learned.pk}/{act}/").status_code == 405
    assert maria.post("/layouts/import/").status_code == 403
    assert "Roll back" not in text_of(maria.get(f"/layouts/{learned.pk}/").content)
    assert state_of(learned) == before


def test_a_layout_without_a_profile_has_nothing_to_roll_back_or_export(sara: Client, desk: TrainingDesk) -> None:
    desk.bill(1)
    number = StoredLayout.objects.get().pk
    words = [text_of(sara.post(f"/layouts/{number}/{act}/", follow=True).content) for act in ACTS[:3]]
    assert "Nothing was rolled back" in words[0]
    assert "asked about anyway" in words[1]
    assert "nothing to export" in words[2]


def test_the_file_is_not_given_to_people_who_may_not_see_masked_values(ivan: Client, learned: StoredLayout) -> None:
    with setting(MASKED_FIELDS="seller_name", CONFIRMATIONS="2"):
        assert ivan.post(f"/layouts/{learned.pk}/export/").status_code == 403
        assert "Export" not in text_of(ivan.get(f"/layouts/{learned.pk}/").content)
    assert events("layout-exported") == []
