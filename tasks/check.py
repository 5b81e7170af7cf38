"""Checks what was extracted, and gives the verdict: key it, or ask a person."""

from __future__ import annotations

from collections.abc import Iterable

from keywright.bot import AnyBot
from keywright.findings import Finding
from keywright.model.checks import Circumstances, Verdict, weigh
from keywright.model.fields import Extraction


def check(extraction: Extraction, bot: AnyBot, now: Circumstances, settled: Iterable[Finding] = ()) -> Verdict:
    """Return the verdict of all the bot's checks, but for what a person has settled."""
    return weigh(extraction, bot.checks, now, settled)
