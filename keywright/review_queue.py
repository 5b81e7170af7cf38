"""The cases that wait for a person, and what a person may do with one: correct, accept, refuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from keywright import casebook, clock, keyings, ledger
from keywright.cases import Case, IllegalMove, State
from keywright.fields import Extraction, Field, FieldSpec
from keywright.findings import Finding
from keywright.notation import extraction_to_json, findings_to_json, write_value
from keywright.records.models import StoredCase


class NotAValue(Exception):
    """What was typed for some fields is no such value; ``faults`` has a sentence for each field's name."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {fault}" for name, fault in faults.items()))
        self.faults = faults


class NeedsSecondPerson(Exception):
    """A person would accept what somebody else must accept."""


def waiting(bot: str = "") -> QuerySet[StoredCase]:
    """Return the cases that wait for a person, longest first."""
    rows = StoredCase.objects.filter(state=State.REFERRED.value).select_related("document")
    return (rows.filter(bot=bot) if bot else rows).order_by("changed_at", "pk")


def correct(
    extraction: Extraction, typed: Mapping[str, str], specs: Mapping[str, FieldSpec[Any]], person: str
) -> Extraction:
    """Return the extraction with what a person typed in the fields' places; an emptied field is left out.

    A value that says the same as before is confirmed: it is the person's word from now on, and it answers what
    reading found amiss about the field.
    Raises NotAValue with a sentence for each field that does not hold such a value.
    """
    faults: dict[str, str] = {}
    fields: list[Field[Any]] = []
    emptied = [name for name, text in typed.items() if not text.strip()]
    for name, text in typed.items():
        if name in emptied:
            continue
        try:
            value = specs[name].kind.parse(text)
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
    before what the finding is about, nor changes it with the same breath.
    """
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
    keys: Mapping[str, str],
    *,
    person: str,
    second: bool = False,
) -> Case:
    """Send a case on from its checks, with a person's corrections and the findings the person accepts.

    ``second`` says that the person may be the second one. Raises NeedsSecondPerson if a finding asks for one and this
    person may not be, and IllegalMove if the case no longer waits for a person.
    """
    before = case.extraction or corrected
    if not all(may_accept(one, before, corrected, person, second=second) for one in accepted if one.second_person):
        raise NeedsSecondPerson(f"Case {case.id}: {person} may not accept this alone; a supervisor must.")
    settled = tuple(dict.fromkeys((*case.settled, *(f for f in accepted if f.acceptable))))
    with transaction.atomic():
        for change in changes(case.extraction, corrected):
            ledger.append("field-corrected", actor=person, case=int(case.id), body=change)
        for finding in accepted:
            told = findings_to_json([finding])[0]
            ledger.append("finding-accepted", actor=person, case=int(case.id), body=told)
        keyings.deny(case, accepted)
        casebook.note_keys(case, keys)
        return casebook.move(
            case,
            State.READ,
            "case-settled",
            actor=person,
            extraction=extraction_to_json(corrected),
            findings=[],
            settled=findings_to_json(settled),
            attempts=0,
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


def refuse(case: Case, reason: str, *, person: str) -> Case:
    """Close a case because a person says no, and why. Raises ValueError without a reason."""
    if not reason.strip():
        raise ValueError("Say why the case is refused.")
    return casebook.move(case, State.REFUSED, "case-refused", actor=person, body={"reason": reason.strip()})


def may_look_again(case: Case) -> bool:
    """Return True if what is asked about a case may settle itself: a robot posted its record and did not see it."""
    return any(finding.rule in keyings.LOOKED_FOR for finding in case.findings)


def look_again(case: Case, *, person: str) -> Case:
    """Send a case back so that a robot looks for its record, and only looks: nothing is posted.

    Raises IllegalMove if the case no longer waits for a person, or nothing of it is in doubt.
    """
    if not may_look_again(case):
        raise IllegalMove(f"Case {case.id} is not in doubt: there is nothing to look for.")
    told = findings_to_json(case.findings)
    return casebook.move(
        case,
        State.KEYING,
        "look-again-asked",
        actor=person,
        body={"findings": told},
        findings=[],
        attempts=0,
        not_before=clock.now(),
    )


def read_again(case: Case, *, person: str) -> Case:
    """Send a case back to be read afresh, for example when an engine was mended."""
    return casebook.move(case, State.RECEIVED, "case-reopened", actor=person, findings=[], attempts=0)
