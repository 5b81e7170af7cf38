"""Every account that a bill prints for its payment is read, so that each can be compared with those on file."""

from __future__ import annotations

import pytest

from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from keywright.model.reading import EInvoice
from tests.extractors.supplier_invoice.typed import typed

BILL = """\
    Brightwater Pumps Ltd.                                        INVOICE
    12 Quay Street, Milton, ON L9T 1A1

    Bill To:                                   Invoice No.:  INV-4471
    Town of Millbrook Falls                    Invoice Date: 2026-10-14

    Description                                             Amount
    Seal kit                                                100.00

                                               Subtotal     100.00
                                               HST 13%       13.00
                                               Total Due    113.00

"""


def accounts(*lines: str) -> list[str]:
    extraction = Invoice.extract(typed(BILL + "\n".join(f"    {line}" for line in lines)))
    return [text for text in ((extraction.value(Invoice.other_accounts) or "").split("; ")) if text]


def every(*lines: str) -> set[str]:
    """Return all accounts of a bill, including its main bank account."""
    extraction = Invoice.extract(typed(BILL + "\n".join(f"    {line}" for line in lines)))
    return {*accounts(*lines), *filter(None, [extraction.value(Invoice.iban)])}


@pytest.mark.parametrize(
    ("lines", "account"),
    [
        (["EFT payments: 10202-004-1234567"], "004-10202-1234567"),
        (["Direct deposit to 004-10202-1234567"], "004-10202-1234567"),
        (["Transit No.: 10202   Institution No.: 004   Account No.: 1234567"], "004-10202-1234567"),
        (["Bank: First Bank", "Institution 004", "Transit 10202", "Account number 123-4567"], "004-10202-1234567"),
        (["Banque: succursale 10202", "Institution 815", "Compte 7654321"], "815-10202-7654321"),
        (["Routing number 021000021", "Account number 123456789"], "021000021-123456789"),
        (["Pay to account ****4567"], "****4567"),
    ],
)
def test_an_account_is_read_whole_in_parts_or_masked(lines: list[str], account: str) -> None:
    assert account in every(*lines)


def test_a_second_account_beside_the_first_is_read_too() -> None:
    both = every("IBAN DE89 3704 0044 0532 0130 00", "or IBAN NL91 ABNA 0417 1643 00", "or EFT 10202-004-1234567")

    assert both == {"DE89370400440532013000", "NL91ABNA0417164300", "004-10202-1234567"}


@pytest.mark.parametrize(
    "line",
    [
        "GST/HST Registration No.: 812345015 RT0001",
        "Telephone 905-555-0142   Fax 905-555-0143",
        "Your account 10202-004-1234567 will be debited on 2026-11-13",
        "Pre-authorized withdrawal from account ****4567",
        "Customer account no. 4471-22",
        "Paid by Visa card XXXX-XXXX-XXXX-4567",
        "Order 10202-004-12   Part 12345-678-9",
    ],
)
def test_what_is_no_account_of_the_seller_s_is_not_taken_for_one(line: str) -> None:
    assert accounts(line) == []


def test_each_account_that_an_e_invoice_states_is_read() -> None:
    means = "".join(
        f"<PaymentMeans><PayeeFinancialAccount><ID>{account}</ID></PayeeFinancialAccount></PaymentMeans>"
        for account in ("DE89370400440532013000", "NL91ABNA0417164300", "DE89370400440532013000")
    )
    xml = f"<Invoice><ID>1</ID><InvoiceTypeCode>380</InvoiceTypeCode>{means}</Invoice>"

    extraction = Invoice.extract(typed("", einvoice=EInvoice("ubl", "a.xml", xml)))

    assert (extraction.value(Invoice.iban), extraction.value(Invoice.other_accounts)) == (
        "DE89370400440532013000",
        "NL91ABNA0417164300",
    )


def test_an_account_that_the_page_prints_beside_that_of_the_xml_is_read() -> None:
    xml = (
        "<Invoice><ID>INV-4471</ID><InvoiceTypeCode>380</InvoiceTypeCode><PaymentMeans><PayeeFinancialAccount>"
        "<ID>DE89370400440532013000</ID></PayeeFinancialAccount></PaymentMeans></Invoice>"
    )
    page = BILL + "    Please pay to IBAN NL91 ABNA 0417 1643 00"

    extraction = Invoice.extract(typed(page, einvoice=EInvoice("ubl", "a.xml", xml)))

    assert extraction.value(Invoice.other_accounts) == "NL91ABNA0417164300"
