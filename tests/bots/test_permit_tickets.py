"""Applications on paper become permits in a real Trac, with the paper attached, and a second time nothing is added."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.permits import GARAGE, application
from demo.trac import PermitOffice, permits, running
from demo.trac.serving import CHECKOUT
from keywright.model.document import fingerprint

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def trac(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PermitOffice]:
    with running(tmp_path_factory.mktemp("trac")) as office:
        yield office


def work(trac: PermitOffice, home: Path, folder: Path) -> list[str]:
    """Run the bot in a process of its own, told where Trac is as IT tells it; return the states of all its cases."""
    signs_in = {"URL": trac.url, "USER": "clerk", "PASSWORD": "clerk-pw"}
    environment = {f"KEYWRIGHT_TRAC_PERMITS_{part}": value for part, value in signs_in.items()}

    def keywright(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "cli", *command],
            cwd=CHECKOUT,
            env={**os.environ, **environment, "KEYWRIGHT_HOME": str(home)},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    keywright("work", "permit-tickets", "--from", str(folder))
    return [json.loads(line)["state"] for line in keywright("cases", "--json").splitlines()]


def test_a_paper_is_keyed_with_itself_attached_and_a_robot_that_forgot_everything_adds_nothing(
    trac: PermitOffice, tmp_path: Path
) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "garage.pdf").write_bytes(application(GARAGE))

    assert work(trac, tmp_path / "office", folder) == ["keyed"]
    [ticket] = permits(trac.project)
    assert ticket["site_address"] == GARAGE["project_address"]
    assert ticket["est_value"] == "96500"
    assert [file.sha256 for file in ticket["files"]] == [fingerprint(application(GARAGE))]
    assert [file.name.startswith("garage-") for file in ticket["files"]] == [True]

    assert work(trac, tmp_path / "office", folder) == ["keyed"]
    assert work(trac, tmp_path / "another office", folder) == ["referred"]
    assert permits(trac.project) == [ticket]
