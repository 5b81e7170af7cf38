"""The command line: one function a command, which imports what it needs when it is called.

This is the door of the house: it alone may call on every room, and nothing calls on it. Imports stand inside the
functions because Prefect, Django and the PDF libraries take seconds, and ``--help`` must not. ``main`` opens the office
for the commands that need it, before they are begun (docs/decisions/18-one-root.md).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from getpass import getpass
from pathlib import Path
from typing import Any

from cli.parser import parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 not done and said why, 2 not understood."""
    asked = parser().parse_args(arguments)
    from keywright.errors import KeywrightError

    try:
        with _database_faults_in_words(asked.in_office):
            if asked.in_office:
                _open_office(in_demo_home=asked.command == "demo")
            return COMMANDS[asked.command](asked)
    except KeywrightError as error:
        print(f"keywright: {error}", file=sys.stderr)
        return 1
    except EOFError:
        print("keywright: a password is asked for, and there is no terminal to type it at.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("keywright: stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output went away, as `| head` does
        sys.stderr.close()
        return 1
    except OSError as error:  # a file that was named and is not there, a folder in its place, a port that is taken
        place = f"{error.filename}: " if error.filename else ""
        print(f"keywright: {place}{error.strerror or error}.", file=sys.stderr)
        return 1


@contextmanager
def _database_faults_in_words(in_office: bool) -> Iterator[None]:
    """Raise Stop, with what to do, where the database is away, damaged, or not ours."""
    if not in_office:
        yield
        return
    from django.db import DatabaseError

    from keywright.errors import Stop

    try:
        yield
    except DatabaseError as error:
        raise Stop(
            f"The database cannot be used: {str(error).strip().splitlines()[0]}. Start it, look at "
            "KEYWRIGHT_DATABASE_URL, or restore it from the backup."
        ) from error


def _open_office(in_demo_home: bool) -> None:
    """Set up all that needs the database, once and before the command is begun."""
    from keywright.settings.demo_home import enter_demo_home
    from keywright.setup import open_records

    if in_demo_home:
        enter_demo_home()
    open_records()


def _actor() -> str:
    """Return who is at the command line, as the ledger tells it."""
    import getpass

    return f"command-line:{getpass.getuser()}"


def demo(asked: argparse.Namespace) -> int:
    """Work the sample documents through the demo town hall."""
    from cli.demo import main_job

    return main_job(stay=sys.stdout.isatty() and not asked.exit)


def serve(_: argparse.Namespace) -> int:
    """Run console, Prefect API and schedules until told to stop."""
    from schedules.serving import serve as serve_all

    _tell_what_the_fence_lacks()
    return serve_all()


def _tell_what_the_fence_lacks() -> None:
    from extractors.engines.isolation.fence import lacking

    if sentence := lacking():
        print(f"keywright: {sentence}", file=sys.stderr)


def console(asked: argparse.Namespace) -> int:
    """Run the console until told to stop."""
    from keywright.console.site.serve import serve as serve_console
    from keywright.settings.settings import settings

    serve_console(asked.port or settings().console_port, asked.host, demo=asked.demo)
    return 0


def read(asked: argparse.Namespace) -> int:
    """Show what is read on each document, in the order given; a missing file is told and costs exit status 1."""
    import json

    from cli.output import tell_reading
    from keywright.bot import all_bots
    from tasks.preview import files_of, read_files

    bots = list(all_bots().values())
    missing = [path for path in asked.paths if not path.exists()]
    for path in missing:
        print(f"keywright: there is no {path}", file=sys.stderr)
    files = files_of(p for p in asked.paths if p not in missing)
    if asked.picture and len(files) != 1:
        print(f"keywright: --picture draws one file, and {len(files)} were named", file=sys.stderr)
        return 1
    for answer in read_files(files, bots):
        if asked.json:
            print(json.dumps(answer, ensure_ascii=False), flush=True)
        else:
            tell_reading(answer)
        _explain(answer, asked.explain, asked.picture)
    return 1 if missing else 0


def _explain(answer: dict[str, Any], explain: bool, picture: Path | None) -> None:
    """Print the candidates of each field, and draw the evidence, where these were asked for."""
    if not answer["fields"] or not (explain or picture):
        return
    from cli.output import tell_explained
    from tasks.explain import draw_evidence, explain_file

    path = Path(answer["file"])
    if explain:
        tell_explained(answer, explain_file(path, answer["kind"]))
    if picture:
        framed = draw_evidence(path, answer, picture)
        print(f"{picture}: {framed} fields are framed where they are printed.")


def work(asked: argparse.Namespace) -> int:
    """Take documents in, and work the waiting cases of a bot."""
    from keywright.bot import bot_named

    _tell_what_the_fence_lacks()
    bot = bot_named(asked.bot)
    if asked.folder is not None and not asked.folder.is_dir():
        print(f"keywright: there is no folder {asked.folder}", file=sys.stderr)
        return 1
    from cli.output import Progress, tell_work
    from keywright.cases.waiting import in_doubt, waits_for
    from keywright.cases.worker import Office
    from keywright.settings.settings import settings
    from tasks.runs.run_bot import run_bot

    with Progress(bot.title) as progress:
        summary = run_bot(
            bot,
            Office.of(settings()),
            folder=asked.folder,
            limit=asked.limit,
            on_received=progress.received,
            on_case=progress.worked,
        )
    doubts = in_doubt(bot.name)
    tell_work(progress.opened, progress.cases, waits_for, in_doubt=doubts)
    for told in filter(None, (*summary.left_files, summary.stopped, summary.unsigned)):
        print(f"keywright: {told}", file=sys.stderr)
    return 1 if summary.troubled or doubts else 0


def bots(_: argparse.Namespace) -> int:
    """List the bots of this checkout."""
    from cli.output import tell_bots
    from keywright.bot import all_bots

    tell_bots(all_bots().values())
    return 0


def cases(asked: argparse.Namespace) -> int:
    """List the cases, oldest first."""
    import json

    from cli.output import case_in_short, tell_cases
    from keywright.cases import casebook
    from keywright.cases.waiting import waits_for
    from keywright.settings.demo_home import demo_inside
    from keywright.settings.settings import settings

    found = casebook.all_cases(asked.bot)
    if not asked.json:
        if not tell_cases(found, waits_for) and (demo := demo_inside(settings().home)):
            print(f"The demo has a home of its own. To list its cases: KEYWRIGHT_HOME={demo} ./run cases")
        return 0
    for case in found:
        print(json.dumps(case_in_short(case, waits_for), ensure_ascii=False))
    return 0


def ledger(asked: argparse.Namespace) -> int:
    """Verify the ledger, its checkpoints, and all that it tells of; exit status 1 names what does not fit."""
    from cli.ledger import tell_verified
    from keywright.ledger import checkpoints
    from keywright.settings.settings import settings

    if asked.after_loss and asked.act != "sign":
        print("keywright: --after-loss goes with ./run ledger sign", file=sys.stderr)
        return 2
    if asked.after_loss:
        begun = checkpoints.sign_after_loss(settings(), actor=_actor())
        print(f"Signed: {begun.number} entries. The checkpoints are begun anew; copy checkpoints.jsonl away now.")
        return 0
    if asked.act == "sign":
        signed = checkpoints.sign(settings(), actor=_actor())
        print(f"Signed: {signed.number} entries." if signed else "Nothing was written since the last checkpoint.")
        return 0
    return tell_verified(settings(), asked.checkpoints, asked.public_key)


def receipt(asked: argparse.Namespace) -> int:
    """Write the receipt of a case to a file; if the case has none yet, it is made now."""
    from keywright.cases.worker import Office
    from keywright.settings.settings import settings
    from tasks.write_receipt import hand_out

    content = hand_out(asked.case, asked.language, Office.of(settings()), _actor(), pdf=asked.pdf)
    out = asked.out or Path(f"receipt-{asked.case}.{asked.language}.{'pdf' if asked.pdf else 'html'}")
    out.write_bytes(content)
    print(f"{out}: the receipt of case {asked.case}, {len(content)} bytes.")
    return 0


def verify(asked: argparse.Namespace) -> int:
    """Say of each file whether it is a receipt as it was written; exit status 1 if one is not."""
    from keywright.receipts.store import verify as verified

    wrong = 0
    for path in asked.files:
        found = verified(path.read_bytes())
        print(f"{path}: {'right' if found.right else 'WRONG'}. {found.words}")
        wrong += not found.right
    return 1 if wrong else 0


def vendors(asked: argparse.Namespace) -> int:
    """Put the vendors of a file on file: all of them, or none and every fault is told."""
    from cli.vendors import import_vendors

    import_vendors(asked.file, actor=_actor())
    return 0


def person(asked: argparse.Namespace) -> int:
    """Add a person, asking for the password without showing it, or confirm whose account it is."""
    if asked.confirm:
        from keywright.people.account_confirmation import confirm_in_person

        confirm_in_person(asked.name, actor=_actor())
        print(f"The account of {asked.name} is confirmed in person. The ledger says so.")
        return 0
    password = getpass(f"Password for {asked.name}: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    from keywright.people.accounts import add_person

    more = {"departments": asked.department, "email": asked.email, "given": not asked.own_password}
    add_person(asked.name, password, *asked.group, **more, actor=_actor())
    print(f"{asked.name} may sign in, as {', '.join([*asked.group, *asked.department])}.")
    return 0


def department(asked: argparse.Namespace) -> int:
    """Say which bots' cases a department sees."""
    from keywright.people.accounts import let_see

    let_see(asked.name, asked.bot, actor=_actor())
    print(f"{asked.name} sees {', '.join(asked.bot) or 'no bot that is given to a department'}.")
    return 0


def remind(_: argparse.Namespace) -> int:
    """Tell people of what is due; exit status 1 if there is nobody to tell, or mail does not go."""
    from keywright.console.shared.reminders import remind as remind_people

    print(done := remind_people())
    return 1 if done.troubled else 0


def token(asked: argparse.Namespace) -> int:
    """Make a token for programs, list those there are, or revoke one."""
    from cli.tokens import token_command

    return token_command(asked.act, asked.what, asked.person, asked.scope, asked.days)


def probe(asked: argparse.Namespace) -> int:
    """Walk a system's screens without posting; exit status 1 if they differ from the shape on record."""
    from cli.systems import tell_probe
    from keywright.ledger.screen_changes import note

    return tell_probe(asked.system, asked.record, note)


def proposals(asked: argparse.Namespace) -> int:
    """List proposals, or accept or reject one."""
    from keywright.ledger.screen_changes import Standing, decide
    from keywright.ledger.screen_changes import proposals as every

    if asked.act:
        print(f"{asked.act}ed: {decide(asked.id, asked.act == 'accept', _actor())}")
        return 0
    found = [each for each in every() if asked.all or each.standing is Standing.OPEN]
    for each in found:
        print(each)
    if not found:
        print("No proposal waits.")
    return 0


def new(asked: argparse.Namespace) -> int:
    """Write a system's module, shape and first test by looking at its screens."""
    from cli.systems import tell_skeleton

    return tell_skeleton(asked.name, asked.url, asked.user, asked.form, asked.find)


def bench(asked: argparse.Namespace) -> int:
    """Run the benchmark of this name."""
    import importlib
    import pkgutil

    import bench as folder

    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__) if not module.ispkg)
    if asked.name not in names:
        print(f"keywright: there is no benchmark {asked.name!r}. There are: {', '.join(names)}.", file=sys.stderr)
        return 1
    sys.argv = [f"bench {asked.name}", *asked.rest]
    return int(importlib.import_module(f"bench.{asked.name}").main() or 0)


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    function.__name__: function
    for function in (
        demo,
        serve,
        console,
        read,
        work,
        bots,
        cases,
        vendors,
        bench,
        ledger,
        receipt,
        verify,
        person,
        department,
        remind,
        token,
        probe,
        proposals,
        new,
    )
}
"""The function of each command, by its name."""
