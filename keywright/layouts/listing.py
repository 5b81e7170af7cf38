"""The list of layouts: filtered by state and words, for the kinds of documents that a person sees."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.http import urlencode

from keywright.bot import AnyBot
from keywright.database.layouts import LayoutDocument, StoredLayout
from keywright.database.models import StoredCase
from keywright.model.fields import bare
from keywright.model.layout import LayoutState, layout_fields_of
from keywright.settings.settings import settings

LONGEST = 100
"""The longest words that are searched for."""


@dataclass(frozen=True, slots=True)
class LayoutFilters:
    """The filters in an address: a state, words of the sender or the vendor's number, and the page."""

    state: str = ""
    words: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: Any) -> LayoutFilters:
        """Return the filters in an address; unknown values are ignored."""
        state, page = query.get("state", ""), query.get("page", "")
        words = " ".join(query.get("words", "").replace("\x00", "").split())[:LONGEST]
        number = int(page) if page.isdecimal() and len(page) < 7 else 1
        return cls(state if state in set(LayoutState) else "", words, max(number, 1))

    def query(self, page: int = 1) -> str:
        """Return the address of another page of the same list."""
        parameters = {"state": self.state, "words": self.words, "page": str(page) if page > 1 else ""}
        return "?" + urlencode({name: value for name, value in parameters.items() if value})


def with_layouts(bots: Iterable[AnyBot]) -> list[AnyBot]:
    """Return the bots whose documents have layouts."""
    return [bot for bot in bots if layout_fields_of(bot.reads) is not None]


def bot_for(layout: StoredLayout, bots: Iterable[AnyBot]) -> AnyBot | None:
    """Return the first of some bots that reads documents of a layout, or None."""
    return next((bot for bot in with_layouts(bots) if bot.reads.name == layout.document_type), None)


def seen_by(bots: Mapping[str, AnyBot], hidden: Collection[str]) -> QuerySet[StoredLayout]:
    """Return the layouts of the documents that some bots read, each with the sender as its first case has it.

    A layout that only cases of ``hidden`` bots have is left out.
    """
    types = {bot.reads.name for bot in with_layouts(bots.values())}
    rows = StoredLayout.objects.filter(document_type__in=types)
    if hidden:
        cases = StoredCase.objects.filter(layout=OuterRef("pk"))
        rows = rows.filter(Exists(cases.exclude(bot__in=hidden)) | ~Exists(cases))
    return rows.annotate(first_sender=Coalesce(F("first_case__sender"), Value("")))


def sender_of(row: StoredLayout) -> str:
    """Return the sender of a layout of ``seen_by``; before the first confirmation, as it was read on its first case."""
    return row.sender or str(getattr(row, "first_sender", ""))


def chosen(
    rows: QuerySet[StoredLayout], bots: Iterable[AnyBot], filters: LayoutFilters, *, personal: bool
) -> QuerySet[StoredLayout]:
    """Return the layouts that pass the filters, the latest change first, each with its number of confirmed documents.

    A person who may not see masked values (``personal``) does not search in senders that are masked.
    """
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.words:
        condition = Q(vendor__iexact=filters.words)
        condition |= Q() if not personal and _sender_is_masked(bots) else _sent_by(filters.words)
        rows = rows.filter(condition)
    documents = LayoutDocument.objects.filter(layout=OuterRef("pk")).order_by().values("layout")
    confirmed = Coalesce(Subquery(documents.annotate(n=Count("pk")).values("n")), 0)
    return rows.annotate(confirmed=confirmed).order_by("-changed_at", "-pk")


def _sent_by(words: str) -> Q:
    """Return the condition that a sender's name has words in it; of a new layout, the name that was read."""
    key = bare(words)
    return Q(sender_key__contains=key) | Q(sender="", first_case__sender_key__contains=key) if key else Q(pk__in=[])


def _sender_is_masked(bots: Iterable[AnyBot]) -> bool:
    known = (layout_fields_of(bot.reads) for bot in bots)
    return bool({fields.owner[-1].name for fields in known if fields} & set(settings().masked_fields))
