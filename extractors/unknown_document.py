"""Shows the values of a document that is of no kind which a bot reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from extractors.forms.fields import DOUBTFUL, quoted
from keywright.findings import Finding, Kind
from keywright.messages import Message
from keywright.model.fields import Extraction, Field
from keywright.model.reading import Control, Reading

UNKNOWN = "unknown"


def extraction_of_unknown(reading: Reading, attempts: Sequence[Extraction]) -> Extraction:
    """Return the values of a fillable form by their names in the file, or the attempt with the most fields.

    ``attempts`` are the extractions of the document as each kind.
    """
    filled = {control.name: _field(control) for control in reading.controls if control.value.strip()}
    if filled:
        return Extraction(UNKNOWN, filled, findings=tuple(_drawn_otherwise(reading)))
    return max(attempts, key=lambda attempt: len(attempt.fields), default=Extraction(UNKNOWN, {}))


def doubted(extraction: Extraction) -> Extraction:
    """Return an extraction in which every value is doubtful, since the document is of another kind.

    Confidence is measured on documents of one kind, and means nothing for a document of another.
    """
    fields = {
        name: replace(field, confidence=min(field.confidence, DOUBTFUL)) for name, field in extraction.fields.items()
    }
    return replace(extraction, fields=fields)


def _field(control: Control) -> Field[str]:
    text = " ".join(control.value.split())
    confidence = 1.0 if control.drawn is None else DOUBTFUL
    return Field(control.name, text, text, confidence, "acroform", control.box)


def _drawn_otherwise(reading: Reading) -> Iterator[Finding]:
    for control in reading.controls:
        if control.drawn is not None:
            message = Message(
                "Page and file differ: {field}. The page shows {shown}, but the file holds {stored}. Ask the sender "
                "which is right.",
                field=control.name,
                shown=quoted(control.drawn),
                stored=quoted(control.value),
            )
            yield Finding("drawn-otherwise", message, kind=Kind.READING)
