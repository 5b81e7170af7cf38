"""The files of a case: pictures of pages and records, and the document as it came in."""

from __future__ import annotations

import re

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from keywright.console.pages import may_look
from keywright.console.privacy import may_see_paper, no_paper
from keywright.documents import Archive
from keywright.errors import Stop
from keywright.records.models import PagePicture, StoredCase
from keywright.settings import settings

A_YEAR = 365 * 24 * 60 * 60  # seconds


@require_safe
@may_look
def picture(request: HttpRequest, sha256: str) -> HttpResponse:
    """Return a picture; what stands under a hash never changes, so the reader's browser may keep it."""
    if not may_see_paper(request) and PagePicture.objects.filter(sha256=sha256).exists():
        return no_paper(request)
    try:
        content = Archive(settings().pictures).get(sha256)
    except Stop as gone:
        raise Http404(str(gone)) from gone
    response = HttpResponse(content, content_type="image/png")
    response["Cache-Control"] = f"private, max-age={A_YEAR}, immutable"
    return _harmless(response)


@require_safe
@may_look
def document(request: HttpRequest, number: int) -> HttpResponse:
    """Return the document as it came in, to be kept and not to be opened here: it comes from strangers."""
    if not may_see_paper(request):
        return no_paper(request)
    stored = get_object_or_404(StoredCase.objects.select_related("document"), pk=number).document
    try:
        content = Archive(settings().documents).path(stored.sha256).open("rb")
    except OSError as gone:
        raise Http404(f"The document {stored.sha256} is missing: {gone.strerror}.") from gone
    name = re.sub(r"[\x00-\x1f\x7f/\\]", "_", stored.file_name)
    response = FileResponse(content, as_attachment=True, filename=name, content_type="application/octet-stream")
    return _harmless(response)


def _harmless(response: HttpResponseBase) -> HttpResponse:
    """Let no browser guess what the file is or run what is in it."""
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response  # type: ignore[return-value]  # a FileResponse is a response to all but the stubs
