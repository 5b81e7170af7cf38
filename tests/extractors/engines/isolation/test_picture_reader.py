"""Where Tesseract's library does not load, a confined process beside the document's reads scans with the program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from demo.documents import make
from extractors.engines.isolation import landlock
from keywright.settings.settings import CHECKOUT

READ = """
import json, sys
from pathlib import Path
from extractors.engines.ocr import tesseract_loaded
from extractors.extraction import read_as
from extractors.supplier_invoice.document_type import SupplierInvoice
read = read_as(Path(sys.argv[1]), [SupplierInvoice])
(extraction,) = read.extractions
values = {name: str(field.value) for name, field in sorted(extraction.fields.items())}
lines = [[line.description, str(line.quantity), str(line.net_amount)] for line in extraction.lines]
print(json.dumps({"library": tesseract_loaded.is_loadable(), "values": values, "lines": lines}))
"""
FENCED = """
import os, socket, subprocess, sys
from pathlib import Path
from extractors.engines.isolation import fence
told = os.dup(1)
fence.enter_with_programs([told], Path(sys.argv[1]))
def can(what):
    try:
        what()
    except OSError:
        return False
    return True
for name, what in {
    "start a program": lambda: subprocess.run(["true"], check=True),
    "write to its folder": lambda: Path(sys.argv[1], "a").write_text("a"),
    "write beside it": lambda: Path(sys.argv[1]).with_name("b").write_text("b"),
    "read the accounts": lambda: Path("/etc/passwd").read_text(),
}.items():
    if can(what):
        os.write(told, name.encode() + b"\\n")
"""


def python_without_tesserocr(folder: Path) -> Path:
    """Return a Python that has all our packages, but cannot import tesserocr."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=60)
    (packages,) = folder.glob("lib/python3*/site-packages")
    (packages / "tesserocr.py").write_text("raise ImportError('There is no wheel for this machine.')\n")
    (packages / "the_others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin" / "python"


def answer(python: str | Path, program: str, *arguments: str | Path) -> str:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(
        [python, "-c", program, *arguments], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert not done.returncode, done.stderr
    return done.stdout


@pytest.mark.long
def test_a_scan_is_read_the_same_where_the_library_does_not_load(tmp_path: Path) -> None:
    make(tmp_path / "samples")
    (scan,) = (tmp_path / "samples").rglob("maple-ridge-scan.pdf")
    by_library = json.loads(answer(sys.executable, READ, scan))
    by_program = json.loads(answer(python_without_tesserocr(tmp_path / "environment"), READ, scan))
    assert by_library.pop("library")
    assert not by_program.pop("library")
    assert len(by_program["values"]) > 10
    assert by_program == by_library


@pytest.mark.skipif(not landlock.version(), reason="This machine has no Landlock.")
def test_what_reads_pictures_starts_programs_and_reaches_nothing_of_the_office(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    assert answer(sys.executable, FENCED, folder).splitlines() == ["start a program", "write to its folder"]


def test_it_is_said_that_the_program_is_slower(tmp_path: Path) -> None:
    program = "from cli.output import warn_if_lacking; warn_if_lacking(); import sys; sys.stderr.flush()"
    python = python_without_tesserocr(tmp_path / "environment")
    done = subprocess.run(
        [python, "-c", program], env={"PATH": "/usr/bin", "PYTHONPATH": str(CHECKOUT)}, capture_output=True, timeout=60
    )
    assert b"scans are read by the program tesseract, which takes longer" in done.stderr
