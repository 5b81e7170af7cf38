"""Checks whether a bill is this office's: its buyer has one of the names under which the office receives invoices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from extractors.supplier_invoice.terms import InvoiceTerms
from keywright.findings import Finding, Kind
from keywright.messages import Message
from keywright.model.checks import Circumstances
from keywright.model.fields import Extraction, bare
from keywright.settings.settings import settings

#: The names in a process that does not know the settings; None in a process that does.
_names: ContextVar[tuple[str, ...] | None] = ContextVar("names of this office", default=None)


def names_of_this_office() -> tuple[str, ...]:
    """Return the names under which this office receives invoices (``KEYWRIGHT_TOWN_NAMES``)."""
    names = _names.get()
    return settings().town_names if names is None else names


@contextmanager
def using_names(names: Iterable[str]) -> Iterator[None]:
    """Use these names in a process that does not know the settings."""
    token = _names.set(tuple(names))
    try:
        yield
    finally:
        _names.reset(token)


def is_this_office(buyer: str, names: Iterable[str]) -> bool:
    """Return whether a buyer's name contains one of the names, ignoring case, accents and spaces."""
    printed = bare(buyer)
    return any(bare(name) in printed for name in names if bare(name))


def addressed_to_us(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
    """Find a bill whose buyer is another office, if ``KEYWRIGHT_TOWN_NAMES`` gives this office's names.

    Without those names, a missing buyer is only reported: many small bills name none, and a buyer that could not be
    read has a finding of its own.
    """
    names, buyer = names_of_this_office(), extraction.value(InvoiceTerms.buyer_name)
    if buyer is None:
        message = Message("No buyer found. The bill may not be ours. Look on the page, and type the buyer in.")
        yield Finding("no-buyer", message, ("buyer_name",), Kind.READING, asks=bool(names))
    if names and buyer and not is_this_office(buyer, names):
        yield Finding(
            "not-ours",
            Message(
                "Addressed to somebody else. The bill is made out to “{buyer}”; this office is {names}. Compare the "
                "buyer with the page, and send the bill on if it is not ours.",
                buyer=buyer,
                names=tuple(names),
            ),
            ("buyer_name",),
        )
