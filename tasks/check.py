"""Checks what was extracted, and gives the verdict: key it, or ask a person; and draws the quality sample."""

from __future__ import annotations

from collections.abc import Iterable

from keywright import casebook, samples
from keywright.bot import AnyBot
from keywright.cases import Case
from keywright.checks import Circumstances, Verdict, weigh
from keywright.fields import Extraction
from keywright.findings import Finding
from keywright.office import Office
from tasks.refer import draw


def check(extraction: Extraction, bot: AnyBot, now: Circumstances, settled: Iterable[Finding] = ()) -> Verdict:
    """Return the verdict of all the bot's checks, but for what a person has settled."""
    return weigh(extraction, bot.checks, now, settled)


def sample(case: Case, bot: AnyBot, office: Office) -> tuple[str, ...]:
    """Return the fields of which a person is asked what is printed, if this case is drawn for that; () for most.

    The pages are drawn for it; a document whose pages cannot be drawn is shown to nobody.
    """
    if not (asked := samples.drawn(case, bot)):
        return ()
    draw(case, office)
    return asked if casebook.has_pictures(case) else ()
