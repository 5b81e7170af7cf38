"""What is one invoice to pay, and what is another paper that must not be keyed as one."""

from __future__ import annotations

import pytest

from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from keywright.model.reading import Reading
from tests.extractors.supplier_invoice.typed import typed

BILL = """
    Halton Mechanical Inc.                {title}
    Oakville ON  L6L 2X5

    {number}
    Date: 2026-05-04

    Labour                                $100.00
    Total                                 $100.00
"""


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("INVOICE", "Invoice No: 5512"),
        ("TAX INVOICE", "Invoice No: 5512"),
        ("FACTURE", "N° de facture : 5512"),
        ("Rechnung", "Rechnungs-Nr.: 5512"),
        ("CREDIT NOTE", "Credit Note No: 5512"),
        ("K O S T E N R E C H N U N G", "Beleg-Nr: 5512"),
        ("", "Invoice Number: 5512"),
    ],
)
def test_invoices_and_credit_notes_are_known(title: str, number: str) -> None:
    assert Invoice.recognise(typed(BILL.format(title=title, number=number))) is None


@pytest.mark.parametrize(
    ("title", "number", "sentence"),
    [
        ("PRO FORMA INVOICE", "Invoice No: 5512", ""),
        ("Pro-forma", "Invoice No: 5512", ""),
        ("INVOICE (PRO FORMA)", "Invoice No: 5512", ""),
        ("INVOICE - PROFORMA", "Invoice No: 5512", ""),
        ("FACTURE PRO FORMA", "N° de facture : 5512", ""),
        ("Proforma-Rechnung", "Rechnungs-Nr.: 5512", ""),
        ("PRE-INVOICE", "Invoice No: 5512", ""),
        ("DRAFT INVOICE", "Invoice No: 5512", ""),
        ("INVOICE", "Proforma Invoice No: 5512", ""),
        ("INVOICE", "Invoice No: 5512", "PRO FORMA"),
        ("INVOICE", "Invoice No: 5512", "Pro forma only"),
        ("INVOICE", "Invoice No: 5512", "This is not an invoice."),
        ("FACTURE", "N° de facture : 5512", "Ceci n'est pas une facture."),
        ("RECHNUNG", "Rechnungs-Nr.: 5512", "Dies ist keine Rechnung."),
    ],
)
def test_what_says_that_it_is_no_bill_is_refused_however_much_it_looks_like_one(
    title: str, number: str, sentence: str
) -> None:
    finding = Invoice.recognise(typed(BILL.format(title=title, number=number) + f"\n    {sentence}"))

    assert finding is not None
    assert finding.rule == "not-an-invoice:quotation"
    assert not finding.acceptable


@pytest.mark.parametrize(
    "sentence",
    [
        "Replaces pro forma invoice PF-12.",
        "Pro forma no: PF-12",
        "This is not a VAT invoice.",
        "This is not a quotation.",
        "Customer copy. Thank you for your business.",
    ],
)
def test_an_invoice_that_speaks_of_other_papers_is_one(sentence: str) -> None:
    assert (
        Invoice.recognise(typed(BILL.format(title="INVOICE", number="Invoice No: 5512") + f"\n    {sentence}")) is None
    )


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("STATEMENT OF ACCOUNT", "a statement of account"),
        ("Relevé de compte", "a statement of account"),
        ("PURCHASE ORDER", "an order"),
        ("Auftragsbestätigung", "an order"),
        ("QUOTATION", "a quotation"),
        ("Devis", "a quotation"),
        ("CONTRACT", "a contract"),
        ("PAYMENT REMINDER", "a reminder"),
        ("Mahnung", "a reminder"),
        ("PACKING SLIP", "a delivery note"),
        ("Lieferschein", "a delivery note"),
    ],
)
def test_other_paper_is_refused_by_its_name(title: str, kind: str) -> None:
    finding = Invoice.recognise(typed(BILL.format(title=title, number="Ref: 5512")))

    assert finding is not None
    assert kind in finding.message
    assert not finding.acceptable


def test_a_statement_that_lists_invoices_is_still_a_statement() -> None:
    finding = Invoice.recognise(
        typed("""
            Halton Mechanical Inc.                STATEMENT OF ACCOUNT

            Date            Invoice      PO          Balance
            2026-08-18      30639        PO30157      $64.05
            2026-07-18      30384        PO18766      $90.71

                                  Balance owing      $154.76
        """)
    )

    assert finding is not None
    assert finding.rule == "not-an-invoice:statement"


def test_an_order_that_is_named_on_an_invoice_does_not_make_it_an_order() -> None:
    text = BILL.format(title="INVOICE", number="Invoice No: 5512\n    Purchase Order: 4711")

    assert Invoice.recognise(typed(text)) is None


def test_a_file_of_two_invoices_is_refused_and_both_are_named() -> None:
    first = BILL.format(title="INVOICE", number="Invoice No: 5512").strip("\n")
    second = BILL.format(title="INVOICE", number="Invoice No: 5513").strip("\n")

    finding = Invoice.recognise(typed(first + "\n%%\n" + second))

    assert finding is not None
    assert "1 (5512), 2 (5513)" in finding.message


def test_an_invoice_of_two_pages_with_one_number_is_one() -> None:
    page = BILL.format(title="INVOICE", number="Invoice No: 5512").strip("\n")

    onward = page.replace("Labour ", "Piping ").replace("$100.00", "$250.00")

    assert Invoice.recognise(typed(page + "\n%%\n" + onward)) is None


def test_a_blank_document_is_refused() -> None:
    finding = Invoice.recognise(Reading(()))

    assert finding is not None
    assert finding.rule == "not-an-invoice:blank"


def test_a_letter_without_any_amount_is_refused() -> None:
    finding = Invoice.recognise(typed("Dear Sir,\n\nThank you for your invoice.\n\nYours truly"))

    assert finding is not None


def test_the_number_of_a_delivery_note_in_the_head_makes_no_delivery_note_of_a_bill() -> None:
    assert (
        Invoice.recognise(
            typed("""
            Nordhaven Products Inc.           Number/Date          90256882
                                              Order number         10506534
                                              Delivery note        80391979

            Invoice
            Total                             $82.85
        """)
        )
        is None
    )
