"""Messages: an English sentence that keeps the values it was made from, and can be written in French."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from keywright.findings import Finding
from keywright.message_text import language_of, translated, translated_headline
from keywright.messages import Message
from keywright.model.fields import Extraction, Field
from keywright.model.serialization import findings_from_json, findings_to_json
from keywright.privacy.masking import mask_of

TITLE = Message("Seller")
SUM = Message(
    "{title}: {total} is not right. Since {day}, in {places}.",
    title=TITLE,
    total=Decimal("1250.00"),
    day=dt.date(2026, 11, 2),
    places=("lines", 3),
)


def test_a_message_is_the_english_sentence_made_from_its_values() -> None:
    assert SUM == "Seller: 1,250.00 is not right. Since 2026-11-02, in lines, 3."
    assert translated_headline(SUM) == "Seller: 1,250.00 is not right"


def test_what_a_value_says_is_never_taken_for_a_template() -> None:
    assert Message("{a} and {b}", a="{b} {a.__class__}", b="x") == "{b} {a.__class__} and x"
    assert Message("No value for {this}") == "No value for {this}"


def test_a_finding_is_stored_with_its_template_and_read_back_as_it_was() -> None:
    (written,) = findings_to_json([Finding("sum", SUM, ("grand_total",))])
    assert written["message"] == str(SUM)
    assert written["template"] == SUM.template
    (restored,) = findings_from_json([written])
    assert restored == Finding("sum", SUM, ("grand_total",))
    assert isinstance(restored.message, Message)
    assert restored.message.values == SUM.values


def test_a_finding_stored_by_an_earlier_version_is_the_same_finding() -> None:
    old = {**findings_to_json([Finding("sum", SUM)])[0]}
    del old["template"], old["values"]
    (restored,) = findings_from_json([old])
    assert restored == Finding("sum", SUM)
    assert {restored} == {Finding("sum", SUM)}
    assert translated(restored.message) == str(SUM)


def test_another_value_is_another_finding() -> None:
    other_total = Message(SUM.template, **{**SUM.values, "total": Decimal("1250.01")})
    assert Finding("sum", SUM) != Finding("sum", other_total)


@pytest.mark.parametrize(
    "change",
    [
        {"template": "Pay {total} to somebody else."},
        {"values": {"total": {"amount": "1.00"}}},
        {"template": "{title}" * 20},
        {"values": {"title": {"template": "{a}", "values": {"a": {"template": "{a}", "values": {"a": [[["x"]]]}}}}}},
        {"values": None},
        {"values": {"total": {"amount": "1E+3000000000"}}},
        {"values": {"places": ["a"] * 1000}},
    ],
)
def test_a_template_that_does_not_make_the_sentence_is_left_out(change: dict[str, Any]) -> None:
    (written,) = findings_to_json([Finding("sum", SUM)])
    (restored,) = findings_from_json([{**written, **change}])
    assert restored == Finding("sum", SUM)
    assert not isinstance(restored.message, Message)


def test_a_message_is_written_in_french_with_its_amounts_and_titles() -> None:
    message = Message("{part} {total}", part=Message("Invoice number"), total=Decimal("-1250.50"))
    with translation.override("fr"):
        assert translated(message) == "Numéro de facture -1\u00a0250,50"
    with translation.override("en"):
        assert translated(message) == "Invoice number -1,250.50"


def test_a_message_without_a_translation_is_shown_in_english_and_says_so() -> None:
    with translation.override("fr"):
        assert language_of("It looks odd to us. Look.") == "en"
        assert translated_headline("It looks odd to us. Look.") == "It looks odd to us"
        assert language_of(Message("Invoice number")) == "fr"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Field("total", Decimal("1250.00"), "1 250.00", 1.0, "text-layer"), Decimal("1250.00")),
        (Field("total", Decimal(1250), "1250", 1.0, "text-layer"), Decimal("1250.00")),
        (Field("total", Decimal("1250.5"), "1250.5", 1.0, "einvoice"), Decimal("1250.50")),
        (Field("total", "Marie Roy", "Marie Roy", 1.0, "text-layer"), "Marie  ROY"),
        (Field("total", dt.date(2026, 11, 2), "2 nov. 2026", 1.0, "text-layer"), dt.date(2026, 11, 2)),
    ],
)
@pytest.mark.django_db
def test_a_masked_value_is_hidden_in_every_language_and_the_rest_is_still_translated(field: Any, value: Any) -> None:
    mask = mask_of(Extraction("invoice", {"total": field}), ["total"])
    message = Message("{title}: {value}, {list}", title=Message("Invoice number"), value=value, list=(value, "x"))
    masked = mask.message(message)
    assert masked.count("[masked ") == 2
    assert isinstance(masked, Message)
    assert findings_from_json(findings_to_json([Finding("a", masked)])) == (Finding("a", masked),)
    with translation.override("fr"):
        assert translated(masked).startswith("Numéro de facture: [masked ")
        assert translated(masked).count("[masked ") == 2
        assert "[masked " in mask.text(translated(message))


@pytest.mark.django_db
def test_a_masked_value_that_two_values_make_together_is_hidden_too() -> None:
    field = Field("address", "12 Main Street, Millbrook", "12 Main Street, Millbrook", 1.0, "text-layer")
    mask = mask_of(Extraction("invoice", {"address": field}), ["address"])
    message = Message("At {street}, {town}.", street="12 Main Street", town="Millbrook")
    assert "Millbrook" not in mask.message(message)


@pytest.mark.django_db
def test_a_stored_finding_whose_values_are_masked_is_read_back_masked() -> None:
    field = Field("total", Decimal("1250.00"), "1,250.00", 1.0, "text-layer")
    mask = mask_of(Extraction("invoice", {"total": field}), ["total"])
    body = mask.body({"findings": findings_to_json([replace(Finding("sum", SUM), picture="aa")])})
    (restored,) = findings_from_json(body["findings"])
    assert "1250" not in str(body)
    assert "1,250" not in str(body)
    assert "[masked " in translated(restored.message)


def test_a_message_of_an_earlier_version_is_english_throughout() -> None:
    message = Message("Not an invoice, as the last version said: {kind}.", kind=Message("an order"))
    with translation.override("fr"):
        assert translated(message) == "Not an invoice, as the last version said: an order."
        assert translated(Message("{reason} {detail}", reason=Message("an order"), detail="")) == "une commande "
