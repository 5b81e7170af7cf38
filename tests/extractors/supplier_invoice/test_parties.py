"""Seller and buyer are distinguished on documents of many kinds."""

from __future__ import annotations

import pytest

from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from tests.extractors.supplier_invoice.typed import typed


def test_the_name_over_the_address_in_the_head_sells_and_the_one_under_bill_to_buys() -> None:
    extraction = Invoice.extract(
        typed("""
            Maple Road Services Ltd.                    INVOICE
            12 Elm Street
            Guelph ON  N1H 2X4
            Tel. 519-555-0101

            Bill To:                        Ship To:
            Town of Ayr                     Ayr Arena
            5 Main Street                   9 Ice Road

            Invoice No: 5512
            Total                           $80.00
        """)
    )

    assert extraction.value(Invoice.seller_name) == "Maple Road Services Ltd."
    assert extraction.value(Invoice.seller_address) == "12 Elm Street, Guelph ON N1H 2X4"
    assert extraction.value(Invoice.buyer_name) == "Town of Ayr"


@pytest.mark.parametrize(
    ("seller_label", "buyer_label"),
    [
        ("From:", "To:"),
        ("Seller", "Buyer"),
        ("Fournisseur :", "Facturé à :"),
        ("Verkäufer", "Käufer"),
        ("Leverancier:", "Factuuradres:"),
        ("Proveedor:", "Cliente:"),
        ("Fornitore", "Destinatario"),
    ],
)
def test_labels_of_both_sides_are_known_in_many_languages(seller_label: str, buyer_label: str) -> None:
    extraction = Invoice.extract(
        typed(f"""
            INVOICE 7781

            {buyer_label}
            Rossi Beton AG

            {seller_label}
            Vulcan Werke GmbH

            Total    80,00 €
        """)
    )

    assert extraction.value(Invoice.buyer_name) == "Rossi Beton AG"
    assert extraction.value(Invoice.seller_name) == "Vulcan Werke GmbH"


def test_the_sender_s_line_over_the_window_tells_the_seller_and_the_window_the_buyer() -> None:
    extraction = Invoice.extract(
        typed("""
                                                              Rechnung



            Vulcan Werke GmbH • Am Hafen 3 • 20457 Hamburg

            Stadt Musterhausen

            Rathausplatz 4
            06108 Musterhausen
            Deutschland

            Rechnungsnummer 02581
            Gesamtbetrag            119,00 €
        """)
    )

    assert extraction.value(Invoice.seller_name) == "Vulcan Werke GmbH"
    assert extraction.value(Invoice.buyer_name) == "Stadt Musterhausen"


def test_the_buyer_s_tax_number_is_not_the_seller_s() -> None:
    extraction = Invoice.extract(
        typed("""
            Invoice number 7625-0004

            Blok Software GmbH              Bill to
            Platz 2                         Data Analytics GmbH
            4020 Linz                       Ufer 4
            Austria                         06108 Halle
                                            DE VAT DE355369209

            Total                €99.00
            (VAT of Blok Software GmbH ATU72706128)
        """)
    )

    assert extraction.value(Invoice.seller_tax_id) == "ATU72706128"


def test_a_street_or_a_town_is_not_a_name() -> None:
    extraction = Invoice.extract(
        typed("""
            INVOICE: 100

            123 Other Street
            New York, NY, 10001

            Remit to:
            Harbour Billing
            Total   $80.00
        """)
    )

    assert extraction.value(Invoice.seller_name) == "Harbour Billing"


def test_a_name_row_under_the_heading_of_a_side_tells_that_side() -> None:
    extraction = Invoice.extract(
        typed("""
            Handelsrechnung (380)   Nr. 471102   vom 05.06.2026

            Verkäufer
            Nummer:           549910
            Name:             Lieferant GmbH
            Anschrift:        Weg 20
            Käufer/Leistungsempfänger
            Nummer:           GE2020211
            Name:             Kunden AG Mitte

            Zahlbetrag        197,65 €
        """)
    )

    assert extraction.value(Invoice.invoice_number) == "471102"
    assert extraction.value(Invoice.seller_name) == "Lieferant GmbH"
    assert extraction.value(Invoice.buyer_name) == "Kunden AG Mitte"
    assert str(extraction.value(Invoice.amount_due)) == "197.65"


def test_french_labels_with_a_blank_before_the_colon_name_the_seller() -> None:
    extraction = Invoice.extract(
        typed("""
            FACTURE

            Vendeur :                        Destinataire :
            Atelier Roche SARL               Ville de Saint-Aubin
            3 rue des Pins                   12 rue des Lilas
            75011 PARIS                      69003 LYON
        """)
    )

    assert extraction.value(Invoice.seller_name) == "Atelier Roche SARL"
    assert extraction.value(Invoice.buyer_name) == "Ville de Saint-Aubin"


def test_a_seller_that_stands_only_in_the_foot_is_found() -> None:
    body = "\n" * 52
    extraction = Invoice.extract(
        typed(
            "Facture no F-881\n\nFacturé à :\nVille de Saint-Aubin\n12 rue des Lilas\n69003 LYON\n"
            f"{body}Imprimerie Caron | 5 rue de la Gare, 33000 Bordeaux | www.caron.example"
        )
    )

    assert extraction.value(Invoice.seller_name) == "Imprimerie Caron"


def test_the_title_over_an_address_is_nobodys_name() -> None:
    extraction = Invoice.extract(
        typed("""
            Gartenbau Fischer
            Am Markt 2
            20095 Hamburg

            Ausgangsrechnung

            Gemeinde Wiesental
            Lindenweg 4
            80331 München

            Rechnungs-Nr. 4711
        """)
    )

    assert extraction.value(Invoice.buyer_name) == "Gemeinde Wiesental"
    assert extraction.value(Invoice.seller_name) == "Gartenbau Fischer"


def test_a_name_and_its_address_in_one_line_are_parted() -> None:
    extraction = Invoice.extract(
        typed("""
            Peter Lindner                                RECHNUNG
            Am Markt 2, 20095 Hamburg

            Kunde: Stadt Altendorf, Lindenweg 4, 80331 München
        """)
    )

    assert extraction.value(Invoice.buyer_name) == "Stadt Altendorf"


def test_a_seller_in_a_column_beside_the_goods_is_found() -> None:
    extraction = Invoice.extract(
        typed("""
                                          FACTURE
                                          Facturé à :                   N° Facture : FA-0927
                                          Ville de Ayr
                                          250 rue Main

                                          Description       Quantité      Prix unitaire      Montant
            Bois du Nord                  Table             2             50,00              100,00
            18 chemin Arbor               Chaise            1             25,00              25,00
            Hull QC  J8X 1A1

                                          Total                                              125,00 $
        """)
    )

    assert extraction.value(Invoice.seller_name) == "Bois du Nord"


def test_the_desk_of_a_company_is_no_part_of_its_name() -> None:
    extraction = Invoice.extract(
        typed("""
            Fictel Service Abonné
            75371 Paris Cedex 08

            FACTURE N° 4471
            Total TTC                  29,99 €
        """)
    )

    assert extraction.value(Invoice.seller_name) == "Fictel"


def test_a_logo_that_the_engine_tore_is_not_taken_for_the_seller() -> None:
    extraction = Invoice.extract(
        typed(
            """
            Go gle                      INVOICE 23413

            John Smith

            Bill To:
            Jane Smith
            Total                       $82.85
            """,
            engine="tesseract 5.3.0",
            confidence=0.95,
        )
    )

    assert extraction.value(Invoice.seller_name) == "John Smith"


def test_a_label_of_the_buyer_without_a_name_is_a_doubt_and_a_bill_without_one_is_not() -> None:
    labelled, bare = (
        Invoice.extract(
            typed(f"""
            Calender LLC                   INVOICE 3189
            88 Oak Road
            Atlanta, GA 30002

            {label}

            Total                          $144.00
        """)
        )
        for label in ("BILLED TO", "")
    )

    assert [finding.fields for finding in labelled.findings if finding.rule == "unread"] == [("buyer_name",)]
    assert not [finding for finding in bare.findings if "buyer_name" in finding.fields]


def test_a_buyer_without_a_label_is_found_under_the_seller_and_under_a_customer_number() -> None:
    unlabelled, numbered = (
        Invoice.extract(
            typed(f"""
            Pennistone Building Supplies Ltd            Invoice
            Unit 4 Calder Mills, Halifax  HX3 9TG
            Tel 01422 555 018
            {over}
            Holmbridge Parish Council
            The Old School
            Chapel Lane
            Holmbridge HD9 2NG                          Invoice No:  15326

            Total                                       £ 139.32
        """)
        )
        for over in ("", "Customer 771402")
    )

    assert unlabelled.value(Invoice.seller_name) == "Pennistone Building Supplies Ltd"
    assert unlabelled.value(Invoice.buyer_name) == "Holmbridge Parish Council"
    assert numbered.value(Invoice.buyer_name) == "Holmbridge Parish Council"


def test_who_charges_tax_in_a_sentence_sells_and_the_public_body_over_the_address_buys() -> None:
    extraction = Invoice.extract(
        typed("""
            orbita                                          Bill number: B1-3786616

            The Corporation of the Town of Kettle Ridge
            575 Rossmount Road
            Kettle Ridge, ON L1N 8T2

            Your bill at a glance
            Total new charges                               $558.25

            Orbita Communications Partnership, 1 Signal Tower, Ottawa ON K1P 1A4. HST registration 864573795 RT0001.
        """)
    )

    assert extraction.value(Invoice.seller_name) == "Orbita Communications Partnership"
    assert extraction.value(Invoice.buyer_name) == "The Corporation of the Town of Kettle Ridge"


def test_the_clerk_who_sold_is_not_the_seller() -> None:
    extraction = Invoice.extract(
        typed("""
            Brannigan Safety Supply Ltd.            INVOICE
            88 Foundry Crescent
            Kettle Ridge, Ontario L1N 6B9           Invoice No.: 27775

            Total Amount                            4,509.52
            Sold By: D. Marsh
        """)
    )

    assert extraction.value(Invoice.seller_name) == "Brannigan Safety Supply Ltd."


def test_a_logo_gives_way_to_the_full_name_and_a_label_is_cut_off_a_name() -> None:
    extraction = Invoice.extract(
        typed("""
            Boréale                                 FACTURE
            Boréale Télécom inc.
            8 rue du Port
            Québec (Québec) G1K 8T2                 Numéro de facture : 975468427

            Member: Garderie Les Petits Chênes
            14, rue des Ormes

            Total                                   289,92 $
        """)
    )

    assert extraction.value(Invoice.seller_name) == "Boréale Télécom inc."
    assert extraction.value(Invoice.buyer_name) == "Garderie Les Petits Chênes"


def test_a_public_body_s_name_that_goes_on_in_the_next_line_is_read_whole() -> None:
    extraction = Invoice.extract(
        typed("""
            Whitepine Truck Repair Ltd.
            3300 Oak Street, Elmhaven ON L7G 4S4

            CUSTOMER: The Corporation of the Town     INVOICE NO: 58279
            of Elmhaven
            100 Civic Square Drive, Elmhaven ON L7G 2K4

            Total                                     $82.85
        """)
    )

    assert extraction.value(Invoice.buyer_name) == "The Corporation of the Town of Elmhaven"
