"""A reading explains itself: the candidates in words, and the evidence framed on the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from tests.doors import keywright

LINES = (
    (60, 760, "ACME Paving Ltd."), (60, 746, "12 Main Street"), (60, 732, "Whitby ON L1N 2A1"),
    (400, 760, "INVOICE"), (60, 690, "Invoice number: INV-204"), (60, 676, "Invoice date: 2026-10-01"),
    (60, 640, "Bill to:"), (60, 626, "Town of Whitby"), (60, 612, "575 Rossland Road"),
    (60, 598, "Whitby ON L1N 2M8"), (300, 500, "Subtotal 100.00"), (300, 486, "HST 13% 13.00"),
    (300, 472, "Total CAD $113.00"),
)  # fmt: skip


@pytest.fixture
def bill(tmp_path: Path) -> Path:
    path = tmp_path / "bill.pdf"
    canvas = Canvas(str(path), pagesize=(612, 792))
    for x, height, text in LINES:
        canvas.drawString(x, height, text)
    canvas.save()
    return path


def test_explaining_shows_the_candidates_and_why_one_won(bill: Path, tmp_path: Path) -> None:
    done = keywright("read", str(bill), "--explain", home=tmp_path)

    assert done.returncode == 0, done.stderr
    text = done.stdout
    assert "invoice_number: INV-204, confidence " in text
    assert "100.00 + 13.00 = 113.00" in " ".join(text.split())
    assert "evidence: strength" in text


def test_a_picture_frames_each_field_where_it_is_printed(bill: Path, tmp_path: Path) -> None:
    place = tmp_path / "evidence.png"

    done = keywright("read", str(bill), "--picture", str(place), home=tmp_path)

    assert done.returncode == 0, done.stderr
    picture = Image.open(place).convert("RGB")
    frames = [picture.getpixel((x, y)) for x in range(picture.width) for y in range(0, picture.height, 3)]
    assert frames.count((31, 95, 168)) > 100
    assert "fields are framed where they are printed" in done.stdout


def test_a_picture_of_two_files_is_refused_in_words(bill: Path, tmp_path: Path) -> None:
    done = keywright("read", str(bill), str(bill), "--picture", str(tmp_path / "x.png"), home=tmp_path)

    assert done.returncode == 1
    assert "--picture takes exactly one file, and 2 were named" in done.stderr
    assert not (tmp_path / "x.png").exists()
