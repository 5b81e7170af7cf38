"""The seller is the vendor on file that the whole document speaks for, whatever its largest letters say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from demo.billing import TOWN
from demo.paper import PrintSheet
from tests.doors import keywright

VENDORS = """number,name,tax numbers,bank accounts,address
C7,Oak Hollow Carpentry Ltd.,812345106 RT0001,004-10202-7654321,"5 Sawmill Lane, Elora, ON N0B 1S0"
C8,Sterling Receivables Corp.,812345114 RT0001,815-00001-1112223,"90 Bay Street, Toronto, ON M5J 2T3"
C9,Town of Millbrook Falls,812345122 RT0001,,"1 Town Hall Square, Millbrook Falls, ON L0P 1M0"
"""
OAK_TAX, STERLING_TAX, TOWN_TAX = "812345106 RT0001", "812345114 RT0001", "812345122 RT0001"
OAK = ("This work was done by Oak Hollow", "Carpentry Ltd., GST/HST " + OAK_TAX)


def bill(head: Sequence[str], foot: Sequence[str], extra: Sequence[str] = ()) -> bytes:
    """Draw a bill with a letterhead, and sentences below its totals."""
    sheet = PrintSheet()
    sheet.write(48, 60, head[0], 18, "VeraBd")
    sheet.lines(48, 78, head[1:], 9, 12)
    sheet.write(430, 60, "INVOICE", 16, "VeraBd")
    sheet.lines(48, 140, ("Bill to:", *TOWN, *extra), 9)
    sheet.pairs(380, 480, 140, [("Invoice no:", "OH-2231"), ("Invoice date:", "2026-11-02")])
    sheet.lines(48, 260, ("New shelves for the archive", "Subtotal", "HST 13%", "Total CAD"), 9, 16)
    sheet.lines(520, 260, ("400.00", "400.00", "52.00", "452.00"), 9, 16, align="right")
    sheet.lines(48, 420, foot, 9, 12)
    return sheet.finish("Invoice OH-2231", head[0])


def read(folder: Path, pdf: bytes, vendors: str = VENDORS) -> dict[str, Any]:
    """Import vendors into an empty office, and return what is read on a bill there."""
    (folder / "bill.pdf").write_bytes(pdf)
    (folder / "vendors.csv").write_text(vendors, encoding="utf-8")
    home = folder / "home"
    imported = keywright("vendors", "import", str(folder / "vendors.csv"), home=home)
    assert imported.returncode == 0, imported.stderr
    done = keywright(
        "read", "--json", str(folder / "bill.pdf"), home=home, KEYWRIGHT_TOWN_NAMES="Town of Millbrook Falls"
    )
    assert done.returncode == 0, done.stderr
    reading: dict[str, Any] = json.loads(done.stdout)
    return reading


def questions(reading: dict[str, Any]) -> list[str]:
    return [finding["message"] for finding in reading["findings"] if finding["rule"] == "vendor-evidence"]


def test_a_tax_number_and_a_name_over_two_lines_beat_the_letterhead_of_a_stranger(tmp_path: Path) -> None:
    reading = read(tmp_path, bill(["Prompt Payment Partners", "Box 9, Guelph, ON N1H 6J1"], OAK))

    seller = reading["fields"]["seller_name"]
    assert (seller["value"], seller["votes"]["vendor file"]) == (
        "Oak Hollow Carpentry Ltd.",
        "Oak Hollow Carpentry Ltd.",
    )
    assert seller["votes"]["rules"] == "Prompt Payment Partners"
    assert seller["confidence"] > 0.99
    assert seller["box"][1] > 400
    assert questions(reading) == []


def test_a_name_with_its_postal_code_is_enough(tmp_path: Path) -> None:
    foot = ("Send all mail to Oak Hollow Carpentry, 5 Sawmill Lane, Elora, ON  N0B 1S0",)

    reading = read(tmp_path, bill(["Prompt Payment Partners", "Box 9, Guelph, ON N1H 6J1"], foot))

    assert reading["fields"]["seller_name"]["value"] == "Oak Hollow Carpentry Ltd."


def test_a_seller_on_file_and_the_tax_number_of_another_are_asked_about_with_both(tmp_path: Path) -> None:
    reading = read(tmp_path, bill(["Sterling Receivables Corp.", "90 Bay Street, Toronto, ON M5J 2T3"], OAK))

    (question,) = questions(reading)
    assert "Sterling Receivables Corp. (C8)" in question
    assert "tax number of Oak Hollow Carpentry Ltd. (C7)" in question
    assert reading["fields"]["seller_name"]["value"] == "Sterling Receivables Corp."
    assert reading["fields"]["seller_name"]["votes"]["vendor file"] == "Oak Hollow Carpentry Ltd."


def test_a_tax_number_whose_vendor_is_named_nowhere_is_asked_about(tmp_path: Path) -> None:
    foot = ("GST/HST registration 81234 5106 RT0001",)

    reading = read(tmp_path, bill(["Prompt Payment Partners", "Box 9, Guelph, ON N1H 6J1"], foot))

    (question,) = questions(reading)
    assert "The tax number printed here is that of Oak Hollow Carpentry Ltd. (C7)" in question


@pytest.mark.parametrize(
    "foot",
    [
        ("Pay to account 004-10202-7654321",),  # an account alone: the checks compare it
        ("Shelves like those of Oak Hollow Carpentry",),  # a name alone
        (f"Your GST/HST number: {TOWN_TAX}",),  # this office's own number
    ],
)
def test_an_account_a_name_or_the_buyer_s_own_number_alone_names_nobody(tmp_path: Path, foot: Sequence[str]) -> None:
    reading = read(tmp_path, bill(["Prompt Payment Partners", "Box 9, Guelph, ON N1H 6J1"], foot))

    assert reading["fields"]["seller_name"]["value"] == "Prompt Payment Partners"
    assert "vendor file" not in reading["fields"]["seller_name"].get("votes", {})


def test_a_vendor_at_the_buyer_s_address_is_not_the_seller(tmp_path: Path) -> None:
    vendors = VENDORS + 'C5,Millbrook Library Board,812345130 RT0001,,"2 Town Hall Square, Millbrook Falls L0P 1M0"\n'
    head = ["Prompt Payment Partners", "Box 9, Guelph, ON N1H 6J1"]

    reading = read(tmp_path, bill(head, ("Shelves for the", "Millbrook Library Board")), vendors)

    assert reading["fields"]["seller_name"]["value"] == "Prompt Payment Partners"
