"""A bill that is paid, or that its seller withdraws, is not keyed as one to pay without a word."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from bots.supplier_invoices import bot
from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from keywright.model.checks import Circumstances, Verdict, weigh
from keywright.model.fields import Extraction
from systems.records.bill import Bill
from systems.sql_ledger.bill import as_kept
from tests.extractors.supplier_invoice.typed import typed

NOW = Circumstances(dt.date(2026, 11, 10))
PAPER = """
    Brightwater Pumps Ltd.                INVOICE
    12 Mill Street
    Elora, Ontario N0B 1S0

    Invoice number:    INV-7
    Invoice date:      November 2, 2026
    HST registration:  123456782 RT0001

    Bill to
    Town of Milton
    150 Mary Street
    Milton, Ontario L9T 6Z5

    Description              Amount
    Pump, repaired         1,000.00

    Subtotal              $1,000.00
    HST 13%                 $130.00
    {total}

    {said}
"""
TOTAL = "Total                 $1,130.00"


def read(sentence: str = "", total: str = TOTAL) -> Extraction:
    return Invoice.extract(typed(PAPER.format(said=sentence, total=total)))


def judged(extraction: Extraction) -> Verdict:
    return weigh(extraction, bot.checks, NOW)


def asking(extraction: Extraction) -> list[str]:
    return [finding.rule for finding in judged(extraction).findings if finding.asks]


@pytest.mark.parametrize(
    "sentence",
    [
        "Pre-authorized payment: $1,130.00 will be withdrawn on Nov 27, 2026.",
        "This amount will be automatically debited from your account.",
        "The total will be charged to your credit card on file.",
        "Your bank account has been debited.",
        "We will withdraw this amount on the due date.",
        "Le montant de 1 130,00 $ sera prélevé le 27 novembre.",
        "La somme à payer sera prélevée sur le compte désigné.",
        "Der Betrag wird von Ihrem Konto abgebucht.",
        "PAID",
        "PAYÉ",
        "Paid by Visa ending in 4411",
        "This invoice has been paid. Thank you!",
        "Paid in full, thank you.",
        "Do not send a payment.",
        "DO NOT PAY",
        "No payment is required.",
        "Aucun paiement n'est requis.",
        "Charged to your MasterCard **** 1881 on November 5, 2026.",
        "Your card on file has been charged.",
        "You are enrolled in AutoPay.",
        "Pre-authorized payment: withdrawal on November 20, 2026.",
        "Mode de paiement : DPA – retrait automatique.",
        "Payment type: Credit card (auth 004417)",
        "Payment method: Prepaid",
        "Paid with thanks.",
        "Thank you for your payment!",
        "Merci pour votre paiement.",
        "Cash sale - no amount owing.",
        "Received by e-Transfer Nov 5, 2026 - $1,130.00",
        "VISA                  $1,130.00",
        "Interac tendered      $1,130.00",
        "Paiement Interac      $1,130.00",
        "Cheque 4417           $1,130.00",
        "Amount owing          NIL",
        "Balance due           -",
        "VOID",
        "ANNULÉE",
        "SPECIMEN",
        "DRAFT - for review only",
        "Status: Cancelled",
        "INVOICE - CANCELLED",
        "This invoice has been cancelled and replaced by INV-9.",
        "This is a credit to your account.",
        "This amount is placed in your favour.",
        "Your payment method is on file and the balance will be\n    withdrawn on November 27.",
    ],
)
def test_a_bill_that_says_that_it_is_settled_is_asked_about(sentence: str) -> None:
    rules = asking(read(sentence))

    assert len(rules) == 1
    assert rules[0].startswith("settled:")


@pytest.mark.parametrize(
    "sentence",
    [
        "Sign up for pre-authorized payment at our office.",
        "If you pay by pre-authorized debit, the amount will be withdrawn on the due date.",
        "Interest of 2 % will be charged to your account on late payments.",
        "Goods remain ours until the invoice is paid in full.",
        "Please do not send payment to our office; pay online.",
        "Payment received October 26, thank you.",
        "Your last payment of $149.20 was paid on October 3.",
        "A returned cheque fee will be debited from your deposit.",
        "Please pay this invoice within 30 days.",
        "Terms: net 30 days",
        "Payment method: Cheque or e-transfer",
        "Amount enclosed       $1,130.00",
        "Please remit          $1,130.00",
        "Montant du paiement   $1,130.00",
        "Merci pour votre paiement rapide.",
        "Freight terms: Prepaid",
        "Enrol in AutoPay at our office.",
        "This invoice cancels and replaces INV-6.",
        "Cancelled invoice: INV-6",
        "Water sample",
        "We accept Visa, MasterCard and Interac.",
        "If unpaid, $1,130.00 will be charged again.",
    ],
)
def test_what_a_bill_says_of_other_payments_is_no_reason_to_ask(sentence: str) -> None:
    assert asking(read(sentence)) == []


@pytest.mark.parametrize(
    "total",
    [
        f"{TOTAL}\n    Amount paid           $1,130.00\n    Balance due               $0.00",
        f"{TOTAL}\n    Amount paid           $1,130.00",
        f"{TOTAL}\n    Payments/Credits     -$1,130.00\n    Balance due               $0.00",
        f"{TOTAL}\n    Prepaid              -$1,130.00\n    Amount due                $0.00",
        f"{TOTAL}\n    Amount due                $0.00",
        f"{TOTAL}\n    Amount paid           $1,200.00\n    Balance due            ($70.00)",
    ],
)
def test_a_bill_of_which_nothing_is_left_to_pay_is_asked_about(total: str) -> None:
    extraction = read(total=total)

    assert extraction.value(Invoice.grand_total) == Decimal("1130.00")
    assert "nothing-due" in asking(extraction)


def test_a_total_that_is_due_and_paid_at_once_is_asked_about() -> None:
    assert "BR-CO-16" in asking(read(total="Total due             $1,130.00\n    Amount paid           $1,130.00"))


@pytest.mark.parametrize(
    "paid", ["Less deposit received   -$500.00", "Payments/Credits        -$500.00", "Aanbetaling ontvangen   -$500.00"]
)
def test_of_a_bill_that_is_paid_in_part_the_record_says_so(paid: str) -> None:
    extraction = read(total=f"{TOTAL}\n    {paid}\n    Balance due             $630.00")

    assert asking(extraction) == []
    assert "paid-in-part" in [finding.rule for finding in judged(extraction).findings]
    for record in (Bill.from_extraction(extraction), as_kept(Bill.from_extraction(extraction))):
        assert record.notes == "The bill says that 500.00 of 1130.00 is paid already; 630.00 is left to pay."


@pytest.mark.parametrize(
    "label",
    [
        "Total credit",
        "Credit due",
        "Total refund",
        "Total CR",
        "Total à créditer",
        "Solde créditeur",
        "Montant remboursé",
        "Net credit",
        "Total             -",
    ],
)
def test_an_invoice_whose_total_is_called_a_credit_is_asked_about(label: str) -> None:
    assert "invoice-sign" in asking(read(total=f"{label:<22}$1,130.00"))


@pytest.mark.parametrize("sentence", ["Document type: Credit", "Type      CRN", "INVOICE / CREDIT", "Facture / Avoir"])
def test_an_invoice_that_also_calls_itself_a_credit_is_asked_about(sentence: str) -> None:
    assert asking(read(sentence)) == ["invoice-sign"]


@pytest.mark.parametrize("beside", ["Credit terms 30 days", "12 Maple Ct", "Credit application on our site"])
def test_other_words_of_credit_are_no_reason_to_ask(beside: str) -> None:
    assert asking(read(beside, total=f"{beside}    {TOTAL}")) == []


@pytest.mark.parametrize("terms", ["Due date: Upon receipt", "Terms: Due upon receipt", "Due date: Net 30"])
def test_terms_in_the_place_of_a_due_date_are_no_reason_to_ask(terms: str) -> None:
    assert asking(read(terms)) == []


def test_taxes_included_in_french_make_a_total() -> None:
    extraction = read(total="Total taxes incluses  $1,130.00")

    assert extraction.value(Invoice.grand_total) == Decimal("1130.00")
    assert asking(extraction) == []


def test_a_bill_that_asks_for_its_amount_has_no_note_and_nothing_to_ask() -> None:
    extraction = read("Please pay by credit card or cheque.")

    assert asking(extraction) == []
    assert Bill.from_extraction(extraction).notes == ""
