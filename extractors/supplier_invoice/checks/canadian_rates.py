"""Canada's sales taxes by date: the rates that were in force on a day."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

GRACE = dt.timedelta(days=366)
"""How long after a change work from before it can be billed at the old rate."""


@dataclass(frozen=True, slots=True)
class TaxRate:
    """One tax at one rate, in per cent, between two days (both included); the GST has no provinces of its own."""

    tax: str
    percent: Decimal
    start: dt.date
    end: dt.date
    provinces: tuple[str, ...] = ()


@cache
def rates() -> tuple[TaxRate, ...]:
    """Return the whole table."""
    text = Path(__file__).with_name("canada.toml").read_text(encoding="utf-8")
    return tuple(
        TaxRate(
            row["tax"],
            Decimal(row["percent"]),
            row["from"],
            row.get("until", dt.date.max),
            tuple(row.get("provinces", ())),
        )
        for row in tomllib.loads(text)["rates"]
    )


def in_force(day: dt.date) -> tuple[TaxRate, ...]:
    """Return the rates that a bill of this day can charge: the rates of the day, and recently ended ones."""
    return tuple(rate for rate in rates() if rate.start <= day and day - GRACE <= rate.end)


def printable(day: dt.date) -> frozenset[Decimal]:
    """Return every per cent that a bill of this day can print: each tax, the GST with a province's, HST parts."""
    in_force_rates = in_force(day)
    federal = _percents(in_force_rates, "GST")
    harmonized, provincial = _percents(in_force_rates, "HST"), _percents(in_force_rates, "QST", "PST")
    parts = {whole - part for whole in harmonized for part in federal}
    together = {own + part for own in provincial for part in federal}
    return frozenset({*federal, *harmonized, *provincial, *parts, *together, *_percents(in_force_rates, "premiums")})


def _percents(tax_rates: Iterable[TaxRate], *taxes: str) -> set[Decimal]:
    return {rate.percent for rate in tax_rates if rate.tax in taxes}


def is_printable(percent: Decimal, day: dt.date) -> bool:
    """Return True if a bill of this day can print this per cent, rounded to the decimals that it prints."""
    return any(rate == percent or rate.quantize(percent) == percent for rate in printable(day))


def in_words(day: dt.date) -> str:
    """Return the taxes of a day for a clerk: ``GST 5 %; HST 13 or 15 %; …``."""
    today = [rate for rate in rates() if rate.start <= day <= rate.end]
    percents_of_taxes = ((tax, sorted(_percents(today, tax))) for tax in ("GST", "HST", "QST", "PST"))
    return "; ".join(f"{tax} {' or '.join(map(str, percents))} %" for tax, percents in percents_of_taxes if percents)
