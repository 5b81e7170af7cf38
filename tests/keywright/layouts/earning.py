"""An office in which layouts must be confirmed, bills of one vendor over several months, and a clerk who decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from bots.supplier_invoices import bot
from demo.billing import SampleBill, line
from demo.invoice_layouts import labels_left
from demo.invoices import brightwater
from keywright.cases import casebook, work_queue
from keywright.cases.worker import Office
from keywright.database.models import StoredCase
from keywright.model.case import Case, State
from keywright.model.document import Document
from keywright.review import decisions
from keywright.review.decisions import id_of, one_line
from tasks.check import check
from tasks.pipeline import has_read
from tasks.refer import refer
from tests.keywright.papers import LEASE


def monthly_bill(month: int, **changes: object) -> SampleBill:
    """Return the bill of a month of 2026, of a vendor that always bills alike."""
    issued = dt.date(2026, month, 3 + month)
    lines = (
        line("Mechanical seal kit", str(month), "each", "312.50", "MS-118"),
        line("Field service", f"{month}.5", "hour", "148.00", "LAB-2"),
    )
    bill = replace(
        brightwater(),
        number=f"INV-{4400 + 13 * month}",
        issued=issued,
        due=issued + dt.timedelta(30),
        lines=lines,
        purchase_order=f"PO-26-1{month:03}",
    )
    return replace(bill, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class TrainingDesk:
    """A robot that reads and checks, and a clerk who confirms or corrects what it asks."""

    office: Office

    def worked(self, content: bytes, name: str = "bill.pdf") -> Case:
        """Take in a document, read and check it; it is checked then, or referred."""
        stored = self.office.documents.put(content)
        arrived = dt.datetime.now(dt.UTC)
        document = Document(stored, "application/pdf", name, len(content), arrived, "inbox")
        casebook.open_case(document, bot.name, actor="robot")
        case = work_queue.claim(bot.name, self.office.worker, LEASE, (State.RECEIVED,))
        assert case is not None
        return self.checked(has_read(case, bot, self.office))

    def bill(self, month: int, **changes: object) -> Case:
        return self.worked(labels_left(monthly_bill(month, **changes)), f"{month}.pdf")

    def checked(self, case: Case) -> Case:
        """Check a case that was read, and refer it if anything is asked."""
        assert case.extraction is not None
        circumstances = self.office.circumstances(case, bot, case.extraction)
        verdict = check(case.extraction, bot, circumstances, case.settled)
        if verdict.outcome == "refer":
            return refer(case, verdict.findings, self.office)
        checked = self.office.has_checked(case, verdict, circumstances)
        work_queue.release(checked)
        return casebook.get(case.id)

    def confirmed(self, case: Case, corrections: Mapping[str, str] | None = None) -> Case:
        """Let the clerk confirm a referred case, with corrections, and accept its findings."""
        assert case.extraction is not None
        shown = {name: one_line(field.value) for name, field in case.extraction.fields.items()}
        ticked = {id_of(finding) for finding in case.findings if finding.acceptable}
        decisions.accept(case, bot, {**shown, **(corrections or {})}, ticked, person="maria", second=True)
        return casebook.get(case.id)


def rules(case: Case) -> set[str]:
    """Return the rules by which a case was referred."""
    return {finding.rule for finding in case.findings}


def layout_of(case: Case) -> int | None:
    return StoredCase.objects.get(pk=int(case.id)).layout_id


def amount(case: Case, name: str) -> Decimal:
    assert case.extraction is not None
    value = case.extraction.fields[name].value
    assert isinstance(value, Decimal)
    return value
