"""The list of layouts, and the page of each: its state, its fields, its latest document and its versions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from keywright.bot import AnyBot
from keywright.console.layouts import sentences
from keywright.console.shared.labels import layout_state_in_words, value_in_words
from keywright.console.shared.labels import title_of as field_title
from keywright.console.shared.page_overlays import PictureOfPage, pages_of
from keywright.console.shared.shortcuts import bots_seen, hidden_here, may_look, show, visible
from keywright.console.shared.visibility import sight_of
from keywright.database.layouts import LayoutDocument, LayoutVersion, StoredLayout
from keywright.database.models import StoredCase
from keywright.layouts import description, listing, versions
from keywright.layouts.description import KnownField, LayoutSight, ProfileOnPage
from keywright.layouts.listing import LayoutFilters
from keywright.model.case import State
from keywright.model.layout import LayoutFields, LayoutState, layout_fields_of
from keywright.people.permissions import Rights
from keywright.people.visibility import mask_for
from keywright.settings.settings import settings

A_PAGE = 50
SHOWN = 50
"""As many confirmed documents and versions stand on the page of a layout, the latest."""


@dataclass(frozen=True, slots=True)
class LayoutLine:
    """One line of the list of layouts."""

    row: StoredLayout
    sender: str
    state: str
    confirmed: int
    unasked: int  #: cases posted without a person


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of a layout as its page shows it."""

    title: str
    known: KnownField
    constant: str
    places: tuple[str, ...]
    form: str
    wrong: bool  #: the profile does not read it right on the latest document


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of a layout's profile; ``gained`` and ``lost`` are cases with the titles of fields."""

    row: LayoutVersion
    state: str
    documents: int
    gained: tuple[tuple[int, str], ...]
    lost: tuple[tuple[int, str], ...]


@require_safe
@may_look
def layouts(request: HttpRequest) -> HttpResponse:
    """Show a page of the layouts, filtered by state and words."""
    bots, filters, rights = bots_seen(request).values(), LayoutFilters.of(request.GET), sight_of(request)
    first, seen = (filters.page - 1) * A_PAGE, seen_layouts(request)
    rows = list(listing.chosen(seen, bots, filters, personal=rights.personal)[first : first + A_PAGE + 1])
    unasked = description.posted_without_person([row.pk for row in rows[:A_PAGE]])
    page = {
        "title": _("Layouts"),
        "lines": [_line(row, bots, rights, unasked.get(row.pk, 0)) for row in rows[:A_PAGE]],
        "filters": filters,
        "states": [(state.value, layout_state_in_words(state)) for state in LayoutState],
        "newer": filters.query(filters.page - 1) if filters.page > 1 else "",
        "older": filters.query(filters.page + 1) if len(rows) > A_PAGE else "",
        "anything": bool(rows) or seen.exists(),
    }
    return show(request, "layouts", page)


def _line(row: StoredLayout, bots: Collection[AnyBot], rights: Rights, unasked: int) -> LayoutLine:
    bot = listing.bot_for(row, bots)
    fields = layout_fields_of(bot.reads) if bot else None
    sight = LayoutSight(mask_for(rights, None))
    sender = sight.value(fields.owner[-1].name, listing.sender_of(row)) if fields else ""
    return LayoutLine(row, sender, layout_state_in_words(row.state), int(getattr(row, "confirmed", 0)), unasked)


def seen_layouts(request: HttpRequest) -> QuerySet[StoredLayout]:
    """Return the layouts that the signed-in person may see."""
    return listing.seen_by(bots_seen(request), hidden_here(request))


def seen_layout(request: HttpRequest, number: int) -> tuple[StoredLayout, AnyBot, LayoutFields]:
    """Return a layout that this person may see, with a bot that reads its documents, and its fields.

    Raises Http404 if there is none.
    """
    row = seen_layouts(request).filter(pk=number).first()
    bot = listing.bot_for(row, bots_seen(request).values()) if row else None
    fields = layout_fields_of(bot.reads) if bot else None
    if row is None or bot is None or fields is None:
        raise Http404(f"There is no layout {number}.")
    return row, bot, fields


@require_safe
@may_look
def layout(request: HttpRequest, number: int) -> HttpResponse:
    """Show what is known of a layout."""
    row, bot, fields = seen_layout(request, number)
    sight, needed = description.sight_of_layout(sight_of(request), row, fields), settings().confirmations_for(bot.name)
    titles = {name: field_title(spec) for name, spec in bot.reads.specs().items()}
    profile = versions.profile_of(row)
    latest = description.found_on_latest(row, profile, fields) if profile else None
    known = description.known_fields(profile, fields, needed) if profile else []
    held = row.versions.first()
    missing = description.missing_confirmations(profile, fields, needed)
    untrusted = [field for field in known if not field.trusted]
    is_held = held is not None and held.state == versions.HELD
    page = {
        "row": row,
        "sender": sight.value(fields.owner[-1].name, listing.sender_of(row)) or _("unknown sender"),
        "state": layout_state_in_words(row.state),
        "why": sentences.why_in_words(row.state, missing, untrusted, titles, held=is_held, needed=needed),
        "waiting": visible(StoredCase.objects.filter(layout=row, state=State.REFERRED.value), request).count(),
        "unasked": description.posted_without_person([row.pk]).get(row.pk, 0),
        "fields": [_field(field, titles, bot, sight, latest) for field in known],
        "pages": _pages(request, latest, titles, sight),
        "latest": latest,
        "documents": _documents(request, row, titles),
        "versions": [_version(version, titles) for version in row.versions.all()[:SHOWN]],
        "may_roll_back": _may_roll_back(row),
        "may_export": profile is not None and sight_of(request).personal,
        "has_profile": profile is not None,
    }
    return show(request, "layout_page", page)


def _field(
    known: KnownField, titles: Mapping[str, str], bot: AnyBot, sight: LayoutSight, latest: ProfileOnPage | None
) -> FieldLine:
    spec = bot.reads.specs()[known.name]
    constant = value_in_words(spec, known.constant) if known.constant else ""
    places = tuple(sentences.place_in_words(sight.place(rule)) for rule in known.places)
    places = places or ((_("where it is printed"),) if constant else ())
    wrong = latest is not None and known.name in latest.wrong
    return FieldLine(
        titles[known.name], known, sight.value(known.name, constant), places, sight.form(known.name, known.form), wrong
    )


def _pages(
    request: HttpRequest, latest: ProfileOnPage | None, titles: dict[str, str], sight: LayoutSight
) -> list[PictureOfPage]:
    """Return the pages of the latest confirmed document with a box for each field, if the person may see them."""
    if latest is None or sight.mask:
        return []
    row = visible(StoredCase.objects.filter(pk=latest.document.case_id), request).first()
    if row is None:
        return []
    only = (row.first_page, row.last_page) if row.first_page and row.last_page else None
    return pages_of(row.document_id, latest.fields, titles, latest.wrong, only)


def _documents(
    request: HttpRequest, row: StoredLayout, titles: Mapping[str, str]
) -> list[tuple[LayoutDocument, str, bool]]:
    """Return the latest confirmed documents, each with what was corrected, and whether its case may be seen."""
    rows = list(LayoutDocument.objects.filter(layout=row).defer("words").order_by("-confirmed_at", "-pk")[:SHOWN])
    seen = set(
        visible(StoredCase.objects.filter(pk__in=[entry.case_id for entry in rows]), request).values_list(
            "pk", flat=True
        )
    )
    return [
        (entry, ", ".join(titles.get(name, name) for name in entry.corrected), entry.case_id in seen) for entry in rows
    ]


def _version(version: LayoutVersion, titles: Mapping[str, str]) -> VersionLine:
    documents = int(version.profile.get("documents", 0))
    gained, lost = (_spots(spots, titles) for spots in (version.gained, version.lost))
    return VersionLine(version, sentences.version_state_in_words(version.state), documents, gained, lost)


def _spots(spots: Sequence[Sequence[Any]], titles: Mapping[str, str]) -> tuple[tuple[int, str], ...]:
    """Return the cases among fields of documents, each with the titles of its fields."""
    by_case: dict[int, list[str]] = {}
    for case, name in spots:
        by_case.setdefault(int(case), []).append(titles.get(str(name), str(name)))
    return tuple((case, ", ".join(names)) for case, names in by_case.items())


def _may_roll_back(row: StoredLayout) -> bool:
    """Return whether there is a version before the one in use."""
    used = row.versions.filter(state=versions.USED).first()
    return used is not None and row.versions.filter(number__lt=used.number, state=versions.REPLACED).exists()
