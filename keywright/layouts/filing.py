"""Files each document under its layout: a known one, or a new one that nobody has confirmed yet."""

from __future__ import annotations

from django.db import transaction

from keywright import clock
from keywright.database.layouts import StoredLayout
from keywright.database.models import StoredCase
from keywright.layouts import versions, words
from keywright.model.layout import LayoutState
from keywright.profiles.applying import RULES, Applied
from keywright.profiles.learning import words_of
from keywright.profiles.prints import PagePrint

FEWEST_WORDS = 8
"""A document with fewer words has no print by which another could be recognised."""


def file_case(number: int, document_type: str, applied: Applied, *, actor: str) -> None:
    """Record the layout of a case that was just read, in the transaction that stores what was read.

    A document that its trusted layout does not explain sends the layout back to learning, until a person decides.
    """
    if applied.paper is None or applied.extraction.other_kind is not None:
        return
    if applied.layout is not None:
        StoredCase.objects.filter(pk=number).update(layout_id=applied.layout.number)
        if applied.layout.state is LayoutState.TRUSTED and _is_doubted(applied):
            layout = StoredLayout.objects.get(pk=applied.layout.number)
            versions.set_state(layout, LayoutState.LEARNING, actor=actor)
        return
    if len(words_of(applied.paper)) >= FEWEST_WORDS:
        new = new_layout(document_type, applied.paper, first_case=number)
        StoredCase.objects.filter(pk=number).update(layout=new)


def _is_doubted(applied: Applied) -> bool:
    return any(finding.rule in RULES for finding in applied.extraction.findings)


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
