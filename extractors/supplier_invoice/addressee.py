"""Whether a bill is this office's: its buyer bears one of the names under which the office receives invoices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from extractors.supplier_invoice.terms import InvoiceTerms
from keywright.findings import Finding, Kind
from keywright.model.checks import Circumstances
from keywright.model.fields import Extraction, bare
from keywright.settings.settings import settings

#: The names as the process was told that knows the settings; None in that process itself.
_told: ContextVar[tuple[str, ...] | None] = ContextVar("names of this office", default=None)


def names_of_this_office() -> tuple[str, ...]:
    """Return the names under which this office receives invoices (``KEYWRIGHT_TOWN_NAMES``)."""
    told = _told.get()
    return settings().town_names if told is None else told


@contextmanager
def told_names(names: Iterable[str]) -> Iterator[None]:
    """Go by these names in a process that knows no settings."""
    token = _told.set(tuple(names))
    try:
        yield
    finally:
        _told.reset(token)


def ours(buyer: str, names: Iterable[str]) -> bool:
    """Return whether a buyer's name holds one of the names, case, accents and blanks aside."""
    printed = bare(buyer)
    return any(bare(name) in printed for name in names if bare(name))


def addressed_to_us(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
    """Ask that the buyer is this office, where ``KEYWRIGHT_TOWN_NAMES`` tells its names; else only tell that none is
    named: many a small bill names nobody, and one whose buyer could not be read has a finding of its own."""
    names, buyer = names_of_this_office(), extraction.value(InvoiceTerms.buyer_name)
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
