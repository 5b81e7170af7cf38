"""Which cases a second person must approve before they are keyed, and who that can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from keywright.bot import AnyBot, all_bots, document_type_of
from keywright.cases.summary import listed
from keywright.database.models import LedgerEntry
from keywright.findings import Finding
from keywright.message_text import translated
from keywright.messages import Message
from keywright.model.case import Case
from keywright.model.fields import Extraction
from keywright.model.serialization import line_to_json, write_value
from keywright.people import account_confirmation
from keywright.people.permissions import counts, not_confirmed, rights_of
from keywright.settings.settings import settings

ABOVE_LIMIT = "amount-above-limit"
CORRECTED = "corrections-to-approve"


HOUSE_RULES = frozenset({ABOVE_LIMIT, CORRECTED})
"""The rules that this office adds to the ones of its bots."""

CENT = Decimal("0.01")
LINES = "lines"


_CORRECTIONS = ("field-corrected", "lines-corrected")


_BY = "reviewer:"


def needs_second(
    case: Case, bot: AnyBot, person: User, corrected: Extraction | None = None, *, second: bool | None = None
) -> str:
    """Return, in a sentence, what another person must approve before a case is keyed, or "".

    ``corrected`` is the extraction with the person's corrections; ``second`` says whether the person has the right to
    be the second one, and is looked up if it is not given. This decides nothing: what must be approved comes back from
    the checks as a finding that this person cannot accept.
    """
    if (proposed := corrected or case.extraction) is None:
        return ""
    name, second = person.get_username(), rights_of(person).second if second is None else second
    for finding in findings(case, proposed):
        if finding not in case.settled and not counts(finding, name, second=second):
            message = translated(finding.message)
            return message if account_confirmation.is_own(name) else f"{message} {not_confirmed()}"
    if (
        bot.name in settings().second_person_corrections
        and corrected
        and _values(corrected) != _values(case.extraction)
    ):
        return _("A colleague must approve your changes before posting.")
    return ""


def _values(extraction: Extraction | None) -> object:
    """Return the values of an extraction, without their sources."""
    return extraction and ({name: field.value for name, field in extraction.fields.items()}, tuple(extraction.lines))


def findings(case: Case, extraction: Extraction) -> tuple[Finding, ...]:
    """Return the findings of this office's own rules, including the ones that a person has settled already.

    ``extraction`` is what would be keyed.
    """
    return (*_above_limit(case, extraction), *_corrections(case, extraction))


def _above_limit(case: Case, extraction: Extraction) -> Iterator[Finding]:
    """Ask for a supervisor if the amount is above the bot's limit, or in a currency without one.

    The first person is the robot, or a person who typed a value of the case; the second must be another one.
    """
    limits = settings().second_person_above.get(case.bot)
    document_type = document_type_of(case.bot)
    if not limits or document_type is None:
        return
    key_fields = document_type.key_fields
    limited = next((spec for spec in key_fields.amount if spec in extraction), None)
    if limited is None:
        return
    values = {name: {"value": write_value(field.value)} for name, field in extraction.fields.items()}
    columns = listed(replace(key_fields, amount=(limited,)), {"fields": values})
    amount, currency = columns["amount"], columns["currency"] or next(iter(limits))
    limit = limits.get(currency)
    if amount is None or (limit is not None and abs(amount) <= limit):
        return
    message = _over(amount, limit, currency) if limit is not None else _without_limit(amount, currency)
    yield Finding(ABOVE_LIMIT, message, (limited.name,), second_person=True, not_by=_typists(case))


def _over(amount: Decimal, limit: Decimal, currency: str) -> Message:
    return Message(
        "Needs approval (over {limit} {currency}). The amount is {amount} {currency}. A supervisor who typed nothing "
        "in this case must accept it.",
        limit=limit.quantize(CENT),
        currency=currency,
        amount=amount.quantize(CENT),
    )


def _without_limit(amount: Decimal, currency: str) -> Message:
    return Message(
        "Needs approval (no limit set for {currency}). The amount is {amount} {currency}. A supervisor who typed "
        "nothing in this case must accept it.",
        currency=currency,
        amount=amount.quantize(CENT),
    )


def _typists(case: Case) -> tuple[str, ...]:
    """Return the people who typed or confirmed a value of a case since its document was read."""
    fields = case.extraction.fields.values() if case.extraction else ()
    names = {field.source.removeprefix(_BY) for field in fields if field.source.startswith(_BY)}
    return tuple(sorted(names | {entry.actor for entry in _entries(case)}))


def _corrections(case: Case, extraction: Extraction) -> Iterator[Finding]:
    """Ask a colleague of each person who changed values, if this is set for the bot: one finding for each person."""
    if case.bot not in settings().second_person_corrections:
        return
    last = {entry.body.get("field", LINES): entry for entry in _entries(case)}
    standing = {name: entry for name, entry in last.items() if _stands(entry, extraction)}
    for person in sorted({entry.actor for entry in standing.values()}):
        theirs = {name: entry for name, entry in standing.items() if entry.actor == person}
        titles = _titles(case)
        message = Message(
            "Corrections need approval. {person} changed {changes}. Compare with the page; a colleague must accept it.",
            person=person,
            changes=tuple(_change(titles.get(name, name), entry) for name, entry in theirs.items()),
        )
        yield Finding(CORRECTED, message, tuple(name for name in theirs if name != LINES), not_by=(person,))


def _titles(case: Case) -> dict[str, str]:
    bot = all_bots().get(case.bot)
    return {name: Message(spec.title) for name, spec in bot.reads.specs().items()} if bot else {}


def _change(title: str, entry: LedgerEntry) -> Message:
    """Return in words what a correction changed; it is another text for another correction."""
    if entry.event == "lines-corrected":
        return Message("the lines (ledger entry {entry})", entry=entry.number)
    return Message(
        "{title}: {old} → {new}",
        title=title,
        old=entry.body["old"] or "–",
        new=entry.body["new"] or "–",
    )


def _stands(entry: LedgerEntry, extraction: Extraction) -> bool:
    """Return True if a correction changed something, and was neither undone nor replaced by another person since."""
    if entry.event == "lines-corrected":
        return bool(entry.body["old"] != [line_to_json(line) for line in extraction.lines])
    if entry.body["old"] == entry.body["new"]:
        return False
    held = extraction.fields.get(entry.body["field"])
    return entry.body["new"] is None if held is None else held.source == f"{_BY}{entry.actor}"


def _entries(case: Case) -> list[LedgerEntry]:
    """Return the corrections of a case since its document was last read, oldest first."""
    entries = LedgerEntry.objects.filter(case_id=int(case.id))
    last_read = entries.filter(event="case-read").order_by("-number").values_list("number", flat=True).first() or 0
    return list(entries.filter(event__in=_CORRECTIONS, number__gt=last_read).order_by("number"))
