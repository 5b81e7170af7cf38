"""What of a case is hidden from whom, by masking and by the blind quality sample."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from keywright.console.shared.shortcuts import rights_here, show_message
from keywright.people.accounts import Rights
from keywright.quality.blinding import is_blind
from keywright.settings.settings import settings


def sight_of(request: HttpRequest) -> Rights:
    """Return the rights that decide what a person sees; they are not looked up while nothing is masked."""
    return rights_here(request) if settings().masked_fields else Rights(personal=True)


def may_see_paper(request: HttpRequest) -> bool:
    """Return True if this person may see documents and page images, on which nothing can be masked."""
    return sight_of(request).personal


def no_paper(request: HttpRequest) -> HttpResponse:
    """Return the page that says why a document is not shown."""
    words = _(
        "Personal data is masked here. Only people who process cases can open the document; you can open the receipt."
    )
    return show_message(request, _("Access denied"), words, status=403)


def reads_blind(request: HttpRequest, number: int) -> bool:
    """Return True if the values of a case are hidden from this person until its quality sample is settled."""
    return is_blind(number, rights_here(request))


def not_before_the_sample(request: HttpRequest) -> HttpResponse:
    """Return the page that says why the values of a case are not shown."""
    words = _("This case is in the quality sample. The robot's values are shown once the sample is settled.")
    return show_message(request, _("Quality sample not settled yet"), words, status=403)
