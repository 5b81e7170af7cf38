"""A file that holds several documents becomes a case for each, and no page is lost unsaid."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from keywright.cases import casebook
from keywright.cases.worker import Office
from keywright.database.models import DuplicateKey, Keying, LedgerEntry, StoredCase
from keywright.findings import Finding
from keywright.model.case import IllegalMove, State
from keywright.review import claims
from keywright.review import split as splitting
from keywright.review.split import ranges_from, split
from keywright.settings.settings import load
from tests.keywright.clerks import ODD, clerk, row_of, waiting
from tests.keywright.racing import race


@pytest.fixture
def office(tmp_path: Any, db: None) -> Office:
    return Office.of(load({"KEYWRIGHT_HOME": str(tmp_path / "home")}))


def pages_now() -> list[tuple[int, str, tuple[int | None, int | None]]]:
    rows = StoredCase.objects.order_by("part")
    return [(row.part, row.state, (row.first_page, row.last_page)) for row in rows]


def test_each_range_becomes_a_case_that_is_read_afresh_and_what_is_left_out_is_told(office: Office) -> None:
    case, maria = waiting(office, pages=7), clerk("maria")

    numbers = split(int(case.id), [(1, 2), (3, 3), (5, 7)], person=maria)

    assert pages_now() == [(1, "received", (1, 2)), (2, "received", (3, 3)), (3, "received", (5, 7))]
    assert numbers[0] == int(case.id)
    assert casebook.get(case.id).pages == (1, 2)
    assert casebook.get(case.id).extraction is None
    assert (row_of(case).sender_key, row_of(case).amount, row_of(case).paper_number) == ("", None, "")
    assert not DuplicateKey.objects.exists(), "the parts are no duplicates of the whole"
    body = LedgerEntry.objects.get(event="case-split").body
    assert body == {"pages": [[1, 2], [3, 3], [5, 7]], "left_out": [4], "cases": numbers[1:]}
    opened = LedgerEntry.objects.filter(event="case-opened", case_id=numbers[2]).get()
    assert (opened.body["pages"], opened.body["split_from"]) == ([5, 7], int(case.id))
    assert StoredCase.objects.get(pk=numbers[1]).received_at == row_of(case).received_at


def test_a_part_can_be_split_again_within_its_own_pages(office: Office) -> None:
    case, maria = waiting(office, pages=5), clerk("maria")
    second = split(int(case.id), [(1, 1), (2, 5)], person=maria)[1]
    casebook.refer(casebook.get(str(second)), [ODD], actor="robot")

    with pytest.raises(ValueError, match="outside this case's pages, 2 to 5"):
        split(second, [(1, 2), (3, 5)], person=maria)
    split(second, [(2, 3), (4, 5)], person=maria)

    assert [part[2] for part in pages_now()] == [(1, 1), (2, 3), (4, 5)]


@pytest.mark.parametrize(
    ("ranges", "fault"),
    [
        ([], "at least two"),
        ([(1, 4)], "at least two"),
        ([(1, 2), (2, 4)], "twice or out of order"),
        ([(3, 4), (1, 2)], "twice or out of order"),
        ([(1, 2), (3, 5)], "outside this case's pages, 1 to 4"),
        ([(0, 2), (3, 4)], "outside this case's pages, 1 to 4"),
        ([(2, 1), (3, 4)], "reverse order"),
    ],
)
def test_ranges_that_do_not_fit_are_refused_in_words(office: Office, ranges: list[tuple[int, int]], fault: str) -> None:
    case, maria = waiting(office, pages=4), clerk("maria")

    with pytest.raises(ValueError, match=fault):
        split(int(case.id), ranges, person=maria)
    assert pages_now() == [(1, "referred", (None, None))]


def test_a_file_whose_pages_nobody_drew_cannot_be_split(office: Office) -> None:
    case, maria = waiting(office), clerk("maria")

    with pytest.raises(ValueError, match="no page images"):
        split(int(case.id), [(1, 1), (2, 2)], person=maria)


def test_what_may_have_been_keyed_is_not_split_and_an_intent_without_a_post_is_forgotten(office: Office) -> None:
    case, maria = waiting(office, pages=2), clerk("maria")
    keying = Keying.objects.create(system="desk", identity="INV-7", case_id=int(case.id), posts=1)

    with pytest.raises(IllegalMove, match="may have been keyed"):
        split(int(case.id), [(1, 1), (2, 2)], person=maria)
    Keying.objects.filter(pk=keying.pk).update(posts=0)
    split(int(case.id), [(1, 1), (2, 2)], person=maria)
    assert not Keying.objects.exists()


def test_what_another_has_open_is_not_split(office: Office) -> None:
    case, maria, paul = waiting(office, pages=2), clerk("maria"), clerk("paul")
    claims.claim(int(case.id), paul)

    with pytest.raises(claims.Taken):
        split(int(case.id), [(1, 1), (2, 2)], person=maria)


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("1-2, 3, 4-6", [(1, 2), (3, 3), (4, 6)]),
        ("1 – 2;3\n4", [(1, 2), (3, 3), (4, 4)]),
    ],
)
def test_ranges_are_taken_as_people_write_them(text: str, ranges: list[tuple[int, int]]) -> None:
    assert ranges_from(text) == ranges


@pytest.mark.parametrize("text", ["", " , ", "a-b", "1-2-3", "1 to 2", "-1", "99999"])
def test_what_is_no_range_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="1-2, 3, 4-6"):
        ranges_from(text)


@pytest.mark.usefixtures("database")
def test_a_button_pressed_twice_splits_once(tmp_path: Any) -> None:
    maria = clerk("maria")
    for round_ in range(4):
        case = waiting(Office.of(load({"KEYWRIGHT_HOME": str(tmp_path)})), b"scan %d" % round_, pages=4)
        again = partial(split, int(case.id), [(1, 2), (3, 4)], person=maria)

        got = race(again, again, again)

        assert [len(outcome) for outcome in got if isinstance(outcome, list)] == [2], got
        assert sum(isinstance(outcome, IllegalMove) for outcome in got) == 2, got
        assert StoredCase.objects.filter(document_id=case.document).count() == 2


@pytest.mark.usefixtures("database")
def test_two_parts_of_one_file_are_split_at_once(tmp_path: Any) -> None:
    maria, paul = clerk("maria"), clerk("paul")
    case = waiting(Office.of(load({"KEYWRIGHT_HOME": str(tmp_path)})), pages=8)
    first, second = split(int(case.id), [(1, 4), (5, 8)], person=maria)
    for number in (first, second):
        casebook.refer(casebook.get(str(number)), [Finding("odd", "It looks odd.")], actor="robot")

    got = race(
        lambda: split(first, [(1, 2), (3, 4)], person=maria), lambda: split(second, [(5, 6), (7, 8)], person=paul)
    )

    assert all(isinstance(outcome, list) for outcome in got), got
    assert sorted(outcome[0] for outcome in pages_now()) == [1, 2, 3, 4]
    assert {row.state for row in StoredCase.objects.all()} == {State.RECEIVED.value}
    assert splitting.pages_of(StoredCase.objects.get(pk=second)) == (5, 6)
