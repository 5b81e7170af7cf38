"""The demo town has a history: invoices of earlier months make the regular vendors' layouts trusted."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from bots.supplier_invoices import bot
from demo import past_decisions
from demo.documents import make
from demo.past_months import past_invoices, regular_vendors
from demo.sample import SampleDocument
from keywright.cases.worker import Office
from keywright.database.layouts import StoredLayout
from keywright.model.case import State
from keywright.model.layout import LayoutState
from keywright.settings.settings import settings
from tests.keywright.layouts.earning import TrainingDesk, rules

SCANNED, NEW_LAYOUT = "maple-ridge", "credit-valley-9107.pdf"


@pytest.fixture
def desk(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrainingDesk]:
    monkeypatch.setenv("KEYWRIGHT_CONFIRMATIONS", "2")
    monkeypatch.setenv("KEYWRIGHT_HOME", str(tmp_path))
    monkeypatch.setenv("KEYWRIGHT_DATABASE_URL", database)
    settings.cache_clear()
    yield TrainingDesk(Office.of(settings()))
    settings.cache_clear()


@pytest.fixture(scope="module")
def past() -> tuple[tuple[SampleDocument, bytes], ...]:
    return tuple(past_invoices())


def test_the_earlier_invoices_are_made_byte_for_byte_every_time(past: tuple[tuple[SampleDocument, bytes], ...]) -> None:
    assert tuple(past_invoices()) == past


def test_each_regular_vendor_has_two_earlier_months_with_numbers_dates_and_amounts_of_their_own(
    past: tuple[tuple[SampleDocument, bytes], ...],
) -> None:
    for vendor in regular_vendors():
        own = [sample.truth for sample, _ in past if sample.file.startswith(vendor.file)]
        truths = [*own, vendor.later.truth()]
        assert len(own) == 2
        for name in ("invoice_number", "issue_date", "purchase_order", "net_total", "grand_total"):
            assert len({truth[name] for truth in truths}) == 3, (vendor.file, name)
        assert len({truth["seller_tax_id"] for truth in truths}) == 1


def test_the_earlier_invoices_add_up_and_have_lines(past: tuple[tuple[SampleDocument, bytes], ...]) -> None:
    for sample, _ in past:
        net, tax, total = (Decimal(sample.truth[name]) for name in ("net_total", "tax_total", "grand_total"))
        assert net + tax == total, sample.file
        assert sum(Decimal(line["net_amount"]) for line in sample.lines) == net, sample.file


def test_after_the_history_regular_invoices_need_nobody_and_a_new_layout_is_asked_about(
    desk: TrainingDesk, tmp_path: Path, past: tuple[tuple[SampleDocument, bytes], ...]
) -> None:
    digital = [(sample, content) for sample, content in past if not sample.file.startswith(SCANNED)]
    for sample, content in digital:
        case = desk.worked(content, sample.file)
        assert "new-layout" in rules(case), sample.file
        past_decisions.confirm(case, bot, sample.truth)

    assert set(StoredLayout.objects.values_list("state", flat=True)) == {LayoutState.TRUSTED}
    assert StoredLayout.objects.count() == len(digital) / 2

    today = {sample.file: sample for sample in make(tmp_path / "today")}
    known = [file for file, sample in today.items() if sample.outcome == "keyed" and sample.bot == bot.name]
    for file in (*known, NEW_LAYOUT):
        if file.startswith(SCANNED) or file == "northfield-facturx.pdf":  # its account waits for a supervisor
            continue
        case = desk.worked((tmp_path / "today" / file).read_bytes(), file)
        assert (case.state is State.CHECKED) == (file != NEW_LAYOUT), (file, case.findings)
        assert file != NEW_LAYOUT or "new-layout" in rules(case)
