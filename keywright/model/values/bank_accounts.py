"""How bank accounts are compared in all their notations: IBANs, Canadian and American numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from stdnum import iban
from stdnum.us import rtn

IBAN_SHAPE = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}")
CANADIAN = "institution-transit-account, like 004-10202-1234567"
ACCOUNTS_APART = "; "
"""The separator between the accounts in a field that holds several."""
BANK_DIGITS = 8
"""The number of digits of a Canadian account's institution and transit, which stand before the account itself."""
SHORTEST = 6
"""The fewest digits that identify an account printed without its bank."""
SHORTEST_CANADIAN = 5
WHOLE = 12  #: the fewest letters and digits of an account that is written with its bank
SHOWN = 3
"""The fewest digits that must be shown at the end of a masked account."""

_MASKED = re.compile(r"[*•·●∙#]{2,}|[xX]{3,}|\.{3,}|…")
"""What stands in an account for the digits that are not shown: ``****4567``, ``XXX-4567``."""


def account_key(account: str) -> str:
    """Return an account in the form in which it is compared; a Canadian one as bank (3 digits), transit (5), account.

    Canadian documents print transit before institution (``10202-004-1234567``), payment files 0, institution, transit
    (source: Payments Canada, Standard 005).
    """
    groups = re.findall(r"\d+", account)
    if not re.search(r"[A-Za-z]", account) and len(groups) == 3:
        first, second, number = groups
        if (len(first), len(second)) == (5, 3):
            first, second = second, first
        if len(first) in (3, 4) and len(second) == 5:
            return f"{first[-3:]}{second}{number}"
    return re.sub(r"[^0-9A-Z]", "", account.upper())


@dataclass(frozen=True)
class PrintedAccount:
    """An account as printed on a document, possibly less than the one on file: without its bank, or partly masked."""

    text: str

    @cached_property
    def key(self) -> str:
        """Return the account in the form in which it is compared."""
        return account_key(self.text)

    @cached_property
    def _shown(self) -> tuple[str, str] | None:
        """Return the digits shown before and after the masked ones; None if none are masked."""
        if not is_masked(self.text):
            return None
        head, *_, tail = (account_key(part) for part in _MASKED.split(self.text))
        return head, tail

    @property
    def is_masked(self) -> bool:
        """Return True if some of its digits are not shown."""
        return self._shown is not None

    @property
    def is_whole(self) -> bool:
        """Return True if the account is printed with its bank, so that it can identify a vendor."""
        return self._shown is None and len(self.key) >= WHOLE

    def may_be(self, key: str) -> bool:
        """Return True if this can be the account on file with this key: the same, or a shorter form of it.

        A printed account that ends like the one on file but is longer is another account: this is how a payment is
        diverted.
        """
        if self._shown:
            return _shows(*self._shown, key)
        if self.key in (key, _transit_first(key)):
            return bool(self.key)
        ends = SHORTEST <= len(self.key) < len(key) - 2 and key.endswith(self.key)
        return ends or _is_bare(self.key, key)


def is_masked(account: str) -> bool:
    """Return True if some of an account's digits are not shown."""
    return _MASKED.search(account) is not None and not iban.is_valid(account)


def _shows(head: str, tail: str, key: str) -> bool:
    """Return True if the digits that a masked account shows are the first and last digits of one on file."""
    begins = not head or key.startswith(head) or _transit_first(key).startswith(head)
    return begins and len(tail) >= SHOWN and key.endswith(tail) and len(head) + len(tail) < len(key)


def _is_bare(printed: str, key: str) -> bool:
    """Return True for a Canadian account without its bank; five digits are enough."""
    return key.isdigit() and len(printed) >= SHORTEST_CANADIAN and printed == key[BANK_DIGITS:]


def _transit_first(key: str) -> str:
    """Return a Canadian key in the order printed on cheques, transit first."""
    return f"{key[3:8]}{key[:3]}{key[8:]}" if key.isdigit() else key


def notations(key: str) -> tuple[str, ...]:
    """Return the ways in which an account with this key is printed, blanks and signs aside."""
    if not key.isdigit():
        return (key,)
    return tuple(dict.fromkeys((key, f"0{key}", _transit_first(key), f"{key[3:8]}0{key[:3]}{key[8:]}")))


def account_fault(account: str) -> str:
    """Return what is wrong with an account that a person wants to put on file, or ""."""
    key = account_key(account)
    if is_masked(account):
        return "some of its digits are masked; write the whole account"
    if IBAN_SHAPE.fullmatch(key):
        return "" if iban.is_valid(key) else "the check digits of this IBAN are wrong"
    if re.fullmatch(r"\d{13,20}", key) or (re.fullmatch(r"\d{13,26}", key) and rtn.is_valid(key[:9])):
        return ""
    return f"expected an IBAN, or {CANADIAN}"
