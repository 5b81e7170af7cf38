"""What a line is proposed to be booked on, from earlier lines of its vendor."""

from __future__ import annotations

from keywright.coding.proposals import Coding, EarlierLine, proposal_for

ROADS, PARKS, USUAL = Coding("5920", "Roads"), Coding("5930", "Parks"), Coding()


def earlier(*lines: tuple[str, Coding]) -> list[EarlierLine]:
    return [EarlierLine(description, coding) for description, coding in lines]


def test_a_line_with_the_words_of_earlier_ones_is_booked_like_them() -> None:
    lines = earlier(("Road salt, bulk, 20 t", ROADS), ("Mulch, shredded cedar", PARKS), ("Mulch, cedar, bag", PARKS))
    proposal = proposal_for("Road salt bulk 35 t", lines)
    assert proposal is not None
    assert (proposal.coding, proposal.agreeing, proposal.considered, proposal.alike) == (ROADS, 1, 1, True)


def test_numbers_accents_case_and_a_plural_make_no_difference() -> None:
    proposal = proposal_for("SÉL DE VOIRIE 2026-11", earlier(("Sels de voirie 2026-10", ROADS)))
    assert proposal is not None
    assert proposal.alike


def test_a_line_unlike_all_others_is_booked_like_the_vendors_lines_if_several_agree() -> None:
    assert proposal_for("Delivery", earlier(("Road salt", ROADS))) is None
    proposal = proposal_for("Delivery", earlier(("Road salt", ROADS), ("Sand, washed", ROADS)))
    assert proposal is not None
    assert (proposal.coding, proposal.alike) == (ROADS, False)


def test_nothing_is_proposed_where_earlier_lines_differ_or_there_are_none() -> None:
    assert proposal_for("Road salt", earlier(("Road salt", ROADS), ("Road salt", PARKS))) is None
    assert proposal_for("Road salt", []) is None


def test_that_the_usual_account_was_left_counts_too() -> None:
    lines = earlier(("Road salt", USUAL), ("Road salt", USUAL), ("Road salt", USUAL), ("Road salt", ROADS))
    proposal = proposal_for("Road salt", lines)
    assert proposal is not None
    assert proposal.coding == USUAL
