"""The settings of mail, second persons and the quality sample: what is taken, and what is refused in words."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from keywright.errors import Stop
from keywright.settings.settings import MailServer, load
from tests.doors import keywright


def test_mail_limits_and_sample_come_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("a mail password\n", encoding="utf-8")
    loaded = load(
        {
            "KEYWRIGHT_HOME": str(tmp_path / "home"),
            "KEYWRIGHT_MAIL_HOST": "mail.town.example",
            "KEYWRIGHT_MAIL_USER": "keywright",
            "KEYWRIGHT_MAIL_PASSWORD_FILE": str(tmp_path / "password"),
            "KEYWRIGHT_MAIL_FROM": "keywright@town.example",
            "KEYWRIGHT_CONSOLE_URL": "https://keywright.town.example/",
            "KEYWRIGHT_SECOND_PERSON_ABOVE": "supplier-invoices=10000 CAD, supplier-invoices=7500.50 USD",
            "KEYWRIGHT_SECOND_PERSON_CORRECTIONS": "supplier-invoices,permit-applications",
            "KEYWRIGHT_SAMPLE_PERCENT": "2.5",
        }
    )
    server = MailServer("mail.town.example", 587, "keywright", "a mail password", "keywright@town.example", "starttls")
    assert loaded.mail == server
    assert loaded.console_url == "https://keywright.town.example"
    assert loaded.second_person_above == {"supplier-invoices": {"CAD": Decimal("10000"), "USD": Decimal("7500.50")}}
    assert loaded.second_person_corrections == {"supplier-invoices", "permit-applications"}
    assert loaded.sample_percent == 2.5


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("KEYWRIGHT_MAIL_HOST", "mail.town.example", "KEYWRIGHT_MAIL_FROM is not"),
        ("KEYWRIGHT_MAIL_FROM", "the town", "expected one address"),
        ("KEYWRIGHT_MAIL_SECURITY", "ssl", "expected one of starttls, tls, none"),
        ("KEYWRIGHT_CONSOLE_URL", "keywright.town.example", "expected where a browser finds the console"),
        ("KEYWRIGHT_SECOND_PERSON_ABOVE", "10000", "expected BOT=AMOUNT CURRENCY"),
        ("KEYWRIGHT_SECOND_PERSON_ABOVE", "supplier-invoices=10000", "expected BOT=AMOUNT CURRENCY"),
        ("KEYWRIGHT_SAMPLE_PERCENT", "101", "expected per cent from 0 to 100"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(tmp_path: Path, name: str, value: str, fault: str) -> None:
    with pytest.raises(Stop) as stopped:
        load({"KEYWRIGHT_HOME": str(tmp_path), name: value})
    assert fault in str(stopped.value)


def test_a_misspelt_bot_stops_all_at_start(tmp_path: Path) -> None:
    above = keywright("cases", home=tmp_path, KEYWRIGHT_SECOND_PERSON_ABOVE="suplier-invoices=1 CAD")
    corrections = keywright("cases", home=tmp_path, KEYWRIGHT_SECOND_PERSON_CORRECTIONS="suplier-invoices")

    assert (above.returncode, corrections.returncode) == (1, 1)
    assert "KEYWRIGHT_SECOND_PERSON_ABOVE names suplier-invoices. There are: permit" in above.stderr
    assert "KEYWRIGHT_SECOND_PERSON_CORRECTIONS names suplier-invoices. There are: permit" in corrections.stderr
