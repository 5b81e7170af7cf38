"""Reads the vendor master from a CSV file or an Excel workbook, and reports all of its faults at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stdnum import luhn

from keywright.errors import Stop
from keywright.model.fields import bare
from keywright.model.values.bank_accounts import account_fault
from keywright.model.vendor import Vendor
from keywright.spreadsheet import Row, rows_of

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": (
        *("number", "vendor number", "vendor no", "vendor id", "vendor code", "supplier number", "supplier no"),
        *("supplier id", "supplier code", "no", "id", "code", "numéro", "numéro du fournisseur", "no fournisseur"),
    ),
    "name": ("name", "vendor name", "vendor", "supplier name", "supplier", "legal name", "nom", "nom du fournisseur"),
    "other_names": ("other names", "other name", "trade name", "trade names", "operating name", "dba", "autres noms"),
    "tax_numbers": (
        *("tax numbers", "tax number", "tax id", "tax no", "gst", "hst", "gst/hst", "gst/hst number", "gst number"),
        *("hst number", "gst/hst no", "business number", "bn", "qst", "qst number", "vat", "vat number", "vat id"),
        *("numéro de taxe", "tps", "tvq", "no tps", "no tvq", "tps/tvh"),
    ),
    "bank_accounts": ("bank accounts", "bank account", "iban", "bank account number", "compte bancaire"),
    "institution": ("institution", "institution number", "institution no", "bank number", "numéro d'institution"),
    "transit": ("transit", "transit number", "transit no", "branch number", "numéro de transit"),
    "account": ("account", "account number", "account no", "numéro de compte"),
    "address": (
        *("address", "address 1", "address 2", "address line 1", "address line 2", "street", "city", "town"),
        *("province", "state", "province/state", "postal code", "zip", "zip code", "postal/zip code", "country"),
        *("adresse", "ville", "code postal", "pays"),
    ),
    "expense_account": (
        *("expense account", "default expense account", "default account", "gl account", "gl code"),
        *("compte de dépenses",),
    ),
    "active": ("active", "is active", "status", "actif", "statut"),
}
"""The known columns with their possible heads, which are compared without case, blanks, accents and punctuation."""

_OF_ACCOUNTS = dict.fromkeys(("institution", "transit", "account"), "bank_accounts")
_MEANING = {bare(head): column for column, heads in COLUMNS.items() for head in heads}
_YES = {"", *map(bare, ("yes", "y", "true", "1", "active", "x", "oui", "actif", "vrai"))}
_NO = set(map(bare, ("no", "n", "false", "0", "inactive", "non", "inactif", "faux", "blocked")))
_HEAD_WITHIN = 10  # rows; exported files have titles and dates above the heads


@dataclass(frozen=True, slots=True)
class Listed:
    """The vendors of a file, the vendor fields that it has, and the heads of its unknown columns."""

    vendors: tuple[Vendor, ...]
    columns: frozenset[str]
    ignored: tuple[str, ...]


def read_vendors(path: Path) -> Listed:
    """Return the vendors of a file. Raises Stop, with a line for each fault, if there is any fault."""
    rows = [row for row in rows_of(path, _MEANING) if any(row[1])]
    place = next((n for n, row in enumerate(rows[:_HEAD_WITHIN]) if {"number", "name"} <= _meanings(row)), None)
    if place is None:
        raise Stop(f"{path}: no row with column heads was found. It needs a column Number and a column Name.")
    heads = rows[place][1]
    file_rows = [_Row(number, heads, cells) for number, cells in rows[place + 1 :]]
    vendors = tuple(row.vendor() for row in file_rows)
    if faults := [*(fault for row in file_rows for fault in row.faults), *_repeated(file_rows, vendors)]:
        lines = "\n  ".join(faults)
        raise Stop(
            f"{path}: nothing was imported because of {len(faults)} faults. Correct them and import again.\n  {lines}"
        )
    names = {_OF_ACCOUNTS.get(name, name) for name in _meanings(rows[place])}
    return Listed(vendors, frozenset(names), tuple(head for head in heads if head and bare(head) not in _MEANING))


def _meanings(row: Row) -> set[str]:
    return {_MEANING[bare(cell)] for cell in row[1] if bare(cell) in _MEANING}


def _repeated(rows: Sequence[_Row], vendors: Sequence[Vendor]) -> Iterator[str]:
    first: dict[str, int] = {}
    for row, vendor in zip(rows, vendors, strict=True):
        if vendor.number and first.setdefault(vendor.number, row.number) != row.number:
            yield row.at("number", f"{vendor.number} is in row {first[vendor.number]} already")


class _Row:
    """One row of the file while it becomes a vendor; it collects its faults."""

    def __init__(self, number: int, heads: Sequence[str], cells: Sequence[str]) -> None:
        self.number = number
        self.faults: list[str] = []
        self._heads = heads
        self._cells: dict[str, list[tuple[str, str]]] = {}
        for head, cell in zip(heads, cells, strict=False):
            if cell and (meaning := _MEANING.get(bare(head))):
                self._cells.setdefault(meaning, []).append((head, cell))

    def vendor(self) -> Vendor:
        """Return the row as a vendor, and add its faults to ``faults``."""
        return Vendor(
            number=self._one("number", 50, needed=True),
            name=self._one("name", 200, needed=True),
            other_names=self._several("other_names"),
            tax_numbers=tuple(self._checked("tax_numbers", tax_number_fault)),
            bank_accounts=(*self._checked("bank_accounts", account_fault), *self._canadian_account()),
            address=", ".join(cell for _, cell in self._cells.get("address", ())),
            expense_account=self._one("expense_account", 50),
            active=self._active(),
        )

    def at(self, column: str, fault: str) -> str:
        """Return a fault with its place, using the head of the column in this file."""
        head = next((head for head in self._heads if _MEANING.get(bare(head)) == column), column)
        return f"row {self.number}, column {head}: {fault}."

    def _one(self, column: str, most: int, *, needed: bool = False) -> str:
        text = " ".join(next((cell for _, cell in self._cells.get(column, ())), "").split())
        if needed and not text:
            self.faults.append(self.at(column, "this cell must not be empty"))
        if len(text) > most:
            self.faults.append(self.at(column, f"{len(text)} characters; at most {most} are allowed"))
        return text

    def _several(self, column: str) -> tuple[str, ...]:
        cells = (cell for _, cell in self._cells.get(column, ()))
        return tuple(" ".join(part.split()) for cell in cells for part in re.split(r"[;|\n]", cell) if part.strip())

    def _checked(self, column: str, fault_of: Any) -> Iterator[str]:
        for text in self._several(column):
            if fault := fault_of(text):
                self.faults.append(self.at(column, f"{text!r}: {fault}"))
            yield text

    def _canadian_account(self) -> Iterator[str]:
        """Yield the account from three columns: institution, transit, account."""
        parts = [self._one(column, 20) for column in ("institution", "transit", "account")]
        if not any(parts):
            return
        institution, transit, account = parts
        whole = f"{institution.zfill(3)}-{transit.zfill(5)}-{account}"
        if not (all(parts) and re.fullmatch(r"\d{3}-\d{5}-[\d -]{5,15}", whole)):
            shown_parts = ", ".join(part or "nothing" for part in parts)
            self.faults.append(
                self.at("account", f"institution, transit and account read {shown_parts}; all three are needed")
            )
        yield f"{institution.zfill(3)}-{transit.zfill(5)}-{re.sub(r'[^0-9]', '', account)}"

    def _active(self) -> bool:
        word = bare(self._one("active", 50))
        if word not in _YES | _NO:
            self.faults.append(self.at("active", f"{self._one('active', 50)!r} is neither yes nor no"))
        return word not in _NO


def tax_number_fault(number: str) -> str:
    """Return what is wrong with a GST/HST number that is put on file, or ""; other numbers are not checked."""
    digits = re.sub(r"\D", "", number)
    if re.search(r"\d\s*-?\s*RT", number.upper()) and not (len(digits) == 13 and luhn.is_valid(digits[:9])):
        return "expected a GST/HST number like 123456782 RT0001, with its check digit"
    return ""
