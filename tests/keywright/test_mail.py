"""Handing mail in: over TLS with a login, and what becomes of a server that is away or refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from keywright.mail import Mail, MailAway, MailRefused, message_id, post
from tests.keywright.mail_server import Mailbox, at_work

MAIL = Mail("maria@town.example", "2 cases\nare due", "Des cas échus: 2 été.\n", "<mark@town.example>")


def test_a_mail_goes_over_tls_with_a_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Mailbox()
    with at_work(box, "starttls", tmp_path) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
        with post(server) as hand_in:
            hand_in(MAIL)
    (mail,) = box.mails
    assert (mail["From"], mail["To"]) == ("keywright@town.example", "maria@town.example")
    assert (mail["Subject"], mail["Message-ID"]) == ("2 cases are due", "<mark@town.example>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().splitlines() == ["Des cas échus: 2 été."]


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(tmp_path: Path) -> None:
    box = Mailbox()
    untrusted = pytest.raises(MailAway, match="certificate verify failed")
    with at_work(box, "starttls", tmp_path) as server, untrusted, post(server) as hand_in:
        hand_in(MAIL)
    assert box.mails == []


def test_a_server_without_tls_gets_no_mail_unless_that_is_set() -> None:
    box = Mailbox()
    with at_work(box) as server:
        with pytest.raises(MailAway), post(replace(server, security="starttls")) as hand_in:
            hand_in(MAIL)
        assert box.mails == []
        with post(server) as hand_in:
            hand_in(MAIL)
    assert len(box.mails) == 1


def test_a_wrong_password_is_told_without_the_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with at_work(Mailbox(), "starttls", tmp_path) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
        with pytest.raises(MailAway) as away, post(replace(server, password="not the password")):
            pass
    assert "Authentication" in str(away.value)
    assert "not the password" not in str(away.value)


def test_a_server_that_is_down_is_named_with_the_settings_to_look_at() -> None:
    with at_work(Mailbox()) as server:
        pass
    with pytest.raises(MailAway, match=rf"127\.0\.0\.1:{server.port} takes no mail.*KEYWRIGHT_MAIL_"), post(server):
        pass


def test_an_address_that_the_server_refuses_is_no_reason_to_wait() -> None:
    box = Mailbox(refused={"maria@town.example"})
    with at_work(box) as server, post(server) as hand_in:
        with pytest.raises(
            MailRefused, match=r"maria@town\.example is refused by 127\.0\.0\.1: 550 nobody of that name"
        ):
            hand_in(MAIL)
        hand_in(replace(MAIL, to="sara@town.example"))
    assert box.to() == ["sara@town.example"]


def test_a_server_that_is_busy_gets_it_later() -> None:
    with at_work(Mailbox(busy=True)) as server, post(server) as hand_in, pytest.raises(MailAway, match="451"):
        hand_in(MAIL)


def test_the_same_mark_is_the_same_mail() -> None:
    with at_work(Mailbox()) as server:
        assert message_id("one", server) == message_id("one", server) == "<one@town.example>"
