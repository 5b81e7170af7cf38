"""A newcomer gets from nothing to a working module of the permit desk by the page about it, and by nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo.town_hall import TownHall, permits, running
from keywright.errors import Stop
from keywright.model.target_system import SignIn
from keywright.settings.settings import CHECKOUT
from systems.town_hall.desks import accounts_payable, permit_desk
from systems.web.scaffold.generator import write_skeleton
from tests.systems.apart import apart
from tests.systems.applications import APPLICATION
from tests.systems.rights import a_minute
from tests.systems.town_hall.test_town_hall import bill

KEYED_TWICE = """
import datetime as dt
from decimal import Decimal
from keywright.settings.settings import sign_in
from systems.permit_window import Record, permit_window

names = [name for name, kind in Record.__annotations__.items() if kind == "str"]
own = {name: f"{name} of its own" for name in names}
own |= {"purpose": "Demolition", "applicant_is": "Authorized agent of owner"}
own |= {"project_value_est": Decimal("48500.00"), "tarion_new_home": True, "declaration_date": dt.date(2026, 3, 4)}
record = Record(**own)
with permit_window(sign_in("permit-window")) as system:
    assert system.find(record) is None
    system.enter(record, lambda: 60.0)
    receipt = system.find(record)
    assert len(receipt.values) == len(Record.__annotations__), receipt
print(receipt.number)
"""


@dataclass(frozen=True, slots=True)
class SkeletonCheckout:
    """A copy of the checkout, a town hall, and what a newcomer types."""

    checkout: Path
    town: TownHall

    def types(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the copy, with the settings of the new system."""
        setting = "KEYWRIGHT_PERMIT_WINDOW"
        sign_in = {f"{setting}_URL": self.town.url, f"{setting}_USER": "clerk", f"{setting}_PASSWORD": "clerk-pw"}
        environment = os.environ | sign_in | {"KEYWRIGHT_HOME": str(self.checkout / "var")}
        return subprocess.run(
            [sys.executable, *words], cwd=self.checkout, env=environment, text=True, capture_output=True, timeout=300
        )

    @property
    def files(self) -> list[str]:
        """Return what was written for the newcomer."""
        return ["systems/permit_window.py", "tests/systems/test_permit_window.py"]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TownHall]:
    with running(tmp_path_factory.mktemp("town")) as town:
        apart(lambda: enter_one_each(SignIn(town.url, "clerk2", "clerk-pw")))
        yield town


def enter_one_each(sign_in: SignIn) -> None:
    with permit_desk(sign_in) as desk:
        desk.enter(APPLICATION, a_minute)
    with accounts_payable(sign_in) as payables:
        payables.enter(bill("SKELETON-1"), a_minute)


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory, town: TownHall) -> SkeletonCheckout:
    """The skeleton of the permit desk, drawn by the command in a copy of the checkout."""
    copy = tmp_path_factory.mktemp("checkout")
    for room in ("cli", "keywright", "systems", "tests", "demo", "extractors", "bots", "tasks"):
        shutil.copytree(CHECKOUT / room, copy / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", copy)
    newcomer = SkeletonCheckout(copy, town)
    before = permits(town.database)
    addresses = ["--url", town.url, "--form", "/bp/permit", "--find", "/bp/find"]
    done = newcomer.types("-m", "cli", "new", "system", "permit-window", *addresses, "--user", "clerk")
    assert done.returncode == 0, done.stderr
    assert [line.removeprefix(f"wrote {copy}/") for line in done.stdout.splitlines()[:3]] == [
        *newcomer.files,
        "systems/shapes/permit-window.json",
    ]
    assert permits(town.database) == before
    return newcomer


def changes_of_the_page() -> list[tuple[str, str]]:
    """Return what the page says is to be changed: the old line, and the new ones."""
    page = (CHECKOUT / "docs" / "add-a-target-system.md").read_text(encoding="utf-8")
    [diff] = re.findall(r"```diff\n(.*?)```", page, re.DOTALL)
    replaced = re.findall(r"^-(.*\n)((?:^\+.*\n)+)", diff, re.MULTILINE)
    return [(old, re.sub(r"^\+", "", new, flags=re.MULTILINE)) for old, new in replaced]


def test_a_skeleton_is_as_clean_as_written_code_and_its_first_test_passes(newcomer: SkeletonCheckout) -> None:
    for tool in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"], ["pytest", "-q"]):
        files = newcomer.files[1:] if tool[0] == "pytest" else newcomer.files
        done = newcomer.types("-m", *tool, *files)
        assert done.returncode == 0, (tool, done.stdout, done.stderr)


def test_what_the_page_says_makes_the_skeleton_a_working_module(newcomer: SkeletonCheckout, town: TownHall) -> None:
    module = newcomer.checkout / newcomer.files[0]
    text = module.read_text(encoding="utf-8")
    for old, new in changes_of_the_page():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    module.write_text(text, encoding="utf-8")
    before = len(permits(town.database))

    done = newcomer.types("-m", "cli", "probe", "permit-window")
    assert (done.returncode, done.stdout) == (0, "permit-window: as recorded.\n"), (done.stdout, done.stderr)
    assert len(permits(town.database)) == before
    done = newcomer.types("-c", KEYED_TWICE)
    assert done.returncode == 0, done.stderr
    assert [ticket["number"] for ticket in permits(town.database)][before:] == [done.stdout.strip()]
    done = newcomer.types("-m", "mypy", newcomer.files[0])
    assert done.returncode == 0, done.stdout


def test_a_pair_of_labels_that_was_matched_wrongly_is_told_with_both_values(
    newcomer: SkeletonCheckout, town: TownHall
) -> None:
    module = newcomer.checkout / newcomer.files[0]
    text = module.read_text(encoding="utf-8")
    right = 'Expected("owner_name", record.owner_name, "Owner")'
    assert right in text
    module.write_text(text.replace(right, right.replace('"Owner"', '"Builder"')), encoding="utf-8")
    try:
        done = newcomer.types("-c", KEYED_TWICE.replace("of its own", "of another"))
    finally:
        module.write_text(text, encoding="utf-8")
    assert "owner name is “builder_name of another” there and should be “owner_name of another”" in done.stderr


def test_a_skeleton_is_never_written_over(newcomer: SkeletonCheckout, town: TownHall) -> None:
    sign_in = SignIn(town.url, "clerk", "clerk-pw")
    with pytest.raises(Stop, match=r"exist already: .*permit_window\.py"):
        apart(lambda: write_skeleton("permit-window", sign_in, checkout=newcomer.checkout))


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    for folder in ("systems/shapes", "tests/systems"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def test_the_lines_of_a_form_become_lines_of_the_record(town: TownHall, empty: Path) -> None:
    sign_in = SignIn(town.url, "clerk", "clerk-pw")
    module, *_ = apart(lambda: write_skeleton("bills-window", sign_in, "/ap/voucher", "/ap/find", empty))
    text = module.read_text(encoding="utf-8")
    assert "class Line:" in text
    assert 'screen.amount(Cell("Amount", row), line.amount)' in text
    assert 'screen.amount("Tax", record.tax)' in text
    assert 'self._session.post(screen, "Post", posting)' in text
    assert 'Format("%m-%d-%Y")' in text


def wrong_password(town: TownHall) -> tuple[SignIn, str]:
    return SignIn(town.url, "clerk", "guess"), "/bp/permit"


def no_form(town: TownHall) -> tuple[SignIn, str]:
    return SignIn(town.url, "clerk", "clerk-pw"), "/welcome"


@pytest.mark.parametrize(
    ("failing_at", "words"), [(wrong_password, "refuses the sign-in of 'clerk'"), (no_form, "has nothing to fill in")]
)
def test_what_cannot_be_drawn_is_told_and_nothing_is_written(
    town: TownHall, empty: Path, failing_at: Callable[[TownHall], tuple[SignIn, str]], words: str
) -> None:
    sign_in, form = failing_at(town)
    with pytest.raises(Stop, match=words):
        apart(lambda: write_skeleton("some-desk", sign_in, form, checkout=empty))
    assert [path for path in empty.rglob("*") if path.is_file()] == []
