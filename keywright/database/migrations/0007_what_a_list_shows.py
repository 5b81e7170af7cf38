from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import migrations, models

from keywright.model.fields import bare
from keywright.model.values.amounts import amount_of

# What a list showed when this migration was written; a migration keeps its own copy, whatever lists show today.
SENDERS = ("seller_name", "applicant_corporation", "applicant_last_name", "owner_corporation", "owner_last_name")
NUMBERS = ("invoice_number", "registration_number")
AMOUNTS = ("grand_total", "amount_due", "project_value_number", "project_value")
URGENT_FIRST = ("uncertain", "duplicate", "system", "business", "reading")
AT_ONCE = 500
COLUMNS = ("sender", "sender_key", "paper_number", "amount", "currency", "kind", "referred_at", "due_at")


def fill(apps: Any, _editor: Any) -> None:
    """Tell of the cases that are there already what a list shows of them; those that wait are due in two days."""
    cases = apps.get_model("records", "StoredCase").objects
    for some in _batches(cases):
        for row in some:
            for name, value in _columns(row.extraction).items():
                setattr(row, name, value)
            if row.state == "referred":
                row.kind = _kind(row.findings)
                row.referred_at, row.due_at = row.changed_at, row.changed_at + timedelta(days=2)
        cases.bulk_update(some, COLUMNS)


def _kind(findings: Any) -> str:
    """Return the kind of a referral, whatever version wrote its findings down."""
    kinds = {one.get("kind") for one in findings if isinstance(one, dict)} if isinstance(findings, list) else set()
    return next((kind for kind in URGENT_FIRST if kind in kinds), "")


def _columns(extraction: Any) -> dict[str, Any]:
    fields = extraction.get("fields") if isinstance(extraction, dict) else None
    sender = _first(fields, SENDERS)
    amounts = (amount_of(_first(fields, (name,))) for name in AMOUNTS)
    return {
        "sender": sender[:200],
        "sender_key": bare(sender)[:200],
        "paper_number": bare(_first(fields, NUMBERS))[:100],
        "amount": next((value.quantize(Decimal("0.01")) for value in amounts if value is not None), None),
        "currency": _first(fields, ("currency",))[:3],
    }


def _first(fields: Any, names: tuple[str, ...]) -> str:
    """Return the first value that is not blank, its blanks made single."""
    values = fields if isinstance(fields, dict) else {}
    texts = (str(values[name].get("value") or "") for name in names if isinstance(values.get(name), dict))
    return next((" ".join(text.split()) for text in texts if text.strip()), "")


def _batches(cases: Any) -> Iterator[list[Any]]:
    last = 0
    while some := list(cases.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        yield some
        last = some[-1].pk


class Migration(migrations.Migration):
    dependencies = (("records", "0006_lockout"),)

    operations = (
        migrations.AddField(
            model_name="keying",
            name="named",
            field=models.CharField(max_length=100, default="", blank=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    )
