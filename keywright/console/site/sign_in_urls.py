"""URLs of sign-in, sign-in settings and people. Names with underscores are allauth's.

A change of second factors and its ledger entry are one transaction.
"""

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as keys
from django.db.transaction import atomic
from django.urls import path
from django.views.generic import RedirectView

from keywright.console.people import departments
from keywright.console.people import views as people
from keywright.console.sign_in import oidc, password_change, profile
from keywright.console.sign_in import views as sign_in

_mine = RedirectView.as_view(pattern_name="my-sign-in")
_sign_in = RedirectView.as_view(pattern_name="sign-in")

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="account_login"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/barred/", sign_in.barred, name="account_inactive"),
    path("sign-in/second/", factors.authenticate, name="mfa_authenticate"),
    path("sign-in/again/", account.reauthenticate, name="account_reauthenticate"),
    path("sign-in/again/code/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("sign-in/again/key/", keys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("sign-in/directory/", oidc.to_directory, name="to-directory"),
    path("sign-in/directory/<str:provider_id>/", oidc.from_directory, name="openid_connect_callback"),
    path("sign-in/directory-cancelled/", oidc.cancelled, name="socialaccount_login_cancelled"),
    path("sign-in/closed/", _sign_in, name="socialaccount_signup"),
    path("sign-out/", sign_in.sign_out, name="account_logout"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("my/sign-in/", profile.my_sign_in, name="my-sign-in"),
    path("my/sign-in/", profile.my_sign_in, name="mfa_index"),
    path("my/sign-in/password/", profile.change_password, name="change-password"),
    path("my/sign-in/own-password/", password_change.own_password, name="own-password"),
    path("my/sign-in/sessions/", profile.sign_out_everywhere, name="sign-out-everywhere"),
    path("my/sign-in/app/", atomic(app.activate_totp), name="mfa_activate_totp"),
    path("my/sign-in/app/remove/", atomic(app.deactivate_totp), name="mfa_deactivate_totp"),
    path("my/sign-in/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("my/sign-in/codes/new/", atomic(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("my/sign-in/keys/", _mine, name="mfa_list_webauthn"),
    path("my/sign-in/keys/add/", atomic(keys.add_webauthn), name="mfa_add_webauthn"),
    path("my/sign-in/keys/<int:pk>/remove/", atomic(keys.remove_webauthn), name="mfa_remove_webauthn"),
    path("my/sign-in/directory/", profile.unlink_directory, name="unlink-directory"),
    path("my/sign-in/directory/", profile.unlink_directory, name="socialaccount_connections"),
    path("people/", people.people, name="people"),
    path("people/add/", people.add, name="add-person"),
    path("people/departments/", departments.departments, name="departments"),
    path("people/departments/sees/", departments.sees, name="department-sees"),
    path("people/lift/", people.lift, name="lift-lockout"),
    path("people/<int:person>/groups/", people.groups, name="put-into-groups"),
    path("people/<int:person>/bar/", people.bar, name="bar-person"),
    path("people/<int:person>/password/", people.give_password, name="give-password"),
    path("people/<int:person>/factors/", people.forget_factors, name="forget-factors"),
]
