"""Hands a case to a person, with its findings and with pictures of its pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractors.engines.isolation import sandbox
from keywright.bot import all_bots
from keywright.cases import casebook
from keywright.cases.worker import Office
from keywright.errors import Refer
from keywright.findings import Finding, Kind
from keywright.model.case import Case
from keywright.review.decisions import extraction_of

COMPARED = 3
"""The number of earlier cases that are shown together with a possible duplicate."""


def refer(case: Case, findings: Sequence[Finding], office: Office) -> Case:
    """Refer a case with at least one finding. Its pages are drawn first, so that the review page can show them.

    A case that may be a duplicate is shown together with the earlier cases, so their pages are drawn too.
    """
    draw(case, office)
    if any(finding.kind is Kind.DUPLICATE for finding in findings):
        for twin in _twins(case, office):
            draw(twin, office)
    return casebook.refer(case, findings, actor=office.worker)


def draw(case: Case, office: Office) -> None:
    """Draw the pages of a case if they are not drawn yet and its document can be opened."""
    if casebook.has_pictures(case):
        return
    try:
        pages = sandbox.pictures(office.document(case))
    except Refer:  # the finding of the case says already that its document cannot be opened
        return
    casebook.keep_pictures(case, [(page, office.pictures.put(page.png)) for page in pages])


def _twins(case: Case, office: Office) -> Iterator[Case]:
    """Yield the earlier cases of which this may be a duplicate, if their documents are still kept."""
    bot = all_bots().get(case.bot)
    known = office.circumstances(case, bot, extraction_of(case, bot)).earlier[:COMPARED] if bot else ()
    for earlier in known:
        twin = casebook.get(earlier.id)
        if office.documents.path(twin.document).exists():
            yield twin
