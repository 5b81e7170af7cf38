"""Who decides what: a person's rights, the visible cases, and what takes a second person.

An auditor reads everything and changes nothing. People cannot approve what they typed themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.utils.translation import gettext as _

from keywright.bot import all_bots
from keywright.database.models import BotAccess, StoredCase
from keywright.findings import Finding
from keywright.model.case import Case
from keywright.people import account_confirmation
from keywright.people.groups import AUDITOR as AUDITOR
from keywright.people.groups import CLERK as CLERK
from keywright.people.groups import GROUPS as GROUPS
from keywright.people.groups import IT as IT
from keywright.people.groups import SUPERVISOR as SUPERVISOR
from keywright.settings.settings import settings

_DECIDE = {CLERK, SUPERVISOR}
_MEND = {IT, SUPERVISOR}

AnyPerson = AbstractBaseUser | AnonymousUser


@dataclass(frozen=True, slots=True)
class Rights:
    """What a person may do: look at cases, decide them, reopen failed ones.

    ``second``: accept what needs a second person. ``vendors``: change the vendor master. ``personal``: see values that
    the setting KEYWRIGHT_MASKED_FIELDS masks; without that setting, all people who may look see them. ``ledger``: read
    the ledger of all cases. ``layouts``: roll back, import and export layouts, and have them confirmed again.
    ``held_layouts``: use a version of a layout's profile that was held.
    """

    look: bool = False
    decide: bool = False
    mend: bool = False
    second: bool = False
    vendors: bool = False
    personal: bool = False
    ledger: bool = False
    layouts: bool = False
    held_layouts: bool = False


def rights_of(person: AnyPerson) -> Rights:
    """Return a person's rights, from the groups the person is in; an administrator has all."""
    if not isinstance(person, User) or not person.is_active:
        return Rights()
    if person.is_superuser:
        return Rights(**dict.fromkeys(Rights.__slots__, True))
    groups = set(person.groups.filter(name__in=GROUPS).values_list("name", flat=True))
    if AUDITOR in groups:  # takes precedence over other groups: an auditor changes nothing
        return Rights(look=True, personal=not settings().masked_fields, ledger=True)
    return Rights(
        look=bool(groups),
        decide=bool(groups & _DECIDE),
        mend=bool(groups & _MEND),
        second=SUPERVISOR in groups,
        vendors=IT in groups,
        personal=bool(groups) and (bool(groups & _DECIDE) or not settings().masked_fields),
        ledger=bool(groups & _MEND),
        layouts=bool(groups & _MEND),
        held_layouts=IT in groups,
    )


def hidden_bots(person: AnyPerson) -> frozenset[str]:
    """Return the bots whose cases a person does not see: the ones given only to groups that the person is not in.

    A bot that was given to no group is visible to all. Administrators and auditors see all.
    """
    access = list(BotAccess.objects.values_list("bot", "group"))
    if not access or (isinstance(person, User) and person.is_active and person.is_superuser):
        return frozenset()
    groups = dict(person.groups.values_list("pk", "name")) if isinstance(person, User) and person.is_active else {}
    if AUDITOR in groups.values():
        return frozenset()
    return frozenset(bot for bot, _ in access) - {bot for bot, group in access if group in groups}


def visible_bots(person: AnyPerson) -> frozenset[str] | None:
    """Return the bots whose cases a person sees; None for all, including bots that are no longer installed."""
    return all_but(hidden_bots(person))


def all_but(hidden: frozenset[str]) -> frozenset[str] | None:
    """Return all bots except the hidden ones, also departments' bots that are not installed; None if none is hidden."""
    if not hidden:
        return None
    return frozenset({*all_bots(), *BotAccess.objects.values_list("bot", flat=True)}) - hidden


def may_see(bot: str, person: AnyPerson) -> bool:
    """Return True if a person may look at the cases of a bot."""
    return rights_of(person).look and bot not in hidden_bots(person)


def may_decide(case: StoredCase | Case, person: AnyPerson) -> bool:
    """Return True if a person may decide cases, and sees the cases of this bot."""
    return rights_of(person).decide and case.bot not in hidden_bots(person)


def counts(finding: Finding, person: str, *, second: bool) -> bool:
    """Return True if a person can accept a finding; ``second``: the person has the right to be the second person."""
    if finding.takes_another and not account_confirmation.is_own(person):
        return False
    return (second or not finding.second_person) and person not in finding.not_by


def not_confirmed() -> str:
    """Return the reason why the decisions of an unconfirmed account do not count as those of a second person."""
    return _(
        "Your account was created, or its password set, by someone else: a "
        "colleague has to confirm it under “Confirmations”."
    )
