"""The people of the office: who may look, decide, accept as a second person, mend; and adding one."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from keywright.errors import Stop
from keywright.settings import settings

CLERK = "clerk"
SUPERVISOR = "supervisor"
IT = "it"
AUDITOR = "auditor"
GROUPS = (CLERK, SUPERVISOR, IT, AUDITOR)

_DECIDE = {CLERK, SUPERVISOR}
_MEND = {IT, SUPERVISOR}


@dataclass(frozen=True, slots=True)
class Rights:
    """What a person may do: look at cases, decide them, send failed ones on their way again.

    ``second``: accept what asks for a second person. ``vendors``: change the vendor master. ``personal``: see values
    that the setting KEYWRIGHT_MASKED_FIELDS masks; while it names none, everybody who may look sees all.
    """

    look: bool = False
    decide: bool = False
    mend: bool = False
    second: bool = False
    vendors: bool = False
    personal: bool = False


def rights_of(person: AbstractBaseUser | AnonymousUser) -> Rights:
    """Return what a person may do, from the groups the person is in; an administrator may do all."""
    if not isinstance(person, User) or not person.is_active:
        return Rights()
    if person.is_superuser:
        return Rights(look=True, decide=True, mend=True, second=True, vendors=True, personal=True)
    groups = set(person.groups.filter(name__in=GROUPS).values_list("name", flat=True))
    return Rights(
        look=bool(groups),
        decide=bool(groups & _DECIDE),
        mend=bool(groups & _MEND),
        second=SUPERVISOR in groups,
        vendors=IT in groups,
        personal=bool(groups) and (bool(groups & _DECIDE) or not settings().masked_fields),
    )


def ensure_groups() -> None:
    """Make the groups that are not there yet."""
    for name in GROUPS:
        Group.objects.get_or_create(name=name)


def add_person(name: str, password: str, *groups: str) -> User:
    """Add a person, or give one who is there this password and exactly these groups.

    Raises Stop, in words, for a group that is not one of ``GROUPS``, a name that cannot be one, or a weak password.
    """
    if strange := sorted(set(groups) - set(GROUPS)):
        raise Stop(f"There is no group {', '.join(strange)}. There are: {', '.join(GROUPS)}.")
    try:
        User.username_validator(name)
        validate_password(password, User(username=name))
    except ValidationError as error:
        raise Stop(f"{name!r} cannot be added. {' '.join(error.messages)}") from error
    with transaction.atomic():
        ensure_groups()
        person, _ = User.objects.get_or_create(username=name)
        person.set_password(password)
        person.save()
        person.groups.set(Group.objects.filter(name__in=groups))
    return person
