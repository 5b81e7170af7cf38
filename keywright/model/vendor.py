"""A vendor on file, the seller that a document names, and the match between the two."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
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
    """One vendor of the vendor master, numbered as in the target system; ``expense_account`` is "" if none is set.

    ``address`` is the whole address on one line. A vendor that is not ``active`` must not be paid.
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
        """Return the part of a vendor that is keyed."""
        return Payee(self.number, self.name, self.expense_account)

    @cached_property
    def bare_names(self) -> tuple[str, ...]:
        """Return its names in the form in which names are compared."""
        return tuple(filter(None, map(bare_company, (self.name, *self.other_names))))

    @cached_property
    def tax_keys(self) -> tuple[str, ...]:
        """Return its tax numbers in the form in which tax numbers are compared."""
        return tuple(map(tax_key, self.tax_numbers))

    @cached_property
    def account_keys(self) -> tuple[str, ...]:
        """Return its bank accounts in the form in which accounts are compared."""
        return tuple(map(account_key, self.bank_accounts))

    @cached_property
    def postal_code(self) -> str:
        """Return the postal code of its address, or ""."""
        return postal_code(self.address)

    def has_tax_number(self, tax_number: str) -> bool:
        """Return True if a tax number is one of the vendor's."""
        return tax_key(tax_number) in self.tax_keys

    def has_account(self, account: PrintedAccount) -> bool:
        """Return True if this can be one of the vendor's accounts."""
        return any(account.may_be(own) for own in self.account_keys)


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """What people have recorded about a bank account of a vendor: who put it on file, if known, and if it is confirmed.

    ``not_by`` are the people who cannot be the second person for it.
    """

    key: str
    confirmed: bool
    put_by: str = ""
    not_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seller:
    """The seller that a document names; each value that it does not print is ""."""

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
    """The fields of a document type that describe the seller."""

    name: FieldSpec[str]
    tax_number: FieldSpec[str]
    bank_account: FieldSpec[str]
    address: FieldSpec[str]
    other_accounts: FieldSpec[str] | None = None

    def of(self, extraction: Extraction) -> Seller:
        """Return the seller that a document names."""

        def value(spec: FieldSpec[str] | None) -> str:
            return (extraction.value(spec) or "") if spec else ""

        other_accounts = tuple(filter(None, map(str.strip, value(self.other_accounts).split(ACCOUNTS_APART.strip()))))
        return Seller(
            value(self.name), value(self.tax_number), value(self.bank_account), value(self.address), other_accounts
        )

    def naming(self, account: str, seller: Seller) -> tuple[str, ...]:
        """Return the name of the field that prints an account."""
        spec = self.bank_account if account == seller.bank_account else self.other_accounts or self.bank_account
        return (spec.name,)


class VendorEvidence(StrEnum):
    """What names a seller's vendor, the most reliable first; the text stands in sentences."""

    TAX_NUMBER = "tax number"
    BANK_ACCOUNT = "bank account"
    NAME = "name"
    NAME_AND_ADDRESS = "name and postal code"


@dataclass(frozen=True, slots=True)
class Match:
    """The vendor in the vendor master that a seller was matched to.

    ``vendor`` is the vendor that the best evidence names, ``by`` that evidence. ``against`` has each other
    vendor that weaker evidence names, with that evidence. ``several`` are vendors between which the evidence does not
    decide; then, and for an unknown seller, ``vendor`` is None. ``nearest`` are the vendors with the names most similar
    to an unknown seller's.
    """

    seller: Seller
    vendor: Vendor | None = None
    by: VendorEvidence | None = None
    against: tuple[tuple[VendorEvidence, Vendor], ...] = ()
    several: tuple[Vendor, ...] = ()
    nearest: tuple[Vendor, ...] = ()


def tax_key(number: str) -> str:
    """Return a tax number in the form in which it is compared: for a Canadian program account only its nine digits."""
    bare = re.sub(r"[^0-9A-Z]", "", number.upper())
    program = re.fullmatch(r"(?:CA)?(\d{9})(?:R[CMPTZ]\d{4})?", bare)
    return program[1] if program else bare
