"""One run of a bot: what it takes in and works, and how it tells what became of it."""

from __future__ import annotations

from pathlib import Path

from bots.supplier_invoices import bot
from keywright.bot import AnyBot
from keywright.cases import casebook, work_queue
from keywright.cases.worker import Office
from keywright.ledger import checkpoints
from keywright.model.case import Case, State
from tasks.runs.run_bot import run_bot
from tasks.system_session import Desk


def _folder(tmp_path: Path, documents: int) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(documents):
        (folder / f"{number}.pdf").write_bytes(b"%%PDF-1.7 %d" % number)
    return folder


def _fails(case: Case, _bot: AnyBot, _desk: Desk, office: Office) -> Case:
    return casebook.move(case, State.FAILED, "case-failed", actor=office.worker, **casebook.released())


def _puts_back(case: Case, _bot: AnyBot, _desk: Desk, office: Office) -> Case:
    return office.put_back(case, RuntimeError("the system is away"))


def test_a_run_works_no_more_cases_than_its_limit(office: Office, tmp_path: Path) -> None:
    summary = run_bot(bot, office, folder=_folder(tmp_path, 3), limit=2, work_one=_puts_back)

    assert str(summary) == "supplier-invoices: 3 new, 2 to be tried again later."
    assert not summary.troubled
    assert work_queue.waiting(bot.name).count() == 1


def test_a_run_names_the_cases_that_failed_for_good(office: Office, tmp_path: Path) -> None:
    summary = run_bot(bot, office, folder=_folder(tmp_path, 2), limit=2, work_one=_fails)

    first, second = (case.id for case in casebook.all_cases(bot.name))
    assert summary.troubled
    assert str(summary) == (
        f"supplier-invoices: 2 new, 2 failed and handed to IT. Failed: case {first}, {second}; the ledger says why."
    )


def test_a_run_without_a_folder_works_what_waits_and_tells_each(office: Office, tmp_path: Path) -> None:
    cases_seen: list[Case] = []
    folder = _folder(tmp_path, 2)
    run_bot(bot, office, folder=folder, limit=0)

    summary = run_bot(bot, office, limit=2, work_one=_fails, on_case=cases_seen.append)

    assert [case.state for case in cases_seen] == [State.FAILED, State.FAILED]
    assert (summary.new, summary.repeated) == (0, 0)


def test_documents_that_had_come_in_before_are_told_and_open_no_case(office: Office, tmp_path: Path) -> None:
    folder = _folder(tmp_path, 2)
    run_bot(bot, office, folder=folder, limit=0)

    summary = run_bot(bot, office, folder=folder, limit=0)

    assert str(summary) == "supplier-invoices: 2 that had come in before."
    assert len(list(casebook.all_cases(bot.name))) == 2


def test_a_run_whose_ledger_was_not_signed_says_so_apart_and_is_troubled(office: Office, tmp_path: Path) -> None:
    run_bot(bot, office, folder=_folder(tmp_path, 1), limit=0)
    assert not run_bot(bot, office, limit=0).troubled
    (office.settings.home / checkpoints.FILE).write_text("nonsense\n", encoding="utf-8")

    summary = run_bot(bot, office, limit=0)

    assert summary.troubled
    assert "line 1, is no checkpoint" in summary.unsigned
    assert summary.unsigned in str(summary)


def test_a_lock_that_cannot_be_opened_leaves_the_ledger_unsigned_and_the_run_troubled(office: Office) -> None:
    (office.settings.home / "checkpoints.lock").mkdir()

    summary = run_bot(bot, office, limit=0)

    assert summary.troubled
    assert summary.unsigned.startswith("The ledger's head was not signed: ")
