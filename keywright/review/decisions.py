"""A person's decision on a referred case: the one way in which the pages and the API take it.

The caller holds the row (``waiting_row``) in a transaction until the decision is on record.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from keywright.bot import AnyBot
from keywright.cases import approvals, keying_attempts
from keywright.cases.worker import Office
from keywright.database.models import StoredCase
from keywright.findings import Finding
from keywright.ledger import ledger
from keywright.model import alternatives
from keywright.model.case import Case, IllegalMove, State
from keywright.model.checks import weigh
from keywright.model.fields import Extraction
from keywright.model.reading import Box
from keywright.model.serialization import findings_to_json, write_value
from keywright.review import against_print, review_queue
from keywright.review.line_edits import TypedLine, line_changes, lines_of
from keywright.review.review_queue import may_accept, touched
from keywright.settings.settings import settings
from keywright.typed_values import habits_of
from keywright.vendors import bank_accounts, checks

CONFIDENCE = "confidence"  # the check that asks for a person's eye; a confirmed value answers it


@dataclass(frozen=True, slots=True)
class Accepted:
    """A case that went on, and what a second person has yet to accept."""

    case: Case
    left: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Besides:
    """What a person did on a page beside typing into fields and ticking findings.

    ``lines`` are those of the grid, None if there was none; ``boxes`` the places that the person pointed at, by field;
    ``on_screen`` what was on screen beside each field, for the ledger.
    """

    lines: tuple[TypedLine, ...] | None = None
    boxes: Mapping[str, Box] = field(default_factory=dict)
    on_screen: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class StillStands(Exception):
    """Findings would only bring the case back: ``standing`` are those, ``found`` is all that is found about it now."""

    def __init__(self, standing: Sequence[Finding], found: Sequence[Finding]) -> None:
        super().__init__("; ".join(one.message for one in standing))
        self.standing, self.found = tuple(standing), tuple(found)


def waiting_row(number: int, seen: str) -> StoredCase:
    """Return a case that waits, held until the transaction ends; ``seen`` is its ``changed_at`` as ISO 8601.

    Raises StoredCase.DoesNotExist, and IllegalMove if it no longer waits, or was read again and referred anew since
    the person opened it.
    """
    row = StoredCase.objects.select_related("document").select_for_update(of=("self",)).get(pk=number)
    if row.state != State.REFERRED or not _same_moment(row.changed_at, seen):
        raise IllegalMove(f"Case {number} is not, or no longer, as the person saw it: it is {row.state}.")
    return row


def _same_moment(moment: dt.datetime, written: str) -> bool:
    try:
        return dt.datetime.fromisoformat(written) == moment
    except (ValueError, TypeError):
        return False


def accept(
    case: Case,
    bot: AnyBot,
    typed: Mapping[str, str],
    ticked: Collection[str],
    *,
    person: str,
    second: bool,
    besides: Besides = Besides(),
    by_program: bool = False,
) -> Accepted:
    """Send a case on with a person's word, unless something typed is no such value or a finding would bring it back.

    ``typed`` has what stands in each field that the person was shown, ``ticked`` the ids of findings the person
    accepts (``id_of``), ``besides`` what the person did on a page beside typing into fields. ``by_program``: the word
    came with a token, which somebody else made; it is nobody's second word.

    1. Take the doubtful and the changed fields as the person's word.
    2. Check the case as it then is, with the findings that the person accepted.
    3. Ask again while something stands; else send the case on. What a second person must accept does not hold it up: it
       comes back from its checks with this person's word, for the second one.

    Raises NotAValue, invoice_lines.NotLines, StillStands, review_queue.NeedsSecondPerson, IllegalMove.
    """
    before = extraction_of(case, bot)
    corrected = corrected_by(case, bot, typed, besides, person=person)
    agreed = [one for one in case.findings if one.acceptable and id_of(one) in ticked]
    found = {**dict.fromkeys(agreed, False), **found_now(case, bot, before, corrected, agreed)}
    left = [
        one
        for one in found
        if one.takes_another and (by_program or not may_accept(one, before, corrected, person, second=second))
    ]
    accepted = [one for one in found if one.acceptable and id_of(one) in ticked and one not in left]
    if standing := [one for one, comes_back in found.items() if comes_back and one not in (*accepted, *left)]:
        raise StillStands(standing, tuple(found))
    if told := line_changes(before.lines, corrected.lines):
        ledger.append("lines-corrected", actor=person, case=int(case.id), body=told)
    traits, shown = Office.of(settings()).traits(bot, corrected), besides.on_screen
    stood_for = _accounts_accepted(case, bot, corrected, accepted)
    moved = review_queue.settle(case, corrected, accepted, traits, person=person, second=second, on_screen=shown)
    for vendor, account in stood_for:
        bank_accounts.accept(vendor, [account], by=person, case=int(case.id))
    return Accepted(moved, tuple(left))


def not_there(
    case: Case,
    bot: AnyBot,
    typed: Mapping[str, str],
    ticked: Collection[str],
    *,
    person: str,
    second: bool,
    besides: Besides = Besides(),
) -> Accepted:
    """Take a person's word that what was posted is not there: what stands on the page now is entered, once more.

    Raises as ``accept`` does, and IllegalMove if nothing of the case is in doubt.
    """
    if not review_queue.may_be_denied(case):
        raise IllegalMove(f"Case {case.id} is not in doubt: there is nothing of which to say that it is not there.")
    doubts = {id_of(finding) for finding in case.findings if finding.rule in keying_attempts.ANSWERED_BY_BUTTON}
    return accept(case, bot, typed, {*ticked, *doubts}, person=person, second=second, besides=besides)


def _accounts_accepted(
    case: Case, bot: AnyBot, corrected: Extraction, accepted: Sequence[Finding]
) -> list[tuple[str, str]]:
    """Return the bank accounts for which a second person has just stood, each with its vendor's number."""
    if not bot.seller or not any(one.rule in checks.ACCOUNT_RULES for one in accepted):
        return []
    now = Office.of(settings()).circumstances(case, bot, corrected)
    asked = checks.account_questions(now, bot.seller)
    return [(now.payee.number, account) for account, finding in asked if finding in accepted and now.payee]


def corrected_by(case: Case, bot: AnyBot, typed: Mapping[str, str], besides: Besides, *, person: str) -> Extraction:
    """Return what a case's document says by a person's word. Raises NotAValue, invoice_lines.NotLines."""
    before = extraction_of(case, bot)
    corrected = review_queue.correct(before, their_word(case, before, typed), bot.reads.specs(), person)
    theirs = [one for name, one in corrected.fields.items() if name in besides.boxes and one != before.fields.get(name)]
    corrected = corrected.with_fields(*(replace(one, box=besides.boxes[one.name]) for one in theirs))
    return (
        corrected
        if besides.lines is None
        else replace(corrected, lines=lines_of(besides.lines, before.lines, habits_of(before)))
    )


def their_word(case: Case, before: Extraction, typed: Mapping[str, str]) -> dict[str, str]:
    """Return what a person changed or, where there was a doubt, confirmed; the sure rest keeps its source."""
    doubtful = doubtful_names(before, case.findings, settings().refer_below)
    read = {name: one_line(field.value) for name, field in before.fields.items()}
    return {name: text for name, text in typed.items() if name in doubtful or text != read.get(name, "")}


def found_now(
    case: Case, bot: AnyBot, before: Extraction, corrected: Extraction, ticked: Sequence[Finding]
) -> dict[Finding, bool]:
    """Return what stands about a case once it is corrected, each with whether it would bring the case back.

    What the checks find would. What was found elsewhere, by a target system say, would if a person has to accept it,
    unless a person has put another value where it was about; what nobody can accept, such as a document that cannot
    be opened, is no obstacle once its fields are typed. A value that contradicts the print must be accepted too.
    """
    now, settled = Office.of(settings()).circumstances(case, bot, corrected), (*case.settled, *ticked)
    checked = weigh(corrected, bot.checks, now, settled).findings
    rules = {one.rule for one in (*checked, *weigh(before, bot.checks, now, settled).findings)}
    rules |= checks.RULES | approvals.HOUSE_RULES
    elsewhere = [one for one in case.findings if one.rule not in rules and not touched(one, before, corrected)]
    warnings = _against_print(case, bot, before, corrected)
    return {
        **{one: needs_a_tick(one, before) for one in elsewhere},
        **{one: one.asks for one in (*checked, *warnings)},
    }


def _against_print(case: Case, bot: AnyBot, before: Extraction, corrected: Extraction) -> Iterator[Finding]:
    """Return what a person must be warned of before it is taken: another value than the one that is printed."""
    here = settings()

    def printed() -> against_print.Print | None:
        paper = alternatives.Paper(case.document, bot.reads, case.pages)
        seen, reader = alternatives.kept(here.words, paper, case.extraction), alternatives.rereads(bot.reads)
        return against_print.Print(seen, reader, here.refer_below) if seen and reader else None

    picked = bot.seller.name.name if bot.seller else ""
    return against_print.findings(
        before, corrected, bot.reads.specs(), printed, besides=picked, masked=here.masked_fields
    )


def id_of(finding: Finding) -> str:
    """Return a short name for a finding, the same for the same finding."""
    told = json.dumps(findings_to_json([finding]), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def extraction_of(case: Case, bot: AnyBot) -> Extraction:
    """Return what was read; nothing if the document could not be opened."""
    return case.extraction or Extraction(bot.reads.name, {})


def doubtful_names(extraction: Extraction, findings: Iterable[Finding], refer_below: float) -> set[str]:
    """Return the fields that a person must look at: named in a finding, or read less surely than is asked for."""
    named = {name for finding in findings for name in finding.fields}
    return named | {name for name, one in extraction.fields.items() if one.confidence < refer_below}


def needs_a_tick(finding: Finding, extraction: Extraction) -> bool:
    """Return True if a person may accept a finding and must say so.

    What reading itself found amiss about a field is answered by the person's word for the field.
    """
    answered = finding.rule == CONFIDENCE or (finding.fields and finding in extraction.findings)
    return finding.asks and finding.acceptable and not answered


def one_line(value: object) -> str:
    """Return a value as it stands in an input, and as one types it."""
    return " ".join(write_value(value).split())


def clean(text: str) -> str:
    """Return what was typed with single blanks and without what no database holds."""
    return " ".join(text.replace("\x00", "").split())
