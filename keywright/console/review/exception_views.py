"""What the review page shows for each kind of exception, such as duplicates and unconfirmed postings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from keywright.bot import AnyBot
from keywright.cases import casebook
from keywright.cases.worker import Office
from keywright.console.shared import labels
from keywright.console.shared.page_overlays import PictureOfPage, pages_of
from keywright.database.models import Keying, StoredCase
from keywright.findings import Finding, Kind
from keywright.message_text import language_of, translated, translated_headline
from keywright.model.case import Case
from keywright.model.layout import NEW_LAYOUT
from keywright.people.permissions import Rights
from keywright.privacy.masking import Mask
from keywright.quality.blinding import blind_among, without_reading
from keywright.review import review_queue
from keywright.review.decisions import extraction_of
from keywright.settings.settings import settings

SHOWN = 3
"""As many cases that may be the same stand beside one."""

HEADINGS = {
    Kind.READING: gettext_noop("Check the unclear values"),
    Kind.BUSINESS: gettext_noop("Business rule not met"),
    Kind.SYSTEM: gettext_noop("Rejected by the target system: what has to be changed?"),
    Kind.DUPLICATE: gettext_noop("Possible duplicate: are these two the same?"),
    Kind.UNCERTAIN: gettext_noop("Posting not confirmed: is the record in the target system?"),
}
"""The heading of the review page for each kind of exception."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One value of two cases, and whether it is the same in both."""

    title: str
    here: str
    there: str

    @property
    def same(self) -> bool:
        """Return True if both have the same value."""
        return self.here == self.there


@dataclass(frozen=True, slots=True)
class Twin:
    """A possible duplicate: the rule that found it, its pages, and its values next to this case's."""

    number: int
    file_name: str
    rule: str
    state: str
    receipt_number: str
    received_at: dt.datetime
    pages: list[PictureOfPage]
    values: list[Compared]


@dataclass(frozen=True, slots=True)
class Posted:
    """What is known here about a posted record."""

    system: str
    identity: str
    intended_at: dt.datetime | None
    posts: int
    looks: int


def heading(kind: str, findings: Iterable[Finding], mask: Mask) -> tuple[str, str]:
    """Return the heading for a kind of exception and its language. For a business rule it says what is wrong,

    and for a reading whose first finding is about no field, such as a damaged file.
    """
    findings = tuple(findings)
    if findings and all(finding.rule == NEW_LAYOUT for finding in findings):
        return _("Confirm what was read"), get_language() or "en"
    first = next((finding for finding in findings if finding.kind == kind), None)
    if first and (kind == Kind.BUSINESS or (kind == Kind.READING and not first.fields)):
        message = mask.message(first.message)
        return mask.text(translated_headline(message)), language_of(message)
    return (_(HEADINGS[Kind(kind)]) if kind else ""), get_language() or "en"


def shown_for(kind: str, case: Case, bot: AnyBot, titles: Mapping[str, str], rights: Rights) -> dict[str, Any]:
    """Return the additional page values for a kind of exception."""
    screens = {"screens": [finding.picture for finding in case.findings if finding.picture]}
    if kind == Kind.DUPLICATE:
        return {**screens, "twins": _twins(case, bot, titles, rights)}
    if kind == Kind.UNCERTAIN:
        return {
            **screens,
            "answered_by_button": answered_by_button(kind, case),
            "posted": [_posted(row) for row in Keying.objects.filter(case_id=int(case.id)).order_by("pk")],
            "may_be_named": review_queue.may_be_named(case),
            "may_be_denied": review_queue.may_be_denied(case),
        }
    return screens


def answered_by_button(kind: str, case: Case) -> bool:
    """Return True if the case is decided by one of the answers about its record instead of being sent for posting."""
    ways = (review_queue.may_look_again(case), review_queue.may_be_named(case), review_queue.may_be_denied(case))
    return kind == Kind.UNCERTAIN and any(ways)


def _posted(row: Keying) -> Posted:
    return Posted(row.system, row.identity, row.intended_at, row.posts, row.looks)


def _twins(case: Case, bot: AnyBot, titles: Mapping[str, str], rights: Rights) -> list[Twin]:
    """Return the possible duplicates that this case's checks find."""
    earlier = Office.of(settings()).circumstances(case, bot, extraction_of(case, bot)).earlier[:SHOWN]
    rows = {row.pk: row for row in StoredCase.objects.select_related("document").filter(pk__in=[e.id for e in earlier])}
    blind = blind_among(rows, rights)
    there = [
        (rows[int(earlier_case.id)], earlier_case.rule) for earlier_case in earlier if int(earlier_case.id) in rows
    ]
    visible_twins = [
        (without_reading(row), rule, {}) if row.pk in blind else (row, rule, titles) for row, rule in there
    ]
    return [_twin(case, bot, row, rule, visible_titles) for row, rule, visible_titles in visible_twins]


def _twin(case: Case, bot: AnyBot, row: StoredCase, rule: str, titles: Mapping[str, str]) -> Twin:
    twin_case = casebook.case_of(row)
    specs = bot.reads.specs()
    here, there = extraction_of(case, bot).fields, extraction_of(twin_case, bot).fields
    values = [
        Compared(
            title,
            labels.value_in_words(specs.get(name), here[name].value) if name in here else "",
            labels.value_in_words(specs.get(name), there[name].value) if name in there else "",
        )
        for name, title in titles.items()
        if name in here or name in there
    ]
    return Twin(
        number=row.pk,
        file_name=row.document.file_name,
        rule=translated(rule),
        state=labels.state_in_words(row.state),
        receipt_number=row.receipt_number,
        received_at=row.received_at,
        pages=pages_of(row.document_id, (), {}, (), casebook.pages_of(row)),
        values=sorted(values, key=lambda pair: pair.same),
    )
