"""The timed runs in Prefect: a flow for each kind, which opens the office and passes the work on to it.

Prefect starts this module by its path, ``schedules.bot_run.run_bot``, in a new process. The office is opened in that
process and not at import, because the program that hands the timetable to Prefect imports this module too.
"""

from __future__ import annotations

from datetime import datetime
from types import ModuleType

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from keywright.settings.settings import settings
from keywright.setup import open_records


def name_of_run() -> str:
    """Return the name of a run: the bot, and the time it was due by the town's clock."""
    due: datetime = flow_run.get_scheduled_start_time()
    return f"{flow_run.get_parameters()['bot']} {due.astimezone(settings().zone):%Y-%m-%d %H:%M}"


@flow(name="run-bot", flow_run_name=name_of_run, retries=0, persist_result=False)
def run_bot(bot: str, folder: str | None = None, limit: int | None = None) -> State[None]:
    """Take in the files of the bot's folder, and work its waiting cases."""
    state: State[None] = _office().run_bot(bot, folder, limit)
    return state


@flow(name="probe-system", retries=0, persist_result=False)
def probe_system(bot: str) -> State[None]:
    """Compare the screens of a bot's target system with their recorded shape; fail with the differences, if any."""
    state: State[None] = _office().probe_system(bot)
    return state


@flow(name="remind", retries=0, persist_result=False)
def remind() -> State[None]:
    """Remind people of what is due; fail with the reason if there is no one to remind or mail does not go."""
    state: State[None] = _office().remind()
    return state


def _office() -> ModuleType:
    """Open the office in the process of this run, and return what is done there."""
    open_records()
    from schedules import runs

    return runs
