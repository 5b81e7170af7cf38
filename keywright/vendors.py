"""The vendors on file, and whom of them a document's seller is: by tax number, bank account, then name and address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rapidfuzz import fuzz, process

from keywright.bank_accounts import ACCOUNTS_APART, PrintedAccount, account_key
from keywright.fields import Extraction, FieldSpec
from keywright.vendor_names import bare_company, postal_code

# Likeness of two names, 0-100, legal forms aside (rapidfuzz's weighted ratio of the bare names).
ALIKE = 90.0  #: so like that, at the same postal code, the two are one vendor
OFFERED = 40.0  #: like enough to be offered to a person
UNLIKE = 60.0  #: so unlike that the name speaks against a vendor whom a number names
NEAREST = 3  #: as many are offered


@dataclass(frozen=True, slots=True)
class Payee:
    """The vendor to whom a checked document is booked: number and name in the target system, and an expense account."""

    number: str
    name: str
    expense_account: str = ""


@dataclass(frozen=True)
class Vendor:
    """One vendor of the vendor master, as the target system numbers it; ``expense_account`` is "" if none is set.

    ``address`` is all that is known of it, on one line. One that is not ``active`` must not be paid.
    """

    number: str
    name: str
    other_names: tuple[str, ...] = ()
    tax_numbers: tuple[str, ...] = ()
    bank_accounts: tuple[str, ...] = ()
    address: str = ""
    expense_account: str = ""
    active: bool = True

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"

    @property
    def payee(self) -> Payee:
        """Return what is keyed of a vendor."""
        return Payee(self.number, self.name, self.expense_account)

    @cached_property
    def bare_names(self) -> tuple[str, ...]:
        """Return its names as they are compared."""
        return tuple(filter(None, map(bare_company, (self.name, *self.other_names))))

    @cached_property
    def tax_keys(self) -> tuple[str, ...]:
        """Return its tax numbers as they are compared."""
        return tuple(map(tax_key, self.tax_numbers))

    @cached_property
    def account_keys(self) -> tuple[str, ...]:
        """Return its bank accounts as they are compared."""
        return tuple(map(account_key, self.bank_accounts))

    @cached_property
    def postal_code(self) -> str:
        """Return the postal code of its address, or ""."""
        return postal_code(self.address)

    def bears(self, tax_number: str) -> bool:
        """Return True if a tax number is one of the vendor's."""
        return tax_key(tax_number) in self.tax_keys

    def banks_at(self, account: str) -> bool:
        """Return True if a bank account is one of the vendor's, however it is written."""
        return self.has_account(PrintedAccount(account))

    def has_account(self, account: PrintedAccount) -> bool:
        """Return True if this may be one of the vendor's accounts."""
        return any(account.may_be(own) for own in self.account_keys)


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """What people said about a bank account of a vendor: who put it on file, if anybody did, and whether it counts.

    ``not_by`` are those whose word is no second one for it.
    """

    key: str
    confirmed: bool
    put_by: str = ""
    not_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seller:
    """The seller as a document tells it; what it does not tell is ""."""

    name: str = ""
    tax_number: str = ""
    bank_account: str = ""
    address: str = ""
    other_accounts: tuple[str, ...] = ()

    @property
    def bank_accounts(self) -> tuple[str, ...]:
        """Return every account that the document prints for the seller."""
        return tuple(dict.fromkeys(filter(None, (self.bank_account, *self.other_accounts))))


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerFields:
    """Which fields of a document type tell of the seller."""

    name: FieldSpec[str]
    tax_number: FieldSpec[str]
    bank_account: FieldSpec[str]
    address: FieldSpec[str]
    other_accounts: FieldSpec[str] | None = None

    def of(self, extraction: Extraction) -> Seller:
        """Return the seller as a document tells it."""

        def told(spec: FieldSpec[str] | None) -> str:
            return (extraction.value(spec) or "") if spec else ""

        others = tuple(filter(None, map(str.strip, told(self.other_accounts).split(ACCOUNTS_APART.strip()))))
        return Seller(told(self.name), told(self.tax_number), told(self.bank_account), told(self.address), others)

    def naming(self, account: str, seller: Seller) -> tuple[str, ...]:
        """Return the name of the field that prints an account."""
        spec = self.bank_account if account == seller.bank_account else self.other_accounts or self.bank_account
        return (spec.name,)


@dataclass(frozen=True, slots=True)
class Match:
    """Whom the vendor master takes a seller for.

    ``vendor`` is the one that the best evidence names, ``by`` that evidence in words. ``against`` has each other vendor
    that weaker evidence names, with that evidence. ``several`` are vendors that the evidence cannot tell apart; then,
    as for a stranger, ``vendor`` is None. ``nearest`` are those whose names come nearest to a stranger's.
    """

    seller: Seller
    vendor: Vendor | None = None
    by: str = ""
    against: tuple[tuple[str, Vendor], ...] = ()
    several: tuple[Vendor, ...] = ()
    nearest: tuple[Vendor, ...] = ()


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


def tax_key(number: str) -> str:
    """Return a tax number as it is compared: of a Canadian program account only the nine digits of the business."""
    bare = re.sub(r"[^0-9A-Z]", "", number.upper())
    program = re.fullmatch(r"(?:CA)?(\d{9})(?:R[CMPTZ]\d{4})?", bare)
    return program[1] if program else bare
