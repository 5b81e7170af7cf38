"""The XML of an e-invoice is found, told by its root, and never trusted further than that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from lxml import etree
from pypdf.generic import ArrayObject, NameObject

from extractors.engines.einvoice import read_einvoice
from keywright.readings import EInvoice, Reading
from tests.extractors.engines import papers

Read = Callable[[bytes], Reading]
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
    other = papers.CII.replace(b"RE-4711", b"OLD-1")
    reading = read_bytes(papers.with_files(PAPER, a__xml=other, factur_x__xml=papers.CII, z__xml=other))
    assert "RE-4711" in _found(reading).xml


def test_files_that_are_no_invoice_are_left_alone(read_bytes: Read) -> None:
    order = b"<SCRDMCCBDACIOMessageStructure/>"
    reading = read_bytes(papers.with_files(PAPER, order_x__xml=order, notes__txt=b"hello", bad__xml=b"<a"))
    assert reading.einvoice is None
    assert reading.engines == ("text-layer",)


def test_xml_that_is_cut_off_is_mended_and_said_to_be_defective(read_bytes: Read) -> None:
    invoice = _found(read_bytes(papers.with_files(PAPER, factur_x__xml=papers.CII[:-40])))
    assert "not well-formed" in invoice.defect
    assert "RE-4711" in _text(invoice.xml)


def test_xml_in_another_encoding_is_read(read_bytes: Read) -> None:
    text = papers.CII.decode().replace("RE-4711", "RE-Ä1").replace("UTF-8", "UTF-16")
    assert "RE-Ä1" in _found(read_bytes(papers.with_files(PAPER, factur_x__xml=text.encode("utf-16")))).xml


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
