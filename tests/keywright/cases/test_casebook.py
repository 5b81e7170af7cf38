"""Cases are opened once a document, and move only as the table allows, each move told in the ledger."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from keywright.cases import casebook
from keywright.cases.earlier_cases import earlier
from keywright.cases.worker import Office
from keywright.database.models import LedgerEntry, StoredCase
from keywright.findings import Finding
from keywright.ledger import ledger
from keywright.model.case import MOVES, Case, CaseId, IllegalMove, State, ensure_legal
from tests.keywright.papers import BOT, NUMBER, claimed, document, extraction, read_case, received

pytestmark = pytest.mark.usefixtures("database")


def test_the_same_bytes_open_no_second_case_and_say_which_they_belong_to() -> None:
    first = casebook.open_case(document(name="a.pdf"), BOT, actor="robot")
    again = casebook.open_case(document(name="b.pdf"), BOT, actor="robot")

    assert first.new
    assert not again.new
    assert again.case.id == first.case.id
    assert list(LedgerEntry.objects.values_list("event", flat=True)) == ["case-opened", "document-repeated"]
    assert LedgerEntry.objects.get(number=2).body["file"] == "b.pdf"


def test_a_case_is_written_down_and_read_back_unchanged(office: Office) -> None:
    case = read_case(office)

    assert case.state is State.READ
    assert casebook.get(case.id).extraction == extraction()


def test_a_move_that_is_not_in_the_table_is_refused() -> None:
    case = received()

    with pytest.raises(IllegalMove, match="received cannot become keyed"):
        casebook.move(case, State.KEYED, "case-keyed", actor="robot")
    assert casebook.get(case.id).state is State.RECEIVED


def test_a_move_that_another_made_first_is_refused_and_tells_nothing() -> None:
    case = received()
    casebook.refer(case, [Finding("damaged", "It is damaged.")], actor="robot")

    with pytest.raises(IllegalMove, match="is no longer received: it is referred"):
        casebook.refer(case, [Finding("damaged", "It is damaged.")], actor="robot")
    assert LedgerEntry.objects.filter(event="case-referred").count() == 1


def test_a_worker_without_the_lease_cannot_move_a_case() -> None:
    case = received()
    claimed()  # by another worker, meanwhile

    with pytest.raises(IllegalMove, match="another worker holds it"):
        casebook.refer(case, [Finding("damaged", "It is damaged.")], actor="robot")


def test_the_database_itself_refuses_an_unknown_state_and_a_keyed_case_without_a_receipt() -> None:
    case = received()
    row = StoredCase.objects.filter(pk=int(case.id))

    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(state="lost")
    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(state=State.KEYED.value)


def test_every_state_is_in_the_table_and_closed_ones_lead_nowhere() -> None:
    assert set(MOVES) == set(State)
    assert not MOVES[State.KEYED]
    assert MOVES[State.REFUSED] == {State.REFERRED}, "only a person opens a refused case again, by undoing"
    ensure_legal(State.REFERRED, State.READ)


def _numbered(case: Case, number: int) -> Case:
    return replace(case, id=CaseId(str(number)))


def test_an_earlier_case_is_found_by_a_shared_key_unless_it_was_refused(office: Office) -> None:
    case = read_case(office)
    later = _numbered(case, 999)

    earlier_cases = list(earlier(later, [NUMBER, replace(NUMBER, rule="another rule")], 14))

    assert [(earlier_case.id, earlier_case.rule, earlier_case.state) for earlier_case in earlier_cases] == [
        (case.id, "the same number", "read")
    ]
    assert not list(earlier(case, [NUMBER], 14))
    StoredCase.objects.update(state=State.REFUSED.value)
    assert not list(earlier(later, [NUMBER], 14))


def test_of_two_cases_that_say_the_same_the_later_is_asked_about_until_it_has_passed_its_checks(office: Office) -> None:
    case = read_case(office)
    first, later = _numbered(case, int(case.id) - 1), _numbered(case, 999)
    row = StoredCase.objects.filter(pk=int(case.id))

    for state, expected in ((State.READ, []), (State.REFERRED, []), (State.CHECKED, [case.id])):
        row.update(state=state.value)
        assert [earlier_case.id for earlier_case in earlier(first, [NUMBER], 14)] == expected
        assert [earlier_case.id for earlier_case in earlier(later, [NUMBER], 14)] == [case.id]


def test_a_move_and_its_entry_are_one_act(office: Office) -> None:
    read_case(office)

    assert ledger.verify().entries == 2
    assert LedgerEntry.objects.get(event="case-read").body["extraction"]["fields"]["grand_total"]["value"] == "113.00"
