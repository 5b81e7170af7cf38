"""A case that was referred, corrected by a person and keyed, and one that was keyed without a word."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from keywright.bot import bot_named
from keywright.cases import casebook, keying_attempts
from keywright.cases.worker import Office
from keywright.model.case import Case, State
from keywright.model.target_system import Receipt, Shown
from keywright.review import review_queue
from keywright.settings.settings import settings
from tests.keywright.console.desk import BOT, PRINTED, UNSURE, office, pdf, pictures, referred

NUMBER = "AP-000017"


def corrected(case: Case, number: str = "BTG-2041") -> Case:
    """Let maria type the invoice number anew and accept nothing else."""
    bot = bot_named(BOT)
    assert case.extraction is not None
    corrected = review_queue.correct(case.extraction, {"invoice_number": number}, bot.reads.specs(), "maria")
    return review_queue.settle(case, corrected, [], (), person="maria")


def keyed(name: str = "gravel.pdf", place: Office | None = None) -> Case:
    """Return a case that a person corrected and that was keyed as ``AP-000017``."""
    here = place or office()
    case = corrected(referred(name, [UNSURE]))
    case = casebook.move(case, State.CHECKED, "case-checked", actor=here.worker)
    with keying_attempts.holding(case, "town-hall-payables", f"gravel | {name}", timedelta(seconds=60)) as hold:
        case = here.intend(case, hold)
        return here.close(case, record(case), hold)


def record(case: Case) -> Receipt:
    """Return the receipt of a record that shows what was printed, in the town hall's own format."""
    assert case.extraction is not None
    values = tuple(
        Shown(field.name, str(field.value), _shown(field.value), _shown(field.value))
        for field in case.extraction.fields.values()
    )
    further = (Shown("department", "", "Roads"), Shown("lines[1].net_amount", "900.00", "900.00"))
    return Receipt("town-hall-payables", NUMBER, values + further, pictures(pdf(2))[1].png, dt.datetime.now(dt.UTC))


def _shown(value: object) -> str:
    return value.strftime("%m-%d-%Y") if isinstance(value, dt.date) else str(value)


@contextmanager
def masking_fields(names: str) -> Iterator[None]:
    """Set KEYWRIGHT_MASKED_FIELDS as IT would, and take it back."""
    os.environ["KEYWRIGHT_MASKED_FIELDS"] = names
    settings.cache_clear()
    try:
        yield
    finally:
        del os.environ["KEYWRIGHT_MASKED_FIELDS"]
        settings.cache_clear()


__all__ = ["BOT", "NUMBER", "PRINTED", "corrected", "keyed", "masking_fields", "record"]
