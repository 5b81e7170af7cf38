"""The people of the office as IT keeps them: their groups, who is barred or locked out, and lost second factors."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.contrib.auth.models import Group, User
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keywright import lockout
from keywright.console.pages import say, show
from keywright.console.people import GROUPS, IT
from keywright.console.second_factor import take_away
from keywright.console.sessions import end_all_sessions
from keywright.console.sign_in import tell

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]
SHOWN = 500
"""As many people stand on the page; an office of more looks by name."""


def keeps_people(person: object) -> bool:
    """Return True if somebody may put people into groups: IT, and an administrator."""
    if not isinstance(person, User) or not person.is_active:
        return False
    return person.is_superuser or person.groups.filter(name=IT).exists()


def may_keep_people(page: Page[P]) -> Page[P]:
    """Let IT in."""

    @wraps(page)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        if not keeps_people(request.user):
            return say(request, _("You may not do this"), _("IT puts people into groups."), status=403)
        return page(request, *args, **kwargs)

    return guarded


@require_safe
@may_keep_people
def people(request: HttpRequest) -> HttpResponse:
    """Show everybody, or those whose name has something in it."""
    named = request.GET.get("name", "").replace("\x00", "").strip()[:150]
    rows = User.objects.prefetch_related("groups").order_by("username")
    rows = rows.filter(username__icontains=named) if named else rows
    factors = set(Authenticator.objects.values_list("user_id", flat=True))
    linked = set(SocialAccount.objects.values_list("user_id", flat=True))
    locked, all_groups = lockout.locked_names(), _groups()
    found = {
        "people": [_line(one, all_groups, factors, linked, locked) for one in rows[: SHOWN + 1]][:SHOWN],
        "more": rows.count() > SHOWN,
        "name": named,
        "groups": all_groups,
        "locked": locked,
    }
    return show(request, "people", found)


@require_POST
@may_keep_people
def groups(request: HttpRequest, person: int) -> HttpResponse:
    """Put a person into groups. Nobody changes one's own."""
    row = get_object_or_404(User, pk=person)
    if row == request.user:
        return _not_oneself(request)
    chosen = Group.objects.filter(name__in=set(request.POST.getlist("group")))
    before, after = _names(row), sorted(group.name for group in chosen)
    if before != after:
        with transaction.atomic():
            row.groups.set(chosen)
            _tell(request, "groups-changed", row, old=before, new=after)
        messages.success(request, _("%(person)s has other groups now.") % {"person": row.get_username()})
    return redirect("people")


@require_POST
@may_keep_people
def bar(request: HttpRequest, person: int) -> HttpResponse:
    """Bar a person, whose sessions and tokens end with it, or let the person in again. Nobody bars oneself."""
    row = get_object_or_404(User, pk=person)
    if row == request.user:
        return _not_oneself(request)
    admit = request.POST.get("admit") == "yes"
    if row.is_active != admit:
        with transaction.atomic():
            row.is_active = admit
            row.save(update_fields=["is_active"])
            ended = 0 if admit else end_all_sessions(row)
            _tell(request, "person-readmitted" if admit else "person-barred", row, sessions=ended)
    told = _("%(person)s may sign in again.") if admit else _("%(person)s may no longer sign in.")
    messages.success(request, told % {"person": row.get_username()})
    return redirect("people")


@require_POST
@may_keep_people
def lift(request: HttpRequest) -> HttpResponse:
    """Let somebody try again who is locked out."""
    name = request.POST.get("name", "").replace("\x00", "")[:150]
    lockout.lift(name, by=request.user.get_username())
    messages.success(request, _("%(person)s may try again.") % {"person": name})
    return redirect("people")


@require_POST
@may_keep_people
def forget_factors(request: HttpRequest, person: int) -> HttpResponse:
    """Take the second factors of a person away who has lost them, and end the person's sessions."""
    row = get_object_or_404(User, pk=person)
    if row == request.user:
        return _not_oneself(request)
    with transaction.atomic():
        if take_away(row):
            _tell(request, "sessions-ended", row, sessions=end_all_sessions(row))
    messages.success(request, _("%(person)s signs in without a second factor now.") % {"person": row.get_username()})
    return redirect("people")


def _line(
    row: User, all_groups: list[str], factors: set[int], linked: set[int], locked: dict[str, Any]
) -> dict[str, Any]:
    theirs = {group.name for group in row.groups.all()}
    return {
        "row": row,
        "groups": [(name, name in theirs) for name in all_groups],
        "second_factor": row.pk in factors,
        "directory": row.pk in linked,
        "locked": locked.get(row.get_username().casefold()),
    }


def _groups() -> list[str]:
    others = Group.objects.exclude(name__in=GROUPS).order_by("name").values_list("name", flat=True)
    return [*GROUPS, *others]


def _names(row: User) -> list[str]:
    return sorted(row.groups.values_list("name", flat=True))


def _not_oneself(request: HttpRequest) -> HttpResponse:
    return say(request, _("You may not do this"), _("Nobody changes one's own rights. Ask a colleague."), status=403)


def _tell(request: HttpRequest, event: str, row: User, **more: object) -> None:
    tell(event, request.user.get_username(), request, person=row.get_username(), **more)
