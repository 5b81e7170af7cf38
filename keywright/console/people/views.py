"""The pages on people: adding them, groups, blocked access, lockouts and lost second factors."""

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
from keywright.console.shared.labels import group_in_words
from keywright.console.shared.shortcuts import person_of, show, show_message
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
    """Restrict a page to IT."""
    return _guarded(page, keeps_people, lambda: _("Only IT can change groups."))


def may_keep_clerks(page: Page[P]) -> Page[P]:
    """Restrict a page to supervisors and IT. The changes check what a supervisor may do."""
    return _guarded(
        page, lambda person: bool(groups_to_give(person)), lambda: _("Only supervisors and IT can manage people.")
    )


def _guarded(page: Page[P], allowed: Callable[[object], bool], refusal: Callable[[], str]) -> Page[P]:
    @wraps(page)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        if not allowed(request.user):
            return show_message(request, _("Access denied"), refusal(), status=403)
        try:
            return page(request, *args, **kwargs)
        except MayNot as why:
            return show_message(request, _("Access denied"), str(why), status=403)
        except User.DoesNotExist as none:
            raise Http404("There is no such person.") from none

    return guarded


@require_safe
@may_keep_clerks
def people(request: HttpRequest) -> HttpResponse:
    """List all people, or those whose name contains the search text."""
    name = request.GET.get("name", "").replace("\x00", "").strip()[:150]
    rows = User.objects.prefetch_related("groups").order_by("username")
    rows = rows.filter(username__icontains=name) if name else rows
    factors = set(Authenticator.objects.values_list("user_id", flat=True))
    linked = set(SocialAccount.objects.values_list("user_id", flat=True))
    locked, mine, grantable = login_lockout.locked_names(), person_of(request), _given(request)
    everything, may_change = keeps_people(mine), kept_by(mine)
    page = {
        "people": [
            {**_line(row, grantable, factors, linked, locked), "kept": may_change(row, _names(row))}
            for row in rows[:SHOWN]
        ],
        "more": rows.count() > SHOWN,
        "name": name,
        "locked": locked if everything else {},
        "everything": everything,
    }
    return show(request, "people", page)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@may_keep_clerks
def add(request: HttpRequest) -> HttpResponse:
    """Add a person with a first password, groups and departments."""
    form = NewPerson(_given(request), request.POST or None)
    if not form.is_valid():
        return show(request, "new_person", {"form": form}, status=422 if form.is_bound else 200)
    data = form.cleaned_data
    try:
        row = account_admin.add(_keeper(request), data["username"], data["password"], data["groups"], data["email"])
    except ValueError as why:
        form.add_error("username", str(why))
        return show(request, "new_person", {"form": form}, status=422)
    added = (
        _("%(person)s was added and can sign in.")
        if row.is_active
        else _("%(person)s was added. IT has to activate the account.")
    )
    messages.success(request, added % {"person": row.get_username()})
    return redirect("people")


@require_POST
@may_keep_clerks
def groups(request: HttpRequest, person: int) -> HttpResponse:
    """Set a person's groups and departments, except one's own."""
    row = account_admin.put_into_groups(_keeper(request), person, request.POST.getlist("group"))
    messages.success(request, _("Groups of %(person)s saved.") % {"person": row.get_username()})
    return redirect("people")


@require_POST
@may_keep_clerks
def bar(request: HttpRequest, person: int) -> HttpResponse:
    """Block a person's access and end their sessions and tokens, or restore it; not for one's own account."""
    admit = request.POST.get("admit") == "yes"
    row = (account_admin.admit if admit else account_admin.bar)(_keeper(request), person)
    message = _("Access of %(person)s is restored.") if admit else _("Access of %(person)s is blocked.")
    messages.success(request, message % {"person": row.get_username()})
    return redirect("people")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@may_keep_people
def give_password(request: HttpRequest, person: int) -> HttpResponse:
    """Set a temporary password, to be changed at the next sign-in."""
    row = User.objects.get(pk=person)
    account_admin.may_give_password(_keeper(request), row)
    form = NewPassword(row, request.POST or None)
    if not form.is_valid():
        page = {"form": form, "person": row.get_username()}
        return show(request, "give_password", page, status=422 if form.is_bound else 200)
    account_admin.give_password(_keeper(request), person, form.cleaned_data["password"])
    messages.success(request, _("Password set. Give it to %(person)s.") % {"person": row.get_username()})
    return redirect("people")


@require_POST
@may_keep_people
def lift(request: HttpRequest) -> HttpResponse:
    """Unlock a name that is locked after failed sign-ins."""
    name = request.POST.get("name", "").replace("\x00", "")[:150]
    login_lockout.lift(name, by=request.user.get_username())
    messages.success(request, _("%(person)s can try to sign in again.") % {"person": name})
    return redirect("people")


@require_POST
@may_keep_people
def forget_factors(request: HttpRequest, person: int) -> HttpResponse:
    """Remove the lost second factors of a person and end the person's sessions."""
    row = get_object_or_404(User, pk=person)
    if row == request.user:
        return _not_oneself(request)
    with transaction.atomic():
        if take_away(row):
            _tell(request, "sessions-ended", row, sessions=end_all_sessions(row))
    messages.success(request, _("The second factor of %(person)s was removed.") % {"person": row.get_username()})
    return redirect("people")


def _line(
    row: User, grantable: Collection[str], factors: set[int], linked: set[int], locked: dict[str, Any]
) -> dict[str, Any]:
    own_groups = _names(row)
    return {
        "row": row,
        "groups": [(name, group_in_words(name), name in own_groups) for name in grantable],
        "others": [group_in_words(name) for name in own_groups if name not in grantable],
        "second_factor": row.pk in factors,
        "directory": row.pk in linked,
        "has_password": row.has_usable_password(),
        "locked": locked.get(row.get_username().casefold()),
    }


def _given(request: HttpRequest) -> list[str]:
    """Return the groups that this person may give, those with rights first."""
    grantable = groups_to_give(request.user)
    return [*(name for name in GROUPS if name in grantable), *sorted(grantable - set(GROUPS))]


def _names(row: User) -> list[str]:
    return sorted(group.name for group in row.groups.all())


def _keeper(request: HttpRequest) -> Keeper:
    return Keeper(person_of(request), address_of(request))


def _not_oneself(request: HttpRequest) -> HttpResponse:
    return show_message(
        request, _("Access denied"), _("You cannot change your own rights. Ask a colleague."), status=403
    )


def _tell(request: HttpRequest, event: str, row: User, **more: object) -> None:
    tell(event, request.user.get_username(), request, person=row.get_username(), **more)
