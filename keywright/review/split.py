"""Splits a case whose file holds several documents into one case for each, by ranges of its pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from keywright.cases import casebook
from keywright.cases.earlier_cases import note_traits
from keywright.database.models import Keying, PagePicture, StoredCase, StoredDocument
from keywright.model.case import IllegalMove, State
from keywright.review import claims

Range = tuple[int, int]
"""The first and the last page, counted from one."""

_RANGE = re.compile(r"(\d{1,4})(?:\s*[-–—]\s*(\d{1,4}))?")


def pages_of(row: StoredCase) -> Range | None:
    """Return the first and the last page of a case; None if they are not known because the pages were never drawn."""
    if part := casebook.pages_of(row):
        return part
    last = PagePicture.objects.filter(document_id=row.document_id).aggregate(last=Max("page"))["last"]
    return (1, last) if last else None


def ranges_from(text: str) -> list[Range]:
    """Return the ranges in a typed text like ``1-2, 3, 4-6``. Raises ValueError, in words, for anything else."""
    pieces = [piece.strip() for piece in re.split(r"[,;\n]", text) if piece.strip()]
    matches = [_RANGE.fullmatch(piece) for piece in pieces]
    if not pieces or not all(matches):
        raise ValueError(_("Type the pages of each document, with commas between them: 1-2, 3, 4-6."))
    return [(int(match[1]), int(match[2] or match[1])) for match in matches if match]


def split(number: int, ranges: Sequence[Range], *, person: User) -> list[int]:
    """Split a waiting case: it keeps the first range, each other one becomes a case; return all numbers, its own first.

    Pages outside all ranges, for example blank ones, belong to no case any more; the ledger lists them. All cases are
    read again from their own pages, and a split cannot be undone. Raises ValueError, in words, for ranges that do not
    fit; IllegalMove if the case does not wait for a person or was possibly keyed already; Taken if another person has
    it open.
    """
    who = person.get_username()
    with transaction.atomic():
        row = claims.locked(number, who)
        StoredDocument.objects.select_for_update().get(pk=row.document_id)  # two of its cases may be split at once
        whole = pages_of(row)
        if whole is None:
            raise ValueError(_("There are no page images for this file, so it cannot be split."))
        _ensure_fitting(ranges, whole)
        _ensure_not_posted(row)
        new_cases = _opened(row, ranges[1:], who)
        left_out = sorted(_numbers([whole]) - _numbers(ranges))
        body = {
            "pages": [list(new_case) for new_case in ranges],
            "left_out": left_out,
            "cases": [new_case.pk for new_case in new_cases],
        }
        case = casebook.case_of(row)
        note_traits(case.id, ())
        pages = {"first_page": ranges[0][0], "last_page": ranges[0][1]}
        casebook.move(case, State.RECEIVED, "case-split", actor=who, body=body, **pages, **_UNREAD)
    return [row.pk, *(new_case.pk for new_case in new_cases)]


_UNREAD: dict[str, Any] = {"extraction": None, "findings": [], "settled": [], "payee": None, "attempts": 0}


def _opened(row: StoredCase, ranges: Sequence[Range], person: str) -> list[StoredCase]:
    siblings = StoredCase.objects.filter(bot=row.bot, document_id=row.document_id)
    last = siblings.aggregate(last=Max("part"))["last"]
    return [casebook.open_part(row, last + place, pages, actor=person) for place, pages in enumerate(ranges, 1)]


def _ensure_fitting(ranges: Sequence[Range], whole: Range) -> None:
    first, last = whole
    if not ranges or list(ranges) == [whole]:
        raise ValueError(_("Type the pages of at least two documents, or the pages to keep."))
    expected = first
    for start, end in ranges:
        if start > end:
            raise ValueError(_("%(start)d-%(end)d is in reverse order.") % {"start": start, "end": end})
        if not first <= start <= end <= last:
            words = _("%(start)d-%(end)d is outside this case's pages, %(first)d to %(last)d.")
            raise ValueError(words % {"start": start, "end": end, "first": first, "last": last})
        if start < expected:
            words = _("Page %(page)d is listed twice or out of order. List the pages from first to last.")
            raise ValueError(words % {"page": start})
        expected = end + 1


def _ensure_not_posted(row: StoredCase) -> None:
    """Refuse to split a case that is possibly in a target system; an intent without a post is deleted."""
    keyings = Keying.objects.filter(case=row)
    if keyings.filter(posts__gt=F("denied")).exists():
        raise IllegalMove(f"Case {row.pk} may have been keyed already. Say first whether its record is there.")
    keyings.filter(posts=0).delete()


def _numbers(ranges: Sequence[Range]) -> set[int]:
    return {page for first, last in ranges for page in range(first, last + 1)}
