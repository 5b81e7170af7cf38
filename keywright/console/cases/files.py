"""The files of a case: images of pages and records, and the original document."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from keywright.archive import Archive, Damage
from keywright.cases.worker import note_changed
from keywright.console.shared.shortcuts import may_look, seen_bots, seen_case, show_message, visible
from keywright.console.shared.visibility import may_see_paper, no_paper
from keywright.database.models import LedgerEntry, PagePicture, StoredCase
from keywright.errors import Stop
from keywright.model.values.media_types import ending_of
from keywright.settings.settings import settings

A_YEAR = 365 * 24 * 60 * 60  # seconds


@require_safe
@may_look
def picture(request: HttpRequest, sha256: str) -> HttpResponse:
    """Return an image. The content of a hash never changes, so the reader's browser may cache it."""
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
    """Return True if an image is of a page, record or screen of a case that this person may see."""
    cases = visible(StoredCase.objects.all(), request)
    return (
        cases.filter(document__pictures__sha256=sha256).exists()
        or cases.filter(keyings__receipt__picture=sha256).exists()
        or LedgerEntry.objects.filter(case__in=cases, event="case-referred", body__findings__0__picture=sha256).exists()
    )


@require_safe
@may_look
def document(request: HttpRequest, number: int) -> HttpResponse:
    """Return the original document as a download. It comes from strangers, so the browser must not open it here."""
    if not may_see_paper(request):
        return no_paper(request)
    stored, documents = seen_case(request, number).document, Archive(settings().documents)
    fault = documents.fault_of(stored.sha256)
    if fault and fault.damage is Damage.CHANGED:
        note_changed(number, stored.sha256, actor=request.user.get_username())
        words = _("The stored file is not the one received. Ask IT to restore it from the backup.")
        return show_message(request, _("Document altered"), words, status=409)
    try:
        content = documents.get(stored.sha256)
    except Stop as gone:
        raise Http404(str(gone)) from gone
    response = HttpResponse(content, content_type="application/octet-stream")
    # Never the stranger's own file name: it may say anything to the reader, and to the reader's machine.
    response["Content-Disposition"] = f'attachment; filename="case-{number}.{ending_of(stored.media_type)}"'
    return _harmless(response)


def _harmless(response: HttpResponse) -> HttpResponse:
    """Forbid the browser to guess the file's type or run its content."""
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
