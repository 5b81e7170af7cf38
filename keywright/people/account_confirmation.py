"""Whose account is whose own: one that somebody else made counts as a second person's when a colleague confirmed it.

Who makes an account, or gives it a password, can act by it. So nothing that takes two people is settled by such an
account, until another person of the office, who had no hand in it, has said whose it is.
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
"""How the actor begins who is at the command line, which may be anybody of IT."""


class NotTheirs(Exception):
    """Somebody may not confirm this; the sentence says why."""


def made_by(person: User, maker: str, *, new: bool = False, promoted: bool = False) -> None:
    """Note that somebody else made a person's account, or gave it a password, in the transaction that does it.

    Stands before the entries of the ledger that tell of it. ``promoted``: it makes the person a supervisor.
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
    """Return True if a person becomes the first supervisor of an office, whose account needs nobody's confirmation.

    There is nobody yet who could give it: nobody else decides, or was ever a supervisor, whose account is or was
    beyond doubt. So a supervisor whose password somebody gave stays one who was there before.
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
        return _confirmed(row, person.get_username())


def confirm_in_person(name: str, *, actor: str) -> MadeAccount:
    """Take the word of whoever has the server's shell that an account is that of the person it is named for.

    The way out for an office in which nobody is left who may confirm it on the page. Raises Stop, in words, while
    somebody may, and if the account does not wait.
    """
    with transaction.atomic():
        waiting = MadeAccount.objects.select_for_update(of=("self",)).select_related("person")
        row = waiting.filter(person__username=name, confirmed_by="").first()
        if row is None:
            raise Stop(f"No account of {name} waits to be confirmed. Those that wait stand under “To confirm”.")
        active = _deciders().filter(is_active=True).order_by("username")
        active = active.exclude(Q(is_superuser=False) & Q(pk__in=User.objects.filter(groups__name=AUDITOR)))
        if colleagues := [person.get_username() for person in active if may_confirm(person, row)]:
            raise Stop(
                f"The account of {name} is confirmed by a colleague, under “To confirm” in the console. These may: "
                f"{', '.join(colleagues)}."
            )
        return _confirmed(row, actor, in_person=True)


def _confirmed(row: MadeAccount, by: str, **how: bool) -> MadeAccount:
    row.confirmed_by, row.confirmed_at = by[:150], clock.now()
    row.save()
    body = {"person": row.person.get_username(), "makers": row.makers.splitlines(), **how}
    ledger.append("person-confirmed", actor=by, body=body)
    return row
