"""The timetable: one line a bot, and a file in which a town changes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from keywright.bot import all_bots
from keywright.errors import Stop
from keywright.settings.settings import Settings, load
from schedules.timetable import REMINDING, TIMETABLE, Timed, reminding, timetable_of

BOTS = ("supplier-invoices", "permit-applications", "dog-licences")
STANDARD = (Timed("supplier-invoices", cron="*/15 7-18 * * mon-fri"), Timed("permit-applications", cron="0 9 * * *"))


def _settings(home: Path, toml: str = "") -> Settings:
    if not toml:
        return load({"KEYWRIGHT_HOME": str(home)})
    file = home / "timetable.toml"
    file.write_text(toml, encoding="utf-8")
    return load({"KEYWRIGHT_HOME": str(home), "KEYWRIGHT_TIMETABLE": str(file)})


def _faults(home: Path, toml: str) -> str:
    with pytest.raises(Stop) as stopped:
        timetable_of(_settings(home, toml), BOTS, STANDARD)
    return str(stopped.value)


def test_every_bot_has_a_line_and_every_line_a_bot() -> None:
    assert sorted(timed.bot for timed in TIMETABLE) == sorted(all_bots())
    assert all(timed.in_words() for timed in TIMETABLE)


def test_without_a_file_the_standard_timetable_holds(tmp_path: Path) -> None:
    assert timetable_of(_settings(tmp_path), BOTS, STANDARD) == STANDARD


def test_a_bot_takes_its_documents_from_its_own_inbox_unless_told_otherwise(tmp_path: Path) -> None:
    office_settings = _settings(tmp_path)

    assert STANDARD[0].takes_from(office_settings) == tmp_path / "inbox" / "supplier-invoices"
    assert Timed("x", "0 7 * * *", folder=Path("/srv/scans")).takes_from(office_settings) == Path("/srv/scans")


def test_the_file_changes_what_it_names_and_leaves_the_rest(tmp_path: Path) -> None:
    timetable = timetable_of(
        _settings(tmp_path, '[supplier-invoices]\ncron = "0 6 * * *"\nfolder = "/srv/scans"\nlimit = 50\n'),
        BOTS,
        STANDARD,
    )

    assert timetable == (Timed("supplier-invoices", "0 6 * * *", Path("/srv/scans"), 50), STANDARD[1])


def test_the_file_takes_a_bot_off_and_puts_another_on(tmp_path: Path) -> None:
    toml = '[permit-applications]\nruns = false\n[dog-licences]\ncron = "0 8 * * mon"\n'

    timetable = timetable_of(_settings(tmp_path, toml), BOTS, STANDARD)

    assert timetable == (STANDARD[0], Timed("dog-licences", "0 8 * * mon"))


def test_the_probe_of_a_bots_system_has_a_time_of_its_own(tmp_path: Path) -> None:
    toml = '[supplier-invoices]\nprobe = "45 6 * * mon-fri"\n'

    timetable = timetable_of(_settings(tmp_path, toml), BOTS, STANDARD)

    assert timetable == (Timed("supplier-invoices", "*/15 7-18 * * mon-fri", probe="45 6 * * mon-fri"), STANDARD[1])
    assert "hour '25' is not 0 to 23" in _faults(tmp_path, '[supplier-invoices]\nprobe = "0 25 * * *"\n')


def test_all_faults_of_the_file_are_told_at_once(tmp_path: Path) -> None:
    faults = _faults(
        tmp_path,
        'cron = "0 7 * * *"\n'
        '[supplier-invoices]\ncron = "0 25 * * *"\nlimit = true\nfolder = "scans"\nevery = "hour"\n'
        '[cat-licences]\ncron = "0 7 * * *"\n'
        "[dog-licences]\nlimit = 5\n"
        '[permit-applications]\nruns = "no"\n',
    )

    assert str(tmp_path / "timetable.toml") in faults
    assert "stands above the first bot" in faults
    assert "[supplier-invoices] cron = '0 25 * * *': hour '25' is not 0 to 23." in faults
    assert "[supplier-invoices] limit = True: expected a whole number above zero" in faults
    assert "[supplier-invoices] folder = 'scans': expected the full path" in faults
    assert "[supplier-invoices] every = 'hour': expected one of cron, folder, limit, runs, probe." in faults
    assert "[cat-licences]: there is no such bot. There are: dog-licences, permit-applications, supplier-inv" in faults
    assert "[dog-licences]: say when it runs" in faults
    assert "[permit-applications] runs = 'no': expected true or false" in faults
    assert len(faults.splitlines()) == 9


def test_a_file_that_is_not_toml_is_told_with_the_line(tmp_path: Path) -> None:
    assert "line 2" in _faults(tmp_path, "[supplier-invoices]\ncron = 0 7 * * *\n")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    office_settings = load({"KEYWRIGHT_HOME": str(tmp_path), "KEYWRIGHT_TIMETABLE": "/nowhere/timetable.toml"})

    with pytest.raises(Stop, match=r"KEYWRIGHT_TIMETABLE='/nowhere/timetable.toml' cannot be read: No such file"):
        timetable_of(office_settings, BOTS, STANDARD)


def test_people_are_told_of_what_is_due_every_ten_minutes_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    assert reminding(_settings(tmp_path)) == REMINDING == "*/10 * * * *"
    assert reminding(_settings(tmp_path, '[remind]\ncron = "0 7-18 * * mon-fri"\n')) == "0 7-18 * * mon-fri"
    assert reminding(_settings(tmp_path, "[remind]\nruns = false\n")) == ""


def test_the_line_that_reminds_is_no_bots(tmp_path: Path) -> None:
    office_settings = _settings(tmp_path, '[remind]\ncron = "0 7-18 * * mon-fri"\n')
    assert timetable_of(office_settings, BOTS, STANDARD) == STANDARD


@pytest.mark.parametrize(
    ("line", "fault"),
    [("limit = 5", "expected one of cron, runs"), ('cron = "often"', "cron = 'often'"), ("runs = 1", "true or false")],
)
def test_a_faulty_line_that_reminds_is_told(tmp_path: Path, line: str, fault: str) -> None:
    with pytest.raises(Stop) as stopped:
        reminding(_settings(tmp_path, f"[remind]\n{line}\n"))
    assert fault in str(stopped.value)
