from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import migrations, models

from keywright.listed import URGENT_FIRST, listed

AT_ONCE = 500
COLUMNS = ("sender", "sender_key", "paper_number", "amount", "currency", "kind", "referred_at", "due_at")


def fill(apps: Any, _editor: Any) -> None:
    """Tell of the cases that are there already what a list shows of them; those that wait are due in two days."""
    cases = apps.get_model("records", "StoredCase").objects
    for some in _batches(cases):
        for row in some:
            for name, value in listed(row.extraction).items():
                setattr(row, name, value)
            if row.state == "referred":
                row.kind = _kind(row.findings)
                row.referred_at, row.due_at = row.changed_at, row.changed_at + timedelta(days=2)
        cases.bulk_update(some, COLUMNS)


def _kind(findings: Any) -> str:
    """Return the kind of a referral, whatever version wrote its findings down."""
    kinds = {one.get("kind") for one in findings if isinstance(one, dict)} if isinstance(findings, list) else set()
    return next((kind.value for kind in URGENT_FIRST if kind.value in kinds), "")


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
