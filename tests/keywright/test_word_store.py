"""Keeping what was seen on a document, so that a page has it at once."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from extractors.supplier_invoice.document_type import SupplierInvoice
from keywright.model.alternatives import Paper
from keywright.model.fields import Extraction, Field
from keywright.model.reading import Box, Page, Reading, Word
from keywright.word_store import keep, kept

PAPER = Paper("ab" * 32, SupplierInvoice)
WORDS = (Word("Total", Box(1, 10, 20, 40, 30), 0.5, "Tota1"), Word("7.00", Box(1, 50, 20, 70, 30)))
READING = Reading((Page(1, 595.0, 842.0, "tesseract 5", (WORDS,), (), 90.0),))


def test_what_is_kept_is_what_was_seen(tmp_path: Path) -> None:
    assert kept(tmp_path, PAPER, None) is None
    keep(tmp_path, PAPER, READING)
    look = kept(tmp_path, PAPER, None)
    assert look is not None
    assert look.page(1) == READING.pages[0]
    assert look.page(2) is None


def test_the_choices_are_those_beside_what_the_case_says_now(tmp_path: Path) -> None:
    keep(tmp_path, PAPER, READING)
    total = Field("grand_total", Decimal("7.00"), "7.00", 0.9, "tesseract 5", WORDS[1].box)
    unread, settled = kept(tmp_path, PAPER, None), kept(tmp_path, PAPER, Extraction("invoice", {"grand_total": total}))
    assert unread is not None
    assert settled is not None
    assert [choice.value for choice in unread.choices.get("grand_total", ())] == ["7.00"]
    assert "7.00" not in [choice.value for choice in settled.choices.get("grand_total", ())]


def test_parts_of_one_document_are_kept_apart(tmp_path: Path) -> None:
    keep(tmp_path, Paper(PAPER.document, PAPER.kind, (1, 2)), READING)
    assert kept(tmp_path, PAPER, None) is None
    assert kept(tmp_path, Paper(PAPER.document, PAPER.kind, (1, 2)), None) is not None


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x1f\x8b\x08\x00"])
def test_what_is_kept_and_cannot_be_read_is_as_if_it_were_not_there(tmp_path: Path, content: bytes) -> None:
    keep(tmp_path, PAPER, READING)
    (stored,) = (path for path in tmp_path.rglob("*") if path.is_file())
    stored.write_bytes(content)
    assert kept(tmp_path, PAPER, None) is None


def test_a_folder_that_takes_nothing_costs_no_case_anything(tmp_path: Path) -> None:
    (tmp_path / "words").write_text("a file, no folder")
    keep(tmp_path / "words", PAPER, READING)
    assert kept(tmp_path / "words", PAPER, None) is None
