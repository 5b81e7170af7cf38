"""Checks the extracted values, and gives the verdict: key the case, or refer it to a person."""

from __future__ import annotations

from collections.abc import Iterable

from keywright.bot import AnyBot
from keywright.findings import Finding
from keywright.model.checks import Circumstances, Verdict, weigh
from keywright.model.fields import Extraction


def check(
    extraction: Extraction, bot: AnyBot, circumstances: Circumstances, settled: Iterable[Finding] = ()
) -> Verdict:
    """Return the verdict of all the bot's checks, without the findings that a person has settled."""
    return weigh(extraction, bot.checks, circumstances, settled)
