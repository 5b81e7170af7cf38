"""A case that is not to be keyed is refused for a reason from the list, or goes back with a letter that is kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.utils import timezone

from extractors.ontario_permit.completeness import COMPLETENESS
from extractors.ontario_permit.form import OntarioPermitApplication
from keywright.cases import casebook
from keywright.database.models import LedgerEntry
from keywright.findings import Finding, Kind
from keywright.mail import MailAway, MailRefused
from keywright.model.case import Case, IllegalMove, State
from keywright.model.checks import Circumstances
from keywright.model.fields import Extraction
from keywright.review import close
from keywright.review.close import Reason
from keywright.review.reply_letters import Letter, address_of, draft
from keywright.settings.settings import MailServer, settings
from tests.keywright.clerks import clerk
from tests.keywright.console.desk import UNSURE, extraction, referred, unreadable
from tests.keywright.mail_server import Mailbox, at_work
from tests.keywright.papers import field

pytestmark = pytest.mark.django_db
LETTER = Letter("Your invoice", "Hello,\nplease send it again.\n")


def refusal(case: Case) -> dict[str, object]:
    return dict(LedgerEntry.objects.get(event="case-refused", case_id=int(case.id)).body)


def test_each_reason_stands_in_the_ledger_by_its_code_and_in_words() -> None:
    for reason, words in ((Reason.NOT_AN_INVOICE, ""), (Reason.NOT_OURS, "the county's"), (Reason.ILLEGIBLE, "")):
        case = referred(f"{reason}.pdf")
        assert close.refuse(case, reason, person="maria", words=words).state is State.REFUSED
        assert refusal(case)["code"] == reason.value
    assert refusal(case)["reason"] == "Illegible."
    assert LedgerEntry.objects.get(body__code="not-ours").body["reason"] == "Not ours. the county's"


def test_a_duplicate_names_the_case_that_stays() -> None:
    first, case = referred("first.pdf"), referred("again.pdf")

    close.refuse(case, "duplicate", person="maria", duplicate_of=int(first.id))

    assert refusal(case)["duplicate_of"] == int(first.id)
    assert refusal(case)["reason"] == f"Duplicate of case {first.id}."


@pytest.mark.parametrize(
    ("reason", "of", "fault"),
    [
        ("other", None, "Enter why"),
        ("", None, "Choose the reason"),
        ("bored", None, "Choose the reason"),
        ("duplicate", None, "Type the number"),
        ("duplicate", 0, "cannot be a duplicate of itself"),
        ("duplicate", 10**9, "There is no case"),
        ("duplicate", -1, "was itself rejected"),
    ],
)
def test_a_reason_that_says_nothing_is_refused_in_words(reason: str, of: int | None, fault: str) -> None:
    case, refused = referred("a.pdf"), referred("b.pdf")
    close.refuse(refused, Reason.NOT_OURS, person="maria")
    number = {0: int(case.id), -1: int(refused.id)}.get(of or of, of) if of is not None else None

    with pytest.raises(ValueError, match=fault):
        close.refuse(case, reason, person="maria", duplicate_of=number)
    assert casebook.get(case.id).state is State.REFERRED


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("#12", 12), (" case 12 ", 12), ("", None), ("twelve", None), ("1-2", None)]
)
def test_a_cases_number_is_taken_as_people_write_it(text: str, number: int | None) -> None:
    assert close.case_number(text) == number


def test_a_document_that_is_sent_back_is_refused_with_its_letter_in_the_ledger() -> None:
    case = referred()
    clerk("maria")

    close.send_back(case, LETTER, "sales@gravel.example", person="maria")

    assert casebook.get(case.id).state is State.REFUSED
    sent = close.sent_back(int(case.id))
    assert sent is not None
    assert (sent.to, sent.letter, sent.mailed) == ("sales@gravel.example", LETTER, False)
    with pytest.raises(IllegalMove):
        close.send_back(case, LETTER, "", person="maria")
    assert LedgerEntry.objects.filter(event="case-sent-back").count() == 1


def test_a_letter_without_words_or_to_no_address_changes_nothing() -> None:
    case = referred()

    with pytest.raises(ValueError, match="not an e-mail address"):
        close.send_back(case, LETTER, "sales at gravel", person="maria")
    with pytest.raises(ValueError, match="subject and a text"):
        close.send_back(case, Letter("", "x"), "", person="maria")
    assert casebook.get(case.id).state is State.REFERRED
    assert close.sent_back(int(case.id)) is None


def test_a_letter_is_mailed_once_and_what_the_server_refuses_can_be_mailed_again() -> None:
    case, box = referred(), Mailbox(refused={"sales@gravel.example"})
    close.send_back(case, LETTER, "sales@gravel.example", person="maria")

    with at_work(box) as server:
        with pytest.raises(MailRefused, match="nobody of that name"):
            close.mail_letter(int(case.id), server, person="maria")
        box.refused.clear()
        assert close.mail_letter(int(case.id), server, person="maria")
        assert not close.mail_letter(int(case.id), server, person="maria")

    assert box.to() == ["sales@gravel.example"]
    assert str(box.mails[0]["Subject"]) == LETTER.subject
    assert "please send it again" in box.mails[0].get_content()
    assert LedgerEntry.objects.get(event="message-sent").body["to"] == "sales@gravel.example"


def test_nothing_is_mailed_without_a_server_or_an_address_and_a_server_that_is_away_is_told() -> None:
    case, second = referred("a.pdf"), referred("b.pdf")
    close.send_back(case, LETTER, "sales@gravel.example", person="maria")
    close.send_back(second, LETTER, "", person="maria")
    away = MailServer("127.0.0.1", 9, "", "", "ap@town.example", "none")

    assert not close.mail_letter(int(case.id), settings().mail, person="maria")
    assert not close.mail_letter(int(second.id), away, person="maria")
    with pytest.raises(MailAway):
        close.mail_letter(int(case.id), away, person="maria")
    assert not LedgerEntry.objects.filter(event="message-sent").exists()


TITLES = {"invoice_number": "Invoice number", "due_date": "Due date", "grand_total": "Total"}


def test_a_letter_names_what_is_missing_unclear_or_does_not_fit_by_the_fields_titles() -> None:
    findings = [
        UNSURE,
        Finding("present", "Due date was not found. Look for it.", ("due_date",), Kind.READING, acceptable=False),
        Finding("BR-CO-15", "gravel.pdf: 1 is not 2. Compare the amounts.", ("grand_total",)),
        Finding("told", "Only told.", ("currency",), asks=False),
    ]
    invoice = extraction()
    invoice = invoice.without("due_date")

    letter = draft(referred(findings=findings, read_before=invoice), TITLES, "en")

    assert letter.subject == "We cannot process your invoice BTG-2O41"
    assert "This is missing: due date." in letter.body
    assert "We cannot read these values clearly: invoice number." in letter.body
    assert "or with our rules: total." in letter.body
    assert "Compare" not in letter.body, "what clerks are told is not for senders"
    assert "currency" not in letter.body


def test_the_letter_is_in_french_from_the_greeting_to_the_end() -> None:
    findings = [
        UNSURE,
        Finding("present", "Due date was not found. Look for it.", ("due_date",), Kind.READING, acceptable=False),
        Finding("BR-CO-15", "gravel.pdf: 1 is not 2. Compare the amounts.", ("grand_total",)),
        Finding("duplicate", "Case 1 has the same number.", (), Kind.DUPLICATE),
    ]
    case = referred(findings=findings, read_before=extraction().without("due_date"))
    titles = {"invoice_number": "Invoice number", "due_date": "Due date", "grand_total": "Total with tax"}

    letter = draft(case, titles, "fr")

    day = f"{timezone.localtime(case.received_at):%Y-%m-%d}"
    assert letter.subject == "Nous ne pouvons pas traiter votre facture BTG-2O41"
    assert letter.body.splitlines()[:9] == [
        "Bonjour,",
        "",
        f"Le {day}, nous avons reçu votre facture BTG-2O41. Nous ne pouvons y donner suite pour l’instant :",
        "",
        "- Il manque : échéance.",
        "- Nous ne pouvons pas lire clairement ces valeurs : numéro de facture.",
        "- Ces valeurs ne concordent pas entre elles ou avec nos règles : total, taxes comprises.",
        "- Nous avons déjà ce document. S’il s’agit d’un autre, veuillez nous dire ce qui diffère.",
        "",
    ]
    assert letter.body.endswith("Veuillez agréer nos salutations distinguées.\n")
    for english in ("the ", "Please", "We "):
        assert english not in letter.body


def test_an_abbreviation_keeps_its_capitals_in_a_letter() -> None:
    missing = Finding("present", "It is not there.", ("designer_bcin",), Kind.READING, acceptable=False)
    case, titles = referred(findings=[missing]), {"designer_bcin": "Designer's BCIN"}
    assert "This is missing: designer's BCIN." in draft(case, titles, "en").body
    assert "Il manque : NICB du concepteur." in draft(case, titles, "fr").body


def test_what_an_application_lacks_is_told_in_the_words_of_the_finding() -> None:
    lacking = Finding("permit-incomplete", "Section C: the telephone is blank. Complete this part.", ("grand_total",))
    invoice = referred(findings=[lacking])
    application = replace(invoice, bot="permit-tickets")

    assert f"- {lacking.message}" in draft(application, TITLES, "en").body
    assert "“gravel.pdf”" in draft(application, TITLES, "en").subject, "an application has no number of its own"
    assert lacking.message not in draft(application, TITLES, "fr").body
    assert lacking.message not in draft(invoice, TITLES, "en").body, "no rule of an invoice is quoted"


def test_a_letter_about_a_document_whose_bot_is_gone_names_the_file() -> None:
    case = replace(referred(), bot="paper-forms")

    assert draft(case, TITLES, "en").subject == "We cannot process your document “gravel.pdf”"


def test_the_address_on_an_application_is_the_applicant_s() -> None:
    invoice = extraction().with_fields(
        field("owner_email", "owner@example.org"), field("applicant_email", "roy@example.org")
    )
    case = referred(read_before=invoice)

    assert address_of(replace(case, bot="permit-applications"), "") == "roy@example.org"
    assert address_of(case, "") == "", "an invoice declares no address"


def test_the_rules_that_a_letter_may_quote_are_those_of_completeness() -> None:
    blank = Extraction("permit-application", {"designer_firm": field("designer_firm", "Roy Design")})
    rules = {finding.rule for check in COMPLETENESS for finding in check(blank, Circumstances(dt.date(2026, 12, 1)))}

    assert {rule for rule in rules if rule != "shaped"} <= OntarioPermitApplication.wording.quotable


def test_a_file_that_cannot_be_opened_is_asked_for_again_and_findings_that_tell_nothing_leave_a_gap() -> None:
    assert "without a password" in draft(unreadable(), TITLES, "en").body
    silent = Finding("odd", "It looks odd.")
    assert "(Describe here what is wrong.)" in draft(referred(findings=[silent]), TITLES, "en").body


def test_the_senders_address_is_taken_from_the_way_the_document_came_in() -> None:
    case = referred()

    assert address_of(case, "mail from Gravel Ltd. <sales@gravel.example>") == "sales@gravel.example"
    assert address_of(case, "/var/inbox") == ""
