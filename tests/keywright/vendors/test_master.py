"""The vendor master keeps what was imported, tells the ledger, and is asked for each case."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cli.vendors import import_vendors
from keywright.bot import bot_named
from keywright.cases import casebook
from keywright.cases.worker import Office
from keywright.database.models import LedgerEntry, StoredVendor
from keywright.errors import Stop
from keywright.ledger import ledger
from keywright.model.case import State
from keywright.model.checks import Circumstances, Outcome, Verdict
from keywright.model.fields import Extraction
from keywright.model.vendor import Match, Payee, Seller
from keywright.terminal import SafeConsole
from keywright.vendors import master
from tests.keywright.papers import claimed, field
from tests.keywright.vendors.test_matching import PUMPS, VENDORS

FILE = {"file": "vendors.csv"}


@pytest.mark.usefixtures("database")
def test_what_is_put_on_file_is_found_again_as_it_was() -> None:
    assert master.find(Seller("Brightwater Pumps")) is None

    done = master.put_on_file(VENDORS, FILE, actor="ivan")

    assert (done.new, done.changed, done.unchanged, done.absent) == (("V1", "V9", "V7", "V3"), (), 0, 0)
    assert set(master.on_file()) == set(VENDORS)
    match = master.find(Seller("Brightwater Pumps"))
    assert match is not None
    assert match.vendor == PUMPS


@pytest.mark.usefixtures("database")
def test_a_second_import_changes_what_differs_and_tells_old_and_new() -> None:
    master.put_on_file(VENDORS, FILE, actor="ivan")
    moved = replace(PUMPS, bank_accounts=("004-10202-9999999",))

    done = master.put_on_file([moved, *VENDORS[1:3]], FILE, actor="ivan")

    assert (done.new, done.changed, done.unchanged, done.absent) == ((), ("V1",), 2, 1)
    match = master.find(Seller(bank_account="004-10202-9999999"))
    assert match is not None
    assert match.vendor == moved
    (entry,) = LedgerEntry.objects.filter(event="vendor-changed")
    assert entry.body == {
        "number": "V1",
        "changes": {"bank_accounts": {"old": "004-10202-1234567", "new": "004-10202-9999999"}},
    }
    assert [entry.body["changed"] for entry in LedgerEntry.objects.filter(event="vendors-imported")] == [[], ["V1"]]
    assert not ledger.verify().fault


@pytest.mark.usefixtures("database")
def test_a_list_without_bank_accounts_takes_none_away(tmp_path: Path) -> None:
    master.put_on_file(VENDORS, FILE, actor="ivan")
    path = tmp_path / "names.csv"
    path.write_text("Number,Name\nV1,Brightwater Pumps & Motors Ltd.\n")

    import_vendors(path, actor="ivan", screen=SafeConsole(quiet=True))

    (pumps,) = (vendor for vendor in master.on_file() if vendor.number == "V1")
    assert pumps == replace(PUMPS, name="Brightwater Pumps & Motors Ltd.")


@pytest.mark.usefixtures("database")
def test_nothing_is_half_imported() -> None:
    twice = [*VENDORS, PUMPS]  # the file's reader refuses this; the database does too
    with pytest.raises(Exception, match=r"(?i)unique"):
        master.put_on_file(twice, FILE, actor="ivan")

    assert not StoredVendor.objects.exists()
    assert not LedgerEntry.objects.exists()


@pytest.mark.usefixtures("database")
def test_the_import_of_a_file_is_told_in_numbers_and_a_faulty_one_changes_nothing(tmp_path: Path) -> None:
    path, screen = tmp_path / "vendors.csv", SafeConsole(record=True, width=150)
    path.write_text("Number,Name,Phone\nV1,Salt Inc.,1\nV2,Grit Ltd.,2\n")
    import_vendors(path, actor="ivan", screen=screen)
    path.write_text("Number,Name\nV1,Salt Limited\nV2,Grit Ltd.\nV4,Sand\n")
    import_vendors(path, actor="ivan", screen=screen)
    path.write_text("Number,Name\nV1,Changed\nV2,\n")

    with pytest.raises(Stop, match="row 3, column"):
        import_vendors(path, actor="ivan", screen=screen)

    text = screen.export_text()
    assert "2 vendors: 2 new, 0 changed, 0 unchanged" in text
    assert "3 vendors: 1 new, 1 changed, 1 unchanged" in text
    assert "left out: Phone" in text
    assert StoredVendor.objects.get(number="V1").name == "Salt Limited"


def invoice(**values: str) -> Extraction:
    return Extraction("invoice", {name: field(name, text) for name, text in values.items()})


def test_the_office_tells_the_checks_whom_the_master_takes_the_seller_for(office: Office) -> None:
    bot, case = bot_named("supplier-invoices"), claimed()
    assert office.circumstances(case, bot, invoice(seller_name="Brightwater Pumps")).vendor is None

    master.put_on_file(VENDORS, FILE, actor="ivan")
    circumstances = office.circumstances(case, bot, invoice(seller_name="BWP", seller_tax_id="812345015RT0001"))

    assert circumstances.payee == Payee("V1", "Brightwater Pumps Ltd.")
    permits = bot_named("permit-applications")
    assert office.circumstances(case, permits, invoice(seller_name="x")).vendor is None


def test_a_checked_case_keeps_its_payee_even_if_the_master_changes(office: Office) -> None:
    case = casebook.record_extraction(claimed(), invoice(seller_name="Brightwater Pumps"), (), actor="robot")
    circumstances = Circumstances(office.today(), vendor=Match(Seller("Brightwater Pumps"), PUMPS))

    checked = office.has_checked(case, Verdict(Outcome.KEY, ()), circumstances)

    assert checked.state is State.CHECKED
    assert casebook.get(case.id).payee == Payee("V1", "Brightwater Pumps Ltd.")
    assert LedgerEntry.objects.get(event="case-checked").body["payee"]["number"] == "V1"


def test_the_row_of_one_vendor_says_who_it_is(office: Office) -> None:
    master.put_on_file(VENDORS[:1], FILE, actor="ivan")

    assert str(StoredVendor.objects.get()) == str(PUMPS) == "Brightwater Pumps Ltd. (V1)"
