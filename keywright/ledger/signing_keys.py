"""The keys that sign the ledger's head: the private one of this office, and the public ones of all that ever signed."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
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
from keywright.settings.settings import Settings

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


def home_keys(home: Path, *more: Ed25519PublicKey) -> Mapping[str, Ed25519PublicKey]:
    """Return the keys whose signatures count in a home: ``more``, those of its PEM, and the public half of its own key.

    An earlier version put the public key of ``KEYWRIGHT_LEDGER_KEY_FILE`` in the place of the home's own, whose
    checkpoints would fail for ever without that half. Raises Stop if no key can be read.
    """
    keys = {fingerprint(key): key for key in (*more, *_own_public(home / OWN))}
    if not keys or (home / PUBLIC).exists():
        keys |= public_keys(home / PUBLIC)
    return keys


def _own_public(own: Path) -> list[Ed25519PublicKey]:
    """Return the public half of the home's own key, nothing if there is no such key."""
    try:
        key = load_pem_private_key(own.read_bytes(), password=None)
    except (ValueError, TypeError, OSError):
        return []
    return [key.public_key()] if isinstance(key, Ed25519PrivateKey) else []


def show_public(path: Path, keys: Iterable[Ed25519PublicKey]) -> None:
    """Put public keys beside the checkpoints, to be copied away. Those of earlier keys stay: they signed too."""
    shown = public_keys(path) if path.exists() else {}
    new = [key for key in keys if fingerprint(key) not in shown]
    if not new:
        return
    pems = [key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo) for key in (*shown.values(), *new)]
    whole = path.with_suffix(".part")
    whole.write_bytes(b"".join(pems))
    whole.replace(path)


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
