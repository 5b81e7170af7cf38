"""Changes of people's rights, and who may make them. Each change is one transaction with its ledger entry.

IT and administrators manage everyone. A supervisor manages clerks: adds one (whom IT then activates), puts people
into the clerks' group and the supervisor's own departments, and blocks a clerk's access. A person cannot change
their own rights or let themselves see more cases, and the last person in the IT group cannot be removed.
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
    """The change of rights is not allowed. The message gives the reason in the reader's language."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """The person who changes rights, and their address for the ledger."""

    person: User
    address: str

    def tell(self, event: str, row: User, **more: object) -> None:
        """Write a change of a person's rights to the ledger."""
        body = {"from": self.address, "person": row.get_username(), **more}
        ledger.append(event, actor=self.person.get_username(), body=body)


def keeps_people(person: object) -> bool:
    """Return True if the person may change everyone's rights but their own: IT or an administrator."""
    if not isinstance(person, User) or not person.is_active:
        return False
    return person.is_superuser or person.groups.filter(name=IT).exists()


def groups_to_give(person: object) -> frozenset[str]:
    """Return the groups a person may add others to: all, a supervisor's clerks and own departments, or none."""
    if keeps_people(person):
        return frozenset(Group.objects.values_list("name", flat=True))
    if not isinstance(person, User) or not rights_of(person).second:
        return frozenset()
    own = person.groups.exclude(name__in=GROUPS).values_list("name", flat=True)
    return frozenset({CLERK, *own})


def kept_by(keeper: User) -> Callable[[User, Collection[str]], bool]:
    """Return a function that says whether a person may change the rights of someone in these groups."""
    everybody, clerks = keeps_people(keeper), bool(groups_to_give(keeper))

    def kept(row: User, groups: Collection[str]) -> bool:
        below = not row.is_superuser and not set(groups) & (set(GROUPS) - {CLERK})
        return row != keeper and (everybody or (clerks and below))

    return kept


def add(keeper: Keeper, name: str, password: str, groups: Iterable[str], email: str = "") -> User:
    """Add a person with a first password. IT has to activate a person added by a supervisor.

    The caller has validated name, password and address. Raises MayNot for a group that the keeper may not give, and
    ValueError with a message for a user name that is already taken, in capitals or not.
    """
    ensure_groups()
    with transaction.atomic():
        _hold()
        wanted = set(groups)
        if not wanted <= groups_to_give(_now(keeper.person)):
            raise MayNot(_("You cannot add people to these groups."))
        if User.objects.filter(username__iexact=name).exists():
            raise ValueError(_("This user name is already taken."))
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
    """Set a person's groups, as far as the keeper may change them; the person's other groups stay.

    Raises MayNot for the keeper's own account, a person the keeper does not manage, and the last person of IT.
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
    """Block a person's access: sessions, tokens and claims end, and assigned cases go back to the queue.

    Raises MayNot as ``put_into_groups`` does.
    """
    with transaction.atomic():
        row, _groups = _kept(keeper, number)
        if row.is_active:
            _ensure_it_stays(row)
            row.is_active = False
            row.save(update_fields=["is_active"])
            claims.release_all(row)
            keeper.tell("person-barred", row, sessions=end_all_sessions(row), cases=_hand_back(keeper, row))
    return row


def admit(keeper: Keeper, number: int) -> User:
    """Restore or first activate a person's access. Raises MayNot if the keeper is not IT."""
    with transaction.atomic():
        row, _groups = _kept(keeper, number)
        if not keeps_people(keeper.person):
            raise MayNot(_("Only IT can give access."))
        if not row.is_active:
            row.is_active = True
            row.save(update_fields=["is_active"])
            keeper.tell("person-readmitted", row)
    return row


def give_password(keeper: Keeper, number: int, password: str) -> User:
    """Set a temporary password, to be changed at the next sign-in, and end the person's sessions.

    The caller has validated the password. Raises MayNot as ``may_give_password`` does.
    """
    with transaction.atomic():
        row, _groups = _kept(keeper, number)
        may_give_password(keeper, row)
        initial_passwords.give(row, password, by=keeper.person.get_username())
        account_confirmation.made_by(row, keeper.person.get_username())
        keeper.tell("password-given", row, sessions=end_all_sessions(row))
    return row


def may_give_password(keeper: Keeper, row: User) -> None:
    """Raise MayNot if the keeper may not set this person's password.

    Only IT may: not for its own account, for an administrator only as one, and not for a directory account.
    """
    if row == keeper.person:
        raise MayNot(_("Change your own password under “Sign-in settings”."))
    if not keeps_people(_now(keeper.person)):
        raise MayNot(_("Only IT can set passwords."))
    if row.is_superuser and not keeper.person.is_superuser:
        raise MayNot(_("Only an administrator can set an administrator's password."))
    if not row.has_usable_password():
        raise MayNot(_("This person signs in through the directory and has no password in Keywright."))


def department(keeper: Keeper, name: str, bots: Iterable[str], *, new: bool = False) -> None:
    """Set which bots' cases a department sees.

    Raises errors.Stop for an invalid name or bot, and MayNot if the keeper would see more cases.
    """
    with transaction.atomic():
        _hold()
        person = _now(keeper.person)
        if not keeps_people(person):
            raise MayNot(_("Only IT can change departments."))
        if new and Group.objects.filter(name__iexact=name.strip()).exists():
            raise MayNot(_("A department or group with this name already exists."))
        hidden = hidden_bots(person)
        let_see(name, bots, actor=person.get_username())
        if hidden - hidden_bots(person):
            raise MayNot(
                _("This would let you see more cases. You cannot extend your own rights: ask an administrator.")
            )


def _kept(keeper: Keeper, number: int) -> tuple[User, list[str]]:
    """Lock and return a person whose rights the keeper may change, with the person's groups."""
    _hold()
    row = User.objects.get(pk=number)
    groups = list(row.groups.values_list("name", flat=True))
    if keeper.person == row:
        raise MayNot(_("You cannot change your own rights. Ask a colleague."))
    if not kept_by(_now(keeper.person))(row, groups):
        raise MayNot(_("You can manage clerks only. IT manages everyone else."))
    return row, groups


def _hold() -> None:
    """Serialize changes of rights, so that each sees the result of the one before."""
    ensure_groups()
    Group.objects.select_for_update().get(name=IT)


def _now(person: User) -> User:
    return User.objects.get(pk=person.pk)


def _ensure_it_stays(row: User) -> None:
    it = User.objects.filter(groups__name=IT, is_active=True)
    if it.filter(pk=row.pk).exists() and not it.exclude(pk=row.pk).exists():
        words = _("%(person)s is the only person in the IT group. Add someone else first.")
        raise MayNot(words % {"person": row.get_username()})


def _hand_back(keeper: Keeper, row: User) -> list[int]:
    """Unassign the waiting cases of a person and return their numbers."""
    handed = StoredCase.objects.filter(assigned_to=row, state=State.REFERRED.value)
    numbers = sorted(handed.values_list("pk", flat=True))
    handed.update(assigned_to=None)
    body = {"to": "", "from": row.get_username(), "why": "May no longer sign in."}
    for number in numbers:
        ledger.append("case-handed-over", actor=keeper.person.get_username(), case=number, body=body)
    return numbers
