"""Reads purchase orders and deliveries from a CSV file or an Excel workbook, and reports all faults at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from keywright.model.order import ZERO, OrderedItem, OrderOnFile, OrderState
from keywright.purchasing.sheet import Columns, ListedRow, ListedRows, read_list
from keywright.purchasing.units import in_unit

ORDER_HEADS = (
    *("order", "order number", "order no", "po", "po number", "po no", "purchase order", "purchase order number"),
    *("commande", "numéro de commande", "no de commande", "bon de commande", "no bon de commande"),
)
LINE_HEADS = ("line", "line number", "line no", "order line", "po line", "ligne", "numéro de ligne", "no de ligne")
ITEM_HEADS = ("item", "item number", "item no", "item code", "article", "sku", "part", "part number", "code d'article")
QUANTITY_HEADS = ("quantity", "qty", "ordered quantity", "quantity ordered", "quantité", "qté", "quantité commandée")
UNIT_HEADS = ("unit", "uom", "unit of measure", "unité", "unité de mesure")
ORDER_COLUMNS: Columns = {
    "number": ORDER_HEADS,
    "vendor": (
        *("vendor", "vendor number", "vendor no", "vendor id", "supplier", "supplier number", "supplier no"),
        *("fournisseur", "numéro du fournisseur", "no fournisseur"),
    ),
    "currency": ("currency", "devise", "monnaie"),
    "state": ("status", "state", "order status", "statut", "état"),
    "needs_delivery": ("receipt required", "delivery required", "3-way", "three-way", "réception requise"),
    "line": LINE_HEADS,
    "item": ITEM_HEADS,
    "description": ("description", "item description", "text", "désignation", "libellé"),
    "quantity": QUANTITY_HEADS,
    "unit": UNIT_HEADS,
    "unit_price": ("unit price", "price", "unit cost", "prix unitaire", "prix"),
    "amount": ("amount", "line amount", "line total", "net amount", "total", "montant", "montant net"),
}
"""The known columns of a list of orders with their heads, compared without case, blanks, accents and punctuation."""
DELIVERY_COLUMNS: Columns = {
    "delivery": (
        *("delivery", "delivery number", "delivery no", "receipt", "receipt number", "packing slip", "grn"),
        *("livraison", "numéro de livraison", "no de livraison", "bon de livraison", "réception"),
    ),
    "number": ORDER_HEADS,
    "line": LINE_HEADS,
    "item": ITEM_HEADS,
    "quantity": (
        *("quantity", "qty", "received quantity", "quantity received", "delivered quantity", "quantity delivered"),
        *("quantité", "qté", "quantité reçue", "quantité livrée"),
    ),
    "unit": UNIT_HEADS,
    "day": ("date", "delivery date", "received on", "receipt date", "date de livraison", "date de réception"),
}
DELIVERY_NEEDS = {"delivery": "Delivery", "number": "Order", "quantity": "Quantity"}
STATES = {
    OrderState.OPEN.value: ("active", "approved", "released", "ouverte", "ouvert", "en cours", "approuvée"),
    OrderState.CLOSED.value: ("complete", "completed", "done", "fermée", "fermé", "terminée", "close"),
    OrderState.CANCELLED.value: ("canceled", "void", "voided", "annulée", "annulé"),
}
YES_OR_NO = {"yes": ("y", "true", "1", "x", "oui", "o", "vrai"), "no": ("n", "false", "0", "non", "faux")}
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class DeliveredItem:
    """What one delivery brought of one line of an order, in the unit of that line."""

    delivery: str
    order: str
    line: str
    quantity: Decimal
    day: dt.date | None = None


def read_orders(path: Path) -> tuple[tuple[OrderOnFile, ...], ListedRows]:
    """Return the orders of a file that has a row for each of their lines. Raises Stop, with every fault."""
    listed = read_list(path, ORDER_COLUMNS, {"number": "Order"})
    orders: dict[str, OrderOnFile] = {}
    faults = []
    for row in listed.rows:
        order = _order(row)
        standing = orders.get(order.number)
        if standing and (fault := _differs(row, standing, order)):
            faults.append(fault)
        place = len(standing.items) + 1 if standing else 1
        item = _item(row, place)
        if standing and item.line in {other.line for other in standing.items}:
            faults.append(row.at("line", f"line {item.line} of order {order.number} is in the file already"))
        orders[order.number] = replace(standing or order, items=(*(standing.items if standing else ()), item))
    listed.ensure_sound(faults)
    return tuple(orders.values()), listed


def _order(row: ListedRow) -> OrderOnFile:
    return OrderOnFile(
        number=row.text("number", 50, needed=True),
        vendor=row.text("vendor", 50),
        currency=row.text("currency", 3).upper(),
        state=OrderState(row.choice("state", STATES, OrderState.OPEN.value)),
        needs_delivery=row.choice("needs_delivery", YES_OR_NO, "no") == "yes",
    )


def _differs(row: ListedRow, standing: OrderOnFile, order: OrderOnFile) -> str:
    """Return the fault of a row that says something else of its order than an earlier row, or ""."""
    for column in ("vendor", "currency", "state", "needs_delivery"):
        if getattr(order, column) != getattr(standing, column):
            return row.at(column, f"order {order.number} has another value in an earlier row")
    return ""


def _item(row: ListedRow, place: int) -> OrderedItem:
    quantity, price, amount = row.amount("quantity"), row.amount("unit_price"), row.amount("amount")
    if amount is None and (quantity is None or price is None):
        row.faults.append(row.at("amount", "an amount is needed, or a quantity and a unit price"))
    if amount is None:
        amount = (quantity or ZERO) * (price or ZERO)
    if price is None and quantity:
        price = (amount / quantity).quantize(Decimal("0.0001"))
    return OrderedItem(
        line=row.text("line", 20) or str(place),
        description=row.text("description", 500),
        amount=amount.quantize(_CENT),
        item=row.text("item", 100),
        quantity=quantity,
        unit=row.text("unit", 20),
        unit_price=price,
    )


def delivered_orders(path: Path) -> list[str]:
    """Return the numbers of the orders that a file of deliveries names. Raises Stop if it has no column heads."""
    listed = read_list(path, DELIVERY_COLUMNS, DELIVERY_NEEDS)
    return sorted({row.text("number", 50) for row in listed.rows})


def read_deliveries(path: Path, orders: Mapping[str, OrderOnFile]) -> tuple[tuple[DeliveredItem, ...], ListedRows]:
    """Return the deliveries of a file; ``orders`` are the orders on file by number. Raises Stop, with every fault."""
    listed = read_list(path, DELIVERY_COLUMNS, DELIVERY_NEEDS)
    delivered = [item for row in listed.rows if (item := _delivered(row, orders))]
    listed.ensure_sound(list(_repeated(listed.rows, delivered)))
    return tuple(delivered), listed


def _delivered(row: ListedRow, orders: Mapping[str, OrderOnFile]) -> DeliveredItem | None:
    delivery, number = row.text("delivery", 50, needed=True), row.text("number", 50, needed=True)
    quantity, day, unit = row.amount("quantity"), row.day("day"), row.text("unit", 20)
    if quantity is None:
        row.text("quantity", 50, needed=True)
    if (order := orders.get(number)) is None:
        row.faults.append(row.at("number", f"order {number} is not on file; import the orders first"))
        return None
    if (item := _line_meant(row, order)) is None or quantity is None:
        return None
    counted = in_unit(quantity, unit, item.unit)
    if counted is None:
        row.faults.append(
            row.at("unit", f"{unit!r} cannot be counted in {item.unit!r}, the unit of line {item.line} of the order")
        )
        return None
    return DeliveredItem(delivery, number, item.line, counted, day)


def _line_meant(row: ListedRow, order: OrderOnFile) -> OrderedItem | None:
    """Return the line of an order that a delivery names by its number or its item; a single line need not be named."""
    line, code = row.text("line", 20), row.text("item", 100)
    items = [item for item in order.items if (item.line == line if line else not code or item.item == code)]
    if len(items) == 1:
        return items[0]
    column = "line" if line or not code else "item"
    fault = (
        "is not on" if not items else "is on several lines of" if line or code else "is needed: several lines are on"
    )
    row.faults.append(row.at(column, f"{line or code or 'a line'} {fault} order {order.number}"))
    return None


def _repeated(rows: Sequence[ListedRow], delivered: Sequence[DeliveredItem]) -> Iterator[str]:
    if len(rows) != len(delivered):
        return
    first: dict[tuple[str, str, str], int] = {}
    for row, item in zip(rows, delivered, strict=True):
        if first.setdefault(key := (item.delivery, item.order, item.line), row.number) != row.number:
            yield row.at("delivery", f"{item.delivery} of this line is in row {first[key]} already")
