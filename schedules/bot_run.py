"""A timed run of a bot as Prefect sees it: one flow a run, one task a case, and what became of them as the last word.

Prefect starts this module by its path, ``schedules.bot_run.run_bot``, in a process of its own. Whatever touches the
records is imported once they are open.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from keywright.bot import AnyBot, bot_named
from keywright.cases import Case
from keywright.errors import Stop
from keywright.records.opening import open_records
from keywright.settings import settings

if TYPE_CHECKING:
    from keywright.office import Office
    from tasks.desk import Desk


def name_of_run() -> str:
    """Return the name of a run: the bot, and the time it was due by the town's clock."""
    due: datetime = flow_run.get_scheduled_start_time()
    return f"{flow_run.get_parameters()['bot']} {due.astimezone(settings().zone):%Y-%m-%d %H:%M}"


@flow(name="run-bot", flow_run_name=name_of_run, retries=0, persist_result=False)
def run_bot(bot: str, folder: str | None = None, limit: int | None = None) -> State[None]:
    """Take in what lies in the bot's folder, and work what waits for it.

    Cases that a person must decide are the day's work and no failure. The run fails, and says why, if a case failed
    for good, a file could not be taken in, or nothing can go on: IT must look.
    """
    open_records()
    from keywright.office import Office
    from tasks.run_bot import run_bot as run

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


@flow(name="probe-system", retries=0, persist_result=False)
def probe_system(bot: str) -> State[None]:
    """Compare the screens of a bot's target system with their recorded shape; fail, and say how, where they differ."""
    open_records()
    from keywright.errors import KeywrightError
    from keywright.settings import sign_in
    from systems.probe import probe

    system = bot_named(bot).keys_into.name
    try:
        found = probe(system, sign_in(system))
    except KeywrightError as fault:
        return Failed(message=str(fault))
    return Failed(message=" ".join([f"{system}:", *found])) if found else Completed(message=f"{system}: as recorded.")


@flow(name="remind", retries=0, persist_result=False)
def remind() -> State[None]:
    """Tell people of what is due; fail, and say why, if there is nobody to tell or mail does not go."""
    open_records()
    from keywright.console.reminding import remind as remind_people

    done = remind_people()
    return (Failed if done.troubled else Completed)(message=str(done))


@task(name="work-case", cache_policy=NO_CACHE, persist_result=False)
def work_case(work: Callable[[], Case]) -> Case:
    """Work one claimed case; Prefect is told its number, the name of its file, and how long it took."""
    return work()


def _work_as_task(case: Case, bot: AnyBot, desk: Desk, office: Office) -> Case:
    from tasks.work_case import work_claimed

    named = work_case.with_options(task_run_name=lambda: f"case {case.id}: {case.file_name}")
    return named(lambda: work_claimed(case, bot, desk, office))
