"""Files each document under its layout: a known one, or a new one that nobody has confirmed yet."""

from __future__ import annotations

from django.db import transaction

from keywright import clock
from keywright.database.layouts import StoredLayout
from keywright.database.models import StoredCase
from keywright.layouts import words
from keywright.profiles.applying import Applied
from keywright.profiles.learning import words_of
from keywright.profiles.prints import PagePrint

FEWEST_WORDS = 8
"""A document with fewer words has no print by which another could be recognised."""


def file_case(number: int, document_type: str, applied: Applied) -> None:
    """Record the layout of a case that was just read, in the transaction that stores what was read."""
    if applied.paper is None or applied.extraction.other_kind is not None:
        return
    if applied.layout is not None:
        StoredCase.objects.filter(pk=number).update(layout_id=applied.layout.number)
        return
    if len(words_of(applied.paper)) >= FEWEST_WORDS:
        new = new_layout(document_type, applied.paper, first_case=number)
        StoredCase.objects.filter(pk=number).update(layout=new)


def new_layout(document_type: str, paper: PagePrint, *, first_case: int | None = None) -> StoredLayout:
    """Put a layout on file that only this document shows so far."""
    anchors = {
        word: [round(tokens[0].box.left, 1), round(tokens[0].box.top, 1)]
        for word, tokens in paper.places.items()
        if len(word) > 1 and not any(c.isdigit() for c in word)
    }
    with transaction.atomic():
        layout = StoredLayout.objects.create(
            document_type=document_type, anchors=anchors, first_case_id=first_case, made_at=clock.now()
        )
        words.index(layout, anchors)
    return layout
