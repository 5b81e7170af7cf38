"""Orders and deliveries are imported from what ledger systems export, or every fault of a file is named."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from tests.doors import keywright

ORDERS = """Numéro de commande;Fournisseur;Devise;Statut;Ligne;Article;Désignation;Quantité;Unité;Prix unitaire
PO-26-1187;V1001;CAD;ouverte;1;SP-7500;Submersible sewage pump;2;each;6 480,00
PO-26-1187;V1001;CAD;ouverte;2;MS-118;Mechanical seal kit;24;each;312,50
PO-26-1190;V1002;CAD;fermée;1;;HL-3 surface asphalt;84,5;t;128,40
"""


def run(folder: Path, what: str, text: str, name: str = "list.csv") -> subprocess.CompletedProcess[str]:
    (folder / name).write_text(text, encoding="utf-8")
    return keywright(what, "import", str(folder / name), home=folder / "home")


def test_a_french_list_of_orders_is_imported_once_and_then_changes_what_differs(tmp_path: Path) -> None:
    first, again = run(tmp_path, "orders", ORDERS), run(tmp_path, "orders", ORDERS)
    changed = run(tmp_path, "orders", ORDERS.replace("312,50", "318,00"))

    assert "list.csv: 2 orders: 2 new, 0 changed, 0 unchanged." in first.stdout, first.stderr
    assert "0 new, 0 changed, 2 unchanged." in again.stdout
    assert "0 new, 1 changed, 1 unchanged." in changed.stdout
    assert "The ledger verifies" in keywright("ledger", "verify", home=tmp_path / "home").stdout


def test_a_workbook_below_its_title_is_read_and_its_unknown_columns_are_named(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    rows: list[list[Any]] = [
        ["Open orders, November 2026"],
        ["PO Number", "Vendor No.", "Item", "Qty", "UOM", "Unit Price", "Buyer"],
        [4500017.0, 1001.0, "Pump", 2.0, "ea", 6480.0, "Ivan"],
    ]
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "orders.xlsx")

    done = keywright("orders", "import", str(tmp_path / "orders.xlsx"), home=tmp_path / "home")

    assert "orders.xlsx: 1 orders: 1 new, 0 changed, 0 unchanged." in done.stdout, done.stderr
    assert "left out: Buyer." in done.stdout


def test_every_fault_of_a_list_of_orders_is_named_with_its_row(tmp_path: Path) -> None:
    text = "PO,Line,Quantity,Unit price,Status\nP1,1,two,5,open\nP1,1,2,5,open\n,3,1,1,open\nP2,1,1,,lost\n"

    done = run(tmp_path, "orders", text)

    assert done.returncode == 1
    assert "nothing was imported because of" in done.stderr
    for fault in (
        "row 2, column Quantity: 'two' is not a number; write it like 1250.00.",
        "row 3, column Line: line 1 of order P1 is in the file already.",
        "row 4, column PO: this cell must not be empty.",
        "row 5, column amount: an amount is needed, or a quantity and a unit price.",
        "row 5, column Status: 'lost' is none of open, closed, cancelled.",
    ):
        assert fault in done.stderr


def test_deliveries_are_counted_in_the_unit_of_the_order_and_imported_once(tmp_path: Path) -> None:
    run(tmp_path, "orders", ORDERS)
    deliveries = "Delivery,PO,Line,Quantity,Unit,Date\nD1,PO-26-1187,2,1,dozen,2026-10-12\nD2,PO-26-1190,,40000,kg,\n"

    first, again = run(tmp_path, "deliveries", deliveries, "d.csv"), run(tmp_path, "deliveries", deliveries, "d.csv")
    more = run(tmp_path, "deliveries", deliveries.replace("2,1,dozen", "2,2,dozen"), "d.csv")

    assert "d.csv: 2 delivered items: 2 new, 0 changed, 0 unchanged." in first.stdout, first.stderr
    assert "0 new, 0 changed, 2 unchanged." in again.stdout
    assert "0 new, 1 changed, 1 unchanged." in more.stdout


def test_every_fault_of_a_list_of_deliveries_is_named_with_its_row(tmp_path: Path) -> None:
    run(tmp_path, "orders", ORDERS)
    text = "Delivery,PO,Line,Quantity,Unit,Date\nD1,PO-1,1,1,each,\nD2,PO-26-1187,,1,each,\nD3,PO-26-1187,1,1,kg,soon\n"

    done = run(tmp_path, "deliveries", text, "d.csv")

    assert done.returncode == 1
    for fault in (
        "row 2, column PO: order PO-1 is not on file; import the orders first.",
        "row 3, column Line: a line is needed: several lines are on order PO-26-1187.",
        "row 4, column Unit: 'kg' cannot be counted in 'each', the unit of line 1 of the order.",
        "row 4, column Date: 'soon' is not a date; write it like 2026-11-02.",
    ):
        assert fault in done.stderr, done.stderr
