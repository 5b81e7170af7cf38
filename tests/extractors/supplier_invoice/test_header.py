"""What an invoice says of itself in its head: number, dates, order, currency, tax number, bank account."""

from __future__ import annotations

import datetime as dt

import pytest

from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from tests.extractors.supplier_invoice.typed import typed

ONTARIO = """
    Maple Road Services Ltd.                            INVOICE
    12 Elm Street
    Guelph ON  N1H 2X4                 Invoice No.:     MR-20417
    HST Reg. No. 12345 6782 RT0001     Invoice Date:    March 23, 2026
                                       Your P.O.:       25-2313
    Bill To:                           Terms:           Net 30
    Town of Ayr                        Due Date:        April 22, 2026
    5 Main Street
    Ayr ON  N0B 1E0

    Description                  Qty      Unit Price      Amount
    Gravel, tonne                 10          $40.00     $400.00
    Delivery                       1         $100.00     $100.00

                                          Subtotal       $500.00
                                          HST 13%         $65.00
                                          Total (CAD)    $565.00
"""


def test_labels_left_of_their_values_are_read() -> None:
    extraction = Invoice.extract(typed(ONTARIO))

    assert extraction.value(Invoice.invoice_number) == "MR-20417"
    assert extraction.value(Invoice.issue_date) == dt.date(2026, 3, 23)
    assert extraction.value(Invoice.due_date) == dt.date(2026, 4, 22)
    assert extraction.value(Invoice.purchase_order) == "25-2313"
    assert extraction.value(Invoice.payment_terms) == "Net 30"
    assert extraction.value(Invoice.currency) == "CAD"
    assert extraction.value(Invoice.seller_tax_id) == "12345 6782 RT0001"
    assert extraction.value(Invoice.invoice_type) == "invoice"
    assert not extraction.findings


def test_every_field_tells_its_print_its_place_and_its_engine() -> None:
    field = Invoice.extract(typed(ONTARIO))[Invoice.invoice_number]

    assert (field.text, field.source) == ("MR-20417", "text-layer")
    assert field.box is not None
    assert field.box.page == 1
    assert 0.9 < field.confidence <= 1


def test_what_the_engine_hardly_read_is_less_sure() -> None:
    clear = Invoice.extract(typed(ONTARIO, engine="tesseract 5.3.0", confidence=0.96))
    blurred = Invoice.extract(typed(ONTARIO, engine="tesseract 5.3.0", confidence=0.4))

    assert blurred[Invoice.seller_name].confidence < 0.7
    assert blurred[Invoice.seller_name].confidence < clear[Invoice.seller_name].confidence
    assert blurred[Invoice.grand_total].confidence > 0.9, "net and tax prove the total"


def test_values_under_a_row_of_heads_are_read() -> None:
    reading = typed("""
        Facture                                            Atelier Dubois SARL
                                                           8 rue des Lilas
                                                           69003 Lyon
        Date            N° de facture     Date d'échéance    N° de commande
        11/08/2026      FA08-35658        09/11/2026         BC03781

        Désignation            Quantité      Prix unitaire    Montant HT
        Conseil                    2,00           150,00        300,00

                                          Total HT      300,00 €
                                          TVA 20 %       60,00 €
                                          Total TTC     360,00 €
    """)

    extraction = Invoice.extract(reading)

    assert extraction.value(Invoice.invoice_number) == "FA08-35658"
    assert extraction.value(Invoice.purchase_order) == "BC03781"
    assert extraction.value(Invoice.issue_date) == dt.date(2026, 8, 11)
    assert extraction.value(Invoice.due_date) == dt.date(2026, 11, 9)
    assert extraction.value(Invoice.currency) == "EUR"


def test_a_label_broken_over_two_lines_is_one_label() -> None:
    reading = typed("""
        FACTURE

        N° de            Date              Date
        facture          de facture        d'échéance
        2026-118         15/10/2026        13/11/2026
    """)

    extraction = Invoice.extract(reading)

    assert extraction.value(Invoice.issue_date) == dt.date(2026, 10, 15)
    assert extraction.value(Invoice.due_date) == dt.date(2026, 11, 13)


def test_the_numbers_of_customer_and_delivery_are_not_the_invoice_number() -> None:
    reading = typed("""
        Rechnung                                 Muster Werke GmbH
        Kundennummer:        4711
        Lieferschein-Nr.:    88123
        Rechnungs-Nr.:       RE 2026-0815
        Rechnungsdatum:      04.07.2026
        Bestellnummer:       B-9917
        USt-IdNr.:           DE136695976
        IBAN:                DE89 3704 0044 0532 0130 00

        Gesamtbetrag         119,00 €
    """)

    extraction = Invoice.extract(reading)

    assert extraction.value(Invoice.invoice_number) == "RE 2026-0815"
    assert extraction.value(Invoice.purchase_order) == "B-9917"
    assert extraction.value(Invoice.seller_tax_id) == "DE136695976"
    assert extraction.value(Invoice.iban) == "DE89370400440532013000"
    assert extraction.value(Invoice.currency) == "EUR"


def test_a_dollar_is_that_of_the_country_the_bill_comes_from() -> None:
    bill = "INVOICE\n{}\nInvoice No: 12345\nDate: 2026-01-09\nTotal   $40.00"

    assert Invoice.extract(typed(bill.format("Ayr ON N0B 1E0"))).value(Invoice.currency) == "CAD"
    assert Invoice.extract(typed(bill.format("Troy, NY 12180"))).value(Invoice.currency) == "USD"
    assert Invoice.extract(typed(bill.format("ABN 51 824 753 556"))).value(Invoice.currency) == "AUD"


@pytest.mark.parametrize(
    ("label", "printed", "number"),
    [
        ("Invoice No.:", "2026/08/239", "2026/08/239"),
        ("Invoice No.:", "Inv 4471", "Inv 4471"),
        ("Fattura n.:", "0005890", "0005890"),
        ("Factura n.º", "IN-8260", "IN-8260"),
        ("Invoice Nbr", "RE2025-69", "RE2025-69"),
    ],
)
def test_invoice_numbers_of_many_shapes_and_labels_are_read(label: str, printed: str, number: str) -> None:
    extraction = Invoice.extract(typed(f"Acme Ltd.\n\n{label} {printed}\nDate: 2026-05-04\nTotal  $100.00"))

    assert extraction.value(Invoice.invoice_number) == number


def test_a_number_under_its_label_beats_what_stands_far_to_the_right() -> None:
    extraction = Invoice.extract(
        typed("""
            Atelier Roche SARL          Facture

            N° de facture                         Quantité       Prix       Montant
            BC-7432                     Peinture         2      50,00        100,00
        """)
    )

    assert extraction.value(Invoice.invoice_number) == "BC-7432"


def test_letters_that_a_scan_shows_for_figures_are_put_right_where_the_check_digit_proves_it() -> None:
    extraction = Invoice.extract(typed(ONTARIO.replace("RT0001", "RTO0O1"), engine="tesseract 5.3.0", confidence=0.95))

    assert extraction.value(Invoice.seller_tax_id) == "12345 6782 RT0001"


def test_an_order_number_under_order_no_is_the_buyers_if_it_says_po() -> None:
    assert _order("PO-26-1170") == "PO-26-1170"
    assert _order("771034") is None


def _order(number: str) -> str | None:
    return Invoice.extract(typed(f"Acme Ltd.\n\nInvoice no: 12\nOrder no: {number}\nTotal  $1.00")).value(
        Invoice.purchase_order
    )


def test_the_code_beside_the_total_settles_the_currency() -> None:
    extraction = Invoice.extract(
        typed("""
            Plomberie Tremblay et Fils
            Montréal QC  H3B 1A7

            Sous-total           53 321,26
            Total (CAD)          53 321,26
            En cas de retard, une indemnité de 40 € est due, et une autre de 50 €.
        """)
    )

    assert extraction.value(Invoice.currency) == "CAD"


def test_the_seller_s_own_country_settles_the_dollar_where_the_buyer_lives_in_another() -> None:
    extraction = Invoice.extract(
        typed("""
            From:
            Desert Sun Signs
            12 Somewhere Street
            Tucson AZ 85701

            To:
            Test Business
            9 Somewhere Street
            Melbourne, VIC 3000 Australia

            Invoice No: 4471
            Total                       $82.85
        """)
    )

    assert extraction.value(Invoice.currency) == "USD"


def test_of_two_tax_numbers_the_one_under_the_seller_is_the_seller_s() -> None:
    extraction = Invoice.extract(
        typed("""
            CONTOSO LTD.
            60 RUE EMILE ZOLA
            34560 PARIS

            N° TVA : 123456-7

            FACTURE: ABC12345

            Client: Marie Monet
            Adresse: 50 RUE DES FLEURS           N° TVA : 765432-1
            Montant TTC                          40,00 €
        """)
    )

    assert extraction.value(Invoice.seller_tax_id) == "123456-7"


def test_values_that_stand_close_are_told_apart_by_the_column_of_their_label() -> None:
    extraction = Invoice.extract(
        typed("""
            BUREAU MERIDIAN SAS
            12 rue des Tanneurs, 69007 LYON

            Facture n°   Date        Date d'échéance   Réf. commande
            FA006081     13/09/2026  13/10/2026 BC9162

            Total TTC    1 904,60 €
        """)
    )

    assert extraction.value(Invoice.invoice_number) == "FA006081"
    assert extraction.value(Invoice.issue_date) == dt.date(2026, 9, 13)
    assert extraction.value(Invoice.due_date) == dt.date(2026, 10, 13)


def test_a_bank_account_and_a_tax_number_broken_over_two_lines_are_put_together() -> None:
    extraction = Invoice.extract(
        typed("""
            Quandt Heizung GmbH
            Rechnung Nr. 3235
            Endbetrag EUR                   972,22

            IBAN DE89 3704 0044 0532 0130
            00
        """)
    )
    numbered = Invoice.extract(
        typed("""
            Loon Lake Networks Corp.        INVOICE NO: 4471

            GST/HST Number
            123 456 782 RT
            0001

            Total                           $82.85
        """)
    )

    assert extraction.value(Invoice.iban) == "DE89370400440532013000"
    assert numbered.value(Invoice.seller_tax_id) == "123 456 782 RT 0001"


def test_a_house_beside_a_label_is_no_invoice_number() -> None:
    extraction = Invoice.extract(
        typed("""
            Loon Lake Networks Corp.
            Invoice Number        310 Harbour Street
            INV-1177              Kingsmere ON K7L 0A1

            Total                 $82.85
        """)
    )

    assert extraction.value(Invoice.invoice_number) == "INV-1177"


def test_feet_are_no_forints_and_hst_is_charged_in_canada() -> None:
    extraction = Invoice.extract(
        typed("""
            Brannigan Safety Supply         INVOICE NO: 4471

            Caution tape, 1000 ft           93.60
            HST# 739733400RT0001
            Total                           $93.60
        """)
    )

    assert extraction.value(Invoice.currency) == "CAD"
