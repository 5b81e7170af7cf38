"""Whether a bill is this office's: its buyer bears one of the names under which the office receives invoices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from extractors.invoices.terms import InvoiceTerms
from keywright.checks import Circumstances
from keywright.fields import Extraction, bare
from keywright.findings import Finding, Kind
from keywright.settings import settings


def ours(buyer: str, names: Iterable[str]) -> bool:
    """Return whether a buyer's name holds one of the names, case, accents and blanks aside."""
    printed = bare(buyer)
    return any(bare(name) in printed for name in names if bare(name))


def addressed_to_us(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
    """Ask that the buyer is this office, where ``KEYWRIGHT_TOWN_NAMES`` tells its names; else only tell that none is
    named: many a small bill names nobody, and one whose buyer could not be read has a finding of its own."""
    names, buyer = settings().town_names, extraction.value(InvoiceTerms.buyer_name)
    if buyer is None:
        message = "No buyer was found, so that nobody knows whether the bill is ours. Look on the page, and type it in."
        yield Finding("no-buyer", message, ("buyer_name",), Kind.READING, asks=bool(names))
    if names and buyer and not ours(buyer, names):
        yield Finding(
            "not-ours",
            f"The bill is made out to {buyer!r}; this office is {' or '.join(names)}. "
            "Compare the buyer with the page, and send the bill on if it is not ours.",
            ("buyer_name",),
        )
