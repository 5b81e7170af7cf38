"""The work of a timed run in the open office; a run fails only if IT must look.

Each case is a Prefect task, and the final state of the run names the outcome of the cases.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from keywright.bot import AnyBot, bot_named
from keywright.cases.worker import Office
from keywright.console.shared.reminders import remind as remind_people
from keywright.errors import KeywrightError, Stop
from keywright.ledger.screen_changes import note
from keywright.model.case import Case
from keywright.settings.settings import settings, sign_in
from systems.web.drift.drift_check import probe
from tasks.pipeline import work_claimed
from tasks.runs.run_bot import run_bot as run
from tasks.system_session import Desk


def run_bot(bot: str, folder: str | None, limit: int | None) -> State[None]:
    """Take in the files of the bot's folder, and work its waiting cases.

    Cases that a person must decide are normal and no failure. The run fails, with the reason, if a case failed for
    good, a file could not be taken in, or nothing can go on: IT must look.
    """
    log = get_run_logger()
    try:
        summary = run(
            bot_named(bot),
            Office.of(settings()),
            folder=Path(folder) if folder else settings().inbox / bot,
            limit=limit,
            put_away=True,
            on_received=lambda opened: log.info("%s is case %s", opened.case.file_name, opened.case.id),
            on_case=lambda case: log.info("case %s (%s) is now %s", case.id, case.file_name, case.state),
            work_one=_work_as_task,
        )
    except Stop as stop:
        return Failed(message=str(stop))
    return (Failed if summary.troubled else Completed)(message=str(summary))


def probe_system(bot: str) -> State[None]:
    """Compare the screens of a bot's target system with their recorded shape; fail with the differences, if any."""
    system = bot_named(bot).keys_into.name
    try:
        differences = probe(system, replace(sign_in(system), note=note))
    except KeywrightError as fault:
        return Failed(message=str(fault))
    if differences:
        return Failed(message=" ".join([f"{system}:", *differences]))
    return Completed(message=f"{system}: as recorded.")


def remind() -> State[None]:
    """Remind people of what is due; fail with the reason if there is no one to remind or mail does not go."""
    done = remind_people()
    return (Failed if done.troubled else Completed)(message=str(done))


@task(name="work-case", cache_policy=NO_CACHE, persist_result=False)
def work_case(work: Callable[[], Case]) -> Case:
    """Work one claimed case; Prefect records its number, the name of its file, and the duration."""
    return work()


def _work_as_task(case: Case, bot: AnyBot, desk: Desk, office: Office) -> Case:
    with_name = work_case.with_options(task_run_name=lambda: f"case {case.id}: {case.file_name}")
    return with_name(lambda: work_claimed(case, bot, desk, office))
