"""What a system says in a pop-up dialog holds nobody up; what it asks there is for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page

from demo.town_hall import TownHall, vouchers
from demo.town_hall.switches import SiteFault, SiteStep, Switch, switch_off, switch_on
from keywright.errors import Refer
from keywright.findings import Kind
from keywright.model.target_system import SignIn
from systems.records.bill import Bill, BillLine
from systems.town_hall.desks import AccountsPayable
from tests.systems.rights import a_minute


def voucher(number: str) -> Bill:
    return Bill(
        seller_name="Lakeshore Uniforms",
        vendor_number="V1008",
        invoice_number=number,
        issue_date=dt.date(2026, 11, 2),
        lines=(BillLine(description="Boots", account="5940", amount=Decimal("50.00")),),
    )


@pytest.fixture
def home(hall: TownHall) -> Iterator[Path]:
    yield hall.database.parent
    switch_off(hall.database.parent)


@pytest.mark.parametrize("step", [SiteStep.SEARCH, SiteStep.FOUND, SiteStep.FORM, SiteStep.UPDATE, SiteStep.RECORD])
def test_what_only_says_something_is_passed_over_and_the_record_is_keyed(
    page: Page, sign_in: SignIn, hall: TownHall, home: Path, step: SiteStep
) -> None:
    switch_on(home, Switch(SiteFault.ALERT, step, times=9))
    desk, record = AccountsPayable(page, sign_in), voucher(f"ALERT-{step.name}")
    desk.enter(record, a_minute)
    receipt = desk.find(record)
    assert receipt is not None
    assert [voucher["number"] for voucher in vouchers(hall.database)][-1] == receipt.number
    assert switch_off(home)[SiteFault.ALERT] > 0


def test_what_asks_something_is_answered_no_and_referred_with_its_words(
    page: Page, sign_in: SignIn, hall: TownHall, home: Path
) -> None:
    before = len(vouchers(hall.database))
    switch_on(home, Switch(SiteFault.CONFIRM, SiteStep.UPDATE, times=9))
    desk = AccountsPayable(page, sign_in)
    page.set_default_timeout(2_000)
    with pytest.raises(Refer) as referred:
        desk.enter(voucher("ASKED"), a_minute)
    assert referred.value.finding.kind is Kind.UNCERTAIN
    assert "Really post?" in str(referred.value)
    assert len(vouchers(hall.database)) == before
