"""Finds every bank account that a bill prints for its payment: IBANs, Canadian and American numbers, also masked ones.

One account is read as the bill's; a thief could print another next to it, so all are compared with those on file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from stdnum.us import rtn

from extractors.supplier_invoice.fields.numbers import ibans
from extractors.supplier_invoice.layout.rows import InvoiceSheet, PrintedRow
from extractors.supplier_invoice.terms import InvoiceTerms
from keywright.model.fields import Field
from keywright.model.reading import Word
from keywright.model.values.bank_accounts import ACCOUNTS_APART, account_key

NEAR = 6
"""Rows; the largest distance between the parts of one account."""
MOST = 12
"""The most accounts of a bill; a longer list is a list of something else."""

_BANK = re.compile(
    r"bank|banque|transit|institution|branch|succursale|account|acct|compte|\beft\b|\bach\b|direct deposit|virement"
    r"|d[ée]p[ôo]t direct|wire|routing",
    re.IGNORECASE,
)
_PAYERS_ACCOUNT = re.compile(
    r"withdraw|debited|will be (?:taken|charged)|pre-?authori[sz]ed|pr[ée]lev|your (?:bank )?account|votre compte"
    r"|eingezogen|abgebucht|lastschrift|\bcard\b|\bcarte\b|visa|mastercard|amex",
    re.IGNORECASE,
)
"""Words that show that an account is the payer's: the bill is paid from it, not to it."""

_THREE_PARTS = re.compile(
    r"(?<![\d-])(?:(\d{5})[ -](\d{3,4})|(\d{3,4})[ -](\d{5}))[ -](\d{5,12}(?:-\d{1,4})?)(?![\d-])",
)
_TRANSIT = re.compile(r"(?:transit|branch|succursale)\D{0,20}(\d{5})(?!\d)", re.IGNORECASE)
_INSTITUTION = re.compile(
    r"(?:institution|inst\.|bank (?:no|number|code|#)|no de (?:la )?banque)\D{0,20}(\d{3,4})(?!\d)", re.IGNORECASE
)
_ROUTING = re.compile(r"(?:routing|\baba\b|\bach\b)\D{0,20}(\d{9})(?!\d)", re.IGNORECASE)
_ACCOUNT = re.compile(
    r"(?:account|acct|compte|folio|a/c)(?! ?(?:name|manager|rep))\D{0,20}?(\d[\d -]{3,16}\d)(?!\d)", re.IGNORECASE
)
_MASKED = re.compile(r"(?:account|acct|compte|iban)\b[^\d*•xX\n]{0,20}((?:[\d-]{0,6}[*•·●xX]{3,}[ -]?)+\d{3,4})(?!\d)")

PrintedAccount = tuple[str, PrintedRow]


def other_accounts(sheet: InvoiceSheet, known: str | None, stated: Iterable[str] = ()) -> Field[str] | None:
    """Return the accounts of a bill without the one already read as the bill's, or None if there is no other.

    ``stated`` are the further accounts of an e-invoice.
    """
    known_keys = {account_key(known)} if known else set()
    accounts: dict[str, tuple[str, PrintedRow | None]] = {}
    for text, row in (*((text, None) for text in stated), *_printed(sheet)):
        if (key := account_key(text)) not in known_keys:
            accounts.setdefault(key, (text, row))
    if not accounts:
        return None
    shown_accounts = list(accounts.values())[:MOST]
    text = ACCOUNTS_APART.join(text for text, _row in shown_accounts)
    row = next((row for _text, row in shown_accounts if row), None)
    source = sheet.engine(row.page) if row else "einvoice"
    return Field(InvoiceTerms.other_accounts.name, text, text, 1.0, source, row.box if row else None)


def _printed(sheet: InvoiceSheet) -> Iterator[PrintedAccount]:
    """Yield the printed accounts to which the bill is paid, as printed."""
    payee_rows = [row for row in sheet.rows if not _PAYERS_ACCOUNT.search(row.text)]
    own = {row.index for row in payee_rows}
    for iban in ibans(sheet):
        row = _row_of(sheet, iban.words)
        if iban.proven and row.index in own:
            yield iban.value, row
    for row in payee_rows:
        if _of_a_bank(sheet, row):
            yield from ((_in_order(match), row) for match in _THREE_PARTS.finditer(row.text))
        yield from ((match[1], row) for match in _MASKED.finditer(row.text))
    yield from _in_parts(payee_rows)


def _row_of(sheet: InvoiceSheet, words: Sequence[Word]) -> PrintedRow:
    return next(row for row in sheet.rows if words[0] in row.words)


def _of_a_bank(sheet: InvoiceSheet, row: PrintedRow) -> bool:
    """Return True if a row, or one of the few above it, mentions a bank."""
    return any(_BANK.search(near.text) for near in sheet.rows[max(row.index - 3, 0) : row.index + 1])


def _in_order(match: re.Match[str]) -> str:
    """Return three printed parts as institution, transit, account."""
    transit, institution = (match[1], match[2]) if match[1] else (match[4], match[3])
    return f"{institution}-{transit}-{re.sub('[^0-9]', '', match[5])}"


def _in_parts(rows: Sequence[PrintedRow]) -> Iterator[PrintedAccount]:
    """Yield accounts whose bank and number have labels of their own, in rows near each other."""
    for row in rows:
        near = [row_near for row_near in rows if row_near.page == row.page and abs(row_near.index - row.index) <= NEAR]
        transit, routing = _TRANSIT.search(row.text), _ROUTING.search(row.text)
        institution = _nearest(_INSTITUTION, near, row) if transit else ""
        bank = f"{institution}-{transit[1]}" if transit and institution else ""
        bank = bank or (routing[1] if routing and rtn.is_valid(routing[1]) else "")
        number = _nearest(_ACCOUNT, near, row) if bank else ""
        if number:
            yield f"{bank}-{re.sub('[^0-9]', '', number)}", row


def _nearest(pattern: re.Pattern[str], rows: Sequence[PrintedRow], to: PrintedRow) -> str:
    """Return the match of a pattern in the nearest of the rows, lower rows first; "" if there is none."""
    matches: list[tuple[Any, str]] = []
    for row in rows:
        if match := pattern.search(row.text):
            matches.append(((abs(row.index - to.index), row.index < to.index), match[1]))
    return min(matches)[1] if matches else ""
