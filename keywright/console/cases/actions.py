"""What a person does with a waiting case beside deciding it: claim, hand over, park, escalate, comment, undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keywright.console.cases.action_forms import Act, Away, Escalate, HandOver, Park
from keywright.console.cases.history import last_act, what_became_of
from keywright.console.queue.views import to_next
from keywright.console.shared.labels import event_in_words
from keywright.console.shared.shortcuts import (
    chosen_bot,
    may_decide,
    may_look,
    person_of,
    rights_here,
    say,
    seen_case,
    show,
)
from keywright.database.models import Absence, StoredCase, Undoable
from keywright.model.case import IllegalMove, State
from keywright.people import absences
from keywright.review import claims, comments, undo

LATEST = 20
"""As many of a person's own decisions are offered to be undone, the latest."""


@require_POST
@may_decide
def claim(request: HttpRequest, number: int) -> HttpResponse:
    """Claim a case or renew the claim; 200 with ``until``, 409 with its holder, or 410 once it waits no more."""
    seen_case(request, number)
    try:
        row = claims.claim(number, person_of(request))
    except claims.Taken as taken:
        return JsonResponse({"holder": taken.holder, "until": taken.until.isoformat()}, status=409)
    except IllegalMove:
        return JsonResponse({"words": what_became_of(number)}, status=410)
    assert row.claimed_until is not None, "a claim has an end"
    return JsonResponse({"holder": request.user.get_username(), "until": row.claimed_until.isoformat()})


@require_POST
@may_decide
def release(request: HttpRequest, number: int) -> HttpResponse:
    """Let go of a case, as when its page is closed or another is taken."""
    seen_case(request, number)
    claims.release(number, person_of(request))
    return HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
@may_decide
def hand_over(request: HttpRequest, number: int) -> HttpResponse:
    """Give a case to a colleague; a supervisor may take it out of another's hands."""
    row, person, force = seen_case(request, number), person_of(request), rights_here(request).second
    form = HandOver(row, request.POST or None)

    def give(told: dict[str, Any]) -> str:
        claims.hand_over(number, told["to"], person=person, why=told["why"], force=force)
        return with_deputy(_("Case %(number)d is %(to)s's now."), row, told["to"])

    return acted(request, row, form, _("Hand the case over"), give)


@require_http_methods(["GET", "POST"])
@may_decide
def escalate(request: HttpRequest, number: int) -> HttpResponse:
    """Ask somebody with more to say to decide a case."""
    row, person = seen_case(request, number), person_of(request)
    form = Escalate(row, request.POST or None, person=person)

    def ask(told: dict[str, Any]) -> str:
        claims.escalate(number, person=person, why=told["why"], to=told["to"])
        return with_deputy(_("%(to)s is asked to decide case %(number)d."), row, told["to"])

    return acted(request, row, form, _("Escalate the case"), ask)


@require_http_methods(["GET", "POST"])
@may_decide
def park(request: HttpRequest, number: int) -> HttpResponse:
    """Put a case aside until a day."""
    row, person = seen_case(request, number), person_of(request)
    form = Park(row, request.POST or None)

    def put_aside(told: dict[str, Any]) -> str:
        claims.park(number, form.time(), person=person, why=told["why"])
        return _("Case %(number)d is parked until %(day)s.") % {"number": number, "day": told["until"]}

    return acted(request, row, form, _("Park the case"), put_aside)


@require_POST
@may_decide
def unpark(request: HttpRequest, number: int) -> HttpResponse:
    """Take a parked case up again."""
    row = seen_case(request, number)
    try:
        claims.unpark(number, person=person_of(request))
    except claims.Taken as taken:
        return others(request, taken)
    except IllegalMove:
        messages.warning(request, what_became_of(number))
        return redirect("case", number=row.pk)
    return redirect("review", number=row.pk)


@require_POST
@may_look
def comment(request: HttpRequest, number: int) -> HttpResponse:
    """Write a comment about a case; an auditor reads them and writes none."""
    row, rights = seen_case(request, number), rights_here(request)
    if not (rights.decide or rights.mend):
        return say(request, _("You may not do this"), _("You may look at cases; clerks and IT comment."), status=403)
    try:
        comments.add(number, request.POST.get("text", ""), person=person_of(request))
    except ValueError as fault:
        messages.warning(request, str(fault))
    waits = row.state == State.REFERRED and rights.decide and request.POST.get("from") == "review"
    return redirect(reverse("review" if waits else "case", args=[number]) + "#comments")


@require_http_methods(["GET", "POST"])
@may_decide
def undo_decision(request: HttpRequest, number: int) -> HttpResponse:
    """Take the last decision on a case back; asked for by a link, it is asked for once more."""
    row, person, of_others = seen_case(request, number), person_of(request), rights_here(request).second
    if request.method == "GET":
        last = undo.undoable(row, person, of_others=of_others)
        decision = event_in_words(last.decision) if last else ""
        page = {"row": row, "last": last, "decision": decision, "became": last_act(number), "untouched": untouched(row)}
        return show(request, "undo", page)
    try:
        undo.undo(number, person=person, of_others=of_others)
    except undo.NotYours as theirs:
        return say(request, _("You may not do this"), str(theirs), status=403)
    except IllegalMove:
        messages.warning(request, _("It can no longer be undone.") + " " + last_act(number))
        return redirect("case", number=number)
    messages.success(request, _("The decision is undone: case %(number)d waits again.") % {"number": number})
    return redirect("review", number=number)


@require_safe
@may_decide
def decided(request: HttpRequest) -> HttpResponse:
    """List a person's own decisions that can still be undone, the latest first."""
    person = person_of(request)
    rows = Undoable.objects.filter(person=person).select_related("case__document").order_by("-at")[:LATEST]
    lines = [
        (one, event_in_words(one.decision), untouched(one.case)) for one in rows if undo.undoable(one.case, person)
    ]
    return show(request, "decided", {"lines": lines})


@require_http_methods(["GET", "POST"])
@may_decide
def away(request: HttpRequest) -> HttpResponse:
    """Show who is away, and put an absence on record: one's own, and for a supervisor anybody's."""
    me, of_others = person_of(request), rights_here(request).second
    form = Away(me, request.POST or None, of_others=of_others)
    if form.is_valid():
        told = form.cleaned_data
        try:
            absences.set_absence(told["person"], told["deputy"], *form.times(), by=me)
        except ValueError as fault:
            form.add_error(None, str(fault))
        else:
            messages.success(request, _("The absence is on record."))
            return redirect("absences")
    lines = [(one, of_others or one.person_id == me.pk) for one in absences.absences()]
    return show(request, "absences", {"form": form, "lines": lines}, status=422 if form.errors else 200)


@require_POST
@may_decide
def back(request: HttpRequest, absence: int) -> HttpResponse:
    """Call an absence off: one's own, and for a supervisor anybody's."""
    row = Absence.objects.filter(pk=absence).first()
    if row and row.person_id != person_of(request).pk and not rights_here(request).second:
        return say(request, _("You may not do this"), _("A supervisor can call off another's absence."), status=403)
    absences.end_absence(absence, by=person_of(request))
    return redirect("absences")


def acted(
    request: HttpRequest, row: StoredCase, form: Act, title: str, do: Callable[[dict[str, Any]], str], **found: Any
) -> HttpResponse:
    """Show a form about a waiting case, or do what it asks for and go on to the next case, saying what was done.

    What cannot be done is told: beside the form if it was filled in wrongly (422), on a page if somebody else has the
    case open (409), or by the story of a case that waits no more.
    """
    if form.is_valid():
        try:
            _ensure_as_seen(request, row)
            messages.success(request, do(form.cleaned_data))
            return to_next(request, chosen_bot(request)[0], row.pk)
        except claims.Taken as taken:
            return others(request, taken)
        except IllegalMove:
            messages.warning(request, what_became_of(row.pk))
            return redirect("case", number=row.pk)
        except ValueError as fault:
            form.add_error(None, str(fault))
    elif row.state != State.REFERRED:
        messages.warning(request, what_became_of(row.pk))
        return redirect("case", number=row.pk)
    page = {"row": row, "form": form, "title": title, "seen": row.changed_at.isoformat(), **found}
    return show(request, "act", page, status=422 if form.errors else 200)


def _ensure_as_seen(request: HttpRequest, row: StoredCase) -> None:
    """Raise IllegalMove if a case was decided and referred anew since the person opened the form."""
    if request.POST.get("seen", "") != row.changed_at.isoformat():
        raise IllegalMove(f"Case {row.pk} is not, or no longer, as the person saw it.")


def others(request: HttpRequest, taken: claims.Taken) -> HttpResponse:
    """Say who has a case open."""
    words = _("%(holder)s has it open until %(time)s. Nothing was done; take another case, or ask %(holder)s.")
    told = {"holder": taken.holder, "time": f"{timezone.localtime(taken.until):%H:%M}"}
    return say(request, _("Somebody else has this case"), words % told, status=409)


def with_undo(words: str, row: StoredCase) -> SafeString:
    """Return a message with a link that undoes what it tells of, and until when no robot takes the decided case."""
    address, name = reverse("undo", args=[row.pk]), _("Undo")
    return format_html('{} <a class="undo" href="{}">{}</a> {}', words, address, name, untouched(row))


def untouched(row: StoredCase) -> str:
    """Return until when no robot takes a decided case, in words; "" if one may take it now, or none will."""
    until = undo.robots_wait_until(row)
    if until is None:
        return ""
    return _("No robot takes it before %(time)s.") % {"time": f"{timezone.localtime(until):%H:%M:%S}"}


def with_deputy(words: str, row: StoredCase, to: Any) -> str:
    """Return what was done, and who finds the case too if whoever got it is away."""
    told = words % {"number": row.pk, "to": to.get_username()}
    deputy = absences.deputy_of(to)
    if deputy is None:
        return told
    more = _("%(to)s is away: %(deputy)s finds it too.") % {"to": to.get_username(), "deputy": deputy.get_username()}
    return f"{told} {more}"
