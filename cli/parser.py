"""The commands of the command line and their options."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from keywright.arguments import port, positive, zero_or_more


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; the parsed options hold the command's name as ``command``."""
    purpose = "Robots that do the back office's typing."
    keywright = argparse.ArgumentParser(prog="keywright", description=purpose, epilog="Start with: ./run demo")
    commands = keywright.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, purpose: str, *, in_office: bool = True) -> argparse.ArgumentParser:
        """Add a command; for a command that is not ``in_office``, no database is opened."""
        added = commands.add_parser(name, help=purpose, description=purpose)
        added.set_defaults(command=name, in_office=in_office)
        return added

    options = command("demo", "work sample documents through the demo town hall")
    options.add_argument("--exit", action="store_true", help="end when done, without leaving the console up")
    options = command("serve", "run the console, the Prefect API and the schedules on this machine")
    options = command("console", "run the console alone")
    options.add_argument("--port", type=port, default=None, help="the port of the console (default: the setting)")
    options.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: this machine only)")
    options.add_argument("--demo", action="store_true", help=argparse.SUPPRESS)  # the demo's own console
    options.add_argument("--quiet", action="store_true", help=argparse.SUPPRESS)  # started by another program
    options = command("read", "show what is read on documents, and whether a bot may key them", in_office=False)
    options.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    options.add_argument("--json", action="store_true", help="print one JSON object for each document")
    options.add_argument(
        "--explain", action="store_true", help="show the candidates of each field and the evidence for the chosen one"
    )
    options.add_argument(
        "--picture", type=Path, metavar="OUT.png", help="draw the fields on the pages of the file; for one file only"
    )
    options = command("work", "take in documents and work the waiting cases of a bot")
    options.add_argument("bot", help="./run bots lists them")
    options.add_argument("--from", dest="folder", type=Path, help="first take in the files of this folder")
    options.add_argument("--limit", type=zero_or_more, help="work at most this many cases; 0: only take documents in")
    command("bots", "list the bots", in_office=False)
    options = command("cases", "list the cases")
    options.add_argument("--json", action="store_true", help="print one JSON object for each case")
    options.add_argument("--bot", default="", help="only the cases of this bot")
    options = command("vendors", "import the vendors of a CSV or Excel file into the vendor master")
    options.add_argument("act", choices=["import"])
    options.add_argument("file", type=Path, metavar="FILE")
    for name, purpose in (
        ("orders", "import the purchase orders of a CSV or Excel file"),
        ("deliveries", "import the deliveries on purchase orders of a CSV or Excel file"),
    ):
        options = command(name, purpose)
        options.add_argument("act", choices=["import"])
        options.add_argument("file", type=Path, metavar="FILE")
    _layout_commands(command)
    _auditors_commands(command)
    _people_commands(command)
    _system_commands(command)
    options = command("bench", "run a benchmark", in_office=False)
    options.add_argument("name")
    options.add_argument("rest", nargs=argparse.REMAINDER)
    return keywright


def _layout_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands about layouts."""
    options = command("layouts", "list layouts, show one, export or import one, choose a version of its profile")
    acts = options.add_subparsers(dest="act", required=True, metavar="ACT")

    def act(name: str, purpose: str, *, of_layout: bool = True) -> argparse.ArgumentParser:
        added = acts.add_parser(name, help=purpose, description=purpose)
        if of_layout:
            added.add_argument("number", type=positive, metavar="NUMBER", help="./run layouts list shows the numbers")
        return added

    listed = act("list", "list the layouts with their state", of_layout=False)
    listed.add_argument("--json", action="store_true", help="print one JSON object for each layout")
    act("show", "show what is always the same in a layout, and where each field is found")
    exported = act("export", "write what is known of a layout to a file, for another office")
    exported.add_argument("--out", type=Path, metavar="FILE", help="the file to write (default: layout-NUMBER.json)")
    imported = act("import", "put the layout in a file of another office on file here", of_layout=False)
    imported.add_argument("file", type=Path, metavar="FILE")
    act("roll-back", "use the version before the one in use again")
    taken = act("take", "use a version that was held because it would lose a right value")
    taken.add_argument("version", type=positive, metavar="VERSION", help="./run layouts show NUMBER lists the versions")


def _auditors_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands for auditors."""
    options = command("ledger", "verify the ledger, or sign its head")
    options.add_argument("act", choices=["verify", "sign"])
    options.add_argument("--checkpoints", type=Path, metavar="FILE", help="a copy of checkpoints.jsonl kept elsewhere")
    options.add_argument("--public-key", type=Path, metavar="FILE", help="a copy of ledger_public.pem kept elsewhere")
    options.add_argument(
        "--after-loss",
        action="store_true",
        help="with sign: begin new checkpoints after some were lost; the loss stays on record",
    )
    options = command("receipt", "write the receipt of a keyed case to a file, for auditors")
    options.add_argument("case", type=positive, help="the number of the case")
    options.add_argument(
        "--out", type=Path, metavar="FILE", help="the file to write (default: receipt-CASE.LANGUAGE.html)"
    )
    options.add_argument("--language", choices=["en", "fr"], default="en")
    options.add_argument("--pdf", action="store_true", help="write a PDF")
    options = command("verify", "check whether files are unchanged receipts")
    options.add_argument("files", nargs="+", type=Path, metavar="FILE")


def _people_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands about people, their departments, reminders and tokens."""
    options = command("person", "add a person who may sign in to the console, or confirm an account")
    options.add_argument("name")
    what = options.add_mutually_exclusive_group(required=True)
    what.add_argument("--group", action="append", choices=["clerk", "supervisor", "it", "auditor"])
    what.add_argument("--confirm", action="store_true", help="confirm the account in person, if no colleague can do it")
    options.add_argument(
        "--department", action="append", default=[], help="a department of the person; may be given several times"
    )
    options.add_argument("--email", default="", help="where reminders go; without it, the address on file stays")
    options.add_argument(
        "--own-password",
        action="store_true",
        help="the person types the password now, and need not change it at the first sign-in",
    )
    options = command("department", "set the bots whose cases are seen only by this department")
    options.add_argument("name")
    options.add_argument(
        "--bot",
        action="append",
        default=[],
        help="may be given several times; without it, the department loses its bots",
    )
    command("remind", "remind people of cases that are due soon, escalate overdue cases, and send the mails")
    options = command("token", "make, list or revoke the tokens of programs that use the API")
    options.add_argument("act", choices=["new", "list", "revoke"])
    options.add_argument("what", nargs="?", default="", help="new: the token's name; revoke: its number")
    options.add_argument("--person", default="", help="new: the person whose rights the program has")
    options.add_argument(
        "--scope",
        action="append",
        default=[],
        help="new: documents:write, cases:read, queue:read, cases:decide or receipts:read; may be given several times",
    )
    options.add_argument(
        "--days", type=positive, default=90, help="new: how many days the token is valid (default: 90)"
    )


def _system_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands about target systems."""
    options = command("probe", "compare a target system's screens with their recorded shape, without posting")
    options.add_argument("system")
    options.add_argument("--record", action="store_true", help="record the screens of now as the system's shape")
    options = command("proposals", "list or decide the changes that robots noticed on screens")
    options.add_argument("act", nargs="?", choices=["accept", "reject"])
    options.add_argument("id", nargs="?", default="")
    options.add_argument("--all", action="store_true", help="list decided changes too")
    options = command("new", "write the skeleton of a target system by looking at its screens", in_office=False)
    options.add_argument("what", choices=["system"])
    options.add_argument("name", help="for example permits-desk")
    options.add_argument("--url", required=True, help="the sign-in page, or the entry form")
    options.add_argument("--form", default="", help="the address of the entry form, if it is another page")
    options.add_argument("--find", default="", help="the address of the search screen")
    options.add_argument("--user", default="", help="the login; its password is read from a setting, or typed")
