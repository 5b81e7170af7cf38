"""Lanes work side by side, each with its login, and reading goes on while keying waits."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from keywright.cases import casebook, work_queue
from keywright.cases.worker import Office
from keywright.database.models import StoredCase
from keywright.errors import Stop
from keywright.model.case import State
from keywright.model.target_system import Posting, SignIn
from keywright.settings.settings import other_sign_ins
from tasks.runs.run_bot import run_bot
from tests.keywright.papers import BOT
from tests.tasks.registry import Drawer, Registry, checked, filing_bot
from tests.tasks.rooms import rooms
from tests.tasks.samples import copy_samples

ENVIRONMENT = {"KEYWRIGHT_REGISTRY_URL": "http://127.0.0.1:1", "KEYWRIGHT_REGISTRY_USER": "robot"}


@pytest.fixture(autouse=True)
def _desk(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**ENVIRONMENT, "KEYWRIGHT_REGISTRY_PASSWORD": "pw"}.items():
        monkeypatch.setenv(name, value)


def test_each_further_login_is_a_lane_of_its_own() -> None:
    more = {"KEYWRIGHT_REGISTRY_USER_2": "robot2", "KEYWRIGHT_REGISTRY_PASSWORD_2": "b"}
    third = {"KEYWRIGHT_REGISTRY_USER_3": "robot3", "KEYWRIGHT_REGISTRY_PASSWORD_3": "c"}

    assert other_sign_ins("registry", ENVIRONMENT) == ()
    assert other_sign_ins("registry", {**ENVIRONMENT, **more, **third}) == (
        SignIn("http://127.0.0.1:1", "robot2", "b"),
        SignIn("http://127.0.0.1:1", "robot3", "c"),
    )


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"KEYWRIGHT_REGISTRY_USER_2": "robot2"}, "KEYWRIGHT_REGISTRY_PASSWORD_2 is not"),
        ({"KEYWRIGHT_REGISTRY_USER_2": "robot", "KEYWRIGHT_REGISTRY_PASSWORD_2": "pw"}, "names one twice"),
    ],
)
def test_a_lane_without_a_login_of_its_own_is_told_at_once(more: dict[str, str], sentence: str) -> None:
    with pytest.raises(Stop, match=sentence):
        other_sign_ins("registry", {**ENVIRONMENT, **more})


def test_lanes_work_side_by_side_and_each_record_is_filed_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYWRIGHT_REGISTRY_USER_2", "robot2")
    monkeypatch.setenv("KEYWRIGHT_REGISTRY_PASSWORD_2", "pw")
    for number in range(6):
        work_queue.release(checked(office, f"INV-{number}"))
    inside: set[str] = set()
    met: list[int] = []

    class Busy(Registry):
        def enter(self, record: str, posting: Posting, /) -> None:
            inside.add(record)
            give_up = time.monotonic() + 10
            while not met and time.monotonic() < give_up:  # until the other lane is at its keying too
                met.extend([1] if len(inside) > 1 else [])
                time.sleep(0.02)
            super().enter(record, posting)
            inside.discard(record)

    drawer = Drawer()
    summary = run_bot(filing_bot(drawer, Busy), office)

    assert met, "two records were being entered at the same time"
    assert summary.states == {State.KEYED: 6}
    assert drawer.filed == 6


def test_what_stops_one_lane_stops_the_run_and_is_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYWRIGHT_REGISTRY_USER_2", "robot2")
    monkeypatch.setenv("KEYWRIGHT_REGISTRY_PASSWORD_2", "pw")
    for number in range(4):
        work_queue.release(checked(office, f"INV-{number}"))

    with pytest.raises(Stop, match="wrong password"):
        run_bot(filing_bot(Drawer(fault=Stop("wrong password"))), office)

    assert not StoredCase.objects.exclude(lease_token="").exists(), "every case was let go of"


def test_reading_goes_on_while_keying_waits(office: Office, tmp_path: Path) -> None:
    copy_samples(tmp_path / "samples")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for path in sorted((tmp_path / "samples").glob("*.pdf"))[:3]:
        path.rename(inbox / path.name)
    read_meanwhile: list[int] = []

    class Waits(Registry):
        def enter(self, record: str, posting: Posting, /) -> None:
            give_up = time.monotonic() + 60
            while not read_meanwhile and time.monotonic() < give_up:
                others_reading = StoredCase.objects.filter(state=State.READ, lease_token="").values_list(
                    "pk", flat=True
                )
                read_meanwhile.extend(others_reading)
                time.sleep(0.05)
            super().enter(record, posting)

    work_queue.release(checked(office, "INV-0"))
    run_bot(filing_bot(Drawer(), Waits), office, folder=inbox)

    assert read_meanwhile
    unfinished = {case.state for case in casebook.all_cases(BOT)} & {State.RECEIVED, State.READ, State.CHECKED}
    assert not unfinished, "and what was read was keyed, or referred"


def test_two_logins_at_the_town_hall_book_every_invoice_once(tmp_path: Path) -> None:
    with rooms(tmp_path) as here:
        for name in ("brightwater-4471.pdf", "lakeshore-uniforms-771.pdf", "credit-valley-9023.xml"):
            (tmp_path / "samples" / name).rename(here.inbox / name)
        stem = "KEYWRIGHT_TOWN_HALL_PAYABLES"
        done = here.work(**{f"{stem}_USER_2": "clerk3", f"{stem}_PASSWORD_2": "clerk-pw"})

        assert done.returncode == 0, done.stderr
        cases = here.cases()
        assert [case["state"] for case in cases] == ["keyed"] * 4
        assert sorted(case["receipt_number"] for case in cases) == sorted(here.booked())
