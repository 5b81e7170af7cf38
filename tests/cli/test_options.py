"""Options that make no sense are refused, and output for programs stays readable for programs."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from cli.main import MODULES
from keywright.settings.settings import CHECKOUT
from tests.doors import keywright

BILL = (
    (60, 760, "ACME Paving Ltd."),
    (400, 760, "INVOICE"),
    (60, 690, "Invoice number: INV-204"),
    (60, 676, "Invoice date: 2026-10-01"),
    (300, 500, "Subtotal 100.00"),
    (300, 486, "HST 13% 13.00"),
    (300, 472, "Total CAD $113.00"),
)


@pytest.fixture
def bill(tmp_path: Path) -> Path:
    path = tmp_path / "bill.pdf"
    canvas = Canvas(str(path), pagesize=(612, 792))
    for x, y, text in BILL:
        canvas.drawString(x, y, text)
    canvas.save()
    return path


def test_reading_as_json_with_explanation_and_picture_prints_nothing_but_json(bill: Path, tmp_path: Path) -> None:
    picture = tmp_path / "evidence.png"

    done = keywright("read", str(bill), "--json", "--explain", "--picture", str(picture), home=tmp_path)

    assert done.returncode == 0, done.stderr
    (reading,) = [json.loads(line) for line in done.stdout.splitlines()]
    number = reading["explanation"]["invoice_number"]
    assert number["evidence"]
    assert [option["value"] for option in number["candidates"] if option["chosen"]] == ["INV-204"]
    assert "fields are framed" in done.stderr
    assert picture.exists()


def test_reading_as_json_without_explanation_holds_none(bill: Path, tmp_path: Path) -> None:
    done = keywright("read", str(bill), "--json", home=tmp_path)

    assert "explanation" not in json.loads(done.stdout)


@pytest.mark.parametrize(
    "arguments",
    [
        ("work", "supplier-invoices", "--limit", "-3"),
        ("token", "new", "scanner", "--person", "maria", "--scope", "cases:read", "--days", "-1"),
        ("receipt", "-1"),
        ("receipt", "0"),
        ("console", "--port", "-1"),
        ("console", "--port", "70000"),
    ],
)
def test_a_number_that_is_not_positive_is_refused(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = keywright(*arguments, home=tmp_path / "home")

    assert done.returncode == 2
    assert f"usage: keywright {arguments[0]}" in done.stderr
    assert "Traceback" not in done.stderr
    assert list((tmp_path / "home").iterdir()) == [], "no database is made for a command that is not understood"


def test_a_token_that_decides_is_refused_for_a_person_who_may_not_decide(tmp_path: Path) -> None:
    for name, group in (("lena", "auditor"), ("maria", "clerk")):
        added = keywright("person", name, "--group", group, home=tmp_path, stdin_text="a-long-password-of-32\n")
        assert added.returncode == 0, added.stderr

    tokens = {
        name: keywright("token", "new", "program", "--person", name, "--scope", "cases:decide", home=tmp_path)
        for name in ("lena", "maria")
    }

    assert tokens["lena"].returncode == 1
    assert "lena may not decide cases" in tokens["lena"].stderr
    assert tokens["maria"].returncode == 0, tokens["maria"].stderr
    assert "lena" not in keywright("token", "list", home=tmp_path).stdout


def test_the_console_prints_where_it_is(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {"PATH": "/usr/bin:/bin", "KEYWRIGHT_HOME": str(tmp_path), "PYTHONPATH": str(CHECKOUT)}
    command = [sys.executable, "-m", "cli", "console", "--port", str(port)]
    with subprocess.Popen(command, env=environment, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as console:
        assert console.stdout is not None
        try:
            assert console.stdout.readline() == f"The console is at http://127.0.0.1:{port} . Ctrl-C ends it.\n"
        finally:
            console.terminate()


def test_help_of_every_command_answers_without_django_or_prefect(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom cli.main import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'django', 'prefect', 'pypdf', 'PIL', 'playwright'} & set(sys.modules)\nassert not heavy, heavy"
    )
    environment = {"PATH": "/usr/bin:/bin", "KEYWRIGHT_HOME": str(tmp_path), "PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=CHECKOUT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert set(re.findall(r"^    ([a-z]+)(?: |$)", done.stdout, re.MULTILINE)) == set(MODULES)
