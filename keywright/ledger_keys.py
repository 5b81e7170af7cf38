"""The keys that sign the ledger's head: the private one of this office, and the public ones of all that ever signed."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

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
from keywright.settings import Settings

PUBLIC, OWN = "ledger_public.pem", "ledger_key.pem"
_BLOCK = re.compile(rb"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----\s*", re.DOTALL)


def private_key(settings: Settings) -> Ed25519PrivateKey:
    """Return the key of the setting, or the home's own, made once. Raises Stop if it cannot be used."""
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


def fingerprint(key: Ed25519PublicKey) -> str:
    """Return the SHA-256 of a public key's 32 bytes, by which a checkpoint names the key that signed it."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def public_keys(path: Path) -> Mapping[str, Ed25519PublicKey]:
    """Return the public keys of a file by their fingerprints. Raises Stop if there is none, or one is no such key."""
    try:
        keys = [load_pem_public_key(block) for block in _BLOCK.findall(path.read_bytes())]
    except (OSError, ValueError) as error:
        raise Stop(f"The public key {path} cannot be read: {error}.") from error
    signing = [key for key in keys if isinstance(key, Ed25519PublicKey)]
    if not signing or len(signing) < len(keys):
        raise Stop(f"{path} is no Ed25519 public key.")
    return {fingerprint(key): key for key in signing}


def show_public(path: Path, key: Ed25519PublicKey) -> None:
    """Put a public key beside the checkpoints, to be copied away. Those of earlier keys stay: they signed too."""
    if path.exists() and fingerprint(key) in public_keys(path):
        return
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with path.open("ab") as file:
        file.write(pem)


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
