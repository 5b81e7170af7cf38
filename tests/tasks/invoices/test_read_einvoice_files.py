"""E-invoices and what comes in their place, read as users read them: ``keywright read --json`` over a folder."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject

from demo.e_invoice import cii, factur_x, ubl
from demo.invoice_layouts import european, labels_left
from demo.invoices import brightwater, credit_valley, northfield
from tests.doors import keywright
from tests.extractors.engines import papers
from tests.extractors.engines.test_einvoice import ENVELOPE, bare

WATER = ubl(credit_valley())
EURO = northfield()
PAGE, DATA = european(EURO), cii(EURO)
BILL = labels_left(brightwater())


def below_zero(xml: bytes) -> bytes:
    """Return the XML with a minus before each amount and quantity of it, but not before the prices."""
    return re.sub(rb"(<cbc:(?!Price)\w*(?:Amount|Quantity)\b[^>]*>)", rb"\1-", xml)


def portfolio(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/Collection")] = DictionaryObject({NameObject("/View"): NameObject("/D")})


def altered(old: bytes, new: bytes) -> bytes:
    assert old in WATER
    return WATER.replace(old, new)


#: What comes in, whether it is keyed, and what is then its kind or the words that say why not.
FILES: dict[str, tuple[bytes, bool, str]] = {
    "plain.xml": (WATER, True, "invoice"),
    "hybrid.pdf": (factur_x(PAGE, DATA), True, "invoice"),
    "below-zero.xml": (below_zero(WATER), True, "credit-note"),
    "comment-first.xml": (b"<!-- sent by a program -->\n" + bare(WATER), True, "invoice"),
    "envelope.xml": (ENVELOPE % bare(WATER), True, "invoice"),
    "utf-16.xml": (WATER.decode().replace("UTF-8", "UTF-16").encode("utf-16"), True, "invoice"),
    "debit-note.xml": (altered(b">380<", b">383<"), True, "invoice"),
    "credit-81.xml": (altered(b">380<", b">81<"), True, "credit-note"),
    "pro-forma.xml": (altered(b">380<", b">325<"), False, "a pro forma invoice. The e-invoice has the type code 325."),
    "unknown-code.xml": (altered(b">380<", b">3800<"), False, "the unknown type code “3800”"),
    "ampersand.xml": (altered(b"Credit Valley", b"Credit & Valley"), False, "E-invoice damaged."),
    "exponent.xml": (altered(b"</cbc:PayableAmount>", b"E+3000000000</cbc:PayableAmount>"), False, "a number belongs"),
    "other-money.xml": (altered(b'PayableAmount currencyID="CAD"', b'PayableAmount currencyID="USD"'), False, "in USD"),
    "lying.pdf": (factur_x(PAGE, DATA.replace(EURO.number.encode(), b"XX-90017")), False,
                  "Invoice number. The e-invoice says XX-90017"),
    "with-second-bill.pdf": (papers.with_files(BILL, second__pdf=BILL), False, "second.pdf"),
    "portfolio.pdf": (papers.changed(papers.with_files(BILL, one__pdf=BILL, two__pdf=BILL), portfolio), False,
                      "one.pdf, two.pdf"),
    "photo.pdf": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(500), False, "HEIC"),
    "mail.eml": (b"From: a@example.com\nTo: ap@example.com\nSubject: bill\n\nsee attached", False, "an e-mail"),
    "mail.msg": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "__properties_version1.0".encode("utf-16-le"), False, "Outlook"),
}  # fmt: skip


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Return what a fresh process says of each file, by its name."""
    folder = tmp_path_factory.mktemp("incoming")
    for name, (content, _, _) in FILES.items():
        (folder / name).write_bytes(content)
    done = keywright("read", "--json", str(folder), home=tmp_path_factory.mktemp("home"))
    assert done.stderr.count("Traceback") == 0, done.stderr
    return {Path(reading["file"]).name: reading for reading in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_right_or_asked_about_in_words(readings: dict[str, dict[str, Any]], name: str) -> None:
    _, keyed, expected = FILES[name]
    reading = readings[name]
    messages = " ".join(finding["message"] for finding in reading["findings"])

    assert (reading["verdict"] == "key") is keyed, messages
    if keyed:
        assert reading["fields"]["invoice_type"]["value"] == expected
    else:
        assert expected in messages
