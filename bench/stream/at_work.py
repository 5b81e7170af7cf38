"""Works a stream of documents in an open office: each is received, read, checked, and decided by the clerk if asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from bench.corpus.documents import LabelledDocument
from bench.stream.clerk import CLERK, SUPERVISOR, decide, wrong_fields
from bench.stream.figures import Fault, StreamedDocument
from extractors.extraction import ReadAs
from keywright.bot import AnyBot
from keywright.cases import casebook
from keywright.cases.worker import Office
from keywright.database.models import StoredCase
from keywright.errors import Refer
from keywright.findings import Finding
from keywright.model.case import Case, State
from keywright.people.accounts import add_person
from keywright.settings.settings import settings
from tasks.pipeline import has_checked, keep_reading
from tasks.receive import receive
from tasks.refer import refer

PASSWORD = "a clerk of the benchmark 1"  # noqa: S105 - of an office that is deleted with its folder
POST = dt.timedelta(days=3)
"""So long after its date a bill comes in: its age is then no reason to ask."""
TURNS = 4


def work(stream: Iterable[tuple[LabelledDocument, int, ReadAs | Refer]], bot: AnyBot) -> Iterator[StreamedDocument]:
    """Yield what becomes of each document, in the order of the stream."""
    add_person(CLERK, PASSWORD, "clerk")
    add_person(SUPERVISOR, PASSWORD, "supervisor")
    office = Office.of(settings())
    for document, place, what in stream:
        yield _worked(document, place, what, bot, office)


def _worked(
    document: LabelledDocument, place: int, what: ReadAs | Refer, bot: AnyBot, office: Office
) -> StreamedDocument:
    """Take a document in and work its case until it passed its checks, was refused, or waits for good."""
    case = _read(_received(document, bot, office), what, bot, office)
    wrong = wrong_fields(case.extraction, document) if case.extraction else {"everything": ""}
    faults = tuple(_fault(case, name) for name in wrong)
    rules = tuple(map(_reason, _asking(case.findings))) if case.state is State.REFERRED else ()
    corrections = keystrokes = turns = 0
    settled = True
    while case.state is State.REFERRED and settled and turns < TURNS:
        deed = decide(case, bot, document, person=(CLERK, SUPERVISOR)[turns % 2])
        corrections, keystrokes, settled = corrections + deed.corrections, keystrokes + deed.keystrokes, deed.settled
        case = casebook.get(case.id)
        if case.state is State.READ and case.extraction:
            case = has_checked(case, case.extraction, bot, office)
        turns += 1
    settled = settled and case.state is not State.REFERRED
    return StreamedDocument(document, place, not wrong, rules, faults, corrections, keystrokes, settled)


def _received(document: LabelledDocument, bot: AnyBot, office: Office) -> Case:
    """Open the case of a document, as if it had come in a few days after its date."""
    case = receive(document.path, bot, office).case
    issued = (document.row.get("truth") or {}).get("issue_date")
    if issued:
        noon = dt.datetime.combine(dt.date.fromisoformat(str(issued)), dt.time(12), dt.UTC)
        StoredCase.objects.filter(pk=int(case.id)).update(received_at=noon + POST)
    return casebook.get(case.id)


def _read(case: Case, what: ReadAs | Refer, bot: AnyBot, office: Office) -> Case:
    """Store what was read, and check it; refer a document that the engines refuse."""
    if isinstance(what, Refer):
        return refer(case, [what.finding], office)
    case = keep_reading(case, bot, office, what)
    assert case.extraction is not None, "a read case has an extraction"
    return has_checked(case, case.extraction, bot, office)


def _asking(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that ask a person; of a case that was referred without one, all."""
    findings = list(findings)
    return [finding for finding in findings if finding.asks] or findings


def _reason(finding: Finding) -> str:
    """Return the rule, with the field if it is about one alone."""
    return f"{finding.rule} ({finding.fields[0]})" if len(finding.fields) == 1 else finding.rule


def _fault(case: Case, name: str) -> Fault:
    field = case.extraction.fields.get(name) if case.extraction else None
    return Fault(name, field.confidence if field else None)
