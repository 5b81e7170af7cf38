"""What people write about a case is there for the next, once."""

from __future__ import annotations

import pytest

from keywright.cases.worker import Office
from keywright.database.models import LedgerEntry, StoredCase
from keywright.review import comments
from tests.keywright.clerks import clerk, waiting
from tests.keywright.racing import race


def test_a_comment_is_kept_and_told_in_the_ledger(plain_office: Office) -> None:
    number, maria = int(waiting(plain_office).id), clerk("maria")

    comments.add(number, "  Called the vendor.\nThey send a new one. ", person=maria)

    (comment,) = comments.of(number)
    assert (comment.person, comment.text) == (maria, "Called the vendor.\nThey send a new one.")
    assert LedgerEntry.objects.get(event="comment-added").body["text"] == comment.text


def test_a_button_pressed_twice_is_one_comment_and_two_people_may_say_the_same(racing: Office) -> None:
    number, maria, paul = int(waiting(racing).id), clerk("maria"), clerk("paul")

    race(*[lambda: comments.add(number, "seen", person=maria)] * 3)
    comments.add(number, "seen", person=paul)

    assert sorted(comment.person.get_username() for comment in comments.of(number)) == ["maria", "paul"]


def test_an_empty_or_endless_comment_and_one_about_no_case_are_refused(plain_office: Office) -> None:
    number, maria = int(waiting(plain_office).id), clerk("maria")

    with pytest.raises(ValueError, match="Write a comment"):
        comments.add(number, " \x00 ", person=maria)
    with pytest.raises(ValueError, match="at most 2000"):
        comments.add(number, "x" * 2001, person=maria)
    with pytest.raises(StoredCase.DoesNotExist):
        comments.add(10**9, "seen", person=maria)
    assert not comments.of(number).exists()
