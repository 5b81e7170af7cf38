"""A clerk confirms the invoices of earlier months, as on the review page: so the demo's layouts have earned trust.

Nothing is copied into the database. The robot reads each document, refers it, learns from the decision and keys it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from demo.past_months import past_invoices
from demo.sample import INVOICES
from keywright.bot import AnyBot, bot_named
from keywright.cases import casebook
from keywright.cases.worker import Office
from keywright.model.case import Case, Opened, State
from keywright.people.accounts import add_person
from keywright.review import decisions
from keywright.settings.settings import settings
from tasks.runs.run_bot import run_bot

FORMER_CLERK = "edna"
"""Who decided in the earlier months; nobody knows her password any more."""


def replay_past_months(folder: Path, on_case: Callable[[Case], object] = lambda _: None) -> Sequence[Case]:
    """Work the invoices of earlier months, once; return their cases, none if they had come in before.

    1. The robot takes them in and reads them. It knows none of their layouts, and refers each.
    2. The clerk compares each referred one with its page, the oldest of a vendor first, and accepts.
    3. The robot keys them.
    """
    truths, opened = _put_into(folder), list[Opened]()
    bot, office = bot_named(INVOICES), Office.of(settings())
    run_bot(bot, office, folder=folder, limit=0, on_received=opened.append)
    new = {entry.case.file_name: entry.case.id for entry in opened if entry.new}
    if not new:
        return ()
    add_person(FORMER_CLERK, secrets.token_urlsafe(24), "clerk")
    run_bot(bot, office)
    with _decided_at_once():
        for file in truths:
            if (case := casebook.get(new[file])).state is State.REFERRED:
                confirm(case, bot, truths[file])
    run_bot(bot, office, on_case=on_case)
    return [casebook.get(number) for number in new.values()]


def confirm(case: Case, bot: AnyBot, truth: Mapping[str, str]) -> Case:
    """Accept a referred case as the clerk does: with what is printed, and with each question answered."""
    extraction = decisions.extraction_of(case, bot)
    shown = {name: decisions.one_line(field.value) for name, field in extraction.fields.items()}
    ticked = {decisions.id_of(finding) for finding in case.findings if finding.acceptable}
    return decisions.accept(case, bot, {**shown, **truth}, ticked, person=FORMER_CLERK, second=False).case


def _put_into(folder: Path) -> dict[str, Mapping[str, str]]:
    """Write the documents into a folder, and return what is printed on each, in their order."""
    folder.mkdir(parents=True, exist_ok=True)
    truths = {}
    for sample, content in past_invoices():
        (folder / sample.file).write_bytes(content)
        truths[sample.file] = sample.truth
    return truths


@contextmanager
def _decided_at_once() -> Iterator[None]:
    """Let the robot go on from a decision at once: nobody will undo one of an earlier month."""
    name = "KEYWRIGHT_UNDO_WINDOW_SECONDS"
    before = os.environ.get(name)
    os.environ[name] = "0"
    settings.cache_clear()
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
        settings.cache_clear()
