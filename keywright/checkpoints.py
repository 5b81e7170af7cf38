"""Signed checkpoints: the ledger's head, signed so that a rewritten history or a cut-off tail shows.

They are lines of JSON in ``checkpoints.jsonl`` of the home. A copy of them, and of the public key, belongs where those
who can write to the office's machine cannot: then no new history can be put in the place of the old one unnoticed.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from keywright.errors import Stop
from keywright.records.models import LedgerEntry, LedgerHead
from keywright.settings import Settings

FILE, PUBLIC, OWN = "checkpoints.jsonl", "ledger_public.pem", "ledger_key.pem"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The ledger's head at a time: its entries, and the hash of the last one; signed with Ed25519 (RFC 8032)."""

    number: int
    hash: str
    at: str
    signature: str = ""

    @property
    def signed(self) -> bytes:
        """Return what is signed."""
        return f"keywright ledger\n{self.number}\n{self.hash}\n{self.at}\n".encode()


def sign(settings: Settings) -> Checkpoint | None:
    """Sign the ledger's head and append it to the file; return it, or None if nothing was written since the last.

    Raises Stop if the key or the file cannot be used.
    """
    head = LedgerHead.objects.filter(id=1).first()
    path = settings.home / FILE
    known = load(path)
    if head is None or (known and known[-1].number == head.number and known[-1].hash == head.hash):
        return None
    bare = Checkpoint(head.number, head.hash, dt.datetime.now(dt.UTC).isoformat(timespec="seconds"))
    key = _private(settings)
    _show_public(settings.home / PUBLIC, key)
    one = Checkpoint(bare.number, bare.hash, bare.at, base64.b64encode(key.sign(bare.signed)).decode())
    told = {"number": one.number, "hash": one.hash, "at": one.at, "signature": one.signature}
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Stop(f"The checkpoint could not be written to {path}: {error.strerror}.") from error
    return one


def load(path: Path, must: bool = False) -> list[Checkpoint]:
    """Return the checkpoints of a file, none if there is no file. Raises Stop for a line that is none.

    If the file ``must`` be there, Stop is raised if it is not.
    """
    if not path.exists():
        if must:
            raise Stop(f"There are no checkpoints at {path}.")
        return []
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            found.append(Checkpoint(**json.loads(line)))
        except (ValueError, TypeError) as error:
            raise Stop(f"{path}, line {number}, is no checkpoint. Restore the file from the copy.") from error
    return found


def verify(home: Path, file: Path | None = None, public: Path | None = None) -> tuple[int, str]:
    """Return how many checkpoints there are, and the first that does not fit, in words, or "".

    ``file`` and ``public`` are copies kept elsewhere, in the place of the home's own.
    """
    found = load(file or home / FILE, must=file is not None)
    return len(found), fault_of(found, public or home / PUBLIC) if found else ""


def fault_of(checkpoints: Iterable[Checkpoint], public: Path) -> str:
    """Return the first checkpoint that does not fit, in words, or "": a wrong signature, or another history.

    Raises Stop if the public key cannot be read.
    """
    key = _public(public)
    for one in checkpoints:
        try:
            key.verify(base64.b64decode(one.signature), one.signed)
        except (InvalidSignature, ValueError):
            return f"The checkpoint of {one.at} (entry {one.number}) is not signed with the key of {public.name}."
        entry = LedgerEntry.objects.filter(number=one.number).values_list("hash", flat=True).first()
        if one.number and entry is None:
            return f"Entry {one.number} is missing: it was there at {one.at}, when it was signed."
        if one.number and entry != one.hash:
            return f"Entry {one.number} is not the one that was signed at {one.at}: history was rewritten."
    return ""


def _private(settings: Settings) -> Ed25519PrivateKey:
    """Return the key of the setting, or the home's own, made once, readable by its owner only."""
    own = settings.home / OWN
    if not settings.ledger_key and not own.exists():
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _write_once(own, pem)
    try:
        key = load_pem_private_key((settings.ledger_key.encode() or own.read_bytes()), password=None)
    except (ValueError, TypeError, OSError) as error:
        raise Stop(f"The key that signs the ledger cannot be read: {error}. Set KEYWRIGHT_LEDGER_KEY_FILE.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Stop("KEYWRIGHT_LEDGER_KEY is no Ed25519 key. Make one: openssl genpkey -algorithm ed25519")
    return key


def _write_once(path: Path, content: bytes) -> None:
    whole = path.with_suffix(f".{os.getpid()}.part")
    descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    try:
        os.link(whole, path)
    except FileExistsError:  # another process was quicker; its key is as good
        pass
    finally:
        whole.unlink()


def _show_public(path: Path, key: Ed25519PrivateKey) -> None:
    """Put the public key beside the checkpoints, to be copied away."""
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    if not path.exists() or path.read_bytes() != pem:
        path.write_bytes(pem)


def _public(path: Path) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Stop(f"The public key {path} cannot be read: {error}.") from error
    if not isinstance(key, Ed25519PublicKey):
        raise Stop(f"{path} is no Ed25519 public key.")
    return key
