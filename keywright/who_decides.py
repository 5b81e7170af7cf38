"""Who decides what: what a person may do, whose cases a person sees, and what takes a second person.

An auditor reads everything and changes nothing. Nobody approves what they typed themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.utils.translation import gettext as _

from keywright import own_accounts
from keywright.bot import AnyBot, all_bots
from keywright.cases import Case
from keywright.fields import Extraction
from keywright.findings import Finding
from keywright.groups import AUDITOR as AUDITOR
from keywright.groups import CLERK as CLERK
from keywright.groups import GROUPS as GROUPS
from keywright.groups import IT as IT
from keywright.groups import SUPERVISOR as SUPERVISOR
from keywright.listed import AMOUNTS, listed
from keywright.notation import line_to_json, write_value
from keywright.records.models import BotAccess, LedgerEntry, StoredCase
from keywright.settings import settings

ABOVE_LIMIT = "amount-above-limit"
CORRECTED = "corrections-to-approve"
HOUSE_RULES = frozenset({ABOVE_LIMIT, CORRECTED})
"""The rules that this office sets beside those of its bots."""

LINES = "lines"
_CORRECTIONS = ("field-corrected", "lines-corrected")
_DECIDE = {CLERK, SUPERVISOR}
_MEND = {IT, SUPERVISOR}
_BY = "reviewer:"

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
    if finding.takes_another and not own_accounts.is_own(person):
        return False
    return (second or not finding.second_person) and person not in finding.not_by


def needs_second(
    case: Case, bot: AnyBot, person: User, corrected: Extraction | None = None, *, second: bool | None = None
) -> str:
    """Return what of a case somebody else must approve before it is keyed, in a sentence, or "".

    ``corrected`` is what the person is about to make of the case; ``second`` says whether the person may be the second
    one, and is looked up if it is not given. Asking decides nothing: what must be approved comes
    back from the checks as a finding that this person cannot accept.
    """
    if (read := corrected or case.extraction) is None:
        return ""
    name, second = person.get_username(), rights_of(person).second if second is None else second
    for one in findings(case, read):
        if one not in case.settled and not counts(one, name, second=second):
            return one.message if own_accounts.is_own(name) else f"{one.message} {not_confirmed()}"
    if bot.name in settings().second_person_corrections and corrected and _said(corrected) != _said(case.extraction):
        return _("A colleague must approve what you changed before it is keyed.")
    return ""


def not_confirmed() -> str:
    """Return why somebody's word is nobody's second word whose account nobody has confirmed."""
    return _(
        "Somebody else made your account, or gave it a password: a colleague has to confirm it under “To confirm”."
    )


def _said(extraction: Extraction | None) -> object:
    """Return what an extraction says, whoever read it."""
    return extraction and ({name: one.value for name, one in extraction.fields.items()}, tuple(extraction.lines))


def findings(case: Case, extraction: Extraction) -> tuple[Finding, ...]:
    """Return what this office asks for beside the bot's checks; what a person has settled already is among it.

    ``extraction`` is what would be keyed.
    """
    return (*_above_limit(case, extraction), *_corrections(case, extraction))


def _above_limit(case: Case, extraction: Extraction) -> Iterator[Finding]:
    """Ask for a supervisor where the amount is above the bot's limit, or in a currency that has none.

    The robot's word or that of whoever typed something of the case was the first; it takes another's for the second.
    """
    limits = settings().second_person_above.get(case.bot)
    name = next((name for name in AMOUNTS if name in extraction.fields), "")
    if not limits or not name:
        return
    told = {one: extraction.fields[one] for one in (name, "currency") if one in extraction.fields}
    columns = listed({"fields": {one: {"value": write_value(field.value)} for one, field in told.items()}})
    amount, currency = columns["amount"], columns["currency"] or next(iter(limits))
    limit = limits.get(currency)
    if amount is None or (limit is not None and abs(amount) <= limit):
        return
    why = f"is above {_money(limit, currency)}" if limit is not None else "is in a currency for which no limit is set"
    message = f"{_money(amount, currency)} {why}. A supervisor who typed nothing of this case must accept it."
    yield Finding(ABOVE_LIMIT, message, (name,), second_person=True, not_by=_typists(case))


def _money(amount: Decimal, currency: str) -> str:
    return f"{amount:,.2f} {currency}"


def _typists(case: Case) -> tuple[str, ...]:
    """Return who typed or confirmed anything of a case since its document was read."""
    held = case.extraction.fields.values() if case.extraction else ()
    names = {one.source.removeprefix(_BY) for one in held if one.source.startswith(_BY)}
    return tuple(sorted(names | {entry.actor for entry in _entries(case)}))


def _corrections(case: Case, extraction: Extraction) -> Iterator[Finding]:
    """Ask a colleague of each person who changed values, where this is set for the bot: one finding a person."""
    if case.bot not in settings().second_person_corrections:
        return
    last = {entry.body.get("field", LINES): entry for entry in _entries(case)}
    standing = {name: entry for name, entry in last.items() if _stands(entry, extraction)}
    for person in sorted({entry.actor for entry in standing.values()}):
        theirs = {name: entry for name, entry in standing.items() if entry.actor == person}
        told = "; ".join(_change(name, entry) for name, entry in theirs.items())
        message = f"{person} changed {told}. Compare it with the page; a colleague must accept it."
        yield Finding(CORRECTED, message, tuple(name for name in theirs if name != LINES), not_by=(person,))


def _change(name: str, entry: LedgerEntry) -> str:
    """Return in words what a correction changed; it is another text for another correction."""
    if name == LINES:
        return f"the lines (entry {entry.number} of the ledger)"
    return f"{name.replace('_', ' ')}: {entry.body['old'] or '–'} → {entry.body['new'] or '–'}"


def _stands(entry: LedgerEntry, extraction: Extraction) -> bool:
    """Return True if a correction changed something, and was neither undone nor changed by somebody else since."""
    if entry.event == "lines-corrected":
        return bool(entry.body["old"] != [line_to_json(line) for line in extraction.lines])
    if entry.body["old"] == entry.body["new"]:
        return False
    held = extraction.fields.get(entry.body["field"])
    return entry.body["new"] is None if held is None else held.source == f"{_BY}{entry.actor}"


def _entries(case: Case) -> list[LedgerEntry]:
    """Return the corrections of a case since its document was read last, oldest first."""
    entries = LedgerEntry.objects.filter(case_id=int(case.id))
    read = entries.filter(event="case-read").order_by("-number").values_list("number", flat=True).first() or 0
    return list(entries.filter(event__in=_CORRECTIONS, number__gt=read).order_by("number"))
