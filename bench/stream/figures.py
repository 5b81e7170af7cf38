"""What became of each document of a stream, and the figures of many: overall, by place in the layout, and by part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.corpus.documents import LabelledDocument
from keywright.model.serialization import Json


@dataclass(frozen=True, slots=True)
class Fault:
    """A field that is wrong or missing on a document that was keyed unasked, and the confidence it had."""

    name: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class StreamedDocument:
    """What became of one document. ``rules`` are the findings that a person was asked about; none if it was keyed.

    ``right`` says whether every label was read rightly at first, ``settled`` whether the clerk could decide it.
    """

    document: LabelledDocument
    place: int
    right: bool
    rules: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    corrections: int = 0
    keystrokes: int = 0
    settled: bool = True

    @property
    def asked(self) -> bool:
        return bool(self.rules)

    @property
    def silently_wrong(self) -> bool:
        """Return whether the document was keyed unasked and is wrong, or is of a kind that must not be keyed."""
        return not self.asked and not (self.right and self.document.payable)


def figures(outcomes: Iterable[StreamedDocument]) -> Json:
    """Return the counts of some documents."""
    counts = Counter[str]()
    for outcome in outcomes:
        counts.update(
            documents=1,
            asked=int(outcome.asked),
            keyed=int(not outcome.asked),
            keyed_right=int(not outcome.asked and not outcome.silently_wrong),
            silent_wrong=int(outcome.silently_wrong),
            corrections=outcome.corrections,
            keystrokes=outcome.keystrokes,
            asked_for_nothing=int(outcome.asked and outcome.right and outcome.document.payable),
            left_waiting=int(not outcome.settled),
        )
    return {name: counts[name] for name in COUNTS}


COUNTS = (
    "documents", "asked", "keyed", "keyed_right", "silent_wrong", "corrections", "keystrokes", "asked_for_nothing",
    "left_waiting",
)  # fmt: skip


def all_figures(outcomes: Sequence[StreamedDocument]) -> Json:
    """Return the counts of all documents, by place in the layout, and by part where the manifest has parts."""
    places = sorted({outcome.place for outcome in outcomes})
    parts = sorted({str(outcome.document.row["part"]) for outcome in outcomes if outcome.document.row.get("part")})
    by_place = {str(n): figures(outcome for outcome in outcomes if outcome.place == n) for n in places}
    by_part = {part: _of_part(outcomes, part) for part in parts}
    return {**figures(outcomes), "by_place": by_place, **({"by_part": by_part} if by_part else {})}


def _of_part(outcomes: Sequence[StreamedDocument], part: str) -> Json:
    """Return the counts of a part, overall and from the third document of each layout on."""
    within = [outcome for outcome in outcomes if outcome.document.row.get("part") == part]
    return {**figures(within), "from_third": figures(outcome for outcome in within if outcome.place > 2)}


def places_of(documents: Iterable[LabelledDocument]) -> list[int]:
    """Return each document's place in its layout, counted from 1: the manifest's, or else counted by vendor."""
    counts: Counter[str] = Counter()
    places = []
    for document in documents:
        counts[document.vendor] += 1
        places.append(int(document.row.get("place") or counts[document.vendor]))
    return places


def causes(outcomes: Iterable[StreamedDocument]) -> Mapping[str, int]:
    """Return how many documents each rule asked about, the most frequent first."""
    counts = Counter(rule for outcome in outcomes for rule in dict.fromkeys(outcome.rules))
    return dict(counts.most_common())


def faulty_fields(outcomes: Iterable[StreamedDocument]) -> Mapping[str, tuple[float | None, ...]]:
    """Return the fields that were silently wrong, each with the confidences it had; None for a missing one."""
    fields: dict[str, list[float | None]] = {}
    for outcome in outcomes:
        if outcome.silently_wrong:
            for fault in outcome.faults:
                fields.setdefault(fault.name, []).append(fault.confidence)
    return {name: tuple(values) for name, values in sorted(fields.items(), key=lambda item: -len(item[1]))}
