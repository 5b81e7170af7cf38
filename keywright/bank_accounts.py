"""How bank accounts are compared, in whatever way they are written: IBANs, and Canadian numbers of three parts."""

from __future__ import annotations

import re

from stdnum import iban

IBAN_SHAPE = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}")
CANADIAN = "institution-transit-account, like 004-10202-1234567"


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


def same_account(key: str, other: str) -> bool:
    """Return True if two keys may mean one account: paper often prints the account without its bank."""
    a, b = sorted((key, other), key=len)
    if not a:
        return False
    return a == b or a == _transit_first(b) or (6 <= len(a) < len(b) - 2 and b.endswith(a))


def _transit_first(key: str) -> str:
    """Return a Canadian key the way cheques have it, transit first."""
    return f"{key[3:8]}{key[:3]}{key[8:]}" if key.isdigit() else key


def account_fault(account: str) -> str:
    """Return what is wrong with an account that is to be kept, or ""."""
    key = account_key(account)
    if IBAN_SHAPE.fullmatch(key):
        return "" if iban.is_valid(key) else "the check digits of this IBAN are wrong"
    if re.fullmatch(r"\d{13,20}", key):
        return ""
    return f"expected an IBAN, or {CANADIAN}"
