"""A changed control is put on record once, and a person's word on it stands."""

from __future__ import annotations

from typing import Any

import pytest

from keywright.database.models import LedgerEntry
from keywright.errors import Stop
from keywright.ledger import ledger
from keywright.ledger.screen_changes import Standing, decide, note, proposals

pytestmark = pytest.mark.usefixtures("database")

CHANGE: dict[str, Any] = {
    "was": "the box 'PO Number' (named 'po')",
    "now": "the box 'Order' (named 'po')",
    "agrees": ["name", "neighbours"],
    "strong": True,
}


def test_a_change_that_is_met_again_is_not_put_on_record_again() -> None:
    assert note("hall", "Form", CHANGE) is Standing.OPEN
    assert note("hall", "Form", CHANGE) is Standing.OPEN
    assert note("hall", "Other form", CHANGE) is Standing.OPEN
    assert [proposal.screen for proposal in proposals()] == ["Form", "Other form"]
    assert LedgerEntry.objects.count() == 2
    assert ledger.verify().fault == ""


def test_a_proposal_is_told_in_words() -> None:
    note("hall", "Form", CHANGE)
    note("hall", "Form", CHANGE | {"now": "the box 'X'", "strong": False})
    strong, weak = map(str, proposals())
    assert "hall, Form: the box 'PO Number' (named 'po') is now the box 'Order' (named 'po')." in strong
    assert "The same: name, neighbours. (used until rejected)" in strong
    assert "(not used until accepted)" in weak


@pytest.mark.parametrize(("accept", "standing"), [(True, Standing.ACCEPTED), (False, Standing.REJECTED)])
def test_a_persons_word_stands_for_every_robot_and_is_in_the_ledger(accept: bool, standing: Standing) -> None:
    note("hall", "Form", CHANGE)
    [proposal] = proposals()
    decide(proposal.id, accept, "command-line:maria")
    assert note("hall", "Form", CHANGE) is standing
    last = LedgerEntry.objects.get(number=2)
    assert (last.event, last.actor) == (f"screen-change-{standing}", "command-line:maria")
    assert last.body["was"] == CHANGE["was"]


def test_a_proposal_is_decided_once_and_one_that_is_not_there_not_at_all() -> None:
    note("hall", "Form", CHANGE)
    [proposal] = proposals()
    decide(proposal.id, True, "maria")
    with pytest.raises(Stop, match="it is accepted already"):
        decide(proposal.id, False, "maria")
    with pytest.raises(Stop, match="there is no such proposal"):
        decide("00000000", True, "maria")
