"""Confidence is a probability: it is between 0 and 1, more evidence never lowers it, and one setting draws the line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.supplier_invoices import bot
from extractors.supplier_invoice.addressee import addressed_to_us, is_this_office
from extractors.supplier_invoice.confidence.calibration import (
    LIKE,
    SUREST,
    Calibration,
    calibrated,
    from_toml,
    probability,
    shipped,
    to_toml,
)
from extractors.supplier_invoice.confidence.evidence import GROUPS, Feature, evidence_of
from extractors.supplier_invoice.document_type import SupplierInvoice
from extractors.supplier_invoice.reading.print import read_print
from keywright.model.checks import Circumstances, confident, not_older_than
from keywright.model.fields import Extraction, Field
from keywright.settings.settings import load, settings
from tests.extractors.supplier_invoice.typed import typed

NOW = Circumstances(dt.date(2026, 11, 21))
BILL = """
    ACME Paving Ltd.
    12 Main Street
    Whitby ON L1N 2A1

    INVOICE

    Invoice number:  INV-204
    Invoice date:    2026-10-01

    Bill to:
    Town of Whitby
    575 Rossland Road
    Whitby ON L1N 2M8

    Description      Quantity    Price    Amount
    Asphalt          10          10.00    100.00

    Subtotal                              100.00
    HST 13%                                13.00
    Total CAD                            $113.00
"""
TERMS = sorted({term for term in shipped().weights if ":" not in term})


@given(
    st.sampled_from(sorted(GROUPS)),
    st.dictionaries(st.sampled_from(TERMS), st.floats(0, 1)),
    st.sampled_from(TERMS),
    st.floats(0, 1),
)
def test_more_evidence_never_makes_a_value_less_sure(
    name: str, evidence: dict[str, float], more: str, much: float
) -> None:
    least = {**evidence, more: min(much, evidence.get(more, 0.0))}
    most = {**evidence, more: max(much, evidence.get(more, 0.0))}

    assert 0 < probability(shipped(), name, least) <= probability(shipped(), name, most) <= SUREST < 1


def test_no_weight_that_is_shipped_counts_against_a_value() -> None:
    assert min(shipped().weights.values()) >= 0
    assert max(shipped().weights.values()) > 1


def test_fitted_numbers_come_back_from_their_file_as_they_went() -> None:
    model = Calibration({"alone": 1.25, "seller: alone": 0.5}, {"currency": -1.5, "iban": 2.0}, 0.75)

    assert from_toml(to_toml(model, "made by a test\nof two lines")) == model


def test_a_file_that_holds_no_weights_is_refused() -> None:
    with pytest.raises(KeyError):
        from_toml("start = 1.0\n")


def test_every_field_of_an_invoice_has_its_group_and_a_start() -> None:
    for name in SupplierInvoice.specs().keys() - {"other_accounts"}:  # a list of what was found, which nothing weighs
        assert name in GROUPS
        assert name in shipped().fields or LIKE.get(name, name) in shipped().fields or name == "amount_paid"


def test_a_clear_bill_is_surer_than_a_smudged_one() -> None:
    clear, smudged = (
        SupplierInvoice.extract(typed(BILL, engine=engine, confidence=sure)).fields
        for engine, sure in (("text-layer", 1.0), ("tesseract 5.3.0", 0.4))
    )

    assert clear["invoice_number"].confidence > smudged["invoice_number"].confidence
    assert clear["grand_total"].confidence > 0.99


def test_a_total_that_adds_up_is_surer_than_one_that_does_not() -> None:
    right = SupplierInvoice.extract(typed(BILL)).fields
    alone = SupplierInvoice.extract(typed(BILL.replace("  13.00", "  14.00"))).fields

    assert right["net_total"].confidence > alone["net_total"].confidence


def test_the_evidence_for_each_value_is_between_0_and_1() -> None:
    evidence = evidence_of(read_print(typed(BILL)))

    assert {"invoice_number", "seller_name", "grand_total", "invoice_type"} <= set(evidence)
    assert all(0 <= value <= 1 for evidence in evidence.values() for value in evidence.values())
    assert evidence["net_total"][Feature.PROVEN_BY_SUM] == 1


def test_a_field_without_evidence_keeps_its_own_confidence() -> None:
    field = Field("iban", "DE1", "DE1", 0.4321, "einvoice")

    assert calibrated({"iban": field}, {}) == {"iban": field}


def test_the_setting_draws_the_line_below_which_a_person_is_asked(tmp_path: Path) -> None:
    strict = load({"KEYWRIGHT_HOME": str(tmp_path), "KEYWRIGHT_WRONG_FIELDS_IN_10000": "10"}).refer_below
    easy = load({"KEYWRIGHT_HOME": str(tmp_path), "KEYWRIGHT_WRONG_FIELDS_IN_10000": "1000"}).refer_below
    extraction = Extraction("invoice", {"iban": Field("iban", "DE1", "DE1", 0.95, "text-layer")})

    assert strict == pytest.approx(0.999)
    assert [finding.fields for finding in confident(strict)(extraction, NOW)] == [("iban",)]
    assert list(confident(easy)(extraction, NOW)) == []


def test_a_doubt_about_a_field_that_nobody_keys_asks_no_person() -> None:
    doubtful = Field("payment_terms", "net 30", "net 30", 0.2, "text-layer")
    extraction = Extraction("invoice", {"payment_terms": doubtful})

    assert [f.fields for f in confident(0.9)(extraction, NOW)] == [("payment_terms",)]
    assert list(confident(0.9, besides=[SupplierInvoice.payment_terms])(extraction, NOW)) == []


def test_the_age_of_a_file_that_is_only_looked_at_is_no_fault() -> None:
    old = Field("issue_date", dt.date(2012, 1, 1), "2012", 1.0, "text-layer")
    extraction, check = Extraction("invoice", {"issue_date": old}), not_older_than(SupplierInvoice.issue_date, days=730)

    assert len(list(check(extraction, Circumstances(NOW.today, arrived=NOW.today)))) == 1
    assert list(check(extraction, NOW)) == []


def test_a_bill_to_another_town_is_not_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    names = {"KEYWRIGHT_HOME": str(tmp_path), "KEYWRIGHT_TOWN_NAMES": "Town of Whitby; Whitby Public Library"}
    monkeypatch.setattr("extractors.supplier_invoice.addressee.settings", lambda: load(names))
    to_us, to_others = (
        Extraction("invoice", {"buyer_name": Field("buyer_name", name, name, 1.0, "text-layer")})
        for name in ("The Corporation of the TOWN OF WHITBY", "Town of Ajax")
    )

    assert list(addressed_to_us(to_us, NOW)) == []
    assert [finding.rule for finding in addressed_to_us(to_others, NOW)] == ["not-ours"]
    assert [finding.rule for finding in addressed_to_us(Extraction("invoice", {}), NOW)] == ["no-buyer"]
    assert addressed_to_us in bot.checks


def test_an_office_that_tells_no_names_is_asked_nothing() -> None:
    assert settings().town_names == ()
    assert not is_this_office("Town of Ajax", [])
    assert not is_this_office("Town of Ajax", [" "])


def test_a_label_without_its_value_is_told() -> None:
    page = BILL.replace("    Bill to:", "    Due date:\n\n    Bill to:")
    rules = {(finding.rule, finding.fields) for finding in SupplierInvoice.extract(typed(page)).findings}

    assert ("unread", ("due_date",)) in rules
    assert not any(finding.rule == "unread" for finding in SupplierInvoice.extract(typed(BILL)).findings)


@pytest.mark.parametrize(("number", "sure"), [("123456782 RT0001", True), ("123456783 RT0001", False)])
def test_a_tax_number_with_its_check_digit_is_surer_than_its_engine(number: str, sure: bool) -> None:
    reading = typed(f"{BILL}\n    GST/HST No. {number}", engine="tesseract", confidence=0.6)
    extraction = SupplierInvoice.extract(reading)

    assert (extraction[SupplierInvoice.seller_tax_id].confidence > 0.9) is sure
