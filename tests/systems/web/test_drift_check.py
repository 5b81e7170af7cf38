"""A probe walks a system's screens without posting, and says in words what is not as it was recorded."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from playwright.sync_api import Page

from demo.town_hall import TownHall, permits, running, vouchers
from demo.town_hall.switches import SiteFault, SiteStep, Switch, switch_off, switch_on
from keywright.errors import Stop
from keywright.model.target_system import SignIn
from keywright.settings.settings import CHECKOUT
from systems.town_hall.desks import AccountsPayable, PermitDesk, accounts_payable, permit_desk
from systems.web.drift.drift_check import differences, look_at, openings, probe
from systems.web.drift.round_trip import faults_of_trial
from systems.web.screen.fingerprint import ScreenShape, Shape, known
from systems.web.screen.formats import Format
from systems.web.screen.survey import Mark, Survey
from tests.systems.apart import apart
from tests.systems.applications import APPLICATION
from tests.systems.rights import a_minute
from tests.systems.town_hall.test_town_hall import bill

BOTH = ("town-hall-payables", "town-hall-permits")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TownHall]:
    """A town hall of our own, with one record at each desk."""
    with running(tmp_path_factory.mktemp("probed")) as town:
        apart(lambda: enter_one_each(clerk(town)))
        yield town


def enter_one_each(sign_in: SignIn) -> None:
    with accounts_payable(sign_in) as payables:
        payables.enter(bill("PROBED-1"), a_minute)
    with permit_desk(sign_in) as desk:
        desk.enter(APPLICATION, a_minute)


def clerk(town: TownHall) -> SignIn:
    return SignIn(town.url, "clerk", "clerk-pw")


def screen_of(*marks: Mark) -> Shape:
    return Shape("hall", {"Form": ScreenShape(marks)})


@pytest.mark.parametrize("system", BOTH)
def test_a_system_as_recorded_has_no_differences_and_nothing_is_posted(town: TownHall, system: str) -> None:
    before = vouchers(town.database), permits(town.database)
    assert apart(lambda: probe(system, clerk(town))) == []
    assert (vouchers(town.database), permits(town.database)) == before


@pytest.mark.parametrize("system", BOTH)
def test_every_screen_of_a_system_is_walked_to_a_record(town: TownHall, system: str) -> None:
    shape, faults = apart(lambda: look_at(system, clerk(town)))
    assert list(shape.screens) == list(known(system).screens)
    assert len(shape.screens) == 4
    assert faults == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (SiteFault.CHANGES_A_LABEL, r"is now the box '(Bill No\.|Dated|Payable by|Order|Remarks|Supplier|HST)'"),
        (SiteFault.RENAMES_A_BUTTON, r"the button '(Post|Update)'.* is now the button '(Book|Refresh)'"),
        (SiteFault.MOVES_A_CONTROL, r"the (box|list) ('[\w ]+').* is now the \1 \2.*(label, name|name, label)"),
    ],
)
def test_what_changed_on_a_screen_is_told_in_words(page: Page, town: TownHall, fault: SiteFault, words: str) -> None:
    switch_on(town.database.parent, Switch(fault, SiteStep.FORM, times=9, seed=4))
    try:
        form = next(AccountsPayable(page, clerk(town)).walk())
        changed_shape = Shape(BOTH[0], {form.name: ScreenShape.of(Survey.of(form.frame))})
    finally:
        assert switch_off(town.database.parent)[fault]
    changes = " ".join(
        difference
        for difference in differences(known(BOTH[0]), changed_shape)
        if difference.startswith("Add AP Transaction")
    )
    assert re.search(words, changes), changes


def test_a_control_that_is_gone_and_one_that_is_new_are_both_told() -> None:
    was = screen_of(Mark("text", "City", "city"), Mark("select", "Ward", "ward", options=("1", "2", "3")))
    changed_shape = screen_of(Mark("select", "Ward", "ward", options=("1", "3")), Mark("checkbox", "Urgent", "urgent"))
    assert list(differences(was, changed_shape)) == [
        "Form: the box 'City' (named 'city') is gone.",
        "Form: the tick box 'Urgent' (named 'urgent') is new.",
        "Form: the list 'Ward' (named 'ward') no longer offers '2'.",
    ]


def test_a_lost_column_a_lost_label_and_a_screen_not_reached_are_told() -> None:
    was = Shape(
        "hall",
        {
            "Form": ScreenShape((Mark("text", "City"),)),
            "List": ScreenShape(columns=(("No", "To"),)),
            "Record": ScreenShape(printed=("Total",)),
        },
    )
    changed_shape = Shape("hall", {"List": ScreenShape(), "Record": ScreenShape()})
    assert list(differences(was, changed_shape)) == [
        "List: the columns No, To are no longer there.",
        "Record: the label 'Total' is no longer there.",
        "Form: this screen was not reached",
    ]


def test_a_shape_is_read_as_it_was_written(tmp_path: Path) -> None:
    mark = Mark("select", 'Été "x"', "n", "H", "C", 2, "a", "b", ("1", "2"), "")
    shape = Shape("hall", {"Form": ScreenShape((mark,), (("A", "B"),), ("Total",)), "Empty": ScreenShape()})
    shape.save(tmp_path)
    assert known("hall", tmp_path) == shape


def test_a_shape_that_cannot_be_read_stops_and_says_how_to_record_it(tmp_path: Path) -> None:
    (tmp_path / "hall.json").write_text('{"Form": 1}')
    with pytest.raises(Stop, match=r"\./run probe hall --record"):
        known("hall", tmp_path)


class DayFirst(AccountsPayable):
    """The payables desk, with its dates declared wrongly."""

    format: ClassVar[Format] = Format("%d-%m-%Y")


class YearFirst(PermitDesk):
    """The permit desk, with its dates declared wrongly."""

    format: ClassVar[Format] = Format("%Y-%m-%d")


@pytest.mark.parametrize("desk", [DayFirst, YearFirst])
def test_a_format_that_was_declared_wrongly_is_found_without_posting(
    page: Page, town: TownHall, desk: type[DayFirst | YearFirst]
) -> None:
    before = len(vouchers(town.database)), len(permits(town.database))
    faults = list(faults_of_trial(desk(page, clerk(town)).trial()))
    assert any(str(dt.date(2026, 12, 31)) in fault for fault in faults)
    assert (len(vouchers(town.database)), len(permits(town.database))) == before


@pytest.mark.parametrize("desk", [AccountsPayable, PermitDesk])
def test_a_format_that_was_declared_rightly_stands_its_trial(
    page: Page, town: TownHall, desk: type[AccountsPayable | PermitDesk]
) -> None:
    assert list(faults_of_trial(desk(page, clerk(town)).trial())) == []


def test_the_command_tells_what_it_found_by_its_exit_status(town: TownHall, tmp_path: Path) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        setting = "KEYWRIGHT_TOWN_HALL_PAYABLES"
        sign_in = {f"{setting}_URL": town.url, f"{setting}_USER": "clerk", f"{setting}_PASSWORD": "clerk-pw"}
        environment = os.environ | sign_in | {"KEYWRIGHT_HOME": str(tmp_path)}
        return subprocess.run(
            [sys.executable, "-m", "cli", "probe", *words],
            cwd=CHECKOUT,
            env=environment,
            text=True,
            capture_output=True,
            timeout=120,
        )

    done = run("town-hall-payables")
    assert (done.returncode, done.stdout) == (0, "town-hall-payables: as recorded.\n"), done.stderr
    switch_on(town.database.parent, Switch(SiteFault.CHANGES_A_LABEL, SiteStep.FORM, times=9, seed=4))
    try:
        done = run("town-hall-payables")
    finally:
        switch_off(town.database.parent)
    assert done.returncode == 1
    assert "differences from what is on record" in done.stdout
    done = run("no-such-system")
    assert done.returncode == 1
    assert "KEYWRIGHT_NO_SUCH_SYSTEM_URL" in done.stderr


def test_every_system_of_the_checkout_can_be_named() -> None:
    assert set(BOTH) <= openings().keys()
