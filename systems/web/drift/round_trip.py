"""Tries a system's way with values in its own form, without posting: what is written must come back the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from keywright.errors import KeywrightError, Refer
from systems.web.screen.screen import Screen
from systems.web.screen.targets import Place

TEXTS = ("007", 'O\'Neil & Sons "3½" <b>', "Église Côté — €5, 100 %_x", "a;b\\c + d=e?")
DATES = (dt.date(2026, 12, 31), dt.date(2026, 2, 11), dt.date(2028, 2, 29), dt.date(2026, 10, 1))
AMOUNTS = (Decimal("0.07"), Decimal("1234.56"), Decimal("1000000.00"), Decimal("10.10"))
TICKS = (True, False, True, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How a form is tried: how it is opened, where values of each type go, and what shows what the system made of them.

    ``settle`` presses what posts nothing, as Update or Preview do; without it only the controls are tried.
    """

    open: Callable[[], Screen]
    settle: Callable[[Screen], None] | None = None
    texts: tuple[Place, ...] = ()
    dates: tuple[Place, ...] = ()
    amounts: tuple[Place, ...] = ()
    ticks: tuple[Place, ...] = ()


def faults_of_trial(trial: Trial) -> Iterator[str]:
    """Write tricky values, read them back, also after the system has processed them; yield what came back changed."""
    for text, date, amount, tick in zip(TEXTS, DATES, AMOUNTS, TICKS, strict=True):
        try:
            screen = trial.open()
            _fill(screen, trial, text, date, amount, tick)
            screen.confirm()
        except Refer as refused:
            yield f"A value cannot be written: {refused}"
            continue
        if trial.settle is None:
            continue
        try:
            trial.settle(screen)
            screen.confirm()
        except KeywrightError as changed:
            yield f"With {text!r}, {date}, {amount}: {changed}"


def _fill(screen: Screen, trial: Trial, text: str, date: dt.date, amount: Decimal, tick: bool) -> None:
    for place in trial.texts:
        screen.text(place, text)
    for place in trial.dates:
        screen.date(place, date)
    for place in trial.amounts:
        screen.amount(place, amount)
    for place in trial.ticks:
        screen.checkbox(place, tick)
