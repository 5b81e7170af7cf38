"""The town hall misbehaves as it is switched to, at the step it is switched for, and only so often."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from demo.town_hall import TownHall, permits, running, vouchers
from demo.town_hall.switches import SiteFault, SiteStep, Switch, switch_off, switch_on
from tests.demo.clerk import Clerk

VOUCHER, PERMIT = "/ap/voucher", "/bp/permit"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TownHall]:
    with running(tmp_path_factory.mktemp("town-hall")) as hall:
        yield hall


@pytest.fixture
def home(hall: TownHall) -> Iterator[Path]:
    yield hall.database.parent
    switch_off(hall.database.parent)


@pytest.fixture
def clerk(hall: TownHall) -> Clerk:
    return Clerk(hall.url)


def on_form(clerk: Clerk, number: str, **more: str) -> None:
    """Fill in a voucher up to its post."""
    clerk.open(VOUCHER)
    fields = {"invoice_number": number, "po_number": "PO 7", "notes": "by hand", "description_1": "Boots"}
    clerk.submit(VOUCHER, "Update", vendor="V1008", **fields, amount_1="10.00", **more)


def booked(hall: TownHall, number: str) -> list[dict[str, Any]]:
    return [voucher for voucher in vouchers(hall.database) if voucher["invoice_number"] == number]


def post(clerk: Clerk, home: Path, number: str, fault: SiteFault, seed: int = 0, **more: Any) -> str:
    """Post a voucher while the town hall misbehaves; return the page that answers."""
    on_form(clerk, number)
    switch_on(home, Switch(fault, SiteStep.POST, seed=seed, **more))
    return clerk.submit(VOUCHER, "Post")


def test_it_saves_and_shows_an_error(hall: TownHall, clerk: Clerk, home: Path) -> None:
    assert "Error!" in post(clerk, home, "S1", SiteFault.SAVES_AND_SHOWS_ERROR)
    assert clerk.status == 500
    assert len(booked(hall, "S1")) == 1


def test_it_shows_success_and_saves_nothing(hall: TownHall, clerk: Clerk, home: Path) -> None:
    page = post(clerk, home, "S2", SiteFault.SHOWS_SUCCESS_SAVES_NOTHING)
    assert "Add AP Transaction" in page
    assert clerk.fields["invoice_number"] == ""
    assert booked(hall, "S2") == []


def test_it_saves_a_part(hall: TownHall, clerk: Clerk, home: Path) -> None:
    post(clerk, home, "S3", SiteFault.SAVES_A_PART)
    [voucher] = booked(hall, "S3")
    assert "" in (voucher["po_number"], voucher["notes"], voucher["due_date"])


def test_it_saves_twice_only_as_often_as_it_was_told(hall: TownHall, clerk: Clerk, home: Path) -> None:
    post(clerk, home, "S4", SiteFault.SAVES_TWICE)
    assert len(booked(hall, "S4")) == 2
    on_form(clerk, "S5")
    clerk.submit(VOUCHER, "Post")
    assert len(booked(hall, "S5")) == 1
    assert switch_off(home) == {SiteFault.SAVES_TWICE: 1}


def test_it_saves_a_neighbours_value(hall: TownHall, clerk: Clerk, home: Path) -> None:
    before = len(vouchers(hall.database))
    post(clerk, home, "S6", SiteFault.NEIGHBOURS_VALUE)
    voucher = vouchers(hall.database)[before]
    wanted = {"invoice_number": "S6", "po_number": "PO 7", "notes": "by hand", "tax": Decimal(0)}
    stored = {name: voucher[name] for name in wanted}
    assert (
        stored != wanted
        or voucher["lines"][0]["description"] != "Boots"
        or voucher["due_date"] == voucher["invoice_date"]
    )


def test_it_saves_a_draft_that_the_default_search_does_not_list(hall: TownHall, clerk: Clerk, home: Path) -> None:
    post(clerk, home, "S7", SiteFault.SAVES_A_DRAFT)
    [voucher] = booked(hall, "S7")
    assert voucher["status"] == "Draft"
    assert voucher["number"] not in clerk.open("/ap/found?invoice_number=S7&status=Open")
    assert voucher["number"] in clerk.open("/ap/found?invoice_number=S7&status=All")
    assert "Draft" in clerk.open(f"/ap/record?number={voucher['number']}")


@pytest.mark.parametrize("fault", [SiteFault.STALLS_THEN_SAVES, SiteFault.SAVES_THEN_STALLS])
def test_it_stalls(hall: TownHall, clerk: Clerk, home: Path, fault: SiteFault) -> None:
    began = time.monotonic()
    post(clerk, home, f"S8 {fault.name}", fault, seconds=0.4)
    assert time.monotonic() - began > 0.4
    assert len(booked(hall, f"S8 {fault.name}")) == 1


def test_it_logs_out_at_the_post_and_saves_nothing(hall: TownHall, clerk: Clerk, home: Path) -> None:
    assert "Session expired!" in post(clerk, home, "S9", SiteFault.LOGS_OUT)
    Clerk(hall.url).open(VOUCHER)
    assert booked(hall, "S9") == []


def test_it_replays_the_post_when_the_clerk_signs_in_again_at_the_front_door(
    hall: TownHall, clerk: Clerk, home: Path
) -> None:
    assert "Session expired!" in post(clerk, home, "S10", SiteFault.REPLAYS_THE_POST)
    assert booked(hall, "S10") == []
    Clerk(hall.url)
    assert len(booked(hall, "S10")) == 1
    Clerk(hall.url)
    assert len(booked(hall, "S10")) == 1


@pytest.mark.parametrize(
    ("fault", "script"),
    [
        (SiteFault.ALERT, "alert("),
        (SiteFault.CONFIRM, "confirm("),
        (SiteFault.WIPES_LATE, "box.value = ''"),
        (SiteFault.WIPES_ON_SUBMIT, "'submit'"),
        (SiteFault.RELOADS_THE_FRAME, "location.replace"),
    ],
)
def test_it_puts_a_script_into_the_page(clerk: Clerk, home: Path, fault: SiteFault, script: str) -> None:
    switch_on(home, Switch(fault, SiteStep.FORM))
    assert script in clerk.open(VOUCHER)
    assert script not in clerk.open(VOUCHER)


def test_it_changes_one_label(clerk: Clerk, home: Path) -> None:
    usual = clerk.open(VOUCHER)
    switch_on(home, Switch(SiteFault.CHANGES_A_LABEL, SiteStep.FORM))
    changed = clerk.open(VOUCHER)
    assert changed != usual
    assert clerk.fields["invoice_number"] == ""


def test_it_moves_one_control_and_loses_none(clerk: Clerk, home: Path) -> None:
    usual, fields = clerk.open(VOUCHER), clerk.fields
    switch_on(home, Switch(SiteFault.MOVES_A_CONTROL, SiteStep.FORM))
    assert clerk.open(VOUCHER) != usual
    assert clerk.fields == fields


def test_a_renamed_button_does_what_it_did_before(hall: TownHall, clerk: Clerk, home: Path) -> None:
    switch_on(home, *(Switch(SiteFault.RENAMES_A_BUTTON, SiteStep.UPDATE, seed=seed) for seed in range(4)))
    on_form(clerk, "S11")
    assert 'value="Book"' in clerk.page
    clerk.submit(VOUCHER, "Book")
    assert len(booked(hall, "S11")) == 1


def test_it_lists_nothing_that_was_booked_since(hall: TownHall, clerk: Clerk, home: Path) -> None:
    on_form(clerk, "S12")
    clerk.submit(VOUCHER, "Post")
    switch_on(home, Switch(SiteFault.STALE_LIST, SiteStep.FOUND))
    on_form(clerk, "S12-B")
    clerk.submit(VOUCHER, "Post")
    assert "S12-B" not in clerk.open("/ap/found?invoice_number=S12&status=All")
    assert "S12-B" in clerk.open("/ap/found?invoice_number=S12&status=All")


def test_a_second_tab_puts_a_line_into_the_same_cart(hall: TownHall, clerk: Clerk, home: Path) -> None:
    post(clerk, home, "S13", SiteFault.SHARES_THE_CART)
    [voucher] = booked(hall, "S13")
    assert [line["description"] for line in voucher["lines"]] == ["Boots", "Line of the other tab"]


def test_it_rejects_an_upload_or_keeps_it_empty(hall: TownHall, clerk: Clerk, home: Path) -> None:
    clerk.open(PERMIT)
    clerk.submit(PERMIT, "File application", project_address="1 Elm Street")
    number = permits(hall.database)[-1]["number"]
    switch_on(home, Switch(SiteFault.REJECTS_AN_UPLOAD, SiteStep.ATTACH))
    assert "could not be stored" in clerk.attach("/bp/attach", {"number": number}, "plan.pdf", b"%PDF plan")
    assert permits(hall.database)[-1]["files"] == []
    switch_on(home, Switch(SiteFault.EMPTIES_AN_UPLOAD, SiteStep.ATTACH))
    clerk.attach("/bp/attach", {"number": number}, "plan.pdf", b"%PDF plan")
    assert permits(hall.database)[-1]["files"] == [("plan.pdf", b"")]
    assert "plan.pdf" in clerk.attach("/bp/attach", {"number": number}, "plan.pdf", b"%PDF plan")
    assert permits(hall.database)[-1]["files"] == [("plan.pdf", b"%PDF plan")]


def test_a_fault_comes_in_at_the_request_and_with_the_chance_that_were_set(clerk: Clerk, home: Path) -> None:
    switch_on(home, Switch(SiteFault.ALERT, SiteStep.FORM, skip=1))
    assert ["alert(" in clerk.open(VOUCHER) for _ in range(3)] == [False, True, False]
    switch_off(home)
    drawn = []
    for _ in range(2):
        switch_on(home, Switch(SiteFault.ALERT, SiteStep.FORM, times=99, chance=0.5, seed=7))
        drawn.append(["alert(" in clerk.open(VOUCHER) for _ in range(12)])
        switch_off(home)
    assert drawn[0] == drawn[1]
    assert True in drawn[0] and False in drawn[0]
