"""The demo's documents say what their samples say they say, and are broken where they are meant to be."""

import csv
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import facturx
import pypdfium2
import pytesseract
import pytest
from pypdf import PdfReader
from pypdf.errors import PdfReadError
from stdnum.ca import bn

from demo.documents import SampleDocument, make
from tests.demo.made import Made, ways_to_print

CHECKOUT = Path(__file__).parents[2]
DIGITAL_INVOICES = (
    "brightwater-4471.pdf",
    "northfield-facturx.pdf",
    "papeterie-laurier-fr.pdf",
    "grand-river-credit-note.pdf",
    "halton-hydrovac-three-pages.pdf",
    "lakeshore-uniforms-771.pdf",
    "brightwater-4471_copy.pdf",
    "escarpment-wrong-sum.pdf",
    "lakeshore-encrypted.pdf",
    "unknown-vendor.pdf",
    "credit-valley-9107.pdf",
    "brightwater-4519.pdf",
)
TWO_TAXES = ("papeterie-laurier-fr.pdf", "tax_total")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("documents"))


def test_the_same_documents_are_made_byte_for_byte_every_time(made: Made, tmp_path: Path) -> None:
    again = make(tmp_path)

    assert again == tuple(made.samples.values())
    for sample in again:
        assert (tmp_path / sample.file).read_bytes() == (made.folder / sample.file).read_bytes(), sample.file
    assert {path.name for path in made.folder.iterdir()} == set(made.samples)


def test_another_process_makes_the_same_bytes_and_tells_what_becomes_of_each(made: Made, tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "demo.documents", str(tmp_path)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert len(result.splitlines()) == len(made.samples)
    assert "lakeshore-statement.pdf" in result and "a statement is not an invoice" in result
    for file in made.samples:
        assert (tmp_path / file).read_bytes() == (made.folder / file).read_bytes(), file


def test_at_least_eight_are_to_be_keyed_and_six_referred_for_different_reasons(made: Made) -> None:
    samples = made.samples.values()
    reasons = [sample.reason for sample in samples if sample.outcome == "referred"]

    assert sum(sample.outcome == "keyed" for sample in samples) >= 8
    assert len(reasons) >= 6 and "" not in reasons
    assert {sample.bot for sample in samples} == {"supplier-invoices", "permit-applications"}
    assert len(set(reasons) - {"a statement is not an invoice", "an order is not an invoice"}) >= 5


@pytest.mark.parametrize("file", DIGITAL_INVOICES)
def test_every_true_value_is_printed_on_a_digital_invoice(made: Made, file: str) -> None:
    text, sample = made.text(file), made.samples[file]

    for name, value in sample.truth.items():
        if (file, name) != TWO_TAXES:
            assert any(way in text for way in ways_to_print(name, value)), (name, value)


def test_the_french_bill_prints_two_taxes_that_make_the_tax_total(made: Made) -> None:
    file, name = TWO_TAXES
    printed = re.findall(r"(TPS|TVQ) \([\d,]+ %\) ([\d,]+) \$", made.text(file))
    amounts = {tax: Decimal(amount.replace(",", ".")) for tax, amount in printed}

    assert set(amounts) == {"TPS", "TVQ"}
    assert sum(amounts.values()) == Decimal(made.samples[file].truth[name])


@pytest.mark.parametrize("file", DIGITAL_INVOICES)
def test_every_true_line_is_printed_on_a_digital_invoice(made: Made, file: str) -> None:
    text, sample = made.text(file), made.samples[file]

    assert sample.lines
    for line in sample.lines:
        assert all(word in text for word in line["description"].split()), line
        for name in ("quantity", "unit_price", "net_amount"):
            assert any(way in text for way in ways_to_print(name, line[name])), (name, line)


def test_bills_to_be_keyed_add_up(made: Made) -> None:
    bills = [sample for sample in made.samples.values() if sample.outcome == "keyed" and sample.lines]

    assert len(bills) >= 8
    for bill in bills:
        net, tax, total = (Decimal(bill.truth[name]) for name in ("net_total", "tax_total", "grand_total"))
        assert sum(Decimal(line["net_amount"]) for line in bill.lines) == net, bill.file
        assert net + tax == total, bill.file
        for line in bill.lines:
            exact = Decimal(line["quantity"]) * Decimal(line["unit_price"])
            assert abs(exact - Decimal(line["net_amount"])) <= Decimal("0.005"), line


def test_the_bill_with_a_wrong_sum_prints_a_total_that_net_and_tax_are_not(made: Made) -> None:
    truth = made.samples["escarpment-wrong-sum.pdf"].truth

    assert truth["grand_total"] == "5168.70"
    assert Decimal(truth["net_total"]) + Decimal(truth["tax_total"]) == Decimal("5186.70")


def test_the_copy_is_the_same_bill_in_other_bytes_with_its_number_written_otherwise(made: Made) -> None:
    copy = made.samples["brightwater-4471_copy.pdf"]
    first = made.samples[copy.duplicate_of]

    assert (made.folder / copy.file).read_bytes() != (made.folder / first.file).read_bytes()
    assert copy.truth["invoice_number"] != first.truth["invoice_number"]
    assert re.sub(r"[\s-]", "", copy.truth["invoice_number"]).lower() == "inv4471"
    assert re.sub(r"[\s-]", "", first.truth["invoice_number"]).lower() == "inv4471"
    assert "COPY" in made.text(copy.file) and "COPY" not in made.text(first.file)
    assert list(made.samples).index(first.file) < list(made.samples).index(copy.file)
    assert sorted([copy.file, first.file]) == [first.file, copy.file], "an inbox is emptied by name"


def test_only_the_stranger_is_not_in_the_vendor_master(made: Made) -> None:
    with (CHECKOUT / "demo" / "vendors.csv").open(encoding="utf-8", newline="") as rows:
        known = {(row["name"], row["tax_id"]) for row in csv.DictReader(rows)}
    strangers = {
        sample.file
        for sample in made.samples.values()
        if "seller_name" in sample.truth and (sample.truth["seller_name"], sample.truth["seller_tax_id"]) not in known
    }

    assert strangers == {"unknown-vendor.pdf"}


def test_canadian_tax_numbers_carry_a_right_check_digit(made: Made) -> None:
    numbers = {sample.truth["seller_tax_id"] for sample in made.samples.values() if "seller_tax_id" in sample.truth}
    canadian = {number for number in numbers if " RT" in number}

    assert len(canadian) >= 8
    assert all(bn.is_valid(number) for number in canadian)


def test_the_scan_holds_a_picture_and_no_text_and_can_be_read_by_tesseract(made: Made) -> None:
    document = pypdfium2.PdfDocument(made.folder / "maple-ridge-scan.pdf")
    page = document[0]
    assert page.get_textpage().count_chars() == 0
    kinds = {graphic.type for graphic in page.get_objects()}
    picture = page.render(scale=200 / 72).to_pil()
    document.close()

    assert kinds == {pypdfium2.raw.FPDF_PAGEOBJ_IMAGE}
    text = pytesseract.image_to_string(picture)
    truth = made.samples["maple-ridge-scan.pdf"].truth
    for name in ("invoice_number", "issue_date", "due_date", "purchase_order", "seller_name"):
        assert truth[name] in text, name
    assert "$33,841.01" in text and truth["grand_total"] == "33841.01"


def test_the_long_bill_carries_its_sum_over_three_pages(made: Made) -> None:
    document = pypdfium2.PdfDocument(made.folder / "halton-hydrovac-three-pages.pdf")
    pages = [page.get_textpage().get_text_bounded() for page in document]

    assert len(pages) == 3
    for page, following in pairwise(pages):
        carried = re.search(r"Subtotal carried forward\s+([\d,.]+)", page)
        brought = re.search(r"Brought forward\s+([\d,.]+)", following)
        assert carried and brought and carried[1] == brought[1]
    assert "Invoice Total" in pages[2] and "Invoice Total" not in pages[0]


def test_the_factur_x_data_obeys_its_schema_and_says_what_is_printed(made: Made) -> None:
    content = (made.folder / "northfield-facturx.pdf").read_bytes()
    name, xml = facturx.get_xml_from_pdf(content, check_xsd=True, check_schematron=False)
    truth = made.samples["northfield-facturx.pdf"].truth

    assert name == "factur-x.xml"
    assert _leaf(xml, "ID") == "urn:cen.eu:en16931:2017"
    assert _leaf(xml, "GrandTotalAmount") == truth["grand_total"]
    assert _leaf(xml, "DuePayableAmount") == truth["amount_due"]
    assert _leaf(xml, "InvoiceCurrencyCode") == truth["currency"]
    assert _leaf(xml, "IBANID") == truth["iban"].replace(" ", "")
    assert _leaf(xml, "IssuerAssignedID") == truth["purchase_order"]


def test_the_factur_x_file_is_related_to_its_document_and_announced_in_xmp(made: Made) -> None:
    reader = PdfReader(made.folder / "northfield-facturx.pdf")
    root: Any = reader.trailer["/Root"]

    assert list(reader.attachments) == ["factur-x.xml"]
    assert root["/AF"][0].get_object()["/AFRelationship"] == "/Alternative"
    assert b"<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>" in root["/Metadata"].get_data()


def test_the_ubl_invoice_says_what_its_sample_says(made: Made) -> None:
    xml = (made.folder / "credit-valley-9023.xml").read_bytes()
    truth = made.samples["credit-valley-9023.xml"].truth

    assert _leaf(xml, "IssueDate") == truth["issue_date"]
    assert _leaf(xml, "DueDate") == truth["due_date"]
    assert _leaf(xml, "CompanyID") == truth["seller_tax_id"]
    assert _leaf(xml, "RegistrationName") == truth["seller_name"]
    assert _leaf(xml, "TaxExclusiveAmount") == truth["net_total"]
    assert _leaf(xml, "TaxInclusiveAmount") == truth["grand_total"]
    assert xml.count(b"<cac:InvoiceLine>") == len(made.samples["credit-valley-9023.xml"].lines)


def _leaf(xml: bytes, element: str) -> str:
    """The text of the first element with that local name."""
    for node in ElementTree.fromstring(xml).iter():
        if node.tag.rpartition("}")[2] == element:
            return node.text or ""
    raise AssertionError(f"no {element} in the XML")


def test_the_torn_file_cannot_be_opened(made: Made) -> None:
    path = made.folder / "credit-valley-damaged.pdf"

    assert path.read_bytes().startswith(b"%PDF-")
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(path)
    with pytest.raises(PdfReadError):
        PdfReader(path)


def test_the_locked_file_opens_with_its_password_only(made: Made) -> None:
    sample = made.samples["lakeshore-encrypted.pdf"]
    path = made.folder / sample.file

    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(path)
    assert PdfReader(path).is_encrypted
    assert len(pypdfium2.PdfDocument(path, password=sample.password)) == 1


@pytest.mark.parametrize(
    ("file", "title", "denial"),
    [
        ("lakeshore-statement.pdf", "STATEMENT OF ACCOUNT", "not an invoice"),
        ("town-purchase-order.pdf", "PURCHASE ORDER", "This order is not an invoice"),
    ],
)
def test_what_is_no_invoice_says_so(made: Made, file: str, title: str, denial: str) -> None:
    text = made.text(file)

    assert title in text and denial in text
    assert not made.samples[file].truth


def test_persons_phones_and_addresses_are_invented(made: Made) -> None:
    for sample in made.samples.values():
        for name, value in sample.truth.items():
            if name.endswith(("_phone", "_cell")):
                assert re.fullmatch(r"\d{3}-555-01\d\d", value), (sample.file, value)
            if name.endswith("_email"):
                assert value.endswith(".example.ca") or value.endswith("@example.ca"), (sample.file, value)


def test_without_a_folder_the_program_asks_for_one() -> None:
    result = subprocess.run([sys.executable, "-m", "demo.documents"], cwd=CHECKOUT, capture_output=True, text=True)

    assert result.returncode == 1
    assert result.stderr.startswith("Which folder shall the documents go to?")


def test_a_sample_is_a_fact_that_nobody_changes(made: Made) -> None:
    sample = made.samples["brightwater-4471.pdf"]

    assert isinstance(sample, SampleDocument)
    with pytest.raises(FrozenInstanceError):
        setattr(sample, "outcome", "referred")  # noqa: B010 - mypy would forbid the plain assignment
