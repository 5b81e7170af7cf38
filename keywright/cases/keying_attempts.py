"""Keyings: the intent to enter a record, committed before the post; one row for each (system, identity)."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from keywright import clock
from keywright.database.models import Keying, StoredCase
from keywright.errors import LeaseLost, Refer
from keywright.findings import Finding, Kind
from keywright.messages import Message
from keywright.model.case import Case, State

NOT_SHOWN = "not-shown"
NOT_FINISHED = "not-finished"
POSTED_OTHERWISE = "posted-otherwise"
DOUBTS = {NOT_SHOWN: 0, NOT_FINISHED: 1, POSTED_OTHERWISE: 0}
"""The rules that ask a person whether a post left a record, each with the number of posts that certainly did."""

LOOKED_FOR = frozenset({NOT_SHOWN, NOT_FINISHED})
"""The rules about a record that a later look may find."""

NAMED_OTHERWISE = "named-otherwise"
"""The rule for a record whose number, given by a person, differs from the one that a robot found."""

MAY_BE_NAMED = LOOKED_FOR | {NAMED_OTHERWISE}
"""The rules about a record for which a person can give the number."""

ANSWERED_BY_BUTTON = MAY_BE_NAMED | DOUBTS.keys()
"""The rules that a person answers with a button for what happened to the record, and not with a tick."""

IF_NOT_THERE = Message(
    "If it is not there, say so with the button “It is not in the system: post it again”: it is entered again. If it "
    "is there, or may still come, press “Search again”: the robot only searches."
)
"""What a person can do about a record that was posted and is not shown, in words."""

LONGEST_NUMBER = 100
LONGEST_ANSWER = 500


@dataclass(frozen=True, slots=True)
class Hold:
    """The right to enter one record in one system, until its lease ends, with the results of earlier tries.

    ``posts`` counts the intents committed so far: each may have posted. ``denied`` counts the ones that left nothing,
    according to a person. ``elsewhere`` are the identities under which this case may have posted before its values were
    corrected. ``named`` is the record's number according to a person, ``answer`` the system's reply to the last post.
    """

    id: int
    token: str
    system: str
    identity: str
    posts: int
    denied: int
    looks: int
    elsewhere: tuple[str, ...]
    lease: timedelta
    named: str = ""
    answer: str = ""


@contextmanager
def holding(case: Case, system: str, identity: str, lease: timedelta) -> Iterator[Hold]:
    """Hold the right to enter a record; release it at the end.

    Raises Refer if the record belongs to another case, LeaseLost if another worker holds it now.
    """
    hold = _take(case, system, identity[:300], lease)
    try:
        yield hold
    finally:
        Keying.objects.filter(pk=hold.id, lease_token=hold.token).update(lease_token="", lease_until=None)


def _take(case: Case, system: str, identity: str, lease: timedelta) -> Hold:
    """Take the row, and read in the same transaction what was posted: its earlier holder can no longer post.

    The token is that of the worker's lease on the case, so that one heartbeat renews both.
    """
    token, at = case.lease or secrets.token_hex(16), clock.now()
    with transaction.atomic():
        row, _ = Keying.objects.get_or_create(system=system, identity=identity, defaults={"case_id": int(case.id)})
        if row.case_id != int(case.id):
            row = _take_over(row, case)
        free = Q(lease_until=None) | Q(lease_until__lt=at)
        if _is_held(case, at):
            free |= Q(case_id=int(case.id))  # its holder has lost the case already
        if not Keying.objects.filter(free, pk=row.pk).update(lease_token=token, lease_until=at + lease):
            raise LeaseLost(f"Another worker is entering {identity} in {system}. It is tried again in a while.")
        row.refresh_from_db()
    counts = (row.posts, row.denied, row.looks)
    return Hold(row.pk, token, system, identity, *counts, _elsewhere(row), lease, row.named, row.answer)


def _is_held(case: Case, at: dt.datetime) -> bool:
    """Return True if the case is still held under this lease."""
    rows = StoredCase.objects.filter(pk=int(case.id), lease_token=case.lease, lease_until__gt=at)
    return bool(case.lease) and rows.exists()


def _elsewhere(row: Keying) -> tuple[str, ...]:
    """Return the other identities under which this case may have left a record in the system."""
    rows = Keying.objects.filter(case_id=row.case_id, system=row.system, posts__gt=F("denied")).exclude(pk=row.pk)
    return tuple(rows.order_by("pk").values_list("identity", flat=True))


def _take_over(row: Keying, case: Case) -> Keying:
    """Give the keying of a case that was refused before anything was posted to the case that needs it now."""
    if row.posts == 0 and row.case.state == State.REFUSED:
        Keying.objects.filter(pk=row.pk, posts=0).update(case_id=int(case.id))
        return row
    raise Refer.because(
        "keyed-by-another-case",
        Message(
            "Case {case} posts the same record. That case ({file}) posts {record} into {system}. Reject this one if it "
            "is the same document; correct its number if it is not.",
            case=row.case_id,
            file=row.case.document.file_name,
            record=row.identity,
            system=row.system,
        ),
        kind=Kind.DUPLICATE,
    )


def _held(hold: Hold) -> Any:
    return Keying.objects.filter(pk=hold.id, lease_token=hold.token, lease_until__gt=clock.now())


def renew(hold: Hold) -> None:
    """Hold the right for one lease more. Raises LeaseLost if it was lost."""
    if not _held(hold).update(lease_until=clock.now() + hold.lease):
        raise LeaseLost(f"The lease on {hold.identity} in {hold.system} ran out before the post. It is tried again.")


def intend(hold: Hold) -> None:
    """Record the intent to post, and renew the lease at the same time. Raises LeaseLost if it was lost."""
    renew(hold)
    at = clock.now()
    Keying.objects.filter(pk=hold.id).update(intended_at=at, posts=F("posts") + 1, looks=0, uncertain=False, answer="")


def heard(hold: Hold, reply: str) -> None:
    """Store the system's reply to the last post. Does nothing if the lease was lost."""
    Keying.objects.filter(pk=hold.id, lease_token=hold.token).update(answer=reply[:LONGEST_ANSWER])


def withdraw(hold: Hold, reply: str = "") -> None:
    """Take back the last intent, since certainly nothing was posted. Does nothing if the lease was lost.

    ``reply`` is the system's reply to the post before, which is the last one again.
    """
    rows = Keying.objects.filter(pk=hold.id, lease_token=hold.token, posts__gt=F("denied"))
    rows.update(posts=F("posts") - 1, answer=reply)


def looked(hold: Hold) -> None:
    """Count that a posted record was not shown, and renew the lease. Raises LeaseLost if the lease was lost."""
    renew(hold)
    Keying.objects.filter(pk=hold.id).update(looks=F("looks") + 1)


def doubt(hold: Hold, *identities: str) -> None:
    """Record that a person is asked what the posts under these identities left; by default the identity of the hold."""
    Keying.objects.filter(system=hold.system, identity__in=identities or [hold.identity]).update(uncertain=True)


def doubted(case: Case) -> list[Message]:
    """Record that a person is asked what a case's posts left; return these posts in words."""
    rows = _posted(int(case.id))
    rows.update(uncertain=True)
    return posted_by(case)


def posted_by(case: Case) -> list[Message]:
    """Return, in words, the records that a case has posted and no look has found yet, with the system's reply."""
    return [
        Message(
            "{record} was posted into {system}{reply}",
            record=row.identity,
            system=row.system,
            reply=answered(row.answer),
        )
        for row in _posted(int(case.id)).order_by("pk")
    ]


def answered(reply: str) -> Message:
    """Return, in words, a system's reply to a post, as the end of a sentence about the post."""
    return Message(", which answered “{reply}”", reply=reply) if reply else Message("")


def deny(case: Case, accepted: Sequence[Finding]) -> None:
    """Record a person's statement that the record is not there: it can be posted once more.

    Runs in the transaction in which the findings are accepted.
    """
    certain_posts = [DOUBTS[finding.rule] for finding in accepted if finding.rule in DOUBTS]
    if certain_posts:
        rows = _posted(int(case.id)).filter(uncertain=True, posts__gte=min(certain_posts))
        rows.update(denied=F("posts") - min(certain_posts), uncertain=False, looks=0, named="")


def in_doubt(case: Case) -> Keying | None:
    """Return the one keying of a case that may have left a record; None if there is none or more than one."""
    rows = list(_posted(int(case.id))[:2])
    return rows[0] if len(rows) == 1 else None


def name(row: Keying, number: str) -> None:
    """Store the number of the record according to a person."""
    Keying.objects.filter(pk=row.pk).update(named=number)


def close_by_word(row: Keying, number: str, person: str) -> dict[str, Any]:
    """Store a person's statement as the receipt of a record that the system does not show to a robot, and return it.

    Runs in the transaction that closes the case. No value was compared, and there is no picture.
    """
    record = {"system": row.system, "number": number, "values": [], "picture": "", "seen_at": clock.now().isoformat()}
    receipt = {**record, "word_of": person}
    Keying.objects.filter(pk=row.pk).update(receipt=receipt, uncertain=False)
    return receipt


def _posted(case: int) -> QuerySet[Keying]:
    return Keying.objects.filter(case_id=case, posts__gt=F("denied"), receipt__isnull=True)


def close(hold: Hold, receipt: dict[str, Any]) -> None:
    """Store the receipt of a keying, in the transaction that closes its case."""
    Keying.objects.filter(pk=hold.id).update(receipt=receipt, uncertain=False)
