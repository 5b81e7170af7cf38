"""The page of departments and the bots whose cases each one sees."""

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
from keywright.console.shared.shortcuts import person_of, show, show_message, title_of
from keywright.console.sign_in.views import address_of
from keywright.errors import Stop
from keywright.people.accounts import GROUPS


@require_http_methods(["GET", "POST"])
@may_keep_people
def departments(request: HttpRequest) -> HttpResponse:
    """List the departments with their bots; a POST request adds one."""
    bots = [(name, title_of(name, all_bots())) for name in sorted(all_bots())]
    form = NewDepartment(bots, request.POST or None)
    if form.is_valid():
        name, chosen = form.cleaned_data["name"], form.cleaned_data["bots"]
        try:
            account_admin.department(Keeper(person_of(request), address_of(request)), name, chosen, new=True)
        except MayNot as why:
            form.add_error("name", str(why))
        else:
            messages.success(request, _("Department %(name)s added.") % {"name": name})
            return redirect("departments")
    rows = Group.objects.exclude(name__in=GROUPS).prefetch_related("bots_seen").order_by("name")
    departments_with_bots = [(row, {access.bot for access in row.bots_seen.all()}) for row in rows]
    choices = [
        (row, [(name, title, name in visible_bots) for name, title in bots])
        for row, visible_bots in departments_with_bots
    ]
    return show(request, "departments", {"form": form, "departments": choices}, status=422 if form.errors else 200)


@require_POST
@may_keep_people
def sees(request: HttpRequest) -> HttpResponse:
    """Set the bots whose cases a department sees."""
    name = request.POST.get("name", "").replace("\x00", "")
    if not Group.objects.filter(name=name).exists():
        return redirect("departments")
    try:
        account_admin.department(Keeper(person_of(request), address_of(request)), name, request.POST.getlist("bot"))
    except Stop as why:
        return show_message(request, _("Nothing was changed"), str(why), status=422)
    messages.success(request, _("Access of %(name)s saved.") % {"name": name})
    return redirect("departments")
