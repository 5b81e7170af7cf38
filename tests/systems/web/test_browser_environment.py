"""A robot's browser is told nothing of ours that it does not need."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from systems.web.browser.browser import browser_environment, driven_browser, fresh_page
from systems.web.browser.processes import descendants
from tests.systems.apart import in_its_own_thread

SECRET = "s3cret-of-the-town"


@in_its_own_thread
def test_no_password_and_no_key_is_in_the_environment_of_a_real_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("KEYWRIGHT_TOWN_HALL_PAYABLES_PASSWORD", "KEYWRIGHT_LEDGER_KEY", "KEYWRIGHT_DATABASE_URL", "PGPASSWORD",
             "AWS_SECRET_ACCESS_KEY", "PREFECT_API_AUTH_STRING")  # fmt: skip
    for name in names:
        monkeypatch.setenv(name, SECRET)
    monkeypatch.setenv("https_proxy", f"http://clerk:{SECRET}@proxy.town.example:3128")

    with driven_browser() as driven, fresh_page(driven.browser) as page:
        page.set_content("<p>open")
        commands = {pid: _read(pid, "cmdline") for pid in descendants(driven.pid)}
        browsers = [pid for pid, command in commands.items() if b"--headless" in command or b"--type=" in command]
        environments = [_read(pid, "environ") for pid in browsers]

    assert len(browsers) > 1, commands
    assert any(b"PATH=" in environment for environment in environments)
    assert not [environ for environ in environments if SECRET.encode() in environ or b"KEYWRIGHT" in environ]


def _read(pid: int, name: str) -> bytes:
    return Path(f"/proc/{pid}/{name}").read_bytes()


def test_what_a_browser_needs_is_told() -> None:
    environment = browser_environment(
        {"PATH": "/bin", "LC_ALL": "fr_CA.UTF-8", "http_proxy": "http://a:b@p:1", "X": "y"}
    )

    assert environment == {"PATH": "/bin", "LC_ALL": "fr_CA.UTF-8", "http_proxy": "http://p:1"}
    assert "PATH" in browser_environment(os.environ)
