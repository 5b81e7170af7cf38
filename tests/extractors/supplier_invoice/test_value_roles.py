"""Values are told apart by what they do on the page: who pays, whose number it is, what is kept back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from tests.extractors.supplier_invoice.typed import typed


def test_who_has_a_desk_for_bills_pays_and_the_other_address_only_gets_the_goods() -> None:
    extraction = Invoice.extract(
        typed("""
            Quillmoor Pumps Ltd.                                  INVOICE
            12 Elm Street
            Guelph ON  N1H 2X4

            Harbour Pumping Station        Town of Brackley
            9 Ice Road                     Attn: Accounts Payable
            Brackley ON  L0P 2B2           5 Main Street
                                           Brackley ON  L0P 2B2

            Invoice No: 5512
            Total                          $80.00
        """)
    )

    assert extraction.value(Invoice.buyer_name) == "Town of Brackley"


def test_a_name_ends_where_the_next_column_s_label_begins() -> None:
    extraction = Invoice.extract(
        typed("""
            INVOICE NO: SI-31578

            TO:    Township of Brackley    SHIP    Water Plant
                   27 Concession Rd 4      TO:     11 Depot Road
                   Brackley, ON N0G 7Y2            Brackley, ON N0G 7Y2

            FROM:  Aldermoor Digital Inc.

            TOTAL  $80.00
        """)
    )

    assert extraction.value(Invoice.buyer_name) == "Township of Brackley"


def test_a_public_body_is_known_by_the_name_that_an_index_gives_it() -> None:
    extraction = Invoice.extract(
        typed("""
            Osterwick Survey Inc.                                 INVOICE
            12 Elm Street
            Guelph ON  N1H 2X4

            Brackley, Town of              Fire Hall 2
            5 Main Street                  9 Ice Road
            Brackley ON  L0P 2B2           Brackley ON  L0P 2B2

            Invoice No: 5512
            Total                          $80.00
        """)
    )

    assert extraction.value(Invoice.buyer_name) == "Brackley, Town of"


def test_a_name_that_breaks_after_of_or_an_ampersand_goes_on_in_the_next_line() -> None:
    extraction = Invoice.extract(
        typed("""
            Redfern Landscape &
            Arboriculture Limited                                 INVOICE
            12 Elm Street
            Guelph ON  N1H 2X4

            The Corporation of the
            City of Brackley
            5 Main Street
            Brackley ON  L0P 2B2

            Invoice No: 5512
            Total                          $80.00
        """)
    )

    assert extraction.value(Invoice.seller_name) == "Redfern Landscape & Arboriculture Limited"
    assert extraction.value(Invoice.buyer_name) == "The Corporation of the City of Brackley"


@pytest.mark.parametrize("heading", ["Payment Method", "Mode de paiement", "Zahlungsart", "Betaalwijze"])
def test_a_way_of_paying_is_nobody_s_name(heading: str) -> None:
    extraction = Invoice.extract(
        typed(f"""
            Invoice #: INV-0371
            Date: February 1, 2026

            Kirnbach Stationery Limited         Town of Brackley
            567 Millwright Road                 410 Main Street
            Kingsbarrow, ON L3R 6Y8             Brackley, ON L0P 8X2

            {heading}                           Account #
            Net 30 days                         6358

            Total                               $80.00
        """)
    )

    assert extraction.value(Invoice.buyer_name) == "Town of Brackley"


def test_a_post_box_and_a_postal_code_are_no_order_and_the_order_is() -> None:
    extraction = Invoice.extract(
        typed("""
            Fernshaw Digital Inc.                INVOICE

            Municipality of Brackley             Invoice Number:    2025-8293
            88 Main St. E., P.O. Box             Invoice Date:      June 13, 2025
            420
            Brackley, ON P0A 6C3                 P.O. No.:          PO-25-1535

            Total                                $80.00
        """)
    )

    assert extraction.value(Invoice.purchase_order) == "PO-25-1535"


@pytest.mark.parametrize(
    ("label", "order"), [("Referentie:", "4500024880"), ("Reference:", "PO-7741"), ("Référence :", "PO-88120")]
)
def test_a_reference_beside_the_bill_s_own_number_is_the_buyer_s_order(label: str, order: str) -> None:
    extraction = Invoice.extract(
        typed(f"""
            Waterland Groenbeheer B.V.                    FACTUUR

            Factuurnummer: 153078
            {label} {order}

            Totaal                        80,00
        """)
    )

    assert extraction.value(Invoice.invoice_number) == "153078"
    assert extraction.value(Invoice.purchase_order) == order


def test_a_reference_alone_is_the_bill_s_number_and_no_order() -> None:
    extraction = Invoice.extract(
        typed("""
            Waterland Tuinen B.V.                    FACTUUR

            Referentie: 153078

            Totaal                        80,00
        """)
    )

    assert extraction.value(Invoice.invoice_number) == "153078"
    assert extraction.value(Invoice.purchase_order) is None


def test_a_label_without_a_blank_before_its_number_still_names_it() -> None:
    extraction = Invoice.extract(
        typed("""
            RechnungsnummerRE202539768
            Rechnungsdatum      29.03.2025

            Gesamtbetrag        37,06 €
        """)
    )

    assert extraction.value(Invoice.invoice_number) == "RE202539768"


def test_a_date_whose_year_stands_in_the_next_line_is_read_whole() -> None:
    extraction = Invoice.extract(
        typed("""
            Hazelmoor Fleet LLC            INVOICE

            Invoice Number:    2025-5869
            Invoice Date:      November 4,
                               2025
            Due Date:          19 November
                               2025

            Total              $80.00
        """)
    )

    assert extraction.value(Invoice.issue_date) == dt.date(2025, 11, 4)
    assert extraction.value(Invoice.due_date) == dt.date(2025, 11, 19)


def test_the_seller_s_country_and_not_the_buyer_s_says_which_number_is_the_day() -> None:
    extraction = Invoice.extract(
        typed("""
            Waterland Groenbeheer B.V.                    FACTUUR
            Dijkweg 327
            3434 KX Houtvliet
            KvK: 75452533

            Town of Brackley
            5 Main Street
            Brackley ON  L0P 2B2
            Canada

            Factuurnummer: 145613
            Factuurdatum: 10-01-2025

            Totaal                        € 80,00
        """)
    )

    assert extraction.value(Invoice.issue_date) == dt.date(2025, 1, 10)
    assert "date-order" not in {finding.rule for finding in extraction.findings}


@pytest.mark.parametrize(
    "kept",
    [
        """
            Less 10% statutory                              -730.88
            holdback
        """,
        """
            Less 10%                                        -730.88
            statutory
            holdback
        """,
    ],
)
def test_a_label_that_goes_on_under_its_amount_says_that_it_is_kept_back(kept: str) -> None:
    extraction = Invoice.extract(
        typed(f"""
            Islingmoor Mechanical Ltd.                      INVOICE
            Invoice No: SI-57906

            Subtotal                                      6,468.00
            HST 13%                                         840.84
            Total                                         7,308.84
{kept}
            Balance Due                                   6,577.96
        """)
    )

    assert extraction.value(Invoice.grand_total) == Decimal("7308.84")
    assert extraction.value(Invoice.holdback) == Decimal("730.88")
    assert extraction.value(Invoice.amount_due) == Decimal("6577.96")


def test_a_letter_that_an_engine_took_for_a_sign_of_money_is_no_other_currency() -> None:
    extraction = Invoice.extract(
        typed("""
            Cindermoor Office Supplies Ltd.                  INVOICE
            12 Elm Street
            Guelph ON  N1H 2X4

            Invoice No: 154377
            Customer No.: C7968
            Account                                          €7968

            Total                                            $724.41 CAD
        """)
    )

    assert "currency-unclear" not in {finding.rule for finding in extraction.findings}


def test_a_spelling_that_a_tax_number_cannot_have_is_never_offered() -> None:
    page = typed("""
        Cindermoor Office Supplies Ltd.                  INVOICE
        GST/HST No.: 12345 6782 RT0001
        Invoice No: BTG-2O41

        Total                                            $724.41
    """)

    offered = Invoice.choices_within(page, Invoice.extract(page))

    assert [choice.value for choice in offered["invoice_number"]] == ["BTG-2041"]
    assert "seller_tax_id" not in offered


@pytest.mark.parametrize("heading", ["DEUTSCHLAND", "ARTIKEL", "SHIP", "TOTAL"])
def test_a_country_or_a_label_in_capitals_is_no_other_name_of_a_bill(heading: str) -> None:
    extraction = Invoice.extract(
        typed(f"""
            Rechnungsnummer     RE-39768          {heading}
            Rechnungsdatum      29.03.2025

            Gesamtbetrag        37,06 €
        """)
    )

    assert "unnamed-paper" not in {finding.rule for finding in extraction.findings}
