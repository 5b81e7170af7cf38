"""The demo's Trac starts and stops on this machine by one command each, as root and as anybody else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.trac import permits, running, start, stop
from demo.trac.permit_fields import FIELDS
from demo.trac.plain_clerk import TracClerk
from demo.trac.serving import CHECKOUT, found

NOBODY = 65534


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder of a user who is not root, where root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="keywright-trac-"))
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


def for_everybody(*paths: Path) -> bool:
    """Say whether any user of this machine may go where these files are."""
    return all(parent.stat().st_mode & 0o001 for path in paths for parent in path.resolve().parents)


def trac(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command of the demo's Trac; if root runs the tests, as another user, where one can read the checkout."""
    other_user = os.geteuid() == 0 and for_everybody(CHECKOUT / "run", Path(sys.executable))
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if other_user else {}
    command = [sys.executable, "-W", "ignore", "-m", "demo.trac", *map(str, arguments)]
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=120, **user)  # type: ignore[call-overload, no-any-return]


def is_up(url: str) -> bool:
    """Say whether something answers there."""
    try:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=10).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def test_a_user_who_is_not_root_starts_it_resets_it_and_stops_it(home: Path) -> None:
    where = ("--home", home, "--port", "0")
    started = trac("start", *where)
    assert started.returncode == 0, started.stderr
    office = found(home)
    assert office is not None
    assert office.url in started.stdout
    assert f"http://{office.url.split('/')[2]}" == office.url.removesuffix("/permits")
    clerk = TracClerk(office.url)
    assert clerk.create({"summary": "A shed", "type": "building permit", "site_address": "1 Elm Street"}) == 1
    clerk.attach(1, "shed.pdf", b"%PDF-1.4")

    assert trac("start", *where).stdout == started.stdout
    assert len(permits(office.project)) == 1
    began = time.monotonic()
    assert trac("reset", *where).returncode == 0
    assert time.monotonic() - began < 10
    assert permits(office.project) == []
    assert not list((office.project / "files").rglob("*.pdf"))
    assert clerk.create({"summary": "A shed", "type": "building permit", "site_address": "1 Elm Street"}) == 1

    assert trac("stop", *where).returncode == 0
    assert not is_up(office.url)
    assert trac("stop", *where).returncode == 1
    assert trac("remove", *where).returncode == 0
    assert not office.project.exists()


def test_it_has_one_ticket_type_and_a_field_for_every_value_and_lets_no_stranger_in(home: Path) -> None:
    with running(home / "other") as office:
        clerk = TracClerk(office.url)
        _, form = clerk._open(f"{office.url}/newticket")
        assert all(f'name="field_{field.name}"' in form for field in FIELDS)
        assert form.count("building permit</option>") == 1
        assert "defect</option>" not in form and "enhancement</option>" not in form
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{office.url}/newticket", timeout=30)


def test_it_ends_with_the_process_that_runs_it(home: Path) -> None:
    script = (
        "import os; from pathlib import Path; from demo.trac import running\n"
        f"with running(Path({str(home)!r})): os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=CHECKOUT, timeout=120, check=True)
    give_up = time.monotonic() + 30
    while found(home) and time.monotonic() < give_up:
        time.sleep(0.1)
    assert found(home) is None


def test_one_that_was_left_running_is_found_again(home: Path) -> None:
    office = start(home, 0)
    try:
        assert start(home, 0) == office
        assert is_up(office.url)
    finally:
        assert stop(home)
    assert not stop(home)
