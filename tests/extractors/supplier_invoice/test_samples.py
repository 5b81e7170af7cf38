"""Every sample document of the demo is read right: each field that is printed on it, and each line."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from demo.documents import make
from demo.sample import INVOICES, SampleDocument
from extractors.engines.isolation import sandbox
from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from keywright.model.fields import Extraction, InvoiceLine
from keywright.model.reading import Reading

READABLE = (
    "brightwater-4471.pdf",
    "maple-ridge-scan.pdf",
    "northfield-facturx.pdf",
    "papeterie-laurier-fr.pdf",
    "grand-river-credit-note.pdf",
    "halton-hydrovac-three-pages.pdf",
    "lakeshore-uniforms-771.pdf",
    "credit-valley-9023.xml",
    "brightwater-4471_copy.pdf",
    "escarpment-wrong-sum.pdf",
    "unknown-vendor.pdf",
    "credit-valley-9107.pdf",
    "brightwater-4519.pdf",
)
OTHER_PAPER = ("lakeshore-statement.pdf", "town-purchase-order.pdf")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("samples")


@pytest.fixture(scope="module")
def samples(folder: Path) -> Mapping[str, SampleDocument]:
    return {sample.file: sample for sample in make(folder) if sample.bot == INVOICES}


@pytest.fixture(scope="module")
def readings(folder: Path, samples: Mapping[str, SampleDocument]) -> Mapping[str, Reading]:
    return {name: sandbox.read(folder / name) for name in (*READABLE, *OTHER_PAPER) if name in samples}


def test_every_sample_that_can_be_opened_is_tested(samples: Mapping[str, SampleDocument]) -> None:
    unreadable = {"credit-valley-damaged.pdf", "lakeshore-encrypted.pdf"}

    assert set(samples) - unreadable == {*READABLE, *OTHER_PAPER}


@pytest.mark.parametrize("name", READABLE)
def test_every_field_that_is_printed_is_read(
    name: str, samples: Mapping[str, SampleDocument], readings: Mapping[str, Reading]
) -> None:
    extraction = Invoice.extract(readings[name])

    assert {field: _told(extraction, field) for field in samples[name].truth} == {
        field: _plain(field, value) for field, value in samples[name].truth.items()
    }


@pytest.mark.parametrize("name", READABLE)
def test_every_line_is_read_and_no_sum_is_taken_for_one(
    name: str, samples: Mapping[str, SampleDocument], readings: Mapping[str, Reading]
) -> None:
    lines = Invoice.extract(readings[name]).lines

    assert [_line(line) for line in lines] == [_expected(line) for line in samples[name].lines]


@pytest.mark.parametrize("name", READABLE)
def test_every_invoice_is_known_as_one(name: str, readings: Mapping[str, Reading]) -> None:
    assert Invoice.recognise(readings[name]) is None


@pytest.mark.parametrize("name", OTHER_PAPER)
def test_other_paper_is_not_taken_for_an_invoice(name: str, readings: Mapping[str, Reading]) -> None:
    finding = Invoice.recognise(readings[name])

    assert finding is not None
    assert finding.rule.startswith("not-an-invoice")


def _told(extraction: Extraction, name: str) -> str | None:
    field = extraction.fields.get(name)
    return None if field is None else _plain(name, str(field.value))


def _plain(name: str, value: str) -> str:
    return value.replace(" ", "") if name == "iban" else value


def _words(description: str) -> set[str]:
    return set(unicodedata.normalize("NFKC", description).casefold().split())


def _line(line: InvoiceLine) -> dict[str, Any]:
    return {
        "words": _words(line.description),
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "net_amount": line.net_amount,
    }


def _expected(line: Mapping[str, str]) -> dict[str, Any]:
    amounts = {name: Decimal(line[name]) for name in ("quantity", "unit_price", "net_amount")}
    return {"words": _words(line["description"]), **amounts}
