"""Actions on a waiting case other than deciding it: claim, assign, hold, escalate, comment, undo; and absences."""

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

from keywright.console.cases.action_forms import AbsenceForm, ActionForm, AssignForm, EscalateForm, HoldForm
from keywright.console.cases.history import last_act, what_became_of
from keywright.console.queue.views import to_next
from keywright.console.shared.labels import event_in_words
from keywright.console.shared.shortcuts import (
    chosen_bot,
    may_decide,
    may_look,
    person_of,
    rights_here,
    seen_case,
    show,
    show_message,
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
    """Claim a case or renew the claim: 200 with ``until``, 409 with the holder, 410 if it no longer waits."""
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
    """Release the claim on a case, for example when its page is closed."""
    seen_case(request, number)
    claims.release(number, person_of(request))
    return HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
@may_decide
def hand_over(request: HttpRequest, number: int) -> HttpResponse:
    """Assign a case to a person. A supervisor may reassign a case that another person has claimed."""
    row, person, force = seen_case(request, number), person_of(request), rights_here(request).second
    form = AssignForm(row, request.POST or None)

    def give(data: dict[str, Any]) -> str:
        claims.hand_over(number, data["to"], person=person, why=data["why"], force=force)
        return with_substitute(_("Case %(number)d was assigned to %(to)s."), row, data["to"])

    return handle_action(request, row, form, _("Assign the case"), give)


@require_http_methods(["GET", "POST"])
@may_decide
def escalate(request: HttpRequest, number: int) -> HttpResponse:
    """Escalate a case to a person with more authority."""
    row, person = seen_case(request, number), person_of(request)
    form = EscalateForm(row, request.POST or None, person=person)

    def ask(data: dict[str, Any]) -> str:
        claims.escalate(number, person=person, why=data["why"], to=data["to"])
        return with_substitute(_("Case %(number)d was escalated to %(to)s."), row, data["to"])

    return handle_action(request, row, form, _("Escalate the case"), ask)


@require_http_methods(["GET", "POST"])
@may_decide
def park(request: HttpRequest, number: int) -> HttpResponse:
    """Put a case on hold until a day."""
    row, person = seen_case(request, number), person_of(request)
    form = HoldForm(row, request.POST or None)

    def put_aside(data: dict[str, Any]) -> str:
        claims.park(number, form.time(), person=person, why=data["why"])
        return _("Case %(number)d is on hold until %(day)s.") % {"number": number, "day": data["until"]}

    return handle_action(request, row, form, _("Put the case on hold"), put_aside)


@require_POST
@may_decide
def unpark(request: HttpRequest, number: int) -> HttpResponse:
    """Take a case off hold."""
    row = seen_case(request, number)
    try:
        claims.unpark(number, person=person_of(request))
    except claims.Taken as taken:
        return claimed_by_another(request, taken)
    except IllegalMove:
        messages.warning(request, what_became_of(number))
        return redirect("case", number=row.pk)
    return redirect("review", number=row.pk)


@require_POST
@may_look
def comment(request: HttpRequest, number: int) -> HttpResponse:
    """Add a comment to a case. Auditors read comments but do not write them."""
    row, rights = seen_case(request, number), rights_here(request)
    if not (rights.decide or rights.mend):
        return show_message(
            request, _("Access denied"), _("Your account can view cases. Only clerks and IT can comment."), status=403
        )
    try:
        comments.add(number, request.POST.get("text", ""), person=person_of(request))
    except ValueError as fault:
        messages.warning(request, str(fault))
    waits = row.state == State.REFERRED and rights.decide and request.POST.get("from") == "review"
    return redirect(reverse("review" if waits else "case", args=[number]) + "#comments")


@require_http_methods(["GET", "POST"])
@may_decide
def undo_decision(request: HttpRequest, number: int) -> HttpResponse:
    """Undo the last decision on a case. A GET request shows a page that asks for confirmation."""
    row, person, of_others = seen_case(request, number), person_of(request), rights_here(request).second
    if request.method == "GET":
        last = undo.undoable(row, person, of_others=of_others)
        decision = event_in_words(last.decision) if last else ""
        page = {
            "row": row,
            "last": last,
            "decision": decision,
            "became": last_act(number),
            "undo_notice": undo_notice(row),
        }
        return show(request, "undo", page)
    try:
        undo.undo(number, person=person, of_others=of_others)
    except undo.NotYours as theirs:
        return show_message(request, _("Access denied"), str(theirs), status=403)
    except IllegalMove:
        messages.warning(request, _("It can no longer be undone.") + " " + last_act(number))
        return redirect("case", number=number)
    messages.success(request, _("Decision undone: case %(number)d is back in the queue.") % {"number": number})
    return redirect("review", number=number)


@require_safe
@may_decide
def recent_decisions(request: HttpRequest) -> HttpResponse:
    """List a person's own decisions that can still be undone, the latest first."""
    person = person_of(request)
    rows = Undoable.objects.filter(person=person).select_related("case__document").order_by("-at")[:LATEST]
    lines = [
        (undoable_row, event_in_words(undoable_row.decision), undo_notice(undoable_row.case))
        for undoable_row in rows
        if undo.undoable(undoable_row.case, person)
    ]
    return show(request, "recent_decisions", {"lines": lines})


@require_http_methods(["GET", "POST"])
@may_decide
def absences_page(request: HttpRequest) -> HttpResponse:
    """List the absences and record a new one: a person's own, or anyone's for a supervisor."""
    me, of_others = person_of(request), rights_here(request).second
    form = AbsenceForm(me, request.POST or None, of_others=of_others)
    if form.is_valid():
        data = form.cleaned_data
        try:
            absences.set_absence(data["person"], data["deputy"], *form.times(), by=me)
        except ValueError as fault:
            form.add_error(None, str(fault))
        else:
            messages.success(request, _("The absence was recorded."))
            return redirect("absences")
    lines = [(absence, of_others or absence.person_id == me.pk) for absence in absences.absences()]
    return show(request, "absences", {"form": form, "lines": lines}, status=422 if form.errors else 200)


@require_POST
@may_decide
def end_absence(request: HttpRequest, absence: int) -> HttpResponse:
    """Cancel an absence: a person's own, or anyone's for a supervisor."""
    row = Absence.objects.filter(pk=absence).first()
    if row and row.person_id != person_of(request).pk and not rights_here(request).second:
        return show_message(
            request, _("Access denied"), _("Only a supervisor can cancel someone else's absence."), status=403
        )
    absences.end_absence(absence, by=person_of(request))
    return redirect("absences")


def handle_action(
    request: HttpRequest,
    row: StoredCase,
    form: ActionForm,
    title: str,
    do: Callable[[dict[str, Any]], str],
    **page_values: Any,
) -> HttpResponse:
    """Show a form about a waiting case, or carry it out and go to the next case with a message.

    An action that cannot be carried out gets a message next to the field (422), a page if another person has
    claimed the case (409), or the case's page if it no longer waits.
    """
    if form.is_valid():
        try:
            _ensure_as_seen(request, row)
            messages.success(request, do(form.cleaned_data))
            return to_next(request, chosen_bot(request)[0], row.pk)
        except claims.Taken as taken:
            return claimed_by_another(request, taken)
        except IllegalMove:
            messages.warning(request, what_became_of(row.pk))
            return redirect("case", number=row.pk)
        except ValueError as fault:
            form.add_error(None, str(fault))
    elif row.state != State.REFERRED:
        messages.warning(request, what_became_of(row.pk))
        return redirect("case", number=row.pk)
    page = {"row": row, "form": form, "title": title, "seen": row.changed_at.isoformat(), **page_values}
    return show(request, "action_form", page, status=422 if form.errors else 200)


def _ensure_as_seen(request: HttpRequest, row: StoredCase) -> None:
    """Raise IllegalMove if the case has changed since the person opened the form."""
    if request.POST.get("seen", "") != row.changed_at.isoformat():
        raise IllegalMove(f"Case {row.pk} is not, or no longer, as the person saw it.")


def claimed_by_another(request: HttpRequest, taken: claims.Taken) -> HttpResponse:
    """Return the page that says who has claimed a case."""
    words = _(
        "%(holder)s has claimed this case until %(time)s. Nothing was changed. Open another case, or ask %(holder)s."
    )
    holder_and_time = {"holder": taken.holder, "time": f"{timezone.localtime(taken.until):%H:%M}"}
    return show_message(request, _("Claimed by someone else"), words % holder_and_time, status=409)


def with_undo(words: str, row: StoredCase) -> SafeString:
    """Return a message about a decision with a link that undoes it, named for how long it can be undone at least."""
    address, name = reverse("undo", args=[row.pk]), undo_notice(row) or _("Undo")
    return format_html('{} <a class="undo" href="{}">{}</a>', words, address, name)


def undo_notice(row: StoredCase) -> str:
    """Return until what time a decision can be undone for certain; "" if no time is kept free for that."""
    until = undo.robots_wait_until(row)
    if until is None:
        return ""
    return _("Undo until %(time)s") % {"time": f"{timezone.localtime(until):%H:%M:%S}"}


def with_substitute(words: str, row: StoredCase, to: Any) -> str:
    """Return the message about an assignment, and who else sees the case if the person is away."""
    message = words % {"number": row.pk, "to": to.get_username()}
    deputy = absences.deputy_of(to)
    if deputy is None:
        return message
    more = _("%(to)s is away, so %(deputy)s can see it too.") % {
        "to": to.get_username(),
        "deputy": deputy.get_username(),
    }
    return f"{message} {more}"
