"""The ledger's pages: filters, copies to take away, and verifying the chain."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.test import Client
from django.test.client import AsyncClient

from keywright.console.ledger import views
from keywright.database.models import BotAccess, LedgerEntry, LedgerHead
from keywright.ledger import ledger, standalone_verifier
from keywright.ledger.incremental_verify import Step, walk
from tests.keywright.console.desk import BOT, referred
from tests.keywright.console.pages import parsed, text_of


def tell(event: str = "signed-in", actor: str = "zoe", **body: object) -> LedgerEntry:
    with transaction.atomic():
        return ledger.append(event, actor=actor, body=body)


def events(page: bytes) -> list[int]:
    """Return the numbers of the entries that a page shows."""
    return [int(number) for number in parsed(page).xpath("//table[@class='ledger']/tbody/tr/td[1]/text()")]


def taken(client: Client, kind: str, **filters: str) -> bytes:
    response: Any = client.post("/ledger/export/", {"kind": kind, **filters})
    assert response.status_code == 200, response.status_code
    return bytes(response.getvalue())


def test_an_auditor_reads_who_did_what_when_to_which_case(ada: Client) -> None:
    case = referred("gravel.pdf")
    page = text_of(ada.get("/ledger/").content)
    assert "Referred to a person Invoice number unclear (61% confidence)" in page
    assert f'href="/cases/{case.id}/"' in ada.get("/ledger/").content.decode()


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ("", [4, 3, 2, 1]),
        ("event=sign-in-refused", [4]),
        ("event=nonsense", [4, 3, 2, 1]),
        ("actor=zoe", [4]),
        ("actor=ZO", []),
        ("case={case}", [3, 2, 1]),
        ("case={case}&event=case-read", [2]),
        ("case=nonsense", [4, 3, 2, 1]),
        ("since=2020-01-01&until=2020-01-31", []),
        ("since=2020-01-01", [4, 3, 2, 1]),
        ("until=yesterday", [4, 3, 2, 1]),
        ("before=3", [2, 1]),
    ],
)
def test_the_address_filters_the_entries(ada: Client, filters: str, expected: list[int]) -> None:
    case = referred("gravel.pdf")
    tell("sign-in-refused")
    assert events(ada.get(f"/ledger/?{filters.format(case=case.id)}").content) == expected


def test_pages_follow_one_another_without_a_gap(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "A_PAGE", 3)
    for _ in range(7):
        tell()
    version, address = [], "/ledger/?actor=zoe"
    while address:
        page = ada.get(address).content
        version.append(events(page))
        address = next((f"/ledger/{link}" for link in parsed(page).xpath("//a[@rel='next']/@href")), "")
    assert version == [[7, 6, 5], [4, 3, 2], [1]]


@pytest.mark.parametrize(
    ("name", "group", "status"), [("carl", "clerk", 403), ("sue", "supervisor", 200), ("i", "it", 200)]
)
def test_clerks_do_not_read_the_whole_ledger(
    db: None, signed_in: Callable[..., Client], name: str, group: str, status: int
) -> None:
    client = signed_in(name, group)
    assert client.get("/ledger/").status_code == status
    assert client.post("/ledger/export/", {"kind": "jsonl"}).status_code == status
    assert client.post("/ledger/verify/").status_code == status
    assert client.get("/ledger/offline_ledger.py").status_code == status


def test_nobody_who_is_not_signed_in_reads_it(client: Client, db: None) -> None:
    for response in (client.get("/ledger/"), client.post("/ledger/export/"), client.post("/ledger/verify/")):
        assert response["Location"].startswith("/sign-in/")


def test_the_lines_of_json_are_verified_by_the_program_that_is_handed_out_with_them(
    ada: Client, tmp_path: Path
) -> None:
    referred("Émile’s gravel.pdf")
    program, export = tmp_path / "offline_ledger.py", tmp_path / "ledger.jsonl"
    program.write_bytes(ada.get("/ledger/offline_ledger.py").content)
    export.write_bytes(taken(ada, "jsonl"))

    run = [sys.executable, "-I", str(program), str(export)]
    right = subprocess.run(run, capture_output=True, text=True)
    export.write_text(export.read_text("utf-8").replace("gravel", "grovel", 1), "utf-8")
    wrong = subprocess.run(run, capture_output=True, text=True)

    assert right.returncode == 0
    assert right.stdout.startswith("All 3 entries fit. Without --checkpoints")
    assert (wrong.returncode, wrong.stdout) == (1, "NOT RIGHT. Entry 1 was changed after it was written.\n")


def test_offline_an_entry_taken_out_is_told_as_a_gap_and_a_new_chain_as_a_break(ada: Client) -> None:
    for _ in range(4):
        tell()
    lines = taken(ada, "jsonl").decode().splitlines()
    assert standalone_verifier.verify(lines, []) == (4, 0, [])
    with pytest.raises(standalone_verifier.Unverified, match="Entry 2 is missing: entry 3 stands in its place"):
        standalone_verifier.verify([lines[0], *lines[2:]], [])
    assert standalone_verifier.verify([lines[0], *lines[2:]], [], part=True) == (3, 1, [])
    forged = json.loads(lines[2])
    forged["previous"] = "f" * 64
    forged["hash"] = standalone_verifier.hash_of(forged)
    with pytest.raises(standalone_verifier.Unverified, match="Entry 3 does not follow the entry before it"):
        standalone_verifier.verify([*lines[:2], json.dumps(forged)], [])


def test_an_export_holds_what_the_filters_leave_first_to_last_and_is_told_to_the_ledger(ada: Client) -> None:
    case = referred("gravel.pdf")
    tell()
    entries = [json.loads(line) for line in taken(ada, "jsonl", case=str(case.id)).splitlines()]
    assert [entry["event"] for entry in entries] == ["case-opened", "case-read", "case-referred"]
    last = LedgerEntry.objects.get(event="ledger-exported")
    assert (last.actor, last.body["kind"], last.body["filters"]) == ("ada", "jsonl", {"case": case.id})


def test_a_workbook_computes_nothing_that_somebody_wrote(ada: Client) -> None:
    formula = '=HYPERLINK("http://elsewhere.example","x")'
    tell(actor=formula)
    tell(actor="@SUM(1)", told="a\x07b")
    tell(actor="+1")
    sheet = openpyxl.load_workbook(io.BytesIO(taken(ada, "xlsx"))).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=2))
    assert [row[2].value for row in rows] == [formula, "@SUM(1)", "+1"]
    assert all(cell.data_type != "f" for row in rows for cell in row)
    assert [row[2].quotePrefix for row in rows] == [True, True, True]
    assert rows[0][0].value == 1
    assert "\x07" not in str(rows[1][6].value)


def test_a_body_too_long_for_a_cell_is_cut(ada: Client) -> None:
    tell(words="x" * 40_000)
    sheet = openpyxl.load_workbook(io.BytesIO(taken(ada, "xlsx"))).active
    assert sheet is not None
    cell = str(sheet["G2"].value)
    assert len(cell) < 32_767
    assert cell.endswith("…")


def test_more_than_a_workbook_holds_is_refused_in_words(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "A_WORKBOOK", 2)
    for _ in range(3):
        tell()
    response = ada.post("/ledger/export/", {"kind": "xlsx"})
    assert response.status_code == 422
    assert "A workbook can hold 2 entries." in text_of(response.content)
    assert ada.post("/ledger/export/", {"kind": "exe"}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_served_asynchronously_an_export_is_the_same() -> None:
    tell()
    ada = User.objects.create_superuser("ada")

    async def take() -> bytes:
        client = AsyncClient()
        await client.aforce_login(ada)
        response: Any = await client.post("/ledger/export/", {"kind": "jsonl"})
        return b"".join([piece async for piece in response.streaming_content])

    assert [json.loads(line)["actor"] for line in async_to_sync(take)().splitlines()] == ["zoe"]


def test_one_click_verifies_the_chain_and_is_told_to_the_ledger(ada: Client) -> None:
    referred("gravel.pdf")
    page = text_of(ada.post("/ledger/verify/").content)
    assert "All 3 entries verified." in page
    entry = LedgerEntry.objects.get(event="ledger-verified")
    assert (entry.actor, entry.body["entries"], entry.body["fault"]) == ("ada", 3, "")


def test_a_changed_entry_is_named(ada: Client) -> None:
    referred("gravel.pdf")
    LedgerEntry.objects.filter(number=2).update(actor="mallory")
    page = text_of(ada.post("/ledger/verify/").content)
    assert "The ledger failed verification." in page
    assert "Entry 2 (case-read" in page


def test_a_tail_that_was_cut_off_is_missed(ada: Client) -> None:
    for _ in range(3):
        tell()
    LedgerEntry.objects.filter(number=3).delete()
    assert "Entry 3 is missing" in text_of(ada.post("/ledger/verify/").content)


def test_a_long_chain_is_walked_from_page_to_page_with_its_progress(
    ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keywright.ledger.incremental_verify.AT_ONCE", 2)
    monkeypatch.setattr(views, "A_STEP", 0.0)
    for _ in range(5):
        tell()
    messages, step = [], ""
    for _ in range(4):
        page = ada.post("/ledger/verify/", {"step": step}, headers={"HX-Request": "true"}).content
        messages.append(text_of(page))
        step = next(iter(parsed(page).xpath("//input[@name='step']/@value")), "")
    assert "Verified up to entry 2 of 5." in messages[0]
    assert "Verified up to entry 4 of 5." in messages[1]
    assert "All 5 entries verified." in messages[3]
    assert "<html" not in messages[3]


@pytest.mark.parametrize("step", ["x", "eyJudW1iZXIiOjV9:1:forged"])
def test_nobody_makes_it_begin_elsewhere(ada: Client, step: str) -> None:
    assert ada.post("/ledger/verify/", {"step": step}).status_code == 422
    assert not LedgerEntry.objects.filter(event="ledger-verified").exists()


def test_a_walk_of_an_empty_ledger_is_done_and_one_whose_head_is_ahead_is_not_right(db: None) -> None:
    assert walk(Step()) == Step(done=True)
    tell()
    LedgerHead.objects.update(number=9)
    assert walk(Step()).fault == "Entry 2 is missing: the ledger had 9 entries and shows 1."


def test_a_supervisor_of_a_department_reads_of_its_bots_only(signed_in: Callable[..., Client], db: None) -> None:
    referred("gravel.pdf")
    tell()
    BotAccess.objects.create(group=Group.objects.create(name="finance"), bot=BOT)
    sue = signed_in("sue", "supervisor")
    assert events(sue.get("/ledger/").content) == [4]
    assert len(taken(sue, "jsonl").splitlines()) == 1
