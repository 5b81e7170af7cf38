"""Who may change whose rights, and the changes: each is one transaction with its entry in the ledger.

IT and administrators keep everybody. A supervisor keeps clerks: may add one, who comes in when IT has let the new
account in, put people into the clerks' group and the supervisor's own departments, and end a clerk's access. Nobody
changes one's own rights, or makes more of the office's cases seen to oneself; and the last person of IT stays.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.contrib.auth.models import Group, User
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import transaction
from django.utils.translation import gettext as _

from keywright.console.sign_in.sessions import end_all_sessions
from keywright.database.models import StoredCase
from keywright.ledger import ledger
from keywright.model.case import State
from keywright.people import account_confirmation, initial_passwords
from keywright.people.accounts import CLERK, GROUPS, IT, SUPERVISOR, ensure_groups, let_see, rights_of
from keywright.people.permissions import hidden_bots
from keywright.review import claims

valid_name = UnicodeUsernameValidator()


class MayNot(Exception):
    """Somebody may not do this to somebody's rights; the sentence says why, in the language of who asks."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who changes rights, and from which address, for the ledger."""

    person: User
    address: str

    def tell(self, event: str, row: User, **more: object) -> None:
        """Tell the ledger what was done to a person."""
        body = {"from": self.address, "person": row.get_username(), **more}
        ledger.append(event, actor=self.person.get_username(), body=body)


def keeps_people(person: object) -> bool:
    """Return True if somebody may change everybody's rights but their own: IT, and an administrator."""
    if not isinstance(person, User) or not person.is_active:
        return False
    return person.is_superuser or person.groups.filter(name=IT).exists()


def groups_to_give(person: object) -> frozenset[str]:
    """Return the groups into which somebody may put others: all, a supervisor's clerks and own departments, or none."""
    if keeps_people(person):
        return frozenset(Group.objects.values_list("name", flat=True))
    if not isinstance(person, User) or not rights_of(person).second:
        return frozenset()
    own = person.groups.exclude(name__in=GROUPS).values_list("name", flat=True)
    return frozenset({CLERK, *own})


def kept_by(keeper: User) -> Callable[[User, Collection[str]], bool]:
    """Return what tells whether somebody may change the rights of a person who is in these groups."""
    everybody, clerks = keeps_people(keeper), bool(groups_to_give(keeper))

    def kept(row: User, theirs: Collection[str]) -> bool:
        below = not row.is_superuser and not set(theirs) & (set(GROUPS) - {CLERK})
        return row != keeper and (everybody or (clerks and below))

    return kept


def add(keeper: Keeper, name: str, password: str, groups: Iterable[str], email: str = "") -> User:
    """Add a person with a first password; one whom a supervisor adds comes in as soon as IT lets the account in.

    The caller has checked that name, password and address can be such. Raises MayNot for a group that the keeper may
    not give, and ValueError, in words, for a name that somebody has already, however it is written.
    """
    ensure_groups()
    with transaction.atomic():
        _hold()
        wanted = set(groups)
        if not wanted <= groups_to_give(_now(keeper.person)):
            raise MayNot(_("You may not put people into these groups."))
        if User.objects.filter(username__iexact=name).exists():
            raise ValueError(_("Somebody has this name already."))
        person = User(username=name, email=email, is_active=keeps_people(keeper.person))
        initial_passwords.give(person, password, by=keeper.person.get_username())
        person.groups.set(Group.objects.filter(name__in=wanted))
        promoted = SUPERVISOR in wanted
        account_confirmation.made_by(person, keeper.person.get_username(), new=True, promoted=promoted)
        keeper.tell("person-added", person, may_sign_in=person.is_active)
        if wanted:
            keeper.tell("groups-changed", person, old=[], new=sorted(wanted))
    return person


def put_into_groups(keeper: Keeper, number: int, wanted: Iterable[str]) -> User:
    """Put a person into groups, as far as the keeper may give them; the person's other groups stay.

    Raises MayNot for oneself, for somebody whose rights the keeper does not keep, and for the last person of IT.
    """
    with transaction.atomic():
        row, before = _kept(keeper, number)
        give = groups_to_give(keeper.person)
        after = (set(before) - give) | (set(wanted) & give)
        if IT not in after:
            _ensure_it_stays(row)
        if set(before) != after:
            row.groups.set(Group.objects.filter(name__in=after))
            if SUPERVISOR in after and SUPERVISOR not in before:
                account_confirmation.begins_office(row)
            keeper.tell("groups-changed", row, old=sorted(before), new=sorted(after))
    return row


def bar(keeper: Keeper, number: int) -> User:
    """End a person's access: sessions, tokens and claims end at once, and what was handed to the person is anybody's.

    Raises as ``put_into_groups`` does.
    """
    with transaction.atomic():
        row, _theirs = _kept(keeper, number)
        if row.is_active:
            _ensure_it_stays(row)
            row.is_active = False
            row.save(update_fields=["is_active"])
            claims.release_all(row)
            keeper.tell("person-barred", row, sessions=end_all_sessions(row), cases=_hand_back(keeper, row))
    return row


def admit(keeper: Keeper, number: int) -> User:
    """Let a person in who was barred, or whom a supervisor added. Raises MayNot for anybody but IT."""
    with transaction.atomic():
        row, _theirs = _kept(keeper, number)
        if not keeps_people(keeper.person):
            raise MayNot(_("IT lets people in."))
        if not row.is_active:
            row.is_active = True
            row.save(update_fields=["is_active"])
            keeper.tell("person-readmitted", row)
    return row


def give_password(keeper: Keeper, number: int, password: str) -> User:
    """Give a person who has forgotten the password another, which is changed at the next sign-in; sessions end.

    The caller has checked that it can be one. Raises MayNot for anybody but IT, for oneself, for an administrator whom
    no administrator helps, and for a person of the directory, who has no password here.
    """
    with transaction.atomic():
        row, _theirs = _kept(keeper, number)
        may_give_password(keeper, row)
        initial_passwords.give(row, password, by=keeper.person.get_username())
        account_confirmation.made_by(row, keeper.person.get_username())
        keeper.tell("password-given", row, sessions=end_all_sessions(row))
    return row


def may_give_password(keeper: Keeper, row: User) -> None:
    """Raise MayNot unless the keeper may give this person a password."""
    if row == keeper.person:
        raise MayNot(_("Change your own password under “How I sign in”."))
    if not keeps_people(_now(keeper.person)):
        raise MayNot(_("IT gives new passwords."))
    if row.is_superuser and not keeper.person.is_superuser:
        raise MayNot(_("An administrator's password is given by an administrator."))
    if not row.has_usable_password():
        raise MayNot(_("This person signs in through the directory and has no password here."))


def department(keeper: Keeper, name: str, bots: Iterable[str], *, new: bool = False) -> None:
    """Say which bots' cases a department sees. Raises errors.Stop for what cannot be, MayNot if the keeper saw more."""
    with transaction.atomic():
        _hold()
        person = _now(keeper.person)
        if not keeps_people(person):
            raise MayNot(_("IT keeps the departments."))
        if new and Group.objects.filter(name__iexact=name.strip()).exists():
            raise MayNot(_("There is a department or group of this name already."))
        hidden = hidden_bots(person)
        let_see(name, bots, actor=person.get_username())
        if hidden - hidden_bots(person):
            raise MayNot(_("You would see more cases yourself. Nobody raises one's own rights: ask an administrator."))


def _kept(keeper: Keeper, number: int) -> tuple[User, list[str]]:
    """Return a person whose rights the keeper may change, with the person's groups, until the transaction ends."""
    _hold()
    row = User.objects.get(pk=number)
    theirs = list(row.groups.values_list("name", flat=True))
    if keeper.person == row:
        raise MayNot(_("Nobody changes one's own rights. Ask a colleague."))
    if not kept_by(_now(keeper.person))(row, theirs):
        raise MayNot(_("You keep clerks; IT keeps everybody."))
    return row, theirs


def _hold() -> None:
    """Let one change of rights be made at a time, so that each sees what the one before has left."""
    ensure_groups()
    Group.objects.select_for_update().get(name=IT)


def _now(person: User) -> User:
    return User.objects.get(pk=person.pk)


def _ensure_it_stays(row: User) -> None:
    it = User.objects.filter(groups__name=IT, is_active=True)
    if it.filter(pk=row.pk).exists() and not it.exclude(pk=row.pk).exists():
        words = _("%(person)s is the last person of IT. Put somebody else into the group first.")
        raise MayNot(words % {"person": row.get_username()})


def _hand_back(keeper: Keeper, row: User) -> list[int]:
    """Take what was handed to a person and still waits out of the person's hands; return the cases' numbers."""
    handed = StoredCase.objects.filter(assigned_to=row, state=State.REFERRED.value)
    numbers = sorted(handed.values_list("pk", flat=True))
    handed.update(assigned_to=None)
    body = {"to": "", "from": row.get_username(), "why": "May no longer sign in."}
    for number in numbers:
        ledger.append("case-handed-over", actor=keeper.person.get_username(), case=number, body=body)
    return numbers
