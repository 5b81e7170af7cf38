"""While somebody is away, a deputy finds the work."""

from __future__ import annotations

import datetime as dt

import pytest

from keywright.cases.worker import Office
from keywright.database.models import LedgerEntry
from keywright.people import absences
from keywright.review import claims
from tests.keywright.clerks import DAY, clerk, handed_to, waiting
from tests.keywright.racing import race


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def test_what_is_given_to_somebody_away_shows_for_the_deputy_until_the_absence_ends(plain_office: Office) -> None:
    case, maria, paul = waiting(plain_office), clerk("maria"), clerk("paul")
    claims.hand_over(int(case.id), maria, person=paul)
    assert not handed_to(paul)

    absence = absences.set_absence(maria, paul, now() - DAY, now() + DAY, by=maria)
    assert handed_to(paul)
    assert handed_to(maria), "it is hers when she looks in"

    absences.end_absence(absence.pk, by=maria)
    absences.end_absence(absence.pk, by=maria)
    assert not handed_to(paul)
    assert list(
        LedgerEntry.objects.filter(event__startswith="absence").order_by("number").values_list("event", flat=True)
    ) == [
        "absence-set",
        "absence-ended",
    ]


@pytest.mark.usefixtures("db")
def test_a_deputy_who_is_away_too_is_stood_in_for_and_a_circle_ends() -> None:
    maria, paul, sue = clerk("maria"), clerk("paul"), clerk("sue")
    absences.set_absence(maria, paul, now() - DAY, now() + DAY, by=maria)
    assert absences.deputy_of(maria) == paul

    absences.set_absence(paul, sue, now() - DAY, now() + DAY, by=paul)
    assert absences.deputy_of(maria) == sue
    assert absences.stands_in_for(sue) == {maria.pk, paul.pk}

    absences.set_absence(sue, maria, now() - DAY, now() + DAY, by=sue)
    assert absences.deputy_of(maria) is None
    assert absences.stands_in_for(sue) == {maria.pk, paul.pk}


@pytest.mark.usefixtures("db")
def test_an_absence_to_come_or_over_changes_nothing_now() -> None:
    maria, paul = clerk("maria"), clerk("paul")
    absences.set_absence(maria, paul, now() + DAY, now() + 2 * DAY, by=maria)

    assert absences.deputy_of(maria) is None
    assert absences.deputy_of(maria, now() + 1.5 * DAY) == paul
    assert absences.deputy_of(maria, now() + 3 * DAY) is None
    assert [absence.person for absence in absences.absences()] == [maria]


@pytest.mark.parametrize(
    ("deputy", "since", "until", "fault"),
    [
        ("maria", 0, 1, "someone else"),
        ("paul", 1, 1, "end after it begins"),
        ("paul", -3, -2, "already ended"),
        ("paul", 1, 3, "absence during this time"),
    ],
)
@pytest.mark.usefixtures("db")
def test_an_absence_that_cannot_be_is_refused_in_words(deputy: str, since: int, until: int, fault: str) -> None:
    people = {"maria": clerk("maria"), "paul": clerk("paul")}
    absences.set_absence(people["maria"], people["paul"], now() + 2 * DAY, now() + 4 * DAY, by=people["maria"])

    with pytest.raises(ValueError, match=fault):
        start = now()
        absences.set_absence(
            people["maria"], people[deputy], start + since * DAY, start + until * DAY, by=people["maria"]
        )
    assert LedgerEntry.objects.filter(event="absence-set").count() == 1


def test_the_same_absence_said_twice_at_once_is_one(racing: Office) -> None:
    maria, paul = clerk("maria"), clerk("paul")
    since, until = now(), now() + DAY

    got = race(*[lambda: absences.set_absence(maria, paul, since, until, by=maria).pk] * 4)

    assert len(set(got)) == 1, got
    assert LedgerEntry.objects.filter(event="absence-set").count() == 1
