"""The review page shows the order of a bill: what is ordered, delivered and billed on it so far."""

from __future__ import annotations

from pathlib import Path

from django.test import Client

from cli.purchasing import import_deliveries, import_orders
from keywright.database.models import StoredCase
from keywright.database.orders import BilledLine, PurchaseOrder
from keywright.model.case import Case, State
from keywright.model.fields import Field
from keywright.terminal import SafeConsole
from tests.keywright.console.desk import extraction, referred
from tests.keywright.console.pages import text_of

ORDERS = """order,vendor,currency,line,description,quantity,unit,unit price
PO-77,V1,CAD,1,"Granular A, delivered to Bay Street yard",120,t,18.00
PO-77,V1,CAD,2,Haulage,10,h,50.00
"""
QUIET = SafeConsole(quiet=True)


def ordered(folder: Path) -> Case:
    """Return a referred case on an order of which a part was delivered."""
    (folder / "orders.csv").write_text(ORDERS)
    (folder / "deliveries.csv").write_text("delivery,order,line,quantity\nD1,PO-77,1,64\n")
    import_orders(folder / "orders.csv", actor="ivan", screen=QUIET)
    import_deliveries(folder / "deliveries.csv", actor="ivan", screen=QUIET)
    return referred(read_before=extraction().with_fields(Field("purchase_order", "PO-77", "PO-77", 0.99, "text-layer")))


def billed_before(name: str, quantity: int) -> StoredCase:
    """Put a bill on the order that has passed its checks."""
    case = referred(name)
    BilledLine.objects.create(
        case_id=int(case.id), order=PurchaseOrder.objects.get(number="PO-77"), line="1", quantity=quantity, amount=720
    )
    StoredCase.objects.filter(pk=int(case.id)).update(state=State.CHECKED.value)
    return StoredCase.objects.get(pk=int(case.id))


def test_the_page_of_a_bill_shows_what_is_ordered_delivered_and_billed(maria: Client, tmp_path: Path) -> None:
    case = ordered(tmp_path)
    earlier = billed_before("earlier.pdf", 40)

    text = text_of(maria.get(f"/cases/{case.id}/review/").content)

    assert "Order PO-77" in text
    assert "Line Unit price Ordered Delivered Billed before On this bill" in text
    assert "Granular A, delivered to Bay Street yard 18.00 120 t 64 40 50" in text
    assert "Haulage 50.00 10 h – 0 7" in text
    assert "Amount before tax CAD 2660.00 720.00 1250.00" in text
    assert f"Also billed on this order: Case {earlier.pk}, earlier.pdf" in text


def test_it_is_shown_in_french(maria: Client, tmp_path: Path) -> None:
    case = ordered(tmp_path)

    text = text_of(maria.get(f"/cases/{case.id}/review/", headers={"accept-language": "fr-CA"}).content)

    assert "Commande PO-77" in text
    assert "Commandé Livré Déjà facturé Sur cette facture" in text


def test_a_bill_without_an_order_on_file_has_no_table(maria: Client) -> None:
    assert b'id="order"' not in maria.get(f"/cases/{referred().id}/review/").content
