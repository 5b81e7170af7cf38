"""The kinds of exception, each with what its own page shows: what may be a duplicate, what may have been keyed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from keywright.bot import AnyBot
from keywright.cases import casebook
from keywright.cases.worker import Office
from keywright.console.shared import labels
from keywright.console.shared.page_overlays import PictureOfPage, pages_of
from keywright.database.models import Keying, StoredCase
from keywright.findings import Kind
from keywright.model.case import Case
from keywright.people.permissions import Rights
from keywright.quality.blinding import blind_among, without_reading
from keywright.review import review_queue
from keywright.review.decisions import extraction_of, one_line
from keywright.settings.settings import settings

SHOWN = 3
"""As many cases that may be the same stand beside one."""

QUESTIONS = {
    Kind.READING: gettext_noop("What is printed there?"),
    Kind.BUSINESS: gettext_noop("A rule is not met. Is the document right all the same?"),
    Kind.SYSTEM: gettext_noop("The target system would not take it. What is to be changed?"),
    Kind.DUPLICATE: gettext_noop("Are these two the same?"),
    Kind.UNCERTAIN: gettext_noop("Is it in the target system?"),
}
"""The one question that each kind of exception asks."""


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
    """Another case that may be the same: what the two share, its pages, and its values beside this one's."""

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
    """A record that was posted, as far as it is known here."""

    system: str
    identity: str
    intended_at: dt.datetime | None
    posts: int
    looks: int


def question(kind: str) -> str:
    """Return what is asked of a person for a kind of exception."""
    return _(QUESTIONS[Kind(kind)]) if kind else ""


def shown_for(kind: str, case: Case, bot: AnyBot, titles: Mapping[str, str], rights: Rights) -> dict[str, Any]:
    """Return what the page of a kind of exception shows beside the sheet to somebody with these rights."""
    screens = {"screens": [one.picture for one in case.findings if one.picture]}
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
    """Return True if a case is decided by one of the three answers to whether its record is there, and not accepted."""
    ways = (review_queue.may_look_again(case), review_queue.may_be_named(case), review_queue.may_be_denied(case))
    return kind == Kind.UNCERTAIN and any(ways)


def _posted(row: Keying) -> Posted:
    return Posted(row.system, row.identity, row.intended_at, row.posts, row.looks)


def _twins(case: Case, bot: AnyBot, titles: Mapping[str, str], rights: Rights) -> list[Twin]:
    """Return the cases that share a key with this one, as its checks find them."""
    earlier = Office.of(settings()).circumstances(case, bot, extraction_of(case, bot)).earlier[:SHOWN]
    rows = {row.pk: row for row in StoredCase.objects.select_related("document").filter(pk__in=[e.id for e in earlier])}
    blind = blind_among(rows, rights)
    there = [(rows[int(one.id)], one.rule) for one in earlier if int(one.id) in rows]
    shown = [(without_reading(row), rule, {}) if row.pk in blind else (row, rule, titles) for row, rule in there]
    return [_twin(case, bot, row, rule, told) for row, rule, told in shown]


def _twin(case: Case, bot: AnyBot, row: StoredCase, rule: str, titles: Mapping[str, str]) -> Twin:
    other = casebook.case_of(row)
    here, there = extraction_of(case, bot).fields, extraction_of(other, bot).fields
    values = [
        Compared(
            title,
            one_line(here[name].value) if name in here else "",
            one_line(there[name].value) if name in there else "",
        )
        for name, title in titles.items()
        if name in here or name in there
    ]
    return Twin(
        number=row.pk,
        file_name=row.document.file_name,
        rule=rule,
        state=labels.state_in_words(row.state),
        receipt_number=row.receipt_number,
        received_at=row.received_at,
        pages=pages_of(row.document_id, (), {}, (), casebook.pages_of(row)),
        values=sorted(values, key=lambda one: one.same),
    )
