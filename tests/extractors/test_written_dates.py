"""Dates are read as people write them."""

import datetime as dt

import pytest

from extractors.written_dates import dates_of


@pytest.mark.parametrize(
    "written",
    [
        *("2025-09-14", "2025/09/14", "14/09/2025", "09/14/2025", "14.09.2025", "September 14, 2025"),
        *("Sep 14, 2025", "14 Sept. 2025", "14-Sep-25", "14 septembre 2025", "September 14th, 2025"),
    ],
)
def test_every_writing_of_a_day_is_that_day(written: str) -> None:
    assert dates_of(written) == (dt.date(2025, 9, 14),)


def test_day_and_month_up_to_twelve_may_be_either() -> None:
    assert dates_of("03/04/2025") == (dt.date(2025, 3, 4), dt.date(2025, 4, 3))


def test_the_same_number_twice_is_no_doubt() -> None:
    assert dates_of("05/05/2025") == (dt.date(2025, 5, 5),)


@pytest.mark.parametrize("written", ["", "soon", "31/02/2025", "13/13/2025", "2025", "Smarch 4, 2025", "1/2/345"])
def test_what_is_no_day_is_none(written: str) -> None:
    assert dates_of(written) == ()
