"""Permit applications are keyed into the town hall through its screens, once, and every value is read back."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import Page

from demo.town_hall import TownHall, permits
from demo.town_hall.database import opened
from keywright.errors import Refer
from keywright.model.target_system import SignIn
from systems.records.permit_application import Purpose
from systems.town_hall.desks import PermitDesk
from tests.systems.applications import APPLICATION
from tests.systems.rights import a_minute


@pytest.fixture(scope="module")
def permits_desk(desk_page: Page, hall: TownHall) -> PermitDesk:
    return PermitDesk(desk_page, SignIn(hall.url, "clerk", "clerk-pw"))


def test_a_permit_application_is_filed_once_with_every_value(hall: TownHall, permits_desk: PermitDesk) -> None:
    assert permits_desk.find(APPLICATION) is None
    permits_desk.enter(APPLICATION, a_minute)
    receipt = permits_desk.find(APPLICATION)

    [stored] = [row for row in permits(hall.database) if row["unit"] == "B"]
    assert receipt is not None
    assert receipt.number == stored["number"]
    assert stored["declaration_date"] == "04/03/2026"
    assert stored["purpose"] == "Addition to an existing building"
    assert stored["applicant_type"] == "Authorized agent of owner"
    assert stored["tarion_new_home"] == "Yes"
    assert stored["work_description"] == APPLICATION.work_description
    names = ("applicant_name", "owner_name", "builder_name", "designer_name")
    assert [stored[name] for name in names] == [getattr(APPLICATION, name) for name in names]
    assert (stored["project_value"], stored["area_m2"]) == ("48500.00", "120.5")


def test_a_closed_permit_is_found_and_another_unit_or_day_is_another_application(
    hall: TownHall, permits_desk: PermitDesk
) -> None:
    house = replace(APPLICATION, project_address="5 Elm_Road 100%", project_unit="")
    permits_desk.enter(house, a_minute)
    with opened(hall.database) as db:
        db.execute("UPDATE permits SET status = 'Closed' WHERE project_address = ?", [house.project_address])
    assert permits_desk.find(house) is not None
    assert permits_desk.find(replace(house, project_unit="2")) is None
    assert permits_desk.find(replace(house, declaration_date=dt.date(2026, 4, 3))) is None


def test_a_permit_value_that_differs_is_referred_with_both_values(hall: TownHall, permits_desk: PermitDesk) -> None:
    shed = replace(APPLICATION, project_address="7 Shed Lane")
    permits_desk.enter(shed, a_minute)
    with pytest.raises(Refer, match=r"project value is “48500\.00” there and should be “4850\.00”"):
        permits_desk.find(replace(shed, project_value=Decimal("4850.00")))


@pytest.mark.parametrize("option", [purpose.value for purpose in Purpose])
def test_every_purpose_of_the_form_is_filed_conditional_permits_among_them(
    hall: TownHall, permits_desk: PermitDesk, option: str
) -> None:
    record = replace(APPLICATION, project_unit=f"for {option}", purpose=option)
    permits_desk.enter(record, a_minute)
    receipt = permits_desk.find(record)

    [stored] = [row for row in permits(hall.database) if row["unit"] == record.project_unit]
    assert receipt is not None
    assert option.split()[0].split("/")[0] in stored["purpose"].casefold()


def test_a_purpose_that_the_desk_does_not_know_is_referred(hall: TownHall, permits_desk: PermitDesk) -> None:
    before = len(permits(hall.database))
    with pytest.raises(Refer, match="“swimming pool” at 'Purpose': it offers “New construction”"):
        permits_desk.enter(replace(APPLICATION, purpose="swimming pool"), a_minute)
    assert len(permits(hall.database)) == before
