"""The platform names no field of a particular document: what it must know of one, the document type declares."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from keywright.bot import all_bots
from keywright.settings.settings import CHECKOUT

COLUMNS_OF_OUR_OWN = {"currency", "iban"}
"""A column of the table of cases, and a heading under which a file of vendors may have a bank account."""


def modules() -> Iterator[Path]:
    """Yield the modules of the platform. A migration holds its own copy of what it computes."""
    for room in ("keywright", "tasks", "systems/web", "extractors/engines", "extractors/forms"):
        yield from (path for path in (CHECKOUT / room).rglob("*.py") if path.parent.name != "migrations")


def texts(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_no_module_of_the_platform_names_a_field_a_document_type_or_a_bot() -> None:
    bots = all_bots().values()
    names = {name for bot in bots for name in (bot.name, bot.reads.name, *bot.reads.specs())} - COLUMNS_OF_OUR_OWN

    assert len(names) > 100
    assert {str(path): sorted(names_found) for path in modules() if (names_found := names & set(texts(path)))} == {}
