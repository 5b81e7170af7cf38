"""The departments of the office as IT keeps them: each with the bots whose cases it sees."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from keywright.bot import all_bots
from keywright.console.people import account_admin
from keywright.console.people.account_admin import Keeper, MayNot
from keywright.console.people.forms import NewDepartment
from keywright.console.people.views import may_keep_people
from keywright.console.shared.shortcuts import person_of, say, show, title_of
from keywright.console.sign_in.views import address_of
from keywright.errors import Stop
from keywright.people.accounts import GROUPS


@require_http_methods(["GET", "POST"])
@may_keep_people
def departments(request: HttpRequest) -> HttpResponse:
    """Show the departments and what each sees; a POST makes another one."""
    bots = [(name, title_of(name, all_bots())) for name in sorted(all_bots())]
    form = NewDepartment(bots, request.POST or None)
    if form.is_valid():
        name, chosen = form.cleaned_data["name"], form.cleaned_data["bots"]
        try:
            account_admin.department(Keeper(person_of(request), address_of(request)), name, chosen, new=True)
        except MayNot as why:
            form.add_error("name", str(why))
        else:
            messages.success(request, _("There is a department %(name)s now.") % {"name": name})
            return redirect("departments")
    rows = Group.objects.exclude(name__in=GROUPS).prefetch_related("bots_seen").order_by("name")
    seen = [(row, {one.bot for one in row.bots_seen.all()}) for row in rows]
    shown = [(row, [(name, title, name in theirs) for name, title in bots]) for row, theirs in seen]
    return show(request, "departments", {"form": form, "departments": shown}, status=422 if form.errors else 200)


@require_POST
@may_keep_people
def sees(request: HttpRequest) -> HttpResponse:
    """Let a department see the cases of the bots that are ticked, and no others that are given to somebody."""
    name = request.POST.get("name", "").replace("\x00", "")
    if not Group.objects.filter(name=name).exists():
        return redirect("departments")
    try:
        account_admin.department(Keeper(person_of(request), address_of(request)), name, request.POST.getlist("bot"))
    except Stop as why:
        return say(request, _("Nothing was changed"), str(why), status=422)
    messages.success(request, _("What %(name)s sees is saved.") % {"name": name})
    return redirect("departments")
