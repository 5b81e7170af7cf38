"""The console runs for real, as a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from keywright.console.site.serve import running, serve
from keywright.errors import Stop
from keywright.settings.settings import CHECKOUT


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("KEYWRIGHT_HOME", str(tmp_path))
    return tmp_path


def fetched(address: str) -> str:
    with urllib.request.urlopen(address) as response:  # noqa: S310  our own address
        return str(response.read().decode())


def test_a_console_beside_a_demo_answers_with_its_own_looks_and_ends_with_it(home: Path) -> None:
    with running() as console:
        page = fetched(f"{console.url}sign-in/")
        looks = fetched(f"{console.url}static/console/console.css")
    assert "Keywright" in page
    assert "--accent" in looks
    assert (home / "keywright.sqlite3").exists()
    with pytest.raises(OSError, match="refused"):
        fetched(console.url)


def test_a_console_that_cannot_start_says_so_at_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYWRIGHT_TIME_ZONE", "Middle/Earth")
    with pytest.raises(Stop, match="ended with status 1"), running():
        pass


@pytest.mark.django_db
def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Stop, match=f"127.0.0.1:{port}"):
            serve(port)


@pytest.mark.parametrize(
    ("https", "forwarded", "expected"), [("yes", "https", True), ("yes", "http", False), ("no", "https", False)]
)
def test_browsers_are_told_to_come_by_https_only_where_a_proxy_with_tls_is_in_front(
    home: Path, monkeypatch: pytest.MonkeyPatch, https: str, forwarded: str, expected: bool
) -> None:
    monkeypatch.setenv("KEYWRIGHT_HTTPS", https)
    with running() as console:
        headers = {"X-Forwarded-Proto": forwarded}
        request = urllib.request.Request(f"{console.url}sign-in/", headers=headers)  # noqa: S310  our own address
        with urllib.request.urlopen(request) as response:  # noqa: S310  our own address
            header = response.headers.get("Strict-Transport-Security", "")

    assert (header == "max-age=31536000") is expected


def test_under_a_web_server_of_the_town_s_own_the_office_is_opened_and_no_log_tells_a_password(tmp_path: Path) -> None:
    program = (
        "import logging, wsgiref.util, keywright.console.site.wsgi as console\n"
        "from keywright.model.target_system import SignIn\n"
        "SignIn('http://town.example', 'clerk', 's3cret-of-the-desk')\n"
        "logging.error('typed %r', 's3cret-of-the-desk')\n"
        "environment = {'PATH_INFO': '/sign-in/', 'HTTP_HOST': 'localhost'}\n"
        "wsgiref.util.setup_testing_defaults(environment)\n"
        "print(*console.application(environment, lambda status, headers: print(status)))\n"
    )
    environment = {"PATH": os.environ["PATH"], "KEYWRIGHT_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=100)

    assert done.stdout.startswith("200 OK\n") and "Keywright" in done.stdout, done.stderr
    assert "typed '[masked]'" in done.stderr
    assert "s3cret" not in done.stdout + done.stderr
    assert (tmp_path / "home" / "keywright.sqlite3").exists()
