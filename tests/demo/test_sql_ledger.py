"""SQL-Ledger itself, as it is put up for tests."""

from __future__ import annotations

import pytest

from demo.sql_ledger import SqlLedger, running, start, stop
from demo.sql_ledger.books import bills
from demo.sql_ledger.clerk import PlainClerk
from demo.sql_ledger.visiting import AccessRefused

LINE = ("Service", "5920", "100.00")


def booked(ledger: SqlLedger) -> list[tuple[str, str]]:
    return [(bill["vendornumber"], bill["invnumber"]) for bill in bills(ledger)]


def test_two_at_once_have_books_of_their_own_and_a_reset_empties_one() -> None:
    with running() as first, running() as second:
        clerk = PlainClerk(first.url, "clerk")
        clerk.book("V1006", {"invnumber": "A-1", "transdate": "11-02-2026"}, LINE)
        assert (booked(first), booked(second)) == ([("V1006", "A-1")], [])
        first.reset()
        assert booked(first) == []
        clerk.book("V1006", {"invnumber": "A-2", "transdate": "11-02-2026"}, LINE)  # still signed in
        assert booked(first) == [("V1006", "A-2")]


def test_what_the_program_does_to_those_who_believe_all() -> None:
    """The traps are there: a duplicate without a word, and sums and dates that mean something else."""
    with running() as ledger:
        clerk = PlainClerk(ledger.url, "clerk")
        for number, amount in (("N-1", "100.00"), ("N-1", "100.00"), ("N-2", "1.250,00"), ("N-3", "(100.00)")):
            clerk.book("V1007", {"invnumber": number, "transdate": "11-02-2026"}, ("Service", "5920", amount))
        with pytest.raises(AccessRefused):
            clerk.book("V1007", {"invnumber": "N-4", "transdate": "13/45/2026"}, LINE)
        assert [(bill["invnumber"], str(bill["amount"])) for bill in bills(ledger)] == [
            ("N-1", "100.00"),
            ("N-1", "100.00"),
            ("N-2", "1.25"),
            ("N-3", "0.00"),
        ]


def test_one_that_is_started_stays_up_and_keeps_its_books_over_a_stop() -> None:
    with running() as second:  # for a folder that the servant may enter
        folder = second.folder / "stays"
        ledger = start(folder, 0)
        try:
            PlainClerk(ledger.url, "clerk").book("V1006", {"invnumber": "A-1", "transdate": "11-02-2026"}, LINE)
            stop(folder)
            ledger = start(folder, 0)
            assert booked(ledger) == [("V1006", "A-1")]
        finally:
            stop(folder)
        with pytest.raises(OSError):
            PlainClerk(ledger.url, "clerk")
