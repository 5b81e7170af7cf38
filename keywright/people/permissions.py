"""Who decides what: what a person may do, whose cases a person sees, and what takes a second person.

An auditor reads everything and changes nothing. Nobody approves what they typed themselves.
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

Somebody = AbstractBaseUser | AnonymousUser


@dataclass(frozen=True, slots=True)
class Rights:
    """What a person may do: look at cases, decide them, send failed ones on their way again.

    ``second``: accept what asks for a second person. ``vendors``: change the vendor master. ``personal``: see values
    that the setting KEYWRIGHT_MASKED_FIELDS masks; while it names none, everybody who may look sees all. ``ledger``:
    read the ledger of all cases.
    """

    look: bool = False
    decide: bool = False
    mend: bool = False
    second: bool = False
    vendors: bool = False
    personal: bool = False
    ledger: bool = False


def rights_of(person: Somebody) -> Rights:
    """Return what a person may do, from the groups the person is in; an administrator may do all."""
    if not isinstance(person, User) or not person.is_active:
        return Rights()
    if person.is_superuser:
        return Rights(look=True, decide=True, mend=True, second=True, vendors=True, personal=True, ledger=True)
    groups = set(person.groups.filter(name__in=GROUPS).values_list("name", flat=True))
    if AUDITOR in groups:  # whatever else the person is: who audits changes nothing
        return Rights(look=True, personal=not settings().masked_fields, ledger=True)
    return Rights(
        look=bool(groups),
        decide=bool(groups & _DECIDE),
        mend=bool(groups & _MEND),
        second=SUPERVISOR in groups,
        vendors=IT in groups,
        personal=bool(groups) and (bool(groups & _DECIDE) or not settings().masked_fields),
        ledger=bool(groups & _MEND),
    )


def hidden_bots(person: Somebody) -> frozenset[str]:
    """Return the bots whose cases a person does not see: those given to groups of which the person is in none.

    A bot that was given to no group is seen by every one. Administrators and auditors see all.
    """
    given = list(BotAccess.objects.values_list("bot", "group"))
    if not given or (isinstance(person, User) and person.is_active and person.is_superuser):
        return frozenset()
    groups = dict(person.groups.values_list("pk", "name")) if isinstance(person, User) and person.is_active else {}
    if AUDITOR in groups.values():
        return frozenset()
    return frozenset(bot for bot, _ in given) - {bot for bot, group in given if group in groups}


def visible_bots(person: Somebody) -> frozenset[str] | None:
    """Return the bots whose cases a person sees; None if it is all of them, those of bots long gone too."""
    return all_but(hidden_bots(person))


def all_but(hidden: frozenset[str]) -> frozenset[str] | None:
    """Return all bots but some, those of departments that are not installed too; None if none is hidden."""
    if not hidden:
        return None
    return frozenset({*all_bots(), *BotAccess.objects.values_list("bot", flat=True)}) - hidden


def may_see(bot: str, person: Somebody) -> bool:
    """Return True if a person may look at the cases of a bot."""
    return rights_of(person).look and bot not in hidden_bots(person)


def may_decide(case: StoredCase | Case, person: Somebody) -> bool:
    """Return True if a person may decide cases, and sees those of this bot."""
    return rights_of(person).decide and case.bot not in hidden_bots(person)


def counts(finding: Finding, person: str, *, second: bool) -> bool:
    """Return True if a person's word counts for a finding; ``second``: the person may be the second one."""
    if finding.takes_another and not account_confirmation.is_own(person):
        return False
    return (second or not finding.second_person) and person not in finding.not_by


def not_confirmed() -> str:
    """Return why somebody's word is nobody's second word whose account nobody has confirmed."""
    return _(
        "Somebody else made your account, or gave it a password: a colleague has to confirm it under “To confirm”."
    )
