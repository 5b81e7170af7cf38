"""The demo town hall is as awkward as the real systems are."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from demo.town_hall import TownHall, pay, permits, running, vouchers
from tests.demo.clerk import Clerk

VOUCHER = "/ap/voucher"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TownHall]:
    with running(tmp_path_factory.mktemp("town-hall")) as hall:
        yield hall


@pytest.fixture
def clerk(hall: TownHall) -> Clerk:
    clerk = Clerk(hall.url)
    clerk.open(VOUCHER)
    return clerk


def booked(hall: TownHall, number: str) -> list[dict[str, Any]]:
    return [voucher for voucher in vouchers(hall.database) if voucher["invoice_number"] == number]


def test_the_town_hall_opens_and_closes_at_the_end(tmp_path: Path) -> None:
    with running(tmp_path) as hall:
        assert Path(f"/proc/{hall.pid}").exists()
    assert not Path(f"/proc/{hall.pid}").exists()


def test_nobody_gets_in_with_a_wrong_password(hall: TownHall) -> None:
    assert "Access Denied!" in Clerk(hall.url, "clerk", "guess").page
    stranger = Clerk(hall.url, "nobody", "clerk-pw")
    assert 'name="password"' in stranger.open(VOUCHER)


def test_posting_without_update_books_the_vendor_the_form_opened_with(hall: TownHall, clerk: Clerk) -> None:
    opened_with = clerk.fields["vendor_id"]
    assert opened_with != "V1006"
    clerk.submit(VOUCHER, "Post", vendor="V1006", invoice_number="OLD-1", amount_1="10")
    assert [voucher["vendor"] for voucher in booked(hall, "OLD-1")] == [opened_with]


def test_update_resolves_the_vendor_and_adds_a_line_and_computes_the_due_date(clerk: Clerk) -> None:
    clerk.submit(VOUCHER, "Update", vendor="V1004", invoice_date="11-02-2026", amount_1="1,250", tax="162.5")
    assert clerk.fields["vendor"] == "Halton Hydro-Vac Services"
    assert clerk.fields["due_date"] == "11-17-2026"  # V1004 has fifteen days
    assert "amount_2" in clerk.fields
    assert "<b>1,412.50</b>" in clerk.page


def test_a_posted_voucher_is_answered_with_an_empty_form_and_a_reload_books_it_again(
    hall: TownHall, clerk: Clerk
) -> None:
    for _ in range(2):
        clerk.send(VOUCHER, {"vendor_id": "V1003", "action": "Post", "invoice_number": "TWICE", "amount_1": "5"})
        assert clerk.fields["invoice_number"] == ""
        assert "AP-0" not in clerk.page
    assert len(booked(hall, "TWICE")) == 2


def test_an_ambiguous_vendor_is_a_choice_and_an_unknown_one_is_refused(clerk: Clerk) -> None:
    clerk.submit(VOUCHER, "Update", vendor="Brightwater Pumps")
    assert "Select vendor" in clerk.page
    clerk.submit(VOUCHER, "Continue", vendor_choice="V1009")
    assert clerk.fields["vendor_id"] == "V1009"
    clerk.submit(VOUCHER, "Update", vendor="Nobody & Sons")
    assert "Vendor not on file!" in clerk.page
    assert not clerk.fields


def test_a_choice_that_submits_the_form_by_itself_is_an_update(clerk: Clerk) -> None:
    clerk.send(VOUCHER, clerk.fields | {"currency": "USD", "invoice_number": "kept"})
    assert clerk.fields["currency"] == "USD"
    assert clerk.fields["invoice_number"] == "kept"


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("1250.00", "1250.00"),
        ("1,250.00", "1250.00"),
        ("1.250,00", "1.25"),
        ("$1,250.00", "0.00"),
        ("(100.00)", "0.00"),
        ("1 250.00", "1.00"),
        ("1,25", "125.00"),
        ("abc", "0.00"),
    ],
)
def test_amounts_are_read_the_sloppy_way(hall: TownHall, clerk: Clerk, text: str, stored: str) -> None:
    clerk.submit(VOUCHER, "Post", invoice_number=f"SUM {text}", amount_1=text)
    assert [voucher["total"] for voucher in booked(hall, f"SUM {text}")] == [Decimal(stored)]


def test_a_wrong_invoice_date_is_a_raw_error_and_a_wrong_due_date_is_blanked(hall: TownHall, clerk: Clerk) -> None:
    form = clerk.fields
    clerk.submit(VOUCHER, "Post", invoice_number="DATE-1", amount_1="5", invoice_date="13/45/2026")
    assert clerk.status == 500
    assert "out of range" in clerk.page
    assert booked(hall, "DATE-1") == []
    clerk.send(
        VOUCHER, form | {"action": "Post", "invoice_number": "DATE-2", "due_date": "2026-11-02", "amount_1": "5"}
    )
    assert [voucher["due_date"] for voucher in booked(hall, "DATE-2")] == [""]
    clerk.send(VOUCHER, form | {"action": "Post", "invoice_number": "DATE-3", "invoice_date": "02.11.2026"})
    assert [voucher["invoice_date"] for voucher in booked(hall, "DATE-3")] == ["2026-02-11"]


def test_the_search_hides_paid_and_zero_vouchers_unless_asked_for_all(hall: TownHall, clerk: Clerk) -> None:
    for number, amount in (("HID-open", "5"), ("HID-zero", "0"), ("HID-paid", "7")):
        clerk.open(VOUCHER)
        clerk.submit(VOUCHER, "Post", invoice_number=number, amount_1=amount)
    pay(hall.database, booked(hall, "HID-paid")[0]["number"])
    is_asked = "/ap/found?invoice_number=hid-&status="
    numbers = {
        status: [n for n in ("open", "zero", "paid") if f"HID-{n}" in clerk.open(is_asked + status)]
        for status in ("Open", "Paid", "All")
    }
    assert numbers == {"Open": ["open"], "Paid": ["paid"], "All": ["open", "zero", "paid"]}


def test_the_search_shows_ten_rows_a_page(clerk: Clerk) -> None:
    for n in range(11):
        clerk.open(VOUCHER)
        clerk.submit(VOUCHER, "Post", invoice_number=f"PAGE-{n:02}", amount_1="5")
    clerk.open("/ap/found?invoice_number=page-")
    assert "PAGE-09" in clerk.page
    assert "PAGE-10" not in clerk.page
    assert "PAGE-10" in clerk.open("/ap/found?invoice_number=page-&page=2")


def test_a_second_sign_in_ends_the_first_and_retyping_the_password_replays_the_post(
    hall: TownHall, clerk: Clerk
) -> None:
    form = clerk.fields | {"invoice_number": "REPLAY", "amount_1": "5", "action": "Post"}
    Clerk(hall.url)
    clerk.send(VOUCHER, form)
    assert "Session expired!" in clerk.page
    assert booked(hall, "REPLAY") == []
    clerk.send(VOUCHER, clerk.fields | {"relogin_password": "clerk-pw"})
    assert len(booked(hall, "REPLAY")) == 1


def test_an_idle_session_expires(tmp_path: Path) -> None:
    with running(tmp_path, session_seconds=0.3) as hall:
        clerk = Clerk(hall.url)
        assert "Add AP Transaction" in clerk.open(VOUCHER)
        time.sleep(0.4)
        assert "Session expired!" in clerk.open(VOUCHER)


def test_a_credit_note_is_typed_without_a_minus_and_shown_below_zero(hall: TownHall, clerk: Clerk) -> None:
    clerk.submit(VOUCHER, "Post", invoice_number="CN-1", type="credit_note", amount_1="100", tax="0")
    voucher = booked(hall, "CN-1")[0]
    assert voucher["total"] == Decimal("-100.00")
    assert str(voucher["tax"]) == "0.00"
    assert "(100.00)" in clerk.open(f"/ap/record?number={voucher['number']}")


def test_the_permit_desk_stores_numbers_as_typed_and_loses_dates_it_cannot_read(hall: TownHall, clerk: Clerk) -> None:
    for address, declared in (("1 A St", "04/03/2026"), ("2 B St", "2026-03-04")):
        clerk.open("/bp/permit")
        clerk.submit(
            "/bp/permit",
            "File application",
            project_address=address,
            project_value="$48,500",
            declaration_date=declared,
        )
    first, second = permits(hall.database)
    assert (first["number"], first["project_value"], first["declaration_date"]) == (
        "BP-2026-0001",
        "$48,500",
        "04/03/2026",
    )
    assert second["declaration_date"] == ""


def test_what_was_typed_is_shown_as_text_and_never_run(hall: TownHall, clerk: Clerk) -> None:
    clerk.submit(VOUCHER, "Post", invoice_number="<script>alert(1)</script>", amount_1="5", notes='"><b>é')
    page = clerk.open(f"/ap/record?number={booked(hall, '<script>alert(1)</script>')[0]['number']}")
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "<b>é" not in page


def test_the_data_outlives_the_process(tmp_path: Path) -> None:
    with running(tmp_path) as hall:
        clerk = Clerk(hall.url)
        clerk.open(VOUCHER)
        clerk.submit(VOUCHER, "Post", invoice_number="STAYS", amount_1="5")
    with running(tmp_path) as hall:
        assert len(booked(hall, "STAYS")) == 1
