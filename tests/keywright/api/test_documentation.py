"""The page about the API: its commands are run as they stand there, and it names every scope and every problem."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from keywright.api.problems import KINDS
from keywright.api_tokens import SCOPES
from keywright.records.models import LedgerEntry
from keywright.settings import CHECKOUT
from tasks.prove import hand_out
from tests.keywright.api.programs import program
from tests.keywright.console.desk import office, pdf, referred
from tests.keywright.receipt_pages.keyed import keyed

PAGE = (CHECKOUT / "docs" / "api.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)


def test_every_scope_and_every_problem_is_told() -> None:
    assert not [scope for scope in SCOPES if f"`{scope}`" not in PAGE]
    assert not [kind for kind, (status, words) in KINDS.items() if f"| `{kind}` | {status} | {words} |" not in PAGE]


@pytest.mark.django_db(transaction=True)
def test_the_commands_of_the_page_do_what_it_says(live_server: LiveServer, tmp_path: Path) -> None:
    maria, case = program(), referred()
    other = keyed("keyed.pdf")
    page = hand_out(int(other.id), "en", office(), "robot", pdf=False)
    (tmp_path / "invoice.pdf").write_bytes(pdf(2))
    seen = maria.get(f"/cases/{case.id}").json()["seen"]
    surroundings = {**os.environ, "TOKEN": maria.text, "KEYWRIGHT": live_server.url, "SEEN": seen}

    def run(command: str) -> Any:
        command = command.replace("/cases/1", f"/cases/{case.id}").replace("/cases/2", f"/cases/{other.id}")
        done = subprocess.run(
            ["sh", "-ec", command], capture_output=True, cwd=tmp_path, env=surroundings, check=True, timeout=60
        )
        return json.loads(done.stdout) if done.stdout else None

    handed_in, told, queue, decided = (run(command) for command in COMMANDS[:4])
    run(COMMANDS[4])

    assert (handed_in["state"], handed_in["file_name"]) == ("received", "invoice.pdf")
    assert (told["number"], told["state"]) == (int(case.id), "referred")
    assert [one["number"] for one in queue["cases"]] == [int(case.id)]
    assert decided["state"] == "read"
    assert (tmp_path / "receipt.html").read_bytes() == page
    assert LedgerEntry.objects.filter(event="token-used").count() == 2
