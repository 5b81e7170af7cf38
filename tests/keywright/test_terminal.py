"""Nothing that documents, file names, people or the database say reaches a terminal as anything but text."""

from __future__ import annotations

import json
import os
import pty
import re
import sqlite3
import subprocess
import sys
import unicodedata
from contextlib import closing
from pathlib import Path

import pytest

from keywright.plain_text import plain
from keywright.settings.settings import CHECKOUT
from tests.home import unpacked_old_home

HOSTILE = "A\x1b]8;;http://evil.example\x1b\\B\x1b[2J\x9b31m\u202eC[bold red]D:boom:\rE\x07"
SHOWN = r"A\u001b]8;;http://evil.example\u001b\B\u001b[2J\u009b31m\u202eC[bold red]D:boom:\rE\u0007"
BILL = """<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<b:ID>17</b:ID><b:IssueDate>2026-03-04</b:IssueDate><b:InvoiceTypeCode>380</b:InvoiceTypeCode>
<b:DocumentCurrencyCode>CAD</b:DocumentCurrencyCode>
<a:AccountingSupplierParty><a:Party><a:PartyName><b:Name>Pit&#x9b;31m&#x202e;[bold red]Ltd</b:Name></a:PartyName>
</a:Party></a:AccountingSupplierParty>
<a:LegalMonetaryTotal><b:PayableAmount currencyID="CAD">113.00</b:PayableAmount></a:LegalMonetaryTotal></Invoice>"""
OWN = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
"""What a bar or a colour of ours sends: control sequences without a text (ECMA-48, 5.4)."""


def steering(text: str) -> list[str]:
    """Return what of a text could steer a terminal or turn its writing."""
    return [letter for letter in text if unicodedata.category(letter) in ("Cc", "Cf", "Cs") and letter not in "\r\n\t"]


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "KEYWRIGHT_HOME": str(home), "COLUMNS": "400", "TERM": "xterm-256color"}


def _run(home: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "cli", *arguments]
    done = subprocess.run(command, env=_environment(home), capture_output=True, timeout=100)
    return (done.stdout + done.stderr).decode()


def _run_in_terminal(home: Path, *arguments: str) -> str:
    """Run a command as a person does, in a terminal, and return all that the terminal was sent."""
    own_end, child_end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", *arguments], env=_environment(home), stdout=child_end, stderr=child_end
    )
    os.close(child_end)
    sent = b""
    try:
        while piece := os.read(own_end, 65536):
            sent += piece
    except OSError:  # the terminal is closed from the other side
        pass
    os.close(own_end)
    process.wait(60)
    return sent.decode()


@pytest.fixture
def bill(tmp_path: Path) -> Path:
    path = tmp_path / "papers" / f"{HOSTILE.replace('/', '_').replace('evil.example', 'x')}.xml"
    path.parent.mkdir()
    path.write_text(BILL, encoding="utf-8")
    return path


def test_a_hostile_name_and_a_hostile_document_are_shown_as_text(bill: Path, tmp_path: Path) -> None:
    output = _run(tmp_path / "home", "read", str(bill))

    assert r"\u009b31m\u202e[bold red]Ltd" in output
    assert r"A\u001b]8;;" in output
    assert steering(output) == []


def test_lines_of_json_are_the_same_json(bill: Path, tmp_path: Path) -> None:
    output = _run(tmp_path / "home", "read", "--json", str(bill))

    assert steering(output) == []
    payload = json.loads(output)
    assert payload["file"] == str(bill)
    assert payload["fields"]["seller_name"]["value"] == "Pit\x9b31m\u202e[bold red]Ltd"


def test_in_a_terminal_only_our_own_colours_and_bars_steer(bill: Path, tmp_path: Path) -> None:
    sent = _run_in_terminal(tmp_path / "home", "read", str(bill))

    assert OWN.search(sent), "it is a terminal, and colours are shown"
    assert "[bold red]Ltd" in sent
    assert steering(OWN.sub("", sent)) == []


@pytest.mark.parametrize("command", [["cases"], ["cases", "--json"]])
def test_what_the_database_says_steers_nothing(tmp_path: Path, command: list[str]) -> None:
    home = unpacked_old_home(tmp_path)
    with closing(sqlite3.connect(home / "keywright.sqlite3")) as database, database:
        database.execute("UPDATE records_storeddocument SET file_name = ?", [HOSTILE])

    for output in (_run(home, *command), OWN.sub("", _run_in_terminal(home, *command))):
        assert steering(output) == []
        assert r"A\u001b]8;;http://evil.example" in re.sub(r"\\\\", r"\\", output)


def test_faults_are_told_as_text_too(tmp_path: Path) -> None:
    missing = tmp_path / HOSTILE.replace("/", "_")
    imported = _run(tmp_path / "home", "vendors", "import", str(missing))

    assert steering(_run(tmp_path / "home", "read", str(missing)) + imported) == []
    assert steering(_run(tmp_path / "home", "work", HOSTILE)) == []


def test_what_is_logged_is_text_whichever_handler_prints_it(tmp_path: Path) -> None:
    program = (
        "import logging, sys\n"
        "from keywright.setup import set_up\n"
        "set_up()\n"
        "logging.basicConfig(stream=sys.stdout, format='%(message)s')\n"
        "logging.warning('taken in: %s', sys.argv[1])\n"
        "try:\n    raise ValueError(sys.argv[1])\n"
        "except ValueError:\n    logging.exception('left')\n"
    )
    command = [sys.executable, "-c", program, HOSTILE]
    done = subprocess.run(command, env=_environment(tmp_path / "home"), capture_output=True, timeout=60, check=True)

    assert rf"taken in: {SHOWN}".split("\\r", maxsplit=1)[0] in done.stdout.decode()
    assert steering(done.stdout.decode()) == []


def test_what_letters_need_stays() -> None:
    text = "Société d’aménagement — 1 921,73 $ ، हिन्दी क्\u200dष, co\u00adop\n\tfamily"

    assert plain(text) == text
    assert plain(HOSTILE) == SHOWN


def test_no_other_console_writes_to_the_terminal() -> None:
    rooms = ("keywright", "tasks", "systems", "schedules", "demo", "bench", "extractors", "bots")
    sources = {path: path.read_text(encoding="utf-8") for room in rooms for path in (CHECKOUT / room).rglob("*.py")}
    patterns = re.compile(r"rich\.console import[^\n]*\bConsole\b|rich\.text import|from rich import|import rich\b")

    assert [path.name for path, text in sources.items() if patterns.search(text)] == ["terminal.py"]
