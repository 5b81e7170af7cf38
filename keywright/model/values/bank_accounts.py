"""How bank accounts are compared, in whatever way they are written: IBANs, Canadian and American numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from stdnum import iban
from stdnum.us import rtn

IBAN_SHAPE = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}")
CANADIAN = "institution-transit-account, like 004-10202-1234567"
ACCOUNTS_APART = "; "
"""What stands between the accounts of a field that holds several."""
BANK_DIGITS = 8
"""The digits of a Canadian account's institution and transit, which stand before the account itself."""
SHORTEST = 6
"""As many figures tell an account at least where its bank is not printed."""
SHORTEST_CANADIAN = 5
WHOLE = 12  #: letters and digits that an account has at least if its bank is written with it
SHOWN = 3
"""As many figures must be shown at least at the end of an account of which the others are masked."""

_MASKED = re.compile(r"[*•·●∙#]{2,}|[xX]{3,}|\.{3,}|…")
"""What stands in an account for the figures that are not shown: ``****4567``, ``XXX-4567``."""


def account_key(account: str) -> str:
    """Return an account as it is compared; a Canadian one as three digits of bank, five of transit, then the account.

    Canadian paper writes transit before institution (``10202-004-1234567``), payment files 0, institution, transit
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
    """An account as paper prints it, which may say less than the one on file: without its bank, or masked in part."""

    text: str

    @cached_property
    def key(self) -> str:
        """Return the account as it is compared."""
        return account_key(self.text)

    @cached_property
    def _shown(self) -> tuple[str, str] | None:
        """Return what is shown before and behind the figures that are masked; None if none is."""
        if not is_masked(self.text):
            return None
        head, *_, tail = (account_key(part) for part in _MASKED.split(self.text))
        return head, tail

    @property
    def is_masked(self) -> bool:
        """Return True if some of its figures are not shown."""
        return self._shown is not None

    @property
    def is_whole(self) -> bool:
        """Return True if the account is told with its bank, so that it can name a vendor."""
        return self._shown is None and len(self.key) >= WHOLE

    def may_be(self, key: str) -> bool:
        """Return True if this may be an account on file, of this key: the same, or a shorter form of it.

        The other way round it is another account: one that ends like the one on file and says more is how a payment
        is turned away.
        """
        if self._shown:
            return _shows(*self._shown, key)
        if self.key in (key, _transit_first(key)):
            return bool(self.key)
        ends = SHORTEST <= len(self.key) < len(key) - 2 and key.endswith(self.key)
        return ends or _is_bare(self.key, key)


def is_masked(account: str) -> bool:
    """Return True if some of an account's figures are not shown."""
    return _MASKED.search(account) is not None and not iban.is_valid(account)


def _shows(head: str, tail: str, key: str) -> bool:
    """Return True if what a masked account shows stands at the beginning and at the end of one on file."""
    begins = not head or key.startswith(head) or _transit_first(key).startswith(head)
    return begins and len(tail) >= SHOWN and key.endswith(tail) and len(head) + len(tail) < len(key)


def _is_bare(printed: str, key: str) -> bool:
    """Return True for a Canadian account without its bank, be it as short as five figures."""
    return key.isdigit() and len(printed) >= SHORTEST_CANADIAN and printed == key[BANK_DIGITS:]


def _transit_first(key: str) -> str:
    """Return a Canadian key the way cheques have it, transit first."""
    return f"{key[3:8]}{key[:3]}{key[8:]}" if key.isdigit() else key


def account_fault(account: str) -> str:
    """Return what is wrong with an account that is to be kept, or ""."""
    key = account_key(account)
    if is_masked(account):
        return "some of its figures are not shown; write all of it"
    if IBAN_SHAPE.fullmatch(key):
        return "" if iban.is_valid(key) else "the check digits of this IBAN are wrong"
    if re.fullmatch(r"\d{13,20}", key) or (re.fullmatch(r"\d{13,26}", key) and rtn.is_valid(key[:9])):
        return ""
    return f"expected an IBAN, or {CANADIAN}"
