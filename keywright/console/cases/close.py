"""The pages that end or divide a case: reject it, return it to the sender with a letter, or split it by pages."""

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
from keywright.console.cases.action_forms import RejectForm, ReturnForm, SplitForm
from keywright.console.cases.actions import handle_action, with_undo
from keywright.console.shared.shortcuts import may_decide, person_of, seen_case, show
from keywright.database.models import PagePicture, StoredCase
from keywright.review import close, reply_letters
from keywright.review import split as splitting
from keywright.review.reply_letters import Letter
from keywright.settings.settings import settings


@require_http_methods(["GET", "POST"])
@may_decide
def refuse(request: HttpRequest, number: int) -> HttpResponse:
    """Reject a case for a reason from the list."""
    row, person = seen_case(request, number), request.user.get_username()
    form = RejectForm(row, request.POST or None, bot=row.bot)

    def say_no(data: dict[str, Any]) -> str:
        duplicate_of = close.case_number(data["duplicate_of"])
        close.refuse(
            casebook.case_of(row), data["reason"], person=person, words=data["words"], duplicate_of=duplicate_of
        )
        return with_undo(_("Case %(number)d was rejected.") % {"number": number}, seen_case(request, number))

    return handle_action(request, row, form, _("Reject the case"), say_no)


@require_http_methods(["GET", "POST"])
@may_decide
def send_back(request: HttpRequest, number: int) -> HttpResponse:
    """Return a document to its sender with a letter drafted from the findings; mailed where e-mail is set up."""
    row, language = seen_case(request, number), _language(request)
    form = ReturnForm(row, request.POST or None, initial=_drafted(row, language))
    letters: list[Letter] = []

    def give_back(data: dict[str, Any]) -> str:
        drafted = Letter(data["subject"], data["message"].replace("\r\n", "\n"))
        close.send_back(casebook.case_of(row), drafted, data["to"], person=request.user.get_username())
        letters.append(drafted)
        return with_undo(
            _("Case %(number)d was closed and the letter filed.") % {"number": number}, seen_case(request, number)
        )

    page_values = {"languages": _other_languages(language), "wide": True}
    done = handle_action(request, row, form, _("Return to sender"), give_back, **page_values)
    if not letters:  # it was not this request that decided
        return done
    _mail(request, number)
    return redirect("letter", number=number)


@require_http_methods(["GET", "POST"])
@may_decide
def letter(request: HttpRequest, number: int) -> HttpResponse:
    """Show the letter of a returned case, to be copied; a POST request mails it if that failed before."""
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
    """Split a file that contains several documents into a case for each."""
    row, person = seen_case(request, number), person_of(request)
    form = SplitForm(row, request.POST or None)

    def take_apart(data: dict[str, Any]) -> str:
        numbers = splitting.split(number, splitting.ranges_from(data["pages"]), person=person)
        case_list = ", ".join(str(new_number) for new_number in numbers)
        return _("Case %(number)d was split. New cases: %(cases)s.") % {"number": number, "cases": case_list}

    first, last = splitting.pages_of(row) or (1, 0)
    pictures = PagePicture.objects.filter(document=row.document_id, page__range=(first, last)).order_by("page")
    return handle_action(request, row, form, _("Split the file into cases"), take_apart, pictures=pictures, wide=True)


def _mail(request: HttpRequest, number: int) -> None:
    """Mail the letter of a case and report the outcome. A mail failure does not change the decision."""
    try:
        if close.mail_letter(number, settings().mail, person=request.user.get_username()):
            messages.success(request, _("The letter was sent by e-mail."))
    except (mail.MailAway, mail.MailRefused) as fault:
        words = _("The letter could not be sent: %(why)s Copy it, or try again later.")
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
    language = request.GET.get("language", "") or (get_language() or "en")[:2]
    return language if language in reply_letters.LANGUAGES else "en"


def _other_languages(language: str) -> list[tuple[str, str]]:
    names = {"en": "English", "fr": "Français"}
    return [(code, names[code]) for code in reply_letters.LANGUAGES if code != language]
