"""Everything that the environment sets, checked at start, with all faults told at once."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from keywright.errors import Stop
from keywright.hidden import keep_secret
from keywright.receipts import SignIn

CHECKOUT = Path(__file__).resolve().parent.parent
T = TypeVar("T")
SECRETS = frozenset({"KEYWRIGHT_SECRET_KEY", "KEYWRIGHT_LEDGER_KEY", "KEYWRIGHT_DATABASE_URL"})
"""Settings whose text no message shows."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of this installation; ``docs/operate.md`` describes each."""

    home: Path
    database_url: str
    secret_key: str
    zone: ZoneInfo
    language: str
    allowed_hosts: tuple[str, ...]
    https: bool
    lease: timedelta
    attempts: int
    look_again: tuple[float, ...]
    failures_in_a_row: int
    cases_a_browser: int
    hung_after: timedelta
    wrong_fields_in_10000: int
    town_names: tuple[str, ...]
    masked_fields: frozenset[str]
    ledger_key: str
    browser: str
    console_port: int
    prefect_port: int
    timetable: str

    @property
    def inbox(self) -> Path:
        """Return the folder that holds a folder for each bot, in which its documents are put."""
        return self.home / "inbox"

    @property
    def documents(self) -> Path:
        """Return the folder in which documents are kept under their hash."""
        return self.home / "documents"

    @property
    def refer_below(self) -> float:
        """Return how surely (0-1) a field must be read, so that no more of ten thousand such are wrong."""
        return 1 - self.wrong_fields_in_10000 / 10_000

    @property
    def pictures(self) -> Path:
        """Return the folder in which pictures of keyed records are kept under their hash."""
        return self.home / "pictures"

    @property
    def receipts(self) -> Path:
        """Return the folder in which receipts written out for auditors are kept under their hash."""
        return self.home / "receipts"


@cache
def settings() -> Settings:
    """Return the settings, read once. Raises Stop, naming every fault, if they cannot be used."""
    return load(os.environ)


def load(environment: Mapping[str, str]) -> Settings:
    """Read and check the settings of an environment. Raises Stop with a line for each fault."""
    faults: list[str] = []

    def ask(name: str, default: str, parse: Callable[[str], T]) -> T:
        text = secret(name, environment) or default
        try:
            return parse(text)
        except (ValueError, OSError, ZoneInfoNotFoundError) as error:
            faults.append(f"{name}={'…' if name in SECRETS else repr(text)}: {error}")
            return parse(default)

    home = ask("KEYWRIGHT_HOME", str(CHECKOUT / "var"), _folder)
    answer = Settings(
        home=home,
        database_url=ask("KEYWRIGHT_DATABASE_URL", f"sqlite:///{home / 'keywright.sqlite3'}", _database),
        secret_key=ask("KEYWRIGHT_SECRET_KEY", _own_secret(home), _long_enough),
        zone=ask("KEYWRIGHT_TIME_ZONE", "America/Toronto", ZoneInfo),
        language=ask("KEYWRIGHT_LANGUAGE", "en", _one_of("en", "fr")),
        allowed_hosts=ask("KEYWRIGHT_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]", _list),
        https=ask("KEYWRIGHT_HTTPS", "no", _one_of("yes", "no")) == "yes",
        lease=ask("KEYWRIGHT_LEASE_SECONDS", "120", _seconds),
        attempts=ask("KEYWRIGHT_ATTEMPTS", "5", _count),
        look_again=ask("KEYWRIGHT_LOOK_AGAIN_SECONDS", "2,4,15,60,180", _waits),
        failures_in_a_row=ask("KEYWRIGHT_FAILURES_IN_A_ROW", "5", _count),
        cases_a_browser=ask("KEYWRIGHT_CASES_A_BROWSER", "50", _count),
        hung_after=ask("KEYWRIGHT_HUNG_AFTER_SECONDS", "300", _seconds),
        wrong_fields_in_10000=ask("KEYWRIGHT_WRONG_FIELDS_IN_10000", "800", _in_10000),
        town_names=ask("KEYWRIGHT_TOWN_NAMES", "", _names),
        masked_fields=frozenset(ask("KEYWRIGHT_MASKED_FIELDS", "", _list)),
        ledger_key=ask("KEYWRIGHT_LEDGER_KEY", "", _signing_key),
        browser=environment.get("KEYWRIGHT_BROWSER", ""),
        console_port=ask("KEYWRIGHT_CONSOLE_PORT", "8765", _port),
        prefect_port=ask("KEYWRIGHT_PREFECT_PORT", "4200", _port),
        timetable=environment.get("KEYWRIGHT_TIMETABLE", ""),
    )
    for known in (answer.secret_key, urlsplit(answer.database_url).password or "", answer.ledger_key):
        keep_secret(unquote(known))
    if faults:
        raise Stop("The settings cannot be used:\n  " + "\n  ".join(faults))
    return answer


def sign_in(system: str, environment: Mapping[str, str] | None = None) -> SignIn:
    """Return where a target system is and who signs in, from ``KEYWRIGHT_<SYSTEM>_URL``, ``_USER`` and ``_PASSWORD``.

    The password may stand in a file that ``…_PASSWORD_FILE`` names. Raises Stop if one of the three is missing.
    """
    source = os.environ if environment is None else environment
    stem = f"KEYWRIGHT_{system.upper().replace('-', '_')}"
    found = {part: secret(f"{stem}_{part}", source) for part in ("URL", "USER", "PASSWORD")}
    missing = [f"{stem}_{part}" for part, value in found.items() if not value]
    if missing:
        raise Stop(f"To sign in to {system}, set {', '.join(missing)} (a password may stand in {stem}_PASSWORD_FILE).")
    return SignIn(found["URL"], found["USER"], found["PASSWORD"])


def other_sign_ins(system: str, environment: Mapping[str, str] | None = None) -> tuple[SignIn, ...]:
    """Return further logins at a target system, from ``KEYWRIGHT_<SYSTEM>_USER_2``, ``_PASSWORD_2``, ``_USER_3`` …

    Each opens a lane of its own. Raises Stop if one has no password, or is the login of another lane.
    """
    source = os.environ if environment is None else environment
    stem, number, found = f"KEYWRIGHT_{system.upper().replace('-', '_')}", 2, []
    while user := secret(f"{stem}_USER_{number}", source):
        password = secret(f"{stem}_PASSWORD_{number}", source)
        if not password:
            raise Stop(f"{stem}_USER_{number} is set and {stem}_PASSWORD_{number} is not. Set it, or unset the user.")
        found.append(SignIn(secret(f"{stem}_URL", source), user, password))
        number += 1
    users = [secret(f"{stem}_USER", source), *(one.user for one in found)]
    if len(set(users)) < len(users):
        raise Stop(f"{stem}_USER, _USER_2 …: each lane needs a login of its own, and {users} names one twice.")
    return tuple(found)


def secret(name: str, environment: Mapping[str, str]) -> str:
    """Return a setting, or what stands in the file that ``NAME_FILE`` names, or ``""``."""
    if file := environment.get(f"{name}_FILE"):
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise Stop(f"{name}_FILE={file!r} cannot be read: {error.strerror}.") from error
    return environment.get(name, "")


def _own_secret(home: Path) -> str:
    """Return the key that signs this installation's sessions, made once, readable by its owner only."""
    path = home / "secret_key"
    if not path.exists():
        descriptor, whole = tempfile.mkstemp(dir=home)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
        with suppress(FileExistsError):  # another process was quicker; its key is as good
            os.link(whole, path)
        Path(whole).unlink()
    return path.read_text(encoding="utf-8")


def _folder(text: str) -> Path:
    path = Path(text).expanduser().absolute()
    path.mkdir(parents=True, exist_ok=True)
    if not os.access(path, os.W_OK):
        raise ValueError("this folder cannot be written")
    return path


def _database(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql://")):
        raise ValueError("expected sqlite:///PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME")
    return text


def _long_enough(text: str) -> str:
    if len(text) < 32:
        raise ValueError("a key needs at least 32 characters")
    return text


def _signing_key(text: str) -> str:
    if text and not (text.startswith("-----BEGIN") and "PRIVATE KEY" in text):
        raise ValueError("expected a private key in PEM, as `openssl genpkey -algorithm ed25519` makes it")
    return text


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"expected one of {', '.join(words)}")
        return text

    return parse


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _seconds(text: str) -> timedelta:
    return timedelta(seconds=_count(text))


def _waits(text: str) -> tuple[float, ...]:
    waits = tuple(float(part) for part in _list(text))
    if not waits or any(not 0 <= wait <= 86_400 for wait in waits):
        raise ValueError("expected seconds with commas, each up to a day, such as 2,4,15,60")
    return waits


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError("expected a whole number above zero")
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 0 < number < 65536:
        raise ValueError("expected a port from 1 to 65535")
    return number


def _in_10000(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 10_000:
        raise ValueError("expected a whole number from 1 to 10000")
    return number


def _names(text: str) -> tuple[str, ...]:
    return tuple(" ".join(name.split()) for name in text.split(";") if name.strip())
