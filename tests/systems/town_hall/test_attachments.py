"""The file of a permit application is attached once, and read back; a draft is no record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page

from demo.town_hall import TownHall, permits
from demo.town_hall.switches import SiteFault, SiteStep, Switch, switch_off, switch_on
from keywright.archive import Archive
from keywright.errors import Refer, Retry
from keywright.model.document import Enclosure
from keywright.model.target_system import SignIn, Unfinished
from systems.records.permit_application import PermitApplication
from systems.town_hall.desks import PermitDesk
from tests.systems.applications import APPLICATION
from tests.systems.rights import a_minute

PLAN = b"%PDF-1.7 a deck, seen from above"


@pytest.fixture
def home(hall: TownHall) -> Iterator[Path]:
    yield hall.database.parent
    switch_off(hall.database.parent)


@pytest.fixture
def desk(page: Page, sign_in: SignIn) -> PermitDesk:
    return PermitDesk(page, sign_in)


def application(unit: str, folder: Path) -> PermitApplication:
    archive = Archive(folder)
    sha256 = archive.put(PLAN)
    return replace(APPLICATION, project_unit=unit, file=Enclosure("plan of ours.pdf", archive.path(sha256), sha256))


def files(hall: TownHall, unit: str) -> list[bytes]:
    [stored] = [row for row in permits(hall.database) if row["unit"] == unit]
    return [content for _, content in stored["files"]]


def test_an_application_is_unfinished_until_its_file_is_attached(
    desk: PermitDesk, hall: TownHall, tmp_path: Path
) -> None:
    record = application("F1", tmp_path)
    desk.enter(record, a_minute)
    with pytest.raises(Unfinished) as unfinished:
        desk.find(record)
    assert "plan of ours" in unfinished.value.missing
    desk.finish(record, a_minute)
    receipt = desk.find(record)
    assert receipt is not None
    assert receipt.number == unfinished.value.number
    assert files(hall, "F1") == [PLAN]


def test_a_rejected_upload_leaves_it_unfinished(desk: PermitDesk, hall: TownHall, home: Path, tmp_path: Path) -> None:
    record = application("F2", tmp_path)
    desk.enter(record, a_minute)
    switch_on(home, Switch(SiteFault.REJECTS_AN_UPLOAD, SiteStep.ATTACH))
    with pytest.raises(Retry, match="type not allowed"):
        desk.finish(record, a_minute)
    with pytest.raises(Unfinished):
        desk.find(record)
    assert files(hall, "F2") == []


def test_an_upload_that_was_kept_empty_is_told_with_both_files(
    desk: PermitDesk, hall: TownHall, home: Path, tmp_path: Path
) -> None:
    record = application("F3", tmp_path)
    desk.enter(record, a_minute)
    switch_on(home, Switch(SiteFault.EMPTIES_AN_UPLOAD, SiteStep.ATTACH))
    desk.finish(record, a_minute)
    assert files(hall, "F3") == [b""]
    with pytest.raises(Refer) as referred:
        desk.find(record)
    assert referred.value.finding.fields == ("file",)


def test_a_draft_is_told_and_not_taken_for_the_record(desk: PermitDesk, home: Path) -> None:
    record = replace(APPLICATION, project_unit="F4")
    switch_on(home, Switch(SiteFault.SAVES_A_DRAFT, SiteStep.POST))
    desk.enter(record, a_minute)
    with pytest.raises(Refer) as referred:
        desk.find(record)
    assert referred.value.finding.fields == ("status",)
    assert "“Draft”" in str(referred.value)
