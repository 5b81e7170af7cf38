"""Many who try at the same moment, each from a thread of its own, are heard no more often than one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from django.contrib.auth.models import User
from django.test import Client

from keywright.database.models import LedgerEntry, Lockout
from keywright.ledger import ledger
from keywright.people import login_lockout
from keywright.people.accounts import add_person
from keywright.settings.settings import settings
from tests.keywright.console.desk import PASSWORD
from tests.keywright.console.door import setting, sign_in
from tests.keywright.console.sign_in.test_mfa import set_up_app
from tests.keywright.racing import race

pytestmark = pytest.mark.usefixtures("database")
MANY = 8


def try_password(attempt: str = "guess", name: str = "maria", address: str = "127.0.0.1") -> int:
    sent = {"username": name, "password": attempt}
    return int(Client().post("/sign-in/", sent, REMOTE_ADDR=address).status_code)


def heard(by: str = "password") -> int:
    """Return how many attempts the ledger knows of: each that was compared with what is right."""
    return LedgerEntry.objects.filter(event="sign-in-refused", body__by=by).count()


def at_once(*acts: Callable[[], int]) -> Counter[int]:
    outcomes = race(*acts)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    return Counter(outcome for outcome in outcomes if isinstance(outcome, int))


def test_wrong_passwords_at_the_same_moment_are_heard_five_times_in_all() -> None:
    add_person("maria", PASSWORD, "clerk")

    outcomes = at_once(*[try_password] * MANY)

    assert heard() == settings().lockout_attempts == 5
    assert outcomes[422] + outcomes[429] == MANY and outcomes[422] <= 5
    assert try_password(PASSWORD) == 429
    assert LedgerEntry.objects.filter(event="sign-in-locked").count() == 1
    assert not ledger.verify().fault


def test_a_name_that_many_addresses_guess_at_once_is_heard_ten_times_as_often_and_no_more(
    quick_passwords: None,
) -> None:
    with setting(LOCKOUT_ATTEMPTS="1"):
        at_once(*(partial(try_password, address=f"198.51.100.{number}") for number in range(login_lockout.WIDE + 4)))
        assert heard() == login_lockout.WIDE
        assert try_password(address="203.0.113.9") == 429


def test_codes_guessed_at_once_after_the_password_are_no_more_either(quick_passwords: None) -> None:
    add_person("maria", PASSWORD, "clerk")
    own = Client()
    sign_in(own, "maria", PASSWORD)
    set_up_app(own)
    tries = [Client() for _ in range(8)]
    assert {sign_in(browser, "maria", PASSWORD) for browser in tries} == {"/sign-in/second/"}

    at_once(
        *(
            partial(lambda browser: int(browser.post("/sign-in/second/", {"code": "000000"}).status_code), browser)
            for browser in tries
        )
    )

    assert heard("code") == 5
    assert try_password(PASSWORD) == 429


def test_who_signs_in_rightly_several_times_at_once_is_let_in_and_owes_nothing(quick_passwords: None) -> None:
    add_person("maria", PASSWORD, "clerk")
    assert at_once(*[partial(try_password, PASSWORD)] * 4) == {302: 4}
    assert not any(Lockout.objects.values_list("failures", flat=True))


def test_an_attempt_that_never_ends_counts_as_failed(quick_passwords: None) -> None:
    User.objects.create(username="maria")
    for _ in range(5):  # the console's process is killed each time while the password is compared
        assert login_lockout.begin("maria", "127.0.0.1") is None
    assert try_password(PASSWORD) == 429


def test_attempts_without_a_name_do_not_lock_their_address_sooner_than_others(quick_passwords: None) -> None:
    assert {try_password(name="") for _ in range(8)} == {422}
    assert try_password(name="somebody") == 422
