"""The keys that sign the ledger's head: this office's private key, and the public keys of all signatures so far."""

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
    """Return the key of the setting, or the home's own, generated once. Raises Stop if it cannot be used."""
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
    """Return the SHA-256 of a public key's 32 bytes, which identifies the key in a checkpoint."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def public_keys(path: Path) -> Mapping[str, Ed25519PublicKey]:
    """Return the public keys of a file by their fingerprints. Raises Stop if there is none, or another kind of key."""
    try:
        keys = [load_pem_public_key(block) for block in _BLOCK.findall(path.read_bytes())]
    except (OSError, ValueError) as error:
        raise Stop(f"The public key {path} cannot be read: {error}.") from error
    signing = [key for key in keys if isinstance(key, Ed25519PublicKey)]
    if not signing or len(signing) < len(keys):
        raise Stop(f"{path} is no Ed25519 public key.")
    return {fingerprint(key): key for key in signing}


def home_keys(home: Path, *more: Ed25519PublicKey) -> Mapping[str, Ed25519PublicKey]:
    """Return the keys that are valid in a home: ``more``, the ones in its PEM file, and the public half of its own key.

    An earlier version replaced the home's own public key by that of ``KEYWRIGHT_LEDGER_KEY_FILE``; without that half
    the checkpoints of the home's own key would never verify again. Raises Stop if no key can be read.
    """
    keys = {fingerprint(key): key for key in (*more, *_own_public(home / OWN))}
    if not keys or (home / PUBLIC).exists():
        keys |= public_keys(home / PUBLIC)
    return keys


def _own_public(own: Path) -> list[Ed25519PublicKey]:
    """Return the public half of the home's own key, nothing if there is none."""
    try:
        key = load_pem_private_key(own.read_bytes(), password=None)
    except (ValueError, TypeError, OSError):
        return []
    return [key.public_key()] if isinstance(key, Ed25519PrivateKey) else []


def show_public(path: Path, keys: Iterable[Ed25519PublicKey]) -> None:
    """Write public keys next to the checkpoints, to be copied away. Earlier keys stay: they have signed too."""
    known = public_keys(path) if path.exists() else {}
    new = [key for key in keys if fingerprint(key) not in known]
    if not new:
        return
    pems = [key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo) for key in (*known.values(), *new)]
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
    except FileExistsError:  # another process was faster; its key is used
        pass
    finally:
        whole.unlink()
