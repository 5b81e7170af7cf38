"""The orders on file, looked up for a bill, and what the bills that passed their checks charge on them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from keywright.database.models import StoredCase
from keywright.database.orders import BilledLine, Delivery, OrderLine, PurchaseOrder
from keywright.model.case import State
from keywright.model.fields import Extraction
from keywright.model.order import (
    ZERO,
    BilledItem,
    BilledSoFar,
    OrderedItem,
    OrderFields,
    OrderMatch,
    OrderOnFile,
    OrderState,
    order_key,
)
from keywright.purchasing.line_matching import items_billed
from keywright.settings.settings import Settings

PASSED = (State.CHECKED, State.KEYING, State.KEYED)
"""The states in which the bill of a case counts as billed."""


class BilledMeanwhile(Exception):
    """While a case was checked, another bill on its order passed its own checks: this one must be checked again."""


def match_order(
    case: int, bot: str, extraction: Extraction, fields: OrderFields, vendor: str, settings: Settings
) -> OrderMatch | None:
    """Return what is known of the order of a bill; None if no orders are on file at all.

    ``case`` is the number of the bill's case, ``vendor`` that of its vendor on file, "" if it is not known.
    """
    if not PurchaseOrder.objects.exists():
        return None
    limits = settings.order_needed_from.get(bot, {})
    needed_from = limits.get(extraction.value(fields.currency) or "")
    number, net = extraction.value(fields.number) or "", fields.net_of(extraction) or ZERO
    row = _named(number, vendor) if number else None
    if row is None:
        return OrderMatch(number, needed_from=needed_from)
    order = order_of(row)
    items = items_billed(extraction.lines, net, order)
    return OrderMatch(
        number, order, _delivered(row), billed_so_far(row, case), items, needed_from, settings.order_tolerance
    )


def _named(number: str, vendor: str) -> PurchaseOrder | None:
    """Return the order that a printed number names; of several with one key, that of the vendor."""
    if exact := PurchaseOrder.objects.filter(number=number.strip()).first():
        return exact
    rows = list(PurchaseOrder.objects.filter(key=order_key(number)[:50]).exclude(key="").order_by("pk"))
    own = [row for row in rows if row.vendor == vendor]
    return own[0] if len(own) == 1 else rows[0] if len(rows) == 1 else None


def order_of(row: PurchaseOrder) -> OrderOnFile:
    """Return a stored order as a value."""
    items = tuple(map(_item_of, row.lines.all()))
    return OrderOnFile(row.number, row.vendor, row.currency, OrderState(row.state), row.needs_delivery, items)


def _item_of(row: OrderLine) -> OrderedItem:
    return OrderedItem(row.line, row.description, row.amount, row.item, row.quantity, row.unit, row.unit_price)


def _delivered(order: PurchaseOrder) -> dict[str, Decimal]:
    rows = Delivery.objects.filter(order=order).values("line").annotate(total=Sum("quantity"))
    return {row["line"]: row["total"] for row in rows}


def billed_so_far(order: PurchaseOrder, case: int) -> BilledSoFar:
    """Return what the bills of other cases charge on an order that have passed their checks."""
    others = _passed(order).exclude(case_id=case)
    total = others.aggregate(total=Sum("amount"))["total"] or ZERO
    rows = others.filter(~Q(line=""), quantity__isnull=False).values("line").annotate(total=Sum("quantity"))
    return BilledSoFar(total, {row["line"]: row["total"] for row in rows})


def _passed(order: PurchaseOrder) -> QuerySet[BilledLine]:
    return BilledLine.objects.filter(order=order, case__state__in=PASSED)


def bills_on(order: str, case: int) -> list[StoredCase]:
    """Return the other cases whose bills on an order have passed their checks, the oldest first."""
    rows = BilledLine.objects.filter(order__number=order, case__state__in=PASSED).exclude(case_id=case)
    return list(StoredCase.objects.filter(pk__in=rows.values("case_id")).select_related("document").order_by("pk"))


def note_billed(case: int, match: OrderMatch | None) -> None:
    """Store what a case bills on its order, in the transaction in which it passes its checks.

    Raises BilledMeanwhile if another bill on the order has passed since the order was looked up: after the ledger entry
    of the case's move every other writer waits, so that of two bills in the same moment the later one finds the other.
    """
    BilledLine.objects.filter(case_id=case).delete()
    if match is None or match.order is None:
        return
    row = PurchaseOrder.objects.get(number=match.order.number)
    if billed_so_far(row, case) != match.billed:
        raise BilledMeanwhile(f"While case {case} was checked, another bill on order {row.number} has passed.")
    BilledLine.objects.bulk_create(_rows(case, row, match.items))


def _rows(case: int, order: PurchaseOrder, items: Iterable[BilledItem]) -> Iterable[BilledLine]:
    return (
        BilledLine(case_id=case, order=order, line=item.line, quantity=item.quantity, amount=item.amount)
        for item in items
    )
