"""Keeps what people booked lines on, and codes new lines by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from keywright.coding.proposals import Coding, CodingProposal, EarlierLine, proposal_for
from keywright.database.coding import LineCoding
from keywright.model.case import State
from keywright.model.fields import Extraction, InvoiceLine
from keywright.model.vendor import Payee

LOOKED_AT = 300
"""So many of a vendor's latest lines count; an office changes its accounts over the years."""


def earlier_lines(vendor: str) -> list[EarlierLine]:
    """Return the latest lines of a vendor that people confirmed, without those of undone decisions."""
    rows = LineCoding.objects.filter(vendor=vendor).exclude(case__state=State.REFERRED.value).order_by("-pk")
    values = rows.values_list("description", "account", "cost_centre")[:LOOKED_AT]
    return [EarlierLine(description, Coding(account, centre)) for description, account, centre in values]


def proposals(lines: Sequence[InvoiceLine], payee: Payee | None) -> list[CodingProposal | None]:
    """Return a proposal for each line, where the vendor's earlier lines agree on one."""
    earlier = earlier_lines(payee.number) if payee and lines else []
    return [proposal_for(line.description, earlier) for line in lines]


def coded(extraction: Extraction, payee: Payee | None) -> Extraction:
    """Return the extraction with account and cost centre on the lines that have none and for which one is proposed."""
    pairs = zip(extraction.lines, proposals(extraction.lines, payee), strict=True)
    return replace(extraction, lines=tuple(_coded(line, proposal) for line, proposal in pairs))


def _coded(line: InvoiceLine, proposal: CodingProposal | None) -> InvoiceLine:
    if proposal is None or line.account or line.cost_centre:
        return line
    return replace(line, account=proposal.coding.account, cost_centre=proposal.coding.cost_centre)


def keep(case: int, lines: Sequence[InvoiceLine], payee: Payee | None) -> None:
    """Keep what a person confirmed the lines of a case on, in place of an earlier decision on it."""
    LineCoding.objects.filter(case=case).delete()
    if payee is not None:
        LineCoding.objects.bulk_create(
            LineCoding(
                case_id=case,
                vendor=payee.number,
                description=line.description,
                account=line.account,
                cost_centre=line.cost_centre,
            )
            for line in lines
            if line.description
        )
