"""What one clerk may not accept alone: another bank account than the one on file."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from keywright import clock
from keywright.bot import bot_named
from keywright.cases import casebook
from keywright.database.confirmations import VendorAccount
from keywright.database.models import LedgerEntry, StoredVendor
from keywright.findings import Finding
from keywright.model.case import Case, State
from keywright.model.checks import Outcome, weigh
from keywright.model.fields import Extraction, Field
from keywright.model.vendor import Vendor
from keywright.review import review_queue
from keywright.review.decisions import id_of
from keywright.vendors import master
from tests.keywright.console.desk import BOT, extraction, office, referred
from tests.keywright.console.door import setting
from tests.keywright.console.pages import accept_boxes, decide, form_of, parsed, text_of

KNOWN, NEW = "004-10202-1234567", "004-10202-7777777"
SignedIn = Callable[..., Client]


@pytest.fixture
def sara(db: None, signed_in: SignedIn) -> Client:
    """A supervisor's browser."""
    return signed_in("sara", "supervisor")


def read(account: str = NEW, source: str = "text-layer") -> Extraction:
    return extraction().with_fields(
        Field("iban", account, account, 0.99, source),
        Field("invoice_number", "BTG-2041", "BTG-2041", 0.99, "text-layer"),
    )


def checked(case: Case) -> tuple[Outcome, tuple[Finding, ...]]:
    case, bot = casebook.get(case.id), bot_named(BOT)
    assert case.extraction is not None
    verdict = weigh(case.extraction, bot.checks, office().circumstances(case, bot, case.extraction), case.settled)
    return verdict.outcome, verdict.findings


def moved_account(source: str = "text-layer") -> tuple[Case, Finding]:
    """Return a case of a vendor on file whose document prints another account, as its checks refer it."""
    gravel = Vendor("V1011", "Bruce Trail Gravel Ltd.", bank_accounts=(KNOWN,))
    master.put_on_file([gravel], {"file": "vendors.csv"}, actor="ivan")
    VendorAccount.objects.update(confirmed_by="omar", confirmed_at=clock.now())
    case, bot = referred(read_before=read(source=source)), bot_named(BOT)
    assert case.extraction is not None
    (finding,) = weigh(case.extraction, bot.checks, office().circumstances(case, bot, case.extraction)).findings
    assert finding.rule == "bank-account-changed"
    return referred("again.pdf", [finding], read(source=source)), finding


def test_a_clerk_is_not_offered_to_accept_it_and_is_told_who_may(maria: Client) -> None:
    case, _ = moved_account()
    page = maria.get(f"/cases/{case.id}/review/").content

    assert accept_boxes(page) == []
    assert "A supervisor who did not type the account must accept it" in text_of(page)


def test_a_clerk_who_accepts_it_all_the_same_sends_it_on_to_a_second_person(maria: Client) -> None:
    case, finding = moved_account()

    response = decide(maria, case, "accept", form_of(maria, case), accept=id_of(finding))

    assert response.status_code == 302
    assert "sent for approval by a second person" in text_of(maria.get("/cases/").content)
    assert casebook.get(case.id).settled == ()
    assert checked(case) == (Outcome.REFER, (finding,))
    assert not LedgerEntry.objects.filter(event="finding-accepted").exists()


def test_a_supervisor_accepts_it_and_the_case_passes_its_checks(sara: Client) -> None:
    case, finding = moved_account()
    page = sara.get(f"/cases/{case.id}/review/").content
    assert accept_boxes(page) == [id_of(finding)]

    decide(sara, case, "accept", form_of(sara, case), accept=id_of(finding))

    assert checked(case)[0] is Outcome.KEY
    assert LedgerEntry.objects.get(event="finding-accepted").actor == "sara"


def test_a_supervisor_must_tick_it(sara: Client) -> None:
    case, _ = moved_account()

    response = decide(sara, case, "accept", form_of(sara, case))

    assert response.status_code == 422
    assert casebook.get(case.id).state is State.REFERRED


def test_a_supervisor_who_typed_the_account_is_not_the_second_person(sara: Client, signed_in: SignedIn) -> None:
    case, finding = moved_account("reviewer:sara")
    assert accept_boxes(sara.get(f"/cases/{case.id}/review/").content) == []

    decide(sara, case, "accept", form_of(sara, case), accept=id_of(finding))
    assert checked(case)[0] is Outcome.REFER

    casebook.refer(casebook.get(case.id), [finding], actor="robot")
    second_supervisor = signed_in("omar", "supervisor")
    decide(second_supervisor, case, "accept", form_of(second_supervisor, case), accept=id_of(finding))
    assert checked(case)[0] is Outcome.KEY


def test_a_supervisor_cannot_type_an_account_and_accept_it_in_one_breath(sara: Client) -> None:
    case, finding = moved_account()
    entered = {"field-iban": "004-10202-8888888"}
    first = decide(sara, case, "accept", form_of(sara, case), **entered)
    assert first.status_code == 302

    outcome, (still,) = checked(case)
    settled = casebook.get(case.id).extraction
    assert settled is not None
    assert settled.fields["iban"].source == "reviewer:sara"
    assert outcome is Outcome.REFER
    assert "8888888" in still.message
    assert still != finding


def test_a_correction_to_the_account_on_file_needs_nobody_else(maria: Client) -> None:
    case, _ = moved_account()

    decide(maria, case, "accept", form_of(maria, case), **{"field-iban": "10202-004-1234567"})

    assert checked(case)[0] is Outcome.KEY


def test_once_the_master_has_the_new_account_nobody_need_accept_it(maria: Client) -> None:
    case, _ = moved_account()
    StoredVendor.objects.update(bank_accounts=f"{KNOWN}\n{NEW}", version=7)

    decide(maria, case, "accept", form_of(maria, case))

    assert checked(case)[0] is Outcome.KEY


def test_an_unknown_vendor_goes_on_once_it_is_in_the_master(maria: Client) -> None:
    master.put_on_file([Vendor("V1", "Grit Ltd.")], {"file": "a.csv"}, actor="ivan")
    case = referred(read_before=read().without("iban"))
    outcome, findings = checked(case)
    case = referred("again.pdf", findings, read().without("iban"))
    assert [finding.rule for finding in findings] == ["vendor-unknown"]

    assert decide(maria, case, "accept", form_of(maria, case)).status_code == 422
    master.put_on_file([Vendor("V2", "Bruce Trail Gravel")], {"file": "a.csv"}, actor="ivan")
    assert decide(maria, case, "accept", form_of(maria, case)).status_code == 302

    assert (outcome, checked(case)[0]) == (Outcome.REFER, Outcome.KEY)


@pytest.mark.usefixtures("database")
def test_the_queue_itself_refuses_one_person_s_word_where_two_are_asked_for() -> None:
    finding = Finding("bank-account-changed", "Another account.", ("iban",), second_person=True)
    case = referred(findings=[finding], read_before=read())
    assert case.extraction is not None

    with pytest.raises(review_queue.NeedsSecondPerson):
        review_queue.settle(case, case.extraction, [finding], (), person="maria")

    assert casebook.get(case.id).state is State.REFERRED
    review_queue.settle(case, case.extraction, [finding], (), person="sara", second=True)
    assert casebook.get(case.id).settled == (finding,)


# --- what the first and the second person are told -----------------------------------------------


def referred_again(case: Case) -> Case:
    """Return a case as its checks refer it, for what they find now."""
    _, findings = checked(case)
    return casebook.refer(casebook.get(case.id), findings, actor="robot")


def needed(page: bytes) -> str:
    return " ".join(parsed(page).get_element_by_id("second").text_content().split())


def test_a_clerk_is_told_before_and_after_why_a_second_person_is_needed(maria: Client) -> None:
    case = referred()
    with setting(SECOND_PERSON_ABOVE="supplier-invoices=1000 CAD"):
        page = maria.get(f"/cases/{case.id}/review/").content
        why = "Needs approval (over 1,000.00 CAD). The amount is 1,412.50 CAD. A supervisor who typed nothing in "
        why += "this case must accept it."
        assert needed(page) == f"Needs approval. {why}"

        entered = {**form_of(maria, case), "field-invoice_number": "BTG-2041"}
        decide(maria, case, "accept", entered)
        text = text_of(maria.get("/cases/").content)
    assert "sent for approval by a second person" in text
    assert why in text


def test_while_typing_a_clerk_is_told_that_a_colleague_must_approve(maria: Client) -> None:
    case = referred()
    with setting(SECOND_PERSON_CORRECTIONS="supplier-invoices"):
        form = form_of(maria, case)
        assert needed(maria.get(f"/cases/{case.id}/review/").content) == ""
        changed = maria.post(f"/cases/{case.id}/check/", {**form, "field-invoice_number": "BTG-2041"}).content
        checked_again = maria.post(f"/cases/{case.id}/check/", form).content
    assert "A colleague must approve your changes before posting." in needed(changed)
    assert needed(checked_again) == ""


def test_a_second_person_sees_who_decided_first_and_what_was_changed(maria: Client, signed_in: SignedIn) -> None:
    case, otto = referred(), signed_in("otto", "clerk")
    with setting(SECOND_PERSON_CORRECTIONS="supplier-invoices"):
        decide(maria, case, "accept", {**form_of(maria, case), "field-invoice_number": "BTG-2041"})
        assert "maria changed Invoice number" in text_of(maria.get("/cases/").content)
        referred_again(case)
        page = otto.get(f"/cases/{case.id}/review/").content
    (before,) = parsed(page).xpath("//section[@class='earlier-decisions']")
    text = " ".join(before.text_content().split())
    assert text.startswith("maria already processed this case, ")
    assert "Changed:Invoice number: changed from BTG-2O41 to BTG-2041" in text
    assert needed(page) == ""


def test_nobody_decided_before_the_first_and_an_undone_decision_is_none(maria: Client) -> None:
    case = referred()
    assert not parsed(maria.get(f"/cases/{case.id}/review/").content).xpath("//section[@class='earlier-decisions']")
    decide(maria, case, "accept", {**form_of(maria, case), "field-invoice_number": "BTG-2041"})
    maria.post(f"/cases/{case.id}/undo/")
    assert not parsed(maria.get(f"/cases/{case.id}/review/").content).xpath("//section[@class='earlier-decisions']")
