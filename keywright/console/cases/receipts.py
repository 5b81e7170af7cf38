"""Downloads of a posted case's receipt, as HTML or PDF."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from keywright.console.shared.shortcuts import may_look, seen_case, show_message
from keywright.console.shared.visibility import not_before_the_sample, reads_blind
from keywright.errors import Stop
from keywright.receipts import store
from keywright.receipts.pdf import html_of, pdf_of

HARMLESS = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox"
KINDS = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}


@require_GET
@may_look
def receipt(request: HttpRequest, number: int, language: str, kind: str) -> HttpResponse:
    """Return the receipt of a case in a language. The first request for its PDF prints it."""
    seen_case(request, number)
    if reads_blind(request, number):
        return not_before_the_sample(request)
    if language not in store.LANGUAGES or kind not in KINDS or not store.kept(number):
        raise Http404(f"Case {number} has no such receipt.")
    try:
        if kind == "pdf":
            content = pdf_of(number, language, store.archive(), actor=request.user.get_username())
        else:
            content = html_of(number, language, store.archive())
    except Stop as stop:
        return show_message(request, _("Receipt not available"), str(stop), status=503)
    response = HttpResponse(content, content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="receipt-{number}.{language}.{kind}"'
    response["Content-Security-Policy"] = HARMLESS
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"
    return response
