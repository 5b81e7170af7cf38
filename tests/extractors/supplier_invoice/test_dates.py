"""The dates of an invoice, in every writing: which is the day, which is due, and what is a doubt."""

from __future__ import annotations

import datetime as dt
from textwrap import dedent

import pytest

from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from tests.extractors.supplier_invoice.typed import typed


def dated(issue: str, due: str, address: str, terms: str = "") -> str:
    return f"""
        Brown & Sons                       INVOICE
        {address}

        Invoice #:      4471
        Invoice Date:   {issue}
        Due Date:       {due}
        {terms}
        Total           $20.00
    """


@pytest.mark.parametrize(
    ("issue", "due", "address", "expected"),
    [
        ("11/02/2026", "26/02/2026", "Guelph ON  N1H 2X4", dt.date(2026, 2, 11)),
        ("02/11/2026", "02/26/2026", "Guelph ON  N1H 2X4", dt.date(2026, 2, 11)),
        ("02/11/2026", "02/12/2026", "Buffalo, NY 14201", dt.date(2026, 2, 11)),
        ("02/11/2026", "02/12/2026", "London SW1A 1AA, United Kingdom", dt.date(2026, 11, 2)),
        ("02.11.2026", "02.12.2026", "10115 Berlin, Deutschland", dt.date(2026, 11, 2)),
    ],
    ids=["another date", "another date, US order", "US address", "UK address", "dots"],
)
def test_other_dates_or_the_country_settle_which_is_the_day(
    issue: str, due: str, address: str, expected: dt.date
) -> None:
    extraction = Invoice.extract(typed(dated(issue, due, address)))

    assert extraction.value(Invoice.issue_date) == expected
    assert not extraction.findings


def test_the_terms_of_payment_settle_which_is_the_day() -> None:
    text = dated("03/04/2026", "02/05/2026", "Guelph ON  N1H 2X4", "Terms: Net 29 days")

    extraction = Invoice.extract(typed(text))

    assert extraction.value(Invoice.issue_date) == dt.date(2026, 4, 3)
    assert extraction.value(Invoice.due_date) == dt.date(2026, 5, 2)


def test_a_date_that_nothing_settles_is_a_finding_and_not_a_guess() -> None:
    text = dated("03/04/2026", "03/04/2026", "Guelph ON  N1H 2X4")

    extraction = Invoice.extract(typed(text))

    assert [finding.rule for finding in extraction.findings] == ["date-order", "date-order"]
    assert "2026-04-03, 2026-03-04" in extraction.findings[0].message
    assert extraction[Invoice.issue_date].confidence <= 0.5


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("4 March 2026", dt.date(2026, 3, 4)),
        ("Mar 4/26", dt.date(2026, 3, 4)),
        ("14JUN25", dt.date(2025, 6, 14)),
        ("4. März 2026", dt.date(2026, 3, 4)),
        ("2 de marzo de 2026", dt.date(2026, 3, 2)),
        ("le 1er août 2026", dt.date(2026, 8, 1)),
        ("2026/11/10", dt.date(2026, 11, 10)),
    ],
)
def test_dates_are_read_as_people_write_them(written: str, expected: dt.date) -> None:
    reading = typed(f"""
        INVOICE
        Invoice Number:  7781
        Date:  {written}
        Total  $9.50
    """)

    assert Invoice.extract(reading).value(Invoice.issue_date) == expected


def test_a_bill_in_french_writes_the_day_first_wherever_its_parties_live() -> None:
    extraction = Invoice.extract(
        typed("""
            FACTURE
            Marc Demo
            3575 Buena Vista Avenue
            Eugene OR 97401

            Date de facture : 11/08/2019       Montant de la facture pour le client
            Total TTC                          82,85 €
        """)
    )

    assert extraction.value(Invoice.issue_date) == dt.date(2019, 8, 11)


def test_a_due_date_that_would_lie_before_the_bill_settles_which_is_the_day() -> None:
    extraction = Invoice.extract(
        typed("""
            INVOICE No: 4471
            Pine Hill Ltd., 4 Oak Street, Austin, TX 78701
            Invoice date: 11/08/2019
            Due date: 09/11/2019
            Total                       $82.85
        """)
    )

    assert extraction.value(Invoice.issue_date) == dt.date(2019, 8, 11)
    assert extraction.value(Invoice.due_date) == dt.date(2019, 11, 9)


def test_the_date_for_paying_with_a_discount_is_not_the_due_date() -> None:
    extraction = Invoice.extract(
        typed("""
            Eisenberg Handel GmbH
            Rechnung Nr. 7395653
            Datum 04.09.2026
            Endbetrag EUR                   2.972,22

            Zahlbar bis 14.09.2026 mit 2 % Skonto oder bis 04.10.2026 netto.
        """)
    )

    assert extraction.value(Invoice.due_date) == dt.date(2026, 10, 4)


def test_what_a_utility_calls_statement_date_is_the_date_of_its_bill() -> None:
    extraction = Invoice.extract(
        typed("""
            Kettle Ridge Hydro Inc.            Invoice number     7057639229
                                               Statement date     January 8, 2025
                                               Due date           January 27, 2025
            Total amount you owe               $1,176.30
        """)
    )

    assert extraction.value(Invoice.issue_date) == dt.date(2025, 1, 8)
    assert extraction.value(Invoice.due_date) == dt.date(2025, 1, 27)


def test_the_date_of_a_cover_is_not_the_date_of_the_bill_behind_it() -> None:
    cover = """
        FAX                                 To: Town of Milton
        Date: November 13, 2026             Pages: 2
        Please find our bill enclosed.
    """
    bill = dated("November 12, 2026", "December 12, 2026", "Guelph ON  N1H 2X4")

    extraction = Invoice.extract(typed(f"{dedent(cover)}\n%%\n{dedent(bill)}"))

    assert extraction.value(Invoice.issue_date) == dt.date(2026, 11, 12)


@pytest.mark.parametrize(("terms", "sure"), [("Terms: net 30 days", True), ("Terms: net 45 days", False)])
def test_dates_that_the_terms_join_are_surer_than_their_engine(terms: str, sure: bool) -> None:
    text = dated("November 12, 2026", "December 12, 2026", "Guelph ON  N1H 2X4", terms)
    extraction = Invoice.extract(typed(text, engine="tesseract", confidence=0.6))

    assert (extraction[Invoice.issue_date].confidence > 0.9) is sure
    assert (extraction[Invoice.due_date].confidence > 0.9) is sure
