"""Finds vendors on file by a name, number, tax number or bank account, for the field that names one."""

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
    """Return the vendors on file that may be meant by what is typed, the likeliest first."""
    typed = " ".join(request.GET.get("q", "").split())[:LONGEST]
    found = offered(typed, master.on_file()) if typed else ()
    return JsonResponse({"vendors": [_told(one) for one in found]}, headers={"Cache-Control": "private, no-cache"})


def _told(vendor: Vendor) -> dict[str, str]:
    return {"name": vendor.name, "number": vendor.number, "address": vendor.address}
