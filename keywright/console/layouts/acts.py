"""What people do with a layout on its page: roll back, use a version, ask again, export and import."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from keywright.console.layouts.views import seen_layout
from keywright.console.shared.shortcuts import bots_seen, may_change_layouts, may_use_held_layouts, show_message
from keywright.console.shared.visibility import sight_of
from keywright.layouts import transfer
from keywright.layouts.listing import with_layouts
from keywright.layouts.transfer import NotALayout
from keywright.layouts.versions import NotAVersion
from keywright.review import layout_acts


@require_POST
@may_change_layouts
def roll_back(request: HttpRequest, number: int) -> HttpResponse:
    """Use the version before the one in use again."""
    row, bot, _fields = seen_layout(request, number)
    try:
        seen = request.POST.get("version", "")
        layout_acts.roll_back(row, bot, person=request.user.get_username(), seen=int(seen) if seen.isdecimal() else 0)
    except NotAVersion:
        messages.warning(request, _("Nothing was rolled back: another version is in use, or there is none before it."))
        return redirect("layout", number=number)
    row.refresh_from_db()
    words = _("Rolled back: version %(number)d is in use. Documents of this layout have to be confirmed again.")
    messages.success(request, words % {"number": row.version})
    return redirect("layout", number=number)


@require_POST
@may_use_held_layouts
def use_version(request: HttpRequest, number: int, version: int) -> HttpResponse:
    """Use a version that is not in use, although it would lose a right value."""
    row, bot, _fields = seen_layout(request, number)
    try:
        gone_on = layout_acts.take(row, version, bot, person=request.user.get_username())
    except NotAVersion:
        messages.warning(request, _("This version cannot be used."))
        return redirect("layout", number=number)
    messages.success(request, _("Version %(number)d is in use.") % {"number": version})
    if gone_on:
        words = ngettext("%(n)d more went on by itself.", "%(n)d more went on by themselves.", gone_on)
        messages.success(request, words % {"n": gone_on})
    return redirect("layout", number=number)


@require_POST
@may_change_layouts
def ask_again(request: HttpRequest, number: int) -> HttpResponse:
    """Have documents of a layout confirmed again."""
    row, bot, _fields = seen_layout(request, number)
    try:
        layout_acts.ask_again(row, bot, person=request.user.get_username())
    except NotAVersion:
        messages.info(request, _("Documents of this layout are asked about anyway."))
        return redirect("layout", number=number)
    messages.success(request, _("Documents of this layout have to be confirmed again."))
    return redirect("layout", number=number)


@require_POST
@may_change_layouts
def export(request: HttpRequest, number: int) -> HttpResponse:
    """Return the profile of a layout as a file."""
    row, _bot, _fields = seen_layout(request, number)
    if not sight_of(request).personal:
        words = _("Personal data is masked here, and the file would show it. Ask a supervisor.")
        return show_message(request, _("Access denied"), words, status=403)
    try:
        text = transfer.exported(row, actor=request.user.get_username())
    except NotALayout:
        messages.warning(request, _("There is nothing to export: nobody has confirmed a document of this layout."))
        return redirect("layout", number=number)
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="layout-{number}.json"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@may_change_layouts
def import_layout(request: HttpRequest) -> HttpResponse:
    """Put a layout from a file on file here."""
    file = request.FILES.get("file")
    types = {bot.reads.name for bot in with_layouts(bots_seen(request).values())}
    if file is None:
        return show_message(request, _("Nothing was imported"), _("Choose a file first."), status=422)
    try:
        row = transfer.imported(file.read(transfer.LARGEST + 1), types, actor=request.user.get_username())
    except NotALayout:
        words = _("The file is not a layout that Keywright exported, or its kind of document is not read here.")
        return show_message(request, _("Nothing was imported"), words, status=422)
    messages.success(
        request,
        _("Layout imported. It proposes values at once, and is trusted once documents of this office confirm it."),
    )
    return redirect("layout", number=row.pk)
