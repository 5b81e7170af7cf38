"""The console in French: every text of ours, and a catalogue that is the list's own."""

from __future__ import annotations

import ast
import gettext
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from extractors.supplier_invoice.classify import NAMES
from extractors.supplier_invoice.einvoice.document_codes import DOUBTFUL, NO_BILLS
from keywright.bot import all_bots
from keywright.console.shared import labels
from keywright.console.site.translations import (
    FINDING_ROOMS,
    PLURAL,
    finding_templates,
    make_mo,
    message_calls,
    po_path,
    read_po,
    texts,
    translations_of,
)
from keywright.ledger.ledger import EVENTS
from keywright.messages import headline_of, holes_of
from keywright.model.document_type import Wording
from keywright.model.duplicates import OTHER_SELLER, SELLER_NUMBER, SELLER_TOTAL, VENDOR_NUMBER, VENDOR_TOTAL
from keywright.settings.settings import CHECKOUT
from tests.keywright.console.desk import referred
from tests.keywright.console.pages import parsed

FRENCH = translations_of("fr")
RULES = (SELLER_NUMBER, VENDOR_NUMBER, SELLER_TOTAL, VENDOR_TOTAL, OTHER_SELLER, "the same address, applicant and date")


def test_the_catalogue_is_the_one_that_the_list_makes() -> None:
    assert po_path("fr").with_suffix(".mo").read_bytes() == make_mo(FRENCH), (
        "run: python -m keywright.console.site.translations"
    )


def test_pythons_own_reader_finds_in_the_catalogue_what_the_list_says() -> None:
    catalogue = gettext.GNUTranslations(io.BytesIO(make_mo(FRENCH)))
    assert catalogue.gettext("Send for posting") == "Envoyer à la saisie"
    singular, many = "%(count)d field was read", "%(count)d fields were read"
    assert [catalogue.ngettext(singular, many, n) % {"count": n} for n in (0, 1, 2)] == [
        "0 champ lu",
        "1 champ lu",
        "2 champs lus",
    ]


def test_every_text_of_the_console_is_in_the_list() -> None:
    own_texts = texts() | set(EVENTS.values()) | set(labels.STATES.values()) | set(labels.KINDS.values())
    assert len(own_texts) > 100
    assert sorted(text for text in own_texts if not FRENCH.get(text)) == []


def test_every_text_that_a_document_type_declares_is_in_the_list() -> None:
    bots = all_bots().values()
    titles = {bot.title for bot in bots} | {spec.title for bot in bots for spec in bot.reads.specs().values()}
    words = {text for bot in bots for text in (bot.reads.wording.in_letters, bot.reads.wording.refused_as) if text}
    assert sorted(text for text in titles | words | {Wording().refused_as} if not FRENCH.get(text)) == []


def test_every_translation_holds_what_its_text_holds() -> None:
    def holes(part: str) -> set[str]:
        return set(re.findall(r"%\(\w+\)[sd]|%%", part))

    pairs = [
        (text, translated) for text, translation in FRENCH.items() if text for translated in translation.split(PLURAL)
    ]
    assert [(text, translated) for text, translated in pairs if holes(translated) != holes(text)] == []


def test_every_finding_is_in_the_french_list_with_the_same_values() -> None:
    templates = finding_templates()
    assert len(templates) > 150
    assert sorted(template for template in templates if not FRENCH.get(template) and template) == []
    differing = [template for template in templates if holes_of(template) != holes_of(FRENCH.get(template, ""))]
    assert differing == [""] or differing == []


def test_no_finding_is_made_of_a_template_that_the_list_cannot_know() -> None:
    """A template is written at the place where the message is made, but for titles and words from these tables."""
    tables = {*NAMES.values(), *NO_BILLS.values(), *DOUBTFUL.values(), *RULES}
    assert sorted(words for words in tables if not FRENCH.get(words)) == []
    for room in FINDING_ROOMS:
        for path in sorted(room.rglob("*.py")):
            for call in message_calls(path):
                keywords = {keyword.arg for keyword in call.keywords}
                if isinstance(call.args[0], ast.Constant):
                    assert keywords == holes_of(str(call.args[0].value)), f"{path.name}:{call.lineno}"
                elif None not in keywords:
                    assert not keywords, f"{path.name}:{call.lineno}: a template with values is not written here"


def test_the_first_words_of_a_finding_are_few_in_both_languages() -> None:
    findings = {text: FRENCH[text] for text in finding_templates() if ". " in text and text[:3] != "If "}
    long = [part for pair in findings.items() for part in pair if len(headline_of(part)) > 90]
    assert long == []


def test_a_page_and_its_findings_are_french_for_who_reads_french(maria: Client) -> None:
    case = referred()
    page = parsed(maria.get(f"/cases/{case.id}/review/", headers={"accept-language": "fr-CA"}).content)
    assert page.get("lang") == "fr"
    assert "Envoyer à la saisie" in page.text_content()
    assert "Numéro de facture" in page.text_content()
    (finding,) = page.xpath("//div[@data-field='invoice_number']//div[@class='remark']//span[@lang]")
    assert finding.get("lang") == "fr"
    assert finding.text_content() == (
        "Numéro de facture : lecture incertaine (confiance de 61 %). Lu : « BTG-2O41 ». Comparez avec la page."
    )
    queue_page = maria.get("/", headers={"accept-language": "fr-CA"}).content.decode()
    assert "Numéro de facture : lecture incertaine (confiance de 61 %)</span>" in queue_page


def test_a_person_chooses_the_language_and_it_stays(maria: Client) -> None:
    response = maria.post("/language/", {"language": "fr", "next": "/cases/"}, follow=True)
    assert response.redirect_chain == [("/cases/", 302)]
    assert "Tous les dossiers" in response.content.decode()
    assert "Aucun document reçu pour l’instant." in maria.get("/").content.decode()


def test_what_is_no_list_is_refused_with_its_line() -> None:
    with pytest.raises(ValueError, match="Line 2 is not one of a list"):
        read_po('msgid "a"\nnonsense\n')


def test_the_command_makes_the_catalogue_and_has_nothing_to_complain_of(tmp_path: Path) -> None:
    before = po_path("fr").with_suffix(".mo").read_bytes()
    command = [sys.executable, "-m", "keywright.console.site.translations"]
    environment = {"PATH": os.environ["PATH"], "KEYWRIGHT_HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=100)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert po_path("fr").with_suffix(".mo").read_bytes() == before
