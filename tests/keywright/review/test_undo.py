"""A decision can be taken back until a robot goes on from it, and leaves no trace but in the ledger."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User

from keywright.cases import casebook, keying_attempts, work_queue
from keywright.cases.worker import Office
from keywright.database.models import DuplicateKey, Keying, LedgerEntry, StoredCase, Undoable
from keywright.findings import Finding
from keywright.ledger import ledger
from keywright.model.case import Case, IllegalMove, State
from keywright.model.duplicates import Trait
from keywright.model.fields import AMOUNT, FieldSpec
from keywright.review import review_queue, undo
from tests.keywright.clerks import ODD, clerk, row_of, waiting
from tests.keywright.console.door import setting
from tests.keywright.papers import BOT, LEASE
from tests.keywright.racing import race

SPECS: dict[str, FieldSpec[Any]] = {"grand_total": FieldSpec(AMOUNT, "Total")}
KEPT = (
    "state", "extraction", "findings", "settled", "payee", "kind", "referred_at", "due_at",
    "assigned_to_id", "sender", "paper_number", "amount",
)  # fmt: skip


@pytest.fixture
def office(tmp_path: Any, db: None) -> Office:
    from keywright.settings.settings import load

    return Office.of(load({"KEYWRIGHT_HOME": str(tmp_path / "home")}))


def corrected_by(person: User, case: Case) -> Case:
    assert case.extraction is not None
    corrected = review_queue.correct(case.extraction, {"grand_total": "999.00"}, SPECS, person.username)
    return review_queue.settle(case, corrected, [ODD], [Trait("the same number", "other")], person=person.username)


def told(case: Case) -> dict[str, Any]:
    row = row_of(case)
    return {name: getattr(row, name) for name in KEPT}


def test_an_undone_correction_leaves_the_case_as_it_was_and_both_acts_in_the_ledger(office: Office) -> None:
    case, maria = waiting(office), clerk("maria")
    before = told(case)
    corrected_by(maria, case)
    assert str(row_of(case).amount) == "999.00"

    undo.undo(int(case.id), person=maria)

    assert told(case) == before
    assert dict(DuplicateKey.objects.values_list("rule", "key")) == {"the same number": "inv7"}
    entry = LedgerEntry.objects.get(event="decision-undone")
    assert (entry.actor, entry.body["decision"], entry.body["by"]) == ("maria", "case-settled", "maria")
    assert LedgerEntry.objects.filter(event="field-corrected").exists()
    assert not ledger.verify().fault


def test_a_refusal_and_a_reading_afresh_are_undone_too(office: Office) -> None:
    maria = clerk("maria")
    for number, decide in enumerate((lambda c: review_queue.refuse(c, "not ours", person="maria"), _read_again)):
        case = waiting(office, b"invoice %d" % number)
        before = told(case)
        decide(case)
        assert undo.undoable(row_of(case), maria) is not None

        undo.undo(int(case.id), person=maria)

        assert told(case) == before


def _read_again(case: Case) -> Case:
    return review_queue.read_again(case, person="maria")


def test_a_decision_is_undone_once(office: Office) -> None:
    case, maria = waiting(office), clerk("maria")
    corrected_by(maria, case)
    undo.undo(int(case.id), person=maria)

    with pytest.raises(IllegalMove, match="no decision"):
        undo.undo(int(case.id), person=maria)


def test_another_clerk_cannot_undo_it_and_a_supervisor_can(office: Office) -> None:
    case, maria, paul = waiting(office), clerk("maria"), clerk("paul")
    corrected_by(maria, case)

    assert undo.undoable(row_of(case), paul) is None
    with pytest.raises(undo.NotYours, match="maria decided"):
        undo.undo(int(case.id), person=paul)
    assert undo.undo(int(case.id), person=paul, of_others=True).state is State.REFERRED


def test_a_case_in_a_robots_hands_is_not_taken_from_it(office: Office) -> None:
    case, maria = waiting(office), clerk("maria")
    corrected_by(maria, case)
    claimed = work_queue.claim(BOT, "robot", LEASE)
    assert claimed is not None

    assert undo.undoable(row_of(case), maria) is None
    with pytest.raises(IllegalMove, match="worked by a robot"):
        undo.undo(int(case.id), person=maria)
    work_queue.release(claimed)
    assert undo.undo(int(case.id), person=maria).state is State.REFERRED


def test_a_dead_robots_lease_holds_nobody_up(office: Office) -> None:
    case, maria = waiting(office), clerk("maria")
    corrected_by(maria, case)
    claimed = work_queue.claim(BOT, "robot", LEASE)
    assert claimed is not None
    StoredCase.objects.update(lease_until=dt.datetime.now(dt.UTC) - LEASE)

    undo.undo(int(case.id), person=maria)

    with pytest.raises(IllegalMove):  # the dead one wakes, and can move nothing
        casebook.refer(claimed, [ODD], actor="robot")


@pytest.mark.parametrize("state", [State.KEYING, State.REFERRED, State.FAILED])
def test_what_a_robot_has_gone_on_from_cannot_be_undone(office: Office, state: State) -> None:
    case, maria = waiting(office), clerk("maria")
    moved = corrected_by(maria, case)
    if state is State.KEYING:
        moved = casebook.move(moved, State.CHECKED, "case-checked", actor="robot")
        assert Undoable.objects.exists(), "a checked case can still be undone"
    casebook.move(moved, state, "case-referred", actor="robot")

    with pytest.raises(IllegalMove, match="no decision"):
        undo.undo(int(case.id), person=maria)


def test_a_word_that_nothing_was_posted_is_taken_back_with_the_decision(office: Office) -> None:
    doubt = Finding(keying_attempts.NOT_SHOWN, "It was posted and is not shown.")
    case, maria = waiting(office, findings=[doubt]), clerk("maria")
    Keying.objects.create(system="desk", identity="INV-7", case_id=int(case.id), posts=1, uncertain=True)
    review_queue.not_there(case, person="maria")
    assert Keying.objects.values_list("denied", "uncertain").get() == (1, False)

    undo.undo(int(case.id), person=maria)

    assert Keying.objects.values_list("denied", "uncertain").get() == (0, True)


def test_a_correction_that_brings_the_case_back_is_no_longer_undone(office: Office) -> None:
    case, maria = waiting(office), clerk("maria")
    moved = corrected_by(maria, case)
    casebook.refer(moved, [ODD], actor="robot")

    assert not Undoable.objects.exists()
    assert undo.undoable(row_of(case), maria) is None


def test_a_decision_is_undone_also_if_whoever_had_the_case_was_deleted_since(office: Office) -> None:
    case, maria, otto = waiting(office), clerk("maria"), clerk("otto")
    StoredCase.objects.update(assigned_to=otto)
    review_queue.refuse(case, "not ours", person="maria")
    User.objects.filter(pk=otto.pk).delete()

    undo.undo(int(case.id), person=maria)

    assert (row_of(case).state, row_of(case).assigned_to) == ("referred", None)


@pytest.mark.parametrize("decide", [corrected_by, lambda _person, case: _read_again(case)])
def test_no_robot_takes_a_decided_case_before_there_was_time_to_undo_it(office: Office, decide: Any) -> None:
    case, maria = waiting(office), clerk("maria")
    with setting(UNDO_WINDOW_SECONDS="60"):
        decide(maria, case)
        until = undo.robots_wait_until(row_of(case))
        assert until is not None
        assert 55 < (until - dt.datetime.now(dt.UTC)).total_seconds() <= 60
        assert work_queue.claim(BOT, "robot", LEASE) is None

    StoredCase.objects.update(not_before=dt.datetime.now(dt.UTC))  # the time is over
    assert undo.robots_wait_until(row_of(case)) is None
    assert work_queue.claim(BOT, "robot", LEASE) is not None


def test_without_that_time_a_robot_takes_it_at_once(office: Office) -> None:
    case, maria = waiting(office), clerk("maria")
    corrected_by(maria, case)
    assert work_queue.claim(BOT, "robot", LEASE) is not None


@pytest.mark.usefixtures("database")
def test_of_an_undo_and_a_robot_at_once_one_gets_the_case(tmp_path: Any) -> None:
    maria = clerk("maria")
    here = Office.of(_settings(tmp_path))
    for round_ in range(6):
        case = waiting(here, b"invoice %d" % round_)
        corrected_by(maria, case)

        undone, taken = race(
            lambda case=case: undo.undo(int(case.id), person=maria),  # type: ignore[misc]
            lambda: work_queue.claim(BOT, "robot", LEASE) or LookupError("nothing waits"),
        )

        assert isinstance(undone, Case) != isinstance(taken, Case), (undone, taken)
        StoredCase.objects.filter(state="read").update(state="failed", lease_token="", lease_until=None)


def _settings(tmp_path: Any) -> Any:
    from keywright.settings.settings import load

    return load({"KEYWRIGHT_HOME": str(tmp_path / "home")})
