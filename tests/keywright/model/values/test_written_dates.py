"""Dates are read as people write them."""

import datetime as dt

import pytest

from keywright.model.values.written_dates import dates_of, day_stands_first


@pytest.mark.parametrize(
    "written",
    [
        *("2025-09-14", "2025/09/14", "14/09/2025", "09/14/2025", "14.09.2025", "September 14, 2025"),
        *("Sep 14, 2025", "14 Sept. 2025", "14-Sep-25", "14 septembre 2025", "September 14th, 2025"),
        *("Sunday, September 14, 2025", "dim. 14 sept. 2025", "le 14 septembre 2025", "dimanche 14 septembre 2025"),
        *("14 de septiembre de 2025", "2025 Sep 14", "20250914", "Sep 14/25", "14/Sept/2025", "SEPT 14 2025"),
    ],
)
def test_every_writing_of_a_day_is_that_day(written: str) -> None:
    assert dates_of(written) == (dt.date(2025, 9, 14),)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1er juillet 2026", dt.date(2026, 7, 1)),
        ("14 août 2025", dt.date(2025, 8, 14)),
        ("lun. 2 mars 2026", dt.date(2026, 3, 2)),
        ("Mar 3, 2026", dt.date(2026, 3, 3)),
        ("3 déc. 2025", dt.date(2025, 12, 3)),
        ("14. März 2025", dt.date(2025, 3, 14)),
    ],
)
def test_the_months_of_other_languages_are_known(written: str, day: dt.date) -> None:
    assert dates_of(written) == (day,)


@pytest.mark.parametrize(
    ("written", "first"), [("25/03/2026", True), ("03-25-26", False), ("03/04/2026", None), ("05.05.2026", None)]
)
def test_a_date_that_can_mean_one_day_tells_the_order(written: str, first: bool | None) -> None:
    assert day_stands_first(written) is first


def test_day_and_month_up_to_twelve_may_be_either() -> None:
    assert dates_of("03/04/2025") == (dt.date(2025, 3, 4), dt.date(2025, 4, 3))


def test_the_same_number_twice_is_no_doubt() -> None:
    assert dates_of("05/05/2025") == (dt.date(2025, 5, 5),)


@pytest.mark.parametrize(
    "written", ["", "soon", "31/02/2025", "13/13/2025", "2025", "Smarch 4, 2025", "1/2/345", "14 ٣ 2025", "1/2/2025/3"]
)
def test_what_is_no_day_is_none(written: str) -> None:
    assert dates_of(written) == ()
