"""Hostile files, our own and the corpus's where it is there, are read or refused: no crash, no hang, no blank."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from extractors.engines import refusals
from extractors.engines.sandbox import Limits, read
from keywright.errors import Refer
from tests.extractors.engines import papers
from tests.extractors.engines.conftest import Put

_BESIDE = Path(__file__).resolve().parents[4] / "shared" / "corpus"
CORPUS = Path(os.environ.get("KEYWRIGHT_CORPUS", _BESIDE)) / "dev"


def _ours() -> Iterator[tuple[str, bytes]]:
    """Yield a form with a file inside, damaged in many places."""
    sound = papers.with_files(papers.pdf(papers.letter), factur_x__xml=papers.CII)
    sound = papers.with_fields(sound, papers.field("name", "/Tx", (100, 500, 300, 520), V="Ada"))
    chance = random.Random(20881)
    for tenth in range(1, 10):
        yield f"cut-at-{tenth}-tenths", sound[: len(sound) * tenth // 10]
    for number in range(25):
        damaged = bytearray(sound)
        for _ in range(12):
            damaged[chance.randrange(8, len(damaged))] = chance.randrange(256)
        yield f"damaged-{number}", bytes(damaged)


def _theirs() -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    manifest = CORPUS / "manifest.jsonl"
    if manifest.is_file():
        for row in map(json.loads, manifest.read_text().splitlines()):
            if row["kind"] == "hostile":
                yield row["id"], (CORPUS / row["file"]).read_bytes(), row


_ROWS = [
    *(pytest.param(content, {"expect": "", "flags": []}, id=name) for name, content in _ours()),
    *(pytest.param(content, row, id=name) for name, content, row in _theirs()),
]


@pytest.mark.parametrize(("content", "row"), _ROWS)
def test_a_hostile_file_is_read_or_refused_in_words(content: bytes, row: dict[str, Any], put: Put) -> None:
    try:
        reading = read(put(content), Limits(seconds=60))
    except Refer as refer:
        finding = refer.finding
        assert finding.rule in refusals.RULES
        assert finding.message.endswith(".") and len(finding.message) > 40
        assert not finding.acceptable
        if "missing password" in row["expect"] or "ask for the password" in row["expect"]:
            assert finding.rule == refusals.ENCRYPTED
    else:
        assert reading.text().strip() or reading.controls or reading.einvoice
        assert "zip_bomb" not in row["flags"]
        assert "missing password" not in row["expect"]
