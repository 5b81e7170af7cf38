"""The vendor master's pages: Django's admin, for IT, with a ledger entry for every change."""

# ruff: noqa: ARG002  Django says what its methods are called with

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keywright.console.shared.shortcuts import ONLY_OURS, show_message
from keywright.console.sign_in.views import sign_out
from keywright.database.models import StoredVendor, new_version
from keywright.ledger import ledger
from keywright.people.accounts import rights_of
from keywright.vendors import bank_accounts
from keywright.vendors.master import changes, columns_of, record_change, vendor_of

if TYPE_CHECKING:
    VendorAdmin = admin.ModelAdmin[StoredVendor]
    VendorForm = forms.ModelForm[StoredVendor]
else:
    VendorAdmin, VendorForm = admin.ModelAdmin, forms.ModelForm

TITLES = {
    "number": gettext_lazy("Number"),
    "name": gettext_lazy("Name"),
    "other_names": gettext_lazy("Other names"),
    "tax_numbers": gettext_lazy("Tax numbers"),
    "bank_accounts": gettext_lazy("Bank accounts"),
    "address": gettext_lazy("Address"),
    "expense_account": gettext_lazy("Expense account"),
    "active": gettext_lazy("Active"),
}
HELP = {
    "number": gettext_lazy("As the target system numbers the vendor."),
    "name": gettext_lazy("As the target system spells it."),
    "other_names": gettext_lazy("Trade and former names, one a line."),
    "tax_numbers": gettext_lazy("GST/HST, QST, VAT numbers, one a line."),
    "bank_accounts": gettext_lazy("IBANs, or institution-transit-account, one a line."),
    "expense_account": gettext_lazy("On which its lines are booked."),
}

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class Site(admin.AdminSite):
    """Django's admin with our own sign-in and groups instead of Django's permissions."""

    site_title = site_header = index_title = gettext_lazy("Vendor master")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Allow people who manage the vendor master."""
        return rights_of(request.user).vendors

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Give the admin's pages our security policy."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def ours(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = guarded(request, *args, **kwargs)
            response["Content-Security-Policy"] = ONLY_OURS
            return response

        return cast(View, ours)

    def password_change(  # type: ignore[override]  # Django's own answers with a page
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Redirect to our own page, which counts wrong passwords."""
        return redirect("my-sign-in")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to our own sign-in, which writes to the ledger, or refuse a person without the right."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next") or "/")
        return show_message(
            request,
            _("Access denied"),
            _("Your account can view cases. Only IT can change the vendor master."),
            status=403,
        )

    def logout(  # type: ignore[override]  # Django's own has a page to say goodbye
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """End the session, as everywhere in the console."""
        return sign_out(request)


class Vendors(VendorAdmin):
    """The list of vendors and the page of one. Vendors are never deleted, only made inactive."""

    list_display = ("number", "name", "tax_numbers", "bank_accounts", "active")
    list_filter = ("active",)
    search_fields = ("number", "name", "other_names", "tax_numbers", "bank_accounts")
    list_per_page = 50

    def _keeps(self, request: HttpRequest, obj: StoredVendor | None = None) -> bool:
        """Allow people who manage the vendor master."""
        return rights_of(request.user).vendors

    has_module_permission = has_view_permission = has_add_permission = has_change_permission = _keeps

    def has_delete_permission(self, request: HttpRequest, obj: StoredVendor | None = None) -> bool:
        """Forbid deletion: cases and the ledger refer to vendors."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: StoredVendor | None = None) -> tuple[str, ...]:
        """Make the number of an existing vendor read-only; it belongs to the target system."""
        return ("number",) if obj else ()

    def save_model(self, request: HttpRequest, obj: StoredVendor, form: VendorForm, change: bool) -> None:
        """Save a vendor and write the changes to the ledger, in the admin's transaction."""
        person = request.user.get_username()
        before = vendor_of(StoredVendor.objects.select_for_update().get(pk=obj.pk)) if change else None
        obj.version = new_version()
        super().save_model(request, obj, form, change)
        after = vendor_of(obj)
        bank_accounts.put(obj.number, before.bank_accounts if before else (), after.bank_accounts, by=person)
        if before is None:
            ledger.append("vendor-added", actor=person, body=columns_of(after))
        elif different := changes(before, after):
            record_change(obj.number, different, actor=person)


def _translate_titles() -> None:
    """Give the vendor's fields titles in the reader's language; migrations do not see them."""
    options = StoredVendor._meta
    options.verbose_name, options.verbose_name_plural = gettext_lazy("vendor"), gettext_lazy("vendors")
    options.app_config.verbose_name = gettext_lazy("Vendor master")
    for field in options.fields:
        field.verbose_name = TITLES.get(field.name, field.verbose_name)
        field.help_text = HELP.get(field.name, field.help_text)


_translate_titles()
site = Site(name="master")
site.register(StoredVendor, Vendors)
