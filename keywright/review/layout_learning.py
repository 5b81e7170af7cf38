"""What a person's decision teaches about a document's layout, and what that changes for the cases that still wait."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace

from django.db import transaction

from keywright import word_store
from keywright.bot import AnyBot, all_bots
from keywright.cases import casebook
from keywright.cases.worker import Office
from keywright.database.layouts import StoredLayout
from keywright.database.models import Draft, Sample, StoredCase
from keywright.findings import Finding, Kind
from keywright.layouts import confirming
from keywright.layouts.confirming import Confirmation
from keywright.model import alternatives
from keywright.model.case import Case, State
from keywright.model.checks import Outcome, weigh
from keywright.model.fields import Extraction, Field
from keywright.model.layout import layout_fields_of
from keywright.model.reading import EINVOICE, Page, Reading
from keywright.model.serialization import extraction_to_json, findings_to_json, kind_of, write_value
from keywright.profiles.applying import DOUBTED, PROFILE, RULES
from keywright.quality import sampling
from keywright.settings.settings import settings

log = logging.getLogger(__name__)

AT_ONCE = 40
"""So many waiting cases of a layout are proposed again at once; the others keep what was read."""


def learn(
    case: Case, bot: AnyBot, before: Extraction, right: Extraction, accepted: Iterable[Finding], *, person: str
) -> int:
    """Learn from what a person confirmed or corrected, in the transaction of the decision.

    Nothing is learned from the data of an e-invoice, or while the words of the document are not stored. Returns how
    many waiting cases go on by themselves, because the layout's new profile leaves nothing to ask about them.
    """
    fields = layout_fields_of(bot.reads)
    pages = _pages(case, bot) if fields else None
    if fields is None or pages is None or case.extraction is None or not _from_print(before):
        return 0
    known = Office.of(settings()).circumstances(case, bot, right).payee
    layout = confirming.confirm(
        int(case.id),
        Confirmation(pages, before, right, _answers(case, accepted, right)),
        fields,
        person=person,
        needed=settings().confirmations_for(bot.name),
        vendor=known.number if known else "",
    )
    return propose_again(layout, bot, actor=person) if layout is not None else 0


def learn_from_sample(row: Sample, bot: AnyBot, *, person: str) -> None:
    """Learn from a settled quality sample in which the robot read values wrong: they count as corrected."""
    case = casebook.get(str(row.case_id))
    wrong = {name: entry["value"] for name, entry in (row.truth or {}).items() if not entry["same"]}
    changed = {name: value for name, value in wrong.items() if not sampling.same(row.robot.get(name), value)}
    if case.extraction is None or not changed:
        return
    specs, read = bot.reads.specs(), case.extraction
    values = {name: specs[name].kind.parse(value) for name, value in changed.items() if value}
    right = read.without(*changed).with_fields(
        *(Field(name, value, changed[name], 1.0, f"reviewer:{person}") for name, value in values.items())
    )
    learn(case, bot, read, right, (), person=person)


def _answers(case: Case, accepted: Iterable[Finding], right: Extraction) -> dict[str, bool]:
    """Return the rules of the findings that were asked about, each with whether the person accepted it.

    A doubt of the reading about fields is accepted by leaving their values as they are.
    """
    before = case.extraction or right
    answered = {f.rule for f in before.findings if f.fields and _as_they_were(f.fields, before, right)}
    accepted_rules = {finding.rule for finding in accepted}
    return {f.rule: f.rule in accepted_rules or f.rule in answered or not f.asks for f in case.findings}


def _as_they_were(names: Iterable[str], before: Extraction, right: Extraction) -> bool:
    """Return whether a person left the values of some fields as they were read."""
    pairs = ((before.fields.get(name), right.fields.get(name)) for name in names)
    return all((read.value if read else None) == (kept.value if kept else None) for read, kept in pairs)


def forget(number: int, bot: str, *, person: str) -> None:
    """Forget what a decision taught that is undone now."""
    installed = all_bots().get(bot)
    fields = layout_fields_of(installed.reads) if installed else None
    if fields is not None:
        confirming.unconfirm(number, fields, person=person, needed=settings().confirmations_for(bot))


def propose_again(layout: StoredLayout, bot: AnyBot, *, actor: str) -> int:
    """Read the waiting cases of a layout once more by its new profile; one without a question left goes on.

    A case that a person has open, has typed into or decides just now stays as it is; so does one that cannot be read
    back, so that it holds up no decision on another. Returns how many went on.
    """
    drafted = Draft.objects.values("case")
    rows = StoredCase.objects.filter(layout=layout, bot=bot.name, state=State.REFERRED.value, claimed_by=None)
    free = rows.select_for_update(of=("self",), skip_locked=True).select_related("document")
    with transaction.atomic():
        cases = _unclear(free.exclude(pk__in=drafted).order_by("pk")[:AT_ONCE])
        return sum(_goes_on(case, bot, actor=actor) for case in cases)


def _unclear(rows: Iterable[StoredCase]) -> Iterator[Case]:
    """Yield the cases that wait only because of what was read."""
    for row in rows:
        try:
            case = casebook.case_of(row)
        except casebook.Unreadable as fault:
            log.warning("%s", fault)
            continue
        if all(finding.kind is Kind.READING for finding in case.findings):
            yield case


def _goes_on(case: Case, bot: AnyBot, *, actor: str) -> bool:
    """Read a waiting case again by its layout's profile; return whether it goes on without a person."""
    pages = _pages(case, bot)
    if pages is None or case.extraction is None:
        return False
    office = Office.of(settings())
    applied = office.with_layout(bot, as_read(case.extraction), Reading(pages))
    verdict = weigh(applied.extraction, bot.checks, office.circumstances(case, bot, applied.extraction), case.settled)
    stored = extraction_to_json(applied.extraction)
    if stored == extraction_to_json(case.extraction):
        return False
    if verdict.outcome is Outcome.KEY:
        casebook.move(case, State.READ, "case-released", actor=actor, extraction=stored, findings=[], attempts=0)
        return True
    findings = findings_to_json(verdict.findings)
    casebook.note(case, "case-proposed-again", actor=actor, extraction=stored, findings=findings)
    return False


def as_read(extraction: Extraction) -> Extraction:
    """Return an extraction as the general readers left it: without the profile's values, votes and questions."""
    fields = {}
    for name, field in extraction.fields.items():
        votes = {reader: vote for reader, vote in field.votes.items() if reader != PROFILE}
        if PROFILE not in field.votes:
            fields[name] = field
        elif votes and write_value(field.value) in votes.values():
            fields[name] = replace(field, votes=votes)
        elif votes:
            vote = next(iter(votes.values()))
            value = kind_of(field.value).parse(vote)
            fields[name] = replace(field, value=value, text=vote, confidence=DOUBTED, box=None, votes=votes)
    findings = tuple(finding for finding in extraction.findings if finding.rule not in RULES)
    return replace(extraction, fields=fields, findings=findings)


def _from_print(extraction: Extraction) -> bool:
    """Return whether the values are from print, and not from the data of an e-invoice."""
    return not any(field.source == EINVOICE for field in extraction.fields.values())


def _pages(case: Case, bot: AnyBot) -> tuple[Page, ...] | None:
    paper = alternatives.Paper(case.document, bot.reads, case.pages)
    return word_store.pages_of(settings().words, paper)
