"""The cases that wait for a person, and a person's decisions on one: correct, accept, refuse, look again.

A decision is refused while another person has the case open. It can be undone until a robot has continued from it,
except the ones that send a robot to look. Robots leave a decided case alone for a short time, so that there is time for
second thoughts (KEYWRIGHT_UNDO_WINDOW_SECONDS).
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
    """A person tried to accept what another person must accept."""


def waiting(bot: str = "", *, person: User | None = None) -> QuerySet[StoredCase]:
    """Return the cases that wait for a person now, the earliest due first; limited to a bot and to a person's own bots.

    A person finds only the cases of bots that the person's groups may see. Parked cases wait for their day.
    """
    at = clock.now()
    unparked = Q(parked_until=None) | Q(parked_until__lte=at)
    return seen_by(person, StoredCase.objects.filter(unparked, state=State.REFERRED.value), bot).order_by(*IN_TURN)


def seen_by(person: User | None, rows: QuerySet[StoredCase], bot: str = "") -> QuerySet[StoredCase]:
    """Return the cases among the rows that a person may see; all of them for None."""
    bots = permissions.visible_bots(person) if person is not None else None
    rows = rows if bots is None else rows.filter(bot__in=bots)
    return (rows.filter(bot=bot) if bot else rows).select_related("document")


IN_TURN = ("due_at", "referred_at", "pk")
"""The order in which waiting cases are taken."""


def correct(
    extraction: Extraction, texts: Mapping[str, str], specs: Mapping[str, FieldSpec[Any]], person: str
) -> Extraction:
    """Return the extraction with a person's texts in the fields; an emptied field is left out.

    An unchanged value is confirmed: the person is its source from now on, and this answers the reading's findings about
    the field. Amounts and dates can be typed in the document's own notation. Raises NotAValue with a sentence for each
    field with an invalid value.
    """
    faults: dict[str, str] = {}
    habits = habits_of(extraction)
    fields: list[Field[Any]] = []
    emptied = [name for name, text in texts.items() if not text.strip()]
    for name, text in texts.items():
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
    unanswered = tuple(finding for finding in extraction.findings if not texts.keys() & set(finding.fields))
    return replace(extraction, findings=unanswered).with_fields(*fields).without(*emptied)


def may_accept(finding: Finding, before: Extraction, after: Extraction, person: str, *, second: bool) -> bool:
    """Return True if this person alone can accept a finding.

    A finding for a second person takes a person with that right (``second``) who has neither typed nor confirmed nor
    now changes the values it is about. People cannot accept their own work.
    """
    if not permissions.counts(finding, person, second=second):
        return False
    if not finding.second_person:
        return finding.acceptable
    fields_before = (before.fields.get(name) for name in finding.fields)
    typed_here = any(field and field.source == f"reviewer:{person}" for field in fields_before)
    return finding.acceptable and second and not typed_here and not touched(finding, before, after)


def touched(finding: Finding, before: Extraction, after: Extraction) -> bool:
    """Return True if a value that a finding is about has changed."""

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

    ``second`` says that the person has the right to be the second one; ``on_screen`` what was shown next to each field.
    Raises NeedsSecondPerson if a finding needs a second person and this one is not, Taken if another person has the
    case open, and IllegalMove if it no longer waits for a person.
    """
    before = case.extraction or corrected
    if not all(
        may_accept(finding, before, corrected, person, second=second) for finding in accepted if finding.takes_another
    ):
        raise NeedsSecondPerson(f"Case {case.id}: {person} may not accept this alone; another person must.")
    settled = tuple(dict.fromkeys((*case.settled, *(f for f in accepted if f.acceptable))))
    with transaction.atomic():
        was = undo.snapshot(claims.locked(int(case.id), person))
        undo.remember(int(case.id), "case-settled", was, person=person)
        keying_attempts.deny(case, accepted)
        note_traits(case.id, traits)
        contradicted = {name for finding in accepted if finding.rule == against_print.RULE for name in finding.fields}
        # After its first ledger entry all other writers wait for this transaction: so the entries come last.
        for change in changes(case.extraction, corrected):
            screen = (on_screen or {}).get(str(change["field"]))
            body: dict[str, Any] = {**change, "on_screen": dict(screen)} if screen else {**change}
            if change["field"] in contradicted:
                body["against_print"] = True
            ledger.append("field-corrected", actor=person, case=int(case.id), body=body)
        for finding in accepted:
            finding_json = findings_to_json([finding])[0]
            ledger.append("finding-accepted", actor=person, case=int(case.id), body=finding_json)
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


def refuse(case: Case, reason: str, *, person: str, details: Mapping[str, Any] | None = None) -> Case:
    """Refuse a case for a reason; ``details`` are stored in the ledger together with the reason.

    Raises ValueError without a reason, Taken if another person has the case open, IllegalMove if it no longer waits.
    """
    if not reason.strip():
        raise ValueError("Enter why the case is rejected.")
    with transaction.atomic():
        was = undo.snapshot(claims.locked(int(case.id), person))
        body = {**(details or {}), "reason": reason.strip()}
        moved = casebook.move(case, State.REFUSED, "case-refused", actor=person, body=body)
        undo.remember(int(case.id), "case-refused", was, person=person)
    return moved


def may_look_again(case: Case) -> bool:
    """Return True if another look may settle a case: a robot posted its record and did not see it."""
    return any(finding.rule in keying_attempts.LOOKED_FOR for finding in case.findings)


def look_again(case: Case, *, person: str) -> Case:
    """Send a case back so that a robot looks for its record, without posting anything.

    Raises Taken if another person has the case open, IllegalMove if it no longer waits for a person, or nothing of it
    is in doubt.
    """
    if not may_look_again(case):
        raise IllegalMove(f"Case {case.id} is not in doubt: there is nothing to look for.")
    with transaction.atomic():
        claims.locked(int(case.id), person)
        findings = findings_to_json(case.findings)
        return _looked_for(case, "look-again-asked", {"findings": findings}, person)


def _looked_for(case: Case, event: str, body: Mapping[str, Any], person: str) -> Case:
    return casebook.move(
        case, State.KEYING, event, actor=person, body=body, findings=[], attempts=0, not_before=clock.now()
    )


def not_there(case: Case, *, person: str) -> Case:
    """Record a person's statement that the record was not keyed: it can be entered again, once more.

    Raises the errors of ``look_again``.
    """
    doubts = [finding for finding in case.findings if finding.rule in keying_attempts.DOUBTS]
    if case.extraction is None or not may_be_denied(case):
        raise IllegalMove(f"Case {case.id} is not in doubt: no record of it can be declared missing.")
    return settle(case, case.extraction, doubts, traits_kept(int(case.id)), person=person)


def may_be_denied(case: Case) -> bool:
    """Return True if a person can declare that a posted record is missing."""
    return case.extraction is not None and any(finding.rule in keying_attempts.DOUBTS for finding in case.findings)


def there(case: Case, number: str, *, person: str) -> Case:
    """Record a person's statement that the record is in the system, and its number.

    A robot then looks for it and compares the number, without posting. If it did so for this number before and did not
    see the record, the second statement closes the case; the receipt says that it rests on a person's statement. Raises
    ValueError without a number, and the errors of ``look_again``.
    """
    number = " ".join(number.split())
    if not number or len(number) > keying_attempts.LONGEST_NUMBER:
        raise ValueError(
            f"Type the record's number in the system, at most {keying_attempts.LONGEST_NUMBER} characters."
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
        columns = {"receipt_number": number, "findings": []}
        return casebook.move(case, State.KEYED, "case-closed-by-word", actor=person, body=receipt, **columns)


def may_be_named(case: Case) -> bool:
    """Return True if a person can state under which number the record of a case is in the system."""
    concerned = any(finding.rule in keying_attempts.MAY_BE_NAMED for finding in case.findings)
    return concerned and keying_attempts.in_doubt(case) is not None


def read_again(case: Case, *, person: str) -> Case:
    """Send a case back to be read again, for example after an engine was repaired. Raises the errors of ``refuse``."""
    with transaction.atomic():
        was = undo.snapshot(claims.locked(int(case.id), person))
        moved = casebook.move(
            case, State.RECEIVED, "case-reopened", actor=person, findings=[], attempts=0, **undo.window()
        )
        undo.remember(int(case.id), "case-reopened", was, person=person)
    return moved
