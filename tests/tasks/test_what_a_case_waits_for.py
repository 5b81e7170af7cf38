"""What was posted and is not seen there says what it waits for, and what the system answered, wherever one looks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from demo.town_hall.database import permits
from demo.town_hall.server import TownHall, running
from demo.town_hall.switches import SiteFault, SiteStep, Switch, switch_off, switch_on
from tests.doors import keywright
from tests.tasks.samples import copy_samples


@dataclass(frozen=True)
class MisbehavingTown:
    """A town hall whose permit desk misbehaves, an inbox with one application, and a user's home."""

    folder: Path
    town: TownHall

    def misbehaves(self, fault: SiteFault, step: SiteStep) -> None:
        """Let every request of a step go wrong."""
        switch_on(self.folder / "town_hall", Switch(fault, step, times=99))

    def types(self, *words: str) -> CompletedProcess[str]:
        """Run a command as a user does."""
        return keywright(
            *words,
            home=self.folder / "home",
            KEYWRIGHT_TOWN_HALL_PERMITS_URL=self.town.url,
            KEYWRIGHT_TOWN_HALL_PERMITS_USER="clerk2",
            KEYWRIGHT_TOWN_HALL_PERMITS_PASSWORD="clerk-pw",
            KEYWRIGHT_LOOK_AGAIN_SECONDS="0.1,3600",
        )

    def works(self) -> CompletedProcess[str]:
        """Run the bot once."""
        return self.types("work", "permit-applications", "--from", str(self.folder / "in"))

    def case(self) -> dict[str, str]:
        """Return the one case as the command line lists it."""
        reasons: dict[str, str] = json.loads(self.types("cases", "--json").stdout)
        return reasons


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MisbehavingTown]:
    copy_samples(tmp_path / "samples")
    (tmp_path / "in").mkdir()
    shutil.copy(tmp_path / "samples" / "permit-complete.pdf", tmp_path / "in")
    with running(tmp_path / "town_hall") as town:
        yield MisbehavingTown(tmp_path, town)


def flat(text: str) -> str:
    """Return what is printed in a table without its frame."""
    return " ".join(text.replace("│", " ").split())


def test_a_case_that_was_posted_and_is_not_shown_is_told_as_not_done(desk: MisbehavingTown) -> None:
    desk.misbehaves(SiteFault.SHOWS_SUCCESS_SAVES_NOTHING, SiteStep.POST)

    first, again = desk.works(), desk.works()

    for done in (first, again):  # also the run that has nothing to do but wait
        assert done.returncode == 1
        assert "Not done: case 1 was posted, and no robot has seen its record yet." in flat(done.stdout)
    assert desk.case()["state"] == "keying"
    for words in (
        "was posted into town-hall-permits, which answered “New Permit",
        "and only looks. The last time: Later",
    ):
        assert words in desk.case()["reason"]
    assert permits(desk.town.database) == []


def test_a_bot_that_stops_after_the_post_leaves_word_why_and_keys_once_when_all_is_well(desk: MisbehavingTown) -> None:
    desk.misbehaves(SiteFault.LIST_IS_ANOTHER_PAGE, SiteStep.FOUND)
    stopped = desk.works()
    assert stopped.returncode == 1
    assert "nothing is entered" in stopped.stderr
    assert "The last time: Unproven: town-hall-permits lists" in desk.case()["reason"]
    assert permits(desk.town.database) == []

    switch_off(desk.folder / "town_hall")
    assert desk.works().returncode == 0
    assert (desk.case()["state"], len(permits(desk.town.database))) == ("keyed", 1)
