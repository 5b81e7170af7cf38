"""Hands a case to a person: with its findings in words, and its pages as pictures."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.engines import sandbox
from keywright import casebook
from keywright.cases import Case
from keywright.errors import Refer
from keywright.findings import Finding
from keywright.office import Office


def refer(case: Case, findings: Sequence[Finding], office: Office) -> Case:
    """Refer a case with at least one finding; its pages are drawn first, so that the review page need not open it."""
    draw(case, office)
    return casebook.refer(case, findings, actor=office.worker)


def draw(case: Case, office: Office) -> None:
    """Draw the pages of a case, if that was not done, and if its document can be opened."""
    if casebook.has_pictures(case):
        return
    try:
        pages = sandbox.pictures(office.document(case))
    except Refer:  # the finding of the case says already that its document cannot be opened
        return
    casebook.keep_pictures(case, [(page, office.pictures.put(page.png)) for page in pages])
