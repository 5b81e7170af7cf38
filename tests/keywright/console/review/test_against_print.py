"""A person who types another value than the one that is printed is warned before it is taken, and it is on record."""

from __future__ import annotations

import pytest
from django.test import Client

from keywright import word_store
from keywright.bot import bot_named
from keywright.cases import casebook
from keywright.database.models import LedgerEntry
from keywright.ledger import ledger
from keywright.model import alternatives
from keywright.model.case import Case, State
from keywright.review import against_print
from keywright.settings.settings import settings
from tests.keywright.api.programs import program
from tests.keywright.console.desk import BOT, PRINTED, extraction, office, referred
from tests.keywright.console.door import setting
from tests.keywright.console.pages import accept_boxes, decide, form_of, parsed, text_of

TRANSPOSED = "1421.50"
WARNING = "“1412.50” is printed here, and “1421.50” is nowhere on the document."


def seen_case(leave_out: str = "") -> Case:
    """Return a referred case whose words are kept, as a robot that reads a document keeps them."""
    invoice = extraction().without(leave_out) if leave_out else extraction()
    case = referred(read_before=invoice)
    paper = alternatives.Paper(case.document, bot_named(BOT).reads, case.pages)
    assert word_store.seen_on(settings().words, paper, office().document(case), invoice)
    return case


def corrections(case: Case) -> dict[str, tuple[str, bool]]:
    entries = LedgerEntry.objects.filter(event="field-corrected", case_id=int(case.id))
    return {entry.body["field"]: (entry.body["new"], entry.body.get("against_print", False)) for entry in entries}


def test_a_transposed_total_is_taken_on_the_second_word_only_and_marked_in_the_ledger(maria: Client) -> None:
    case = seen_case()
    form = form_of(maria, case) | {"field-grand_total": TRANSPOSED}

    first = decide(maria, case, "accept", form)

    assert (first.status_code, casebook.get(case.id).state) == (422, State.REFERRED)
    assert WARNING in text_of(first.content)
    assert not corrections(case)

    second = decide(maria, case, "accept", form, accept=accept_boxes(first.content))

    assert (second.status_code, casebook.get(case.id).state) == (302, State.READ)
    assert corrections(case)["grand_total"] == (TRANSPOSED, True)
    accepted = [entry.body["message"] for entry in LedgerEntry.objects.filter(event="finding-accepted")]
    assert [message for message in accepted if WARNING in message]
    assert not ledger.verify().fault


def test_who_ticks_the_sum_and_not_the_warning_is_asked_again(maria: Client) -> None:
    case = seen_case()
    form = form_of(maria, case) | {"field-grand_total": TRANSPOSED}
    page = decide(maria, case, "accept", form).content
    remark = f"//div[contains(@class, 'remark')][contains(., '“{TRANSPOSED}” is nowhere')]"
    (warning,) = parsed(page).xpath(f"{remark}//input[@name='accept']/@value")

    other_boxes = [box for box in accept_boxes(page) if box != warning]

    assert decide(maria, case, "accept", form, accept=other_boxes).status_code == 422
    other_slip = form | {"field-grand_total": "1441.50"}
    assert decide(maria, case, "accept", other_slip, accept=accept_boxes(page)).status_code == 422, (
        "the word was for another"
    )


def test_it_is_said_in_french_and_while_one_types(maria: Client) -> None:
    case = seen_case()
    form = form_of(maria, case) | {"field-grand_total": TRANSPOSED}

    page = maria.post(f"/cases/{case.id}/check/", form, headers={"accept-language": "fr"}).content

    sentence = "« 1412.50 » est imprimé ici, et « 1421.50 » ne figure nulle part sur le document."
    assert f'<span lang="fr">La valeur saisie n’est imprimée nulle part. {sentence}' in page.decode()
    assert not corrections(case)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("grand_total", "1250.00"),  # another amount of the page
        ("grand_total", "-1412.50"),  # the sign that the print may write otherwise
        ("invoice_number", "BTG-2041"),  # the figure for the letter that an engine took it for
        ("seller_name", "Gravel 2000 Ltd."),  # a vendor picked from the master
        ("issue_date", "2026-12-02"),  # another date of the page
    ],
)
def test_what_is_printed_or_offered_or_picked_is_taken_without_a_word(maria: Client, name: str, text: str) -> None:
    case = seen_case()
    form = form_of(maria, case) | {f"field-{name}": text}

    assert "printed nowhere" not in text_of(maria.post(f"/cases/{case.id}/check/", form).content)


def test_a_field_that_had_no_value_is_filled_without_a_word(maria: Client) -> None:
    case = seen_case(leave_out="grand_total")
    form = form_of(maria, case) | {"field-grand_total": TRANSPOSED}

    assert "printed nowhere" not in text_of(maria.post(f"/cases/{case.id}/check/", form).content)


def test_a_program_must_name_the_warning_too(db: None) -> None:
    maria, case = program(), seen_case()
    word = {"decision": "accept", "fields": {"grand_total": TRANSPOSED, "invoice_number": "BTG-2041"}}
    version = maria.get(f"/cases/{case.id}").json()["seen"]

    first = maria.post(f"/cases/{case.id}/decision", {**word, "seen": version})

    findings = {finding["rule"]: finding for finding in first.json()["findings"]}
    assert first.status_code == 422
    assert WARNING in findings["against-print"]["message"]
    other_ids = [finding["id"] for rule, finding in findings.items() if rule != "against-print"]
    assert maria.post(f"/cases/{case.id}/decision", {**word, "seen": version, "findings": other_ids}).status_code == 422
    every = [finding["id"] for finding in findings.values()]
    assert maria.post(f"/cases/{case.id}/decision", {**word, "seen": version, "findings": every}).status_code == 200
    assert corrections(case)["grand_total"] == (TRANSPOSED, True)


def test_a_masked_value_is_not_told_by_its_warning(maria: Client) -> None:
    with setting(MASKED_FIELDS="grand_total"):
        case = seen_case()
        form = form_of(maria, case) | {"field-grand_total": TRANSPOSED}
        page = decide(maria, case, "accept", form).content
        assert "Another one is printed here." in text_of(page)
        decide(maria, case, "accept", form, accept=accept_boxes(page))
        entries = [entry.body["message"] for entry in LedgerEntry.objects.filter(event="finding-accepted")]
        assert not [message for message in entries if "which you typed" in message]


def test_everything_that_the_paper_prints_is_found_on_it(db: None) -> None:
    """The comparison sees the values of its own document, or it would warn of nothing."""
    case, bot = seen_case(), bot_named(BOT)
    paper = alternatives.Paper(case.document, bot.reads, case.pages)
    version, reader = word_store.kept(settings().words, paper, extraction()), alternatives.rereads(bot.reads)
    assert version and reader
    here = against_print.PrintedText(version, reader, 0.9)
    shown_values = {name: here._shows(bot.reads.specs()[name], extraction().fields[name].value) for name, *_ in PRINTED}
    assert all(shown_values.values()), shown_values
