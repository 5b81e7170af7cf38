"""Hands the timetable to Prefect's server and executes the runs that fall due, each in its own process.

``python -m schedules.deploying`` runs in the environment that ``schedules.prefect_place`` describes, until stopped.
"""

from __future__ import annotations

import asyncio
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from keywright.bot import all_bots
from keywright.errors import Stop
from keywright.settings.settings import Settings, settings
from keywright.terminal import guard_terminal
from schedules import prefect_place
from schedules.timetable import REMIND, Timed, reminding, timetable_of

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun, State
    from prefect.deployments.runner import RunnerDeployment


def main() -> None:
    """Wait for the server, settle what the last end left behind, and serve the timetable until stopped."""
    configured = settings()
    timetable, cron = timetable_of(configured, all_bots()), reminding(configured)
    while not answers(f"{prefect_place.address(configured)}/api/health"):
        time.sleep(0.5)
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        probed = [f"{timed.bot}-probe" for timed in timetable if timed.probe]
        settle(client, [*(timed.bot for timed in timetable), *probed, *([REMIND] if cron else [])])
    probes = [probing(timed, configured) for timed in timetable if timed.probe]
    reminder = [reminders(cron, configured)] if cron else []
    asyncio.run(_serve([*(deployment(timed, configured) for timed in timetable), *probes, *reminder]))


async def _serve(deployments: Sequence[RunnerDeployment]) -> None:
    """Execute the runs that fall due until SIGTERM; then end the current runs, and report that to the server."""
    from prefect.runner import Runner

    runner = Runner(pause_on_shutdown=False)
    for runner_deployment in deployments:
        await runner.aadd_deployment(runner_deployment)
    end_requested = asyncio.Event()
    at_work = asyncio.create_task(runner.start())
    while not (runner.started or at_work.done()):
        await asyncio.sleep(0.1)
    # Only now: the runner sets its own handler of SIGTERM, which in Prefect 3.8 awaits nothing and ends no run.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end_requested.set)
    print("The timetable is with Prefect; bots run when they are due.", flush=True)
    await asyncio.wait([at_work, asyncio.create_task(end_requested.wait())], return_when=asyncio.FIRST_COMPLETED)
    if not at_work.done():
        await runner.astop()
    await at_work


def answers(url: str) -> bool:
    """Return True if a page on this machine answers, with any status."""
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # this machine is never behind a proxy
        opener.open(url, timeout=10).close()
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        return False
    return True


def deployment(timed: Timed, configured: Settings) -> RunnerDeployment:
    """Return one line of the timetable as a Prefect deployment.

    A run that falls due while the bot's last run is still at work is cancelled: the last one takes the waiting cases.
    """
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.deployments.runner import RunnerDeployment
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from schedules.bot_run import run_bot

    return RunnerDeployment.from_flow(
        run_bot,
        name=timed.bot,
        schedule=Cron(timed.cron, timezone=str(configured.zone)),
        parameters={"bot": timed.bot, "folder": str(timed.takes_from(configured)), "limit": timed.limit},
        description=f"Runs {timed.in_words()}, by the clock of {configured.zone}.",
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def probing(timed: Timed, configured: Settings) -> RunnerDeployment:
    """Return the deployment that compares the screens of a bot's target system with their recorded shape."""
    from prefect.deployments.runner import RunnerDeployment
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from schedules.bot_run import probe_system

    return RunnerDeployment.from_flow(
        probe_system,
        name=f"{timed.bot}-probe",
        schedule=Cron(timed.probe, timezone=str(configured.zone)),
        parameters={"bot": timed.bot},
        description="Compares the target system's screens with their recorded shape, without posting.",
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def reminders(cron: str, configured: Settings) -> RunnerDeployment:
    """Return the deployment that reminds people of what is due; two of these runs at the same time do no harm."""
    from prefect.deployments.runner import RunnerDeployment
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from schedules.bot_run import remind

    return RunnerDeployment.from_flow(
        remind,
        name=REMIND,
        schedule=Cron(cron, timezone=str(configured.zone)),
        description="Reminds people of cases before they are due, and escalates them once when they are.",
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def settle(client: SyncPrefectClient, bots: Collection[str]) -> None:
    """Bring Prefect's records in line with the facts: nothing runs before this program does.

    1. A run that was at work when the machine stopped has crashed; otherwise it would block the next ones.
    2. Of the runs that a bot missed, the last one is made up for, and the others are dropped.
    3. A bot that is no longer in the timetable is removed; its past runs are kept.
    """
    for run in _runs(client, "PENDING", "RUNNING", "CANCELLING"):
        _report_crashed(client, run)
    started_at = datetime.now(UTC)
    missed = [
        run for run in _runs(client, "SCHEDULED") if run.expected_start_time and run.expected_start_time < started_at
    ]
    for run in _all_but_the_last(missed):
        client.delete_flow_run(run.id)
    for known in client.read_deployments():
        if known.name not in bots:
            client.delete_deployment(known.id)


def _report_crashed(client: SyncPrefectClient, run: FlowRun) -> None:
    """Report a run to the server as crashed, repeatedly while its database is too busy."""
    from prefect.client.schemas.responses import SetStateStatus
    from prefect.states import Crashed

    words = "Keywright was stopped while this run was at work. Its cases go on in the next run."
    for _ in range(10):
        state: State[None] = Crashed(message=words)
        if client.set_flow_run_state(run.id, state, force=True).status is SetStateStatus.ACCEPT:
            return
        time.sleep(1)
    raise Stop(
        f"Prefect's server does not let go of its run {run.name}. Start again; if that does not help, restart it."
    )


def _runs(client: SyncPrefectClient, *states: str) -> list[FlowRun]:
    """Return all runs in one of these states."""
    from prefect.client.schemas.filters import FlowRunFilter

    which = FlowRunFilter.model_validate({"state": {"type": {"any_": states}}})
    flow_runs: list[FlowRun] = []
    while page := client.read_flow_runs(flow_run_filter=which, limit=200, offset=len(flow_runs)):
        flow_runs += page
    return flow_runs


def _all_but_the_last(runs: Sequence[FlowRun]) -> list[FlowRun]:
    """Return all runs except, for each deployment, the last one due."""
    ordered = sorted(runs, key=lambda run: (str(run.deployment_id), run.expected_start_time))
    return [
        run
        for _, runs_of_deployment in groupby(ordered, key=lambda run: run.deployment_id)
        for run in list(runs_of_deployment)[:-1]
    ]


if __name__ == "__main__":
    guard_terminal()
    main()
