"""What a list shows of a case follows what was read and decided, at every move; older cases are caught up with."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from keywright.cases import casebook
from keywright.cases.summary import columns_of, kind_asked
from keywright.cases.worker import Office
from keywright.database.models import StoredCase
from keywright.findings import Finding, Kind
from keywright.model.case import State
from keywright.model.serialization import extraction_to_json
from keywright.review import review_queue
from keywright.settings.settings import load
from tests.keywright.clerks import ODD, clerk, row_of, waiting
from tests.keywright.papers import extraction, field, received

TOLD = ("sender", "sender_key", "paper_number", "amount", "currency", "kind")


def fields(**values: str) -> dict[str, Any]:
    return {"fields": {name: {"value": value} for name, value in values.items()}}


def test_an_invoice_and_an_application_are_listed_by_who_sent_them_and_for_how_much() -> None:
    invoice = fields(seller_name="Béton  Québec Inc.", invoice_number="INV-007 a", grand_total="-12.5", currency="CAD")
    form = fields(applicant_last_name="Roy", project_value="about 40 000 $", project_value_number="40000")

    assert columns_of("supplier-invoices", invoice) == {
        "sender": "Béton Québec Inc.",
        "sender_key": "betonquebecinc",
        "paper_number": "inv007a",
        "amount": Decimal("-12.50"),
        "currency": "CAD",
    }
    columns = columns_of("permit-tickets", form)
    assert (columns["sender"], columns["amount"]) == ("Roy", Decimal("40000.00"))


def test_a_case_keeps_what_was_listed_when_its_bot_is_no_longer_installed(office: Office) -> None:
    case = waiting(office)
    StoredCase.objects.filter(pk=int(case.id)).update(bot="paper-forms", sender="Gravel Ltd.")

    casebook.move(
        casebook.get(case.id), State.REFUSED, "case-refused", actor="maria", extraction=extraction_to_json(extraction())
    )

    row = row_of(case)
    assert (row.sender, row.paper_number, row.amount) == ("Gravel Ltd.", "inv7", Decimal("113.00"))
    assert columns_of("paper-forms", None)["sender"] == "", "where nothing is read any more, nothing is listed"


@pytest.mark.parametrize("odd", [None, {}, {"fields": None}, {"fields": {"grand_total": None}}, [], "x"])
def test_nothing_is_listed_of_what_was_not_read(odd: Any) -> None:
    assert columns_of("supplier-invoices", odd) == {
        "sender": "",
        "sender_key": "",
        "paper_number": "",
        "amount": None,
        "currency": "",
    }


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1E+40", "99999999999999999", "twelve"])
def test_an_amount_that_has_no_place_in_a_list_is_left_out(text: str) -> None:
    assert columns_of("supplier-invoices", fields(grand_total=text))["amount"] is None


def test_a_case_is_named_by_its_gravest_kind_and_by_what_asks() -> None:
    findings = [Finding(kind.value, kind.value, kind=kind) for kind in Kind]

    assert kind_asked(findings) == "uncertain"
    assert kind_asked([finding for finding in findings if finding.kind is not Kind.UNCERTAIN]) == "duplicate"
    quiet = Finding("told", "Only told.", kind=Kind.DUPLICATE, asks=False)
    assert kind_asked([quiet, Finding("unsure", "Unsure.", kind=Kind.READING)]) == "reading"
    assert kind_asked([quiet]) == "duplicate"
    assert kind_asked([]) == ""


@pytest.fixture
def office(tmp_path: Path, db: None) -> Office:
    return Office.of(load({"KEYWRIGHT_HOME": str(tmp_path)}))


def test_the_columns_follow_each_reading_and_each_correction(office: Office) -> None:
    clerk("maria")
    case = waiting(office)
    row = row_of(case)
    assert (row.paper_number, row.amount, row.kind) == ("inv7", Decimal("113.00"), "business")
    assert row.referred_at is not None
    assert row.due_at is not None
    assert row.due_at > row.referred_at

    corrected = extraction().with_fields(field("seller_name", "Gravel Ltd."), field("grand_total", Decimal("1.10")))
    moved = review_queue.settle(case, corrected, [], (), person="maria")

    row = row_of(case)
    assert (row.sender, row.sender_key, row.amount) == ("Gravel Ltd.", "gravelltd", Decimal("1.10"))
    assert (row.kind, row.referred_at, row.due_at) == ("", None, None)
    casebook.refer(moved, [ODD], actor="robot")
    again = row_of(case)
    assert again.kind == "business"
    assert again.sender == "Gravel Ltd."


def test_a_case_that_fails_and_is_referred_unread_is_listed_without_a_sender(office: Office) -> None:
    case = casebook.refer(received(), [Finding("encrypted", "It is locked.", kind=Kind.READING)], actor="robot")

    row = row_of(case)
    assert (row.sender, row.amount, row.kind, row.state) == ("", None, "reading", State.REFERRED)


def test_cases_from_before_the_queue_are_caught_up_with_whatever_stands_in_them(database: str, tmp_path: Path) -> None:
    here = Office.of(load({"KEYWRIGHT_HOME": str(tmp_path), "KEYWRIGHT_DATABASE_URL": database}))
    case, unread = waiting(here), received(b"another")
    strange = received(b"a third")
    StoredCase.objects.update(**dict.fromkeys(("sender", "sender_key", "paper_number", "kind"), ""), amount=None)
    StoredCase.objects.update(referred_at=None, due_at=None)
    StoredCase.objects.filter(pk=int(strange.id)).update(state="referred", extraction={"fields": 7}, findings={"a": 1})

    call_command("migrate", "records", "0006", verbosity=0)
    call_command("migrate", "records", verbosity=0)

    row = row_of(case)
    assert (row.paper_number, row.amount, row.kind) == ("inv7", Decimal("113.00"), "business")
    assert row.referred_at == row.changed_at
    assert row.due_at == row.changed_at + dt.timedelta(days=2)
    assert (row_of(unread).kind, row_of(unread).due_at) == ("", None)
    assert row_of(strange).due_at is not None, "it waits, so it is due"
    assert connection.vendor in database
