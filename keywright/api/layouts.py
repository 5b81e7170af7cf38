"""The layouts as the API lists and describes them, and rolling one back."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.db import transaction
from django.db.models import QuerySet
from ninja import Schema
from pydantic import Field, StringConstraints

from keywright.api.auth import Asker
from keywright.api.problems import Refused
from keywright.api.request_schemas import NO_ZERO
from keywright.bot import AnyBot, all_bots
from keywright.database.layouts import LayoutDocument, LayoutVersion, StoredLayout
from keywright.layouts import description, listing, versions
from keywright.layouts.description import KnownField, LayoutSight
from keywright.layouts.listing import LayoutFilters
from keywright.ledger import ledger
from keywright.model.layout import LayoutFields, LayoutState, layout_fields_of
from keywright.people import api_tokens
from keywright.people.permissions import hidden_bots
from keywright.people.visibility import mask_for
from keywright.review import layout_acts
from keywright.settings.settings import settings

VERSIONS, DOCUMENTS = 50, 50  # the latest, in the details of a layout


class LayoutSummary(Schema):
    """A layout in a list: a sender and the fixed print of its documents."""

    number: int
    document_type: str
    sender: str
    vendor: str = Field(description="the sender's number in the vendor master, if it is on file")
    state: LayoutState
    version: int | None = Field(description="the version of its profile in use")
    confirmed_documents: int
    changed_at: dt.datetime


class LayoutField(Schema):
    """What the profile knows of one field; ``places`` are the rules that find it, the best of each sort."""

    name: str
    confirmed_in_a_row: int
    documents: int = Field(description="documents of the profile that have the field")
    constant: str = Field(description="its value if it is the same on all, else empty")
    places: list[list[str | int]]
    example: str = Field(description="the form of its codes: 9 for a digit, X for a letter that varies")


class LayoutConfirmation(Schema):
    """A confirmed document of a layout, by its case."""

    case: int
    confirmed_at: dt.datetime
    confirmed_by: str
    corrected: list[str]
    learned_from: bool


class ProfileVersion(Schema):
    """A version of a layout's profile; ``gained`` and ``lost`` are pairs of a case and a field."""

    number: int
    state: Literal["used", "replaced", "held", "rolled-back"]
    made_at: dt.datetime
    made_by: str
    gained: list[list[int | str]]
    lost: list[list[int | str]]


class LayoutDetails(LayoutSummary):
    """A layout with what is known of its fields, its latest confirmed documents and versions."""

    missing_confirmations: int = Field(description="so many more documents must be confirmed until it is trusted")
    posted_without_person: int
    fields: list[LayoutField]
    documents: list[LayoutConfirmation]
    versions: list[ProfileVersion]
    profile: dict[str, Any] | None = Field(description="the whole profile in use, for people who may see all values")


class LayoutQuery(Schema):
    """Which layouts to list: of a state, or with words in the sender's name or as the vendor's number."""

    state: Literal["", "unknown", "learning", "trusted"] = ""
    words: Annotated[str, StringConstraints(max_length=100, pattern=NO_ZERO)] = ""
    page: int = Field(1, ge=1, le=100_000)
    limit: int = Field(50, ge=1, le=100)


class LayoutPage(Schema):
    """One page of layouts; ``total`` counts all pages, ``next`` is the number of the page that follows."""

    layouts: list[LayoutSummary]
    total: int
    next: int | None


class RollBack(Schema):
    """The version in use that is to be rolled back, as it was read."""

    version: int = Field(ge=1, le=2**31 - 1)


def page(asker: Asker, query: LayoutQuery) -> dict[str, Any]:
    """Return the requested layouts."""
    bots = _bots(asker)
    filters = LayoutFilters(query.state, " ".join(query.words.split()), query.page)
    rows = listing.chosen(_seen(asker), bots.values(), filters, personal=asker.rights.personal)
    first = (query.page - 1) * query.limit
    here = list(rows[first : first + query.limit + 1])
    summaries = [_summary(asker, row, bots) for row in here[: query.limit]]
    return {"layouts": summaries, "total": rows.count(), "next": query.page + 1 if len(here) > query.limit else None}


def details(asker: Asker, number: int) -> dict[str, Any]:
    """Return one layout. Raises Refused if there is none that the person may see."""
    row, bot, fields = _layout(asker, number)
    sight, needed = description.sight_of_layout(asker.rights, row, fields), settings().confirmations_for(bot.name)
    profile, used = versions.profile_of(row), row.versions.filter(state=versions.USED).first()
    known = description.known_fields(profile, fields, needed) if profile else []
    documents = LayoutDocument.objects.filter(layout=row).defer("words").order_by("-confirmed_at", "-pk")[:DOCUMENTS]
    return {
        **_summary(asker, row, {bot.name: bot}),
        "missing_confirmations": description.missing_confirmations(profile, fields, needed),
        "posted_without_person": description.posted_without_person([row.pk]).get(row.pk, 0),
        "fields": [_field(field, sight) for field in known],
        "documents": [_confirmation(document) for document in documents],
        "versions": [_version(version) for version in row.versions.all()[:VERSIONS]],
        "profile": used.profile if used and not sight.mask else None,
    }


def roll_back(asker: Asker, number: int, version: int) -> dict[str, Any]:
    """Use the version before again, and return the layout. Raises Refused."""
    if not asker.rights.layouts:
        raise Refused("not-allowed", "Only supervisors and IT can roll back layouts.")
    row, bot, _fields = _layout(asker, number)
    try:
        with transaction.atomic():
            layout_acts.roll_back(row, bot, person=asker.name, seen=version)
            use = {**api_tokens.ledger_body(asker.token), "act": "roll-back"}
            ledger.append("token-used", actor=asker.name, body=use)
    except versions.NotAVersion as none:
        raise Refused(
            "not-as-seen", "Another version is in use, or there is none before it. Read the layout again."
        ) from none
    return details(asker, number)


def _bots(asker: Asker) -> dict[str, AnyBot]:
    hidden = hidden_bots(asker.person)
    return {name: bot for name, bot in all_bots().items() if name not in hidden}


def _seen(asker: Asker) -> QuerySet[StoredLayout]:
    return listing.seen_by(_bots(asker), hidden_bots(asker.person))


def _layout(asker: Asker, number: int) -> tuple[StoredLayout, AnyBot, LayoutFields]:
    row = _seen(asker).filter(pk=number).first()
    bot = listing.bot_for(row, _bots(asker).values()) if row else None
    fields = layout_fields_of(bot.reads) if bot else None
    if row is None or bot is None or fields is None:
        raise Refused("not-there", f"There is no layout {number}, or the token's person may not see it.")
    return row, bot, fields


def _summary(asker: Asker, row: StoredLayout, bots: dict[str, AnyBot]) -> dict[str, Any]:
    bot = listing.bot_for(row, bots.values())
    fields = layout_fields_of(bot.reads) if bot else None
    sight, confirmed = LayoutSight(mask_for(asker.rights, None)), getattr(row, "confirmed", None)
    return {
        "number": row.pk,
        "document_type": row.document_type,
        "sender": sight.value(fields.owner[-1].name, listing.sender_of(row)) if fields else "",
        "vendor": row.vendor,
        "state": row.state,
        "version": row.version,
        "confirmed_documents": row.documents.count() if confirmed is None else confirmed,
        "changed_at": row.changed_at,
    }


def _field(known: KnownField, sight: LayoutSight) -> dict[str, Any]:
    return {
        "name": known.name,
        "confirmed_in_a_row": known.in_a_row,
        "documents": known.present,
        "constant": sight.value(known.name, known.constant),
        "places": [list(sight.place(rule)) for rule in known.places],
        "example": sight.form(known.name, known.form),
    }


def _confirmation(document: LayoutDocument) -> dict[str, Any]:
    return {
        "case": document.case_id,
        "confirmed_at": document.confirmed_at,
        "confirmed_by": document.confirmed_by,
        "corrected": document.corrected,
        "learned_from": document.used,
    }


def _version(version: LayoutVersion) -> dict[str, Any]:
    return {name: getattr(version, name) for name in ("number", "state", "made_at", "made_by", "gained", "lost")}
