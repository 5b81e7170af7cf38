"""Signed checkpoints: the ledger's head, signed so that a rewritten history or a cut-off tail shows.

They are lines of JSON in ``checkpoints.jsonl`` of the home, each chained to the one before by its hash. The ledger has
an entry for each, so that a file that was shortened, emptied or removed shows too. A copy of them, and of the public
key, belongs where those who can write to the office's machine cannot: then no new history can be put in the place of
the old one unnoticed.
"""

from __future__ import annotations

import base64
import datetime as dt
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction
from django.utils import timezone

from keywright import ledger
from keywright.errors import Stop
from keywright.ledger_keys import PUBLIC, fingerprint, private_key, public_keys, show_public
from keywright.records.models import LedgerEntry, LedgerHead
from keywright.settings import Settings

FILE = "checkpoints.jsonl"
EVENT = "ledger-signed"
FIRST = "0" * 64
"""What the first checkpoint has in the place of the hash of the one before."""
AT_ONCE = 500
"""As many checkpoints are compared with their entries at once."""
SHORT, A_WHOLE_EVERY = 100_000, dt.timedelta(days=1)
"""A ledger of up to so many entries is verified as a whole before each signature, a longer one once in this time."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The ledger's head at a time: its entries, and the hash of the last one; signed with Ed25519 (RFC 8032).

    ``previous`` is the hash of the checkpoint before, and ``key`` the fingerprint of the key that signed; both are
    empty in checkpoints that an earlier version wrote.
    """

    number: int
    hash: str
    at: str
    signature: str = ""
    previous: str = ""
    key: str = ""

    @property
    def signed(self) -> bytes:
        """Return what is signed."""
        if not self.previous:
            return f"keywright ledger\n{self.number}\n{self.hash}\n{self.at}\n".encode()
        lines = ("keywright chained ledger", self.number, self.hash, self.at, self.previous, self.key)
        return "".join(f"{line}\n" for line in lines).encode()

    @property
    def digest(self) -> str:
        """Return the hash that the next checkpoint, and the ledger, have of this one."""
        return hashlib.sha256(self.signed + self.signature.encode()).hexdigest()


def sign(settings: Settings, *, actor: str = "keywright", whole: bool = True) -> Checkpoint | None:
    """Sign the ledger's head and append it to the file; return it, or None if nothing was written since the last.

    Nothing that does not verify is signed: the chain is walked first, from its beginning if it is ``whole``, short, or
    was not for a day; else from the last checkpoint. Raises Stop if it does not verify, or if the key or the file
    cannot be used.
    """
    path = settings.home / FILE
    with _alone(settings.home):
        known = load(path)
        if _is_signed(known):
            return None
        start = None if whole or not known or _is_due_as_a_whole() else known[-1]
        verified = _verified(known, start, settings.home / PUBLIC)
        show_public(settings.home / PUBLIC, private_key(settings).public_key())
        made = _signed(verified, known, settings)
        _append(path, made)
        body = {"number": made.number, "hash": made.hash, "checkpoint": made.digest, "key": made.key}
        with transaction.atomic():
            ledger.append(EVENT, actor=actor, body={**body, "verified_from": start.number + 1 if start else 1})
    return made


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Let one process of this machine sign at a time, or two checkpoints would follow the same one."""
    with (home / "checkpoints.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_signed(known: Sequence[Checkpoint]) -> bool:
    """Return True if nothing was written since the last checkpoint but the entry that tells of it."""
    head = LedgerHead.objects.filter(id=1).first()
    if head is None or not known:
        return head is None
    last = known[-1]
    only_its_entry = (
        head.number == last.number + 1 and LedgerEntry.objects.filter(number=head.number, event=EVENT).exists()
    )
    return only_its_entry or (head.number, head.hash) == (last.number, last.hash)


def _is_due_as_a_whole() -> bool:
    """Return True if the chain is short, or was not verified from its first entry before a signature of this day."""
    head = LedgerHead.objects.filter(id=1).first()
    since = timezone.now() - A_WHOLE_EVERY
    lately = LedgerEntry.objects.filter(event=EVENT, at__gt=since, body__verified_from=1)
    return head is None or head.number <= SHORT or not lately.exists()


def _verified(known: Sequence[Checkpoint], start: Checkpoint | None, public: Path) -> ledger.Verification:
    """Return the chain's verified head. Raises Stop, naming the fault, if chain or checkpoints do not verify."""
    found = ledger.verify((start.number, start.hash) if start else ledger.BEGINNING)
    fault = found.fault or order_fault(known) or fault_of(known if start is None else known[-1:], public)
    if fault:
        raise Stop(f"The ledger does not verify, so its head is not signed. {fault}")
    return found


def _signed(verified: ledger.Verification, known: Sequence[Checkpoint], settings: Settings) -> Checkpoint:
    key = private_key(settings)
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    bare = Checkpoint(verified.entries, verified.hash, now, "", _last_digest(known), fingerprint(key.public_key()))
    return replace(bare, signature=base64.b64encode(key.sign(bare.signed)).decode())


def _last_digest(known: Sequence[Checkpoint]) -> str:
    """Return the hash of the last checkpoint, as the ledger has it if the file is gone: then the gap stays seen."""
    body = LedgerEntry.objects.filter(event=EVENT).order_by("-number").values_list("body", flat=True).first()
    return known[-1].digest if known else str(body["checkpoint"]) if body else FIRST


def _append(path: Path, checkpoint: Checkpoint) -> None:
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(checkpoint)) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Stop(f"The checkpoint could not be written to {path}: {error.strerror}.") from error


def load(path: Path, must: bool = False) -> list[Checkpoint]:
    """Return the checkpoints of a file, none if there is no file. Raises Stop for a line that is none.

    If the file ``must`` be there, Stop is raised if it is not.
    """
    if not path.exists():
        if must:
            raise Stop(f"There are no checkpoints at {path}.")
        return []
    checkpoints = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            checkpoints.append(Checkpoint(**json.loads(line)))
        except (ValueError, TypeError) as error:
            raise Stop(f"{path}, line {number}, is no checkpoint. Restore the file from the copy.") from error
    return checkpoints


def verify(home: Path, file: Path | None = None, public: Path | None = None) -> tuple[int, str]:
    """Return how many checkpoints there are, and the first that does not fit, in words, or "".

    ``file`` and ``public`` are copies kept elsewhere: the checkpoints of the copy are verified before the home's own,
    and its key is used in the place of the home's.
    """
    own, keys = load(home / FILE), public or home / PUBLIC
    copy = load(file, must=True) if file else own
    faults = (
        fault for checkpoints in (copy, own) if (fault := order_fault(checkpoints) or fault_of(checkpoints, keys))
    )
    return len(copy), next(faults, "") or missing_fault(own, home)


def order_fault(checkpoints: Sequence[Checkpoint]) -> str:
    """Return the first checkpoint that does not follow the one before, in words, or "".

    Those that an earlier version wrote were not chained; once one is, all that follow are.
    """
    if checkpoints and checkpoints[0].previous not in ("", FIRST):
        return f"Checkpoints before that of {checkpoints[0].at} are missing. Restore the file from the copy."
    for before, after in pairwise(checkpoints):
        if after.previous != before.digest and (after.previous or before.previous):
            return (
                f"The checkpoint of {after.at} does not follow the one of {before.at}: checkpoints were taken out, "
                "changed or moved. Restore the file from the copy."
            )
        if after.number < before.number:
            return f"The checkpoint of {after.at} has fewer entries than the one of {before.at} before it."
    return ""


def fault_of(checkpoints: Sequence[Checkpoint], public: Path) -> str:
    """Return the first checkpoint that does not fit, in words, or "": a wrong signature, or another history.

    Raises Stop if the public key cannot be read.
    """
    keys = public_keys(public) if checkpoints else {}
    for start in range(0, len(checkpoints), AT_ONCE):
        some = checkpoints[start : start + AT_ONCE]
        rows = LedgerEntry.objects.filter(number__in=[checkpoint.number for checkpoint in some])
        hashes = dict(rows.values_list("number", "hash"))
        for checkpoint in some:
            if not _is_signed_with(checkpoint, keys):
                at, number = checkpoint.at, checkpoint.number
                return f"The checkpoint of {at} (entry {number}) is not signed with the key of {public.name}."
            if fault := _history_fault(checkpoint, hashes):
                return fault
    return ""


def _is_signed_with(checkpoint: Checkpoint, keys: Mapping[str, Ed25519PublicKey]) -> bool:
    """Return True if the key that a checkpoint names signed it; any key, if an earlier version wrote it."""
    for key in keys.values() if not checkpoint.key else filter(None, [keys.get(checkpoint.key)]):
        try:
            key.verify(base64.b64decode(checkpoint.signature), checkpoint.signed)
            return True
        except (InvalidSignature, ValueError):
            continue
    return False


def _history_fault(checkpoint: Checkpoint, hashes: Mapping[int, str]) -> str:
    number, at = checkpoint.number, checkpoint.at
    if number and number not in hashes:
        return f"Entry {number} is missing: it was there at {at}, when it was signed."
    if number and hashes[number] != checkpoint.hash:
        return f"Entry {number} is not the one that was signed at {at}: history was rewritten."
    return ""


def missing_fault(own: Sequence[Checkpoint], home: Path) -> str:
    """Return which checkpoint of the home's is missing, in words, or "": the ledger has an entry for each."""
    digests = {checkpoint.digest for checkpoint in own}
    entries = LedgerEntry.objects.filter(event=EVENT).order_by("number").values_list("number", "at", "body")
    for number, at, body in entries.iterator(chunk_size=1000):
        if body["checkpoint"] not in digests:
            return (
                f"{home / FILE} has no checkpoint of {at:%Y-%m-%d %H:%M:%S} UTC, which ledger entry {number} tells of. "
                "Restore the file from the copy."
            )
    if not own and (home / PUBLIC).exists():
        return (
            f"{home / FILE} is missing or empty, and {PUBLIC} beside it tells that the ledger was signed. Restore the "
            "file from the copy."
        )
    return ""
