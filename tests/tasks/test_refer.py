"""What a person is shown of a case is drawn before it is referred: its own pages, and those it may be the same as."""

from __future__ import annotations

import pytest

from keywright.cases import casebook
from keywright.findings import Finding, Kind
from tasks.refer import refer
from tests.keywright.console.desk import UNSURE, extraction, its_traits, office, opened, pdf

TWICE = Finding("duplicate", "Case 1 (first.pdf) has the same number.", (), Kind.DUPLICATE)


@pytest.mark.django_db
@pytest.mark.parametrize(("finding", "drawn"), [(TWICE, True), (UNSURE, False)])
def test_the_pages_of_a_case_that_was_never_asked_about_are_drawn_once_another_may_be_the_same(
    finding: Finding, drawn: bool
) -> None:
    first = opened("first.pdf", pdf() + b"first")
    first = casebook.record_extraction(first, extraction(), its_traits(), actor="robot")
    second = opened("second.pdf", pdf() + b"second")
    second = casebook.record_extraction(second, extraction(), its_traits(), actor="robot")
    assert not casebook.has_pictures(first)

    refer(second, [finding], office())

    assert casebook.has_pictures(second)
    assert casebook.has_pictures(first) is drawn
