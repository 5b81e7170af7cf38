"""The pages on which a case is closed or taken apart: refused for a reason, sent back with a letter, split by pages."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from keywright import mail
from keywright.bot import all_bots
from keywright.cases import casebook
from keywright.console.cases.action_forms import Refuse, SendBack, Split
from keywright.console.cases.actions import acted, with_undo
from keywright.console.shared.shortcuts import may_decide, person_of, seen_case, show
from keywright.database.models import PagePicture, StoredCase
from keywright.review import close, reply_letters
from keywright.review import split as splitting
from keywright.review.reply_letters import Letter
from keywright.settings.settings import settings


@require_http_methods(["GET", "POST"])
@may_decide
def refuse(request: HttpRequest, number: int) -> HttpResponse:
    """Refuse a case for a reason from the list."""
    row, person = seen_case(request, number), request.user.get_username()
    form = Refuse(row, request.POST or None, bot=row.bot)

    def say_no(told: dict[str, Any]) -> str:
        other = close.case_number(told["duplicate_of"])
        close.refuse(casebook.case_of(row), told["reason"], person=person, words=told["words"], duplicate_of=other)
        return with_undo(_("Case %(number)d is refused.") % {"number": number}, seen_case(request, number))

    return acted(request, row, form, _("Refuse the case"), say_no)


@require_http_methods(["GET", "POST"])
@may_decide
def send_back(request: HttpRequest, number: int) -> HttpResponse:
    """Send a document back to its sender, with a letter drafted from what was found; mailed where mail is set up."""
    row, language = seen_case(request, number), _language(request)
    form = SendBack(row, request.POST or None, initial=_drafted(row, language))
    given: list[Letter] = []

    def give_back(told: dict[str, Any]) -> str:
        drafted = Letter(told["subject"], told["message"].replace("\r\n", "\n"))
        close.send_back(casebook.case_of(row), drafted, told["to"], person=request.user.get_username())
        given.append(drafted)
        return with_undo(
            _("Case %(number)d is closed; its letter is kept.") % {"number": number}, seen_case(request, number)
        )

    others = {"languages": _other_languages(language), "wide": True}
    done = acted(request, row, form, _("Send it back to its sender"), give_back, **others)
    if not given:  # it was not this request that decided
        return done
    _mail(request, number)
    return redirect("letter", number=number)


@require_http_methods(["GET", "POST"])
@may_decide
def letter(request: HttpRequest, number: int) -> HttpResponse:
    """Show the letter with which a case was sent back, to be copied; a POST mails it where that failed before."""
    row = seen_case(request, number)
    sent = close.sent_back(number)
    if sent is None:
        raise Http404(f"Case {number} was not sent back.")
    if request.method == "POST":
        _mail(request, number)
        return redirect("letter", number=number)
    can_mail = bool(settings().mail.host and sent.to and not sent.mailed)
    return show(request, "letter", {"row": row, "sent": sent, "can_mail": can_mail})


@require_http_methods(["GET", "POST"])
@may_decide
def split(request: HttpRequest, number: int) -> HttpResponse:
    """Split a file that holds several documents into a case for each."""
    row, person = seen_case(request, number), person_of(request)
    form = Split(row, request.POST or None)

    def take_apart(told: dict[str, Any]) -> str:
        numbers = splitting.split(number, splitting.ranges_from(told["pages"]), person=person)
        listed = ", ".join(str(one) for one in numbers)
        return _("Case %(number)d is split; read afresh are: %(cases)s.") % {"number": number, "cases": listed}

    first, last = splitting.pages_of(row) or (1, 0)
    pictures = PagePicture.objects.filter(document=row.document_id, page__range=(first, last)).order_by("page")
    return acted(request, row, form, _("Split the file into cases"), take_apart, pictures=pictures, wide=True)


def _mail(request: HttpRequest, number: int) -> None:
    """Mail the letter of a case, and say what came of it; the decision stands whatever the mail server says."""
    try:
        if close.mail_letter(number, settings().mail, person=request.user.get_username()):
            messages.success(request, _("The letter was mailed."))
    except (mail.MailAway, mail.MailRefused) as fault:
        words = _("The letter was not mailed: %(why)s Copy it, or mail it again later.")
        messages.warning(request, words % {"why": fault})


def _drafted(row: StoredCase, language: str) -> dict[str, str]:
    case, bot = casebook.case_of(row), all_bots().get(row.bot)
    titles = {name: spec.title for name, spec in bot.reads.specs().items()} if bot else {}
    drafted = reply_letters.draft(case, titles, language)
    return {
        "to": reply_letters.address_of(case, row.document.origin),
        "subject": drafted.subject,
        "message": drafted.body,
    }


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language", "") or (get_language() or "en")[:2]
    return asked if asked in reply_letters.LANGUAGES else "en"


def _other_languages(language: str) -> list[tuple[str, str]]:
    names = {"en": "English", "fr": "Français"}
    return [(one, names[one]) for one in reply_letters.LANGUAGES if one != language]
