"""Searches the vendors on file by name, number, tax number or bank account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from keywright.console.shared.shortcuts import may_decide
from keywright.model.vendor import Vendor
from keywright.vendors import master
from keywright.vendors.suggestions import offered

LONGEST = 200


@require_safe
@may_decide
def vendors(request: HttpRequest) -> HttpResponse:
    """Return the vendors on file that match the query, the most likely first."""
    query = " ".join(request.GET.get("q", "").split())[:LONGEST]
    matches = offered(query, master.on_file()) if query else ()
    return JsonResponse(
        {"vendors": [_told(vendor) for vendor in matches]}, headers={"Cache-Control": "private, no-cache"}
    )


def _told(vendor: Vendor) -> dict[str, str]:
    return {"name": vendor.name, "number": vendor.number, "address": vendor.address}
