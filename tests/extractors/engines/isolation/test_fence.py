"""Code that takes over the child that opens a document cannot get out: each way is tried in the real fork server."""

from __future__ import annotations

import json
import platform
import signal
import socket
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from extractors.engines.isolation import fence
from extractors.engines.isolation.sandbox import Limits
from keywright.settings.settings import CHECKOUT

pytestmark = [
    pytest.mark.skipif(platform.machine() != "x86_64", reason="the ways out are made by x86-64 numbers"),
    pytest.mark.skipif(bool(fence.lacking()), reason=fence.lacking()),
]
PATIENCE = 60
#: What works for anybody outside of the fence, so that its failing inside proves something.
EASY = (
    "read the machine's accounts", "read a secret of the office", "list the root", "list the checkout",
    "read the parent's environment", "open the document for writing", "make a folder", "change a file's mode",
    "open a socket", "open a local socket", "run a program", "fork", "signal the parent",
    "signal a thread of the parent", "have the kernel signal the parent",
)  # fmt: skip


def told_by_an_escaping_child(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    """Start a fork server whose child tries to get out, hand it a document, and return what the child says."""
    secret, document = folder / "secret", folder / "document"
    secret.write_text("hunter2")
    document.write_text("%PDF")
    own_end, child_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listening, answering = socket.socketpair()
    command = [sys.executable, "-m", "tests.extractors.engines.isolation.escaping", *arguments]
    with own_end, listening, document.open("rb+" if arguments else "rb") as opened, secret.open() as inherited:
        server = subprocess.Popen(command, stdin=child_end.fileno(), pass_fds=[inherited.fileno()])
        child_end.close()
        own_end.settimeout(PATIENCE)
        listening.settimeout(PATIENCE)
        assert own_end.recv(16) == b"ready"
        request = {"do": "escape", "secret": str(secret), "limits": asdict(Limits())}
        socket.send_fds(own_end, [json.dumps(request).encode()], [opened.fileno(), answering.fileno()])
        answering.close()
        content = b"".join(iter(lambda: listening.recv(1 << 16), b""))
    assert server.wait(PATIENCE) == 0, "the server itself lives until it is told to end"
    assert secret.read_text() == "hunter2"
    return [json.loads(line) for line in content.splitlines() if line]


def test_no_way_leads_out_of_the_fence(tmp_path: Path) -> None:
    messages = told_by_an_escaping_child(tmp_path)
    ways = {message["way"]: message["ended"] for message in messages if "way" in message}
    assert len(ways) == 31
    assert [way for way, ended in ways.items() if not ended] == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["document", "secret"]


def test_a_child_inherits_its_document_and_its_answer_and_nothing_else(tmp_path: Path) -> None:
    messages = told_by_an_escaping_child(tmp_path)
    (opened,) = (message for message in messages if "open" in message)
    assert len(opened["open"]) == 5
    assert opened["open"][:3] == [0, 1, 2]
    assert opened["devices"] == [opened["null"]] * 3


def test_honest_work_goes_on_behind_the_fence(tmp_path: Path) -> None:
    messages = told_by_an_escaping_child(tmp_path)
    assert {"thread": "%PDF"} in messages
    assert messages[-1]["ended"]["signal"] == signal.SIGABRT, "abort(3) signals the process itself"


def test_the_same_ways_lead_out_where_there_is_no_fence(tmp_path: Path) -> None:
    messages = told_by_an_escaping_child(tmp_path, "open")
    ways = {message["way"]: message["ended"] for message in messages if "way" in message}
    assert {way: ways[way] for way in EASY} == dict.fromkeys(EASY, "")


WITHOUT = """
import sys
from extractors.engines.isolation import landlock, seccomp
landlock.version = lambda: 0
seccomp.are_filtered_here = lambda: False
from cli.main import main
sys.exit(main(["work", "supplier-invoices"]))
"""


def test_a_machine_without_the_fence_says_so_at_start_and_goes_on(tmp_path: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "KEYWRIGHT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(CHECKOUT)}
    command = [sys.executable, "-c", WITHOUT]
    done = subprocess.run(command, env=environment, cwd=CHECKOUT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("This machine has no Landlock and no filter of system calls (seccomp)") == 1
    assert "0 documents taken in" in done.stdout


EMPTYING = """
import os, sys
from pathlib import Path
from extractors.engines.isolation import fence, landlock, seccomp
landlock.version = lambda: 2  # Linux 5.19 to 6.1: Landlock knows no right to truncate
strange, own = Path(sys.argv[1]), Path(sys.argv[2])
landlock.read_only([*fence.readable(), own])
seccomp.keep_to_computing()
for path in (strange, own):
    for flags in (os.O_ACCMODE | os.O_TRUNC, os.O_RDONLY | os.O_TRUNC, os.O_WRONLY | os.O_TRUNC, os.O_ACCMODE):
        try:
            os.open(path, flags)
        except OSError:
            continue
        print("opened", path, flags)
with open(own) as file:
    print("read", file.read())
with open(os.devnull, "w") as nothing:
    nothing.write("x")
print("end")
"""


def test_no_file_can_be_emptied_where_landlock_knows_no_right_to_truncate(tmp_path: Path) -> None:
    files = tmp_path / "ledger", tmp_path / "readable"
    for file in files:
        file.write_text("kept")
    command = [sys.executable, "-c", EMPTYING, *map(str, files)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=120)
    assert done.stdout.split("\n") == ["read kept", "end", ""], done.stdout + done.stderr
    assert [file.read_text() for file in files] == ["kept", "kept"]
