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

from keywright.database.models import LedgerEntry, LedgerHead
from keywright.errors import Stop
from keywright.ledger import ledger
from keywright.ledger.signing_keys import PUBLIC, fingerprint, home_keys, private_key, public_keys, show_public
from keywright.settings.settings import Settings

FILE = "checkpoints.jsonl"
EVENT, LOSS = "ledger-signed", "checkpoints-lost"
FIRST = "0" * 64
"""What the first checkpoint has in the place of the hash of the one before."""
AT_ONCE = 500
"""As many checkpoints are compared with their entries at once."""
UNSIGNED = "The ledger does not verify, so its head is not signed."
REMEDY = "Where it cannot be restored, ./run ledger sign --after-loss begins anew, and the ledger tells so for ever."
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
        _tell(made, start.number + 1 if start else 1, actor)
    return made


def sign_after_loss(settings: Settings, *, actor: str) -> Checkpoint:
    """Begin the checkpoints anew where those that are there do not verify, and let the ledger tell so for ever.

    The file that does not verify is kept under another name, which the entry of the loss names. What was signed before
    the loss is vouched for by copies kept elsewhere only. Raises Stop if nothing is lost, or if the ledger's own chain
    does not verify: then a backup of the database is needed, and no signature.
    """
    path = settings.home / FILE
    with _alone(settings.home):
        keys = home_keys(settings.home, private_key(settings).public_key())
        fault = _fault_now(keys, settings.home)
        if not fault:
            raise Stop("No checkpoint is missing, and all verify. Sign as ever: ./run ledger sign")
        verified = _verified(ledger.BEGINNING)
        with transaction.atomic():
            ledger.append(LOSS, actor=actor, body={"fault": fault, "file": _put_aside(path)})
        made = _signed(_verified((verified.entries, verified.hash)), [], settings)
        _replace(path, _line(made))
        show_public(settings.home / PUBLIC, keys.values())
        _tell(made, 1, actor)
    return made


def losses() -> list[str]:
    """Return in words where checkpoints were lost and begun anew, oldest first."""
    entries = LedgerEntry.objects.filter(event=LOSS).order_by("number")
    return [
        f"Entry {entry.number} ({entry.at:%Y-%m-%d %H:%M} UTC, by {entry.actor}): checkpoints were lost, and begun "
        f"anew. What was signed before, only a copy kept elsewhere can tell. The loss was: {entry.body['fault']}"
        for entry in entries
    ]


def _tell(made: Checkpoint, verified_from: int, actor: str) -> None:
    """Let the ledger tell of a checkpoint that was written."""
    body = {"number": made.number, "hash": made.hash, "checkpoint": made.digest, "key": made.key}
    with transaction.atomic():
        ledger.append(EVENT, actor=actor, body={**body, "verified_from": verified_from})


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Let one process of this machine sign at a time, or two checkpoints would follow the same one."""
    with (home / "checkpoints.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_signed(known: Sequence[Checkpoint]) -> bool:
    """Return True if nothing was written since the last checkpoint but the entry that tells of it."""
    head = LedgerHead.objects.filter(id=1).first() or LedgerHead(number=0)
    if not known:
        return head.number == 0
    last = known[-1]
    only_its_entry = (
        head.number == last.number + 1 and LedgerEntry.objects.filter(number=head.number, event=EVENT).exists()
    )
    return only_its_entry or (head.number, head.hash) == (last.number, last.hash)


def _is_due_as_a_whole() -> bool:
    """Return True if the chain is short, or was not verified from its first entry before a signature of this day."""
    head = LedgerHead.objects.filter(id=1).first()
    now = timezone.now()  # entries of a clock that ran ahead, and was set back, do not count
    lately = LedgerEntry.objects.filter(event=EVENT, at__gt=now - A_WHOLE_EVERY, at__lte=now, body__verified_from=1)
    return head is None or head.number <= SHORT or not lately.exists()


def _own_fault(
    known: Sequence[Checkpoint], start: Checkpoint | None, keys: Mapping[str, Ed25519PublicKey], home: Path
) -> str:
    """Return the first of the home's checkpoints that does not fit or is missing, in words, or "".

    With a ``start``, only that one is compared with the ledger, and only what the ledger tells since is looked for.
    """
    looked_at, after = (known, 0) if start is None else (known[-1:], start.number)
    return (
        order_fault(known)
        or fault_of(looked_at, keys, PUBLIC)
        or missing_fault(known, home, range(after + 1, _highest_entry() + 1))
    )


def _fault_now(keys: Mapping[str, Ed25519PublicKey], home: Path) -> str:
    """Return what is wrong with all of the home's checkpoints, in words, or ""; a file that cannot be read is, too."""
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
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    previous = known[-1].digest if known else FIRST
    bare = Checkpoint(verified.entries, verified.hash, now, "", previous, fingerprint(key.public_key()))
    return replace(bare, signature=base64.b64encode(key.sign(bare.signed)).decode())


def _line(checkpoint: Checkpoint) -> bytes:
    return (json.dumps(asdict(checkpoint)) + "\n").encode()


def _append(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint behind the others, and in the place of a last line that a crash or a full disk cut off."""
    written = path.read_bytes() if path.exists() else b""
    whole = written[: written.rfind(b"\n") + 1]
    if _parsed(written[len(whole) :]) is not None:  # a whole line, but for its end
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
    """Put a whole new file in the place of the old one, so that a reader sees the one or the other."""
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
    """Keep the file as it is under a name that its content gives it, and return the name; "" if there is no file."""
    if not path.exists():
        return ""
    content = path.read_bytes()
    aside = path.with_name(f"{path.stem}-before-loss-{hashlib.sha256(content).hexdigest()[:16]}{path.suffix}")
    _replace(aside, content)
    return aside.name


def load(path: Path, must: bool = False) -> list[Checkpoint]:
    """Return the checkpoints of a file, none if there is no file. Raises Stop for a line that is none.

    If the file ``must`` be there, Stop is raised if it is not.
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
    """Return the checkpoint of a line, None if it is none."""
    try:
        return Checkpoint(**json.loads(line))
    except (ValueError, TypeError):
        return None


def verify(home: Path, file: Path | None = None, public: Path | None = None) -> tuple[int, str]:
    """Return how many checkpoints there are, and the first that does not fit, in words, or "".

    ``file`` and ``public`` are copies kept elsewhere: the checkpoints of the copy are verified before the home's own,
    and its key is used in the place of the home's. A robot may sign meanwhile: a checkpoint is written before the entry
    that tells of it, so the last entry is looked up before the file is read.
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


def fault_of(checkpoints: Sequence[Checkpoint], keys: Mapping[str, Ed25519PublicKey], name: str) -> str:
    """Return the first checkpoint that does not fit, in words, or "": a wrong signature, or another history.

    ``name`` is that of the file whose keys these are.
    """
    for start in range(0, len(checkpoints), AT_ONCE):
        some = checkpoints[start : start + AT_ONCE]
        rows = LedgerEntry.objects.filter(number__in=[checkpoint.number for checkpoint in some])
        hashes = dict(rows.values_list("number", "hash"))
        for checkpoint in some:
            if not _is_signed_with(checkpoint, keys):
                at, number = checkpoint.at, checkpoint.number
                return f"The checkpoint of {at} (entry {number}) is not signed with the key of {name}."
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


def missing_fault(own: Sequence[Checkpoint], home: Path, entries: range) -> str:
    """Return which checkpoint of the home's is missing, in words, or "": each of these entries may tell of one."""
    digests = {checkpoint.digest for checkpoint in own}
    signed = LedgerEntry.objects.filter(event=EVENT, number__gte=max(entries.start, _begun_at(own)))
    rows = signed.filter(number__lt=entries.stop).order_by("number").values_list("number", "at", "body")
    for number, at, body in rows.iterator(chunk_size=1000):
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


def _begun_at(own: Sequence[Checkpoint]) -> int:
    """Return the entry of the last loss after which checkpoints were begun anew, 0 if there was none.

    A loss that no checkpoint signs excuses nothing: who has no key could write its entry too.
    """
    last = own[-1].number if own else 0
    signed = LedgerEntry.objects.filter(event=LOSS, number__lte=last).order_by("-number")
    return signed.values_list("number", flat=True).first() or 0
