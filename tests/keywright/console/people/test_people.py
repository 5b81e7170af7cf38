"""Who may look, who may decide, who mends."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User

from keywright.errors import Stop
from keywright.people.accounts import GROUPS, Rights, add_person, rights_of
from tests.keywright.console.desk import PASSWORD
from tests.keywright.receipts.keyed import masking_fields

pytestmark = pytest.mark.django_db


def test_the_groups_are_there_as_soon_as_the_tables_are() -> None:
    assert set(Group.objects.values_list("name", flat=True)) >= set(GROUPS)


@pytest.mark.parametrize(
    ("groups", "rights"),
    [
        (["clerk"], Rights(look=True, decide=True, personal=True)),
        (
            ["supervisor"],
            Rights(look=True, decide=True, mend=True, second=True, personal=True, ledger=True, layouts=True),
        ),
        (
            ["it"],
            Rights(look=True, mend=True, vendors=True, personal=True, ledger=True, layouts=True, held_layouts=True),
        ),
        (["auditor"], Rights(look=True, personal=True, ledger=True)),
        ([], Rights()),
    ],
)
def test_a_persons_rights_come_from_the_persons_groups(groups: list[str], rights: Rights) -> None:
    assert rights_of(add_person("maria", PASSWORD, *groups)) == rights


def test_while_fields_are_masked_only_who_decides_sees_personal_data() -> None:
    with masking_fields("iban"):
        may = {group: rights_of(add_person(group, PASSWORD, group)).personal for group in GROUPS}

    assert may == {"clerk": True, "supervisor": True, "it": False, "auditor": False}


def test_who_is_not_signed_in_or_no_longer_works_here_may_do_nothing() -> None:
    gone = add_person("maria", PASSWORD, "clerk")
    gone.is_active = False
    assert rights_of(AnonymousUser()) == rights_of(gone) == Rights()


def test_adding_a_person_again_sets_password_and_groups_anew() -> None:
    add_person("maria", PASSWORD, "clerk")
    add_person("maria", "another good password", "auditor")

    person = User.objects.get(username="maria")
    assert person.check_password("another good password")
    assert list(person.groups.values_list("name", flat=True)) == ["auditor"]


@pytest.mark.parametrize(
    ("name", "password", "group", "sentence"),
    [
        ("maria", "short", "clerk", "at least 10 characters"),
        ("maria", PASSWORD, "king", "There is no group king"),
        ("no blanks", PASSWORD, "clerk", "valid username"),
    ],
)
def test_a_person_who_cannot_be_added_is_refused_with_the_reason(
    name: str, password: str, group: str, sentence: str
) -> None:
    with pytest.raises(Stop, match=sentence):
        add_person(name, password, group)
    assert not User.objects.exists()
