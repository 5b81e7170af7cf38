"""A mail server at work: aiosmtpd on a port of its own, with TLS and a login if they are asked for."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from keywright.settings.settings import MailServer

LOGIN, PASSWORD = "keywright", "a mail password"


@dataclass
class Mailbox:
    """What the server was handed: it refuses whom it was told to refuse."""

    mails: list[EmailMessage] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    busy: bool = False

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address in self.refused:
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.busy:
            return "451 come back later"
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        return "250 taken"

    def to(self) -> list[str]:
        """Return to whom mails went, in order."""
        return [str(mail["To"]) for mail in self.mails]


@contextmanager
def at_work(box: Mailbox, security: str = "none", folder: Path | None = None) -> Iterator[MailServer]:
    """Run a mail server; yields how it is reached. With starttls its certificate is ``folder/server.pem``."""
    options: dict[str, Any] = {}
    if security == "starttls":
        assert folder is not None
        options = {
            "tls_context": _certificate(folder),
            "require_starttls": True,
            "authenticator": _knows,
            "auth_required": True,
        }
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, **options)
    controller.start()
    user, password = (LOGIN, PASSWORD) if security == "starttls" else ("", "")
    try:
        yield MailServer("127.0.0.1", port, user, password, "keywright@town.example", security)
    finally:
        controller.stop()


def _knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, credentials: Any) -> AuthResult:
    right = isinstance(credentials, LoginPassword) and (credentials.login, credentials.password) == (
        LOGIN.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=right, handled=False)


def _certificate(folder: Path) -> ssl.SSLContext:
    """Make a certificate for this machine, and keep it where a client may be told to trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start - dt.timedelta(days=1))
        .not_valid_after(start + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "server.pem").write_bytes(made.public_bytes(pem))
    private = serialization.PrivateFormat.PKCS8
    (folder / "server.key").write_bytes(key.private_bytes(pem, private, serialization.NoEncryption()))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return context
