"""A vendor on file, the seller that a document names, and which vendor the one is matched to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from keywright.model.fields import Extraction, FieldSpec
from keywright.model.values.bank_accounts import ACCOUNTS_APART, PrintedAccount, account_key
from keywright.model.values.company_names import bare_company, postal_code


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


def tax_key(number: str) -> str:
    """Return a tax number as it is compared: of a Canadian program account only the nine digits of the business."""
    bare = re.sub(r"[^0-9A-Z]", "", number.upper())
    program = re.fullmatch(r"(?:CA)?(\d{9})(?:R[CMPTZ]\d{4})?", bare)
    return program[1] if program else bare
