"""What is asked on a trusted layout all the same, and what is not asked on an unknown one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from demo.e_invoice import cii, factur_x
from demo.invoice_layouts import european
from demo.invoices import northfield
from extractors.supplier_invoice.layout_fields import LAYOUT_FIELDS
from keywright.cases.worker import Office
from keywright.database.layouts import StoredLayout
from keywright.model.case import State
from keywright.model.layout import LayoutState
from keywright.profiles.finding_values import Finder
from keywright.profiles.prints import PagePrint
from keywright.profiles.profile import Profile, Tally
from keywright.profiles.proposal import General, LayoutDoubt, weigh_layout
from keywright.settings.settings import settings
from tests.keywright.layouts.drawn import ACCOUNT, OTHER_ACCOUNT, drawn, quill_bill
from tests.keywright.layouts.earning import TrainingDesk, rules


@pytest.fixture
def changed_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    yield monkeypatch
    settings.cache_clear()


def office_with(monkeypatch: pytest.MonkeyPatch, **values: str) -> TrainingDesk:
    """Return a desk in the same office with other settings."""
    for name, text in values.items():
        monkeypatch.setenv(f"KEYWRIGHT_{name}", text)
    settings.cache_clear()
    return TrainingDesk(Office.of(settings()))


def trust(desk: TrainingDesk) -> None:
    for month in (1, 2):
        desk.confirmed(desk.worked(drawn(quill_bill(month))))
    assert StoredLayout.objects.get().state == LayoutState.TRUSTED


def test_a_changed_bank_account_is_always_asked(desk: TrainingDesk) -> None:
    trust(desk)

    changed = desk.worked(drawn(quill_bill(3, iban=OTHER_ACCOUNT)))

    assert changed.state is State.REFERRED
    questions = [finding.message for finding in changed.findings if "iban" in finding.fields]
    assert any("Another bank account" in question for question in questions), questions
    assert desk.worked(drawn(quill_bill(4))).state is State.CHECKED, "the account known before needs nobody"


def test_a_changed_bank_account_is_asked_even_if_all_general_readers_agree_on_it() -> None:
    known = Profile(
        documents=4,
        constants={"iban": (ACCOUNT, 4)},
        present={"iban": 4},
        general={"iban": Tally(right=4)},
        in_a_row={"iban": 4},
    )
    seen = General({"iban": OTHER_ACCOUNT}, {"iban": {"rules": OTHER_ACCOUNT, "learned": OTHER_ACCOUNT}})

    proposal = weigh_layout(known, Finder(LAYOUT_FIELDS, PagePrint.of(())), seen, LAYOUT_FIELDS, needed=2)

    assert proposal.asked["iban"] is LayoutDoubt.ACCOUNT


def test_a_credit_note_in_a_layout_that_only_had_invoices_is_asked(desk: TrainingDesk) -> None:
    trust(desk)

    credit = desk.worked(drawn(quill_bill(3, credit=True), title="CREDIT NOTE"))

    assert credit.state is State.REFERRED
    assert any("invoice_type" in finding.fields for finding in credit.findings)


def test_a_new_row_under_the_total_is_asked(desk: TrainingDesk) -> None:
    trust(desk)

    held_back = desk.worked(drawn(quill_bill(3), holdback="100.00"))

    assert held_back.state is State.REFERRED


def test_an_e_invoice_needs_no_layout_and_teaches_none(desk: TrainingDesk) -> None:
    bill = northfield()

    case = desk.worked(factur_x(european(bill), cii(bill)))

    assert "new-layout" not in rules(case)
    assert not StoredLayout.objects.exists()


def test_the_print_of_the_same_sender_without_data_is_a_new_layout(desk: TrainingDesk) -> None:
    bill = northfield()
    desk.worked(factur_x(european(bill), cii(bill)))

    assert "new-layout" in rules(desk.worked(european(replace(bill, number="NF-2026-0393"))))


def test_each_bot_may_ask_for_its_own_number_of_confirmations(
    desk: TrainingDesk, changed_settings: pytest.MonkeyPatch
) -> None:
    desk = office_with(changed_settings, CONFIRMATIONS="1, supplier-invoices=3")
    for month in (1, 2, 3):
        case = desk.worked(drawn(quill_bill(month)))
        assert "new-layout" in rules(case), month
        desk.confirmed(case)

    assert desk.worked(drawn(quill_bill(4))).state is State.CHECKED
    assert settings().confirmations_for("permit-applications") == 1


def test_one_confirmation_suffices_if_the_office_says_so(
    desk: TrainingDesk, changed_settings: pytest.MonkeyPatch
) -> None:
    desk = office_with(changed_settings, CONFIRMATIONS="1")
    desk.confirmed(desk.worked(drawn(quill_bill(1))))

    assert StoredLayout.objects.get().state == LayoutState.TRUSTED
    second = desk.worked(drawn(quill_bill(2)))
    assert "new-layout" not in rules(second)


def test_with_no_confirmations_asked_for_nobody_is_asked_about_layouts(
    desk: TrainingDesk, changed_settings: pytest.MonkeyPatch
) -> None:
    desk = office_with(changed_settings, CONFIRMATIONS="0")

    assert "new-layout" not in rules(desk.worked(drawn(quill_bill(1))))


def test_two_readers_are_not_enough_unless_the_office_says_so_and_the_sender_is_on_file(
    desk: TrainingDesk, changed_settings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "new-layout" in rules(desk.worked(drawn(quill_bill(1))))
    desk = office_with(changed_settings, TWO_READERS_SUFFICE="yes")

    assert "new-layout" in rules(desk.worked(drawn(quill_bill(2)))), "nobody vouches for the sender"
