"""Permits are keyed into a real Trac through its screens, once each, with the application attached."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from demo.trac import PermitOffice, permits
from demo.trac.plain_clerk import TracClerk
from demo.trac.serving import CHECKOUT
from keywright.errors import NotPosted, Refer, Stop
from keywright.model.target_system import SignIn, Unfinished
from systems.trac.permits import PermitTickets
from systems.web.browser.browser import fresh_page
from tests.systems.rights import a_minute
from tests.systems.trac.trac_permits import STORED, day_of, numbers, paper, permit, write


@pytest.fixture
def desk(trac: PermitOffice, desk_page: Page) -> PermitTickets:
    return PermitTickets(desk_page, SignIn(trac.url, "clerk", "clerk-pw"))


@pytest.fixture
def clerk(trac: PermitOffice) -> TracClerk:
    return TracClerk(trac.url)


def dying_at_the_upload() -> Callable[[], float]:
    """Give the right to post once; whoever asks again has died meanwhile, as far as Trac can see."""
    requests: list[int] = []

    def posting() -> float:
        requests.append(1)
        if len(requests) > 1:
            raise NotPosted("The lease was lost.")
        return 60.0

    return posting


def test_a_permit_is_created_once_with_every_value_and_its_application(
    trac: PermitOffice, desk: PermitTickets, tmp_path: Path
) -> None:
    record = permit(tmp_path)
    assert record.file is not None
    assert desk.find(record) is None
    desk.enter(record, a_minute)
    receipt = desk.find(record)

    [ticket] = permits(trac.project)
    assert {name: ticket[name] for name in STORED} == STORED
    assert (ticket["status"], ticket["reporter"]) == ("new", "clerk")
    assert day_of(ticket["declared"]) == dt.date(2026, 12, 1)
    [file] = ticket["files"]
    assert (file.sha256, file.size) == (record.file.sha256, record.file.path.stat().st_size)
    assert receipt is not None
    assert receipt.number == f"#{ticket['id']}"
    shown_values = {value.name: value.shown for value in receipt.values}
    assert len(shown_values) == len(STORED) + len({"declared", "file"})
    assert shown_values["work_description"] == record.work_description
    assert record.file.sha256 in shown_values["file"]
    assert receipt.picture.startswith(b"\x89PNG")


def test_a_permit_without_a_document_is_created_without_an_attachment(
    trac: PermitOffice, desk: PermitTickets, tmp_path: Path
) -> None:
    record = permit(tmp_path, file=None)
    desk.enter(record, a_minute)
    assert desk.find(record) is not None
    assert [row["files"] for row in permits(trac.project)] == [[]]


def test_a_permit_that_was_left_without_its_file_is_completed_and_not_created_again(
    trac: PermitOffice, desk: PermitTickets, tmp_path: Path
) -> None:
    record = permit(tmp_path)
    with pytest.raises(NotPosted):
        desk.enter(record, dying_at_the_upload())
    assert [row["files"] for row in permits(trac.project)] == [[]]
    with pytest.raises(Unfinished, match="without the file Permit application é-") as unfinished:
        desk.find(record)
    assert unfinished.value.number == f"#{numbers(trac.project)[0]}"

    desk.finish(record, a_minute)
    assert desk.find(record) is not None
    assert [len(row["files"]) for row in permits(trac.project)] == [1]


KILLED = """
import os, signal, sys
from pathlib import Path
from keywright.model.target_system import SignIn
from systems.trac.permits import trac_permits
from tests.systems.trac.trac_permits import permit

asked = []
def posting():
    asked.append(1)
    if len(asked) > 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return 60.0

with trac_permits(SignIn(sys.argv[1], "clerk", "clerk-pw")) as desk:
    desk.enter(permit(Path(sys.argv[2])), posting)
"""


def test_a_worker_killed_between_ticket_and_attachment_leaves_one_permit_that_the_next_one_completes(
    trac: PermitOffice, desk: PermitTickets, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", KILLED, trac.url, str(tmp_path)]
    killed = subprocess.run(command, cwd=CHECKOUT, timeout=120, stderr=subprocess.PIPE)
    assert killed.returncode == -9, killed.stderr.decode()

    record = permit(tmp_path)
    with pytest.raises(Unfinished):
        desk.find(record)
    desk.finish(record, a_minute)
    assert desk.find(record) is not None
    assert [len(row["files"]) for row in permits(trac.project)] == [1]


def test_an_upload_that_trac_finished_late_and_its_repetition_leave_one_file(
    trac: PermitOffice, desk: PermitTickets, tmp_path: Path
) -> None:
    record = permit(tmp_path)
    desk.enter(record, a_minute)
    desk.finish(record, a_minute)
    assert desk.find(record) is not None
    assert [len(row["files"]) for row in permits(trac.project)] == [1]


def test_a_permit_that_is_there_twice_is_referred_for_trac_takes_it_again_without_a_word(
    desk: PermitTickets, clerk: TracClerk, tmp_path: Path
) -> None:
    record = permit(tmp_path)
    desk.enter(record, a_minute)
    clerk.create(STORED | {"declared": "2026-12-01"})
    with pytest.raises(Refer, match=r"Entered 2 times .* It holds this record as #1, #2"):
        desk.find(record)


def test_a_closed_permit_is_found(trac: PermitOffice, desk: PermitTickets, tmp_path: Path) -> None:
    record = permit(tmp_path)
    desk.enter(record, a_minute)
    write(trac.project, "UPDATE ticket SET status = 'closed', resolution = 'fixed'")
    assert desk.find(record) is not None


def test_a_permit_is_found_on_the_last_of_many_pages(desk: PermitTickets, clerk: TracClerk, tmp_path: Path) -> None:
    desk.rows_a_page = 2  # type: ignore[misc]
    other_tickets = [
        {"site_address": f"{n} O'Brien Street", "summary": "x", "declared": "2026-12-01"} for n in range(4)
    ]
    for ticket in other_tickets:
        clerk.create({**STORED, **ticket})
    record = permit(tmp_path, file=None)
    assert desk.find(record) is None
    desk.enter(record, a_minute)
    receipt = desk.find(record)
    assert receipt is not None
    assert receipt.number == "#5"


@pytest.mark.parametrize(
    ("address", "applicant"),
    [("12  o'brien STREET", "zoë d'arcy-müller"), ("12 O'Brien Street ", "ZOË  D'ARCY-MÜLLER")],
)
def test_a_permit_spelled_another_way_is_the_same_permit(
    desk: PermitTickets, clerk: TracClerk, tmp_path: Path, address: str, applicant: str
) -> None:
    clerk.create(STORED | {"site_address": address, "applicant": applicant, "declared": "2026-12-01"})
    with pytest.raises(Refer, match=r"(project address|applicant name) is"):
        desk.find(permit(tmp_path, file=None))


@pytest.mark.parametrize(
    "changes",
    [
        {"project_address": "112 O'Brien Street"},
        {"project_address": "12 O'Brien Street West"},
        {"project_unit": ""},
        {"applicant_name": "Zoë D'Arcy"},
        {"declaration_date": dt.date(2026, 1, 12)},
    ],
)
def test_what_trac_finds_for_a_part_of_the_text_is_compared_whole(
    desk: PermitTickets, clerk: TracClerk, tmp_path: Path, changes: dict[str, object]
) -> None:
    clerk.create(STORED | {"declared": "2026-12-01"})
    assert desk.find(permit(tmp_path, file=None)) is not None
    assert desk.find(permit(tmp_path, file=None, **changes)) is None


def test_text_that_a_search_could_take_for_its_own_signs_is_found_as_it_stands(
    desk: PermitTickets, tmp_path: Path
) -> None:
    for address in ("5 Elm_Road 100%", "~!^$ 7 | 8 & col=id", "Rue d'É"):
        record = permit(tmp_path, project_address=address, file=None)
        assert desk.find(record) is None
        desk.enter(record, a_minute)
        assert desk.find(record) is not None


def test_a_value_as_somebody_typed_it_is_referred_with_both_values(
    desk: PermitTickets, clerk: TracClerk, tmp_path: Path
) -> None:
    clerk.create(STORED | {"est_value": "$48,500", "declared": "2026-12-01"})
    with pytest.raises(Refer, match=r"project value is “\$48,500” there and should be “48500\.00”"):
        desk.find(permit(tmp_path, file=None))


def test_an_attached_file_with_other_bytes_is_referred_even_if_name_and_size_agree(
    trac: PermitOffice, desk: PermitTickets, tmp_path: Path
) -> None:
    record = permit(tmp_path)
    desk.enter(record, a_minute)
    [attached] = [path for path in (trac.project / "files" / "attachments").rglob("*") if path.is_file()]
    attached.write_bytes(attached.read_bytes()[:-1] + b"?")
    with pytest.raises(Refer, match=r"file is “Permit application é-.*” there and should be"):
        desk.find(record)


def test_a_file_that_is_larger_than_trac_takes_is_referred_and_the_permit_waits_for_it(
    trac: PermitOffice, desk: PermitTickets, tmp_path: Path
) -> None:
    record = permit(tmp_path, file=paper(tmp_path, content=b"%PDF" + b"x" * 6_000_000))
    with pytest.raises(Refer, match=r"has 6,000,004 bytes, and trac-permits takes size limit 5\.0 MB"):
        desk.enter(record, a_minute)
    with pytest.raises(Unfinished):
        desk.find(record)
    assert [row["files"] for row in permits(trac.project)] == [[]]


def test_a_document_that_is_gone_or_changed_stops_the_robot_before_anything_is_there(
    trac: PermitOffice, desk: PermitTickets, tmp_path: Path
) -> None:
    record = permit(tmp_path)
    assert record.file is not None
    record.file.path.write_bytes(b"another")
    with pytest.raises(Stop, match="was changed"):
        desk.enter(record, a_minute)
    record.file.path.unlink()
    with pytest.raises(Stop, match="cannot be read"):
        desk.enter(record, a_minute)
    assert numbers(trac.project) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"purpose": "swimming pool"}, "“swimming pool” at 'Purpose:': it offers"),
        ({"applicant_is": "nobody"}, "there is no such button"),
        ({"project_address": "12 Elm\nStreet"}, "“12 Elm\\\\nStreet” at 'Summary:'|at 'Summary:'"),
    ],
)
def test_what_a_control_does_not_take_is_referred_and_nothing_is_posted(
    trac: PermitOffice, desk: PermitTickets, tmp_path: Path, changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(Refer, match=sentence):
        desk.enter(permit(tmp_path, **changes), a_minute)
    assert numbers(trac.project) == []


def test_a_wrong_password_stops_the_robot_and_the_password_is_not_told(trac: PermitOffice, page: Page) -> None:
    desk = PermitTickets(page, SignIn(trac.url, "clerk", "wrong-secret"))
    with pytest.raises(Stop, match="refuses the sign-in of 'clerk'") as stopped:
        desk.find(permit(Path("/"), file=None))
    assert "wrong-secret" not in str(stopped.value)


def test_who_may_not_create_tickets_is_told_so(trac: PermitOffice, browser: Browser, tmp_path: Path) -> None:
    with fresh_page(browser) as page:
        desk = PermitTickets(page, SignIn(trac.url, "visitor", "visitor-pw"))
        with pytest.raises(Stop, match="TICKET_CREATE"):
            desk.enter(permit(tmp_path, project_value=Decimal("1")), a_minute)
    assert numbers(trac.project) == []
