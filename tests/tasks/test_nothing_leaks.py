"""What a run writes anywhere: no password, and masked values only where they are worked with; and its receipts."""

from __future__ import annotations

import base64
import io
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytesseract
import pytest
from PIL import Image

from cli.demo import DESKS
from demo.town_hall.database import permits
from demo.town_hall.server import running
from systems.web.browser.browser import fresh_page, running_browser
from tests.keywright.console.pages import parsed
from tests.systems.apart import in_its_own_thread
from tests.tasks.samples import copy_samples

PASSWORD = "clerk-pw"
PHONE, MAIL = "905-555-0128", "rosalind@plumbline.example.ca"
WORKED_WITH = {("records_storedcase", "extraction")}
"""Where the values that are keyed stand until the case is deleted; see docs/operate.md."""


@dataclass(frozen=True)
class Ran:
    """A home in which one permit application was keyed, what was printed, and what the town hall holds."""

    home: Path
    printed: str
    stored: dict[str, str]
    environment: dict[str, str]

    def keywright(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "cli", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=200)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    folder = tmp_path_factory.mktemp("masked")
    copy_samples(folder / "samples")
    (folder / "in").mkdir()
    shutil.copy(folder / "samples" / "permit-complete.pdf", folder / "in")
    with running(folder / "town_hall") as town_hall:
        environment_of_town = {
            f"KEYWRIGHT_{desk}_{name}": value
            for desk, clerk in DESKS.items()
            for name, value in (("URL", town_hall.url), ("USER", clerk), ("PASSWORD", PASSWORD))
        }
        masked = {"KEYWRIGHT_MASKED_FIELDS": "applicant_phone,applicant_email"}
        environment = {**os.environ, **environment_of_town, **masked, "KEYWRIGHT_HOME": str(folder / "home")}
        office_run = Ran(folder / "home", "", {}, environment)
        done = office_run.keywright("work", "permit-applications", "--from", str(folder / "in"))
        assert done.returncode == 0, done.stderr
        (stored,) = permits(town_hall.database)
        yield Ran(
            office_run.home, done.stdout + done.stderr, {str(k): str(v) for k, v in dict(stored).items()}, environment
        )


def _everything(home: Path) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield each text that stands in the database, with its table and column."""
    base = sqlite3.connect(f"file:{home / 'keywright.sqlite3'}?mode=ro", uri=True)
    tables = [row[0] for row in base.execute("select name from sqlite_master where type = 'table'")]
    for table in tables:
        rows = base.execute(f'select * from "{table}"')  # noqa: S608  names from the database itself
        for row in rows:
            for column, value in zip(rows.description, row, strict=True):
                yield (table, column[0]), str(value)


def _pictures(home: Path) -> list[bytes]:
    """Return the pictures that were kept, and those in the receipts."""
    pictures = [path.read_bytes() for path in (home / "pictures").rglob("*") if path.is_file()]
    pages = [parsed(path.read_bytes()) for path in (home / "receipts").rglob("*") if path.is_file()]
    inside = {address for page in pages for address in page.xpath("//img/@src")}
    return pictures + [base64.b64decode(address.partition(",")[2]) for address in inside]


def test_the_desk_got_the_values_that_nobody_else_is_shown(ran: Ran) -> None:
    assert PHONE in ran.stored.values()
    assert MAIL in ran.stored.values()


def test_no_password_stands_in_the_database_in_a_file_or_in_what_was_printed(ran: Ran) -> None:
    assert not [place for place, text in _everything(ran.home) if PASSWORD in text]
    assert not [path for path in ran.home.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]
    assert PASSWORD not in ran.printed


@pytest.mark.parametrize("value", [PHONE, MAIL])
def test_a_masked_value_stands_in_the_database_only_where_it_is_worked_with(ran: Ran, value: str) -> None:
    places = {place for place, text in _everything(ran.home) if value.casefold() in text.casefold()}

    assert places == WORKED_WITH


@pytest.mark.parametrize("value", [PHONE, MAIL])
def test_a_masked_value_stands_in_no_file_but_the_document_and_the_database(ran: Ran, value: str) -> None:
    files = [path for path in ran.home.rglob("*") if path.is_file() and value.encode() in path.read_bytes()]

    rooms = {path.relative_to(ran.home).parts[0] for path in files}
    assert rooms <= {"documents", "keywright.sqlite3", "keywright.sqlite3-wal"}
    assert value not in ran.printed


def test_no_picture_shows_a_masked_value_or_a_password_and_other_values_are_shown(ran: Ran) -> None:
    pictures = _pictures(ran.home)
    text = "\n".join(
        pytesseract.image_to_string(image.resize((image.width * 2, image.height * 2)), config="--psm 6")
        for image in (Image.open(io.BytesIO(png)).convert("L") for png in pictures)
    )

    assert len(pictures) > 20
    assert "Inkwell" in text
    digits = re.sub(r"\D", "", text)
    assert "9055550128" not in digits
    assert "5550128" not in digits
    assert "plumbline.example" not in text
    assert PASSWORD not in text


@in_its_own_thread
def test_the_receipt_opened_in_a_browser_tells_the_case_and_asks_for_nothing_from_elsewhere(
    ran: Ran, tmp_path: Path
) -> None:
    out = tmp_path / "receipt.html"
    assert ran.keywright("receipt", "1", "--out", str(out)).returncode == 0
    addresses: list[str] = []
    with running_browser() as browser, fresh_page(browser) as page:
        page.on("request", lambda request: addresses.append(request.url))
        page.goto(out.as_uri())
        text = page.locator("main").inner_text()
        broken = page.locator("img").evaluate_all("all => all.filter(one => !one.naturalWidth).length")
        row = (
            page.get_by_role("row")
            .filter(has=page.get_by_role("rowheader", name=re.compile("Applicant.*mail", re.IGNORECASE)))
            .inner_text()
        )

    assert [url for url in addresses if not url.startswith(("file:", "data:"))] == []
    assert broken == 0
    assert ran.stored["number"] in text
    assert "Rosalind Inkwell" in text
    assert MAIL not in text
    assert row.count("[masked ") >= 3, "read, typed and shown"


def test_the_receipt_and_its_pdf_verify_and_a_changed_one_does_not(ran: Ran, tmp_path: Path) -> None:
    page, pdf = tmp_path / "receipt.html", tmp_path / "receipt.pdf"
    assert ran.keywright("receipt", "1", "--language", "fr", "--out", str(page)).returncode == 0
    assert ran.keywright("receipt", "1", "--language", "fr", "--pdf", "--out", str(pdf)).returncode == 0

    right = ran.keywright("verify", str(page), str(pdf))
    assert right.returncode == 0, right.stdout
    assert right.stdout.count(": right. This is the receipt of case 1 ") == 2

    for path in (page, pdf):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    wrong = ran.keywright("verify", str(page), str(pdf))
    assert wrong.returncode == 1
    assert wrong.stdout.count("WRONG. The file was changed: ledger entry ") == 2


def test_a_run_ends_with_a_signed_checkpoint_and_the_ledger_verifies(ran: Ran) -> None:
    result = ran.keywright("ledger", "verify")

    assert result.returncode == 0, result.stdout
    assert re.search(r"[1-9]\d* signed checkpoints fit", result.stdout)


def test_a_masked_field_that_no_bot_reads_stops_all_at_start(ran: Ran) -> None:
    wrong = Ran(ran.home, "", {}, {**ran.environment, "KEYWRIGHT_MASKED_FIELDS": "aplicant_phone"})

    result = wrong.keywright("cases")

    assert result.returncode == 1
    assert "KEYWRIGHT_MASKED_FIELDS names aplicant_phone, which no bot reads" in result.stderr
