"""Verifies an exported ledger without Keywright:

    python3 offline_ledger.py ledger.jsonl --checkpoints checkpoints.jsonl --public-key ledger_public.pem

It needs Python 3.8 and this one file. Each line of the export is one entry, and an entry's hash is the SHA-256 of the
hash before it, followed by the entry as JSON with sorted keys, without blanks, in UTF-8. The checkpoints are heads of
the ledger that were signed with Ed25519: use copies of them, and of the public key, from a place to which the people of
the office cannot write. Without them, a ledger that was cut off or rewritten looks like the true one. With --part the
export may have gaps, for example because it was filtered. The status is 1 if anything is not right.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
from typing import Any, Dict, Iterable, List, Tuple  # noqa: UP035  the Pythons of auditors are old

HASHED = ("number", "at", "actor", "event", "case", "body")
SIGNED_EVENT, LOSS_EVENT = "ledger-signed", "checkpoints-lost"
Entry = Dict[str, Any]  # noqa: UP006  as above
Checkpoint = Dict[str, Any]  # noqa: UP006
Keys = Dict[str, bytes]  # noqa: UP006


class Unverified(Exception):
    """A failed verification, in words."""


# --- The chain of entries ---------------------------------------------------------------------------


def hash_of(entry: Entry) -> str:
    """Return the hash that an entry has if it is unchanged."""
    hashed = {name: entry[name] for name in HASHED}
    canonical = json.dumps(hashed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((str(entry["previous"]) + canonical).encode()).hexdigest()


def json_object(line: str) -> Dict[str, Any]:  # noqa: UP006
    """Return the JSON object of a line, an empty one if there is none."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def parse(line: str, number: int) -> Entry:
    """Return the entry in a line. Raises Unverified if it is not a complete entry."""
    entry = json_object(line)
    whole = {*HASHED, "previous", "hash"} <= set(entry)
    if not whole or not isinstance(entry["number"], int) or not isinstance(entry["body"], dict):
        raise Unverified(f"Line {number} is no entry of a ledger.")
    return entry


def verify(
    lines: Iterable[str],
    signed: List[Checkpoint],  # noqa: UP006
    *,
    part: bool = False,
) -> Tuple[int, int, List[str]]:  # noqa: UP006
    """Return how many entries fit, how many gaps are between them, and where checkpoints were started again.

    ``signed`` are checkpoints that are verified already: the entries must match them. Raises Unverified.
    """
    number, previous, count, gaps = 0, "0" * 64, 0, 0
    waiting = sorted(signed, key=lambda checkpoint: int(checkpoint["number"]), reverse=True)
    digests = {digest_of(checkpoint) for checkpoint in signed}
    newest = waiting[0]["number"] if waiting else 0
    unmatched: List[int] = []  # noqa: UP006
    losses: List[str] = []  # noqa: UP006
    for at, line in enumerate(lines, 1):
        entry = parse(line, at)
        ensure_next(entry, number, previous, part=part)
        gaps += entry["number"] != number + 1
        number, previous, count = entry["number"], entry["hash"], count + 1
        compare(entry, waiting)
        if entry["event"] == LOSS_EVENT:
            losses.append(loss_of(entry))
            unmatched = unmatched if entry["number"] > newest else []  # a loss counts only if a checkpoint signs it
        elif lacks_checkpoint(entry, digests, newest):
            unmatched.append(entry["number"])
    if part and signed:  # a loss may lie in a gap
        unmatched = [number for number in unmatched if number > signed[0]["number"]]
    if signed and unmatched:
        raise Unverified(f"The checkpoint that entry {unmatched[0]} names is missing from the checkpoints.")
    if waiting and not part:
        raise Unverified(
            f"Entry {waiting[-1]['number']} is missing: it was there at {waiting[-1]['at']}, when it was signed. The "
            "end of the ledger was cut off, or this export is older than the checkpoints."
        )
    return count, gaps, losses


def ensure_next(entry: Entry, number: int, previous: str, *, part: bool) -> None:
    """Raise Unverified if an entry was changed, or cannot follow the entry of this number and hash."""
    if hash_of(entry) != entry["hash"]:
        raise Unverified(f"Entry {entry['number']} was changed after it was written.")
    if entry["number"] <= number:
        raise Unverified(f"Entry {entry['number']} stands after entry {number}: they are out of order.")
    if entry["number"] > number + 1 and not part:
        raise Unverified(f"Entry {number + 1} is missing: entry {entry['number']} stands in its place.")
    if entry["number"] == number + 1 and entry["previous"] != previous:
        raise Unverified(f"Entry {entry['number']} does not follow the entry before it.")


def compare(entry: Entry, waiting: List[Checkpoint]) -> None:  # noqa: UP006
    """Remove the checkpoints up to an entry from the list. Raises Unverified if one signed another entry."""
    while waiting and waiting[-1]["number"] <= entry["number"]:
        checkpoint = waiting.pop()
        if checkpoint["number"] == entry["number"] and checkpoint["hash"] != entry["hash"]:
            raise Unverified(
                f"Entry {entry['number']} is not the one that was signed at {checkpoint['at']}: history was rewritten."
            )


def lacks_checkpoint(entry: Entry, digests: Iterable[str], newest: int) -> bool:
    """Return True if an entry names a checkpoint that should be in the file and is not."""
    if entry["event"] != SIGNED_EVENT or entry["number"] > newest + 1:
        return False
    return entry["body"].get("checkpoint") not in digests


def loss_of(entry: Entry) -> str:
    """Return, in words, what an entry says about lost checkpoints."""
    return (
        f"Entry {entry['number']} ({entry['at']}, by {entry['actor']}) says that checkpoints were lost and started "
        f"again: {entry['body'].get('fault', '')} Ask for a copy of the earlier ones."
    )


# --- The signed checkpoints -------------------------------------------------------------------------


def signed_part(checkpoint: Checkpoint) -> bytes:
    """Return the signed bytes of a checkpoint; checkpoints of earlier versions are not chained."""
    names = ["number", "hash", "at"] + (["previous", "key"] if checkpoint.get("previous") else [])
    head = "keywright chained ledger" if checkpoint.get("previous") else "keywright ledger"
    return "".join(f"{part}\n" for part in [head] + [checkpoint[name] for name in names]).encode()


def digest_of(checkpoint: Checkpoint) -> str:
    """Return the hash of a checkpoint, which the next one contains."""
    return hashlib.sha256(signed_part(checkpoint) + str(checkpoint["signature"]).encode()).hexdigest()


def verify_checkpoints(lines: Iterable[str], keys: Keys) -> List[Checkpoint]:  # noqa: UP006
    """Return the checkpoints of a file. Raises Unverified if one has no valid signature or is out of order."""
    checkpoints: List[Checkpoint] = []  # noqa: UP006
    for at, line in enumerate(lines, 1):
        checkpoint = json_object(line)
        try:
            signature = base64.b64decode(checkpoint["signature"])
            signed_part(checkpoint)
        except (ValueError, KeyError, TypeError):
            signature = b""
        if not signature or not isinstance(checkpoint["number"], int):
            raise Unverified(f"Line {at} of the checkpoints is no checkpoint.")
        ensure_follows(checkpoint, checkpoints)
        name = checkpoint.get("key")
        tried = [keys[name]] if name in keys else [] if name else list(keys.values())
        if not any(is_signature(signature, signed_part(checkpoint), key) for key in tried):
            raise Unverified(f"The checkpoint of {checkpoint['at']} is not signed with this public key.")
        checkpoints.append(checkpoint)
    if not checkpoints:
        raise Unverified("There are no checkpoints in the file.")
    return checkpoints


def ensure_follows(checkpoint: Checkpoint, checkpoints: List[Checkpoint]) -> None:  # noqa: UP006
    """Raise Unverified if a checkpoint does not follow the last one."""
    previous = checkpoint.get("previous", "")
    if not checkpoints:
        if previous not in ("", "0" * 64):
            raise Unverified(f"Checkpoints before that of {checkpoint['at']} are missing.")
        return
    last = checkpoints[-1]
    chained = bool(previous or last.get("previous"))
    if (chained and previous != digest_of(last)) or checkpoint["number"] < last["number"]:
        raise Unverified(f"The checkpoint of {checkpoint['at']} does not follow the one of {last['at']}.")


def public_keys(text: str) -> Keys:
    """Return the Ed25519 keys of a PEM file (RFC 8410) by the SHA-256 of their 32 bytes. Unverified if none."""
    keys = {}
    head = bytes.fromhex("302a300506032b6570032100")
    for block in re.findall("-----BEGIN PUBLIC KEY-----(.+?)-----END PUBLIC KEY-----", text, re.DOTALL):
        try:
            der = base64.b64decode("".join(block.split()), validate=True)
        except ValueError:
            continue
        if der.startswith(head) and len(der) == len(head) + 32:
            keys[hashlib.sha256(der[len(head) :]).hexdigest()] = der[len(head) :]
    if not keys:
        raise Unverified("The file of the public key has no Ed25519 public key.")
    return keys


# --- Ed25519 (RFC 8032, section 5.1), only verifying ------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = Tuple[int, int, int, int]  # noqa: UP006  extended coordinates: x = X/Z, y = Y/Z, x*y = T/Z
ZERO: Point = (0, 1, 1, 0)


def add(a: Point, b: Point) -> Point:
    """Return the sum of two points."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, point: Point) -> Point:
    """Return a multiple of a point."""
    result = ZERO
    while number:
        if number & 1:
            result = add(result, point)
        point = add(point, point)
        number >>= 1
    return result


def same(a: Point, b: Point) -> bool:
    """Return True if two points are the same."""
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def decompress(text: bytes) -> Point:
    """Return the point of 32 bytes. Raises ValueError if there is none."""
    y = int.from_bytes(text, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        raise ValueError("no point")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        raise ValueError("no point")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signature(signature: bytes, text: bytes, key: bytes) -> bool:
    """Return True if 64 bytes are the signature of a text with a public key of 32 bytes."""
    if len(signature) != 64 or len(key) != 32:
        return False
    s = int.from_bytes(signature[32:], "little")
    try:
        a, r = decompress(key), decompress(signature[:32])
    except ValueError:
        return False
    hashed = hashlib.sha512(signature[:32] + key + text).digest()
    return s < ORDER and same(times(s, BASE), add(r, times(int.from_bytes(hashed, "little") % ORDER, a)))


# --- The command ------------------------------------------------------------------------------------


def read(path: str) -> Any:
    """Open a text file."""
    return open(path, encoding="utf-8")  # noqa: PTH123  as plain as can be


def verified(arguments: argparse.Namespace) -> str:
    """Verify the files on the command line, and return the result in words. Raises Unverified, OSError, ValueError."""
    signed: List[Checkpoint] = []  # noqa: UP006
    if arguments.checkpoints:
        with read(arguments.public_key) as file:
            keys = public_keys(file.read())
        with read(arguments.checkpoints) as file:
            signed = verify_checkpoints(file, keys)
    with read(arguments.ledger) as file:
        count, gaps, losses = verify(file, signed, part=arguments.part)
    sentences = [f"All {count} entries fit."]
    if gaps:
        sentences.append(f"They are a part of the ledger with {gaps} gaps; the entries in the gaps are not verified.")
    if signed:
        sentences.append(f"All {len(signed)} checkpoints fit, and the last signs entry {signed[-1]['number']}.")
    else:
        sentences.append("Without --checkpoints, a ledger that was cut off or rewritten cannot be detected.")
    return " ".join(sentences + losses)


def main() -> int:
    """Verify the files on the command line and print the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ledger", help="the exported ledger, lines of JSON")
    parser.add_argument("--checkpoints", help="a copy of checkpoints.jsonl")
    parser.add_argument("--public-key", help="a copy of ledger_public.pem")
    parser.add_argument("--part", action="store_true", help="the export may have gaps: it is a part of the ledger")
    arguments = parser.parse_args()
    if bool(arguments.checkpoints) != bool(arguments.public_key):
        parser.error("--checkpoints and --public-key are given together")
    try:
        print(verified(arguments))
    except (Unverified, OSError, UnicodeDecodeError) as fault:
        print(f"NOT RIGHT. {fault}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
