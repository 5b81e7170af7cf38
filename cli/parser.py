"""The commands of the command line, and the options that each of them takes."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; what is parsed has the command's name as ``command``."""
    purpose = "Robots that do the back office's typing."
    keywright = argparse.ArgumentParser(prog="keywright", description=purpose, epilog="Start with: ./run demo")
    commands = keywright.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, purpose: str, *, in_office: bool = True) -> argparse.ArgumentParser:
        """Add a command; one that is not ``in_office`` needs no database, and none is opened for it."""
        added = commands.add_parser(name, help=purpose, description=purpose)
        added.set_defaults(command=name, in_office=in_office)
        return added

    options = command("demo", "work sample documents through the demo town hall")
    options.add_argument("--exit", action="store_true", help="end when done instead of leaving the console up")
    options = command("serve", "run the console, the Prefect API and the schedules on this machine")
    options = command("console", "run the console alone")
    options.add_argument("--port", type=int, default=None)
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--demo", action="store_true", help=argparse.SUPPRESS)  # the demo's own console
    options = command("read", "show what is read on documents, and whether a bot may key them", in_office=False)
    options.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    options.add_argument("--json", action="store_true", help="print one JSON object a document")
    options.add_argument("--explain", action="store_true", help="show for each field the candidates and why one won")
    options.add_argument(
        "--picture", type=Path, metavar="OUT.png", help="draw the evidence on the pages of the one file"
    )
    options = command("work", "take in documents and work the waiting cases of a bot")
    options.add_argument("bot")
    options.add_argument("--from", dest="folder", type=Path, help="take the files of this folder in first")
    options.add_argument("--limit", type=int, help="work at most this many cases")
    command("bots", "list the bots", in_office=False)
    options = command("cases", "list the cases")
    options.add_argument("--json", action="store_true", help="print one JSON object a case")
    options.add_argument("--bot", default="", help="only the cases of this bot")
    options = command("vendors", "put the vendors of a CSV or Excel file on file")
    options.add_argument("act", choices=["import"])
    options.add_argument("file", type=Path, metavar="FILE")
    _auditors_commands(command)
    _people_commands(command)
    _system_commands(command)
    options = command("bench", "run a benchmark", in_office=False)
    options.add_argument("name")
    options.add_argument("rest", nargs=argparse.REMAINDER)
    return keywright


def _auditors_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands with which an auditor's questions are answered."""
    options = command("ledger", "verify the ledger, or sign its head")
    options.add_argument("act", choices=["verify", "sign"])
    options.add_argument("--checkpoints", type=Path, metavar="FILE", help="a copy of checkpoints.jsonl kept elsewhere")
    options.add_argument("--public-key", type=Path, metavar="FILE", help="a copy of ledger_public.pem kept elsewhere")
    options.add_argument(
        "--after-loss", action="store_true", help="sign: begin checkpoints anew where some are lost, and keep that told"
    )
    options = command("receipt", "hand out the receipt of a keyed case, written out for auditors")
    options.add_argument("case", type=int)
    options.add_argument(
        "--out", type=Path, metavar="FILE", help="where to write it; else to receipt-CASE.LANGUAGE.html"
    )
    options.add_argument("--language", choices=["en", "fr"], default="en")
    options.add_argument("--pdf", action="store_true", help="as a PDF")
    options = command("verify", "say whether files are receipts as they were written")
    options.add_argument("files", nargs="+", type=Path, metavar="FILE")


def _people_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands about who may do what, and who is told."""
    options = command("person", "add a person who may sign in to the console")
    options.add_argument("name")
    what = options.add_mutually_exclusive_group(required=True)
    what.add_argument("--group", action="append", choices=["clerk", "supervisor", "it", "auditor"])
    what.add_argument("--confirm", action="store_true", help="say in person whose account it is, if nobody else may")
    options.add_argument("--department", action="append", default=[], help="sees the cases of the bots given to it")
    options.add_argument("--email", default="", help="where reminders go; what is on file stays if not given")
    options.add_argument("--own-password", action="store_true", help="the person types it: it need not be changed")
    options = command("department", "say which bots' cases a department sees, and those in no such one do not")
    options.add_argument("name")
    options.add_argument("--bot", action="append", default=[], help="none at all takes its bots from it")
    command("remind", "remind of cases that are due soon, escalate those that are due, and send the mails")
    options = command("token", "make, list or revoke tokens with which programs use the API")
    options.add_argument("act", choices=["new", "list", "revoke"])
    options.add_argument("what", nargs="?", default="", help="the new token's name, or the number of the one to revoke")
    options.add_argument("--person", default="", help="for whom the program acts: it may do what this person may")
    options.add_argument("--scope", action="append", default=[], help="what it may do; may be given several times")
    options.add_argument("--days", type=int, default=90, help="how long it is in force")


def _system_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands about target systems."""
    options = command("probe", "compare a target system's screens with their recorded shape, without posting")
    options.add_argument("system")
    options.add_argument("--record", action="store_true", help="keep what is seen now as the system's shape")
    options = command("proposals", "list what robots found again on changed screens, and decide it")
    options.add_argument("act", nargs="?", choices=["accept", "reject"])
    options.add_argument("id", nargs="?", default="")
    options.add_argument("--all", action="store_true", help="list those that are decided too")
    options = command("new", "write the skeleton of a target system by looking at its screens", in_office=False)
    options.add_argument("what", choices=["system"])
    options.add_argument("name", help="as in permits-desk")
    options.add_argument("--url", required=True, help="the page to sign in at, or the entry form")
    options.add_argument("--form", default="", help="address of the entry form, if it is another page")
    options.add_argument("--find", default="", help="address of the search screen")
    options.add_argument("--user", default="", help="who signs in; the password is asked for, or stands in a setting")
