"""Matches a document's seller to a vendor on file: by tax number, bank account, then name and address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rapidfuzz import fuzz, process

from keywright.model.values.bank_accounts import PrintedAccount
from keywright.model.values.company_names import bare_company, postal_code
from keywright.model.vendor import Match, Seller, Vendor, VendorEvidence, tax_key

# Likeness of two names, 0-100, legal forms aside (rapidfuzz's weighted ratio of the bare names).
ALIKE = 90.0  #: from here on, and at the same postal code, two names are one vendor
OFFERED = 40.0  #: from here on a vendor is offered while a person types
SIMILAR = 60.0  #: from here on a finding calls a name similar
UNLIKE = 60.0  #: below this the name contradicts a vendor that a number names
NEAREST = 3  #: a finding names so many


def match(seller: Seller, vendors: Sequence[Vendor]) -> Match:
    """Return the match of a seller; exact evidence first, each kind narrowed by the kinds after it.

    1. Look up the vendors that each kind of evidence names: tax number, bank account, name, name and address.
    2. The first kind that names any vendor decides; if it names several, the later kinds choose among them.
    3. Later evidence for another vendor is reported in ``against``.
    """
    by_kind = [(kind, asks(seller, vendors)) for kind, asks in EVIDENCE]
    speaking = [(kind, vendors_named) for kind, vendors_named in by_kind if vendors_named]
    if not speaking:
        return Match(seller, nearest=_nearest(seller.name, vendors))
    (kind, candidates), *rest = speaking
    for _, supported in rest:
        candidates = [vendor for vendor in candidates if vendor in supported] or candidates
    candidates = [vendor for vendor in candidates if vendor.active] or candidates
    if len(candidates) > 1:
        return Match(seller, by=kind, several=tuple(candidates[:NEAREST]))
    (vendor,) = candidates
    against = tuple(
        (kind_against, vendors_named[0]) for kind_against, vendors_named in rest if vendor not in vendors_named
    )
    return Match(seller, vendor, kind, against)


def _by_tax_number(seller: Seller, vendors: Iterable[Vendor]) -> list[Vendor]:
    key = tax_key(seller.tax_number)
    return [vendor for vendor in vendors if key in vendor.tax_keys] if key else []


def _by_bank_account(seller: Seller, vendors: Iterable[Vendor]) -> list[Vendor]:
    """Return the vendors with this very account; an account number without its bank names none."""
    account = PrintedAccount(seller.bank_account)
    return [vendor for vendor in vendors if vendor.has_account(account)] if account.is_whole else []


def _by_name(seller: Seller, vendors: Iterable[Vendor]) -> list[Vendor]:
    name = bare_company(seller.name)
    return [vendor for vendor in vendors if name in vendor.bare_names] if name else []


def _by_name_and_address(seller: Seller, vendors: Iterable[Vendor]) -> list[Vendor]:
    """Return the vendors with a similar name at the same postal code."""
    code = postal_code(seller.address)
    near = [vendor for vendor in vendors if code and vendor.postal_code == code]
    return [vendor for vendor in near if likeness(seller.name, vendor) >= ALIKE]


EVIDENCE: tuple[tuple[VendorEvidence, Callable[[Seller, Sequence[Vendor]], list[Vendor]]], ...] = (
    (VendorEvidence.TAX_NUMBER, _by_tax_number),
    (VendorEvidence.BANK_ACCOUNT, _by_bank_account),
    (VendorEvidence.NAME, _by_name),
    (VendorEvidence.NAME_AND_ADDRESS, _by_name_and_address),
)
"""The kinds of evidence for a vendor, the most reliable first."""


def likeness(name: str, vendor: Vendor) -> float:
    """Return the likeness of a name to the vendor's most similar one, 0-100, without legal forms, accents and case."""
    bare = bare_company(name)
    return max((fuzz.WRatio(bare, own) for own in vendor.bare_names), default=0.0) if bare else 0.0


def speaks_against(name: str, vendor: Vendor) -> bool:
    """Return True if a name is unlike all names of the vendor."""
    return bool(bare_company(name)) and likeness(name, vendor) < UNLIKE


def _nearest(name: str, vendors: Sequence[Vendor]) -> tuple[Vendor, ...]:
    """Return the active vendors with the most similar names, the most similar first."""
    spelled = [(bare, vendor) for vendor in vendors if vendor.active for bare in vendor.bare_names]
    bares = [bare for bare, _ in spelled]
    nearest: list[Any] = process.extract(
        bare_company(name), bares, scorer=fuzz.WRatio, limit=3 * NEAREST, score_cutoff=SIMILAR
    )
    return tuple({spelled[place][1].number: spelled[place][1] for _, _, place in nearest}.values())[:NEAREST]
