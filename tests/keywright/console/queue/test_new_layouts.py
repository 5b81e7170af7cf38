"""New layouts in the queue: grouped by layout, confirmed in a row, and what goes on by itself meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.test import Client

from keywright.cases import casebook
from keywright.database.layouts import StoredLayout
from keywright.database.models import StoredCase
from keywright.findings import Finding, Kind
from keywright.model.case import Case, State
from keywright.model.layout import NEW_LAYOUT, LayoutState
from tests.keywright.console.desk import UNSURE, office, referred
from tests.keywright.console.door import setting
from tests.keywright.console.pages import decide, form_of, parsed, text_of
from tests.keywright.layouts.earning import TrainingDesk, monthly_bill

SELLER = monthly_bill(1).seller.name
NEW = Finding(NEW_LAYOUT, "New layout.", ("grand_total",), Kind.READING)


@pytest.fixture
def desk(db: None) -> Iterator[TrainingDesk]:
    with setting(CONFIRMATIONS="2"):
        yield TrainingDesk(office())


def groups(page: bytes) -> list[str]:
    rows = parsed(page).xpath("//section[contains(@class, 'new-layouts')]//li")
    return [" ".join(row.text_content().split()) for row in rows]


def confirm(client: Client, case: Case) -> object:
    return decide(client, case, "accept", form_of(client, case))


def filed(name: str, layout: StoredLayout) -> Case:
    """Return a case that waits because nobody has confirmed its layout."""
    case = referred(name, [UNSURE, NEW])
    StoredCase.objects.filter(pk=int(case.id)).update(layout=layout)
    return case


def of_sender(sender: str, state: LayoutState = LayoutState.UNKNOWN) -> StoredLayout:
    return StoredLayout.objects.create(document_type="invoice", sender=sender, state=state)


def test_waiting_documents_of_a_new_layout_are_one_group_with_what_confirming_them_brings(
    maria: Client, desk: TrainingDesk
) -> None:
    for month in (1, 2, 3):
        desk.bill(month)
    layout = StoredLayout.objects.get()
    page = maria.get("/").content
    (group,) = groups(page)
    assert group.startswith(f"{SELLER} 3 wait Confirm 2 more documents without a correction")
    assert parsed(page).xpath("//a[@id='next-layout']/@href") == [f"/next/?layout={layout.pk}"]


def test_after_each_decision_the_next_document_of_the_layout_comes_and_the_last_ones_go_on_by_themselves(
    maria: Client, desk: TrainingDesk
) -> None:
    other = referred("older.pdf")
    cases = [desk.bill(month) for month in (1, 2, 3, 4)]
    layout = StoredLayout.objects.get()

    first = maria.get(f"/next/?layout={layout.pk}")
    assert first["Location"] == f"/cases/{cases[0].id}/review/?layout={layout.pk}"
    assert f"layout={layout.pk}" in parsed(maria.get(first["Location"]).content).xpath("//a[@rel='next']/@href")[0]
    second = confirm(maria, cases[0])
    assert second["Location"] == f"/cases/{cases[1].id}/review/?layout={layout.pk}"  # type: ignore[index]
    done = confirm(maria, cases[1])

    assert done["Location"] == "/"  # type: ignore[index]
    words = text_of(maria.get("/").content)
    assert "2 more went on by themselves." in words
    assert "No other document of this layout waits for you." in words
    assert [casebook.get(case.id).state for case in cases] == [State.READ] * 4
    assert casebook.get(other.id).state is State.REFERRED
    assert groups(maria.get("/").content) == []


def test_the_groups_with_the_most_documents_come_first_and_only_some_stand_on_the_page(maria: Client) -> None:
    with setting(CONFIRMATIONS="2"):
        for number in range(9):
            filed(f"{number}.pdf", of_sender(f"Sender {number}"))
        filed("more.pdf", StoredLayout.objects.get(sender="Sender 8"))
        page = maria.get("/").content
        assert groups(page)[0].startswith("Sender 8 2 wait")
        assert len(groups(page)) == 8
        assert "1 more new layout." in text_of(page)


def test_trusted_layouts_other_questions_and_offices_that_ask_nobody_make_no_group(maria: Client) -> None:
    unclear = referred("unclear.pdf")
    StoredCase.objects.filter(pk=int(unclear.id)).update(layout=of_sender("Unclear"))
    filed("trusted.pdf", trusted := of_sender("Trusted"))
    filed("new.pdf", of_sender("New"))
    assert groups(maria.get("/").content) == []  # KEYWRIGHT_CONFIRMATIONS is 0 here
    with setting(CONFIRMATIONS="2"):
        StoredLayout.objects.filter(pk=trusted.pk).update(state=LayoutState.TRUSTED, version=1)
        assert [group.split()[0] for group in groups(maria.get("/").content)] == ["New"]
        StoredCase.objects.filter(layout__sender="New").update(kind="business")
        assert groups(maria.get("/").content) == []
        assert groups(maria.get("/?kind=business").content) == []


def test_the_sender_of_a_group_is_masked_and_an_auditor_cannot_confirm(
    maria: Client, ada: Client, ivan: Client
) -> None:
    filed("new.pdf", of_sender("Jane Smith"))
    with setting(CONFIRMATIONS="2", MASKED_FIELDS="seller_name"):
        assert "Jane Smith" not in text_of(ivan.get("/").content)
        assert groups(ivan.get("/").content)[0].startswith("[masked ")
        assert groups(maria.get("/").content)[0].startswith("Jane Smith")
    with setting(CONFIRMATIONS="2"):
        assert not parsed(ada.get("/").content).xpath("//a[@id='next-layout']")


def test_a_layout_that_is_none_leads_back_to_the_queue(maria: Client) -> None:
    referred()
    for number in ("999", "x", "9" * 30):
        answer = maria.get("/next/", {"layout": number})
        assert answer.status_code == 302
    assert maria.get("/next/?layout=999")["Location"] == "/"


def test_a_correction_keeps_the_other_documents_waiting(maria: Client, desk: TrainingDesk) -> None:
    cases = [desk.bill(month) for month in (1, 2, 3)]
    confirm(maria, cases[0])
    form = form_of(maria, cases[1])
    decide(maria, cases[1], "accept", form, **{"field-purchase_order": "PO-26-9999", "accept": []})
    waits = casebook.get(cases[2].id)
    assert waits.state is State.REFERRED
    assert replace(waits).findings
