"""The documentation tells what is there: commands, settings and ledger events, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli.parser import parser
from keywright.ledger import ledger
from keywright.settings.settings import CHECKOUT

PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]


def _all_text() -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def test_every_command_is_in_the_readme() -> None:
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^    (\w+)(?: |$)", parser().format_help(), re.MULTILINE)

    assert {"demo", "read", "work", "ledger"} <= set(commands)
    assert not [command for command in commands if f"./run {command}" not in text]


def test_every_setting_is_in_the_page_for_it() -> None:
    text = (CHECKOUT / "docs" / "operate.md").read_text(encoding="utf-8")
    rooms = ("keywright", "systems", "tasks", "schedules", "extractors")
    sources = [path.read_text(encoding="utf-8") for room in rooms for path in (CHECKOUT / room).rglob("*.py")]
    settings = set(re.findall(r"\bKEYWRIGHT_[A-Z_]*[A-Z]\b", "\n".join(sources)))

    assert "KEYWRIGHT_HOME" in settings
    assert not sorted(name for name in settings if f"`{name}`" not in text)


def test_every_ledger_event_is_in_the_page_for_it() -> None:
    text = (CHECKOUT / "docs" / "operate.md").read_text(encoding="utf-8")

    assert not [event for event in ledger.EVENTS if f"`{event}`" not in text]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))

    assert not [link for link in links if not (page.parent / link).exists()]


def test_every_module_that_a_page_names_is_there() -> None:
    rooms = "bots|tasks|extractors|systems|keywright|schedules|cli|demo|bench|tests"
    names = set(re.findall(rf"`((?:{rooms})/[\w/]+\.(?:py|toml))`", _all_text()))
    written_by_a_newcomer = {"systems/permit_window.py", "tests/systems/test_permit_window.py"}

    assert "tasks/pipeline.py" in names
    assert not sorted(name for name in names - written_by_a_newcomer if not (CHECKOUT / name).exists())


def test_no_page_speaks_of_a_command_that_is_not_there() -> None:
    commands = set(re.findall(r"^    (\w+)(?: |$)", parser().format_help(), re.MULTILINE))
    commands_named = set(re.findall(r"\./run ([a-z]\w*)", _all_text()))

    assert commands_named - commands <= {"test", "setup", "python", "lock"}
