"""The people of the office: adding them, their groups and departments, who is barred or locked out, lost factors."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keywright.console.people import account_admin
from keywright.console.people.account_admin import Keeper, MayNot, groups_to_give, keeps_people, kept_by
from keywright.console.people.forms import NewPassword, NewPerson
from keywright.console.shared.shortcuts import person_of, say, show
from keywright.console.sign_in.mfa import take_away
from keywright.console.sign_in.sessions import end_all_sessions
from keywright.console.sign_in.views import address_of, tell
from keywright.people import login_lockout
from keywright.people.accounts import GROUPS

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]
SHOWN = 500
"""As many people stand on the page; an office of more looks by name."""


def may_keep_people(page: Page[P]) -> Page[P]:
    """Let IT in."""
    return _guarded(page, keeps_people, lambda: _("IT puts people into groups."))


def may_keep_clerks(page: Page[P]) -> Page[P]:
    """Let supervisors in too, who keep clerks; what they may not do is refused when they ask for it."""
    return _guarded(page, lambda person: bool(groups_to_give(person)), lambda: _("Supervisors and IT keep people."))


def _guarded(page: Page[P], allowed: Callable[[object], bool], refusal: Callable[[], str]) -> Page[P]:
    @wraps(page)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        if not allowed(request.user):
            return say(request, _("You may not do this"), refusal(), status=403)
        try:
            return page(request, *args, **kwargs)
        except MayNot as why:
            return say(request, _("You may not do this"), str(why), status=403)
        except User.DoesNotExist as none:
            raise Http404("There is no such person.") from none

    return guarded


@require_safe
@may_keep_clerks
def people(request: HttpRequest) -> HttpResponse:
    """Show everybody, or those whose name has something in it."""
    named = request.GET.get("name", "").replace("\x00", "").strip()[:150]
    rows = User.objects.prefetch_related("groups").order_by("username")
    rows = rows.filter(username__icontains=named) if named else rows
    factors = set(Authenticator.objects.values_list("user_id", flat=True))
    linked = set(SocialAccount.objects.values_list("user_id", flat=True))
    locked, mine, given = login_lockout.locked_names(), person_of(request), _given(request)
    everything, kept = keeps_people(mine), kept_by(mine)
    found = {
        "people": [
            {**_line(one, given, factors, linked, locked), "kept": kept(one, _names(one))} for one in rows[:SHOWN]
        ],
        "more": rows.count() > SHOWN,
        "name": named,
        "locked": locked if everything else {},
        "everything": everything,
    }
    return show(request, "people", found)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@may_keep_clerks
def add(request: HttpRequest) -> HttpResponse:
    """Add a person with a first password, and put the person into groups and departments."""
    form = NewPerson(_given(request), request.POST or None)
    if not form.is_valid():
        return show(request, "new_person", {"form": form}, status=422 if form.is_bound else 200)
    told = form.cleaned_data
    try:
        row = account_admin.add(_keeper(request), told["username"], told["password"], told["groups"], told["email"])
    except ValueError as why:
        form.add_error("username", str(why))
        return show(request, "new_person", {"form": form}, status=422)
    added = (
        _("%(person)s may sign in now.") if row.is_active else _("%(person)s is added. IT has to let the account in.")
    )
    messages.success(request, added % {"person": row.get_username()})
    return redirect("people")


@require_POST
@may_keep_clerks
def groups(request: HttpRequest, person: int) -> HttpResponse:
    """Put a person into groups and departments. Nobody changes one's own."""
    row = account_admin.put_into_groups(_keeper(request), person, request.POST.getlist("group"))
    messages.success(request, _("The groups of %(person)s are saved.") % {"person": row.get_username()})
    return redirect("people")


@require_POST
@may_keep_clerks
def bar(request: HttpRequest, person: int) -> HttpResponse:
    """Bar a person, whose sessions and tokens end with it, or let the person in. Nobody bars oneself."""
    admit = request.POST.get("admit") == "yes"
    row = (account_admin.admit if admit else account_admin.bar)(_keeper(request), person)
    told = _("%(person)s may sign in again.") if admit else _("%(person)s may no longer sign in.")
    messages.success(request, told % {"person": row.get_username()})
    return redirect("people")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@may_keep_people
def give_password(request: HttpRequest, person: int) -> HttpResponse:
    """Give a person who has forgotten the password another, to be changed at the next sign-in."""
    row = User.objects.get(pk=person)
    account_admin.may_give_password(_keeper(request), row)
    form = NewPassword(row, request.POST or None)
    if not form.is_valid():
        found = {"form": form, "person": row.get_username()}
        return show(request, "give_password", found, status=422 if form.is_bound else 200)
    account_admin.give_password(_keeper(request), person, form.cleaned_data["password"])
    messages.success(request, _("Tell %(person)s the new password.") % {"person": row.get_username()})
    return redirect("people")


@require_POST
@may_keep_people
def lift(request: HttpRequest) -> HttpResponse:
    """Let somebody try again who is locked out."""
    name = request.POST.get("name", "").replace("\x00", "")[:150]
    login_lockout.lift(name, by=request.user.get_username())
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
    row: User, given: Collection[str], factors: set[int], linked: set[int], locked: dict[str, Any]
) -> dict[str, Any]:
    theirs = _names(row)
    return {
        "row": row,
        "groups": [(name, name in theirs) for name in given],
        "others": [name for name in theirs if name not in given],
        "second_factor": row.pk in factors,
        "directory": row.pk in linked,
        "has_password": row.has_usable_password(),
        "locked": locked.get(row.get_username().casefold()),
    }


def _given(request: HttpRequest) -> list[str]:
    """Return the groups that who asks may give, those with rights first."""
    given = groups_to_give(request.user)
    return [*(name for name in GROUPS if name in given), *sorted(given - set(GROUPS))]


def _names(row: User) -> list[str]:
    return sorted(group.name for group in row.groups.all())


def _keeper(request: HttpRequest) -> Keeper:
    return Keeper(person_of(request), address_of(request))


def _not_oneself(request: HttpRequest) -> HttpResponse:
    return say(request, _("You may not do this"), _("Nobody changes one's own rights. Ask a colleague."), status=403)


def _tell(request: HttpRequest, event: str, row: User, **more: object) -> None:
    tell(event, request.user.get_username(), request, person=row.get_username(), **more)
