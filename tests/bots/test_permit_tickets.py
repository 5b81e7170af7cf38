"""Applications on paper become permits in a real Trac, with the paper attached, and a second time nothing is added."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bots.permit_applications import application as town_hall_record
from bots.permit_tickets import bot, permit
from demo.permits import GARAGE, application
from demo.trac import PermitOffice, permits, running
from extractors.ontario_permit import OntarioPermitApplication
from keywright.cases import State
from keywright.documents import fingerprint
from keywright.office import Office
from tasks.extract import extract
from tasks.read import read
from tasks.run_bot import run_bot


@pytest.fixture(scope="module")
def trac(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PermitOffice]:
    with running(tmp_path_factory.mktemp("trac")) as office:
        yield office


@pytest.fixture
def desk(trac: PermitOffice, monkeypatch: pytest.MonkeyPatch) -> PermitOffice:
    """Trac, and the robot told where it is, as IT tells it."""
    for part, told in (("URL", trac.url), ("USER", "clerk"), ("PASSWORD", "clerk-pw")):
        monkeypatch.setenv(f"KEYWRIGHT_TRAC_PERMITS_{part}", told)
    return trac


def test_every_value_that_the_town_hall_s_desk_asks_for_goes_into_trac_s_fields_too(tmp_path: Path) -> None:
    paper = tmp_path / "application.pdf"
    paper.write_bytes(application(GARAGE))
    form = extract(read(paper, ticks=True), OntarioPermitApplication)
    at_the_town_hall, in_trac = town_hall_record(form), permit(form)
    names = [name for name in at_the_town_hall.__slots__ if name != "roll_number"]
    assert {name: getattr(in_trac, name) for name in names} == {name: getattr(at_the_town_hall, name) for name in names}
    assert in_trac.work_description == GARAGE["work_description"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_paper_is_keyed_with_itself_attached_and_a_robot_that_forgot_everything_adds_nothing(
    desk: PermitOffice, office: Office, tmp_path: Path
) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "garage.pdf").write_bytes(application(GARAGE))

    assert run_bot(bot, office, folder=folder).states == {State.KEYED: 1}
    [held] = permits(desk.project)
    assert held["site_address"] == GARAGE["project_address"]
    assert held["est_value"] == "96500"
    assert [file.sha256 for file in held["files"]] == [fingerprint(application(GARAGE))]
    assert [file.name.startswith("garage-") for file in held["files"]] == [True]

    assert run_bot(bot, office, folder=folder).states == {}
    assert permits(desk.project) == [held]
