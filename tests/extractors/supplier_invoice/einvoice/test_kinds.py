"""What an e-invoice says it is: a bill, a credit note, or nothing to pay; and that its sense is never turned round."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.supplier_invoices import bot
from extractors.extraction import extract
from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from extractors.supplier_invoice.einvoice.document_codes import BILLS, CREDITS, DOUBTFUL, NO_BILLS
from keywright.model.checks import Circumstances, Outcome, Verdict, weigh
from keywright.model.fields import Extraction
from keywright.model.reading import Reading
from systems.records.bill import Bill
from systems.sql_ledger.bill import as_kept
from tests.extractors.supplier_invoice.einvoice.electronic import cii, electronic, ubl

NOW = Circumstances(dt.date(2026, 11, 3))
CODES = sorted({*BILLS, *CREDITS, *DOUBTFUL, *NO_BILLS, "999", "SATIS"})


def judged(reading: Reading) -> tuple[Extraction, Verdict]:
    extraction = extract(reading, Invoice)
    return extraction, weigh(extraction, bot.checks, NOW)


def rules(verdict: Verdict) -> set[str]:
    return {finding.rule for finding in verdict.findings if finding.asks}


@pytest.mark.parametrize(
    ("note", "rule"),
    [
        ("FACTURE PRO FORMA - ne pas payer", "einvoice-note"),
        ("Pro forma invoice", "einvoice-note"),
        ("AVOIR sur facture Z-1", "einvoice-note"),
        ("Facture acquittée le 5 novembre 2026.", "settled:paid"),
        ("Payé par carte le 05/11/2026", "settled:paid"),
        ("Thank you. Prélèvement automatique le 20/11/2026", "settled:withdrawn"),
        ("DRAFT", "settled:void"),
        ("Thank you for your business", ""),
        ("MUSTER-Handel GmbH, Musterstr. 4", ""),
        ("Please pay within 30 days", ""),
    ],
)
def test_what_a_bill_notes_against_paying_it_is_asked_about(note: str, rule: str) -> None:
    for path in (f"<cbc:Note>{note}</cbc:Note>", f"<cac:PaymentTerms><cbc:Note>{note}</cbc:Note></cac:PaymentTerms>"):
        xml = ubl().replace("</cbc:InvoiceTypeCode>", f"</cbc:InvoiceTypeCode>{path}", 1)
        assert note in xml
        assert rules(judged(electronic(xml))[1]) == ({rule} if rule else set())
    for path in (
        f"<ram:Name>{note}</ram:Name>",
        f"<ram:IncludedNote><ram:Content>{note}</ram:Content></ram:IncludedNote>",
    ):
        xml = cii().replace("</ram:TypeCode>", f"</ram:TypeCode>{path}", 1)
        assert rules(judged(electronic(xml, "cii"))[1]) == ({rule} if rule else set())


def test_every_code_has_one_meaning() -> None:
    groups = [BILLS, CREDITS, set(DOUBTFUL), set(NO_BILLS)]
    assert len(BILLS | CREDITS | {*DOUBTFUL} | {*NO_BILLS}) == sum(map(len, groups)) - len(CREDITS & {*DOUBTFUL})
    assert CREDITS & {*DOUBTFUL} == {"458"}, "a reversal of a credit is listed with the credits, and turns one round"


@pytest.mark.parametrize("code", ["80", "84", "326", "380", "383", "384", "386", "388", "389", "575", "877"])
def test_a_bill_or_a_debit_note_is_keyed_as_a_bill(code: str) -> None:
    for reading in (electronic(ubl(code=code)), electronic(cii(code=code), "cii")):
        extraction, verdict = judged(reading)
        assert verdict.outcome is Outcome.KEY, verdict.findings
        assert Bill.from_extraction(extraction).invoice_type == "invoice"


@pytest.mark.parametrize("code", sorted(CREDITS - {"458"}))
def test_a_credit_is_keyed_as_a_credit_note(code: str) -> None:
    for reading in (electronic(ubl(code=code)), electronic(cii(code=code), "cii")):
        extraction, verdict = judged(reading)
        assert verdict.outcome is Outcome.KEY, verdict.findings
        assert Bill.from_extraction(extraction).invoice_type == "credit-note"


@pytest.mark.parametrize("code", sorted(NO_BILLS))
def test_what_is_no_bill_is_never_keyed_whatever_a_person_says(code: str) -> None:
    for reading in (electronic(ubl(code=code)), electronic(cii(code=code), "cii")):
        extraction = extract(reading, Invoice)
        verdict = weigh(extraction, bot.checks, NOW)
        assert verdict.outcome is Outcome.REFER
        assert [finding.acceptable for finding in verdict.findings] == [False]
        assert f"type code {code}" in verdict.findings[0].message


@pytest.mark.parametrize("code", [*sorted(DOUBTFUL), "999", "SATIS"])
def test_a_code_that_is_not_plain_is_asked_about(code: str) -> None:
    for reading in (electronic(ubl(code=code)), electronic(cii(code=code), "cii")):
        assert "type-code" in rules(judged(reading)[1])


def test_the_outermost_element_says_what_it_is_where_there_is_no_code() -> None:
    kinds = {"Invoice": "invoice", "CreditNote": "credit-note", "DebitNote": "invoice"}
    for root, kind in kinds.items():
        extraction, verdict = judged(electronic(ubl(root=root, code=None)))
        assert verdict.outcome is Outcome.KEY, verdict.findings
        assert extraction.value(Invoice.invoice_type) == kind
    assert rules(judged(electronic(cii(code=None), "cii"))[1]) == {"type-code"}


def test_a_credit_note_with_the_code_of_a_bill_is_asked_about() -> None:
    assert rules(judged(electronic(ubl(root="CreditNote", code="380")))[1]) == {"type-code"}


def test_a_corrected_bill_below_zero_is_a_credit_note_and_keeps_its_amounts() -> None:
    below = {"net": "-100.00", "tax": "-13.00", "gross": "-113.00"}
    for reading in (
        electronic(ubl(code="380", due="-113.00", quantity="-4", **below)),
        electronic(cii(code="384", **below), "cii"),
    ):
        extraction, verdict = judged(reading)
        assert verdict.outcome is Outcome.KEY, verdict.findings
        assert extraction.value(Invoice.grand_total) == Decimal("-113.00")
        for record in (Bill.from_extraction(extraction), as_kept(Bill.from_extraction(extraction))):
            assert (record.invoice_type, record.grand_total) == ("credit-note", Decimal("113.00"))
            assert [line.amount for line in record.lines] == [Decimal("100.00")]


@pytest.mark.parametrize("root", ["CreditNote", "Invoice"])
def test_a_credit_note_below_zero_is_asked_about(root: str) -> None:
    xml = ubl(root=root, code="381", net="-100.00", tax="-13.00", gross="-113.00", due="-113.00", quantity="-4")

    assert rules(judged(electronic(xml))[1]) == {"invoice-sign"}


@given(
    code=st.sampled_from(CODES),
    root=st.sampled_from(["Invoice", "CreditNote", "DebitNote"]),
    cents=st.integers(-99_999, 99_999),
    as_cii=st.booleans(),
)
def test_what_is_keyed_unasked_never_has_the_opposite_sense_of_the_document(
    code: str, root: str, cents: int, as_cii: bool
) -> None:
    gross = Decimal(cents) / 100
    amounts = {"net": str(gross), "tax": "0", "gross": str(gross)}
    if as_cii:
        reading = electronic(cii(code=code, **amounts), "cii")
    else:
        reading = electronic(ubl(root=root, code=code, due=str(gross), quantity="1", price=str(gross), **amounts))
    extraction, verdict = judged(reading)
    if verdict.outcome is Outcome.REFER:
        return
    credit = code in CREDITS or (root == "CreditNote" and not as_cii)
    assert code in BILLS | CREDITS, "only what is known to be a bill or a credit is keyed unasked"
    assert not (credit and gross < 0)
    owed = -gross if credit else gross
    for record in (Bill.from_extraction(extraction), as_kept(Bill.from_extraction(extraction))):
        assert (-record.grand_total if record.invoice_type == "credit-note" else record.grand_total) == owed
