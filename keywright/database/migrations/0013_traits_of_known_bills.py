"""Keeps of each bill that was read before what its duplicate is found by now."""

from typing import Any, TypeVar

from django.db import migrations
from django.db.models.fields.json import KT

from keywright.model.duplicates import ComparedBill, traits_of
from keywright.model.fields import AMOUNT, DATE, ValueKind

T = TypeVar("T")

BEFORE = ("the same seller and invoice number", "the same seller, total and date")
FIELDS = ("seller_name", "invoice_number", "grand_total", "issue_date", "currency", "invoice_type")
AT_ONCE = 1000


def keep_traits(apps: Any, _schema_editor: Any) -> None:
    """Write the traits of all bills anew, a thousand cases at a time, by what was read of them."""
    case_table, key_table = apps.get_model("records", "StoredCase"), apps.get_model("records", "DuplicateKey")
    last = 0
    while numbers := _bills_after(key_table, last):
        told = case_table.objects.filter(pk__in=numbers).values_list(
            "pk", KT("payee__number"), *(KT(f"extraction__fields__{name}__value") for name in FIELDS)
        )
        rows = [key_table(case_id=pk, **trait) for pk, vendor, *values in told for trait in _traits(vendor, *values)]
        key_table.objects.filter(case_id__in=numbers, rule__in=BEFORE).delete()
        key_table.objects.bulk_create(rows, batch_size=AT_ONCE)
        last = numbers[-1]


def _bills_after(key_table: Any, last: int) -> list[int]:
    rows = key_table.objects.filter(rule__in=BEFORE, case_id__gt=last).order_by("case_id")
    return list(rows.values_list("case_id", flat=True).distinct()[:AT_ONCE])


def _traits(
    vendor: str | None, seller: str, number: str, total: str, day: str, currency: str, kind: str
) -> list[dict[str, Any]]:
    bill = ComparedBill(
        vendor=vendor or "",
        seller=seller or "",
        number=number or "",
        total=_parsed(AMOUNT, total),
        day=_parsed(DATE, day),
        currency=currency or "",
        credit=kind == "credit-note",
    )
    return [
        {"rule": trait.rule, "key": trait.key[:300], "number": trait.number[:200], "day": trait.day}
        for trait in traits_of(bill)
    ]


def _parsed(kind: ValueKind[T], text: str | None) -> T | None:
    try:
        return kind.parse(text) if text else None
    except ValueError:
        return None


class Migration(migrations.Migration):
    dependencies = (("records", "0012_traits_of_duplicates"),)

    operations = (migrations.RunPython(keep_traits, migrations.RunPython.noop, elidable=False),)
