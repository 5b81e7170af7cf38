"""The commands about cases: work them, list them."""

from __future__ import annotations

import argparse
import json
import sys

from cli.output import Progress, case_as_json, print_cases, print_work, warn_if_lacking
from keywright.bot import bot_named
from keywright.cases import casebook
from keywright.cases.waiting import in_doubt, waits_for
from keywright.cases.worker import Office
from keywright.settings.demo_home import demo_inside
from keywright.settings.settings import settings
from tasks.runs.run_bot import run_bot


def run_work(options: argparse.Namespace) -> int:
    """Take in documents and work the waiting cases of a bot; return 1 if IT must look."""
    warn_if_lacking()
    bot = bot_named(options.bot)
    if options.folder is not None and not options.folder.is_dir():
        print(f"keywright: there is no folder {options.folder}", file=sys.stderr)
        return 1
    with Progress(bot.title) as progress:
        summary = run_bot(
            bot,
            Office.of(settings()),
            folder=options.folder,
            limit=options.limit,
            on_received=progress.received,
            on_case=progress.worked,
        )
    doubts = in_doubt(bot.name)
    print_work(progress.opened, progress.cases, waits_for, in_doubt=doubts)
    for trouble in filter(None, (*summary.left_files, summary.stopped, summary.unsigned)):
        print(f"keywright: {trouble}", file=sys.stderr)
    return 1 if summary.troubled or doubts else 0


def run_cases(options: argparse.Namespace) -> int:
    """List the cases, oldest first."""
    cases = casebook.all_cases(options.bot)
    if options.json:
        for case in cases:
            print(json.dumps(case_as_json(case, waits_for), ensure_ascii=False))
    elif not print_cases(cases, waits_for) and (demo := demo_inside(settings().home)):
        print(f"The demo has its own home. To list its cases: KEYWRIGHT_HOME={demo} ./run cases")
    return 0
