"""Scores readings against the labels, by group: what share of fields and lines is right, and what is keyed wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.corpus.comparing import labels_of, plain, right, right_lines
from bench.corpus.documents import LabelledDocument
from keywright.model.serialization import Json

#: What a group is called, and which documents belong to it.
Groups = Mapping[str, Callable[[LabelledDocument], bool]]


@dataclass(slots=True)
class Score:
    """What was counted on some documents."""

    fields: Counter[str] = field(default_factory=Counter)  #: right, wrong, missing
    lines: Counter[str] = field(default_factory=Counter)  #: labelled, given, right
    documents: Counter[str] = field(default_factory=Counter)  #: scored, payable, exact, keyed, straight, silent
    faults: list[str] = field(default_factory=list)

    def figures(self) -> Json:
        """Return the shares; None where there is nothing to take a share of."""
        fields, lines, documents = self.fields, self.lines, self.documents
        return {
            "documents": documents["scored"],
            "fields": fields.total(),
            "recall": share_of(fields["right"], fields.total()),
            "precision": share_of(fields["right"], fields["right"] + fields["wrong"]),
            "line_recall": share_of(lines["right"], lines["labelled"]),
            "line_precision": share_of(lines["right"], lines["given"]),
            "exact": documents["exact"],
            "keyed": documents["keyed"],
            "straight_through": share_of(documents["straight"], documents["payable"]),
            "silent_wrong": documents["silent"],
        }


def share_of(part: int, whole: int) -> float | None:
    """Return a share to four places, or None of nothing."""
    return round(part / whole, 4) if whole else None


def groups_of(documents: Sequence[LabelledDocument]) -> Groups:
    """Return the groups that are scored: all, real or made, text layer or scan, by language, and by part."""
    groups: dict[str, Callable[[LabelledDocument], bool]] = {
        "all": lambda _: True,
        "real": lambda document: not document.made,
        "made": lambda document: document.made,
        "text layer": lambda document: document.digital,
        "scan": lambda document: not document.digital,
    }
    for language in sorted({str(document.row.get("lang")) for document in documents}):
        groups[f"language {language}"] = lambda document, language=language: document.row.get("lang") == language  # type: ignore[misc]
    for part in sorted({str(document.row["part"]) for document in documents if document.row.get("part")}):
        groups[f"part {part}"] = lambda document, part=part: document.row.get("part") == part  # type: ignore[misc]
        groups[f"part {part}, text layer"] = lambda document, part=part: (  # type: ignore[misc]
            document.row.get("part") == part and document.digital
        )
        groups[f"part {part}, scan"] = lambda document, part=part: (  # type: ignore[misc]
            document.row.get("part") == part and not document.digital
        )
    return groups


def score(documents: Iterable[LabelledDocument], readings: Iterable[Json]) -> Score:
    """Count on every document that has a label; a document without a reading counts as wholly missing."""
    by_file = {reading["file"]: reading for reading in readings}
    total = Score()
    for document in documents:
        labels = labels_of(document.row)
        if labels:
            _count(total, document, labels, by_file.get(str(document.row["file"]), {}))
    return total


def _count(total: Score, document: LabelledDocument, labels: Mapping[str, object], reading: Json) -> None:
    """Add one document to the score."""
    _count_lines(total.lines, document, reading.get("lines") or [])
    faults = list(faults_of(document, labels, reading.get("fields") or {}, total.fields))
    total.faults += faults
    good = not faults and document.payable
    keyed = reading.get("verdict") == "key"
    total.documents.update(
        scored=1,
        payable=document.payable,
        exact=not faults,
        keyed=keyed,
        straight=keyed and good,
        silent=keyed and not good,
    )


def faults_of(
    document: LabelledDocument, labels: Mapping[str, object], fields: Mapping[str, object], counts: Counter[str]
) -> Iterable[str]:
    """Yield a sentence for each label that was read wrongly or not at all, and count all.

    A label that is not printed on the page is not counted, except where a value was given for it.
    """
    printed = document.row.get("in_text") or {}
    for name, label in labels.items():
        value = plain(fields.get(name))
        if value in (None, "", []):
            if printed.get(name) is not False:
                counts["missing"] += 1
                yield f"{document.row['file']}: {name}: missing, is {label!r}"
        elif right(name, label, value):
            counts["right"] += 1
        else:
            counts["wrong"] += 1
            yield f"{document.row['file']}: {name}: {value!r}, is {label!r}"


def _count_lines(counts: Counter[str], document: LabelledDocument, lines: Sequence[Json]) -> None:
    labels = [line for line in (document.row.get("truth") or {}).get("lines") or [] if isinstance(line, dict)]
    if labels:
        counts.update(labelled=len(labels), given=len(lines), right=right_lines(labels, lines))
