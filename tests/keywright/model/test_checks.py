"""A document is keyed only if every check passes, or a person has settled what did not."""

from __future__ import annotations

import datetime as dt

from keywright.findings import Finding, Kind
from keywright.model.checks import (
    Circumstances,
    EarlierCase,
    Outcome,
    Verdict,
    confident,
    in_order,
    not_a_duplicate,
    not_after_today,
    not_older_than,
    present,
    shaped,
    weigh,
)
from keywright.model.fields import DATE, TEXT, Extraction, FieldSpec
from keywright.model.serialization import extraction_from_json, extraction_to_json
from tests.keywright.papers import extraction, field


class CheckedPaper:
    invoice_number = FieldSpec(TEXT, "Invoice number")
    issue_date = FieldSpec(DATE, "Issue date")
    due_date = FieldSpec(DATE, "Due date")


TODAY = Circumstances(dt.date(2026, 11, 21), arrived=dt.date(2026, 11, 20))


def dated(issued: dt.date, due: dt.date) -> Extraction:
    return extraction().with_fields(field("issue_date", issued), field("due_date", due))


def test_a_document_with_all_it_needs_may_be_keyed() -> None:
    checks = [present(CheckedPaper.invoice_number), not_after_today(CheckedPaper.issue_date), confident(0.9)]

    assert weigh(extraction(), checks, TODAY).outcome is Outcome.KEY


def test_a_missing_field_must_be_typed_in_and_cannot_be_waved_through() -> None:
    checks = [present(CheckedPaper.due_date)]
    findings = weigh(extraction(), checks, TODAY).findings

    assert findings[0].fields == ("due_date",)
    assert "Due date not found" in findings[0].message
    assert weigh(extraction(), checks, TODAY, settled=findings).outcome is Outcome.REFER


def test_what_only_tells_refers_no_case_and_stands_behind_what_asks() -> None:
    remark = Finding("tells", "Nothing is to be decided.", asks=False)
    checks = [lambda *_: [remark], present(CheckedPaper.due_date)]

    assert weigh(extraction(), checks[:1], TODAY) == Verdict(Outcome.KEY, (remark,))
    assert [finding.rule for finding in weigh(extraction(), checks, TODAY).findings] == ["present", "tells"]


def test_what_a_person_accepted_is_not_asked_again() -> None:
    checks = [shaped(CheckedPaper.invoice_number, r"\d+", "12345")]
    findings = weigh(extraction(), checks, TODAY).findings

    assert "“INV-7”; it should look like 12345" in findings[0].message
    assert weigh(extraction(), checks, TODAY, settled=findings).outcome is Outcome.KEY


def test_dates_that_make_no_sense_are_told() -> None:
    checks = [
        not_after_today(CheckedPaper.issue_date),
        not_older_than(CheckedPaper.issue_date, 365),
        in_order(CheckedPaper.issue_date, CheckedPaper.due_date),
    ]

    def rules(issued: dt.date, due: dt.date) -> list[str]:
        return [finding.rule for finding in weigh(dated(issued, due), checks, TODAY).findings]

    assert rules(dt.date(2026, 11, 1), dt.date(2026, 12, 1)) == []
    assert rules(dt.date(2026, 11, 22), dt.date(2026, 12, 1)) == ["not-after-today"]
    assert rules(dt.date(2024, 11, 1), dt.date(2024, 12, 1)) == ["not-older-than"]
    assert rules(dt.date(2026, 11, 1), dt.date(2026, 10, 1)) == ["in-order"]


def test_a_bill_does_not_grow_too_old_while_it_waits() -> None:
    circumstances = Circumstances(dt.date(2028, 11, 21), arrived=dt.date(2026, 11, 20))
    issued = dated(dt.date(2026, 11, 1), dt.date(2026, 12, 1))

    assert weigh(issued, [not_older_than(CheckedPaper.issue_date, 365)], circumstances).outcome is Outcome.KEY


def test_a_doubtful_field_is_a_question_with_its_text_and_how_sure_it_is() -> None:
    doubtful = extraction().with_fields(field("invoice_number", "INV-7", 0.42))
    (finding,) = weigh(doubtful, [confident(0.9)], TODAY).findings

    assert finding.kind is Kind.READING
    assert "(42% confidence). It was read as “INV-7”" in finding.message


def test_a_likely_duplicate_names_the_earlier_case() -> None:
    circumstances = Circumstances(TODAY.today, (EarlierCase("12", "a.pdf", "keyed", "the same number", "AP-1"),))
    (finding,) = weigh(extraction(), [not_a_duplicate], circumstances).findings

    assert finding.kind is Kind.DUPLICATE
    assert "Possible duplicate of case 12. That case (a.pdf) has the same number" in finding.message


def test_what_reading_found_amiss_counts_as_much_as_a_check() -> None:
    amiss = Extraction("invoice", extraction().fields, findings=(Finding("reconcile", "They differ."),))

    assert weigh(amiss, [], TODAY).outcome is Outcome.REFER


def test_of_another_kind_of_document_only_that_is_asked_until_a_person_says_otherwise() -> None:
    stranger = Finding("not-an-invoice", "It is a statement.")
    statement = Extraction("invoice", extraction().fields, findings=(Finding("x", "y"),), other_kind=stranger)

    assert weigh(statement, [], TODAY).findings == (stranger,)
    assert [f.rule for f in weigh(statement, [], TODAY, settled=[stranger]).findings] == ["x"]
    assert extraction_from_json(extraction_to_json(statement)) == statement


def test_an_extraction_is_written_down_and_read_back_unchanged() -> None:
    amiss = Extraction("invoice", extraction().fields, findings=(Finding("reconcile", "They differ.", ("x",)),))

    assert extraction_from_json(extraction_to_json(amiss)) == amiss
