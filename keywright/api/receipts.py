"""Downloads of a posted case's receipt."""

from __future__ import annotations

from django.http import HttpResponse

from keywright.api.auth import Asker
from keywright.api.problems import Refused
from keywright.errors import Stop
from keywright.quality.blinding import is_blind
from keywright.receipts import store
from keywright.receipts.pdf import html_of, pdf_of

KINDS = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}


def receipt_of(asker: Asker, number: int, language: str, kind: str) -> HttpResponse:
    """Return the receipt of a case in a language. Raises Refused if it has none or it cannot be printed now."""
    if is_blind(number, asker.rights):
        raise Refused(
            "not-allowed", f"Case {number} is in the quality sample: its values are hidden until the sample is settled."
        )
    if language not in store.kept(number):
        raise Refused("not-there", f"Case {number} has no receipt yet.")
    try:
        if kind == "pdf":
            content = pdf_of(number, language, store.archive(), actor=asker.name)
        else:
            content = html_of(number, language, store.archive())
    except Stop as stop:
        raise Refused("not-now", str(stop)) from stop
    response = HttpResponse(content, content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="receipt-{number}.{language}.{kind}"'
    response["Content-Security-Policy"] = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response
