"""The account and cost centre of each line on a review page, with the evidence for what is proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from keywright.coding.earlier_lines import proposals
from keywright.coding.proposals import CodingProposal
from keywright.model.fields import InvoiceLine
from keywright.model.vendor import Payee
from keywright.review.line_edits import TypedLine


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row of the grid: the texts of its cells, and what its account is proposed by ("" if by nothing)."""

    place: int
    typed: Mapping[str, str]
    evidence: str = ""


def grid_rows(
    typed: Sequence[TypedLine] | None, lines: Sequence[InvoiceLine], payee: Payee | None
) -> list[GridRow] | None:
    """Return the rows of the grid, or None if there is no grid; a row that was added has no evidence."""
    if typed is None:
        return None
    evidence = dict(enumerate(map(_in_words, proposals(lines, payee))))
    return [GridRow(line.place, line.typed, evidence.get(line.place, "")) for line in typed]


def _in_words(proposal: CodingProposal | None) -> str:
    if proposal is None:
        return ""
    booked = " / ".join(filter(None, (proposal.coding.account, proposal.coding.cost_centre))) or _("usual account")
    values = {"agreeing": proposal.agreeing, "considered": proposal.considered, "booked": booked}
    if proposal.alike:
        return _("%(booked)s on %(agreeing)d of %(considered)d earlier lines like this one") % values
    return _("%(booked)s on %(agreeing)d of %(considered)d earlier lines of this vendor") % values
