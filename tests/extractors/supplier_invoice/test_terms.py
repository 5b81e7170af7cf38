"""The kinds of document that a person may choose for a bill: anything else would be posted as an invoice."""

from __future__ import annotations

import pytest

from extractors.supplier_invoice.terms import BILL_KIND


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("invoice", "invoice"),
        ("Facture", "invoice"),
        ("credit-note", "credit-note"),
        ("Credit Note", "credit-note"),
        ("note de crédit", "credit-note"),
    ],
)
def test_a_kind_is_taken_in_either_language(typed: str, kind: str) -> None:
    assert BILL_KIND.parse(typed) == kind


def test_another_kind_is_refused_and_not_taken_for_an_invoice() -> None:
    with pytest.raises(ValueError, match="neither invoice nor credit-note"):
        BILL_KIND.parse("refund")
