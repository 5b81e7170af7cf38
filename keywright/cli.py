"""The command line: one function a command, which imports what it needs when it is called.

This is the door of the house: it alone may call on every room, and nothing calls on it. Imports stand inside the
functions because Prefect, Django and the PDF libraries take seconds, and ``--help`` must not. ``main`` opens the office
for the commands that need it, before they are begun (docs/decisions/18-one-root.md).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from getpass import getpass
from pathlib import Path
from typing import Any


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 not done and said why, 2 not understood."""
    asked = parser().parse_args(arguments)
    from keywright.errors import KeywrightError

    try:
        if asked.in_office:
            _open_office(in_demo_home=asked.command is demo)
        return int(asked.command(asked))
    except KeywrightError as error:
        print(f"keywright: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("keywright: stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output went away, as `| head` does
        sys.stderr.close()
        return 1


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    told = "Robots that do the back office's typing."
    ask = argparse.ArgumentParser(prog="keywright", description=told, epilog="Start with: ./run demo")
    commands = ask.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(
        name: str, does: Callable[[argparse.Namespace], int], told: str, *, in_office: bool = True
    ) -> argparse.ArgumentParser:
        """Add a command; one that is not ``in_office`` needs no database, and none is opened for it."""
        one = commands.add_parser(name, help=told, description=told)
        one.set_defaults(command=does, in_office=in_office)
        return one

    one = command("demo", demo, "work sample documents through the demo town hall")
    one.add_argument("--exit", action="store_true", help="end when done instead of leaving the console up")
    one = command("serve", serve, "run the console, the Prefect API and the schedules on this machine")
    one = command("console", console, "run the console alone")
    one.add_argument("--port", type=int, default=None)
    one.add_argument("--host", default="127.0.0.1")
    one.add_argument("--demo", action="store_true", help=argparse.SUPPRESS)  # the demo's own console
    one = command("read", read, "show what is read on documents, and whether a bot may key them", in_office=False)
    one.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    one.add_argument("--json", action="store_true", help="print one JSON object a document")
    one.add_argument("--explain", action="store_true", help="show for each field the candidates and why one won")
    one.add_argument("--picture", type=Path, metavar="OUT.png", help="draw the evidence on the pages of the one file")
    one = command("work", work, "take in documents and work the waiting cases of a bot")
    one.add_argument("bot")
    one.add_argument("--from", dest="folder", type=Path, help="take the files of this folder in first")
    one.add_argument("--limit", type=int, help="work at most this many cases")
    command("bots", bots, "list the bots", in_office=False)
    one = command("cases", cases, "list the cases")
    one.add_argument("--json", action="store_true", help="print one JSON object a case")
    one.add_argument("--bot", default="", help="only the cases of this bot")
    one = command("vendors", vendors, "put the vendors of a CSV or Excel file on file")
    one.add_argument("act", choices=["import"])
    one.add_argument("file", type=Path, metavar="FILE")
    _auditors_commands(command)
    _people_commands(command)
    _system_commands(command)
    one = command("bench", bench, "run a benchmark", in_office=False)
    one.add_argument("name")
    one.add_argument("rest", nargs=argparse.REMAINDER)
    return ask


def _auditors_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands with which an auditor's questions are answered."""
    one = command("ledger", ledger, "verify the ledger, or sign its head")
    one.add_argument("act", choices=["verify", "sign"])
    one.add_argument("--checkpoints", type=Path, metavar="FILE", help="a copy of checkpoints.jsonl kept elsewhere")
    one.add_argument("--public-key", type=Path, metavar="FILE", help="a copy of ledger_public.pem kept elsewhere")
    one = command("receipt", receipt, "hand out the receipt of a keyed case, written out for auditors")
    one.add_argument("case", type=int)
    one.add_argument("--out", type=Path, metavar="FILE", help="where to write it; else to receipt-CASE.LANGUAGE.html")
    one.add_argument("--language", choices=["en", "fr"], default="en")
    one.add_argument("--pdf", action="store_true", help="as a PDF")
    one = command("verify", verify, "say whether files are receipts as they were written")
    one.add_argument("files", nargs="+", type=Path, metavar="FILE")


def _people_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands about who may do what, and who is told."""
    one = command("person", person, "add a person who may sign in to the console")
    one.add_argument("name")
    one.add_argument("--group", action="append", required=True, choices=["clerk", "supervisor", "it", "auditor"])
    one.add_argument("--department", action="append", default=[], help="sees the cases of the bots given to it")
    one.add_argument("--email", default="", help="where reminders go; what is on file stays if not given")
    one.add_argument("--own-password", action="store_true", help="the person types it: it need not be changed")
    one = command("department", department, "say which bots' cases a department sees, and those in no such one do not")
    one.add_argument("name")
    one.add_argument("--bot", action="append", default=[], help="none at all takes its bots from it")
    command("remind", remind, "remind of cases that are due soon, escalate those that are due, and send the mails")
    one = command("token", token, "make, list or revoke tokens with which programs use the API")
    one.add_argument("act", choices=["new", "list", "revoke"])
    one.add_argument("what", nargs="?", default="", help="the new token's name, or the number of the one to revoke")
    one.add_argument("--person", default="", help="for whom the program acts: it may do what this person may")
    one.add_argument("--scope", action="append", default=[], help="what it may do; may be given several times")
    one.add_argument("--days", type=int, default=90, help="how long it is in force")


def _system_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands about target systems."""
    one = command("probe", probe, "compare a target system's screens with their recorded shape, without posting")
    one.add_argument("system")
    one.add_argument("--record", action="store_true", help="keep what is seen now as the system's shape")
    one = command("proposals", proposals, "list what robots found again on changed screens, and decide it")
    one.add_argument("act", nargs="?", choices=["accept", "reject"])
    one.add_argument("id", nargs="?", default="")
    one.add_argument("--all", action="store_true", help="list those that are decided too")
    one = command("new", new, "write the skeleton of a target system by looking at its screens", in_office=False)
    one.add_argument("what", choices=["system"])
    one.add_argument("name", help="as in permits-desk")
    one.add_argument("--url", required=True, help="the page to sign in at, or the entry form")
    one.add_argument("--form", default="", help="address of the entry form, if it is another page")
    one.add_argument("--find", default="", help="address of the search screen")
    one.add_argument("--user", default="", help="who signs in; the password is asked for, or stands in a setting")


def _open_office(in_demo_home: bool) -> None:
    """Set up all that needs the database, once and before the command is begun."""
    from keywright.demo_home import enter_demo_home
    from keywright.records.opening import open_records

    if in_demo_home:
        enter_demo_home()
    open_records()


def _actor() -> str:
    """Return who is at the command line, as the ledger tells it."""
    import getpass

    return f"command-line:{getpass.getuser()}"


def demo(asked: argparse.Namespace) -> int:
    """Work the sample documents through the demo town hall."""
    from demo.main_job import main_job

    return main_job(stay=sys.stdout.isatty() and not asked.exit)


def serve(_: argparse.Namespace) -> int:
    """Run console, Prefect API and schedules until told to stop."""
    from schedules.serving import serve as serve_all

    _tell_what_the_fence_lacks()
    return serve_all()


def _tell_what_the_fence_lacks() -> None:
    from extractors.engines.fence import lacking

    if sentence := lacking():
        print(f"keywright: {sentence}", file=sys.stderr)


def console(asked: argparse.Namespace) -> int:
    """Run the console until told to stop."""
    from keywright.console.serve import serve as serve_console
    from keywright.settings import settings

    serve_console(asked.port or settings().console_port, asked.host, demo=asked.demo)
    return 0


def read(asked: argparse.Namespace) -> int:
    """Show what is read on each document, in the order given; a missing file is told and costs exit status 1."""
    import json

    from keywright.bot import all_bots
    from keywright.telling import tell_reading
    from tasks.read_files import files_of, read_files

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
    from keywright.telling import tell_explained
    from tasks.explain_files import draw_evidence, explain_file

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
    from keywright.office import Office
    from keywright.settings import settings
    from keywright.telling import Progress, tell_work
    from keywright.waiting import in_doubt, waits_for
    from tasks.run_bot import run_bot

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
    for told in filter(None, (*summary.left, summary.stopped)):
        print(f"keywright: {told}", file=sys.stderr)
    return 1 if summary.troubled or doubts else 0


def bots(_: argparse.Namespace) -> int:
    """List the bots of this checkout."""
    from keywright.bot import all_bots
    from keywright.telling import tell_bots

    tell_bots(all_bots().values())
    return 0


def cases(asked: argparse.Namespace) -> int:
    """List the cases, oldest first."""
    import json

    from keywright import casebook
    from keywright.demo_home import demo_inside
    from keywright.settings import settings
    from keywright.telling import case_in_short, tell_cases
    from keywright.waiting import waits_for

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
    from keywright import checkpoints
    from keywright.settings import settings
    from keywright.telling_ledger import tell_verified

    if asked.act == "sign":
        signed = checkpoints.sign(settings(), actor=_actor())
        print(f"Signed: {signed.number} entries." if signed else "Nothing was written since the last checkpoint.")
        return 0
    return tell_verified(settings(), asked.checkpoints, asked.public_key)


def receipt(asked: argparse.Namespace) -> int:
    """Write the receipt of a case to a file; if the case has none yet, it is made now."""
    from keywright.office import Office
    from keywright.settings import settings
    from tasks.prove import hand_out

    content = hand_out(asked.case, asked.language, Office.of(settings()), _actor(), pdf=asked.pdf)
    out = asked.out or Path(f"receipt-{asked.case}.{asked.language}.{'pdf' if asked.pdf else 'html'}")
    out.write_bytes(content)
    print(f"{out}: the receipt of case {asked.case}, {len(content)} bytes.")
    return 0


def verify(asked: argparse.Namespace) -> int:
    """Say of each file whether it is a receipt as it was written; exit status 1 if one is not."""
    from keywright.receipt_pages.keeping import verify as verified

    wrong = 0
    for path in asked.files:
        found = verified(path.read_bytes())
        print(f"{path}: {'right' if found.right else 'WRONG'}. {found.words}")
        wrong += not found.right
    return 1 if wrong else 0


def vendors(asked: argparse.Namespace) -> int:
    """Put the vendors of a file on file: all of them, or none and every fault is told."""
    from keywright.telling_vendors import import_vendors

    import_vendors(asked.file, actor=_actor())
    return 0


def person(asked: argparse.Namespace) -> int:
    """Add a person, asking for the password without showing it."""
    password = getpass(f"Password for {asked.name}: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    from keywright.console.people import add_person

    more = {"departments": asked.department, "email": asked.email, "given": not asked.own_password}
    add_person(asked.name, password, *asked.group, **more, actor=_actor())
    print(f"{asked.name} may sign in, as {', '.join([*asked.group, *asked.department])}.")
    return 0


def department(asked: argparse.Namespace) -> int:
    """Say which bots' cases a department sees."""
    from keywright.console.people import let_see

    let_see(asked.name, asked.bot, actor=_actor())
    print(f"{asked.name} sees {', '.join(asked.bot) or 'no bot that is given to a department'}.")
    return 0


def remind(_: argparse.Namespace) -> int:
    """Tell people of what is due; exit status 1 if there is nobody to tell, or mail does not go."""
    from keywright.console.reminding import remind as remind_people

    print(done := remind_people())
    return 1 if done.troubled else 0


def token(asked: argparse.Namespace) -> int:
    """Make a token for programs, list those there are, or revoke one."""
    from keywright.telling_tokens import token_command

    return token_command(asked.act, asked.what, asked.person, asked.scope, asked.days)


def probe(asked: argparse.Namespace) -> int:
    """Walk a system's screens without posting; exit status 1 if they differ from the shape on record."""
    from keywright.proposals import note
    from systems.telling import tell_probe

    return tell_probe(asked.system, asked.record, note)


def proposals(asked: argparse.Namespace) -> int:
    """List proposals, or accept or reject one."""
    from keywright.proposals import Standing, decide
    from keywright.proposals import proposals as every

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
    from systems.telling import tell_skeleton

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
