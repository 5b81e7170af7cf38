"""Everything that the environment sets, checked at start, with all faults told at once."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from keywright.errors import Stop
from keywright.model.target_system import SignIn
from keywright.redaction import keep_secret

CHECKOUT = Path(__file__).resolve().parents[2]
T = TypeVar("T")
SECRETS = frozenset(
    {"KEYWRIGHT_SECRET_KEY", "KEYWRIGHT_LEDGER_KEY", "KEYWRIGHT_DATABASE_URL", "KEYWRIGHT_MAIL_PASSWORD"}
)
"""Settings whose text no message shows."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in, and by whom; ``host`` is "" where none is. ``security``: starttls, tls or none."""

    host: str
    port: int
    user: str
    password: str
    sender: str
    security: str


@dataclass(frozen=True, slots=True)
class Directory:
    """The town's own directory, where people may sign in by OpenID Connect; there is none while ``url`` is empty.

    ``groups`` has our group for each of the directory's that ``claim`` may name.
    """

    url: str
    client: str
    secret: str
    name: str
    claim: str
    groups: Mapping[str, str]


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
    second_looks: tuple[float, ...]
    undo_window: timedelta
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
    session_idle: timedelta
    session_longest: timedelta
    lockout_attempts: int
    lockout: timedelta
    second_factor_groups: frozenset[str]
    directory: Directory
    api_requests_a_minute: int
    api_largest: int
    due_times: str
    mail: MailServer
    console_url: str
    second_person_above: Mapping[str, Mapping[str, Decimal]]
    second_person_corrections: frozenset[str]
    sample_percent: float
    duplicate_days: int

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
    def words(self) -> Path:
        """Return the folder in which the words of documents are kept, for pages that show them."""
        return self.home / "words"

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
        second_looks=ask("KEYWRIGHT_SECOND_LOOKS_SECONDS", "3600,14400,86400", _waits),
        undo_window=ask("KEYWRIGHT_UNDO_WINDOW_SECONDS", "60", lambda s: timedelta() if s == "0" else _seconds(s)),
        failures_in_a_row=ask("KEYWRIGHT_FAILURES_IN_A_ROW", "5", _count),
        cases_a_browser=ask("KEYWRIGHT_CASES_A_BROWSER", "50", _count),
        hung_after=ask("KEYWRIGHT_HUNG_AFTER_SECONDS", "300", _seconds),
        wrong_fields_in_10000=ask("KEYWRIGHT_WRONG_FIELDS_IN_10000", "800", _whole(1, 10_000)),
        town_names=ask("KEYWRIGHT_TOWN_NAMES", "", _names),
        masked_fields=frozenset(ask("KEYWRIGHT_MASKED_FIELDS", "", _list)),
        ledger_key=ask("KEYWRIGHT_LEDGER_KEY", "", _signing_key),
        browser=environment.get("KEYWRIGHT_BROWSER", ""),
        console_port=ask("KEYWRIGHT_CONSOLE_PORT", "8765", _port),
        prefect_port=ask("KEYWRIGHT_PREFECT_PORT", "4200", _port),
        timetable=environment.get("KEYWRIGHT_TIMETABLE", ""),
        session_idle=ask("KEYWRIGHT_SESSION_IDLE_MINUTES", "60", _minutes),
        session_longest=ask("KEYWRIGHT_SESSION_HOURS", "10", _hours),
        lockout_attempts=ask("KEYWRIGHT_LOCKOUT_ATTEMPTS", "5", _count),
        lockout=ask("KEYWRIGHT_LOCKOUT_MINUTES", "15", _minutes),
        second_factor_groups=frozenset(ask("KEYWRIGHT_SECOND_FACTOR_GROUPS", "", _list)),
        directory=Directory(
            url=ask("KEYWRIGHT_OIDC_URL", "", _address),
            client=ask("KEYWRIGHT_OIDC_CLIENT", "", str),
            secret=ask("KEYWRIGHT_OIDC_SECRET", "", str),
            name=ask("KEYWRIGHT_OIDC_NAME", "", str),
            claim=ask("KEYWRIGHT_OIDC_GROUPS_CLAIM", "groups", str),
            groups=ask("KEYWRIGHT_OIDC_GROUPS", "", _pairs),
        ),
        api_requests_a_minute=ask("KEYWRIGHT_API_REQUESTS_A_MINUTE", "120", _count),
        api_largest=ask("KEYWRIGHT_API_LARGEST_MB", "50", _count) * 1_000_000,
        due_times=environment.get("KEYWRIGHT_DUE_TIMES", ""),
        mail=MailServer(
            host=ask("KEYWRIGHT_MAIL_HOST", "", str),
            port=ask("KEYWRIGHT_MAIL_PORT", "587", _port),
            user=ask("KEYWRIGHT_MAIL_USER", "", str),
            password=ask("KEYWRIGHT_MAIL_PASSWORD", "", str),
            sender=ask("KEYWRIGHT_MAIL_FROM", "", _mail_address),
            security=ask("KEYWRIGHT_MAIL_SECURITY", "starttls", _one_of("starttls", "tls", "none")),
        ),
        console_url=ask("KEYWRIGHT_CONSOLE_URL", "", _web_address),
        second_person_above=ask("KEYWRIGHT_SECOND_PERSON_ABOVE", "", _limits),
        second_person_corrections=frozenset(ask("KEYWRIGHT_SECOND_PERSON_CORRECTIONS", "", _list)),
        sample_percent=ask("KEYWRIGHT_SAMPLE_PERCENT", "0", _percent),
        duplicate_days=ask("KEYWRIGHT_DUPLICATE_DAYS", "14", _whole(0, 366)),
    )
    if answer.mail.host and not answer.mail.sender:
        faults.append("KEYWRIGHT_MAIL_HOST is set and KEYWRIGHT_MAIL_FROM is not: set the address that mail comes from")
    if answer.directory.url and not (answer.directory.client and answer.directory.secret):
        faults.append("KEYWRIGHT_OIDC_URL is set: set KEYWRIGHT_OIDC_CLIENT and KEYWRIGHT_OIDC_SECRET too.")
    password = urlsplit(answer.database_url).password or ""
    for known in (answer.secret_key, password, answer.ledger_key, answer.mail.password, answer.directory.secret):
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
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
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


def _minutes(text: str) -> timedelta:
    return timedelta(minutes=_count(text))


def _hours(text: str) -> timedelta:
    return timedelta(hours=_count(text))


def _address(text: str) -> str:
    if text and not text.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise ValueError("expected an address with https://")
    return text.rstrip("/")


def _pairs(text: str) -> Mapping[str, str]:
    pairs: dict[str, str] = {}
    for pair in filter(None, map(str.strip, text.split(";"))):
        theirs, _, ours = (part.strip() for part in pair.rpartition("="))
        if not theirs or not ours:
            raise ValueError(f"expected NAME THERE=GROUP HERE with semicolons, and {pair!r} is none")
        pairs[theirs] = ours
    return pairs


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


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        number = int(text)
        if not least <= number <= most:
            raise ValueError(f"expected a whole number from {least} to {most}")
        return number

    return parse


_port = _whole(1, 65_535)


def _percent(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 100:
        raise ValueError("expected per cent from 0 to 100")
    return number


def _mail_address(text: str) -> str:
    if text and not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", text):
        raise ValueError("expected one address, such as keywright@town.example")
    return text


def _web_address(text: str) -> str:
    if text and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", text):
        raise ValueError("expected where a browser finds the console, such as https://keywright.town.example")
    return text.rstrip("/")


def _limits(text: str) -> dict[str, dict[str, Decimal]]:
    """Return amounts by bot and currency, from ``supplier-invoices=10000 CAD, supplier-invoices=7500 USD``."""
    found: dict[str, dict[str, Decimal]] = {}
    for part in _list(text):
        limit = re.fullmatch(r"([\w-]+) *= *(\d+(?:\.\d\d)?) +([A-Z]{3})", part)
        if not limit:
            raise ValueError(f"{part!r} is no limit; expected BOT=AMOUNT CURRENCY, as in supplier-invoices=10000 CAD")
        found.setdefault(limit[1], {})[limit[3]] = Decimal(limit[2])
    return found


def _names(text: str) -> tuple[str, ...]:
    return tuple(" ".join(name.split()) for name in text.split(";") if name.strip())
