"""Every module opens in a fresh process: on its own, or after the office was opened where it stands on the records."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grimp
import pytest

from keywright.settings.settings import CHECKOUT

ROOMS = ("bots", "tasks", "extractors", "systems", "keywright", "schedules", "demo", "bench")
PROGRAM = """
import importlib, os, sys, traceback
after_root, *names = sys.argv[1:]
if after_root == "yes":
    from keywright.setup import open_records
    open_records()
# What takes long and is not ours is imported once, before each module gets a process of its own.
import django.db.models, fastapi, lxml.etree, pdfplumber, playwright.sync_api, prefect.flows, prefect.states
import PIL.Image, pydantic, pypdf, pypdfium2, rapidfuzz, reportlab.pdfgen.canvas, rich.progress, rich.table, uvicorn
strangers = [name for name in sys.modules if name.split(".")[0] in %r]
assert after_root == "yes" or not strangers, strangers
for name in names:
    child = os.fork()
    if not child:
        try:
            importlib.import_module(name)
        except BaseException:
            print(name, traceback.format_exc(limit=-3), flush=True)
            os._exit(1)
        os._exit(0)
    os.waitpid(child, 0)
""" % (ROOMS,)  # noqa: UP031  the program has braces of its own


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*ROOMS, include_external_packages=True)


def modules(graph: grimp.ImportGraph) -> Iterator[str]:
    """Yield every module of ours; the programs (``__main__``) are started by the test of all commands."""
    yield from sorted(name for name in graph.modules if name.split(".")[0] in ROOMS and not name.endswith("__main__"))


def contract(name: str) -> dict[str, Any]:
    pyproject = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {entry["name"]: entry for entry in pyproject["tool"]["importlinter"]["contracts"]}
    return next(entry for title, entry in contracts.items() if title.startswith(name))


def faults(names: list[str], home: Path, *, after_root: bool) -> str:
    """Import each module in a process of its own, in an empty home; return what went wrong."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "KEYWRIGHT_HOME": str(home)}
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, "yes" if after_root else "no", *names]
    done = subprocess.run(command, env=environment, cwd=CHECKOUT, capture_output=True, text=True, timeout=300)
    return done.stdout + (done.stderr if done.returncode else "")


def test_what_does_not_stand_on_the_records_imports_in_a_fresh_process(
    graph: grimp.ImportGraph, tmp_path: Path
) -> None:
    free = [name for name in modules(graph) if not graph.find_shortest_chain(name, "django")]

    assert {"bots.supplier_invoices", "tasks.preview", "systems.web.drift.drift_check", "bench.reading"} <= set(free)
    assert faults(free, tmp_path, after_root=False) == ""


def test_the_entry_of_every_process_imports_in_a_fresh_process(tmp_path: Path) -> None:
    entries = contract("The office is opened at the entry")["allowed_importers"]

    assert faults(entries, tmp_path, after_root=False) == ""


def test_every_module_imports_alone_once_the_office_is_open(graph: grimp.ImportGraph, tmp_path: Path) -> None:
    standing_on_the_records = [name for name in modules(graph) if graph.find_shortest_chain(name, "django")]

    assert "keywright.cases.casebook" in standing_on_the_records
    assert faults(standing_on_the_records, tmp_path, after_root=True) == ""


def test_the_contract_that_keeps_the_database_out_has_no_exemptions() -> None:
    contract_text = contract("What needs no database imports none")

    assert set(contract_text["forbidden_modules"]) == {"django", "keywright.database"}
    assert {"extractors", "systems", "bots", "tasks.preview", "tasks.check"} <= set(contract_text["source_modules"])
    assert not contract_text.get("allow_indirect_imports", False)
    assert not contract_text.get("ignore_imports", [])


def test_no_contract_has_an_exemption() -> None:
    pyproject = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))

    assert [
        entry["name"] for entry in pyproject["tool"]["importlinter"]["contracts"] if entry.get("ignore_imports")
    ] == []


def test_bots_and_systems_of_which_no_contract_knows_the_names_are_held_apart_too(graph: grimp.ImportGraph) -> None:
    assert contract("The bots know nothing of each other")["modules"] == ["bots.*"]

    shared = {"systems.records", "systems.web"}
    systems = graph.find_children("systems") - shared
    assert systems >= {"systems.town_hall", "systems.sql_ledger", "systems.trac"}
    apart = [grimp.Layer(*systems, independent=True), grimp.Layer(*shared, independent=False)]
    assert graph.find_illegal_dependencies_for_layers(apart) == set()
