"""The page of accounts that need confirmation by a second person: people's and vendors' bank accounts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from keywright.console.shared.shortcuts import may_decide, person_of, rights_here, show, show_message
from keywright.database.confirmations import MadeAccount, VendorAccount
from keywright.people import account_confirmation
from keywright.vendors import bank_accounts

SHOWN = 500
"""As many bank accounts stand on the page; the others come up when these are confirmed."""


@require_safe
@may_decide
def confirmations(request: HttpRequest) -> HttpResponse:
    """List the accounts to confirm; bank accounts are for supervisors."""
    person = person_of(request)
    people = [
        {
            "row": row,
            "makers": ", ".join(row.makers.splitlines()),
            "mine": account_confirmation.may_confirm(person, row),
        }
        for row in account_confirmation.unconfirmed()
    ]
    accounts = _listed(bank_accounts.waiting(), person) if rights_here(request).second else []
    on_paper = _listed(bank_accounts.on_paper(), person) if rights_here(request).second else []
    own = account_confirmation.is_own(person.get_username())
    return show(request, "confirmations", {"people": people, "accounts": accounts, "on_paper": on_paper, "own": own})


def _listed(rows: QuerySet[VendorAccount], person: User) -> list[dict[str, Any]]:
    names = bank_accounts.names()
    return [
        {"row": row, "vendor": names.get(row.vendor, ""), "mine": bank_accounts.may_confirm(person, row)}
        for row in rows[:SHOWN]
    ]


@require_POST
@may_decide
def confirm_person(request: HttpRequest, number: int) -> HttpResponse:
    """Confirm whose account it is."""
    try:
        row = account_confirmation.confirm(person_of(request), number)
    except MadeAccount.DoesNotExist:
        messages.info(request, _("Already confirmed."))
        return redirect("confirmations")
    except account_confirmation.NotTheirs:
        words = _("You cannot confirm your own account, or one that you created or set a password for.")
        return show_message(request, _("Access denied"), words, status=403)
    done = _("The account of %(person)s was confirmed.") % {"person": row.person.get_username()}
    messages.success(request, done)
    return redirect("confirmations")


@require_POST
@may_decide
def confirm_accounts(request: HttpRequest) -> HttpResponse:
    """Confirm the selected bank accounts, for supervisors."""
    if not rights_here(request).second:
        return show_message(request, _("Access denied"), _("Only a supervisor can confirm bank accounts."), status=403)
    done, refused = bank_accounts.confirm(person_of(request), _ticked(request))
    message = ngettext("%(n)d bank account confirmed.", "%(n)d bank accounts confirmed.", done) % {"n": done}
    messages.success(request, message)
    if refused:
        messages.warning(request, _("Someone else has to confirm the accounts that you added yourself."))
    return redirect("confirmations")


@require_POST
@may_decide
def withdraw_accounts(request: HttpRequest) -> HttpResponse:
    """Withdraw the selected bank accounts that were accepted on an invoice, for supervisors."""
    if not rights_here(request).second:
        return show_message(request, _("Access denied"), _("Only a supervisor can confirm bank accounts."), status=403)
    done = bank_accounts.withdraw(person_of(request), _ticked(request))
    words = ngettext("%(n)d bank account withdrawn.", "%(n)d bank accounts withdrawn.", done) % {"n": done}
    messages.success(request, words)
    return redirect("confirmations")


def _ticked(request: HttpRequest) -> list[int]:
    return [int(number) for number in request.POST.getlist("account") if number.isdecimal() and len(number) < 19]
