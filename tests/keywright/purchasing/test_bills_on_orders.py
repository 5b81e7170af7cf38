"""A bill is compared with its order, its deliveries, and the bills before it, before a robot posts it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cli.purchasing import import_deliveries, import_orders
from demo.billing import SampleBill, line, vendor
from demo.invoice_layouts import labels_left
from demo.invoices import brightwater
from keywright.bot import bot_named
from keywright.cases import casebook, work_queue
from keywright.cases.worker import Office
from keywright.database.models import StoredCase
from keywright.database.orders import BilledLine
from keywright.model.case import Case, State
from keywright.model.vendor import Vendor
from keywright.purchasing.records import BilledMeanwhile
from keywright.terminal import SafeConsole
from keywright.vendors import master
from tasks.check import check
from tasks.pipeline import has_checked, has_read
from tasks.receive import receive
from tests.keywright.papers import BOT, LEASE
from tests.keywright.racing import race

QUIET = SafeConsole(quiet=True)
PUMP = {"order": "PO-26-1187", "vendor": "V1001", "currency": "CAD", "line": "1", "item": "SP-7500"}
PUMP |= {"description": "Submersible sewage pump, 7.5 hp", "quantity": "2", "unit": "each", "unit price": "6480.00"}
SEALS = {**PUMP, "line": "2", "item": "MS-118", "description": "Mechanical seal kit, silicon carbide"}
SEALS |= {"quantity": "20", "unit price": "312.50"}


def bill(number: str, *lines: Any, order: str = "PO-26-1187") -> SampleBill:
    return replace(brightwater(), number=number, lines=lines, purchase_order=order)


def pumps(count: int, price: str = "6480.00") -> Any:
    return line("Submersible sewage pump, 7.5 hp, 600 V", str(count), "each", price, "SP-7500")


def seals(count: str, price: str = "312.50") -> Any:
    return line("Mechanical seal kit, silicon carbide", count, "each", price, "MS-118")


class OrderDesk:
    """An office with orders on file, to which bills come as files."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office = replace(office, settings=replace(office.settings, confirmations={"": 0}))
        self.folder, self.bot = folder, bot_named(BOT)
        pumps_maker = vendor("V1001")
        known = Vendor("V1001", pumps_maker.name, tax_numbers=(pumps_maker.tax_id,))
        master.put_on_file([known, Vendor("V1002", "Maple Ridge Paving Inc.")], {"file": "x"}, actor="ivan")

    def orders(self, *rows: dict[str, str]) -> None:
        import_orders(self._list(rows), actor="ivan", screen=QUIET)

    def deliveries(self, *rows: dict[str, str]) -> None:
        import_deliveries(self._list(rows), actor="ivan", screen=QUIET)

    def read(self, bill: SampleBill) -> Case:
        """Take in a drawn bill and read it."""
        path = self.folder / f"{bill.number}.pdf"
        path.write_bytes(labels_left(bill))
        receive(path, self.bot, self.office)
        case = work_queue.claim(BOT, "worker", LEASE)
        assert case is not None
        return has_read(case, self.bot, self.office)

    def worked(self, bill: SampleBill) -> Case:
        """Take in a drawn bill, read and check it."""
        case = self.read(bill)
        assert case.extraction is not None
        return has_checked(case, case.extraction, self.bot, self.office)

    def questions(self, bill: SampleBill) -> dict[str, str]:
        """Return what a person is asked about the order of a bill, by rule."""
        case = casebook.get(self.worked(bill).id)
        return {f.rule: str(f.message) for f in case.findings if f.asks and f.rule.startswith("order-")}

    def _list(self, rows: tuple[dict[str, str], ...]) -> Path:
        text = io.StringIO()
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        path = self.folder / "list.csv"
        path.write_text(text.getvalue(), encoding="utf-8")
        return path


@pytest.fixture
def desk(plain_office: Office, tmp_path: Path) -> OrderDesk:
    return OrderDesk(plain_office, tmp_path)


def test_without_orders_on_file_no_bill_is_asked_about(desk: OrderDesk) -> None:
    assert desk.questions(bill("BWP-201", pumps(9))) == {}
    assert BilledLine.objects.count() == 0


def test_partial_bills_pass_until_more_is_billed_than_ordered(desk: OrderDesk) -> None:
    desk.orders(PUMP, SEALS)

    first, second = desk.worked(bill("BWP-201", pumps(1), seals("8"))), desk.worked(bill("BWP-202", pumps(1)))
    third = desk.questions(bill("BWP-203", pumps(1)))

    assert (first.state, second.state) == (State.CHECKED, State.CHECKED)
    assert set(third) == {"order-over-billed"}
    assert "2 each are on order PO-26-1187; with this bill, 3 are billed" in third["order-over-billed"]


def test_an_amount_over_the_whole_order_is_asked_about_with_both_amounts(desk: OrderDesk) -> None:
    desk.orders(SEALS)

    question = desk.questions(bill("BWP-201", seals("20"), line("Rush fee", "1", "each", "500.00")))

    assert "Order PO-26-1187 is for 6,250.00 before tax" in question["order-over-billed"]
    assert "6,750.00 are billed on it" in question["order-over-billed"]


def test_a_higher_price_is_asked_about_and_a_small_or_a_lower_one_is_not(desk: OrderDesk) -> None:
    desk.orders(PUMP, SEALS)

    assert desk.questions(bill("BWP-201", seals("2", "317.00"))) == {}
    assert desk.questions(bill("BWP-202", seals("2", "300.00"))) == {}
    question = desk.questions(bill("BWP-203", seals("2", "350.00")))
    assert "costs 350.00 each on the bill and 312.50 on order PO-26-1187" in question["order-price"]


def test_seals_billed_by_the_piece_and_ordered_by_the_dozen_agree(desk: OrderDesk) -> None:
    desk.orders(PUMP, {**SEALS, "quantity": "2", "unit": "dozen", "unit price": "3750.00"})

    assert desk.questions(bill("BWP-201", seals("24"))) == {}
    assert set(desk.questions(bill("BWP-202", seals("1")))) == {"order-over-billed"}


def test_what_was_not_delivered_is_not_paid_unasked(desk: OrderDesk) -> None:
    desk.orders(PUMP, SEALS)
    desk.deliveries({"delivery": "D1", "order": "PO-26-1187", "line": "2", "quantity": "8"})

    assert desk.questions(bill("BWP-201", seals("8"))) == {}
    question = desk.questions(bill("BWP-202", seals("2")))
    assert "8 each were delivered; with this bill, 10 are billed" in question["order-not-delivered"]
    assert desk.questions(bill("BWP-203", pumps(1))) == {}, "no delivery of it is on file, and none is asked for"


def test_an_order_that_asks_for_deliveries_pays_nothing_before_the_first_one(desk: OrderDesk) -> None:
    desk.orders({**PUMP, "receipt required": "yes"}, {**SEALS, "receipt required": "yes"})

    assert set(desk.questions(bill("BWP-201", pumps(1)))) == {"order-not-delivered"}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"order": "PO-26-2000"}, "order-unknown"),
        ({"vendor": "V1002"}, "order-vendor"),
        ({"currency": "USD"}, "order-currency"),
    ],
)
def test_another_order_another_vendor_and_another_currency_are_asked_about(
    desk: OrderDesk, change: dict[str, str], rule: str
) -> None:
    desk.orders({**PUMP, **change})

    assert set(desk.questions(bill("BWP-201", pumps(1)))) == {rule}


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_a_bill_on_a_closed_or_cancelled_order_is_asked_about(desk: OrderDesk, state: str) -> None:
    desk.orders({**PUMP, "status": state})

    assert state in desk.questions(bill("BWP-201", pumps(1)))["order-not-open"]


def test_a_bill_without_an_order_is_asked_about_from_the_amount_that_is_set(desk: OrderDesk) -> None:
    desk.orders(PUMP)
    limits = {BOT: {"CAD": Decimal(5000)}}
    desk.office = replace(desk.office, settings=replace(desk.office.settings, order_needed_from=limits))

    assert desk.questions(bill("BWP-201", seals("2"), order="")) == {}
    assert "5,000 CAD on need a purchase order" in desk.questions(bill("BWP-202", pumps(1), order=""))["order-missing"]


@pytest.mark.parametrize("printed", ["PO 26 1187", "P.O. 26-1187", "26-1187"])
def test_an_order_is_found_however_its_number_is_printed(desk: OrderDesk, printed: str) -> None:
    desk.orders(PUMP)

    assert desk.questions(bill("BWP-201", pumps(1), order=printed)) == {}


def test_of_two_bills_on_one_order_that_pass_at_once_only_one_passes(racing: Office, tmp_path: Path) -> None:
    desk = OrderDesk(racing, tmp_path)
    desk.orders(PUMP)
    cases = [
        desk.read(bill("BWP-201", pumps(2))),
        desk.read(bill("B7", pumps(2), line("Freight", "1", "each", "1.00"))),
    ]

    def passing(case: Case) -> Callable[[], Case]:
        assert case.extraction is not None
        circumstances = desk.office.circumstances(case, desk.bot, case.extraction)
        verdict = check(case.extraction, desk.bot, circumstances)
        return lambda: desk.office.has_checked(case, verdict, circumstances)

    outcomes = race(*[passing(case) for case in cases])

    assert sorted(isinstance(outcome, BilledMeanwhile) for outcome in outcomes) == [False, True], outcomes
    assert StoredCase.objects.filter(state=State.CHECKED.value).count() == 1
    assert set(BilledLine.objects.values_list("case__state", flat=True)) == {State.CHECKED.value}
