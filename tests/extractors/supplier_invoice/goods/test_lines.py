"""The lines of an invoice: under heads or without them, wrapped, over several pages."""

from __future__ import annotations

from decimal import Decimal

from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from keywright.model.fields import InvoiceLine
from tests.extractors.supplier_invoice.typed import typed

HEAD = "Acme Paving Inc.                 INVOICE\n\nInvoice No: A-1001\nDate: 2026-05-04\n\n"


def read(table: str) -> tuple[InvoiceLine, ...]:
    return Invoice.extract(typed(HEAD + table)).lines


def told(line: InvoiceLine) -> tuple[str, Decimal | None, Decimal | None, Decimal | None]:
    return line.description, line.quantity, line.unit_price, line.net_amount


def test_a_table_gives_description_quantity_price_and_amount() -> None:
    lines = read(
        "Description             Qty     Unit Price      Amount\n"
        "Gravel, tonne          16.25        $31.75     $515.94\n"
        "Delivery, zone 3         7.5       $185.00   $1,387.50\n"
        "                                 Subtotal    $1,903.44\n"
        "                                 HST 13%       $247.45\n"
        "                                 Total       $2,150.89"
    )

    assert [told(line) for line in lines] == [
        ("Gravel, tonne", Decimal("16.25"), Decimal("31.75"), Decimal("515.94")),
        ("Delivery, zone 3", Decimal("7.5"), Decimal("185.00"), Decimal("1387.50")),
    ]
    assert all(line.box is not None for line in lines)


def test_a_description_that_wraps_stays_with_its_line() -> None:
    lines = read(
        "Pos  Beschreibung                    Menge     Einzelpreis      Gesamt\n"
        "1    Beratung und Entwicklung         1,00          100,00      100,00\n"
        "     in den Bereichen Strategie\n"
        "     und Technik\n"
        "2    Reise                            2,00           50,00      100,00\n"
        "                                      Gesamtbetrag              200,00 €"
    )

    assert [line.description for line in lines] == [
        "Beratung und Entwicklung in den Bereichen Strategie und Technik",
        "Reise",
    ]


def test_sums_and_carried_over_rows_are_no_lines() -> None:
    lines = read(
        "Description             Qty     Unit Price      Amount\n"
        "Gravel                   10         $10.00     $100.00\n"
        "Subtotal                                       $100.00\n"
        "Sand                      5         $10.00      $50.00\n"
        "Carried forward                                $150.00\n"
        "%%\n"
        "Description             Qty     Unit Price      Amount\n"
        "Brought forward                                $150.00\n"
        "Salt                      1         $25.00      $25.00\n"
        "                                    Total      $175.00"
    )

    assert [line.description for line in lines] == ["Gravel", "Sand", "Salt"]


def test_a_product_tells_the_columns_where_the_heads_stand_badly() -> None:
    lines = read(
        "Product ID     Unit price     Quantity    Total price\n"
        "H509L           5.00            150                                 750.00\n"
        "Total                           150                                 750.00"
    )

    assert [told(line) for line in lines] == [("H509L", Decimal(150), Decimal("5.00"), Decimal("750.00"))]


def test_rows_without_heads_are_lines_if_they_add_up_to_the_total() -> None:
    goods = "1. Office chair, blue      x5     $1,499.95\n2. Desk lamp               x2        $59.98\n\n"

    adding_up = read(goods + "                       Total:     $1,559.93")
    not_adding_up = read(goods + "                       Total:     $1,600.00")

    assert [told(line) for line in adding_up] == [
        ("Office chair, blue", Decimal(5), None, Decimal("1499.95")),
        ("Desk lamp", Decimal(2), None, Decimal("59.98")),
    ]
    assert not_adding_up == ()


def test_a_price_list_without_amounts_is_not_taken_for_lines() -> None:
    lines = read(
        "Description             Time        Rate\n"
        "Noon news               12:12     $450.00\n"
        "Noon news               12:12     $450.00\n"
        "                        Total     $450.00"
    )

    assert lines == ()


def test_whole_numbers_without_cents_are_amounts_where_they_multiply() -> None:
    lines = read(
        "Description          Qty     Unit price     Total\n"
        "Sink                   4             69       276\n"
        "                              Subtotal        276\n"
        "                              Balance due    $276.00"
    )

    assert [told(line) for line in lines] == [("Sink", Decimal(4), Decimal(69), Decimal(276))]


def test_an_amount_on_the_next_row_of_print_belongs_to_the_quantity_and_price_above() -> None:
    lines = read(
        "Pos  Beschreibung          Nettopreis      Menge     Steuersatz      Nettobetrag\n"
        "1    Gewindestange               2,06         25           19 %\n"
        "                                                                           51,50\n"
        "2    Schrauben                   0,10         10           19 %\n"
        "                                                                            1,00\n"
        "                                       Nettosumme                          52,50\n"
    )

    assert [(line.description, line.net_amount) for line in lines] == [
        ("Gewindestange", Decimal("51.50")),
        ("Schrauben", Decimal("1.00")),
    ]


def test_sums_beside_another_block_of_print_are_no_lines() -> None:
    extraction = Invoice.extract(
        typed("""
            Description                  Qty      Unit Price      Amount
            Gravel, tonne                 10           40.00      400.00
            Delivery                       1          100.00      100.00

            GST/HST Registration No.: 123456782 RT0001   Subtotal     $500.00
            Please quote our invoice number.             HST 13%       $65.00
                                                         Total due    $565.00
        """)
    )

    assert [str(line.net_amount) for line in extraction.lines] == ["400.00", "100.00"]


def test_a_percentage_is_neither_a_price_nor_an_amount_of_a_line() -> None:
    extraction = Invoice.extract(
        typed("""
            Désignation            Qté        Prix      Remise      TVA       Montant
            Tuyau flexible          10       50,00        10 %      20 %       450,00
            Location                 2       20,00                  20 %        40,00

                                                       Total HT                490,00
        """)
    )

    assert [(str(line.quantity), str(line.net_amount)) for line in extraction.lines] == [
        ("10", "450.00"),
        ("2", "40.00"),
    ]


def test_totals_in_a_row_under_their_heads_are_no_table_of_goods() -> None:
    extraction = Invoice.extract(
        typed("""
            Article                        Montant
            Location de nacelle           1 056,00
            Papier                          178,50

            Montant HT        TPS        TVQ        Total
              1 234,50      61,73     123,14     1 419,37
        """)
    )

    assert [str(line.net_amount) for line in extraction.lines] == ["1056.00", "178.50"]
    assert str(extraction.value(Invoice.tax_total)) == "184.87"


def test_a_rate_of_tax_or_a_word_like_grand_makes_no_sum_of_a_row_of_goods() -> None:
    extraction = Invoice.extract(
        typed("""
            FACTURE FA-2041
            Description            Quantité      Prix        Taxes       Sous total
            Grande armoire         2,00          100,00      TVA 20%     200,00 €
            Table                  1,00          50,00       TVA 20%     50,00 €

            Montant HT                                                   250,00 €
            TVA                                                          50,00 €
            Montant TTC                                                  300,00 €
        """)
    )

    assert [(line.description, line.net_amount) for line in extraction.lines] == [
        ("Grande armoire", Decimal("200.00")),
        ("Table", Decimal("50.00")),
    ]


def test_a_quantity_has_its_thousands_where_only_with_them_it_makes_the_amount() -> None:
    extraction = Invoice.extract(
        typed("""
            FACTURE FA-2042
            Description                        Quantité     Prix unitaire      Montant
            Traduction, règlement de zonage      12 400            0,22 $   2 728,00 $
            Tuyau de 12 pouces, lot 12 400              400        2,00 $     800,00 $

            Total                                                           3 528,00 $
        """)
    )

    assert [line.quantity for line in extraction.lines] == [Decimal(12400), Decimal(400)]


def test_a_table_goes_on_over_the_page_without_its_heads() -> None:
    lines = read(
        "Description             Qty     Unit Price      Amount\n"
        "Gravel                   10         $10.00     $100.00\n"
        "%%\n"
        "Sand                      5         $10.00      $50.00\n"
        "                                  Subtotal     $150.00\n"
        "                                     Total     $150.00"
    )

    assert [line.description for line in lines] == ["Gravel", "Sand"]


def test_products_show_a_column_whose_head_is_not_known() -> None:
    lines = read(
        "Ref     Description         Kaina vieneto     Quantity     Amount\n"
        "A91     Gravel, washed             251.90         7.75   1,952.23\n"
        "A92     Road salt                   54.20           40   2,168.00\n"
        "                                         Subtotal        4,120.23"
    )

    assert [told(line) for line in lines] == [
        ("Gravel, washed", Decimal("7.75"), Decimal("251.90"), Decimal("1952.23")),
        ("Road salt", Decimal(40), Decimal("54.20"), Decimal("2168.00")),
    ]


def test_products_show_the_table_where_a_scan_misreads_its_heads() -> None:
    lines = read(
        "Articld   Description         Pout unitaire     Quantity   otal line\n"
        "A91       Gravel, washed             251.90         7.75   1,952.23\n"
        "          in bags\n"
        "A92       Road salt                   54.20           40   2,168.00\n"
        "                                         Subtotal          4,120.23"
    )

    assert [told(line) for line in lines] == [
        ("Gravel, washed in bags", Decimal("7.75"), Decimal("251.90"), Decimal("1952.23")),
        ("Road salt", Decimal(40), Decimal("54.20"), Decimal("2168.00")),
    ]


def test_amounts_that_are_headed_price_are_amounts_where_they_add_up() -> None:
    lines = read(
        "Product                                    Quantity      Price\n"
        "Plow cutting edge, 4 ft                    2             $636.00\n"
        "for the period shown\n"
        "Diesel exhaust fluid, 205 L                12          $3,589.80\n"
        "%%\n"
        "Product                                    Quantity      Price\n"
        "Firewall configuration                     7.75        $1,201.25\n"
        "                                           Subtotal    $5,427.05\n"
        "Terms: Net 30 days                         Total       $5,427.05"
    )

    assert [told(line) for line in lines] == [
        ("Plow cutting edge, 4 ft for the period shown", Decimal(2), None, Decimal("636.00")),
        ("Diesel exhaust fluid, 205 L", Decimal(12), None, Decimal("3589.80")),
        ("Firewall configuration", Decimal("7.75"), None, Decimal("1201.25")),
    ]


def test_the_subtotal_of_a_section_is_no_line() -> None:
    lines = read(
        "Description             Qty     Unit Price      Amount\n"
        "Roads\n"
        "Gravel                   10         $10.00     $100.00\n"
        "Sand                      5         $10.00      $50.00\n"
        "Roads, all                                     $150.00\n"
        "Parks\n"
        "Mulch                     3         $20.00      $60.00\n"
        "Topsoil                   2         $20.00      $40.00\n"
        "Parks, all                                     $100.00\n"
        "                                     Total     $250.00"
    )

    assert [line.net_amount for line in lines] == [
        Decimal("100.00"),
        Decimal("50.00"),
        Decimal("60.00"),
        Decimal("40.00"),
    ]


def test_of_amounts_with_and_without_tax_those_are_taken_that_add_up_to_the_total_before_tax() -> None:
    lines = read(
        "Description             Qty     Net             Amount\n"
        "Gravel                   10         $100.00     $113.00\n"
        "Sand                      5          $50.00      $56.50\n"
        "                        Subtotal                $150.00\n"
        "                        HST 13%                  $19.50\n"
        "                        Total                   $169.50"
    )

    assert [line.net_amount for line in lines] == [Decimal("100.00"), Decimal("50.00")]


def test_a_heading_with_zeros_is_no_line() -> None:
    lines = read(
        "Description             Qty     Unit Price      Amount\n"
        "Roads                     0          $0.00       $0.00\n"
        "Gravel                   10         $10.00     $100.00\n"
        "Sample, free              1          $0.00       $0.00\n"
        "                                     Total     $100.00"
    )

    assert [line.description for line in lines] == ["Gravel", "Sample, free"]
