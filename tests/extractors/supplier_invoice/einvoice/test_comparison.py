"""A hybrid invoice says everything twice, in XML and on its page: where the two differ a person is asked."""

from __future__ import annotations

import pytest

from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from keywright.model.checks import Outcome
from tests.extractors.supplier_invoice.einvoice.electronic import SCHEME, electronic, ubl
from tests.extractors.supplier_invoice.einvoice.test_kinds import judged

PAGE = """
    Dundas Water Works Inc.                    {title}
    44 Reservoir Road
    Dundas ON  L9H 1A1

    Bill to:                                   Invoice number:   DW-44
    Town of Millbrook Falls                    Invoice date:     November 2, 2026
    2 Main Street                              GST/HST No.:      12345 6782 RT0001
    Millbrook Falls ON  L0P 1M0

    Description              Qty       Price        Amount
    Chlorine                   4       25.00        100.00

                                      Subtotal      100.00
                                      HST 13%        13.00
                                      Total {code}  {sign}113.00

    Bought from us this year so far: 4,746.00
"""


def page(title: str = "INVOICE", code: str = "CAD", sign: str = "$") -> str:
    return PAGE.format(title=title, code=code, sign=sign)


def differing(xml: str, text: str) -> dict[str, str]:
    """Return what is said to differ, by field."""
    findings = Invoice.extract(electronic(xml, page=text)).findings
    return {finding.fields[0]: finding.message for finding in findings if finding.rule == "reconcile"}


def test_a_page_and_xml_that_agree_need_nobody() -> None:
    extraction, verdict = judged(electronic(ubl(), page=page()))

    assert verdict.outcome is Outcome.KEY, verdict.findings
    box = extraction[Invoice.grand_total].box
    assert box is not None and box == Invoice.extract(electronic(ubl(), page=page()))[Invoice.grand_total].box


@pytest.mark.parametrize(
    "names",
    ["DUNDAS WATER WORKS", "Dundas Water Works Incorporated", "Water Works Dundas Inc.", "Dundas Water-Works Inc"],
)
def test_another_spelling_of_the_seller_is_no_difference(names: str) -> None:
    assert differing(ubl(seller=names), page()) == {}


def test_a_total_is_held_against_the_printed_total_and_not_against_any_number_of_the_page() -> None:
    xml = ubl(net="4200.00", tax="546.00", gross="4746.00", due="4746.00", price="1050.00")

    messages = differing(xml, page())
    assert {"grand_total", "net_total", "tax_total"} <= set(messages)
    assert "The e-invoice says 4,746.00, the page says 113.00" in messages["grand_total"]
    assert "grand_total" in differing(ubl(gross="100.00", due="100.00", tax="0"), page())


def test_a_total_that_is_printed_nowhere_on_a_page_of_amounts_is_asked_about() -> None:
    text = "Dundas Water Works Inc.\n\nINVOICE DW-44\n\nChlorine    4    25.00    250.00\n"

    assert "printed nowhere" in differing(ubl(), text)["grand_total"]


@pytest.mark.parametrize("seller", ["Brightwater Pumps Ltd.", "Town of Millbrook Falls"])
def test_another_seller_is_asked_about_even_if_it_is_the_buyer_of_the_page(seller: str) -> None:
    assert set(differing(ubl(seller=seller), page())) == {"seller_name"}


def test_another_tax_number_or_invoice_number_is_asked_about() -> None:
    second_scheme = SCHEME.format(number="987654324RT0001", scheme="VAT")

    assert set(differing(ubl(schemes=second_scheme), page())) == {"seller_tax_id"}
    assert set(differing(ubl(number="XY-9120"), page())) == {"invoice_number"}


@pytest.mark.parametrize(
    ("currency", "code", "sign", "is_asked"),
    [
        ("CAD", "CAD", "$", False),
        ("CAD", "", "$", False),
        ("USD", "", "$", False),
        ("USD", "CAD", "$", True),
        ("EUR", "", "$", True),
        ("CAD", "", "€", True),
    ],
)
def test_another_currency_is_asked_about_unless_the_sign_fits_both(
    currency: str, code: str, sign: str, is_asked: bool
) -> None:
    xml = ubl(currency=currency, money=currency)

    assert ("currency" in differing(xml, page(code=code, sign=sign))) is is_asked


@pytest.mark.parametrize(
    ("code", "title", "is_asked"),
    [
        ("380", "INVOICE", False),
        ("384", "CORRECTED INVOICE", False),
        ("381", "CREDIT NOTE", False),
        ("380", "CREDIT NOTE", True),
        ("381", "INVOICE", True),
        ("380", "STATEMENT OF ACCOUNT", True),
        ("380", "QUOTATION", True),
        ("389", "GUTSCHRIFT", False),
    ],
)
def test_a_page_that_is_headed_as_another_kind_of_paper_is_asked_about(code: str, title: str, is_asked: bool) -> None:
    assert ("invoice_type" in differing(ubl(code=code), page(title=title))) is is_asked


def test_a_second_bill_behind_the_one_in_xml_is_not_lost() -> None:
    second = page().replace("DW-44", "DW-45").replace("113.00", "226.00")
    findings = Invoice.extract(electronic(ubl(), page=f"{page()}\n%%\n{second}")).findings

    (finding,) = [finding for finding in findings if finding.rule == "not-an-invoice:several"]
    assert "begin on pages 1 (DW-44), 2 (DW-45)" in finding.message


def test_a_page_that_says_that_it_is_no_bill_is_asked_about() -> None:
    findings = Invoice.extract(electronic(ubl(), page=page() + "\n    THIS IS NOT AN INVOICE\n")).findings

    assert any(finding.rule == "not-an-invoice:quotation" and finding.asks for finding in findings)
