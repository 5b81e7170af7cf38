"""The vendor master: the vendors of the target system that are on file here, looked up and kept up to date."""

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
from keywright.vendors import bank_accounts
from keywright.vendors.matching import match

LISTS = ("other_names", "tax_numbers", "bank_accounts")
"""Of these a vendor may have several; the table holds one a line."""
ALL = tuple(field.name for field in fields(Vendor))


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import changed: the numbers of the vendors that were new and changed, and how many were neither.

    ``absent`` counts the vendors on file that the list does not name; they stay as they are.
    """

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    absent: int


def find(seller: Seller) -> Match | None:
    """Return whom the vendor master takes a seller for; None if no vendor was ever put on file."""
    vendors = on_file()
    return match(seller, vendors) if vendors else None


def on_file() -> tuple[Vendor, ...]:
    """Return every vendor on file, by number."""
    stamp = StoredVendor.objects.aggregate(count=Count("pk"), versions=Sum("version"))
    return _as_of(str(connection.settings_dict["NAME"]), stamp["count"], stamp["versions"] or 0)


@lru_cache(maxsize=1)
def _as_of(_database: str, _count: int, _versions: int) -> tuple[Vendor, ...]:
    """Return the vendors as they are while count and sum of versions stay; each change of one gives a new version."""
    return tuple(vendor_of(row) for row in StoredVendor.objects.order_by("number"))


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
    """Return a vendor as the table holds it."""
    return {**asdict(vendor), **{name: "\n".join(getattr(vendor, name)) for name in LISTS}}


def changes(before: Vendor, after: Vendor) -> dict[str, dict[str, Any]]:
    """Return what differs between two states of a vendor: old and new value by name, as the ledger tells it."""
    old, new = columns_of(before), columns_of(after)
    return {name: {"old": old[name], "new": new[name]} for name in old if old[name] != new[name]}


def put_on_file(
    vendors: Sequence[Vendor],
    source: Mapping[str, str],
    *,
    actor: str,
    told: Collection[str] = ALL,
    on_vendor: Callable[[], object] = lambda: None,
) -> Imported:
    """Put a list of vendors on file, in one transaction, and tell the ledger; those it does not name stay as they are.

    ``source`` says in the ledger where the list is from; ``told`` which of a vendor's fields the list has: the others
    stay as they are too, so that a list without bank accounts takes none away. ``on_vendor`` is called after each.
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
            after = _with(before, vendor, told)
            if different := changes(before, after):
                StoredVendor.objects.filter(pk=row.pk).update(**columns_of(after), version=new_version())
                bank_accounts.put(vendor.number, before.bank_accounts, after.bank_accounts, by=actor)
                tell_change(vendor.number, different, actor=actor)
                changed.append(vendor.number)
            on_vendor()
        absent = len(rows.keys() - {one.number for one in vendors})
        done = Imported(tuple(new), tuple(changed), len(vendors) - len(new) - len(changed), absent)
        ledger.append("vendors-imported", actor=actor, body={**source, **asdict(done)})
    return done


def _with(before: Vendor, listed: Vendor, told: Collection[str]) -> Vendor:
    return replace(before, **{name: getattr(listed, name) for name in told})


def tell_change(number: str, different: Mapping[str, Any], *, actor: str) -> None:
    """Tell the ledger what of a vendor was changed, in the transaction of the change."""
    ledger.append("vendor-changed", actor=actor, body={"number": number, "changes": dict(different)})
