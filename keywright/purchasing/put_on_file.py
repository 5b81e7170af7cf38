"""Puts lists of purchase orders and deliveries on file, with ledger entries; importing a list again changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, TypeVar

from django.db import transaction

from keywright.database.orders import Delivery, OrderLine, PurchaseOrder
from keywright.ledger import ledger
from keywright.model.order import OrderedItem, OrderOnFile, order_key
from keywright.purchasing.import_file import DeliveredItem
from keywright.purchasing.records import order_of

AT_ONCE = 500
"""So many orders are looked up and written at once."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ListImported:
    """How many orders, or items of deliveries, of a list were new, changed and unchanged."""

    new: int
    changed: int
    unchanged: int


def put_orders(
    orders: Sequence[OrderOnFile], source: Mapping[str, str], *, actor: str, on_progress: Callable[[int], object]
) -> ListImported:
    """Put a list of orders on file in one transaction; orders that are not in it stay as they are.

    ``source`` records in the ledger where the list is from; ``on_progress`` is called with how many more are done.
    """
    new = changed = 0
    with transaction.atomic():
        for batch in _batches(orders):
            rows = _rows_of(order.number for order in batch)
            fresh = [order for order in batch if order.number not in rows]
            _create(fresh)
            new += len(fresh)
            for order in batch:
                if order.number in rows and (before := order_of(rows[order.number])) != order:
                    _replace(rows[order.number], before, order, actor=actor)
                    changed += 1
            on_progress(len(batch))
        done = ListImported(new, changed, len(orders) - new - changed)
        ledger.append("orders-imported", actor=actor, body={**source, **asdict(done)})
    return done


def orders_on_file(numbers: Sequence[str]) -> dict[str, OrderOnFile]:
    """Return the orders on file with these numbers."""
    found: dict[str, OrderOnFile] = {}
    for batch in _batches(numbers):
        found.update({number: order_of(row) for number, row in _rows_of(batch).items()})
    return found


def put_deliveries(
    items: Sequence[DeliveredItem], source: Mapping[str, str], *, actor: str, on_progress: Callable[[int], object]
) -> ListImported:
    """Put a list of deliveries on file in one transaction; deliveries that are not in it stay as they are."""
    new = changed = 0
    with transaction.atomic():
        for batch in _batches(items):
            orders = _rows_of(item.order for item in batch)
            standing = {
                (row.number, row.order_id, row.line): row
                for row in Delivery.objects.filter(order__in=[row.pk for row in orders.values()])
            }
            fresh = []
            for item in batch:
                order = orders[item.order]
                row = standing.get((item.delivery, order.pk, item.line))
                if row is None:
                    fresh.append(_delivery(item, order))
                elif (row.quantity, row.day) != (item.quantity, item.day):
                    _correct(row, item, actor=actor)
                    changed += 1
            Delivery.objects.bulk_create(fresh)
            new += len(fresh)
            on_progress(len(batch))
        done = ListImported(new, changed, len(items) - new - changed)
        ledger.append("deliveries-imported", actor=actor, body={**source, **asdict(done)})
    return done


def _batches(values: Sequence[T]) -> Iterator[list[T]]:
    rest = iter(values)
    while batch := list(islice(rest, AT_ONCE)):
        yield batch


def _rows_of(numbers: Any) -> dict[str, PurchaseOrder]:
    rows = PurchaseOrder.objects.filter(number__in=set(numbers)).prefetch_related("lines")
    return {row.number: row for row in rows}


def _columns(order: OrderOnFile) -> dict[str, Any]:
    return {
        "vendor": order.vendor,
        "currency": order.currency,
        "state": order.state.value,
        "needs_delivery": order.needs_delivery,
    }


def _create(orders: Sequence[OrderOnFile]) -> None:
    rows = PurchaseOrder.objects.bulk_create(
        PurchaseOrder(number=order.number, key=order_key(order.number)[:50], **_columns(order)) for order in orders
    )
    OrderLine.objects.bulk_create(
        OrderLine(order=row, **asdict(item)) for row, order in zip(rows, orders, strict=True) for item in order.items
    )


def _replace(row: PurchaseOrder, before: OrderOnFile, order: OrderOnFile, *, actor: str) -> None:
    """Change an order on file, and write the old and the new values to the ledger."""
    PurchaseOrder.objects.filter(pk=row.pk).update(**_columns(order))
    if before.items != order.items:
        row.lines.all().delete()
        OrderLine.objects.bulk_create(OrderLine(order=row, **asdict(item)) for item in order.items)
    old, new = _order_body(before), _order_body(order)
    changes = {name: {"old": old[name], "new": new[name]} for name in old if old[name] != new[name]}
    ledger.append("order-changed", actor=actor, body={"number": order.number, "changes": changes})


def _order_body(order: OrderOnFile) -> dict[str, Any]:
    return {**_columns(order), "lines": [_item_body(item) for item in order.items]}


def _item_body(item: OrderedItem) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(item).items() if value not in (None, "")}


def _delivery(item: DeliveredItem, order: PurchaseOrder) -> Delivery:
    return Delivery(number=item.delivery, order=order, line=item.line, quantity=item.quantity, day=item.day)


def _correct(row: Delivery, item: DeliveredItem, *, actor: str) -> None:
    body = {
        "delivery": item.delivery,
        "order": item.order,
        "line": item.line,
        "old": f"{row.quantity.normalize():f}",
        "new": f"{item.quantity.normalize():f}",
    }
    row.quantity, row.day = item.quantity, item.day
    row.save(update_fields=["quantity", "day"])
    ledger.append("delivery-changed", actor=actor, body=body)
