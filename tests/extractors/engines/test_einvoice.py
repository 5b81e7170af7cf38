"""The XML of an e-invoice is found, identified by its root, and never trusted further than that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from lxml import etree
from PIL import Image
from pypdf.generic import ArrayObject, DictionaryObject, NameObject

from extractors.engines import refusals
from extractors.engines.attached_files import attached_files
from extractors.engines.einvoice import read_einvoice
from keywright.findings import Finding
from keywright.model.reading import Attached, EInvoice, Reading
from tests.extractors.engines import papers

Read = Callable[[bytes], Reading]
Refuse = Callable[..., Finding]
GREY = Image.new("L", (60, 60), 128)
PAPER = papers.pdf(papers.letter)


def _found(reading: Reading) -> EInvoice:
    assert reading.einvoice is not None
    return reading.einvoice


def _text(xml: str) -> str:
    return "".join(text for text in etree.fromstring(xml).itertext() if isinstance(text, str))


@pytest.mark.parametrize(
    ("name", "xml", "syntax"),
    [
        ("factur_x__xml", papers.CII, "cii"),
        ("zugferd_invoice__xml", papers.CII, "cii"),
        ("ZUGFeRD_invoice__xml", papers.ZUGFERD_1, "cii"),
        ("xrechnung__xml", papers.UBL, "ubl"),
        ("something else", papers.CII, "cii"),
    ],
)
def test_the_xml_inside_a_pdf_is_found_and_told_by_its_root(
    read_bytes: Read, name: str, xml: bytes, syntax: str
) -> None:
    reading = read_bytes(papers.with_files(PAPER, **{name: xml}))
    invoice = _found(reading)
    assert invoice.syntax == syntax
    assert invoice.file_name == name.replace("__", ".").replace("_", "-")
    assert invoice.defect == ""
    assert etree.fromstring(invoice.xml).tag == etree.fromstring(xml).tag
    assert reading.engines == ("einvoice", "text-layer")


@pytest.mark.parametrize(("xml", "syntax"), [(papers.CII, "cii"), (papers.ZUGFERD_1, "cii"), (papers.UBL, "ubl")])
def test_a_bare_xml_invoice_is_a_document_without_pages(read_bytes: Read, xml: bytes, syntax: str) -> None:
    reading = read_bytes(xml)
    assert _found(reading).syntax == syntax
    assert reading.pages == ()
    assert reading.engines == ("einvoice",)


def test_the_file_with_the_standards_name_goes_before_others(read_bytes: Read) -> None:
    other_cii = papers.CII.replace(b"RE-4711", b"OLD-1")
    reading = read_bytes(papers.with_files(PAPER, a__xml=other_cii, factur_x__xml=papers.CII, z__xml=other_cii))
    assert "RE-4711" in _found(reading).xml


def test_files_that_are_no_invoice_are_left_alone(read_bytes: Read) -> None:
    order = b"<SCRDMCCBDACIOMessageStructure/>"
    reading = read_bytes(papers.with_files(PAPER, order_x__xml=order, notes__txt=b"hello", bad__xml=b"<a"))
    assert reading.einvoice is None
    assert reading.engines == ("text-layer",)


def test_xml_that_is_cut_off_is_mended_and_said_to_be_defective(read_bytes: Read) -> None:
    invoice = _found(read_bytes(papers.with_files(PAPER, factur_x__xml=papers.CII[:-40])))
    assert "not well-formed" in invoice.defect and "Line 4 " in invoice.defect
    assert "RE-4711" in _text(invoice.xml)


def test_xml_in_another_encoding_is_read(read_bytes: Read) -> None:
    text = papers.CII.decode().replace("RE-4711", "RE-Ä1").replace("UTF-8", "UTF-16")
    assert "RE-Ä1" in _found(read_bytes(papers.with_files(PAPER, factur_x__xml=text.encode("utf-16")))).xml


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("", "utf-16-le"), ("", "utf-16-be"), ("utf-16", "utf-8"), ("windows-1252", "cp1252"), ("ISO-8859-1", "latin-1")],
)
def test_xml_is_read_in_the_encoding_that_it_is_in(read_bytes: Read, declared: str, encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    text = head + bare(papers.CII).decode().replace("RE-4711", "RE-Ä1").strip()
    invoice = _found(read_bytes(text.encode(encoding)))
    assert "RE-Ä1" in invoice.xml and invoice.defect == ""


def test_bytes_of_another_encoding_than_is_declared_are_told(read_bytes: Read) -> None:
    text = '<?xml version="1.0" encoding="UTF-8"?>' + bare(papers.CII).decode().replace("RE-4711", "RE-Ä1").strip()
    assert "not well-formed" in _found(read_bytes(text.encode("latin-1"))).defect


def test_prefixes_that_stand_for_nothing_are_told(read_bytes: Read) -> None:
    lost = papers.CII.replace(b"xmlns:ram=", b"xmlns:rom=")
    assert lost != papers.CII
    assert "not well-formed" in _found(read_bytes(lost)).defect


def test_an_entity_is_never_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("swordfish")
    evil = papers.CII.replace(
        b"<rsm:CrossIndustryInvoice",
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file://%b">]>\n<rsm:CrossIndustryInvoice' % str(secret).encode(),
        1,
    ).replace(b"RE-4711", b"RE-&e;-1")
    invoice = read_einvoice(evil)
    assert invoice is not None
    assert "swordfish" not in invoice.xml
    assert "entity" in invoice.defect
    assert "DOCTYPE" not in invoice.xml
    assert "RE-" in _text(invoice.xml)


def test_entities_that_multiply_cost_neither_time_nor_memory(read_bytes: Read) -> None:
    laughs = b"".join(b'<!ENTITY l%d "%b">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    evil = papers.CII.replace(
        b"<rsm:CrossIndustryInvoice", b'<!DOCTYPE x [<!ENTITY l0 "ha">%b]>\n<rsm:CrossIndustryInvoice' % laughs, 1
    ).replace(b"RE-4711", b"RE-&l9;-1")
    assert len(_found(read_bytes(evil)).xml) < 5_000


def test_a_file_that_only_the_documents_af_entry_names_is_found(read_bytes: Read) -> None:
    def unlist(writer: pypdf.PdfWriter) -> None:
        names = writer.root_object["/Names"]["/EmbeddedFiles"]["/Names"]  # type: ignore[index]
        writer.root_object[NameObject("/AF")] = ArrayObject([names[1]])
        del writer.root_object["/Names"]

    content = papers.changed(papers.with_files(PAPER, factur_x__xml=papers.CII), unlist)
    assert _found(read_bytes(content)).file_name == "factur-x.xml"


def test_an_invoice_in_a_pdf_with_an_owner_password_is_found(read_bytes: Read) -> None:
    content = papers.changed(
        papers.with_files(PAPER, factur_x__xml=papers.CII), lambda w: w.encrypt("", "owner", algorithm="AES-128")
    )
    assert "RE-4711" in _found(read_bytes(content)).xml


ENVELOPE = b"""<?xml version="1.0" encoding="UTF-8"?><!-- sent by the exchange -->
<sh:StandardBusinessDocument xmlns:sh="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader">
<sh:StandardBusinessDocumentHeader><sh:HeaderVersion>1.0</sh:HeaderVersion></sh:StandardBusinessDocumentHeader>
%b</sh:StandardBusinessDocument>"""


def bare(xml: bytes) -> bytes:
    """Return XML without its declaration, as in an envelope."""
    return xml[xml.index(b"?>") + 2 :] if xml.startswith(b"<?xml") else xml


@pytest.mark.parametrize("xml", [papers.CII, papers.UBL])
def test_an_invoice_in_an_envelope_is_read(read_bytes: Read, xml: bytes) -> None:
    invoice = _found(read_bytes(ENVELOPE % bare(xml)))
    assert etree.fromstring(invoice.xml).tag == etree.fromstring(xml).tag
    assert invoice.defect == ""


def test_an_envelope_with_two_invoices_is_refused_by_name(refusal: Refuse) -> None:
    finding = refusal(ENVELOPE % (bare(papers.UBL) + bare(papers.CII)))
    assert "2 e-invoices in one file" in finding.message and "put each in by itself" in finding.message


def test_xml_of_another_kind_is_refused_by_its_name(refusal: Refuse) -> None:
    assert (
        "of the kind “Order”"
        in refusal(b"<Order xmlns='urn:oasis:names:specification:ubl:schema:xsd:Order-2'/>").message
    )


def test_a_comment_before_the_root_is_no_hindrance(read_bytes: Read) -> None:
    assert _found(read_bytes(b"<!-- " + b"made for you " * 900 + b"-->\n" + bare(papers.UBL))).syntax == "ubl"


@pytest.mark.parametrize("size", [12_000_000, 40_000_000])
def test_files_enclosed_in_the_xml_are_left_out_however_long(read_bytes: Read, size: int) -> None:
    file = b"JVBERi0xLjcKJ" + b"QUJD" * (size // 4)
    enclosed = b'<cbc:EmbeddedDocumentBinaryObject filename="hours.pdf">%b</cbc:EmbeddedDocumentBinaryObject>' % file
    xml = papers.UBL.replace(b"</Invoice>", enclosed + b"</Invoice>")
    assert len(xml) > size
    invoice = _found(read_bytes(xml))
    assert "hours.pdf" in invoice.xml and len(invoice.xml) < 5_000
    assert invoice.defect == ""


@pytest.mark.parametrize(
    ("damage", "near"),
    [
        ((b"RE-4711", b"RE-47 & 11"), "RE-47 & 11"),
        ((b"RE-4711", b"RE-47<11"), "RE-47<11"),
        ((b"</ram:ID>", b"</ram:Id>"), "ram:Id"),
    ],
)
def test_what_was_mended_is_told_with_its_line_and_place(
    read_bytes: Read, damage: tuple[bytes, bytes], near: str
) -> None:
    defect = _found(read_bytes(papers.CII.replace(*damage))).defect
    assert "is not well-formed" in defect and near in defect


def related(content: bytes, name: str, relation: str) -> bytes:
    """Return the PDF with a word on how one of its files is related to it."""

    def tell(writer: pypdf.PdfWriter) -> None:
        for file in writer.attachment_list:
            if file.name == name:
                file.associated_file_relationship = NameObject(f"/{relation}")

    return papers.changed(content, tell)


def test_of_two_invoices_that_differ_the_related_one_is_read_and_the_other_named(read_bytes: Read) -> None:
    other_cii = papers.CII.replace(b"RE-4711", b"OLD-1")
    content = related(
        papers.with_files(PAPER, factur_x__xml=other_cii, data__xml=papers.CII), "data.xml", "Alternative"
    )
    reading = read_bytes(content)
    assert "RE-4711" in _found(reading).xml
    assert reading.attached == (Attached("factur-x.xml", True),)


def test_of_two_invoices_that_differ_the_one_whose_number_is_printed_is_read(read_bytes: Read) -> None:
    printed = papers.CII.replace(b"RE-4711", b"HP-20881")
    reading = read_bytes(papers.with_files(PAPER, a__xml=printed, factur_x__xml=papers.CII))
    assert "HP-20881" in _found(reading).xml
    assert reading.attached == (Attached("factur-x.xml", True),)


def test_the_same_invoice_in_two_forms_is_one(read_bytes: Read) -> None:
    reading = read_bytes(papers.with_files(PAPER, factur_x__xml=papers.CII, zugferd_invoice__xml=papers.CII + b"\n"))
    assert reading.attached == ()


def test_files_attached_to_a_pdf_are_named_and_asked_about_unless_they_only_support_it(read_bytes: Read) -> None:
    content = papers.with_files(
        PAPER, second_bill__pdf=PAPER, photo__png=papers.image_file(GREY, "PNG"), notes__txt=b"hi"
    )
    reading = read_bytes(content)
    assert {(file.name, file.may_be_a_document) for file in reading.attached} == {
        ("second-bill.pdf", True),
        ("photo.png", True),
        ("notes.txt", False),
    }
    (finding,) = attached_files(reading)
    assert finding.asks and "second-bill.pdf" in finding.message and "put in by itself" in finding.message

    reading = read_bytes(related(papers.with_files(PAPER, hours__pdf=PAPER), "hours.pdf", "Supplement"))
    (finding,) = attached_files(reading)
    assert not finding.asks and "hours.pdf" in finding.message


def test_a_portfolio_is_refused_with_the_names_of_its_files(refusal: Refuse) -> None:
    def make(writer: pypdf.PdfWriter) -> None:
        writer.root_object[NameObject("/Collection")] = DictionaryObject({NameObject("/View"): NameObject("/T")})

    finding = refusal(papers.changed(papers.with_files(PAPER, one__pdf=PAPER, two__pdf=PAPER), make))
    assert finding.rule == refusals.PORTFOLIO
    assert "one.pdf, two.pdf" in finding.message and "put each in by itself" in finding.message


def test_blank_pages_with_files_attached_are_refused_with_the_names(refusal: Refuse) -> None:
    finding = refusal(papers.with_files(papers.pdf(papers.nothing), bill__pdf=PAPER))
    assert finding.rule == refusals.PORTFOLIO and "bill.pdf" in finding.message
