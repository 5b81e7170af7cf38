"""The vendor master: the target system's vendors on file here, looked up and kept up to date."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Sum

from keywright.database.models import StoredVendor, new_version
from keywright.ledger import ledger
from keywright.model.vendor import Match, Seller, Vendor
from keywright.settings.settings import settings
from keywright.vendors import bank_accounts
from keywright.vendors.matching import match
from keywright.vendors.printed_evidence import VendorIndex

LISTS = ("other_names", "tax_numbers", "bank_accounts")
"""A vendor can have several values for these; the table has one a line."""
ALL = tuple(field.name for field in fields(Vendor))


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import changed: the numbers of the new and of the changed vendors, and how many were unchanged.

    ``absent`` counts the vendors on file that are not in the list; they are not changed.
    """

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    absent: int


def find(seller: Seller) -> Match | None:
    """Return the vendor that a seller is matched to; None if there is no vendor master."""
    vendors = on_file()
    return match(seller, vendors) if vendors else None


def on_file() -> tuple[Vendor, ...]:
    """Return every vendor on file, by number."""
    stamp = StoredVendor.objects.aggregate(count=Count("pk"), versions=Sum("version"))
    return _as_of(str(connection.settings_dict["NAME"]), stamp["count"], stamp["versions"] or 0)


@lru_cache(maxsize=1)
def _as_of(_database: str, _count: int, _versions: int) -> tuple[Vendor, ...]:
    """Return the vendors, cached while count and sum of versions stay the same; each change gives a new version."""
    return tuple(vendor_of(row) for row in StoredVendor.objects.order_by("number"))


def index() -> VendorIndex:
    """Return the vendors on file by what a document can print of them."""
    return _index_of(on_file(), settings().town_names)


@lru_cache(maxsize=1)
def _index_of(vendors: tuple[Vendor, ...], town_names: tuple[str, ...]) -> VendorIndex:
    return VendorIndex(vendors, town_names)


def vendor_of(row: StoredVendor) -> Vendor:
    """Return a stored vendor as a value."""
    lists = {name: tuple(filter(None, map(str.strip, getattr(row, name).splitlines()))) for name in LISTS}
    return Vendor(
        number=row.number,
        name=row.name,
        **lists,
        address=" ".join(row.address.split()),
        expense_account=row.expense_account,
        active=row.active,
    )


def columns_of(vendor: Vendor) -> dict[str, Any]:
    """Return a vendor as columns of the table."""
    return {**asdict(vendor), **{name: "\n".join(getattr(vendor, name)) for name in LISTS}}


def changes(before: Vendor, after: Vendor) -> dict[str, dict[str, Any]]:
    """Return the differences between two states of a vendor: old and new value by name, for the ledger."""
    old, new = columns_of(before), columns_of(after)
    return {name: {"old": old[name], "new": new[name]} for name in old if old[name] != new[name]}


def put_on_file(
    vendors: Sequence[Vendor],
    source: Mapping[str, str],
    *,
    actor: str,
    columns: Collection[str] = ALL,
    on_vendor: Callable[[], object] = lambda: None,
) -> Imported:
    """Put a list of vendors on file and write the ledger entries, in one transaction; other vendors are not changed.

    ``source`` records in the ledger where the list is from; ``columns`` are the vendor fields that the list has: other
    fields are not changed, so that a list without bank accounts removes none. ``on_vendor`` is called after each.
    """
    new, changed = [], []
    with transaction.atomic():
        rows = {row.number: row for row in StoredVendor.objects.select_for_update()}
        for vendor in vendors:
            row = rows.get(vendor.number)
            if row is None:
                StoredVendor.objects.create(**columns_of(vendor))
                bank_accounts.put(vendor.number, (), vendor.bank_accounts, by=actor)
                new.append(vendor.number)
                on_vendor()
                continue
            before = vendor_of(row)
            after = _with(before, vendor, columns)
            if different := changes(before, after):
                StoredVendor.objects.filter(pk=row.pk).update(**columns_of(after), version=new_version())
                bank_accounts.put(vendor.number, before.bank_accounts, after.bank_accounts, by=actor)
                record_change(vendor.number, different, actor=actor)
                changed.append(vendor.number)
            on_vendor()
        absent = len(rows.keys() - {vendor.number for vendor in vendors})
        done = Imported(tuple(new), tuple(changed), len(vendors) - len(new) - len(changed), absent)
        ledger.append("vendors-imported", actor=actor, body={**source, **asdict(done)})
    return done


def _with(before: Vendor, incoming: Vendor, columns: Collection[str]) -> Vendor:
    return replace(before, **{name: getattr(incoming, name) for name in columns})


def record_change(number: str, different: Mapping[str, Any], *, actor: str) -> None:
    """Write the ledger entry of a vendor's change, in the transaction of the change."""
    ledger.append("vendor-changed", actor=actor, body={"number": number, "changes": dict(different)})
