"""Amounts and dates are taken as they are printed, in either language, and what may be two values is asked about."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils.translation import override

from keywright.model.fields import AMOUNT, DATE, Extraction, Field
from keywright.model.reading import Box
from keywright.model.values.printed_amounts import amounts_meant, beyond_doubt
from keywright.typed_values import Habits, habits_of, typed_value

THAT = Decimal("1921.73")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "text",
    [
        *(
            "1921.73",
            "1,921.73",
            "$1,921.73",
            "1 921,73",
            "$1 921,73",
            "1.921,73",
            "1 921,73 $",
            "1\u202f921,73\u00a0$",
        ),
        *("1921,73", "1'921.73", "CAD 1,921.73", "1921.73 CAD", "€1.921,73"),
    ],
)
def test_an_amount_is_taken_as_it_is_printed_in_either_language(language: str, text: str) -> None:
    with override(language):
        assert typed_value(AMOUNT, text) == THAT


@pytest.mark.parametrize(
    "text",
    ["(12.00)", "-12.00", "12.00-", "\u221212,00", "\u2013 12,00", "$-12.00", "-$12.00", "12,00 $ CR", "(12,00 $)"],
)
def test_every_writing_below_zero_is_below_zero(text: str) -> None:
    assert typed_value(AMOUNT, text) == Decimal("-12.00")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "1E+3000000000",
            "1e5",
            "NaN",
            "9" * 17,
            "9" * 1_000_000,
            "12 34",
            "1.234.56",
            "1,23,456.00",
            "(12.00",
            "--5",
        ),
        *("much", "12/13", "1_000", "x3", "$", "", "١٢٣", "12.00 13.00"),
    ],
)
def test_what_is_no_amount_is_told_in_a_short_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="is not an amount") as fault:
        typed_value(AMOUNT, text)
    assert len(str(fault.value)) < 200


@pytest.mark.parametrize("text", ["1,459", "1.459", "$1,459", "-1.459"])
def test_three_figures_behind_one_sign_are_asked_about_unless_the_document_says_which_they_are(text: str) -> None:
    with pytest.raises(ValueError, match=r"could be -?1459 or -?1.459. Write -?1459.00 or -?1.4590."):
        typed_value(AMOUNT, text)


@pytest.mark.parametrize(
    ("text", "decimal", "values"),
    [
        ("1,459", ".", ("1459",)),
        ("1.459", ".", ("1.459",)),
        ("1,459", ",", ("1.459",)),
        ("1.459", ",", ("1459", "1.459")),  # as it is shown on pages, or as the document writes thousands
        ("0,125", "", ("0.125",)),
        ("1,459.00", "", ("1459.00",)),
        ("1.459.000", "", ("1459000",)),
        ("33.333333333333336", ",", ("33.333333333333336",)),
    ],
)
def test_the_documents_own_sign_settles_it(text: str, decimal: str, values: tuple[str, ...]) -> None:
    assert amounts_meant(text, decimal) == tuple(map(Decimal, values))


@pytest.mark.parametrize("written", ["1.459", "-12.345", "1921.73", "0.125", "1000.001"])
@pytest.mark.parametrize("decimal", ["", ".", ","])
def test_what_a_place_of_the_page_is_read_as_is_not_asked_about_once_more(written: str, decimal: str) -> None:
    assert amounts_meant(beyond_doubt(written), decimal) == (Decimal(written),)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "text",
    ["2025-06-14", "14 Jun 2025", "June 14, 2025", "14 juin 2025", "14/06/2025", "06/14/2025", "Sat., June 14, 2025"],
)
def test_a_date_is_taken_as_it_is_printed_in_either_language(language: str, text: str) -> None:
    with override(language):
        assert typed_value(DATE, text) == dt.date(2025, 6, 14)


def test_the_first_of_a_month_is_written_otherwise_in_french() -> None:
    assert typed_value(DATE, "1er juillet 2026") == dt.date(2026, 7, 1)


@pytest.mark.parametrize("text", ["soon", "31/02/2026", "2026", "", "1" * 1_000_000])
def test_what_is_no_date_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date") as fault:
        typed_value(DATE, text)
    assert len(str(fault.value)) < 200


def test_day_and_month_that_may_be_either_are_asked_about_in_the_readers_language() -> None:
    with pytest.raises(ValueError, match=r"could be March 4, 2026 or April 3, 2026. Write 2026-03-04 or 2026-04-03"):
        typed_value(DATE, "03/04/2026")
    with override("fr"), pytest.raises(ValueError, match=r"peut être le 4 mars 2026 ou le 3 avril 2026"):
        typed_value(DATE, "03/04/2026")


def test_of_a_year_in_two_figures_nobody_knows_whether_it_stands_first() -> None:
    with pytest.raises(ValueError, match="could be"):
        typed_value(DATE, "26-03-04")
    assert typed_value(DATE, "25/03/31", Habits(day_first=True)) == dt.date(2031, 3, 25)


def printed(name: str, value: dt.date | Decimal, text: str, source: str = "text-layer") -> Field[dt.date | Decimal]:
    return Field(name, value, text, 0.99, source, Box(1, 10, 10, 50, 20))


def test_another_date_of_the_document_that_can_mean_one_day_only_settles_the_order() -> None:
    day_first = printed("issue_date", dt.date(2026, 3, 25), "25/03/2026")
    month_first = printed("due_date", dt.date(2026, 4, 25), "04/25/2026")
    assert typed_value(DATE, "03/04/2026", habits_of(Extraction("invoice", {"a": day_first}))) == dt.date(2026, 4, 3)
    assert typed_value(DATE, "03/04/2026", habits_of(Extraction("invoice", {"a": month_first}))) == dt.date(2026, 3, 4)
    both = habits_of(Extraction("invoice", {"a": day_first, "b": month_first}))
    assert both.day_first is None


def test_what_a_person_typed_or_a_program_wrote_is_no_habit_of_the_print() -> None:
    typed_field = printed("net_total", THAT, "1921.73", "reviewer:maria")
    xml = printed("grand_total", THAT, "1921.73", "einvoice")
    assert habits_of(Extraction("invoice", {"a": typed_field, "b": xml})) == Habits()
    assert habits_of(Extraction("invoice", {"a": printed("net_total", THAT, "1 921,73")})) == Habits(decimal=",")
