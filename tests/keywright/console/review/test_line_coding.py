"""Account and cost centre of each line: typed by a clerk, kept, proposed for the next invoice, and posted."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.test import Client

from keywright.bot import bot_named
from keywright.cases import casebook
from keywright.database.models import LedgerEntry, StoredVendor
from keywright.model.case import Case
from keywright.model.fields import Extraction
from keywright.profiles.applying import Applied
from keywright.review import undo
from systems.records.bill import Bill
from tests.keywright.console.desk import BOT, extraction, office, opened, referred
from tests.keywright.console.pages import decide, form_of, parsed

CODED = {"line-0-account": "5920", "line-0-cost_centre": "Roads"}


@pytest.fixture(autouse=True)
def gravel_on_file(db: None) -> None:
    StoredVendor.objects.create(number="V-7", name="Bruce Trail Gravel Ltd.", expense_account="5940")


def next_month() -> Extraction:
    """Return the vendor's next invoice: the first line is like that of the first one."""
    fields = extraction().fields
    number = replace(fields["invoice_number"], value="BTG-2099", confidence=0.99)
    date = replace(fields["issue_date"], value=dt.date(2026, 12, 2))
    gravel, haulage = extraction().lines
    lines = (replace(gravel, description="Granular A, delivered to Queen Street yard"), haulage)
    return replace(extraction(), lines=lines).with_fields(number, date)


def read(name: str, invoice: Extraction) -> Case:
    """Have an invoice read, as a robot does."""
    return office().has_read(opened(name, name.encode()), bot_named(BOT), Applied(invoice, None))


def confirmed(maria: Client) -> Case:
    case = referred()
    form = form_of(maria, case) | CODED | {"field-invoice_number": "BTG-2041"}
    assert decide(maria, case, "accept", form).status_code == 302
    return casebook.get(case.id)


def codings(case: Case) -> list[tuple[str, str]]:
    assert case.extraction is not None
    return [(line.account, line.cost_centre) for line in case.extraction.lines]


def test_what_a_clerk_types_is_kept_with_the_case_and_in_the_ledger(maria: Client) -> None:
    case = confirmed(maria)
    assert codings(case) == [("5920", "Roads"), ("", "")]
    entry = LedgerEntry.objects.get(event="lines-corrected")
    assert [line.get("account") for line in entry.body["new"]] == ["5920", None]


def test_the_next_invoice_is_coded_like_it_and_the_page_says_why(maria: Client) -> None:
    assert codings(read("before.pdf", next_month())) == [("", ""), ("", "")]
    confirmed(maria)
    case = read("after.pdf", next_month())
    assert codings(case) == [("5920", "Roads"), ("", "")]

    page = parsed(maria.get(f"/cases/{casebook.refer(case, [], actor='robot').id}/review/").content)
    (account,) = page.xpath("//input[@name='line-0-account']")
    assert account.get("value") == "5920"
    assert account.get("title") == "5920 / Roads on 1 of 1 earlier lines like this one"
    (haulage,) = page.xpath("//input[@name='line-1-account']")
    assert (haulage.get("value"), haulage.get("placeholder")) == ("", "5940")


def test_what_is_undone_proposes_nothing(maria: Client) -> None:
    case = confirmed(maria)
    undo.undo(int(case.id), person=User.objects.get(username="maria"))
    assert codings(read("after.pdf", next_month())) == [("", ""), ("", "")]


def test_each_line_is_posted_on_its_own_account_and_on_the_vendors_without_one(maria: Client) -> None:
    case = confirmed(maria)
    assert case.extraction is not None
    payee = office().circumstances(case, bot_named(BOT), case.extraction).payee
    bill = Bill.from_extraction(case.extraction, payee)
    assert [(line.account, line.amount) for line in bill.lines] == [
        ("5920", Decimal("900.00")),
        ("5940", Decimal("350.00")),
    ]
