"""What of a case is hidden from whom: while a setting masks fields, only who decides cases sees their values."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from keywright.console.shared.shortcuts import rights_here, say
from keywright.people.accounts import Rights
from keywright.quality.blinding import is_blind
from keywright.settings.settings import settings


def sight_of(request: HttpRequest) -> Rights:
    """Return the rights that matter for what a person sees; nobody is asked for while nothing is masked."""
    return rights_here(request) if settings().masked_fields else Rights(personal=True)


def may_see_paper(request: HttpRequest) -> bool:
    """Return True if this person may see documents and pictures of their pages: on paper nothing is masked."""
    return sight_of(request).personal


def no_paper(request: HttpRequest) -> HttpResponse:
    """Say why a document is not handed out."""
    words = _("The office masks personal data. The paper itself is for those who decide cases; the receipt is for you.")
    return say(request, _("You may not do this"), words, status=403)


def reads_blind(request: HttpRequest, number: int) -> bool:
    """Return True if this person is not to see what was read of a case, as its quality sample is not settled."""
    return is_blind(number, rights_here(request))


def not_before_the_sample(request: HttpRequest) -> HttpResponse:
    """Say why what was read of a case is not shown."""
    words = _(
        "This case is in the quality sample, which is read blind. What the robot read is shown once it is settled."
    )
    return say(request, _("Not before the sample is settled"), words, status=403)
