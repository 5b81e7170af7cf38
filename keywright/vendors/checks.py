"""The checks of a document's seller against the vendor master; without vendors on file they find nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from keywright.findings import Finding
from keywright.messages import Message
from keywright.model.checks import Check, Circumstances
from keywright.model.fields import Extraction
from keywright.model.values.bank_accounts import PrintedAccount, account_key
from keywright.model.vendor import KnownAccount, Match, SellerFields, Vendor, VendorEvidence, tax_key
from keywright.vendors.matching import speaks_against

UNKNOWN = "vendor-unknown"
SEVERAL = "vendor-several"
INACTIVE = "vendor-inactive"
CONFLICT = "vendor-conflict"
OTHER_NAME = "vendor-name"
OTHER_TAX_NUMBER = "vendor-tax-number"
OTHER_ACCOUNT = "bank-account-changed"
UNCONFIRMED_ACCOUNT = "bank-account-unconfirmed"
FIRST_ACCOUNT = "bank-account-first"
ACCOUNT_RULES = frozenset({OTHER_ACCOUNT, UNCONFIRMED_ACCOUNT, FIRST_ACCOUNT})
RULES = frozenset({UNKNOWN, SEVERAL, INACTIVE, CONFLICT, OTHER_NAME, OTHER_TAX_NUMBER}) | ACCOUNT_RULES
"""The rules that a change of the vendor master can settle, without a change of the document."""


def vendor_on_file(fields: SellerFields) -> tuple[Check, ...]:
    """Require that the seller is one vendor on file, without contradicting evidence, and with confirmed accounts."""

    def known(_: Extraction, circumstances: Circumstances) -> Iterator[Finding]:
        if circumstances.vendor:
            yield from _unknown(circumstances.vendor, fields)

    def agreed(_: Extraction, circumstances: Circumstances) -> Iterator[Finding]:
        if circumstances.vendor and circumstances.vendor.vendor:
            yield from _against(circumstances.vendor, circumstances.vendor.vendor, fields)

    def two_people(_: Extraction, circumstances: Circumstances) -> Iterator[Finding]:
        return (finding for _account, finding in account_questions(circumstances, fields))

    return known, agreed, two_people


def _unknown(seller_match: Match, fields: SellerFields) -> Iterator[Finding]:
    """Yield the finding for a seller without one vendor on file that may be paid.

    It cannot be accepted: the vendor must be in the master, or the seller's name be corrected to one that is.
    """
    seller = seller_match.seller.name or Message("The seller")
    if seller_match.several:
        message = Message(
            "Several vendors match. The {evidence} of {seller} is on file for {vendors}. Correct the seller's name to "
            "the right vendor's name on file, or have the other vendors made inactive.",
            evidence=_named_evidence(seller_match),
            seller=seller,
            vendors=_listed(seller_match.several),
        )
        yield Finding(SEVERAL, message, (fields.name.name,), acceptable=False)
    elif seller_match.vendor is None:
        yield Finding(UNKNOWN, _no_match(seller, seller_match.nearest), (fields.name.name,), acceptable=False)
    elif not seller_match.vendor.active:
        message = Message(
            "Vendor is inactive. {vendor} is inactive in the vendor master. Have it made active if it is to be paid.",
            vendor=str(seller_match.vendor),
        )
        yield Finding(INACTIVE, message, (fields.name.name,), acceptable=False)


def _named_evidence(seller_match: Match) -> Message:
    return Message(str(seller_match.by or ""))


def _no_match(seller: str, nearest: Sequence[Vendor]) -> Message:
    if not nearest:
        return Message(
            "No matching vendor. {seller} is not in the vendor master, and no name there is similar. Correct the "
            "seller's name, or have the vendor added, then send this for posting.",
            seller=seller,
        )
    return Message(
        "No matching vendor. {seller} is not in the vendor master. Similar names there: {vendors}. Correct the "
        "seller's name if it is one of them, or have the vendor added, then send this for posting.",
        seller=seller,
        vendors=_listed(nearest),
    )


def _listed(vendors: Iterable[Vendor]) -> tuple[str, ...]:
    return tuple(map(str, vendors))


def _against(seller_match: Match, vendor: Vendor, fields: SellerFields) -> Iterator[Finding]:
    """Yield the findings for evidence that names another vendor or contradicts the matched one."""
    seller, field_names = seller_match.seller, _fields_by_evidence(fields)
    for kind, other_vendor in seller_match.against:
        message = Message(
            "Seller details match different vendors. The {evidence} is that of {vendor}, but the {contrary} is that of "
            "{other}. Compare both with the page. Correct the one that is wrong, or accept to book it to {vendor}.",
            evidence=_named_evidence(seller_match),
            vendor=str(vendor),
            contrary=Message(kind),
            other=str(other_vendor),
        )
        yield Finding(
            CONFLICT, message, tuple(field_names[evidence] for evidence in (seller_match.by, kind) if evidence)
        )
    if not seller_match.against and speaks_against(seller.name, vendor):
        message = Message(
            "Seller name differs from the vendor on file. The {evidence} is that of {vendor}, but the document names "
            "{seller}. Accept if that is another name of the same vendor; add it to the vendor master, and you are not "
            "asked again.",
            evidence=_named_evidence(seller_match),
            vendor=str(vendor),
            seller=seller.name,
        )
        yield Finding(OTHER_NAME, message, (fields.name.name,))
    if seller_match.by is not VendorEvidence.TAX_NUMBER and _another_of_its_kind(seller.tax_number, vendor):
        message = Message(
            "Tax number differs from the vendor on file. The {evidence} is that of {vendor}, but the tax number "
            "{number} is not on file there ({known}). Compare it with the page. Accept if it is the same vendor.",
            evidence=_named_evidence(seller_match),
            vendor=str(vendor),
            number=seller.tax_number,
            known=tuple(vendor.tax_numbers),
        )
        yield Finding(OTHER_TAX_NUMBER, message, (fields.tax_number.name,))


def _fields_by_evidence(fields: SellerFields) -> dict[VendorEvidence, str]:
    return {
        VendorEvidence.TAX_NUMBER: fields.tax_number.name,
        VendorEvidence.BANK_ACCOUNT: fields.bank_account.name,
        VendorEvidence.NAME: fields.name.name,
        VendorEvidence.NAME_AND_ADDRESS: fields.name.name,
    }


def _another_of_its_kind(number: str, vendor: Vendor) -> bool:
    """Return True if a tax number is not on file for the vendor, but another one of the same kind is.

    A seller may print its QST number on one bill and its GST/HST number on the next; these do not contradict each
    other.
    """
    own = {_kind(tax_key(own_number)) for own_number in vendor.tax_numbers}
    return bool(number) and not vendor.has_tax_number(number) and _kind(tax_key(number)) in own


def _kind(key: str) -> str:
    """Return the shape of a tax number: its letters, and a zero for each digit."""
    return re.sub(r"\d", "0", key)


def account_questions(circumstances: Circumstances, fields: SellerFields) -> Iterator[tuple[str, Finding]]:
    """Yield each printed account of the vendor on file that lacks the word of a second person, with its finding.

    An account other than the one on file is a common method of theft; so is an account that was just put on file, or
    the first account that a vendor ever had.
    """
    if not circumstances.vendor or not circumstances.vendor.vendor:
        return
    vendor, accounts = circumstances.vendor.vendor, circumstances.accounts
    waiting = {known_account.key: known_account for known_account in accounts if not known_account.confirmed}
    standing = {*vendor.account_keys, *(known_account.key for known_account in accounts)} - waiting.keys()
    for account in circumstances.vendor.seller.bank_accounts:
        field_names = fields.naming(account, circumstances.vendor.seller)
        printed = PrintedAccount(account)
        if any(printed.may_be(key) for key in standing):
            continue
        exact = [known_account for known_account in waiting.values() if known_account.key == printed.key]
        if meant := exact or [known_account for known_account in waiting.values() if printed.may_be(known_account.key)]:
            yield account, _unconfirmed(account, vendor, meant, field_names)
        elif standing or waiting:
            yield account, _other(account, vendor, field_names)
        elif not printed.is_masked:
            yield account, _first(account, vendor, field_names)


CALL = Message(
    "Call the vendor at a number you had before, not one from this document. A supervisor who did not type the account "
    "must accept it."
)


def _other(account: str, vendor: Vendor, field_names: tuple[str, ...]) -> Finding:
    ends = tuple(f"…{account_key(own)[-4:]}" for own in vendor.bank_accounts) or Message("another one")
    message = Message(
        "Bank account changed. {account} is not the account on file for {vendor} ({known}). {call}",
        account=account,
        vendor=str(vendor),
        known=ends,
        call=CALL,
    )
    return Finding(OTHER_ACCOUNT, message, field_names, second_person=True)


def _unconfirmed(account: str, vendor: Vendor, meant: Sequence[KnownAccount], field_names: tuple[str, ...]) -> Finding:
    """Ask about an account on file that is not confirmed; the people who put it there cannot confirm it."""
    message = Message(
        "Bank account not confirmed. {account} was put on file for {vendor} by {people}, and nobody else has confirmed "
        "it. {call}",
        account=account,
        vendor=str(vendor),
        people=tuple(dict.fromkeys(known.put_by for known in meant)),
        call=CALL,
    )
    not_by = tuple(dict.fromkeys(name for known in meant for name in known.not_by))
    return replace(Finding(UNCONFIRMED_ACCOUNT, message, field_names, second_person=True), not_by=not_by)


def _first(account: str, vendor: Vendor, field_names: tuple[str, ...]) -> Finding:
    message = Message(
        "First bank account of this vendor. {account} is the first one seen for {vendor}: none is on file. {call} From "
        "then on it is on file.",
        account=account,
        vendor=str(vendor),
        call=CALL,
    )
    return Finding(FIRST_ACCOUNT, message, field_names, second_person=True)
