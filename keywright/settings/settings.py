"""All settings of an office, declared one a line; they are checked at start, and all faults are reported at once."""

# ruff: noqa: RUF009  (_setting declares a field, and gives it no default)

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from keywright.errors import Stop
from keywright.model.order import OrderTolerance
from keywright.model.target_system import SignIn
from keywright.redaction import keep_secret
from keywright.settings import setting_texts as texts

CHECKOUT = Path(__file__).resolve().parents[2]
T = TypeVar("T")
SECRETS = frozenset(
    {"KEYWRIGHT_SECRET_KEY", "KEYWRIGHT_LEDGER_KEY", "KEYWRIGHT_DATABASE_URL", "KEYWRIGHT_MAIL_PASSWORD"}
)
"""Settings whose text no message shows."""


def _setting(name: str, default: str | Callable[[Path], str], parse: Callable[[str], T]) -> T:
    """Declare a field that is read from an environment variable; a default may depend on the home."""
    declared: T = field(metadata={"setting": (name, default, parse)})
    return declared


@dataclass(frozen=True, slots=True)
class MailServer:
    """The mail server of the office; ``host`` is "" without one. ``security``: starttls, tls or none."""

    host: str = _setting("KEYWRIGHT_MAIL_HOST", "", str)
    port: int = _setting("KEYWRIGHT_MAIL_PORT", "587", texts.port)
    user: str = _setting("KEYWRIGHT_MAIL_USER", "", str)
    password: str = _setting("KEYWRIGHT_MAIL_PASSWORD", "", str)
    sender: str = _setting("KEYWRIGHT_MAIL_FROM", "", texts.mail_address)
    security: str = _setting("KEYWRIGHT_MAIL_SECURITY", "starttls", texts.one_of("starttls", "tls", "none"))


@dataclass(frozen=True, slots=True)
class Directory:
    """The town's own directory, where people can sign in by OpenID Connect; ``url`` is "" without one.

    ``groups`` has our group for each group of the directory that ``claim`` can name.
    """

    url: str = _setting("KEYWRIGHT_OIDC_URL", "", texts.secure_address)
    client: str = _setting("KEYWRIGHT_OIDC_CLIENT", "", str)
    secret: str = _setting("KEYWRIGHT_OIDC_SECRET", "", str)
    name: str = _setting("KEYWRIGHT_OIDC_NAME", "", str)
    claim: str = _setting("KEYWRIGHT_OIDC_GROUPS_CLAIM", "groups", str)
    groups: Mapping[str, str] = _setting("KEYWRIGHT_OIDC_GROUPS", "", texts.pairs)


def _own_secret(home: Path) -> str:
    """Return the key that signs this installation's sessions, generated once, readable by its owner only."""
    path = home / "secret_key"
    if not path.exists():
        descriptor, whole = tempfile.mkstemp(dir=home)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
        with suppress(FileExistsError):  # another process was faster; its key is used
            os.link(whole, path)
        Path(whole).unlink()
    return path.read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of this installation; ``docs/operate.md`` describes each."""

    home: Path = _setting("KEYWRIGHT_HOME", str(CHECKOUT / "var"), texts.folder)
    database_url: str = _setting(
        "KEYWRIGHT_DATABASE_URL", lambda home: f"sqlite:///{home / 'keywright.sqlite3'}", texts.database
    )
    secret_key: str = _setting("KEYWRIGHT_SECRET_KEY", _own_secret, texts.long_key)
    zone: ZoneInfo = _setting("KEYWRIGHT_TIME_ZONE", "America/Toronto", ZoneInfo)
    language: str = _setting("KEYWRIGHT_LANGUAGE", "en", texts.one_of("en", "fr"))
    allowed_hosts: tuple[str, ...] = _setting("KEYWRIGHT_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]", texts.listed)
    https: bool = _setting("KEYWRIGHT_HTTPS", "no", texts.yes_or_no)
    lease: timedelta = _setting("KEYWRIGHT_LEASE_SECONDS", "120", texts.seconds)
    attempts: int = _setting("KEYWRIGHT_ATTEMPTS", "5", texts.count)
    look_again: tuple[float, ...] = _setting("KEYWRIGHT_LOOK_AGAIN_SECONDS", "2,4,15,60,180", texts.waits)
    second_looks: tuple[float, ...] = _setting("KEYWRIGHT_SECOND_LOOKS_SECONDS", "3600,14400,86400", texts.waits)
    undo_window: timedelta = _setting("KEYWRIGHT_UNDO_WINDOW_SECONDS", "60", texts.seconds_or_none)
    failures_in_a_row: int = _setting("KEYWRIGHT_FAILURES_IN_A_ROW", "5", texts.count)
    cases_a_browser: int = _setting("KEYWRIGHT_CASES_A_BROWSER", "50", texts.count)
    hung_after: timedelta = _setting("KEYWRIGHT_HUNG_AFTER_SECONDS", "300", texts.seconds)
    wrong_fields_in_10000: int = _setting("KEYWRIGHT_WRONG_FIELDS_IN_10000", "800", texts.whole(1, 10_000))
    town_names: tuple[str, ...] = _setting("KEYWRIGHT_TOWN_NAMES", "", texts.phrases)
    masked_fields: frozenset[str] = _setting("KEYWRIGHT_MASKED_FIELDS", "", texts.names)
    ledger_key: str = _setting("KEYWRIGHT_LEDGER_KEY", "", texts.signing_key)
    browser: str = _setting("KEYWRIGHT_BROWSER", "", str)
    console_port: int = _setting("KEYWRIGHT_CONSOLE_PORT", "8765", texts.port)
    prefect_port: int = _setting("KEYWRIGHT_PREFECT_PORT", "4200", texts.port)
    timetable: str = _setting("KEYWRIGHT_TIMETABLE", "", str)
    session_idle: timedelta = _setting("KEYWRIGHT_SESSION_IDLE_MINUTES", "60", texts.minutes)
    session_longest: timedelta = _setting("KEYWRIGHT_SESSION_HOURS", "10", texts.hours)
    lockout_attempts: int = _setting("KEYWRIGHT_LOCKOUT_ATTEMPTS", "5", texts.count)
    lockout: timedelta = _setting("KEYWRIGHT_LOCKOUT_MINUTES", "15", texts.minutes)
    second_factor_groups: frozenset[str] = _setting("KEYWRIGHT_SECOND_FACTOR_GROUPS", "", texts.names)
    api_requests_a_minute: int = _setting("KEYWRIGHT_API_REQUESTS_A_MINUTE", "120", texts.count)
    api_largest: int = _setting("KEYWRIGHT_API_LARGEST_MB", "50", texts.megabytes)
    due_times: str = _setting("KEYWRIGHT_DUE_TIMES", "", str)
    console_url: str = _setting("KEYWRIGHT_CONSOLE_URL", "", texts.web_address)
    second_person_above: Mapping[str, Mapping[str, Decimal]] = _setting(
        "KEYWRIGHT_SECOND_PERSON_ABOVE", "", texts.limits
    )
    second_person_corrections: frozenset[str] = _setting("KEYWRIGHT_SECOND_PERSON_CORRECTIONS", "", texts.names)
    sample_percent: float = _setting("KEYWRIGHT_SAMPLE_PERCENT", "0", texts.percent)
    confirmations: Mapping[str, int] = _setting("KEYWRIGHT_CONFIRMATIONS", "2", texts.counts)
    two_readers_suffice: bool = _setting("KEYWRIGHT_TWO_READERS_SUFFICE", "no", texts.yes_or_no)
    order_needed_from: Mapping[str, Mapping[str, Decimal]] = _setting("KEYWRIGHT_ORDER_NEEDED_FROM", "", texts.limits)
    order_amount_tolerance: Decimal = _setting("KEYWRIGHT_ORDER_AMOUNT_TOLERANCE", "1", texts.amount)
    order_price_percent: float = _setting("KEYWRIGHT_ORDER_PRICE_PERCENT", "2", texts.percent)
    order_quantity_percent: float = _setting("KEYWRIGHT_ORDER_QUANTITY_PERCENT", "0", texts.percent)
    duplicate_days: int = _setting("KEYWRIGHT_DUPLICATE_DAYS", "14", texts.whole(0, 366))
    directory: Directory = field(kw_only=True)
    mail: MailServer = field(kw_only=True)

    @property
    def inbox(self) -> Path:
        """Return the folder with a folder for each bot, into which its documents are put."""
        return self.home / "inbox"

    @property
    def documents(self) -> Path:
        """Return the folder in which documents are stored under their hash."""
        return self.home / "documents"

    @property
    def refer_below(self) -> float:
        """Return the confidence (0-1) that a field needs, so that no more of ten thousand fields are wrong."""
        return 1 - self.wrong_fields_in_10000 / 10_000

    def confirmations_for(self, bot: str) -> int:
        """Return how many documents of a layout in a row people must confirm before a bot keys the next alone."""
        return self.confirmations.get(bot, self.confirmations[""])

    @property
    def order_tolerance(self) -> OrderTolerance:
        """Return the differences between a bill and its order about which nobody is asked."""
        percents = (Decimal(str(percent)) for percent in (self.order_price_percent, self.order_quantity_percent))
        return OrderTolerance(self.order_amount_tolerance, *percents)

    @property
    def pictures(self) -> Path:
        """Return the folder in which pictures of keyed records are stored under their hash."""
        return self.home / "pictures"

    @property
    def words(self) -> Path:
        """Return the folder in which the words of documents are stored, for pages that show them."""
        return self.home / "words"

    @property
    def receipts(self) -> Path:
        """Return the folder in which receipts written out for auditors are stored under their hash."""
        return self.home / "receipts"


@cache
def settings() -> Settings:
    """Return the settings, read once. Raises Stop, naming every fault, if they cannot be used."""
    return load(os.environ)


def load(environment: Mapping[str, str]) -> Settings:
    """Read and check the settings of an environment. Raises Stop with a line for each fault."""
    reader = _EnvironmentReader(environment)
    values = reader.read(Settings)
    directory, mail = Directory(**reader.read(Directory)), MailServer(**reader.read(MailServer))
    loaded = Settings(**values, directory=directory, mail=mail)
    for known in (
        loaded.secret_key,
        _password_in(loaded.database_url),
        loaded.ledger_key,
        mail.password,
        directory.secret,
    ):
        keep_secret(unquote(known))
    if faults := [*reader.faults, *_missing(mail, directory)]:
        raise Stop("The settings cannot be used:\n  " + "\n  ".join(faults))
    return loaded


def _password_in(database_url: str) -> str:
    return urlsplit(database_url).password or ""


def _missing(mail: MailServer, directory: Directory) -> Iterator[str]:
    """Yield a sentence for each setting that must be set together with another one."""
    if mail.host and not mail.sender:
        yield "KEYWRIGHT_MAIL_HOST is set and KEYWRIGHT_MAIL_FROM is not: set the address that mail comes from"
    if directory.url and not (directory.client and directory.secret):
        yield "KEYWRIGHT_OIDC_URL is set: set KEYWRIGHT_OIDC_CLIENT and KEYWRIGHT_OIDC_SECRET too."


class _EnvironmentReader:
    """Reads the declared settings of an environment, and collects the faults."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.faults: list[str] = []

    def read(self, group: type) -> dict[str, Any]:
        """Return the values of a class's settings by the names of its fields."""
        values: dict[str, Any] = {}
        for declared in fields(group):
            if "setting" in declared.metadata:
                name, default, parse = declared.metadata["setting"]
                default = default(values["home"]) if callable(default) else default
                values[declared.name] = self._value(name, default, parse)
        return values

    def _value(self, name: str, default: str, parse: Callable[[str], T]) -> T:
        text = secret(name, self.environment) or default
        try:
            return parse(text)
        except (ValueError, OSError, ZoneInfoNotFoundError) as error:
            self.faults.append(f"{name}={'…' if name in SECRETS else repr(text)}: {error}")
            return parse(default)


def sign_in(system: str, environment: Mapping[str, str] | None = None) -> SignIn:
    """Return the address of a target system and the login, from ``KEYWRIGHT_<SYSTEM>_URL``, ``_USER``, ``_PASSWORD``.

    The password can be in a file that ``…_PASSWORD_FILE`` names. Raises Stop if one of the three is missing.
    """
    source = os.environ if environment is None else environment
    stem = f"KEYWRIGHT_{system.upper().replace('-', '_')}"
    values = {part: secret(f"{stem}_{part}", source) for part in ("URL", "USER", "PASSWORD")}
    missing = [f"{stem}_{part}" for part, value in values.items() if not value]
    if missing:
        raise Stop(
            f"To sign in to {system}, set {', '.join(missing)} (a password can be in the file {stem}_PASSWORD_FILE)."
        )
    return SignIn(values["URL"], values["USER"], values["PASSWORD"])


def other_sign_ins(system: str, environment: Mapping[str, str] | None = None) -> tuple[SignIn, ...]:
    """Return further logins at a target system, from ``KEYWRIGHT_<SYSTEM>_USER_2``, ``_PASSWORD_2``, ``_USER_3`` …

    Each opens its own lane. Raises Stop for a login without a password, or a login that two lanes share.
    """
    source = os.environ if environment is None else environment
    stem, number, logins = f"KEYWRIGHT_{system.upper().replace('-', '_')}", 2, []
    while user := secret(f"{stem}_USER_{number}", source):
        password = secret(f"{stem}_PASSWORD_{number}", source)
        if not password:
            raise Stop(f"{stem}_USER_{number} is set and {stem}_PASSWORD_{number} is not. Set it, or unset the user.")
        logins.append(SignIn(secret(f"{stem}_URL", source), user, password))
        number += 1
    users = [secret(f"{stem}_USER", source), *(login.user for login in logins)]
    if len(set(users)) < len(users):
        raise Stop(f"{stem}_USER, _USER_2 …: each lane needs a login of its own, and {users} names one twice.")
    return tuple(logins)


def secret(name: str, environment: Mapping[str, str]) -> str:
    """Return a setting, or the content of the file that ``NAME_FILE`` names, or ``""``."""
    if file := environment.get(f"{name}_FILE"):
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise Stop(f"{name}_FILE={file!r} cannot be read: {error.strerror}.") from error
    return environment.get(name, "")
