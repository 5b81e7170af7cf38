"""The totals of an invoice: chosen by what proves itself, in every country's writing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from extractors.supplier_invoice.checks.arithmetic import due_is_gross_less_paid, net_is_lines
from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from keywright.model.checks import Circumstances
from keywright.model.fields import Extraction
from keywright.model.values.printed_amounts import number
from tests.extractors.supplier_invoice.typed import typed

HEAD = "Acme Paving Inc.                 INVOICE\n\nInvoice No: A-1001\nDate: 2026-05-04\n\n"


def read(totals: str) -> Extraction:
    return Invoice.extract(typed(HEAD + totals))


def sums(extraction: Extraction) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    value = extraction.value
    return value(Invoice.net_total), value(Invoice.tax_total), value(Invoice.grand_total)


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("1,234.56", "", "1234.56"),
        ("1.234,56", "", "1234.56"),
        ("1 234,56", "", "1234.56"),
        ("1'234.56", "", "1234.56"),
        ("12,50", "", "12.50"),
        ("1,234", ".", "1234"),
        ("1.234", ",", "1234"),
        ("0,025", ",", "0.025"),
        ("1.250", ".", "1.250"),
        ("10.000", "", "10000"),
        ("1,234,567", "", "1234567"),
    ],
)
def test_a_number_is_read_as_its_document_writes_numbers(text: str, decimal: str, expected: str) -> None:
    assert number(text, decimal)[0] == Decimal(expected)


def test_french_totals_are_read() -> None:
    extraction = read("Montant HT   € 595 765,00\nTVA          € 116 293,00\nMontant TTC  € 712 058,00")

    assert sums(extraction) == (Decimal("595765.00"), Decimal("116293.00"), Decimal("712058.00"))
    assert extraction.value(Invoice.currency) == "EUR"


def test_german_totals_are_read() -> None:
    extraction = read(
        "Zwischensumme (zzgl. MwSt.)        1.100,00 €\n"
        "zzgl. 19,0% MwSt. aus 1.100,00 €     209,00 €\n"
        "Gesamtbetrag                       1.309,00 €"
    )

    assert sums(extraction) == (Decimal("1100.00"), Decimal("209.00"), Decimal("1309.00"))


def test_totals_that_prove_themselves_are_sure() -> None:
    proven = read("Subtotal   $100.00\nHST 13%     $13.00\nTotal      $113.00")
    alone = read("Total      $113.00")

    assert proven[Invoice.grand_total].confidence >= 0.97
    assert alone[Invoice.grand_total].confidence < proven[Invoice.grand_total].confidence


def test_two_taxes_are_added_up() -> None:
    extraction = read(
        "Sous-total     200,00 $\nTPS 5 %         10,00 $\nTVQ 9,975 %     19,95 $\nTotal         229,95 $"
    )

    assert sums(extraction) == (Decimal("200.00"), Decimal("29.95"), Decimal("229.95"))


def test_the_subtotal_after_the_discount_is_the_net_that_was_taxed() -> None:
    extraction = read(
        "Subtotal                 1,140.00\nDiscount                    18.00\n"
        "After reduction          1,122.00\n"
        "Tax rate                    7.00%\nTotal tax                   78.54\nBalance due             $1,200.54"
    )

    assert sums(extraction) == (Decimal("1122.00"), Decimal("78.54"), Decimal("1200.54"))


def test_freight_between_net_and_total_is_a_charge() -> None:
    extraction = read("Subtotal    $500.00\nTax (8%)     $40.00\nShipping     $25.00\nTotal       $565.00")

    assert sums(extraction) == (Decimal("500.00"), Decimal("40.00"), Decimal("565.00"))
    assert extraction.value(Invoice.charge_total) == Decimal("25.00")


def test_a_previous_balance_is_not_part_of_this_invoice() -> None:
    extraction = read(
        "Subtotal                    $100.00\nSales tax                    $10.00\n"
        "Total                       $110.00\n"
        "Previous unpaid balance     $500.00\nAmount due                  $610.00"
    )

    assert sums(extraction) == (Decimal("100.00"), Decimal("10.00"), Decimal("110.00"))
    assert extraction.value(Invoice.amount_due) == Decimal("610.00")


def test_what_was_paid_is_taken_off_what_is_due() -> None:
    extraction = read("Total           $144.00\nPayments       ($100.00)\nAmount due       $44.00")

    assert extraction.value(Invoice.amount_paid) == Decimal("100.00")
    assert extraction.value(Invoice.amount_due) == Decimal("44.00")
    assert extraction.value(Invoice.grand_total) == Decimal("144.00")


def test_a_holdback_is_not_the_tax_nor_the_net() -> None:
    extraction = read(
        "Work completed this period                 96,015.00\nLess statutory holdback 10 %               (9,601.50)\n"
        "Net this application                       86,413.50\nHST 13 % on net                            11,233.76\n"
        "AMOUNT PAYABLE THIS INVOICE                97,647.26"
    )

    assert sums(extraction) == (Decimal("86413.50"), Decimal("11233.76"), Decimal("97647.26"))


def test_totals_in_columns_are_told_by_their_heads() -> None:
    extraction = read(
        "                      Montant HT      Montant TVA      Montant TTC\n"
        "Abonnement              24,99             5,00           29,99\n"
        "Total facture           24,99             5,00           29,99"
    )

    assert sums(extraction) == (Decimal("24.99"), Decimal("5.00"), Decimal("29.99"))


def test_totals_that_contradict_each_other_are_given_as_printed() -> None:
    extraction = read("Subtotal   $100.00\nSales tax    $8.00\nTotal      $110.00")

    assert sums(extraction) == (Decimal("100.00"), Decimal("8.00"), Decimal("110.00"))
    proven = read("Subtotal   $100.00\nSales tax    $8.00\nTotal      $108.00")
    assert extraction[Invoice.grand_total].confidence < proven[Invoice.grand_total].confidence


def test_a_credit_note_is_negative_once() -> None:
    printed = "Acme Paving Inc.      CREDIT NOTE\n\nCredit Note No: C-77\nDate: 2026-05-04\n\n"
    negative = Invoice.extract(typed(printed + "Subtotal  -$100.00\nHST 13%    -$13.00\nTotal     -$113.00"))
    positive = Invoice.extract(typed(printed + "Subtotal   $100.00\nHST 13%     $13.00\nTotal      $113.00"))

    assert negative.value(Invoice.invoice_type) == positive.value(Invoice.invoice_type) == "credit-note"
    assert sums(negative) == (Decimal("-100.00"), Decimal("-13.00"), Decimal("-113.00"))
    assert sums(positive) == (Decimal("100.00"), Decimal("13.00"), Decimal("113.00"))
    assert negative.value(Invoice.invoice_number) == "C-77"


def test_the_last_row_of_a_table_of_taxes_is_its_sum() -> None:
    extraction = read(
        "                Nettobetrag     MwSt-Betrag     Endbetrag\n"
        "19 %                 321,40           61,07        382,47\n"
        "7 %                  127,59            8,93        136,52\n"
        "EUR                  448,99           70,00        518,99"
    )

    assert sums(extraction) == (Decimal("448.99"), Decimal("70.00"), Decimal("518.99"))


def test_what_an_earlier_bill_left_open_explains_the_amount_due_and_is_told() -> None:
    extraction = Invoice.extract(
        typed("""
            INVOICE 7781
            Subtotal                     $100.00
            Sales Tax                     $10.00
            Total                        $110.00
            Previous Unpaid Balance      $500.00
            Amount Due                   $610.00
        """)
    )

    findings = list(due_is_gross_less_paid(extraction, Circumstances(dt.date(2026, 3, 1))))

    assert extraction.value(Invoice.grand_total) == Decimal("110.00")
    assert extraction.value(Invoice.previous_balance) == Decimal("500.00")
    assert extraction.value(Invoice.amount_due) == Decimal("610.00")
    assert [(finding.rule, finding.asks) for finding in findings] == [("previous-balance", False)]


def test_a_tax_with_its_registration_number_before_the_amount_is_read() -> None:
    extraction = read("""Sous-total                                   3 432,11 $
T.P.S. (5 %) n° 120885793 RT0001               171,61 $
T.V.Q. (9,975 %) n° 1072650268 TQ0001          342,35 $
Montant total à payer                        3 946,07 $""")

    assert sums(extraction) == (Decimal("3432.11"), Decimal("513.96"), Decimal("3946.07"))


def test_what_is_held_back_is_taken_off_what_is_due() -> None:
    extraction = read("""Montant HT                 14 090,88
TVA 20,00 %                 2 818,18
Montant TTC                16 909,06
Retenue de garantie 5 %      - 845,45
NET À PAYER                16 063,61""")

    assert extraction.value(Invoice.grand_total) == Decimal("16909.06")
    assert extraction.value(Invoice.holdback) == Decimal("845.45")
    assert not list(due_is_gross_less_paid(extraction, Circumstances(dt.date(2026, 3, 1))))


def test_a_credit_note_may_print_its_lines_without_a_minus() -> None:
    extraction = read("""AVOIR N° AV-2025-037
Libellé            Qté     P.U.       Montant HT
Retour armoire     1       321,63     321,63

Total HT                              -321,63 €
TVA 20 %                              -64,33 €
Total TTC à votre crédit              -385,96 €""")

    assert extraction.value(Invoice.net_total) == Decimal("-321.63")
    assert not list(net_is_lines(extraction, Circumstances(dt.date(2026, 3, 1))))
