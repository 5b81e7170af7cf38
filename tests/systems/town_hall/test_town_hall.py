"""Vouchers are keyed into the town hall through its screens, once, and every value is read back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from demo.town_hall import TownHall, pay, running, vouchers
from demo.town_hall.database import opened
from keywright.errors import Refer, Retry, Stop
from keywright.model.target_system import SignIn
from systems.records.bill import Bill, BillLine
from systems.town_hall.desks import AccountsPayable, accounts_payable, permit_desk
from systems.web.browser.browser import fresh_page
from tests.demo.clerk import Clerk
from tests.systems.rights import a_minute


def line(amount: str, description: str = "Service", account: str = "5920") -> BillLine:
    return BillLine(description=description, account=account, amount=Decimal(amount))


def bill(number: str, seller: str = "Escarpment Tree Care", *lines: BillLine, **more: Any) -> Bill:
    values: dict[str, Any] = {"issue_date": dt.date(2026, 11, 2), "tax_total": Decimal("13.00")} | more
    return Bill(seller_name=seller, invoice_number=number, lines=lines or (line("100.00"),), **values)


@pytest.fixture(scope="module")
def payables(desk_page: Page, hall: TownHall) -> AccountsPayable:
    return AccountsPayable(desk_page, SignIn(hall.url, "clerk", "clerk-pw"))


@pytest.fixture(scope="module")
def by_hand(hall: TownHall) -> Callable[..., None]:
    """A clerk with another login who books vouchers without a robot, for V1006 unless told otherwise."""
    clerk = Clerk(hall.url, "clerk2")

    def book(voucher: Bill, vendor: str = "V1006") -> None:
        fields = {
            "vendor_id": vendor,
            "type": "invoice",
            "invoice_number": voucher.invoice_number,
            "invoice_date": f"{voucher.issue_date:%m-%d-%Y}",
            "due_date": "12-02-2026",
            "currency": voucher.currency,
            "tax": str(voucher.tax_total),
        }
        for n, voucher_line in enumerate(voucher.lines, start=1):
            fields |= {
                f"description_{n}": voucher_line.description,
                f"account_{n}": voucher_line.account,
                f"amount_{n}": str(voucher_line.amount),
            }
        clerk.send("/ap/voucher", fields | {"action": "Post"})

    return book


def booked(hall: TownHall, number: str) -> list[dict[str, Any]]:
    return [row for row in vouchers(hall.database) if row["invoice_number"] == number]


def test_a_voucher_is_booked_once_for_the_right_vendor_with_every_value(
    hall: TownHall, payables: AccountsPayable
) -> None:
    voucher = bill(
        'BW/2026 "7" é',
        "Brightwater Pumps Ltd.",
        line("1200.00", 'Pump 3½" <new>'),
        line("-50.50", "Rabais fidélité", "5950"),
        due_date=dt.date(2026, 12, 9),
        purchase_order="PO-17",
        currency="USD",
        department="Public Works",
        tax_total=Decimal("149.44"),
        notes="See page 2.\nPaid by O'Neil",
    )
    assert payables.find(voucher) is None
    payables.enter(voucher, a_minute)
    receipt = payables.find(voucher)

    [stored] = booked(hall, voucher.invoice_number)
    assert receipt is not None
    assert receipt.number == stored["number"]
    assert receipt.picture.startswith(b"\x89PNG")
    assert receipt.seen_at.tzinfo is dt.UTC
    assert (stored["vendor"], stored["total"], stored["tax"]) == ("V1001", Decimal("1298.94"), Decimal("149.44"))
    assert (stored["invoice_date"], stored["due_date"]) == ("2026-11-02", "2026-12-09")
    assert (stored["po_number"], stored["currency"], stored["department"]) == ("PO-17", "USD", "PW")
    assert stored["notes"] == voucher.notes
    assert [tuple(stored_line.values()) for stored_line in stored["lines"]] == [
        ('Pump 3½" <new>', "5920", Decimal("1200.00")),
        ("Rabais fidélité", "5950", Decimal("-50.50")),
    ]


def test_the_receipt_tells_each_value_as_keyed_and_as_shown(payables: AccountsPayable) -> None:
    voucher = bill("SHOWN-1", "Halton Hydro-Vac Services", line("1234.50"), tax_total=Decimal("0.00"))
    payables.enter(voucher, a_minute)
    receipt = payables.find(voucher)
    assert receipt is not None
    values_shown = {value.name: (value.keyed, value.shown) for value in receipt.values}
    assert values_shown["grand_total"] == ("1234.50", "1,234.50")
    assert values_shown["issue_date"] == ("2026-11-02", "11-02-2026")
    assert values_shown["due_date"] == ("", "11-17-2026")  # the town hall's own, from the vendor's terms
    assert values_shown["vendor_number"] == ("", "V1004")
    assert values_shown["lines[1].account"] == ("5920", "5920--Repairs and Maintenance")
    assert len(values_shown) == 16


def test_a_credit_note_is_booked_once_below_zero(hall: TownHall, payables: AccountsPayable) -> None:
    note = bill("CN-9", invoice_type="credit-note")
    payables.enter(note, a_minute)
    receipt = payables.find(note)
    assert receipt is not None
    assert ("grand_total", "-113.00", "(113.00)") in {(v.name, v.keyed, v.shown) for v in receipt.values}
    assert [row["total"] for row in booked(hall, "CN-9")] == [Decimal("-113.00")]


def test_the_same_number_of_another_vendor_is_another_invoice(
    payables: AccountsPayable, by_hand: Callable[..., None]
) -> None:
    by_hand(bill("SAME-1"), "V1003")
    assert payables.find(bill("SAME-1")) is None


def test_a_number_is_found_however_it_is_spelled_but_not_inside_another(
    payables: AccountsPayable, by_hand: Callable[..., None]
) -> None:
    by_hand(bill("Sp-77a"))
    by_hand(bill("XSP-77A"))
    with pytest.raises(Refer, match="invoice number is “Sp-77a” there and should be “SP-77A”"):
        payables.find(bill("SP-77A", "ESCARPMENT  TREE CARE"))
    assert payables.find(bill("P-77A")) is None


def test_an_underscore_in_a_number_is_not_a_wildcard_to_us(
    payables: AccountsPayable, by_hand: Callable[..., None]
) -> None:
    by_hand(bill("W-1-9"))
    assert payables.find(bill("W_1_9")) is None


def test_paid_and_zero_vouchers_are_found_again(
    hall: TownHall, payables: AccountsPayable, by_hand: Callable[..., None]
) -> None:
    paid, zero = bill("PAID-1"), bill("ZERO-1", "Escarpment Tree Care", line("0.00"), tax_total=Decimal("0.00"))
    for voucher in (paid, zero):
        by_hand(voucher)
    pay(hall.database, booked(hall, "PAID-1")[0]["number"])
    for voucher in (paid, zero):
        receipt = payables.find(voucher)
        assert receipt is not None
        assert receipt.number == booked(hall, voucher.invoice_number)[0]["number"]


def test_a_voucher_on_the_second_page_of_results_is_found(
    hall: TownHall, payables: AccountsPayable, by_hand: Callable[..., None]
) -> None:
    for n in range(12):
        by_hand(bill(f"77-LONG-{n}"))
    by_hand(bill("77-LONG"))
    receipt = payables.find(bill("77-LONG"))
    assert receipt is not None
    assert receipt.number == booked(hall, "77-LONG")[0]["number"]


def test_a_voucher_that_is_there_twice_is_referred_with_both_numbers(
    payables: AccountsPayable, by_hand: Callable[..., None]
) -> None:
    by_hand(bill("DOUBLE-1"))
    by_hand(bill("double-1"))
    with pytest.raises(
        Refer,
        match=r"Entered 2 times in town-hall-payables\. It holds this record as AP-\d{6}, AP-\d{6}",
    ):
        payables.find(bill("DOUBLE-1"))


@pytest.mark.parametrize(
    ("change", "both"),
    [
        ("total = '99.00'", "grand total is “99.00” there and should be “113.00”"),
        ("due_date = '2026-02-11'", "due date is “02-11-2026” there and should be “12-02-2026”"),
        ("department = 'FS'", "department is “Fire Services” there and should be “”"),
        ("notes = 'x'", "notes is “x” there and should be “”"),
    ],
)
def test_a_stored_value_that_differs_is_referred_with_both_values(
    hall: TownHall, payables: AccountsPayable, by_hand: Callable[..., None], change: str, both: str
) -> None:
    voucher = bill(f"DIFF {change[:3]}", due_date=dt.date(2026, 12, 2))
    by_hand(voucher)
    with opened(hall.database) as db:
        db.execute(f"UPDATE vouchers SET {change} WHERE invoice_number = ?", [voucher.invoice_number])  # noqa: S608
    with pytest.raises(Refer) as referred:
        payables.find(voucher)
    assert both in referred.value.finding.message
    assert referred.value.finding.fields == (change.split()[0].replace("total", "grand_total"),)


def test_a_line_that_got_lost_is_referred(
    hall: TownHall, payables: AccountsPayable, by_hand: Callable[..., None]
) -> None:
    voucher = bill("LOST-1", "Escarpment Tree Care", line("60.00"), line("40.00"))
    by_hand(voucher)
    with opened(hall.database) as db:
        db.execute("DELETE FROM voucher_lines WHERE place = 2 AND voucher = (SELECT max(id) FROM vouchers)")
    with pytest.raises(Refer, match="lines is “1” there and should be “2”"):
        payables.find(voucher)


@pytest.mark.parametrize(
    ("seller", "words"),
    [
        ("Nobody & Sons", "Vendor not on file!"),
        ("Brightwater Pumps", r"Select vendor.*Brightwater Pumps \(Quebec\) Inc\..*Brightwater Pumps Ltd\."),
        ("Lakeshore", "has “Lakeshore Uniforms” on file for “Lakeshore”, not “Lakeshore”"),
    ],
)
def test_a_vendor_that_is_unknown_ambiguous_or_another_is_referred_and_nothing_booked(
    hall: TownHall, payables: AccountsPayable, seller: str, words: str
) -> None:
    before = len(vouchers(hall.database))
    with pytest.raises(Refer, match=words) as referred:
        payables.enter(bill("VENDOR-1", seller), a_minute)
    assert "Correct the seller's name" in str(referred.value)
    assert referred.value.finding.fields == ("seller_name",)
    assert len(vouchers(hall.database)) == before


def test_a_vendor_number_settles_an_ambiguous_name_but_must_fit_it(hall: TownHall, payables: AccountsPayable) -> None:
    payables.enter(bill("NUM-1", "Brightwater Pumps", vendor_number="V1001"), a_minute)
    assert [row["vendor"] for row in booked(hall, "NUM-1")] == ["V1001"]
    with pytest.raises(Refer, match=r"“Brightwater Pumps \(Quebec\) Inc.” on file for “V1009”"):
        payables.enter(bill("NUM-2", "Brightwater Pumps", vendor_number="V1009"), a_minute)


@pytest.mark.parametrize(
    "wrong",
    [
        {"department": "Waterworks"},
        {"currency": "JPY"},
        {"lines": (line("5.00", account="9999"),)},
        {"lines": ()},
        {"tax_total": Decimal("-200.00")},
        {"purchase_order": "P" * 31},
        {"tax_total": Decimal("13.005")},
    ],
)
def test_a_value_that_the_desk_would_not_take_whole_is_referred_before_posting(
    hall: TownHall, payables: AccountsPayable, wrong: dict[str, Any]
) -> None:
    before = len(vouchers(hall.database))
    with pytest.raises(Refer):
        payables.enter(replace(bill("WRONG-1"), **wrong), a_minute)
    assert len(vouchers(hall.database)) == before


def test_a_session_that_ends_between_cases_is_begun_anew_without_a_word(
    hall: TownHall, payables: AccountsPayable
) -> None:
    assert payables.find(bill("ENDED-1")) is None
    Clerk(hall.url)
    assert payables.find(bill("ENDED-1")) is None


def test_a_session_that_ends_at_the_post_is_never_replayed_and_the_next_try_books_once(
    hall: TownHall, page: Page, sign_in: SignIn
) -> None:
    payables = AccountsPayable(page, sign_in)
    thieves: list[Clerk] = []

    def steal_the_session(route: Route) -> None:
        if not thieves and "action=Post" in (route.request.post_data or ""):
            thieves.append(Clerk(hall.url))
        route.continue_()

    page.route("**/ap/voucher", steal_the_session)
    with pytest.raises(Retry, match="had ended"):
        payables.enter(bill("STOLEN-1"), a_minute)
    assert thieves
    assert payables.find(bill("STOLEN-1")) is None
    payables.enter(bill("STOLEN-1"), a_minute)
    assert payables.find(bill("STOLEN-1")) is not None
    assert len(booked(hall, "STOLEN-1")) == 1


def test_an_answer_that_is_lost_after_the_post_is_a_retry_and_the_look_finds_the_voucher(
    hall: TownHall, browser: Browser, page: Page, sign_in: SignIn
) -> None:
    def lose_the_answer(route: Route) -> None:
        if "action=Post" in (route.request.post_data or ""):
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.context.set_default_navigation_timeout(2000)
    page.route("**/ap/voucher", lose_the_answer)
    with pytest.raises(Retry):
        AccountsPayable(page, sign_in).enter(bill("LOSTANSWER-1"), a_minute)
    with fresh_page(browser) as another:
        assert AccountsPayable(another, sign_in).find(bill("LOSTANSWER-1")) is not None
    assert len(booked(hall, "LOSTANSWER-1")) == 1


def test_a_wrong_password_stops_and_a_town_hall_that_is_away_is_tried_again(
    tmp_path: Path, browser: Browser, sign_in: SignIn
) -> None:
    with fresh_page(browser) as page, pytest.raises(Stop, match="refuses the sign-in of 'clerk'"):
        AccountsPayable(page, replace(sign_in, password="guess")).find(bill("NEVER-1"))
    with running(tmp_path) as closed:
        pass
    with fresh_page(browser) as page, pytest.raises(Retry, match="was lost while looking"):
        AccountsPayable(page, replace(sign_in, url=closed.url)).find(bill("NEVER-1"))


def test_identity_disregards_case_blanks_and_the_legal_form(payables: AccountsPayable) -> None:
    rewrites = {
        payables.identity(bill(n, s))
        for n, s in [("Inv-1", "Acme Ltd."), ("INV-1 ", "ACME  LIMITED"), ("inv-1", "Acme")]
    }
    assert rewrites == {"acme | inv-1"}
    assert payables.identity(bill("Inv-2", "Acme")) not in rewrites


def test_the_desks_are_opened_by_name_for_a_bot() -> None:
    assert (accounts_payable.name, permit_desk.name) == ("town-hall-payables", "town-hall-permits")
