"""The demo's home: a marked folder inside the home, so that it is not used for a real town by mistake."""

from __future__ import annotations

import os
from collections.abc import Iterable, MutableMapping
from pathlib import Path

from keywright.errors import Stop
from keywright.settings.private_home import keep_private
from keywright.settings.settings import CHECKOUT, secret, settings

FOLDER, MARK = "demo", "this-is-a-demo"
PERSON, PASSWORD = "maria", "town-hall-2026"
"""Whom the demo lets sign in. Everybody may know it: it opens nothing but the demo."""
TOWNS_OWN = ("DATABASE_URL", "SECRET_KEY", "LEDGER_KEY", "MAIL_", "OIDC_")
"""Settings that the demo never uses: the town's database and keys, its mail server and its directory of people."""


def enter_demo_home(environment: MutableMapping[str, str] = os.environ) -> Path:
    """Make the demo's home the home of this process and its children, and return it.

    Raises RuntimeError if the records of another home are open already.
    """
    from django.conf import settings as django_settings

    if django_settings.configured:
        raise RuntimeError("The demo's home must be entered before the records of another home are opened.")
    for name in _starting_with(TOWNS_OWN, environment):
        del environment[name]
    home = Path(secret("KEYWRIGHT_HOME", environment) or CHECKOUT / "var").expanduser().absolute()
    if not is_demo_home(home):
        home = home / FOLDER
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        (home / MARK).touch(mode=0o600)
        environment["KEYWRIGHT_HOME"] = str(home)
    settings.cache_clear()
    keep_private(home)
    return home


def _starting_with(stems: Iterable[str], environment: Iterable[str]) -> list[str]:
    starts = tuple(f"KEYWRIGHT_{stem}" for stem in stems)
    return [name for name in environment if name.startswith(starts)]


def is_demo_home(home: Path) -> bool:
    """Return True if a folder is the home that a demo made for itself."""
    return (home / MARK).exists()


def demo_inside(home: Path) -> Path | None:
    """Return the home of the demo that was run in this home, None if there was none."""
    return home / FOLDER if is_demo_home(home / FOLDER) else None


def refuse_demo_home() -> None:
    """Raise Stop for the home of a demo, or one with a demo account that still has the demo's password.

    Earlier versions of the demo put its account into the home that it was run in.
    """
    home = settings().home
    if is_demo_home(home):
        raise Stop(
            f"{home} is the home of the demo, and the passwords of its accounts are public. To show it, run "
            "./run demo. For real work, set KEYWRIGHT_HOME to another folder, or do not set it."
        )
    from django.contrib.auth.models import User

    person = User.objects.filter(username=PERSON, is_active=True).first()
    if person and person.check_password(PASSWORD):
        raise Stop(
            f"An earlier demo was run in {home}, and its account {PERSON!r} still opens with the password that the "
            f"demo shows. Give it another password with ./run person {PERSON} --group clerk, then start again."
        )
