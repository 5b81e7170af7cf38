"""The vendors on file, and whom of them a document's seller is: by tax number, bank account, then name and address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rapidfuzz import fuzz, process

from keywright.model.values.bank_accounts import PrintedAccount
from keywright.model.values.company_names import bare_company, postal_code
from keywright.model.vendor import Match, Seller, Vendor, tax_key

# Likeness of two names, 0-100, legal forms aside (rapidfuzz's weighted ratio of the bare names).
ALIKE = 90.0  #: so like that, at the same postal code, the two are one vendor
OFFERED = 40.0  #: like enough to be offered to a person
UNLIKE = 60.0  #: so unlike that the name speaks against a vendor whom a number names
NEAREST = 3  #: as many are offered


def match(seller: Seller, vendors: Sequence[Vendor]) -> Match:
    """Return whom of the vendors a seller is; exact evidence first, each kind narrowed by the kinds after it.

    1. Ask each kind of evidence whom it names: tax number, bank account, name, name and address.
    2. The first that names anybody decides; where it names several, the later ones choose among them.
    3. Later evidence that names somebody else is told.
    """
    named = [(kind, asks(seller, vendors)) for kind, asks in EVIDENCE]
    speaking = [(kind, found) for kind, found in named if found]
    if not speaking:
        return Match(seller, nearest=_nearest(seller.name, vendors))
    (kind, candidates), *rest = speaking
    for _, others in rest:
        candidates = [one for one in candidates if one in others] or candidates
    candidates = [one for one in candidates if one.active] or candidates
    if len(candidates) > 1:
        return Match(seller, by=kind, several=tuple(candidates[:NEAREST]))
    (vendor,) = candidates
    against = tuple((other, found[0]) for other, found in rest if vendor not in found)
    return Match(seller, vendor, kind, against)


def _by_tax_number(seller: Seller, vendors: Iterable[Vendor]) -> list[Vendor]:
    key = tax_key(seller.tax_number)
    return [one for one in vendors if key in one.tax_keys] if key else []


def _by_bank_account(seller: Seller, vendors: Iterable[Vendor]) -> list[Vendor]:
    """Return who banks at this very account; a bare account number, without its bank, names nobody."""
    account = PrintedAccount(seller.bank_account)
    return [one for one in vendors if one.has_account(account)] if account.is_whole else []


def _by_name(seller: Seller, vendors: Iterable[Vendor]) -> list[Vendor]:
    name = bare_company(seller.name)
    return [one for one in vendors if name in one.bare_names] if name else []


def _by_name_and_address(seller: Seller, vendors: Iterable[Vendor]) -> list[Vendor]:
    """Return whose name is much like the seller's at the same postal code."""
    code = postal_code(seller.address)
    near = [one for one in vendors if code and one.postal_code == code]
    return [one for one in near if likeness(seller.name, one) >= ALIKE]


EVIDENCE: tuple[tuple[str, Callable[[Seller, Sequence[Vendor]], list[Vendor]]], ...] = (
    ("tax number", _by_tax_number),
    ("bank account", _by_bank_account),
    ("name", _by_name),
    ("name and postal code", _by_name_and_address),
)
"""What tells who a seller is, the surest first."""


def likeness(name: str, vendor: Vendor) -> float:
    """Return how like a name is to a vendor's likest, 0-100; legal forms, accents, case and punctuation aside."""
    bare = bare_company(name)
    return max((fuzz.WRatio(bare, own) for own in vendor.bare_names), default=0.0) if bare else 0.0


def speaks_against(name: str, vendor: Vendor) -> bool:
    """Return True if a name is nothing like any of the vendor's."""
    return bool(bare_company(name)) and likeness(name, vendor) < UNLIKE


def _nearest(name: str, vendors: Sequence[Vendor]) -> tuple[Vendor, ...]:
    """Return the active vendors whose names come nearest, the nearest first."""
    spelled = [(bare, one) for one in vendors if one.active for bare in one.bare_names]
    bares = [bare for bare, _ in spelled]
    found: list[Any] = process.extract(
        bare_company(name), bares, scorer=fuzz.WRatio, limit=3 * NEAREST, score_cutoff=OFFERED
    )
    return tuple({spelled[place][1].number: spelled[place][1] for _, _, place in found}.values())[:NEAREST]
