"""A person's decision on a referred case, in the one form that the pages and the API share.

The caller locks the row (``waiting_row``) in a transaction until the decision is recorded.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from keywright import word_store
from keywright.bot import AnyBot
from keywright.cases import approvals, keying_attempts
from keywright.cases.worker import Office
from keywright.coding.earlier_lines import keep as keep_coding
from keywright.database.models import StoredCase
from keywright.findings import Finding
from keywright.ledger import ledger
from keywright.model import alternatives
from keywright.model.case import Case, IllegalMove, State
from keywright.model.checks import payee_of, weigh
from keywright.model.fields import Extraction
from keywright.model.reading import Box
from keywright.model.serialization import findings_to_json, write_value
from keywright.review import against_print, layout_learning, review_queue
from keywright.review.line_edits import TypedLine, line_changes, lines_of
from keywright.review.review_queue import may_accept, touched
from keywright.settings.settings import settings
from keywright.typed_values import habits_of
from keywright.vendors import bank_accounts, checks, master

CONFIDENCE = "confidence"  # the check for low confidence; a confirmed value answers it


@dataclass(frozen=True, slots=True)
class Accepted:
    """A case that continues, and the findings that a second person must still accept.

    ``gone_on`` is how many waiting cases of the same layout continue too, because nothing is left to ask about them.
    """

    case: Case
    pending: tuple[Finding, ...]
    gone_on: int = 0


@dataclass(frozen=True, slots=True)
class Besides:
    """What a person did on a page in addition to typing into fields and ticking findings.

    ``lines`` are the lines of the grid, None without a grid; ``boxes`` the places that the person pointed at, by field;
    ``on_screen`` what was shown next to each field, for the ledger.
    """

    lines: tuple[TypedLine, ...] | None = None
    boxes: Mapping[str, Box] = field(default_factory=dict)
    on_screen: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class StillStands(Exception):
    """The ``standing`` findings would bring the case back; ``findings`` are all current findings about it."""

    def __init__(self, standing: Sequence[Finding], findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(finding.message for finding in standing))
        self.standing, self.findings = tuple(standing), tuple(findings)


def waiting_row(number: int, changed_at: str) -> StoredCase:
    """Return a waiting case, locked until the transaction ends; ``changed_at`` (ISO 8601) is the state the person saw.

    Raises StoredCase.DoesNotExist, and IllegalMove if it no longer waits, or was referred again since the person opened
    it.
    """
    row = StoredCase.objects.select_related("document").select_for_update(of=("self",)).get(pk=number)
    if row.state != State.REFERRED or not _same_moment(row.changed_at, changed_at):
        raise IllegalMove(f"Case {number} has changed since the person opened it: it is {row.state}.")
    return row


def _same_moment(moment: dt.datetime, written: str) -> bool:
    try:
        return dt.datetime.fromisoformat(written) == moment
    except (ValueError, TypeError):
        return False


def accept(
    case: Case,
    bot: AnyBot,
    texts: Mapping[str, str],
    ticked: Collection[str],
    *,
    person: str,
    second: bool,
    besides: Besides = Besides(),
    by_program: bool = False,
) -> Accepted:
    """Send a case on with a person's decision, if all typed values are valid and no finding would bring it back.

    ``texts`` has the text of each field that the person was shown, ``ticked`` the ids of findings the person accepts
    (``id_of``), ``besides`` the person's other actions on the page. ``by_program``: the decision came with a token,
    which another person made; it does not count as that of a second person.

    1. Take the doubtful and the changed fields as the person's values.
    2. Check the corrected case, with the findings that the person accepted.
    3. Ask again if a finding remains; else send the case on. A finding for a second person does not stop it: it
       comes back from its checks with this person's decision, for the second one.

    Raises NotAValue, invoice_lines.NotLines, StillStands, review_queue.NeedsSecondPerson, IllegalMove.
    """
    before = extraction_of(case, bot)
    corrected = corrected_by(case, bot, texts, besides, person=person)
    agreed = [finding for finding in case.findings if finding.acceptable and id_of(finding) in ticked]
    findings = {**dict.fromkeys(agreed, False), **open_findings(case, bot, before, corrected, agreed)}
    pending = [
        finding
        for finding in findings
        if finding.takes_another and (by_program or not may_accept(finding, before, corrected, person, second=second))
    ]
    accepted = [
        finding for finding in findings if finding.acceptable and id_of(finding) in ticked and finding not in pending
    ]
    if standing := [
        finding for finding, comes_back in findings.items() if comes_back and finding not in (*accepted, *pending)
    ]:
        raise StillStands(standing, tuple(findings))
    if line_change := line_changes(before.lines, corrected.lines):
        ledger.append("lines-corrected", actor=person, case=int(case.id), body=line_change)
    traits, on_screen = Office.of(settings()).traits(bot, corrected), besides.on_screen
    stood_for = _accounts_accepted(case, bot, corrected, accepted)
    moved = review_queue.settle(case, corrected, accepted, traits, person=person, second=second, on_screen=on_screen)
    for vendor, account in stood_for:
        bank_accounts.accept(vendor, [account], by=person, case=int(case.id))
    if bot.seller:
        keep_coding(int(case.id), corrected.lines, payee_of(master.find(bot.seller.of(corrected))))
    gone_on = layout_learning.learn(case, bot, before, corrected, accepted, person=person)
    return Accepted(moved, tuple(pending), gone_on)


def not_there(
    case: Case,
    bot: AnyBot,
    texts: Mapping[str, str],
    ticked: Collection[str],
    *,
    person: str,
    second: bool,
    besides: Besides = Besides(),
) -> Accepted:
    """Record a person's statement that the posted record is not there: the values on the page are entered, once more.

    Raises the errors of ``accept``, and IllegalMove if nothing of the case is in doubt.
    """
    if not review_queue.may_be_denied(case):
        raise IllegalMove(f"Case {case.id} is not in doubt: no record of it can be declared missing.")
    doubts = {id_of(finding) for finding in case.findings if finding.rule in keying_attempts.ANSWERED_BY_BUTTON}
    return accept(case, bot, texts, {*ticked, *doubts}, person=person, second=second, besides=besides)


def _accounts_accepted(
    case: Case, bot: AnyBot, corrected: Extraction, accepted: Sequence[Finding]
) -> list[tuple[str, str]]:
    """Return the bank accounts that a second person has just accepted, each with its vendor's number."""
    if not bot.seller or not any(finding.rule in checks.ACCOUNT_RULES for finding in accepted):
        return []
    circumstances = Office.of(settings()).circumstances(case, bot, corrected)
    questions = checks.account_questions(circumstances, bot.seller)
    return [
        (circumstances.payee.number, account)
        for account, finding in questions
        if finding in accepted and circumstances.payee
    ]


def corrected_by(case: Case, bot: AnyBot, texts: Mapping[str, str], besides: Besides, *, person: str) -> Extraction:
    """Return the extraction with a person's corrections. Raises NotAValue, invoice_lines.NotLines."""
    before = extraction_of(case, bot)
    corrected = review_queue.correct(before, typed_changes(case, before, texts), bot.reads.specs(), person)
    pointed_at = [
        field for name, field in corrected.fields.items() if name in besides.boxes and field != before.fields.get(name)
    ]
    corrected = corrected.with_fields(*(replace(field, box=besides.boxes[field.name]) for field in pointed_at))
    return (
        corrected
        if besides.lines is None
        else replace(corrected, lines=lines_of(besides.lines, before.lines, habits_of(before)))
    )


def typed_changes(case: Case, before: Extraction, texts: Mapping[str, str]) -> dict[str, str]:
    """Return the texts that a person changed or, for a doubtful field, confirmed; other fields keep their source."""
    doubtful = doubtful_names(before, case.findings, settings().refer_below)
    current = {name: one_line(field.value) for name, field in before.fields.items()}
    return {name: text for name, text in texts.items() if name in doubtful or text != current.get(name, "")}


def open_findings(
    case: Case, bot: AnyBot, before: Extraction, corrected: Extraction, ticked: Sequence[Finding]
) -> dict[Finding, bool]:
    """Return the open findings about a corrected case, each with whether it would bring the case back.

    Findings of the checks would. Other findings, for example of a target system, would if a person has to accept them,
    except where a person has changed the value in question; findings that cannot be accepted, like a document that
    cannot be opened, are no obstacle once its fields are typed. A value that contradicts the print must be accepted
    too.
    """
    circumstances, settled = Office.of(settings()).circumstances(case, bot, corrected), (*case.settled, *ticked)
    checked = weigh(corrected, bot.checks, circumstances, settled).findings
    rules = {finding.rule for finding in (*checked, *weigh(before, bot.checks, circumstances, settled).findings)}
    rules |= checks.RULES | approvals.HOUSE_RULES
    elsewhere = [
        finding for finding in case.findings if finding.rule not in rules and not touched(finding, before, corrected)
    ]
    warnings = _against_print(case, bot, before, corrected)
    return {
        **{finding: needs_a_tick(finding, before) for finding in elsewhere},
        **{finding: finding.asks for finding in (*checked, *warnings)},
    }


def _against_print(case: Case, bot: AnyBot, before: Extraction, corrected: Extraction) -> Iterator[Finding]:
    """Return the warnings before a value is taken that differs from the printed one."""
    office_settings = settings()

    def printed() -> against_print.PrintedText | None:
        paper = alternatives.Paper(case.document, bot.reads, case.pages)
        document = word_store.kept(office_settings.words, paper, case.extraction)
        reader = alternatives.rereads(bot.reads)
        return against_print.PrintedText(document, reader, office_settings.refer_below) if document and reader else None

    picked = bot.seller.name.name if bot.seller else ""
    return against_print.findings(
        before, corrected, bot.reads.specs(), printed, besides=picked, masked=office_settings.masked_fields
    )


def id_of(finding: Finding) -> str:
    """Return a short id of a finding, the same for the same finding."""
    canonical = json.dumps(findings_to_json([finding]), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def extraction_of(case: Case, bot: AnyBot) -> Extraction:
    """Return the extraction of a case; an empty one if the document could not be opened."""
    return case.extraction or Extraction(bot.reads.name, {})


def doubtful_names(extraction: Extraction, findings: Iterable[Finding], refer_below: float) -> set[str]:
    """Return the fields that a person must look at: named in a finding, or with a confidence below the setting."""
    in_findings = {name for finding in findings for name in finding.fields}
    return in_findings | {name for name, extracted in extraction.fields.items() if extracted.confidence < refer_below}


def needs_a_tick(finding: Finding, extraction: Extraction) -> bool:
    """Return True if a person can accept a finding and must do so explicitly.

    A finding of the reading about a field is answered by the person's value for the field.
    """
    answered = finding.rule == CONFIDENCE or (finding.fields and finding in extraction.findings)
    return finding.asks and finding.acceptable and not answered


def one_line(value: object) -> str:
    """Return a value as the text of an input field."""
    return " ".join(write_value(value).split())


def clean(text: str) -> str:
    """Return a typed text with single blanks and without characters that a database refuses."""
    return " ".join(text.replace("\x00", "").split())
