"""Sets aside a case on which several workers died, so that the cases after it get their turn."""

from __future__ import annotations

from keywright.cases import casebook, keying_attempts
from keywright.findings import Finding, Kind
from keywright.messages import Message
from keywright.model.case import Case, State
from keywright.model.serialization import findings_to_json


def set_aside(case: Case, *, actor: str) -> Case:
    """Hand a case whose tries are used up to IT, or to a person if a record of it was posted.

    Its document is not opened for that, since opening it could have killed the workers. ``case`` has the state and the
    lease of the last worker. Raises IllegalMove if another worker has it now.
    """
    tries = case.attempts + 1
    if posted := keying_attempts.doubted(case):
        return casebook.refer(case, [_not_looked(posted, tries)], actor=actor)
    finding = _worker_died(tries)
    return casebook.move(
        case,
        State.FAILED,
        "case-failed",
        actor=actor,
        body={"error": finding.message, "attempt": tries},
        findings=findings_to_json([finding]),
        attempts=tries,
        **casebook.released(),
    )


def _worker_died(tries: int) -> Finding:
    return Finding(
        "worker-died",
        Message(
            "The robot failed on this case ({tries} tries). The last worker that took it ended without a result: it "
            "was killed, ran out of memory, or the machine went down. Look at the document and at the worker's log, "
            "then send the case on its way again.",
            tries=tries,
        ),
        kind=Kind.SYSTEM,
        acceptable=False,
    )


def _not_looked(posted: list[Message], tries: int) -> Finding:
    return Finding(
        keying_attempts.NOT_SHOWN,
        Message(
            "Posted, but not seen there yet. {posted}. No robot could look for it ({tries} tries); the last worker "
            "ended without a result. Look there. {remedy}",
            posted=tuple(posted),
            tries=tries,
            remedy=keying_attempts.IF_NOT_THERE,
        ),
        kind=Kind.UNCERTAIN,
    )
