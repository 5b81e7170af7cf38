"""Confirms whose account it is: one made by another person counts as a second person only after confirmation.

The maker of an account, or of its password, can sign in with it. So an account settles nothing that takes two people
until a colleague with no part in it has confirmed whose it is.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q, QuerySet

from keywright import clock
from keywright.database.confirmations import MadeAccount
from keywright.database.models import LedgerEntry
from keywright.errors import Stop
from keywright.ledger import ledger
from keywright.people.groups import AUDITOR, CLERK, IT, SUPERVISOR

COMMAND_LINE = "command-line:"
"""How the actor of a command begins; it can be any person of IT."""


class NotTheirs(Exception):
    """This person is not allowed to confirm; the sentence says why."""


def made_by(person: User, maker: str, *, new: bool = False, promoted: bool = False) -> None:
    """Record that another person made an account, or set its password, in the transaction that does it.

    Runs before the ledger entries about it are written. ``promoted``: it makes the person a supervisor.
    """
    if maker == person.get_username() or (promoted and begins_office(person)):
        return
    row, _ = MadeAccount.objects.get_or_create(person=person)
    unconfirmed_before = row.confirmed_by == "" and row.makers != ""
    known = row.makers.splitlines() if unconfirmed_before else []
    row.makers = "\n".join(dict.fromkeys([*known, maker]))
    if not unconfirmed_before:
        row.since = person.date_joined if new else clock.now()
    row.confirmed_by, row.confirmed_at = "", None
    row.save()


def begins_office(person: User) -> bool:
    """Return True if a person becomes the first supervisor of an office, whose account needs no confirmation.

    Then there is no person yet who could confirm it: no other decides, or was ever a supervisor, with an account beyond
    doubt. A supervisor whose password was set by another person still counts as an earlier one.
    """
    never_beyond_doubt = MadeAccount.objects.filter(confirmed_by="", since__lte=F("person__date_joined"))
    if _deciders().exclude(pk=person.pk).exclude(made_account__in=never_beyond_doubt).exists():
        return False
    doubtful = set(never_beyond_doubt.values_list("person__username", flat=True))
    bodies = LedgerEntry.objects.filter(event="groups-changed").values_list("body", flat=True)
    if any(SUPERVISOR in body.get("new", ()) and body.get("person") not in doubtful for body in bodies.iterator()):
        return False
    MadeAccount.objects.filter(person=person).delete()
    return True


def _deciders() -> QuerySet[User]:
    return User.objects.filter(Q(groups__name__in=(CLERK, SUPERVISOR)) | Q(is_superuser=True)).distinct()


def is_own(name: str) -> bool:
    """Return False if another person made this account and no colleague has confirmed it yet."""
    return not MadeAccount.objects.filter(person__username=name, confirmed_by="").exists()


def unconfirmed() -> QuerySet[MadeAccount]:
    """Return the unconfirmed accounts of people who can sign in, by name."""
    deciders = User.objects.filter(is_active=True, groups__name__in=(CLERK, SUPERVISOR))
    rows = MadeAccount.objects.filter(confirmed_by="", person__in=deciders)
    return rows.select_related("person").order_by("person__username")


def had_no_hand(person: User, actors: Iterable[str]) -> bool:
    """Return True if a person is none of the actors; an actor at the command line can be any person of IT."""
    actors = list(actors)
    if person.get_username() in actors:
        return False
    from_machines = any(actor.startswith(COMMAND_LINE) for actor in actors)
    return not (from_machines and _is_of_machines(person))


def excluded_by(actor: str) -> tuple[str, ...]:
    """Return the names of all people who cannot be the second person for an actor's work."""
    if not actor.startswith(COMMAND_LINE):
        return (actor,)
    names = User.objects.filter(Q(groups__name=IT) | Q(is_superuser=True)).distinct()
    return (actor, *names.order_by("username").values_list("username", flat=True))


def _is_of_machines(person: User) -> bool:
    return person.is_superuser or person.groups.filter(name=IT).exists()


def may_confirm(person: User, row: MadeAccount) -> bool:
    """Return True if a person can confirm whose account it is: a colleague whose own account is beyond doubt."""
    return row.person != person and had_no_hand(person, row.makers.splitlines()) and is_own(person.get_username())


def confirm(person: User, number: int) -> MadeAccount:
    """Record a colleague's confirmation that an account belongs to the person it is named for.

    Raises MadeAccount.DoesNotExist if the account does not wait for that, and NotTheirs if this person cannot confirm
    it.
    """
    with transaction.atomic():
        row = MadeAccount.objects.select_for_update(of=("self",)).get(pk=number, confirmed_by="")
        if not may_confirm(person, row):
            raise NotTheirs(f"{person.get_username()} may not confirm the account of {row.person.get_username()}.")
        return _confirmed(row, person.get_username())


def confirm_in_person(name: str, *, actor: str) -> MadeAccount:
    """Record the confirmation by the administrator of the server that an account belongs to the person it is named for.

    This is the way out for an office in which no one can confirm it on the page. Raises Stop, in words, while a
    colleague can, and if the account does not wait.
    """
    with transaction.atomic():
        waiting = MadeAccount.objects.select_for_update(of=("self",)).select_related("person")
        row = waiting.filter(person__username=name, confirmed_by="").first()
        if row is None:
            raise Stop(
                f"No account of {name} waits to be confirmed. The console lists the open ones under “Confirmations”."
            )
        active = _deciders().filter(is_active=True).order_by("username")
        active = active.exclude(Q(is_superuser=False) & Q(pk__in=User.objects.filter(groups__name=AUDITOR)))
        if colleagues := [person.get_username() for person in active if may_confirm(person, row)]:
            raise Stop(
                f"A colleague must confirm the account of {name}, under “Confirmations” in the console. These may: "
                f"{', '.join(colleagues)}."
            )
        return _confirmed(row, actor, in_person=True)


def _confirmed(row: MadeAccount, by: str, **how: bool) -> MadeAccount:
    row.confirmed_by, row.confirmed_at = by[:150], clock.now()
    row.save()
    body = {"person": row.person.get_username(), "makers": row.makers.splitlines(), **how}
    ledger.append("person-confirmed", actor=by, body=body)
    return row
