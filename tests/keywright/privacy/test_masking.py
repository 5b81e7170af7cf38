"""Passwords and masked values do not come into ledger, logs and texts, however they are spelled there."""

from __future__ import annotations

import datetime as dt
import io
import logging
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import transaction

from keywright.errors import Stop
from keywright.ledger import ledger
from keywright.model.fields import Extraction, Field
from keywright.model.target_system import SignIn
from keywright.privacy.masking import ensure_known, mask_of
from keywright.redaction import keep_secret, masking, scrubbed

PHONE = Field("applicant_phone", "905-555-0128", "905-555-0128", 0.9, "text-layer")
NAME = Field("applicant_last_name", "Inkwell", "Inkwell", 0.9, "text-layer")
SIGNED = Field("declaration_date", dt.date(2026, 11, 2), "2 Nov 2026", 0.9, "text-layer")
TOTAL = Field("grand_total", Decimal("1250.00"), "1,250.00", 0.9, "text-layer")
READ = Extraction("permit", {field.name: field for field in (PHONE, NAME, SIGNED, TOTAL)})


@pytest.mark.parametrize(
    "text",
    [
        "call 905-555-0128 at noon",
        "call (905) 555-0128 at noon",
        "call 905 555 0128 at noon",
        "call 9055550128 at noon",
    ],
)
def test_a_telephone_number_is_masked_however_it_is_spelled(text: str) -> None:
    masked = mask_of(READ, ["applicant_phone"]).text(text)

    assert masked.startswith("call ")
    assert masked.endswith(" at noon")
    assert "0128" not in masked
    assert "[masked " in masked


def test_another_number_is_left_as_it_is() -> None:
    assert mask_of(READ, ["applicant_phone"]).text("call 905-555-01289") == "call 905-555-01289"


def test_the_same_value_has_the_same_mask_in_a_record_in_an_identity_and_in_a_finding() -> None:
    mask = mask_of(READ, ["applicant_last_name"])
    name = mask.value("Inkwell")

    masked_body = mask.body(
        {
            "identity": "31 chalk lane | rosalind inkwell",
            "values": [
                {"name": "applicant_name", "keyed": "Rosalind Inkwell", "typed": "Rosalind Inkwell", "shown": "INKWELL"}
            ],
            "fields": {"applicant_last_name": {"value": "Inkwell", "source": "text-layer", "text": "Ink well"}},
        }
    )

    assert masked_body["identity"] == f"31 chalk lane | rosalind {name}"
    assert masked_body["values"][0]["shown"] == name
    assert masked_body["fields"]["applicant_last_name"]["value"] == name
    assert masked_body["fields"]["applicant_last_name"]["source"] == "text-layer"
    assert "well" not in masked_body["fields"]["applicant_last_name"]["text"]


def test_dates_and_amounts_are_masked_in_the_formats_of_target_systems() -> None:
    mask = mask_of(READ, ["declaration_date", "grand_total"])

    assert "2026" not in mask.text("signed 11-02-2026, 02/11/2026 and 2026-11-02")
    assert "250" not in mask.text("for 1,250.00 or 1250.00")


def test_who_may_not_see_a_field_sees_the_mask_and_all_else() -> None:
    masked = mask_of(READ, ["applicant_phone"]).extraction(READ)

    assert masked.fields["applicant_phone"].value.startswith("[masked ")
    assert masked.fields["applicant_phone"].text.startswith("[masked ")
    assert masked.fields["grand_total"] == TOTAL


def test_what_each_reader_sees_of_a_masked_field_is_masked_in_its_votes_in_findings_and_in_the_ledger() -> None:
    voted = replace(PHONE, votes={"rules": "905-555-0128", "learned": "905-555-0182"})
    mask = mask_of(READ.with_fields(voted), ["applicant_phone"])
    differ = "Telephone: two readings differ, “905-555-0128” and “905-555-0182”."

    seen = mask.extraction(READ.with_fields(voted)).fields["applicant_phone"].votes
    entry = mask.body({"fields": {"applicant_phone": {"value": "905-555-0128", "votes": dict(voted.votes)}}})

    assert all(vote.startswith("[masked ") for vote in seen.values())
    assert "555" not in mask.text(differ)
    assert entry["fields"]["applicant_phone"]["votes"] == dict(seen)


def test_without_the_setting_nothing_is_masked() -> None:
    mask = mask_of(READ, [])

    assert not mask
    assert mask.extraction(READ) == READ
    assert mask.text("905-555-0128") == "905-555-0128"


def test_a_misspelt_field_is_told_and_not_shown_to_everybody() -> None:
    ensure_known(["applicant_phone", "iban"])
    with pytest.raises(Stop, match="KEYWRIGHT_MASKED_FIELDS names aplicant_phone, which no bot reads"):
        ensure_known(["aplicant_phone"])


def test_a_password_comes_into_no_log_not_even_with_the_trace_of_an_error() -> None:
    SignIn("http://town.example", "clerk", "s3cret-of-the-desk")
    out = io.StringIO()
    log = logging.getLogger("keywright.test_masking")
    log.addHandler(logging.StreamHandler(out))
    try:
        raise ValueError('fill("s3cret-of-the-desk") timed out')
    except ValueError:
        log.exception("case %s: typed %r", 17, "s3cret-of-the-desk")

    assert "s3cret" not in out.getvalue()
    assert "case 17: typed '[masked]'" in out.getvalue()
    assert 'ValueError: fill("[masked]") timed out' in out.getvalue()


def test_what_a_robot_keys_now_comes_into_no_log_afterwards() -> None:
    mask = mask_of(READ, ["applicant_phone"])

    with masking(mask.spellings):
        pass

    assert "0128" not in scrubbed("the desk does not take (905) 555-0128")


@pytest.mark.usefixtures("database")
def test_a_password_in_an_error_does_not_come_into_the_ledger() -> None:
    keep_secret("s3cret-of-the-desk")

    with transaction.atomic():
        entry = ledger.append("case-put-back", actor="robot", body={"error": "fill('s3cret-of-the-desk')", "n": [1]})

    assert entry.body == {"error": "fill('[masked]')", "n": [1]}
    assert ledger.verify().fault == ""
