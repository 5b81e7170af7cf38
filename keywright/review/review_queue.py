"""The cases that wait for a person, and what a person may decide about one: correct, accept, refuse, look again.

Each decision is taken only from somebody who does not find the case in another's hands. It can be undone until a robot
has gone on from it, but for those that send a robot to look. Robots leave a decided case alone for a short time, so
that there is one for second thoughts (KEYWRIGHT_UNDO_WINDOW_SECONDS).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet

from keywright import clock
from keywright.cases import casebook, keying_attempts
from keywright.cases.earlier_cases import note_traits, traits_kept
from keywright.database.models import StoredCase
from keywright.findings import Finding
from keywright.ledger import ledger
from keywright.model.case import Case, IllegalMove, State
from keywright.model.duplicates import Trait
from keywright.model.fields import Extraction, Field, FieldSpec
from keywright.model.serialization import extraction_to_json, findings_to_json, write_value
from keywright.people import permissions
from keywright.review import against_print, claims, undo
from keywright.typed_values import NotAValue, confirmed_or_typed, habits_of


class NeedsSecondPerson(Exception):
    """A person would accept what somebody else must accept."""


def waiting(bot: str = "", *, person: User | None = None) -> QuerySet[StoredCase]:
    """Return the cases that wait for a person now, those due first; of one bot, and for one person, if they are named.

    A person finds only the cases of bots that the person's groups may see. Parked cases wait for their day.
    """
    now = clock.now()
    unparked = Q(parked_until=None) | Q(parked_until__lte=now)
    return seen_by(person, StoredCase.objects.filter(unparked, state=State.REFERRED.value), bot).order_by(*IN_TURN)


def seen_by(person: User | None, rows: QuerySet[StoredCase], bot: str = "") -> QuerySet[StoredCase]:
    """Return those of the cases that a person may see; all of them for None."""
    bots = permissions.visible_bots(person) if person is not None else None
    rows = rows if bots is None else rows.filter(bot__in=bots)
    return (rows.filter(bot=bot) if bot else rows).select_related("document")


IN_TURN = ("due_at", "referred_at", "pk")
"""The order in which waiting cases are taken."""


def correct(
    extraction: Extraction, typed: Mapping[str, str], specs: Mapping[str, FieldSpec[Any]], person: str
) -> Extraction:
    """Return the extraction with what a person typed in the fields' places; an emptied field is left out.

    A value that says the same as before is confirmed: it is the person's word from now on, and it answers what
    reading found amiss about the field. Amounts and dates are taken as they are printed, in the document's own way of
    writing them.
    Raises NotAValue with a sentence for each field that does not hold such a value.
    """
    faults: dict[str, str] = {}
    habits = habits_of(extraction)
    fields: list[Field[Any]] = []
    emptied = [name for name, text in typed.items() if not text.strip()]
    for name, text in typed.items():
        if name in emptied:
            continue
        try:
            value = confirmed_or_typed(extraction.fields.get(name), specs[name].kind, text, habits)
        except ValueError as error:
            faults[name] = str(error)
            continue
        box = extraction.fields[name].box if name in extraction.fields else None
        fields.append(Field(name, value, text.strip(), 1.0, f"reviewer:{person}", box))
    if faults:
        raise NotAValue(faults)
    unanswered = tuple(one for one in extraction.findings if not typed.keys() & set(one.fields))
    return replace(extraction, findings=unanswered).with_fields(*fields).without(*emptied)


def may_accept(finding: Finding, before: Extraction, after: Extraction, person: str, *, second: bool) -> bool:
    """Return True if this person's word is enough to accept a finding.

    One that asks for a second person takes somebody with that right (``second``) who neither typed nor confirmed
    before what the finding is about, nor changes it with the same breath. Nobody accepts what is their own.
    """
    if not permissions.counts(finding, person, second=second):
        return False
    if not finding.second_person:
        return finding.acceptable
    held = (before.fields.get(name) for name in finding.fields)
    theirs = any(one and one.source == f"reviewer:{person}" for one in held)
    return finding.acceptable and second and not theirs and not touched(finding, before, after)


def touched(finding: Finding, before: Extraction, after: Extraction) -> bool:
    """Return True if something that a finding is about has another value than before."""

    def value(extraction: Extraction, name: str) -> object:
        return extraction.fields[name].value if name in extraction.fields else None

    return any(value(before, name) != value(after, name) for name in finding.fields)


def settle(
    case: Case,
    corrected: Extraction,
    accepted: Sequence[Finding],
    traits: Sequence[Trait],
    *,
    person: str,
    second: bool = False,
    on_screen: Mapping[str, Mapping[str, Any]] | None = None,
) -> Case:
    """Send a case on from its checks, with a person's corrections and the findings the person accepts.

    ``second`` says that the person may be the second one; ``on_screen`` what was shown beside each field, by name.
    Raises NeedsSecondPerson if a finding asks for one and this person may not be, Taken if somebody else has the case
    open, and IllegalMove if it no longer waits for a person.
    """
    before = case.extraction or corrected
    if not all(may_accept(one, before, corrected, person, second=second) for one in accepted if one.takes_another):
        raise NeedsSecondPerson(f"Case {case.id}: {person} may not accept this alone; somebody else must.")
    settled = tuple(dict.fromkeys((*case.settled, *(f for f in accepted if f.acceptable))))
    with transaction.atomic():
        was = undo.as_it_is(claims.locked(int(case.id), person))
        undo.remember(int(case.id), "case-settled", was, person=person)
        keying_attempts.deny(case, accepted)
        note_traits(case.id, traits)
        contradicted = {name for one in accepted if one.rule == against_print.RULE for name in one.fields}
        # From its first entry on, everybody else who writes waits for this transaction: so the entries come last.
        for change in changes(case.extraction, corrected):
            shown = (on_screen or {}).get(str(change["field"]))
            body: dict[str, Any] = {**change, "on_screen": dict(shown)} if shown else {**change}
            if change["field"] in contradicted:
                body["against_print"] = True
            ledger.append("field-corrected", actor=person, case=int(case.id), body=body)
        for finding in accepted:
            told = findings_to_json([finding])[0]
            ledger.append("finding-accepted", actor=person, case=int(case.id), body=told)
        return casebook.move(
            case,
            State.READ,
            "case-settled",
            actor=person,
            extraction=extraction_to_json(corrected),
            findings=[],
            settled=findings_to_json(settled),
            attempts=0,
            **undo.window(),
        )


def changes(before: Extraction | None, after: Extraction) -> list[dict[str, str | None]]:
    """Return the fields that a person changed or confirmed, each with its old and its new value."""
    old = before.fields if before else {}
    return [
        {
            "field": name,
            "old": write_value(old[name].value) if name in old else None,
            "old_source": old[name].source if name in old else None,
            "new": write_value(after.fields[name].value) if name in after.fields else None,
        }
        for name in dict.fromkeys((*old, *after.fields))
        if old.get(name) != after.fields.get(name)
    ]


def refuse(case: Case, reason: str, *, person: str, told: Mapping[str, Any] | None = None) -> Case:
    """Close a case because a person says no, and why; ``told`` is what the ledger keeps beside the reason.

    Raises ValueError without a reason, Taken if somebody else has the case open, IllegalMove if it no longer waits.
    """
    if not reason.strip():
        raise ValueError("Say why the case is refused.")
    with transaction.atomic():
        was = undo.as_it_is(claims.locked(int(case.id), person))
        body = {**(told or {}), "reason": reason.strip()}
        moved = casebook.move(case, State.REFUSED, "case-refused", actor=person, body=body)
        undo.remember(int(case.id), "case-refused", was, person=person)
    return moved


def may_look_again(case: Case) -> bool:
    """Return True if what is asked about a case may settle itself: a robot posted its record and did not see it."""
    return any(finding.rule in keying_attempts.LOOKED_FOR for finding in case.findings)


def look_again(case: Case, *, person: str) -> Case:
    """Send a case back so that a robot looks for its record, and only looks: nothing is posted.

    Raises Taken if somebody else has the case open, IllegalMove if it no longer waits for a person, or nothing of it is
    in doubt.
    """
    if not may_look_again(case):
        raise IllegalMove(f"Case {case.id} is not in doubt: there is nothing to look for.")
    with transaction.atomic():
        claims.locked(int(case.id), person)
        told = findings_to_json(case.findings)
        return _looked_for(case, "look-again-asked", {"findings": told}, person)


def _looked_for(case: Case, event: str, body: Mapping[str, Any], person: str) -> Case:
    return casebook.move(
        case, State.KEYING, event, actor=person, body=body, findings=[], attempts=0, not_before=clock.now()
    )


def not_there(case: Case, *, person: str) -> Case:
    """Take a person's word that what was asked about was not keyed: it may be entered again, once more.

    Raises as ``look_again`` does.
    """
    doubts = [one for one in case.findings if one.rule in keying_attempts.DOUBTS]
    if case.extraction is None or not may_be_denied(case):
        raise IllegalMove(f"Case {case.id} is not in doubt: there is nothing of which to say that it is not there.")
    return settle(case, case.extraction, doubts, traits_kept(int(case.id)), person=person)


def may_be_denied(case: Case) -> bool:
    """Return True if a person may say of a record that was posted that it is not there."""
    return case.extraction is not None and any(finding.rule in keying_attempts.DOUBTS for finding in case.findings)


def there(case: Case, number: str, *, person: str) -> Case:
    """Take a person's word that the record is in the system, and under which number.

    A robot then looks for it and compares the number, and only looks. If it did so for this number before and was not
    shown the record, the person's second word closes the case; the receipt says that it is a person's word.
    Raises ValueError without a number, and as ``look_again`` does.
    """
    number = " ".join(number.split())
    if not number or len(number) > keying_attempts.LONGEST_NUMBER:
        raise ValueError(
            f"Type the number under which the system shows the record, at most {keying_attempts.LONGEST_NUMBER}."
        )
    with transaction.atomic():
        claims.locked(int(case.id), person)
        row = keying_attempts.in_doubt(case)
        if row is None or not may_be_named(case):
            raise IllegalMove(f"Case {case.id} is not in doubt: there is no record to name.")
        if row.named != number or not may_look_again(case):
            keying_attempts.name(row, number)
            body = {"system": row.system, "identity": row.identity, "number": number}
            return _looked_for(case, "record-named", body, person)
        receipt = keying_attempts.close_by_word(row, number, person)
        told = {"receipt_number": number, "findings": []}
        return casebook.move(case, State.KEYED, "case-closed-by-word", actor=person, body=receipt, **told)


def may_be_named(case: Case) -> bool:
    """Return True if a person may say under which number the record of a case is in the system."""
    asked = any(finding.rule in keying_attempts.MAY_BE_NAMED for finding in case.findings)
    return asked and keying_attempts.in_doubt(case) is not None


def read_again(case: Case, *, person: str) -> Case:
    """Send a case back to be read afresh, for example when an engine was mended. Raises as ``refuse`` does."""
    with transaction.atomic():
        was = undo.as_it_is(claims.locked(int(case.id), person))
        moved = casebook.move(
            case, State.RECEIVED, "case-reopened", actor=person, findings=[], attempts=0, **undo.window()
        )
        undo.remember(int(case.id), "case-reopened", was, person=person)
    return moved
