"""The command that runs the demo: sample documents worked through the demo town hall."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cli.output import Progress, print_cases, print_work
from cli.purchasing import import_deliveries, import_orders
from cli.vendors import import_vendors
from demo import documents, past_decisions
from demo.sample import INVOICES, PERMITS
from demo.town_hall.server import TownHall, running
from keywright.bot import all_bots
from keywright.cases import work_queue
from keywright.cases.waiting import waits_for
from keywright.cases.worker import Office
from keywright.console.site.serve import running as console
from keywright.database.layouts import StoredLayout
from keywright.model.case import State
from keywright.model.layout import LayoutState
from keywright.people.accounts import add_person
from keywright.settings.demo_home import PASSWORD, PERSON
from keywright.settings.settings import CHECKOUT, settings
from keywright.terminal import SafeConsole
from keywright.vendors import bank_accounts
from tasks.runs.run_bot import run_bot

VENDORS, ORDERS, DELIVERIES = (CHECKOUT / "demo" / f"{name}.csv" for name in ("vendors", "orders", "deliveries"))
DESKS = {"TOWN_HALL_PAYABLES": "clerk", "TOWN_HALL_PERMITS": "clerk2"}


def run_demo(options: argparse.Namespace) -> int:
    """Work the samples, print what became of each, and leave the console up at a terminal, without ``--exit``.

    1. Make the sample documents and open the town hall.
    2. Import the town hall's vendors.
    3. Work the invoices of earlier months with the decisions of a former clerk, so that their layouts are trusted.
    4. Import the orders and deliveries of this month.
    5. Work each bot's documents, and print what became of them.
    6. Print how to look further, and leave the console up for the person who decides the rest.

    The demo has its own home, whose accounts open nothing else; ``main`` has entered it.
    """
    screen, stay = SafeConsole(), sys.stdout.isatty() and not options.exit
    home = settings().home
    with ExitStack() as open_doors:
        screen.print(f"Making the sample documents and opening the demo town hall, in {home} …")
        inbox = make_samples(home / "inbox")
        town_hall = open_doors.enter_context(running(home / "town_hall"))
        open_doors.enter_context(desks_of(town_hall))
        import_demo_vendors(screen)
        work_past_months(home / "past_months", screen)
        import_demo_orders(screen)
        work_all(inbox, screen)
        print_where(home, screen)
        if stay:
            leave_up(town_hall, screen)
        elif not options.exit:
            screen.print("There is no terminal here, so the demo ends. At a terminal it leaves the console up.")
    return 0


def make_samples(inbox: Path) -> Path:
    """Put each sample in the inbox folder of its bot."""
    for bot in (INVOICES, PERMITS):
        (inbox / bot).mkdir(parents=True, exist_ok=True)
    for sample in documents.make(inbox):
        (inbox / sample.file).replace(inbox / sample.bot / sample.file)
    return inbox


@contextmanager
def desks_of(town_hall: TownHall) -> Iterator[None]:
    """Set the robots' addresses and logins of the town hall in the environment, the way IT would."""
    login_settings = {
        f"KEYWRIGHT_{desk}_{name}": value
        for desk, clerk in DESKS.items()
        for name, value in (("URL", town_hall.url), ("USER", clerk), ("PASSWORD", "clerk-pw"))
    }
    before = {name: os.environ.get(name) for name in login_settings}
    os.environ.update(login_settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def import_demo_vendors(screen: SafeConsole) -> None:
    """Import the town hall's vendors, the way IT does with the list that its ledger system exports."""
    import_vendors(VENDORS, actor="demo", screen=screen)
    supervisor = add_person(PERSON, PASSWORD, "clerk", "supervisor")
    bank_accounts.confirm(supervisor, [account.pk for account in bank_accounts.waiting()])


def import_demo_orders(screen: SafeConsole) -> None:
    """Import this month's orders and what was delivered on them; those of earlier months are no longer kept."""
    import_orders(ORDERS, actor="demo", screen=screen)
    import_deliveries(DELIVERIES, actor="demo", screen=screen)


def work_past_months(folder: Path, screen: SafeConsole) -> None:
    """Let the robot learn the layouts of the regular vendors from the invoices of earlier months, and print a summary.

    A second run finds them on file and prints nothing.
    """
    with Progress("Earlier months", screen) as progress:
        cases = past_decisions.replay_past_months(folder, progress.worked)
    if cases:
        keyed = sum(case.state is State.KEYED for case in cases)
        trusted = StoredLayout.objects.filter(state=LayoutState.TRUSTED.value).count()
        screen.print(
            f"{len(cases)} invoices of earlier months: confirmed by {past_decisions.FORMER_CLERK}, a former clerk, "
            f"{keyed} keyed. {trusted} layouts are trusted.",
            highlight=False,
        )


def work_all(inbox: Path, screen: SafeConsole) -> None:
    """Work both bots' documents with a progress bar, and print what became of each."""
    with Progress("Demo", screen) as progress:
        work_bots(inbox, progress)
    print_work(progress.opened, progress.cases, waits_for, screen)


def work_bots(inbox: Path | None, progress: Progress) -> None:
    """Let each bot take in its folder and work its waiting cases."""
    for bot in all_bots().values():
        run_bot(
            bot,
            Office.of(settings()),
            folder=inbox / bot.name if inbox and (inbox / bot.name).is_dir() else None,
            on_received=progress.received,
            on_case=progress.worked,
        )


def print_where(home: Path, screen: SafeConsole) -> None:
    """Print how other commands look into the demo's home."""
    here = Path.cwd()
    setting = f"KEYWRIGHT_HOME={shlex.quote(str(home.relative_to(here) if home.is_relative_to(here) else home))}"
    screen.print("The demo has its own home. To look into it:", highlight=False)
    for command in ("cases", "ledger verify"):
        screen.print(f"  {setting} ./run {command}", highlight=False, soft_wrap=True)


def leave_up(town_hall: TownHall, screen: SafeConsole) -> None:
    """Keep console and town hall up until Ctrl-C; cases that a person settles are worked at once."""
    add_person(PERSON, PASSWORD, "clerk", "supervisor")
    with console(settings().console_port, demo=True) as desk:
        screen.print(f"\nDecide the referred cases in the console:  {desk.url}   sign in as {PERSON} / {PASSWORD}")
        screen.print(f"Look into the town hall itself:            {town_hall.url}   sign in as clerk3 / clerk-pw")
        screen.print("What you decide there is checked and posted at once, and shown here. Ctrl-C ends the demo.")
        while True:
            time.sleep(2)
            work_settled(screen)


def work_settled(screen: SafeConsole) -> None:
    """Work the cases that a person has settled, and print what became of them."""
    if not any(work_queue.waiting(bot).exists() for bot in all_bots()):
        return
    with Progress("Decided cases", screen) as progress:
        work_bots(None, progress)
    print_cases(progress.cases, waits_for, screen)
