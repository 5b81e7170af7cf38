"""Reads the text of a single setting: a number, a time, an address, a list. Each raises ValueError for another text."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path


def folder(text: str) -> Path:
    """Return a folder, created if it does not exist."""
    path = Path(text).expanduser().absolute()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(path, os.W_OK):
        raise ValueError("this folder cannot be written")
    return path


def database(text: str) -> str:
    """Return the URL of a SQLite or PostgreSQL database."""
    if not text.startswith(("sqlite:///", "postgresql://")):
        raise ValueError("expected sqlite:///PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME")
    return text


def long_key(text: str) -> str:
    """Return a secret key of at least 32 characters."""
    if len(text) < 32:
        raise ValueError("a key needs at least 32 characters")
    return text


def signing_key(text: str) -> str:
    """Return a private key in PEM, or ""."""
    if text and not (text.startswith("-----BEGIN") and "PRIVATE KEY" in text):
        raise ValueError("expected a private key in PEM, as `openssl genpkey -algorithm ed25519` makes it")
    return text


def one_of(*words: str) -> Callable[[str], str]:
    """Return a function that accepts only these words."""

    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"expected one of {', '.join(words)}")
        return text

    return parse


def yes_or_no(text: str) -> bool:
    """Return True for yes, False for no."""
    return one_of("yes", "no")(text) == "yes"


def listed(text: str) -> tuple[str, ...]:
    """Return the parts of a text with commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def names(text: str) -> frozenset[str]:
    """Return the names in a text with commas."""
    return frozenset(listed(text))


def phrases(text: str) -> tuple[str, ...]:
    """Return the parts of a text with semicolons."""
    return tuple(" ".join(name.split()) for name in text.split(";") if name.strip())


def pairs(text: str) -> Mapping[str, str]:
    """Return names by names, from ``AP clerks=clerk; AP managers=supervisor``."""
    by_name: dict[str, str] = {}
    for pair in filter(None, map(str.strip, text.split(";"))):
        name_there, _, name_here = (part.strip() for part in pair.rpartition("="))
        if not name_there or not name_here:
            raise ValueError(f"expected NAME THERE=GROUP HERE with semicolons, and {pair!r} is none")
        by_name[name_there] = name_here
    return by_name


def count(text: str) -> int:
    """Return a whole number above zero."""
    number = int(text)
    if number < 1:
        raise ValueError("expected a whole number above zero")
    return number


def whole(least: int, most: int) -> Callable[[str], int]:
    """Return a function that accepts whole numbers in this range."""

    def parse(text: str) -> int:
        number = int(text)
        if not least <= number <= most:
            raise ValueError(f"expected a whole number from {least} to {most}")
        return number

    return parse


def counts(text: str) -> Mapping[str, int]:
    """Return whole numbers by name, from ``2, supplier-invoices=3``; the one without a name is for all others."""
    by_name: dict[str, int] = {}
    for part in listed(text):
        name, _, number = part.rpartition("=")
        by_name[name.strip()] = whole(0, 12)(number)
    if "" not in by_name:
        raise ValueError("expected a number for all bots, and then BOT=NUMBER with commas, such as 2, permits=3")
    return by_name


port = whole(1, 65_535)


def megabytes(text: str) -> int:
    """Return the bytes of so many megabytes."""
    return count(text) * 1_000_000


def percent(text: str) -> float:
    """Return a number from 0 to 100."""
    number = float(text)
    if not 0 <= number <= 100:
        raise ValueError("expected per cent from 0 to 100")
    return number


def amount(text: str) -> Decimal:
    """Return an amount of money, zero included."""
    if not re.fullmatch(r"\d{1,9}(?:\.\d\d)?", text.strip()):
        raise ValueError("expected an amount like 5 or 5.00")
    return Decimal(text.strip())


def seconds(text: str) -> timedelta:
    """Return a time of whole seconds, one at least."""
    return timedelta(seconds=count(text))


def seconds_or_none(text: str) -> timedelta:
    """Return a time of whole seconds, zero included."""
    return timedelta() if text == "0" else seconds(text)


def minutes(text: str) -> timedelta:
    """Return a time of whole minutes, one at least."""
    return timedelta(minutes=count(text))


def hours(text: str) -> timedelta:
    """Return a time of whole hours, one at least."""
    return timedelta(hours=count(text))


def waits(text: str) -> tuple[float, ...]:
    """Return seconds, from a text with commas."""
    times = tuple(float(part) for part in listed(text))
    if not times or any(not 0 <= time <= 86_400 for time in times):
        raise ValueError("expected seconds with commas, each up to a day, such as 2,4,15,60")
    return times


def secure_address(text: str) -> str:
    """Return an address with https, or one on this machine, without a slash at its end; or ""."""
    if text and not text.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise ValueError("expected an address with https://")
    return text.rstrip("/")


def web_address(text: str) -> str:
    """Return the address of a web page without a slash at its end, or ""."""
    if text and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", text):
        raise ValueError("expected where a browser finds the console, such as https://keywright.town.example")
    return text.rstrip("/")


def mail_address(text: str) -> str:
    """Return an e-mail address, or ""."""
    if text and not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", text):
        raise ValueError("expected one address, such as keywright@town.example")
    return text


def limits(text: str) -> dict[str, dict[str, Decimal]]:
    """Return amounts by bot and currency, from ``supplier-invoices=10000 CAD, supplier-invoices=7500 USD``."""
    by_bot: dict[str, dict[str, Decimal]] = {}
    for part in listed(text):
        limit = re.fullmatch(r"([\w-]+) *= *(\d+(?:\.\d\d)?) +([A-Z]{3})", part)
        if not limit:
            raise ValueError(f"{part!r} is no limit; expected BOT=AMOUNT CURRENCY, as in supplier-invoices=10000 CAD")
        by_bot.setdefault(limit[1], {})[limit[3]] = Decimal(limit[2])
    return by_bot
