"""The words beside and around a document's totals, by which a new kind of row among them is noticed."""

from __future__ import annotations

from collections.abc import Mapping

from keywright.model.layout import LayoutFields, alike
from keywright.profiles.finding_values import Finder
from keywright.profiles.prints import PrintToken
from keywright.profiles.runs import ValueRun

ABOVE, BELOW = 110.0, 60.0  # points from the lowest total that belong to the block
SAME_ROW = 4.0
SHORTEST = 3


def total_rows(finder: Finder, values: Mapping[str, str], fields: LayoutFields) -> list[ValueRun]:
    """Return the amounts in the block of the totals, which is around the amounts that the document's fields have."""
    wanted = [values[spec.name].removeprefix("-") for spec in fields.amounts if spec.name in values]
    amounts = finder.runs.amounts
    own = [run for run in amounts if any(alike(value, run.value) for value in wanted)]
    if not own:
        return []
    page = max(run.box.page for run in own)
    tops = [run.box.top for run in own if run.box.page == page]
    low = max(tops)
    high = min(top for top in tops if top > low - ABOVE)
    return [run for run in amounts if run.box.page == page and high - SAME_ROW <= run.box.top <= low + BELOW]


def words_beside(run: ValueRun) -> set[str]:
    """Return the words in the row of an amount, without numbers and short words."""
    page = run.paper.on_page[run.box.page]
    return {token.label for token in page if _beside(token, run) and len(token.label) >= SHORTEST}


def words_beside_totals(finder: Finder, values: Mapping[str, str], fields: LayoutFields) -> set[str]:
    """Return the words in the rows of the totals."""
    return {word for run in total_rows(finder, values, fields) for word in words_beside(run)}


def _beside(token: PrintToken, run: ValueRun) -> bool:
    return abs(token.box.top - run.box.top) < SAME_ROW
