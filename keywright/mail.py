"""Sends mail through the office's mail server, over TLS except where a setting allows plain text."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from keywright.errors import KeywrightError
from keywright.settings.settings import MailServer

PATIENCE = 20.0  # seconds for each answer of the mail server


class MailAway(KeywrightError):
    """The mail server does not respond, or accepts nothing from us now: the mail is sent later."""


class MailRefused(KeywrightError):
    """The mail server does not accept this mail at all, for example because of an unknown address."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail in plain text. Mail systems recognise the same ``id`` as the same mail; "" gets a new one."""

    to: str
    subject: str
    text: str
    id: str = ""


@contextmanager
def post(server: MailServer) -> Iterator[Callable[[Mail], None]]:
    """Connect to the mail server, and yield a function that sends one mail.

    Raises MailAway, here and in each call, if the server does not respond, offers no TLS although it should, has a
    certificate that is not trusted, or refuses us; a call raises MailRefused if only this mail is refused.
    """
    try:
        with _connected(server) as smtp:
            yield lambda mail: _hand_in(smtp, mail, server)
    except OSError as fault:  # smtplib's faults are OSErrors too
        raise _away(server, fault) from fault


def _connected(server: MailServer) -> smtplib.SMTP:
    trusted = ssl.create_default_context()
    if server.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE, context=trusted)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
    try:
        if server.security == "starttls":
            smtp.starttls(context=trusted)
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _hand_in(smtp: smtplib.SMTP, mail: Mail, server: MailServer) -> None:
    message = EmailMessage()
    message["From"], message["To"] = server.sender, mail.to
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"], message["Message-ID"] = formatdate(), mail.id or make_msgid(domain=_domain(server))
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: prevents automatic replies
    message.set_content(mail.text)
    try:
        smtp.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = next(iter(refused.recipients.values()))
        if code < 500:
            raise _away(server, refused) from refused
        raise MailRefused(
            f"{mail.to} is refused by {server.host}: {code} {words.decode(errors='replace')}"
        ) from refused
    except smtplib.SMTPDataError as refused:
        if refused.smtp_code < 500:
            raise _away(server, refused) from refused
        raise MailRefused(f"{server.host} refuses the mail to {mail.to}: {refused.smtp_code}.") from refused


def message_id(mark: str, server: MailServer) -> str:
    """Return the id of the mail for a mark, the same for the same mark."""
    return f"<{mark}@{_domain(server)}>"


def _domain(server: MailServer) -> str:
    return server.sender.rpartition("@")[2] or "localhost"


def _away(server: MailServer, fault: Exception) -> MailAway:
    return MailAway(
        f"The mail server {server.host}:{server.port} takes no mail from us ({type(fault).__name__}: {fault}). The "
        "mail is sent when it does. If this continues, check the settings KEYWRIGHT_MAIL_…"
    )
