"""Each trap of SQL-Ledger, met in the real program and looked up by SQL in its own database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from demo.sql_ledger import SqlLedger
from demo.sql_ledger.books import bills
from demo.sql_ledger.clerk import PlainClerk
from demo.sql_ledger.seeding import ADMINISTRATOR, ADMINISTRATORS_PASSWORD, LATIN_CLERK, password_of
from keywright.errors import NotPosted, Refer, Stop
from keywright.model.target_system import SignIn
from systems.records.bill import Bill, BillLine
from systems.sql_ledger.payables import Payables
from systems.web.browser.browser import fresh_page
from tests.systems.rights import a_minute
from tests.systems.sql_ledger.other_desks import add_vendor, change, close_books, pay, set_rate

ISSUED = dt.date(2026, 11, 2)


def line(amount: str, description: str = "Service", account: str = "5920") -> BillLine:
    return BillLine(description=description, account=account, amount=Decimal(amount))


def bill(number: str, *lines: BillLine, **more: Any) -> Bill:
    """A bill of V1006, which is not the vendor that an empty form is filled with."""
    values: dict[str, Any] = {"seller_name": "Escarpment Tree Care", "vendor_number": "V1006"}
    values |= {"invoice_number": number, "issue_date": ISSUED, "lines": lines or (line("100.00"),)}
    return Bill(**values | {"tax_total": Decimal("13.00")} | more)


@pytest.fixture(scope="module")
def payables(browser: Browser, ledger: SqlLedger) -> Iterator[Payables]:
    """A robot that keys many bills in one session."""
    with fresh_page(browser) as page:
        yield Payables(page, SignIn(ledger.url, "clerk", password_of("clerk")))


@pytest.fixture(scope="module")
def by_hand(ledger: SqlLedger) -> Callable[..., None]:
    """Another clerk, who books bills of V1006 without a robot, as often as asked."""
    clerk = PlainClerk(ledger.url, "clerk2")

    def book(number: str, amount: str = "100.00", vendor: str = "V1006", **more: str) -> None:
        head = {"invnumber": number, "transdate": "11-02-2026", "tax_2330": "13.00", **more}
        clerk.book(vendor, head, ("Service", "5920", amount))

    return book


def booked(ledger: SqlLedger, number: str) -> list[dict[str, Any]]:
    return [row for row in bills(ledger) if row["invnumber"] == number]


def referred(payables: Payables, record: Bill, ledger: SqlLedger) -> Refer:
    """Enter a bill that must be referred, and see that nothing was booked."""
    before = len(bills(ledger))
    with pytest.raises(Refer) as referral:
        payables.enter(record, a_minute)
    assert len(bills(ledger)) == before
    return referral.value


# --- What is booked --------------------------------------------------------------------------------


def test_a_bill_is_booked_once_for_the_right_vendor_with_every_value(ledger: SqlLedger, payables: Payables) -> None:
    record = bill(
        'EC/2026 "7" é',
        line("1200.00", "Elagage 3½\" d'été"),
        line("-50.50", "Rabais fidélité; a long description that SQL-Ledger shows in more than one line", "5950"),
        due_date=dt.date(2026, 12, 9),
        purchase_order="PO-17",
        department="Public Works",
        tax_total=Decimal("149.44"),
        notes="See page 2.\nPaid by O'Neil",
    )
    assert payables.find(record) is None
    payables.enter(record, a_minute)
    receipt = payables.find(record)

    [stored] = booked(ledger, record.invoice_number)
    assert receipt is not None
    assert receipt.number == str(stored["id"])
    assert receipt.picture.startswith(b"\x89PNG")
    assert (stored["vendornumber"], stored["amount"], stored["netamount"]) == (
        "V1006",
        Decimal("1298.94"),
        Decimal("1149.50"),
    )
    assert (stored["transdate"], stored["duedate"]) == (ISSUED, dt.date(2026, 12, 9))
    assert (stored["ponumber"], stored["curr"], stored["department"]) == ("PO-17", "CAD", "Public Works")
    assert stored["notes"].replace("\r\n", "\n") == record.notes
    assert stored["lines"] == [
        (bill_line.description, bill_line.account, bill_line.amount) for bill_line in record.lines
    ]
    assert stored["taxes"] == [("2330", Decimal("149.44"))]


def test_a_vendor_that_follows_another_is_booked_for_itself_and_not_for_the_one_the_form_came_with(
    ledger: SqlLedger, payables: Payables
) -> None:
    for number, (vendor, name) in enumerate(
        [
            ("V1004", "Halton Hydro-Vac Services"),
            ("V1006", "Escarpment Tree Care"),
            ("V1004", "Halton Hydro-Vac Services"),
        ]
    ):
        payables.enter(bill(f"NEXT-{number}", vendor_number=vendor, seller_name=name), a_minute)
    assert [booked(ledger, f"NEXT-{n}")[0]["vendornumber"] for n in range(3)] == ["V1004", "V1006", "V1004"]


def test_without_a_due_date_the_vendor_s_terms_give_one(ledger: SqlLedger, payables: Payables) -> None:
    payables.enter(bill("TERMS-1", vendor_number="V1004", seller_name="Halton Hydro-Vac Services"), a_minute)
    assert booked(ledger, "TERMS-1")[0]["duedate"] == ISSUED + dt.timedelta(days=15)


def test_the_printed_tax_is_booked_and_not_the_one_that_sql_ledger_computes(
    ledger: SqlLedger, payables: Payables
) -> None:
    payables.enter(bill("TAX-1", tax_total=Decimal("12.99")), a_minute)
    payables.enter(bill("TAX-2", tax_total=Decimal("0.00")), a_minute)
    assert [booked(ledger, f"TAX-{n}")[0]["amount"] for n in (1, 2)] == [Decimal("112.99"), Decimal("100.00")]


def test_department_and_currency_which_reload_the_form_leave_every_other_value_as_typed(
    ledger: SqlLedger, payables: Payables
) -> None:
    set_rate(ledger, "USD", ISSUED, "1.37")
    lines = (line("10.00", "One"), line("20.00", "Two", "5940"))
    record = bill("RELOAD-1", *lines, currency="USD", department="Fire Services", due_date=dt.date(2026, 11, 30))
    payables.enter(record, a_minute)
    receipt = payables.find(record)

    assert receipt is not None
    assert ("grand_total", "43.00") in {(value.name, value.shown) for value in receipt.values}
    [stored] = booked(ledger, "RELOAD-1")
    assert (stored["curr"], stored["department"], stored["duedate"]) == ("USD", "Fire Services", dt.date(2026, 11, 30))
    assert (stored["exchangerate"], stored["amount"]) == (1.37, Decimal("58.91"))
    assert stored["lines"] == [("One", "5920", Decimal("10.00")), ("Two", "5940", Decimal("20.00"))]


def test_a_credit_note_is_booked_below_zero(ledger: SqlLedger, payables: Payables) -> None:
    note = bill("CN-1", invoice_type="credit-note")
    payables.enter(note, a_minute)
    assert payables.find(note) is not None
    assert [row["amount"] for row in booked(ledger, "CN-1")] == [Decimal("-113.00")]
    with pytest.raises(Refer, match="invoice type is “Debit Note” there and should be “AP Transaction”"):
        payables.find(replace(note, invoice_type="invoice"))


# --- What is found ---------------------------------------------------------------------------------


def test_a_bill_that_stands_there_twice_is_referred_with_both_numbers(
    ledger: SqlLedger, payables: Payables, by_hand: Callable[..., None]
) -> None:
    by_hand("TWICE-1")
    by_hand("TWICE-1")  # SQL-Ledger takes it again without a word
    numbers = [str(row["id"]) for row in booked(ledger, "TWICE-1")]
    assert len(numbers) == 2
    with pytest.raises(Refer, match=f"2 times .* It holds this record as {', '.join(numbers)}"):
        payables.find(bill("TWICE-1"))


def test_paid_and_zero_bills_which_the_usual_search_hides_are_found(
    ledger: SqlLedger, payables: Payables, by_hand: Callable[..., None]
) -> None:
    by_hand("PAID-1")
    pay(ledger, booked(ledger, "PAID-1")[0]["id"])
    assert payables.find(bill("PAID-1")) is not None
    by_hand("ZERO-1", amount="-13.00")
    assert booked(ledger, "ZERO-1")[0]["amount"] == 0
    assert payables.find(bill("ZERO-1", line("-13.00"))) is not None


@pytest.mark.parametrize(
    ("stored", "searched"),
    [("inv 77-É", "INV 77-é"), ("Inv  78", "inv 78"), ("100%_sure", "100%_SURE"), ("O'Neil\\9;x", "O'Neil\\9;X")],
)
def test_a_number_is_found_however_it_is_spelled_and_told_as_it_stands(
    stored: str, searched: str, payables: Payables, by_hand: Callable[..., None]
) -> None:
    by_hand(stored)
    with pytest.raises(Refer, match="invoice number is") as referral:
        payables.find(bill(searched))
    assert f"“{stored}”" in str(referral.value)


def test_signs_that_the_search_takes_for_wildcards_find_no_other_bill(
    payables: Payables, by_hand: Callable[..., None]
) -> None:
    by_hand("WILD-1X2")
    by_hand("A-WILD-1_2-B")
    for number in ("WILD-1_2", "WILD-1%2", "WILD-%", "WILD"):
        assert payables.find(bill(number)) is None


def test_the_same_number_of_another_vendor_is_another_bill(payables: Payables, by_hand: Callable[..., None]) -> None:
    by_hand("SAME-1", vendor="V1003")
    assert payables.find(bill("SAME-1")) is None


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("transdate", "2026-02-11", "issue date is “02-11-2026” there and should be “11-02-2026”"),
        ("notes", "hm", "notes is “hm” there and should be “”"),
        ("ponumber", "PO-9", "purchase order is “PO-9”"),
        ("duedate", "2027-01-01", "due date is “01-01-2027”"),
        ("amount", 713, "grand total is “713.00” there and should be “113.00”"),
    ],
)
def test_a_value_that_differs_is_referred_with_both_values(
    column: str, value: object, sentence: str, ledger: SqlLedger, payables: Payables, by_hand: Callable[..., None]
) -> None:
    number = f"DIFFERS-{column}"
    by_hand(number, duedate="12-02-2026")
    record = bill(number, due_date=dt.date(2026, 12, 2))
    assert payables.find(record) is not None
    change(ledger, booked(ledger, number)[0]["id"], column, value)
    with pytest.raises(Refer, match=sentence):
        payables.find(record)


def test_lines_are_the_same_in_whatever_order_sql_ledger_shows_them(ledger: SqlLedger, payables: Payables) -> None:
    record = bill("ORDER-1", *(line("50.00", f"Part {n}") for n in range(4)))
    payables.enter(record, a_minute)
    receipt = payables.find(record)
    assert receipt is not None
    shown_values = {value.name: value.shown for value in receipt.values}
    assert [shown_values[f"lines[{n}].description"] for n in range(1, 5)] == [f"Part {n}" for n in range(4)]
    with pytest.raises(Refer, match=r"line 1, description is “Part 0” there and should be “Part 9”"):
        payables.find(replace(record, lines=(line("50.00", "Part 9"), *record.lines[1:])))


def test_a_bill_with_other_lines_is_referred(payables: Payables, by_hand: Callable[..., None]) -> None:
    by_hand("LINES-1")
    with pytest.raises(Refer, match=r"lines is “1” there and should be “2”"):
        payables.find(bill("LINES-1", line("50.00"), line("50.00")))
    with pytest.raises(Refer, match=r"line 1, account is “5920--Repairs and Maintenance” there and should be “5940”"):
        payables.find(bill("LINES-1", line("100.00", account="5940")))


# --- What is referred before anything is posted ----------------------------------------------------


@pytest.mark.parametrize(
    ("vendor", "words"),
    [
        ({"seller_name": "Brightwater Pumps", "vendor_number": ""}, "it offers Brightwater Pumps"),
        ({"seller_name": "Nobody & Sons", "vendor_number": ""}, "Vendor not on file!"),
        ({"vendor_number": "V9999"}, "Vendor not on file!"),
        ({"vendor_number": "V1001"}, r"“Brightwater Pumps Ltd. \(V1001\)” on file for “V1001”, not “Escarpment"),
    ],
)
def test_a_vendor_that_is_ambiguous_unknown_or_another_is_referred(
    vendor: dict[str, str], words: str, ledger: SqlLedger, payables: Payables
) -> None:
    finding = referred(payables, bill("VENDOR-1", **vendor), ledger)
    assert finding.finding.fields == ("seller_name",)
    with pytest.raises(Refer, match=words):
        raise finding


def test_a_vendor_whose_number_begins_another_s_is_chosen_from_those_offered(
    ledger: SqlLedger, browser: Browser
) -> None:
    add_vendor(ledger, "V10060", "Escarpment Tree Care West", model="V1006")
    with fresh_page(browser) as page:
        robot = Payables(page, SignIn(ledger.url, "clerk3", password_of("clerk3")))
        robot.enter(bill("CHOSEN-1"), a_minute)
        robot.enter(bill("CHOSEN-2", vendor_number="", seller_name="ESCARPMENT TREE CARE"), a_minute)
        assert robot.find(bill("CHOSEN-1")) is not None
    assert [booked(ledger, f"CHOSEN-{n}")[0]["vendornumber"] for n in (1, 2)] == ["V1006", "V1006"]


def test_a_vendor_is_chosen_in_a_list_too_where_the_clerk_has_one(ledger: SqlLedger, browser: Browser) -> None:
    with fresh_page(browser) as page:
        robot = Payables(page, SignIn(ledger.url, ADMINISTRATOR, ADMINISTRATORS_PASSWORD))
        record = bill("LISTED-1", vendor_number="V1010", seller_name="Credit Valley Environmental")
        robot.enter(record, a_minute)
        assert robot.find(record) is not None
    assert booked(ledger, "LISTED-1")[0]["vendornumber"] == "V1010"


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"lines": (line("0.00"),)}, "not-payable"),
        ({"lines": ()}, "not-payable"),
        ({"lines": (line("1250.005"),)}, "amount-not-in-cents"),
        ({"lines": (line("10.00", account="9999"),)}, "not-taken"),
        ({"lines": (line("10.00", "R&amp;D"),)}, "not-taken"),
        ({"department": "Zoo"}, "not-taken"),
        ({"currency": "GBP"}, "not-taken"),
        ({"currency": "EUR"}, "no-exchange-rate"),
        ({"invoice_number": "A<b>1"}, "number-not-listed"),
        ({"vendor_number": "V1007", "seller_name": "Northfield Software GmbH"}, "tax-account-unclear"),
        ({"vendor_number": "V1005", "seller_name": "Papeterie Laurier inc."}, "tax-account-unclear"),
    ],
)
def test_what_sql_ledger_would_not_take_whole_is_referred(
    wrong: dict[str, Any], rule: str, ledger: SqlLedger, payables: Payables
) -> None:
    assert referred(payables, replace(bill("WRONG-1"), **wrong), ledger).finding.rule == rule


def test_a_bill_of_a_closed_period_is_referred(ledger: SqlLedger, payables: Payables) -> None:
    close_books(ledger, dt.date(2026, 6, 30))
    try:
        finding = referred(payables, bill("CLOSED-1", issue_date=dt.date(2026, 6, 30)), ledger)
        assert finding.finding.rule == "period-closed"
        payables.enter(bill("CLOSED-2", issue_date=dt.date(2026, 7, 1)), a_minute)
    finally:
        close_books(ledger, None)
    assert len(booked(ledger, "CLOSED-2")) == 1


def test_a_right_to_post_that_has_run_out_posts_nothing(ledger: SqlLedger, payables: Payables) -> None:
    with pytest.raises(NotPosted):
        payables.enter(bill("LATE-1"), lambda: 0.0)
    assert not booked(ledger, "LATE-1")


def test_a_clerk_whose_pages_would_spoil_accents_or_read_dates_otherwise_is_told_at_once(
    ledger: SqlLedger, page: Page
) -> None:
    with pytest.raises(Stop, match="character set UTF8"):
        Payables(page, SignIn(ledger.url, LATIN_CLERK, password_of(LATIN_CLERK))).find(bill("X"))
    members = ledger.folder / "app" / "users" / "members"
    before = members.read_text(encoding="utf-8")
    changed = before.replace("dateformat=mm-dd-yy", "dateformat=yyyy-mm-dd")
    members.write_text(changed, encoding="utf-8")
    try:
        with pytest.raises(Stop, match="date format mm-dd-yy"):
            Payables(page, SignIn(ledger.url, "clerk3", password_of("clerk3"))).enter(bill("X"), a_minute)
    finally:
        members.write_text(before, encoding="utf-8")


def test_a_wrong_password_stops_all(ledger: SqlLedger, page: Page) -> None:
    with pytest.raises(Stop, match="refuses the sign-in of 'clerk3'"):
        Payables(page, SignIn(ledger.url, "clerk3", "wrong")).find(bill("X"))
