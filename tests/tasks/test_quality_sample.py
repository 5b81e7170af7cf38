"""A drawn case loses no time: it is keyed as ever, and what the robot read is kept for who reads it blind."""

from __future__ import annotations

import datetime as dt

import pytest

from keywright.cases import casebook, work_queue
from keywright.cases.worker import Office
from keywright.database.models import LedgerEntry, Sample
from keywright.model.case import Case, State
from keywright.model.document import Document
from tasks.pipeline import work_claimed
from tasks.system_session import Desk
from tests.keywright.console.desk import pdf
from tests.keywright.papers import BOT, LEASE, extraction
from tests.keywright.people.test_permissions import set_to
from tests.tasks.registry import NOBODY, Drawer, filing_bot


def worked(office: Office, content: bytes) -> Case:
    """Work a case that was read, whose document is these bytes, as far as it goes."""
    stored = office.documents.put(content)
    document = Document(stored, "application/pdf", "invoice.pdf", len(content), dt.datetime.now(dt.UTC), "inbox")
    casebook.open_case(document, BOT, actor="robot")
    case = work_queue.claim(BOT, "worker", LEASE)
    assert case is not None
    case = casebook.record_extraction(case, extraction(), (), actor=office.worker)
    bot = filing_bot(Drawer())
    with Desk(bot, NOBODY) as desk:
        return work_claimed(case, bot, desk, office)


def test_a_drawn_case_is_keyed_without_waiting_for_who_reads_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with set_to(monkeypatch, sample_percent=100.0):
        case = worked(office, pdf())
    assert case.state is State.KEYED
    row = Sample.objects.get(case_id=int(case.id))
    assert row.robot["invoice_number"] == "INV-7"
    assert row.answered_at is None
    assert casebook.has_pictures(case)
    events = list(LedgerEntry.objects.filter(case_id=int(case.id)).order_by("number").values_list("event", flat=True))
    assert events.index("sample-drawn") + 1 == events.index("case-checked")


def test_a_document_that_cannot_be_drawn_is_shown_to_nobody(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with set_to(monkeypatch, sample_percent=100.0):
        case = worked(office, b"no page at all")
    assert case.state is State.KEYED
    assert not Sample.objects.exists()


def test_while_no_share_is_set_no_page_is_drawn_for_it(office: Office) -> None:
    case = worked(office, pdf())
    assert case.state is State.KEYED
    assert not casebook.has_pictures(case)
    assert not Sample.objects.exists()
