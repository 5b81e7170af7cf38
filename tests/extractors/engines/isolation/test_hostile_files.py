"""Damaged files are read or refused: no crash, no hang, no blank. `./run bench hostile` tries a corpus of them."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from extractors.engines import refusals
from extractors.engines.isolation.sandbox import Limits, read
from keywright.errors import Refer
from tests.extractors.engines import papers
from tests.extractors.engines.conftest import Put


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


@pytest.mark.parametrize("content", [pytest.param(content, id=name) for name, content in _ours()])
def test_a_damaged_file_is_read_or_refused_in_words(content: bytes, put: Put) -> None:
    try:
        reading = read(put(content), Limits(seconds=60))
    except Refer as refer:
        finding = refer.finding
        assert finding.rule in refusals.RULES
        assert finding.message.endswith(".") and len(finding.message) > 40
        assert not finding.acceptable
    else:
        assert reading.text().strip() or reading.controls or reading.einvoice
