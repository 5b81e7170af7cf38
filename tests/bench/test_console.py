"""The console's benchmark: an office filled in bulk is one as in earnest, and what would be wrong is told."""

from __future__ import annotations

import pytest
from django.db.models import Count

from bench.desk import clerks, filling
from keywright.cases import casebook
from keywright.console.cases import search
from keywright.database.models import StoredCase
from keywright.ledger import ledger
from keywright.review import review_queue


def test_an_office_filled_in_bulk_has_a_true_ledger_and_cases_that_are_found(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    del database
    monkeypatch.setattr(filling, "TEMPLATES", 10)
    waits = filling.fill(30, 5, "0" * 64)

    states = dict(StoredCase.objects.values_list("state").annotate(n=Count("pk")))
    assert (states["keyed"] + states.get("refused", 0), states["referred"]) == (30, 5)
    assert waits == [31, 32, 33, 34, 35]
    assert ledger.verify().entries == 35
    assert [row.pk for row in search.search(StoredCase.objects.all(), "inv-0000027")] == [27]
    assert casebook.get("27").extraction is not None
    assert sorted(review_queue.waiting().values_list("pk", flat=True)) == waits


def test_what_clerks_were_told_and_the_office_does_not_hold_is_named(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    del database
    monkeypatch.setattr(filling, "TEMPLATES", 10)
    waits = filling.fill(10, 2, "0" * 64)
    assert clerks.faults([clerks.ClerkDay()], waits) == []
    assert clerks.faults([clerks.ClerkDay(settled=[11]), clerks.ClerkDay(settled=[11])], waits) == [
        "Case 11 was settled by 2 clerks.",
        "Case 11 was settled and is referred.",
        "Case 11 was settled and the ledger has no entry of it.",
    ]
