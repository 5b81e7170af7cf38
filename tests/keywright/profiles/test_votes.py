"""What a profile says against the general readers: never of an account, nor of a currency that is printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from extractors.supplier_invoice.layout_fields import LAYOUT_FIELDS
from keywright.model.reading import Box, Page, Word
from keywright.profiles.finding_values import Finder
from keywright.profiles.prints import PagePrint
from keywright.profiles.profile import Profile, Tally
from keywright.profiles.proposal import General, LayoutDoubt, Weighed, weigh_layout

USED, OTHER = "DE89370400440532013000", "GB29NWBK60161331926819"
NAMES = LAYOUT_FIELDS.names


def weighed(text: str, profile: Profile, name: str, values: Mapping[str, str], sure: float = 1.0) -> Weighed:
    """Weigh a field on a page with one line of text, of a layout whose fields are all trusted.

    ``sure`` is how sure an engine is of the words; below 1, the page is a scan.
    """
    words = tuple(Word(word, Box(1, 60.0 * at, 50, 60.0 * at + 50, 60), sure) for at, word in enumerate(text.split()))
    finder = Finder(
        LAYOUT_FIELDS, PagePrint.of([Page(1, 612, 792, "text-layer" if sure == 1 else "tesseract", (words,))])
    )
    votes = {field: {"rules": value, "learned": value} for field, value in values.items()}
    return weigh_layout(profile, finder, General(values, votes), LAYOUT_FIELDS, needed=2).fields[name]


def known(name: str, *, present: int, general: Tally, constant: str = "") -> Profile:
    return Profile(
        documents=4,
        constants={name: (constant, 4)} if constant else {},
        present={name: present},
        general={name: general},
        in_a_row=dict.fromkeys(NAMES, 4),
    )


def test_another_account_is_asked_about_though_two_readers_agree_on_it() -> None:
    profile = known("iban", present=4, general=Tally(4, 0), constant=USED)

    assert weighed(f"Account {OTHER}", profile, "iban", {"iban": OTHER}).doubt is LayoutDoubt.ACCOUNT
    assert weighed(f"Account {USED}", profile, "iban", {"iban": USED}).doubt is None


def test_letters_of_a_scan_that_the_engine_is_unsure_of_are_not_confirmed_by_the_layout() -> None:
    profile = replace(
        known("invoice_number", present=4, general=Tally(4, 0)),
        rules={"invoice_number": {("right-of", "no", "first"): Tally(4, 0), ("left-at", 1, 60, 50): Tally(4, 0)}},
        shapes={"invoice_number": r"inv\d{3,5}"},
    )
    values = {"invoice_number": "INV-4418"}

    assert weighed("No INV-4418", profile, "invoice_number", values).agreed
    assert weighed("No INV-4418", profile, "invoice_number", values, sure=0.9).agreed
    assert not weighed("No INV-4418", profile, "invoice_number", values, sure=0.5).agreed


def test_an_account_is_not_dropped_because_the_readers_were_once_wrong_about_one() -> None:
    profile = known("iban", present=0, general=Tally(0, 1))

    field = weighed(f"Account {OTHER}", profile, "iban", {"iban": OTHER})

    assert (field.value, field.doubt) == (OTHER, LayoutDoubt.ONLY_ONE)


def test_a_currency_that_is_printed_is_asked_about_if_the_layout_had_another() -> None:
    profile = known("currency", present=4, general=Tally(3, 1), constant="USD")

    assert weighed("Total CAD 12.00", profile, "currency", {"currency": "CAD"}).doubt is LayoutDoubt.DIFFERS
    assert weighed("Total $ 12.00", profile, "currency", {"currency": "CAD"}).value == "USD"
