"""Whose account is whose own: one that somebody else made counts as a second person's when a colleague confirmed it.

Who makes an account, or gives it a password, can act by it. So nothing that takes two people is settled by such an
account, until another person of the office, who had no hand in it, has said whose it is.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet

from keywright import clock, ledger
from keywright.groups import CLERK, IT, SUPERVISOR
from keywright.records.confirmations import MadeAccount
from keywright.records.models import LedgerEntry

COMMAND_LINE = "command-line:"
"""How the actor begins who is at the command line, which may be anybody of IT."""


class NotTheirs(Exception):
    """Somebody may not confirm this; the sentence says why."""


def made_by(person: User, maker: str, *, new: bool = False) -> None:
    """Note that somebody else made a person's account, or gave it a password, in the transaction that does it.

    The first supervisor of a new office needs nobody's confirmation: there is nobody yet who could give it.
    """
    if maker == person.get_username() or (new and _is_first_second_person(person)):
        return
    row, _ = MadeAccount.objects.get_or_create(person=person)
    known = row.makers.splitlines() if row.confirmed_by == "" else []
    row.makers = "\n".join(dict.fromkeys([*known, maker]))
    row.since, row.confirmed_by, row.confirmed_at = clock.now(), "", None
    row.save()


def _is_first_second_person(person: User) -> bool:
    """Return True for the first supervisor that an office ever had, where nobody else decides who could confirm it."""
    if not person.groups.filter(name=SUPERVISOR).exists():
        return False
    deciders = User.objects.filter(Q(groups__name__in=(CLERK, SUPERVISOR)) | Q(is_superuser=True)).exclude(pk=person.pk)
    if deciders.exclude(made_account__in=MadeAccount.objects.filter(confirmed_by="")).exists():
        return False
    bodies = LedgerEntry.objects.filter(event="groups-changed").values_list("body", flat=True)
    earlier = (body for body in bodies.iterator() if body.get("person") != person.get_username())
    return not any(SUPERVISOR in body.get("new", ()) for body in earlier)


def is_own(name: str) -> bool:
    """Return True unless somebody else made the account of this person and no colleague has confirmed it yet."""
    return not MadeAccount.objects.filter(person__username=name, confirmed_by="").exists()


def unconfirmed() -> QuerySet[MadeAccount]:
    """Return the accounts of people who may sign in and whose accounts nobody has confirmed, by name."""
    deciders = User.objects.filter(is_active=True, groups__name__in=(CLERK, SUPERVISOR))
    rows = MadeAccount.objects.filter(confirmed_by="", person__in=deciders)
    return rows.select_related("person").order_by("person__username")


def had_no_hand(person: User, actors: Iterable[str]) -> bool:
    """Return True if a person is none of those who acted; at the command line it may have been anybody of IT."""
    actors = list(actors)
    if person.get_username() in actors:
        return False
    from_machines = any(actor.startswith(COMMAND_LINE) for actor in actors)
    return not (from_machines and _is_of_machines(person))


def excluded_by(actor: str) -> tuple[str, ...]:
    """Return the names of all whose word is no second one for what an actor did."""
    if not actor.startswith(COMMAND_LINE):
        return (actor,)
    names = User.objects.filter(Q(groups__name=IT) | Q(is_superuser=True)).distinct()
    return (actor, *names.order_by("username").values_list("username", flat=True))


def _is_of_machines(person: User) -> bool:
    return person.is_superuser or person.groups.filter(name=IT).exists()


def may_confirm(person: User, row: MadeAccount) -> bool:
    """Return True if a person may confirm whose account it is: a colleague whose own account is beyond doubt."""
    return row.person != person and had_no_hand(person, row.makers.splitlines()) and is_own(person.get_username())


def confirm(person: User, number: int) -> MadeAccount:
    """Take a colleague's word that an account is that of the person it is named for.

    Raises MadeAccount.DoesNotExist if nobody waits for that, and NotTheirs if this person's word does not count.
    """
    with transaction.atomic():
        row = MadeAccount.objects.select_for_update(of=("self",)).get(pk=number, confirmed_by="")
        if not may_confirm(person, row):
            raise NotTheirs(f"{person.get_username()} may not confirm the account of {row.person.get_username()}.")
        row.confirmed_by, row.confirmed_at = person.get_username(), clock.now()
        row.save()
        body = {"person": row.person.get_username(), "makers": row.makers.splitlines()}
        ledger.append("person-confirmed", actor=person.get_username(), body=body)
        return row
