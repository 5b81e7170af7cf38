"""The vendor master is read out of what ledger systems export, or every fault of it is told at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from keywright.errors import Stop
from keywright.model.vendor import Vendor
from keywright.vendors.import_file import read_vendors


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def book(path: Path, *rows: list[Any]) -> Path:
    workbook = Workbook()
    assert workbook.active is not None
    for row in rows:
        workbook.active.append(row)
    workbook.save(path)
    return path


def test_heads_are_understood_in_many_wordings_and_others_are_named(tmp_path: Path) -> None:
    text = "Supplier_ID;Nom;Trade name;TPS;TVQ;IBAN;Adresse;Code postal;GL Code;Actif;Phone\n"
    text += "7;Papeterie Laurier inc.;PL | Laurier;812345056 RT0001;1212345677 TQ0001;;2150, rue Sherbrooke;H2K 1C5;"
    text += "5940;oui;1\n"

    vendor_list = read_vendors(written(tmp_path / "a.csv", text))

    assert vendor_list.ignored == ("Phone",)
    assert "bank_accounts" in vendor_list.columns
    assert vendor_list.vendors == (
        Vendor(
            "7",
            "Papeterie Laurier inc.",
            ("PL", "Laurier"),
            ("812345056 RT0001", "1212345677 TQ0001"),
            (),
            "2150, rue Sherbrooke, H2K 1C5",
            "5940",
        ),
    )


def test_a_workbook_is_read_below_its_title_with_its_numbers_as_a_person_sees_them(tmp_path: Path) -> None:
    path = book(
        tmp_path / "vendors.xlsx",
        ["Vendor list, November 2026"],
        [],
        ["Vendor No.", "VENDOR NAME", "GST number", "Institution", "Transit", "Account", "Address 1", "City", "Status"],
        [1001.0, "Salt Inc.", None, 4, 10202, 1234567, "1 Elm St.", "Milton", "Inactive"],
        [1002, "Grit Ltd.", "812345023RT0001", "", "", "", "", "", ""],
    )

    vendor_list = read_vendors(path)
    salt, grit = vendor_list.vendors

    assert (salt.number, salt.bank_accounts, salt.address, salt.active) == (
        "1001",
        ("004-10202-1234567",),
        "1 Elm St., Milton",
        False,
    )
    assert vendor_list.columns == {"number", "name", "tax_numbers", "bank_accounts", "address", "active"}
    assert (grit.tax_numbers, grit.bank_accounts, grit.active) == (("812345023RT0001",), (), True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_accents_survive_every_way_in_which_a_spreadsheet_writes_csv(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path / "a.csv", "Number,Name\r\n1,Côté\r\n", encoding)

    assert [vendor.name for vendor in read_vendors(path).vendors] == ["Côté"]


def test_every_fault_is_told_at_once_with_its_row_and_column(tmp_path: Path) -> None:
    text = "Number,Name,GST number,IBAN,Active,Institution,Transit,Account\n"
    text += "1,Salt,812345016 RT0001,DE89370400440532013001,perhaps,,,\n"
    text += ",Grit,,,,004,,123\n"
    text += "1,,,,,,,\n"

    with pytest.raises(Stop) as stop:
        read_vendors(written(tmp_path / "a.csv", text))

    text = str(stop.value)
    assert "nothing was imported because of 7 faults" in text
    for fault in (
        "row 2, column GST number: '812345016 RT0001': expected a GST/HST number",
        "row 2, column IBAN: 'DE89370400440532013001': the check digits of this IBAN are wrong",
        "row 2, column Active: 'perhaps' is neither yes nor no",
        "row 3, column Number: this cell must not be empty",
        "row 3, column Account: institution, transit and account read 004, nothing, 123; all three are needed",
        "row 4, column Name: this cell must not be empty",
        "row 4, column Number: 1 is in row 2 already",
    ):
        assert fault in text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"a,b\n1,2\n", "no row with column heads was found"),
        (b"", "no row with column heads was found"),
        (b"PK\x03\x04 torn", "is not a workbook that can be read"),
        (b"\xd0\xcf\x11\xe0old", "neither CSV nor an Excel workbook"),
        (b'Number,Name\n1,"open\n', "line 2"),
    ],
)
def test_what_is_no_list_of_vendors_is_refused_in_words(tmp_path: Path, content: bytes, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)

    with pytest.raises(Stop, match=text):
        read_vendors(path)


def test_a_file_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="cannot be read: No such file"):
        read_vendors(tmp_path / "none.csv")
