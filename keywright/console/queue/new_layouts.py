"""The new layouts among the waiting cases, so that a clerk can confirm the documents of one sender in a row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from keywright.bot import AnyBot
from keywright.console.layouts import sentences
from keywright.database.models import StoredCase
from keywright.findings import Kind
from keywright.layouts import description, listing, versions
from keywright.layouts.description import LayoutSight
from keywright.model.layout import NEW_LAYOUT, LayoutState, layout_fields_of
from keywright.people.permissions import Rights
from keywright.people.visibility import mask_for
from keywright.review.filters import Reader
from keywright.settings.settings import settings

FINDINGS = 6
"""The question about the layout is looked for among so many findings of a case."""
SHOWN = 8
"""As many new layouts stand above the queue, those with the most waiting documents."""


@dataclass(frozen=True, slots=True)
class NewLayout:
    """A layout whose waiting documents only have to be confirmed: how many wait, and what confirming them brings."""

    number: int
    sender: str
    waiting: int
    words: str


@dataclass(frozen=True, slots=True)
class NewLayouts:
    """The new layouts that are shown, and how many more there are."""

    shown: tuple[NewLayout, ...] = ()
    more: int = 0


def new_layouts(cases: QuerySet[StoredCase], bots: Iterable[AnyBot], reader: Reader, rights: Rights) -> NewLayouts:
    """Return the layouts that people have not confirmed often enough, among cases that wait for nothing else."""
    asking = [bot.name for bot in listing.with_layouts(bots) if settings().confirmations_for(bot.name)]
    if not asking:
        return NewLayouts()
    unparked = Q(parked_until=None) | Q(parked_until__lte=reader.at)
    asked = Q(*(Q(**{f"findings__{place}__rule": NEW_LAYOUT}) for place in range(FINDINGS)), _connector=Q.OR)
    waiting = cases.filter(unparked, asked, bot__in=asking, kind=Kind.READING.value, layout__isnull=False)
    groups = waiting.exclude(layout__state=LayoutState.TRUSTED.value).order_by().values_list("layout", "bot")
    counted = list(groups.annotate(n=Count("pk")).order_by("-n", "layout"))
    by_name = {bot.name: bot for bot in bots}
    shown = (_described(layout, by_name[bot], n, rights) for layout, bot, n in counted[:SHOWN])
    return NewLayouts(tuple(group for group in shown if group), max(len(counted) - SHOWN, 0))


def _described(number: int, bot: AnyBot, waiting: int, rights: Rights) -> NewLayout | None:
    row, fields = listing.seen_by({bot.name: bot}, ()).filter(pk=number).first(), layout_fields_of(bot.reads)
    if row is None or fields is None:
        return None
    needed = settings().confirmations_for(bot.name)
    missing = description.missing_confirmations(versions.profile_of(row), fields, needed)
    words = sentences.confirm_in_words(missing) if missing else _("A new version of its profile waits for IT.")
    sight = LayoutSight(mask_for(rights, None))
    sender = sight.value(fields.owner[-1].name, listing.sender_of(row)) or _("unknown sender")
    return NewLayout(number, sender, waiting, words)
