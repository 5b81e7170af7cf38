"""Cells of a line that a scan lost or misread, and the ones that nothing proves."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from tests.extractors.supplier_invoice.typed import typed


def quantities(first: str, engine: str = "tesseract", total: str = "$297.18") -> list[Decimal | None]:
    table = (
        "Acme Paving Inc.                 INVOICE\n\n"
        "Description             Qty     Unit Price      Amount\n"
        f"{first}\n"
        "Sand                      5         $10.00      $50.00\n"
        "Salt                      3         $27.53      $82.59\n"
        f"                                  Subtotal     {total}\n"
    )
    return [line.quantity for line in Invoice.extract(typed(table, engine=engine, confidence=0.9)).lines]


def test_a_quantity_that_a_scan_lost_is_what_price_and_amount_make_it() -> None:
    assert quantities("Gravel                              $23.51     $164.57", total="$297.16")[0] == 7


def test_no_quantity_is_made_where_none_is_whole_or_the_page_is_no_scan() -> None:
    assert quantities("Gravel                              $23.51     $164.59")[0] is None
    assert quantities("Gravel                              $23.51     $164.57", "text-layer", "$297.16")[0] is None


@pytest.mark.parametrize(
    ("printed", "meant"), [("45", Decimal("4.5")), ("775", Decimal("7.75")), ("1", Decimal(1)), ("71", Decimal(71))]
)
def test_a_lost_decimal_sign_is_put_back_only_where_the_product_proves_it(printed: str, meant: Decimal) -> None:
    price, amount = {"45": ("$6.35", "$28.58"), "775": ("$20.00", "$155.00")}.get(printed, ("$10.00", "$33.00"))
    assert quantities(f"Gravel                  {printed:>3}          {price}     {amount:>7}")[0] == meant


def test_one_misread_digit_is_corrected_where_price_and_amount_prove_it() -> None:
    assert quantities("Gravel                   42         $13.70     $164.40")[0] == 12


def test_a_number_that_the_column_before_runs_into_is_the_quantity_if_it_multiplies() -> None:
    row = "Dock USB-C, article DOC-07         $23.51     $164.57"
    assert quantities(row, "text-layer", "$297.16")[0] == 7
