"""Adds people, and sets which bots' cases a department sees."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from keywright.bot import all_bots
from keywright.database.models import BotAccess
from keywright.errors import Stop
from keywright.ledger import ledger
from keywright.people import account_confirmation, initial_passwords
from keywright.people.permissions import AUDITOR, CLERK, GROUPS, IT, SUPERVISOR, Rights, rights_of

__all__ = [
    "AUDITOR",
    "CLERK",
    "GROUPS",
    "IT",
    "SUPERVISOR",
    "Rights",
    "add_person",
    "ensure_groups",
    "let_see",
    "rights_of",
]


def ensure_groups() -> None:
    """Create the groups that do not exist yet."""
    for name in GROUPS:
        Group.objects.get_or_create(name=name)


def add_person(
    name: str,
    password: str,
    *groups: str,
    departments: Iterable[str] = (),
    email: str = "",
    actor: str = "",
    given: bool = False,
) -> User:
    """Add a person, or set an existing person's password, and exactly these groups and departments.

    An existing e-mail address stays if none is given. A password that is ``given`` must be changed at the first
    sign-in. With an ``actor`` the ledger records who did it. Raises Stop, in words, for a group that is not one of
    ``GROUPS``, an unknown department, an invalid name or address, or a weak password.
    """
    departments = list(departments)
    if absent := sorted(set(departments) - set(Group.objects.values_list("name", flat=True))):
        raise Stop(f"There is no department {', '.join(absent)}. Make it: ./run department NAME --bot BOT")
    if strange := sorted(set(groups) - set(GROUPS)):
        raise Stop(f"There is no group {', '.join(strange)}. There are: {', '.join(GROUPS)}.")
    try:
        User.username_validator(name)
        validate_password(password, User(username=name))
        if email:
            validate_email(email)
    except ValidationError as error:
        raise Stop(f"{name!r} cannot be added. {' '.join(error.messages)}") from error
    with transaction.atomic():
        ensure_groups()
        person, new = User.objects.get_or_create(username=name)
        person.email = email or person.email
        if given:
            initial_passwords.give(person, password, by=actor)
        else:
            person.set_password(password)
            person.save()
            initial_passwords.is_own(person)
        before = sorted(person.groups.values_list("name", flat=True))
        person.groups.set(Group.objects.filter(name__in=[*groups, *departments]))
        if actor:
            promoted = SUPERVISOR in groups and SUPERVISOR not in before
            account_confirmation.made_by(person, actor, new=new, promoted=promoted)
            _record_added(person, before, actor, event=_event(new=new, given=given))
    return person


def _event(*, new: bool, given: bool) -> str:
    return "person-added" if new else "password-given" if given else "password-changed"


def _record_added(person: User, before: list[str], actor: str, *, event: str) -> None:
    body, after = {"person": person.get_username()}, sorted(person.groups.values_list("name", flat=True))
    ledger.append(event, actor=actor, body=body)
    if before != after:
        ledger.append("groups-changed", actor=actor, body={**body, "old": before, "new": after})


def let_see(group: str, bots: Iterable[str], *, actor: str) -> None:
    """Let a department, or one of ``GROUPS``, see the cases of these bots, and of no other bot with restricted access.

    From then on only auditors, administrators and the groups with access to a bot see its cases. A bot that no group
    was given is seen by all. Raises Stop for an unknown bot, or a department without a name.
    """
    bot_names = sorted(set(bots))
    if not group.strip():
        raise Stop("Give the department a name.")
    if strange := [bot for bot in bot_names if bot not in all_bots()]:
        raise Stop(f"There is no bot {', '.join(strange)}. There are: {', '.join(sorted(all_bots()))}.")
    with transaction.atomic():
        row, _ = Group.objects.get_or_create(name=group.strip())
        before = sorted(row.bots_seen.values_list("bot", flat=True))
        row.bots_seen.exclude(bot__in=bot_names).delete()
        BotAccess.objects.bulk_create([BotAccess(group=row, bot=bot) for bot in bot_names if bot not in before])
        ledger.append("department-set", actor=actor, body={"group": row.name, "old": before, "new": bot_names})
