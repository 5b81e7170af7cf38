"""Every command that is documented is started as a user starts it: a fresh process, checkout and home, nothing set."""

from __future__ import annotations

import csv
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest

from demo import documents, town_hall
from demo.town_hall.switches import SiteFault, Switch, switch_on
from demo.town_hall.switches import SiteStep as At
from keywright.settings.settings import CHECKOUT
from tests import small_corpus
from tests.cli.commands import Call, FreshCheckout, documented, shape_of

pytestmark = pytest.mark.long

PICTURE = CHECKOUT / "docs" / "pictures" / "calibration.png"
IN_DEMO = "KEYWRIGHT_HOME=var/demo ./run"
KEPT = "--checkpoints {kept}/checkpoints.jsonl --public-key {kept}/ledger_public.pem"
DEMO = [
    Call("./run setup", r"run: all is set up"),
    Call("./run demo --exit", r"20 documents taken in, 20 cases worked: \d+ keyed, \d+ referred\."),
    Call("./run cases", r"KEYWRIGHT_HOME=\S*var/demo ./run cases"),
    Call(f"{IN_DEMO} cases", r"│ (?P<case>\d+) +│ permit-complete.pdf +│ keyed +│ keyed as BP-2026-\d{4}"),
    Call(f"{IN_DEMO} cases --json", r'"bot": "supplier-invoices"'),
    Call("./run read var/demo/inbox", r"permit-complete.pdf: permit-application[\s\S]*grand_total +│ +9881.85"),
    Call("./run read var/demo/inbox/supplier-invoices/brightwater-4471.pdf --json", r'"kind": "invoice", "verdict": "'),
    Call(
        "./run read var/demo/inbox/supplier-invoices/brightwater-4471.pdf --json --explain",
        r'^\{.*"explanation": .*\}\n$',
    ),
    Call(
        "./run read var/demo/inbox/supplier-invoices/brightwater-4471.pdf --explain --picture OUT.png",
        r"OUT\.png: \d\d fields are framed where they are printed\.",
    ),
    Call(f"{IN_DEMO} ledger verify", r"The ledger verifies: \d+ entries, each chained to the one before; \d+ signed"),
    Call(f"{IN_DEMO} ledger sign", r"Signed: \d+ entries\.|Nothing was written since the last checkpoint\."),
    Call("cp var/demo/checkpoints.jsonl var/demo/ledger_public.pem {kept}", ""),
    Call(f"{IN_DEMO} ledger verify {KEPT}", r"\d+ signed checkpoints fit\."),
    Call(f"{IN_DEMO} ledger sign --after-loss", r"No checkpoint is missing, and all verify\.", status=1),
    Call(f"{IN_DEMO} receipt {{case}} --out receipt.html", r"receipt\.html: the receipt of case \d+, \d{4,} bytes\."),
    Call(f"{IN_DEMO} receipt {{case}} --language fr --pdf --out receipt.pdf", r"receipt\.pdf: the receipt of case \d+"),
    Call(f"{IN_DEMO} verify receipt.html receipt.pdf", r"receipt\.html: right\.[\s\S]*receipt\.pdf: right\."),
    Call(f"{IN_DEMO} verify README.md", r"README\.md: WRONG\.", status=1),
    Call(f"{IN_DEMO} layouts list", r"│ (?P<layout>\d+) +│ Brightwater Pumps Ltd\. +│ V1001 +│ trusted +│ 2 +│ 2 "),
    Call(f"{IN_DEMO} layouts list --json", r'"sender": "Credit Valley Environmental", [^\n]*"unknown"'),
    Call(f"{IN_DEMO} layouts show {{layout}}", r"Purchase order +│ 2 of 2 +│ +│ right of “[^”]*number”"),
    Call(f"{IN_DEMO} layouts export {{layout}} --out layout.json", r"layout\.json: layout \d+, \d{4,} bytes\."),
    Call(f"{IN_DEMO} layouts roll-back {{layout}}", r"Layout \d+ uses version 1 again\."),
    Call(f"{IN_DEMO} layouts take {{layout}} 2", r"uses version 2\. It is learning; 0 waiting cases go on\."),
    Call(f"{IN_DEMO} layouts import layout.json", r"layout\.json: layout \d+, learning\."),
    Call(f"{IN_DEMO} proposals", r"No proposals are waiting\."),
    Call(f"{IN_DEMO} serve", r"is the home of the demo", status=1),
]
TOWN = [
    Call("./run bots", r"supplier-invoices +│"),
    Call("./run vendors import demo/vendors.csv", r"vendors\.csv: \d+ vendors: \d+ new, 0 changed, 0 unchanged\."),
    Call("./run vendors import vendors.xlsx", r"vendors\.xlsx: \d+ vendors: 0 new, 0 changed, \d+ unchanged\."),
    Call("./run orders import orders.csv", r"orders\.csv: \d+ orders: \d+ new, 0 changed, 0 unchanged\."),
    Call("./run deliveries import deliveries.csv", r"deliveries\.csv: \d+ delivered items: \d+ new, 0 changed"),
    Call("./run work supplier-invoices --from samples --limit 1", r"\d+ documents taken in, 1 cases? worked: 1 keyed"),
    Call("./run work permit-applications", r"0 cases worked"),
    Call(
        "./run person maria --group clerk --own-password --email maria@town.example",
        r"maria may sign in, as clerk\.",
        stdin_text="a-password-of-16\n",
    ),
    Call(
        "./run department permits --bot permit-applications",
        r"The department permits sees the cases of permit-applications\.",
    ),
    Call(
        "./run person nora --group clerk --department permits",
        r"nora may sign in",
        stdin_text="another-password-of-24\n",
    ),
    Call("./run person nora --confirm", r"The account of nora is confirmed in person\."),
    Call("./run department permits", r"The department permits has no bots of its own\."),
    Call("./run remind", r"Reminders: 0, escalations: 0, mails: 0\."),
    Call(
        './run token new "scanner, first floor" --person maria --scope documents:write --scope cases:read --days 90',
        r"Token (?P<token>\d+), until \d{4}-\d\d-\d\d\. It is shown only once\.",
    ),
    Call("./run token list", r"scanner, first floor  maria  cases:read documents:write  until \d{4}-\d\d-\d\d"),
    Call("./run token revoke {token}", r"Revoked: scanner, first floor\."),
    Call(
        "./run new system permit-window --url {url} --user clerk --form /bp/permit --find /bp/find",
        r"wrote \S*systems/permit_window\.py[\s\S]*Go on with docs/add-a-target-system\.md\.",
    ),
    Call("./run probe permit-window --record", r"screens of permit-window are on record"),
    Call("./run probe permit-window", r"permit-window: as recorded\."),
]
CHANGED = [
    Call("./run probe town-hall-permits", r"town-hall-permits: \d+ differences from what is on record\.", status=1),
    Call("./run probe town-hall-payables", r"town-hall-payables: \d+ differences from what is on record\.", status=1),
    Call("./run proposals", r"(?P<first>[0-9a-f]{8})  town-hall-\w+, [\s\S]*\n(?P<second>[0-9a-f]{8})  town-hall"),
    Call("./run proposals accept {first}", r"accepted: [0-9a-f]{8}  town-hall-"),
    Call("./run proposals reject {second}", r"rejected: [0-9a-f]{8}  town-hall-"),
    Call("./run proposals --all", r"\(rejected\)"),
    Call("./run ledger verify", r"The ledger verifies: \d+ entries"),
]
SQL_LEDGER = [
    Call(
        "./run python -m demo.sql_ledger start --port {port}",
        r"SQL-Ledger is up at (?P<url>\S+/login\.pl) after .* Sign in as (?P<user>\S+) / (?P<password>[^,\s]+)",
    ),
    Call(
        "KEYWRIGHT_SQL_LEDGER_URL={url} KEYWRIGHT_SQL_LEDGER_USER={user} KEYWRIGHT_SQL_LEDGER_PASSWORD={password} "
        "./run work sql-ledger-invoices --from samples --limit 1",
        r"1 documents taken in, 1 cases worked: 1 keyed",
    ),
    Call("./run python -m demo.sql_ledger reset", r"SQL-Ledger's data is what was seeded\."),
    Call("./run python -m demo.sql_ledger stop", r"SQL-Ledger has ended\."),
    Call("./run python -m demo.sql_ledger remove", r"SQL-Ledger has ended\."),
]
TRAC = [
    Call(
        "./run python -m demo.trac start --port {port}",
        r"Trac runs at (?P<url>\S+) +sign in as (?P<user>\S+) / (?P<password>\S+)",
    ),
    Call(
        "KEYWRIGHT_TRAC_PERMITS_URL={url} KEYWRIGHT_TRAC_PERMITS_USER={user} "
        "KEYWRIGHT_TRAC_PERMITS_PASSWORD={password} ./run work permit-tickets --from samples",
        r"1 documents taken in, 1 cases worked: 1 keyed",
    ),
    Call("./run python -m demo.trac reset", r"^$"),
    Call("./run python -m demo.trac stop", r"^$"),
    Call("./run python -m demo.trac remove", r"^$"),
    Call("./run python -m demo.trac stop", r"No Trac runs in \S+var/demo/trac\.", status=1),
]
BENCHES = [
    Call("./run bench nonsense", r"there is no benchmark 'nonsense'\. There are: calibration, console, ", status=1),
    Call(
        "./run bench faults --cases 1 --fault 'logs out' --seed 4 --only 17 --keep f --write",
        r"1 keyings, seed 4, [\s\S]*Written into docs/fault-gym\.md\.",
    ),
    Call(  # on a busy machine it says that pages are slow, by its status too
        "./run bench console --cases 20 --waiting 8 --clerks 2 --rounds 2 --database sqlite || test $? = 1",
        r"sqlite: 20 closed and 8 waiting cases[\s\S]*ledger entries fit\.",
    ),
    Call("./run bench speed --rounds 2", r"digital, 1 page: [\d.]+ ms;[\s\S]*scanned page: [\d.]+ s;"),
    Call("./run bench reading --no-history --show 1", r"Reading of invoices[\s\S]*text layer"),
    Call(
        "./run bench reading --manifest {manifest} --json --show 2",
        r'Reading of invoices of dev[\s\S]*\n\{"all": \{"documents": 7,',
    ),
    Call(
        "./run bench learning --manifest {manifest} --confirmations 2 --json",
        r'What an office learns[\s\S]*\n\{"documents": 7, "asked": ',
    ),
    Call("./run bench layouts --layouts 50", r"50 layouts, 50 documents looked up: median"),
    Call("./run bench calibration --fit", r"Fitted on \d+ values[\s\S]*Reliability on unseen layouts[\s\S]*in 10,000"),
    Call("./run python -m bench.learned_reader train", r"Programs held out[\s\S]*Learned from \d+ documents; "),
]
STARTED = ["./run console", "./run serve"]
"""Commands that run until they are told to stop."""
ELSEWHERE = {
    "./run test --fast": "it is the command by which these tests are run",
    "./run lock": "tests/test_run_script.py",
}
"""Commands that are tried elsewhere, and where."""


@pytest.fixture
def checkout(tmp_path: Path) -> FreshCheckout:
    return FreshCheckout.make(tmp_path)


@pytest.fixture
def hall(checkout: FreshCheckout) -> Iterator[town_hall.TownHall]:
    """A town hall, told to the checkout as IT would tell it."""
    with town_hall.running(checkout.folder / "hall") as hall:
        for desk in ("TOWN_HALL_PAYABLES", "TOWN_HALL_PERMITS", "PERMIT_WINDOW"):
            sign_in = {"URL": hall.url, "USER": "clerk", "PASSWORD": "clerk-pw"}
            checkout.settings |= {f"KEYWRIGHT_{desk}_{name}": value for name, value in sign_in.items()}
        yield hall


def test_every_documented_command_is_started_here() -> None:
    tried = [step.command for steps in (DEMO, TOWN, CHANGED, SQL_LEDGER, TRAC, BENCHES) for step in steps]
    shapes = [shape_of(command) for command in (*tried, *STARTED, *ELSEWHERE) if "./run" in command]
    commands = documented()

    assert {"./run demo --exit", "./run ledger verify", "./run probe SYSTEM --record"} <= set(commands)
    missing = {
        command: page
        for command, page in commands.items()
        if not any(shape.covers(shape_of(command)) for shape in shapes)
    }
    assert not missing, "give these commands a step in this file"


def test_no_test_runs_a_command_in_its_own_process() -> None:
    tests = {path: path.read_text(encoding="utf-8") for path in (CHECKOUT / "tests").rglob("test_*.py")}

    calls = re.compile(r"\b(cli|translations)\.main\(|^ +(assert|with|\w+ =) .*\bmain\(\[", re.MULTILINE)
    assert not [path.name for path, text in tests.items() if calls.search(text)]


def test_what_the_demo_leaves_is_listed_read_verified_and_handed_out(checkout: FreshCheckout) -> None:
    saved = checkout.folder / "kept"
    saved.mkdir()

    checkout.take(DEMO, {"kept": str(saved)})

    assert (checkout.root / "receipt.pdf").read_bytes().startswith(b"%PDF-")
    assert (checkout.root / "OUT.png").read_bytes().startswith(b"\x89PNG")


def test_a_town_sets_up_works_and_meets_changed_screens(checkout: FreshCheckout, hall: town_hall.TownHall) -> None:
    one_sample(checkout, "credit-valley-9023.xml")
    table(CHECKOUT / "demo" / "vendors.csv", checkout.root / "vendors.xlsx")
    for name in ("orders.csv", "deliveries.csv"):
        shutil.copy(CHECKOUT / "demo" / name, checkout.root)

    checkout.take(TOWN, {"url": hall.url})
    faults = (SiteFault.CHANGES_A_LABEL, SiteFault.RENAMES_A_BUTTON)
    switch_on(hall.database.parent, *(Switch(fault, At.FORM, times=99, seed=4) for fault in faults))
    checkout.take(CHANGED, {})


def table(source: Path, workbook: Path) -> None:
    """Make a workbook of a list."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Vendors", 0)
    for row in csv.reader(source.read_text(encoding="utf-8").splitlines()):
        sheet.append(row)
    book.save(workbook)


def test_help_is_told_of_every_command(checkout: FreshCheckout) -> None:
    result = checkout.run("./run --help")
    names = re.findall(r"^    ([a-z]+) ", result.stdout, re.MULTILINE)

    assert result.returncode == 0
    assert {"demo", "read", "work", "ledger", "bench"} <= set(names)
    tried = {shape_of(command).words[:1] for command in documented()}
    assert not [name for name in names if (name,) not in tried]
    checkout.take([Call(f"./run {name} --help", rf"usage: keywright {name} [\s\S]*options:") for name in names], {})


def test_the_console_and_all_of_keywright_run_until_they_are_told_to_stop(checkout: FreshCheckout) -> None:
    console, prefect = free_port(), free_port()
    with started(checkout, f"./run console --port {console} --host 127.0.0.1"):
        assert "Keywright" in answer_of(f"http://127.0.0.1:{console}/sign-in/")
    checkout.settings |= {"KEYWRIGHT_CONSOLE_PORT": str(console), "KEYWRIGHT_PREFECT_PORT": str(prefect)}
    with started(checkout, "./run serve") as printed:
        assert "Keywright" in answer_of(f"http://127.0.0.1:{console}/sign-in/")
        wait_until(lambda: "Ctrl-C ends everything." in printed.read_text(encoding="utf-8"))
    output = printed.read_text(encoding="utf-8")
    assert f"The console is at http://127.0.0.1:{console} ." in output
    assert f"Prefect is at http://127.0.0.1:{prefect} ;" in output
    assert "supplier-invoices runs " in output
    assert (checkout.root / "var" / "inbox" / "supplier-invoices").is_dir()
    assert output.endswith("Everything has ended.\n")


def test_the_real_accounting_program_is_put_up_keyed_into_and_taken_away(checkout: FreshCheckout) -> None:
    one_sample(checkout, "credit-valley-9023.xml")

    try:
        checkout.take(SQL_LEDGER, {"port": str(free_port())})
    finally:
        checkout.run("./run python -m demo.sql_ledger remove")


def test_a_real_trac_is_put_up_keyed_into_and_taken_away(checkout: FreshCheckout) -> None:
    one_sample(checkout, "permit-complete.pdf")

    try:
        checkout.take(TRAC, {"port": str(free_port())})
    finally:
        checkout.run("./run python -m demo.trac remove")


def test_benchmarks_measure_what_they_say(checkout: FreshCheckout) -> None:
    corpus = small_corpus.make(checkout.folder)
    checkout.settings["KEYWRIGHT_CORPUS"] = str(corpus)

    checkout.take(BENCHES, {"manifest": str(corpus / "dev" / "manifest.jsonl")})

    assert (checkout.root / "docs" / "pictures" / "calibration.png").read_bytes() != PICTURE.read_bytes()


def one_sample(checkout: FreshCheckout, name: str) -> None:
    """Put one sample document into the checkout's folder of samples."""
    documents.make(checkout.folder / "all")
    (checkout.root / "samples").mkdir()
    shutil.copy(checkout.folder / "all" / name, checkout.root / "samples")


@contextmanager
def started(checkout: FreshCheckout, command: str) -> Iterator[Path]:
    """Start a command, yield the file into which it prints, and stop it as Ctrl-C does."""
    printed = checkout.folder / "printed.txt"
    with printed.open("wb") as out:
        process = subprocess.Popen(
            command.split(),
            cwd=checkout.root,
            env=checkout.environment,
            stdout=out,
            stderr=out,
            start_new_session=True,
            preexec_fn=_heed_ctrl_c,
        )
    try:
        yield printed
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(90)


def _heed_ctrl_c() -> None:
    """Have a process heed Ctrl-C as at a terminal: what a shell starts in the background ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def answer_of(url: str) -> str:
    """Return the page at an address, once there is somebody who answers."""
    pages: list[str] = []

    def answers() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=10) as page:  # noqa: S310  our own address
                pages.append(page.read().decode())
        except (urllib.error.URLError, OSError):
            return False
        return True

    wait_until(answers)
    return pages[0]


def wait_until(true: Callable[[], bool], seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds:.0f} s"
        time.sleep(0.2)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
