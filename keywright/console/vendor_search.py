"""Finds vendors on file by what is typed of their name, number or town, for the field that names one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from keywright import vendor_master
from keywright.console.pages import may_decide
from keywright.vendors import Vendor, nearest_to

LONGEST = 200


@require_safe
@may_decide
def vendors(request: HttpRequest) -> HttpResponse:
    """Return the vendors on file that come nearest to what is typed, the nearest first."""
    typed = " ".join(request.GET.get("q", "").split())[:LONGEST]
    found = nearest_to(typed, vendor_master.on_file()) if typed else ()
    return JsonResponse({"vendors": [_told(one) for one in found]}, headers={"Cache-Control": "private, no-cache"})


def _told(vendor: Vendor) -> dict[str, str]:
    return {"name": vendor.name, "number": vendor.number, "address": vendor.address}
