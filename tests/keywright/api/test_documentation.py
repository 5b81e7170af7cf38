"""The page about the API: its commands are run as they stand there, and it names every scope and every problem."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any, get_args

import pytest
from pytest_django.live_server_helper import LiveServer

from keywright.api import schemas
from keywright.api.problems import KINDS
from keywright.api.request_schemas import Word
from keywright.bot import all_bots
from keywright.cases import casebook
from keywright.database.layouts import LayoutVersion, StoredLayout
from keywright.database.models import LedgerEntry
from keywright.people.api_tokens import SCOPES
from keywright.profiles.profile import Profile, profile_to_json
from keywright.review.close import Reason
from keywright.settings.settings import CHECKOUT
from tasks.write_receipt import hand_out
from tests.keywright.api.programs import program
from tests.keywright.console.desk import PRINTED, extraction, office, pdf, referred
from tests.keywright.console.review.test_exception_views import doubted
from tests.keywright.receipts.keyed import keyed

PAGE = (CHECKOUT / "docs" / "api.md").read_text(encoding="utf-8")
ANOTHER_DAY = dt.date(2026, 9, 3)  # so long before that it is no duplicate by its total
COMMANDS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)


def test_every_scope_and_every_problem_is_told() -> None:
    assert not [scope for scope in SCOPES if f"`{scope}`" not in PAGE]
    assert not [kind for kind, (status, words) in KINDS.items() if f"| `{kind}` | {status} | {words} |" not in PAGE]


def test_every_decision_code_and_filter_is_told() -> None:
    words = [
        word for kind_of_word in get_args(Word) for word in get_args(kind_of_word.model_fields["decision"].annotation)
    ]
    assert len(words) == 7
    assert not [word for word in (*words, *Reason, *schemas.QueueQuery.model_fields) if f"`{word}`" not in PAGE]


@pytest.mark.django_db(transaction=True)
def test_the_commands_of_the_page_do_what_it_says(live_server: LiveServer, tmp_path: Path) -> None:
    maria, layout = program("maria", "clerk", "supervisor"), with_two_versions()
    another = extraction(
        [printed if printed[0] != "issue_date" else (printed[0], ANOTHER_DAY, *printed[2:]) for printed in PRINTED]
    )
    cases = [
        referred("1.pdf"),
        keyed("keyed.pdf"),
        referred("3.pdf", read_before=another),
        referred("4.pdf"),
        doubted(),
    ]
    page = hand_out(int(cases[1].id), "en", office(), "robot", pdf=False)
    (tmp_path / "invoice.pdf").write_bytes(pdf(2))
    version = [maria.get(f"/cases/{case.id}").json()["seen"] for case in cases]
    surroundings = {**os.environ, "TOKEN": maria.text, "KEYWRIGHT": live_server.url, "SEEN": version[0]}
    surroundings |= {f"SEEN_{number}": printed for number, printed in enumerate(version, 1)}

    def numbered(match: re.Match[str]) -> str:
        """Name the case that the page counts from 1."""
        return f"{match[1]}{cases[int(match[2]) - 1].id}"

    def run(command: str) -> Any:
        command = re.sub(r"(/cases/|\"duplicate_of\": )(\d)", numbered, command)
        command = command.replace("/layouts/1", f"/layouts/{layout.pk}")
        done = subprocess.run(
            ["sh", "-ec", command], capture_output=True, cwd=tmp_path, env=surroundings, check=True, timeout=60
        )
        return json.loads(done.stdout) if done.stdout else None

    answers = [run(command) for command in COMMANDS]
    handed_in, details, queue, narrowed, *decided, _html, _pdf = answers[:-3]
    listed, described, rolled_back = answers[-3:]

    assert (handed_in["state"], handed_in["file_name"]) == ("received", "invoice.pdf")
    assert (details["number"], details["state"]) == (int(cases[0].id), "referred")
    assert [printed["number"] for printed in queue["cases"]] == [int(cases[0].id), int(cases[2].id)]
    assert (queue["total"], narrowed["total"]) == (3, 4)
    assert [printed.get("state", printed) for printed in decided] == ["read", "read", "refused", "keying"]
    assert casebook.get(cases[2].id).extraction.lines[1].description == "Haulage, two trips"  # type: ignore[union-attr]
    assert LedgerEntry.objects.get(event="case-refused").body["duplicate_of"] == int(cases[1].id)
    assert (tmp_path / "receipt.html").read_bytes() == page
    assert (tmp_path / "receipt.pdf").read_bytes().startswith(b"%PDF-")
    assert [row["number"] for row in listed["layouts"]] == [described["number"]] == [layout.pk]
    assert (described["version"], rolled_back["version"]) == (2, 1)
    assert LedgerEntry.objects.filter(event="token-used").count() == 6


def with_two_versions() -> StoredLayout:
    """Return a trusted layout whose profile has two versions."""
    layout = StoredLayout.objects.create(
        document_type=all_bots()["supplier-invoices"].reads.name,
        sender="Brightwater",
        sender_key="brightwater",
        state="trusted",
        version=2,
    )
    for number, state in ((1, "replaced"), (2, "used")):
        profile = profile_to_json(Profile(documents=number))
        LayoutVersion.objects.create(layout=layout, number=number, state=state, profile=profile, made_by="maria")
    return layout
