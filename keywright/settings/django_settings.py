"""Django's settings, made from the office's settings."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import unquote, urlsplit

from keywright.settings.settings import CHECKOUT, settings

_office = settings()

# Sync Playwright keeps an event loop in the thread that drives the browser. Our own queries in that thread are never
# concurrent, so Django's guard against queries in a thread with an event loop is not needed.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def database_settings(url: str) -> dict[str, Any]:
    """Return Django's settings of a database, from its URL."""
    if url.startswith("sqlite:///"):
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": url.removeprefix("sqlite:///"),
            "TEST": {"NAME": f"{url.removeprefix('sqlite:///')}.test"},  # a file, as in production, never memory
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                # The ledger may not lose a committed entry when the power goes: FULL.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
    }


SECRET_KEY = _office.secret_key
DEBUG = False
ALLOWED_HOSTS = list(_office.allowed_hosts)
DATABASES = {"default": database_settings(_office.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "keywright.database",
    "keywright.console.site.apps.Console",  # before allauth: its pages are shown in our templates
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "keywright.console.sign_in.sessions.SessionsThatEnd",
    "keywright.console.sign_in.password_change.OwnPasswordFirst",
    "keywright.console.sign_in.mfa.SecondFactorFirst",
    "keywright.console.shared.security_headers.OnlyOurs",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ROOT_URLCONF = "keywright.site_urls"
WSGI_APPLICATION = "keywright.console.site.wsgi.application"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "queue"
LOGOUT_REDIRECT_URL = "sign-in"
# Shares used codes between all processes of this machine.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(_office.home / "cache"),
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}
SESSION_ENGINE = "keywright.console.sign_in.session_store"
SESSION_COOKIE_AGE = int(_office.session_longest.total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _office.https
SESSION_COOKIE_SAMESITE = "Lax"
# With a TLS proxy in front, browsers must use TLS for a year. Over plain HTTP, as on a test machine, this header is not
# sent, or other pages of that machine could no longer be reached.
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _office.https else 0
X_FRAME_OPTIONS = "DENY"
LANGUAGE_CODE = _office.language
LANGUAGES = [("en", "English"), ("fr", "Français")]
LOCALE_PATHS = [CHECKOUT / "keywright" / "console" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = str(_office.zone)
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True

ACCOUNT_ADAPTER = "keywright.console.sign_in.account_adapter.Entrance"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {"reauthenticate": "keywright.console.sign_in.mfa.PasswordAgain"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_RATE_LIMITS = (
    False  # keywright.people.login_lockout counts instead: in the database, with ledger entries, lifted by IT
)
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # there is no sign-up, but allauth requires the setting
ACCOUNT_UNIQUE_EMAIL = False
MFA_ADAPTER = "keywright.console.sign_in.mfa.Factors"
MFA_FORMS = {
    "authenticate": "keywright.console.sign_in.mfa.Code",
    "reauthenticate": "keywright.console.sign_in.mfa.CodeAgain",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_TOLERANCE = 1  # a clock may be half a minute wrong
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _office.https  # browsers then accept keys on this machine only
SOCIALACCOUNT_ADAPTER = "keywright.console.sign_in.oidc.Newcomers"
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # an address proves nothing about whose account it is
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_LOGIN_ON_GET = True  # our own button uses POST, see keywright.console.sign_in.oidc
SOCIALACCOUNT_QUERY_EMAIL = False
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True  # before two accounts are linked
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10  # seconds
