"""The files of a case: pictures of pages and records, and the document as it came in."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from keywright.cases.worker import note_changed
from keywright.console.shared.shortcuts import may_look, say, seen_bots, seen_case, visible
from keywright.console.shared.visibility import may_see_paper, no_paper
from keywright.database.models import LedgerEntry, PagePicture, StoredCase
from keywright.errors import Stop
from keywright.model.document import Archive, Damage
from keywright.model.values.media_types import ending_of
from keywright.settings.settings import settings

A_YEAR = 365 * 24 * 60 * 60  # seconds


@require_safe
@may_look
def picture(request: HttpRequest, sha256: str) -> HttpResponse:
    """Return a picture; what stands under a hash never changes, so the reader's browser may keep it."""
    pages = PagePicture.objects.filter(sha256=sha256)
    if not may_see_paper(request) and pages.exists():
        return no_paper(request)
    if seen_bots(request) is not None and not _of_a_case_seen(request, sha256):
        raise Http404("No case that this person may see has this picture.")
    try:
        content = Archive(settings().pictures).get(sha256)
    except Stop as gone:
        raise Http404(str(gone)) from gone
    response = HttpResponse(content, content_type="image/png")
    response["Cache-Control"] = f"private, max-age={A_YEAR}, immutable"
    return _harmless(response)


def _of_a_case_seen(request: HttpRequest, sha256: str) -> bool:
    """Return True if a picture is of a page, a record or a screen seen, of a case whose bot this person may see."""
    cases = visible(StoredCase.objects.all(), request)
    return (
        cases.filter(document__pictures__sha256=sha256).exists()
        or cases.filter(keyings__receipt__picture=sha256).exists()
        or LedgerEntry.objects.filter(case__in=cases, event="case-referred", body__findings__0__picture=sha256).exists()
    )


@require_safe
@may_look
def document(request: HttpRequest, number: int) -> HttpResponse:
    """Return the document as it came in, to be kept and not to be opened here: it comes from strangers."""
    if not may_see_paper(request):
        return no_paper(request)
    stored, documents = seen_case(request, number).document, Archive(settings().documents)
    fault = documents.fault_of(stored.sha256)
    if fault and fault.damage is Damage.CHANGED:
        note_changed(number, stored.sha256, actor=request.user.get_username())
        words = _("The stored file is not the one that came in. IT has to restore it from the backup.")
        return say(request, _("This document was changed"), words, status=409)
    try:
        content = documents.get(stored.sha256)
    except Stop as gone:
        raise Http404(str(gone)) from gone
    response = HttpResponse(content, content_type="application/octet-stream")
    # Never the stranger's own file name: it may say anything to the reader, and to the reader's machine.
    response["Content-Disposition"] = f'attachment; filename="case-{number}.{ending_of(stored.media_type)}"'
    return _harmless(response)


def _harmless(response: HttpResponse) -> HttpResponse:
    """Let no browser guess what the file is or run what is in it."""
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
