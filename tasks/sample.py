"""Draws a checked case for the quality sample: a person types what is printed in some of its fields."""

from __future__ import annotations

from keywright.bot import AnyBot
from keywright.cases import casebook
from keywright.cases.worker import Office
from keywright.model.case import Case
from keywright.quality import sampling
from tasks.refer import draw


def sample(case: Case, bot: AnyBot, office: Office) -> tuple[str, ...]:
    """Return the fields that a person types from the page if this case is drawn for the sample; () for most cases.

    The pages are drawn for it; a document whose pages cannot be drawn is left out of the sample.
    """
    if not (fields := sampling.drawn(case, bot)):
        return ()
    draw(case, office)
    return fields if casebook.has_pictures(case) else ()
