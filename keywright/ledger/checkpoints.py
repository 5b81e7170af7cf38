"""Signed checkpoints: the ledger's head, signed so that a rewritten or shortened ledger is detected.

They are lines of JSON in ``checkpoints.jsonl`` of the home, each chained to the one before by its hash. The ledger has
an entry for each, so that a shortened, empty or missing file is detected too. Keep a copy of them, and of the public
key, in a place to which the people with access to this machine cannot write: then the ledger cannot be replaced by
another one unnoticed.
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

from keywright.database.models import LedgerEntry, LedgerHead
from keywright.errors import Stop
from keywright.ledger import ledger
from keywright.ledger.signing_keys import PUBLIC, fingerprint, home_keys, private_key, public_keys, show_public
from keywright.settings.settings import Settings

FILE = "checkpoints.jsonl"
EVENT, LOSS = "ledger-signed", "checkpoints-lost"
FIRST = "0" * 64
"""Stands in the first checkpoint for the hash of the one before."""
AT_ONCE = 500
"""How many checkpoints are compared with their entries at once."""
UNSIGNED = "The ledger does not verify, so its head is not signed."
REMEDY = "If it cannot be restored, ./run ledger sign --after-loss starts again, and the ledger records the loss."
SHORT, A_WHOLE_EVERY = 100_000, dt.timedelta(days=1)
"""A ledger of up to SHORT entries is verified completely before each signature, a longer one once in this time."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The ledger's head at a time: its entries, and the hash of the last one; signed with Ed25519 (RFC 8032).

    ``previous`` is the hash of the checkpoint before, and ``key`` the fingerprint of the signing key; both are empty in
    checkpoints of an earlier version.
    """

    number: int
    hash: str
    at: str
    signature: str = ""
    previous: str = ""
    key: str = ""

    @property
    def signed(self) -> bytes:
        """Return the bytes that are signed."""
        if not self.previous:
            return f"keywright ledger\n{self.number}\n{self.hash}\n{self.at}\n".encode()
        lines = ("keywright chained ledger", self.number, self.hash, self.at, self.previous, self.key)
        return "".join(f"{line}\n" for line in lines).encode()

    @property
    def digest(self) -> str:
        """Return the hash of this checkpoint, which the next checkpoint and the ledger contain."""
        return hashlib.sha256(self.signed + self.signature.encode()).hexdigest()


def sign(settings: Settings, *, actor: str = "keywright", whole: bool = True) -> Checkpoint | None:
    """Sign the ledger's head and append it to the file; return it, or None if nothing was written since the last.

    The chain is verified first: from its beginning if it is ``whole``, short, or was not verified so for a day; else
    from the last checkpoint. Raises Stop if it does not verify, or if the key or the file cannot be used.
    """
    path = settings.home / FILE
    with _one_signer(settings.home):
        try:
            known = load(path)
        except Stop as stop:
            raise Stop(f"{UNSIGNED} {stop} {REMEDY}") from stop
        if _is_signed(known):
            return None
        start = None if whole or not known or _is_due_as_a_whole() else known[-1]
        keys = home_keys(settings.home, private_key(settings).public_key())
        if fault := _own_fault(known, start, keys, settings.home):
            raise Stop(f"{UNSIGNED} {fault} {REMEDY}")
        made = _signed(_verified((start.number, start.hash) if start else ledger.BEGINNING), known, settings)
        _append(path, made)
        show_public(settings.home / PUBLIC, keys.values())
        _record(made, start.number + 1 if start else 1, actor)
    return made


def sign_after_loss(settings: Settings, *, actor: str) -> Checkpoint:
    """Start new checkpoints where the existing ones do not verify, and record the loss in the ledger.

    The file that does not verify is moved aside; the entry of the loss has its new name. Only copies in another place
    can prove what was signed before the loss. Raises Stop if nothing is lost, or if the ledger's own chain does not
    verify: then a backup of the database is needed, and no signature.
    """
    path = settings.home / FILE
    with _one_signer(settings.home):
        keys = home_keys(settings.home, private_key(settings).public_key())
        fault = _fault_now(keys, settings.home)
        if not fault:
            raise Stop("No checkpoint is missing, and all verify. Sign as usual: ./run ledger sign")
        verified = _verified(ledger.BEGINNING)
        with transaction.atomic():
            ledger.append(LOSS, actor=actor, body={"fault": fault, "file": _put_aside(path)})
        made = _signed(_verified((verified.entries, verified.hash)), [], settings)
        _replace(path, _line(made))
        show_public(settings.home / PUBLIC, keys.values())
        _record(made, 1, actor)
    return made


def losses() -> list[str]:
    """Return, in words, where checkpoints were lost and started again, oldest first."""
    entries = LedgerEntry.objects.filter(event=LOSS).order_by("number")
    return [
        f"Entry {entry.number} ({entry.at:%Y-%m-%d %H:%M} UTC, by {entry.actor}): checkpoints were lost and started "
        f"again. Only a copy in another place proves what was signed before. The loss was: {entry.body['fault']}"
        for entry in entries
    ]


def _record(made: Checkpoint, verified_from: int, actor: str) -> None:
    """Add the ledger entry of a checkpoint that was written."""
    body = {"number": made.number, "hash": made.hash, "checkpoint": made.digest, "key": made.key}
    with transaction.atomic():
        ledger.append(EVENT, actor=actor, body={**body, "verified_from": verified_from})


@contextmanager
def _one_signer(home: Path) -> Iterator[None]:
    """Let one process of this machine sign at a time, so that no two checkpoints follow the same one."""
    with (home / "checkpoints.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_signed(known: Sequence[Checkpoint]) -> bool:
    """Return True if nothing was written since the last checkpoint except that checkpoint's own entry."""
    head = LedgerHead.objects.filter(id=1).first() or LedgerHead(number=0)
    if not known:
        return head.number == 0
    last = known[-1]
    only_its_entry = (
        head.number == last.number + 1 and LedgerEntry.objects.filter(number=head.number, event=EVENT).exists()
    )
    return only_its_entry or (head.number, head.hash) == (last.number, last.hash)


def _is_due_as_a_whole() -> bool:
    """Return True if the chain is short, or was not verified from its first entry during the last day."""
    head = LedgerHead.objects.filter(id=1).first()
    at = timezone.now()  # ignores entries of a clock that was ahead and was set back
    lately = LedgerEntry.objects.filter(event=EVENT, at__gt=at - A_WHOLE_EVERY, at__lte=at, body__verified_from=1)
    return head is None or head.number <= SHORT or not lately.exists()


def _own_fault(
    known: Sequence[Checkpoint], start: Checkpoint | None, keys: Mapping[str, Ed25519PublicKey], home: Path
) -> str:
    """Return the first of the home's checkpoints that does not fit or is missing, in words, or "".

    With a ``start``, only that one is compared with the ledger, and only entries after it are searched for missing
    checkpoints.
    """
    looked_at, after = (known, 0) if start is None else (known[-1:], start.number)
    return (
        order_fault(known)
        or fault_of(looked_at, keys, PUBLIC)
        or missing_fault(known, home, range(after + 1, _highest_entry() + 1))
    )


def _fault_now(keys: Mapping[str, Ed25519PublicKey], home: Path) -> str:
    """Return what is wrong with the home's checkpoints, in words, or ""; an unreadable file is a fault too."""
    try:
        return _own_fault(load(home / FILE), None, keys, home)
    except Stop as stop:
        return str(stop)


def _verified(after: tuple[int, str]) -> ledger.Verification:
    """Return the chain's verified head. Raises Stop, naming the fault, if the chain does not verify."""
    verified = ledger.verify(after)
    if verified.fault:
        raise Stop(f"{UNSIGNED} {verified.fault}")
    return verified


def _highest_entry() -> int:
    """Return the number of the ledger's last entry, 0 if it has none."""
    return LedgerEntry.objects.order_by("-number").values_list("number", flat=True).first() or 0


def _signed(verified: ledger.Verification, known: Sequence[Checkpoint], settings: Settings) -> Checkpoint:
    key = private_key(settings)
    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    previous = known[-1].digest if known else FIRST
    bare = Checkpoint(verified.entries, verified.hash, at, "", previous, fingerprint(key.public_key()))
    return replace(bare, signature=base64.b64encode(key.sign(bare.signed)).decode())


def _line(checkpoint: Checkpoint) -> bytes:
    return (json.dumps(asdict(checkpoint)) + "\n").encode()


def _append(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint after the others, replacing a last line that a crash or a full disk cut off."""
    written = path.read_bytes() if path.exists() else b""
    whole = written[: written.rfind(b"\n") + 1]
    if _parsed(written[len(whole) :]) is not None:  # a complete line without its line end
        whole = written
    try:
        with path.open("ab") as file:
            file.truncate(len(whole))
            file.write((b"\n" if whole and not whole.endswith(b"\n") else b"") + _line(checkpoint))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Stop(f"The checkpoint could not be written to {path}: {error.strerror}.") from error


def _replace(path: Path, content: bytes) -> None:
    """Replace a file by a complete new one, so that a reader sees either the old or the new content."""
    whole = path.with_suffix(".part")
    try:
        with whole.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        whole.replace(path)
    except OSError as error:
        raise Stop(f"The checkpoint could not be written to {path}: {error.strerror}.") from error


def _put_aside(path: Path) -> str:
    """Move a copy of the file aside under a name made from its content, and return the name; "" if there is no file."""
    if not path.exists():
        return ""
    content = path.read_bytes()
    aside = path.with_name(f"{path.stem}-before-loss-{hashlib.sha256(content).hexdigest()[:16]}{path.suffix}")
    _replace(aside, content)
    return aside.name


def load(path: Path, must: bool = False) -> list[Checkpoint]:
    """Return the checkpoints of a file, none if there is no file. Raises Stop for a line that is no checkpoint.

    With ``must``, Stop is raised if the file is missing.
    """
    if not path.exists():
        if must:
            raise Stop(f"There are no checkpoints at {path}.")
        return []
    written = path.read_bytes()
    checkpoints, lines = [], written.splitlines()
    for number, line in enumerate(lines, 1):
        if (checkpoint := _parsed(line)) is not None:
            checkpoints.append(checkpoint)
        elif number < len(lines) or written.endswith(b"\n"):
            raise Stop(f"{path}, line {number}, is no checkpoint. Restore the file from the copy.")
    return checkpoints


def _parsed(line: bytes) -> Checkpoint | None:
    """Return the checkpoint in a line, or None."""
    try:
        return Checkpoint(**json.loads(line))
    except (ValueError, TypeError):
        return None


def verify(home: Path, file: Path | None = None, public: Path | None = None) -> tuple[int, str]:
    """Return how many checkpoints there are, and the first that does not fit, in words, or "".

    ``file`` and ``public`` are copies from another place: the checkpoints of the copy are verified before the home's
    own, and its key is used instead of the home's. A robot may sign at the same time: a checkpoint is written before
    its entry, so the last entry is looked up before the file is read.
    """
    entries = range(1, _highest_entry() + 1)
    own = load(home / FILE)
    copy = load(file, must=True) if file else own
    keys: Mapping[str, Ed25519PublicKey] = {}
    if own or copy:
        keys = public_keys(public) if public else home_keys(home)
    name = public.name if public else PUBLIC
    faults = (
        fault for checkpoints in (copy, own) if (fault := order_fault(checkpoints) or fault_of(checkpoints, keys, name))
    )
    return len(copy), next(faults, "") or missing_fault(own, home, entries)


def order_fault(checkpoints: Sequence[Checkpoint]) -> str:
    """Return the first checkpoint that does not follow the one before, in words, or "".

    Checkpoints of an earlier version were not chained; after the first chained one, all are.
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


def fault_of(checkpoints: Sequence[Checkpoint], keys: Mapping[str, Ed25519PublicKey], name: str) -> str:
    """Return the first checkpoint that does not fit, in words, or "": a wrong signature, or another history.

    ``name`` is the name of the file that the keys are from.
    """
    for start in range(0, len(checkpoints), AT_ONCE):
        part = checkpoints[start : start + AT_ONCE]
        rows = LedgerEntry.objects.filter(number__in=[checkpoint.number for checkpoint in part])
        hashes = dict(rows.values_list("number", "hash"))
        for checkpoint in part:
            if not _is_signed_with(checkpoint, keys):
                at, number = checkpoint.at, checkpoint.number
                return f"The checkpoint of {at} (entry {number}) is not signed with the key of {name}."
            if fault := _history_fault(checkpoint, hashes):
                return fault
    return ""


def _is_signed_with(checkpoint: Checkpoint, keys: Mapping[str, Ed25519PublicKey]) -> bool:
    """Return True if a checkpoint is signed with the key it names, or with any key if it is of an earlier version."""
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


def missing_fault(own: Sequence[Checkpoint], home: Path, entries: range) -> str:
    """Return which of the home's checkpoints is missing, in words, or "": the entries in this range are searched."""
    digests = {checkpoint.digest for checkpoint in own}
    signed = LedgerEntry.objects.filter(event=EVENT, number__gte=max(entries.start, _begun_at(own)))
    rows = signed.filter(number__lt=entries.stop).order_by("number").values_list("number", "at", "body")
    for number, at, body in rows.iterator(chunk_size=1000):
        if body["checkpoint"] not in digests:
            return (
                f"{home / FILE} has no checkpoint of {at:%Y-%m-%d %H:%M:%S} UTC, which ledger entry {number} names. "
                "Restore the file from the copy."
            )
    if not own and (home / PUBLIC).exists():
        return (
            f"{home / FILE} is missing or empty, but {PUBLIC} in the same folder shows that the ledger was signed. "
            "Restore the file from the copy."
        )
    return ""


def _begun_at(own: Sequence[Checkpoint]) -> int:
    """Return the entry of the last loss after which checkpoints were started again, 0 if there was none.

    A loss counts only if a checkpoint signs it: its entry could be written without the key.
    """
    last = own[-1].number if own else 0
    signed = LedgerEntry.objects.filter(event=LOSS, number__lte=last).order_by("-number")
    return signed.values_list("number", flat=True).first() or 0
