"""Warns of a typed value that is printed nowhere on the document, where another one is printed.

Transposed digits (5,168.70 typed as 5,186.70) are the most common typing error. A value that is printed elsewhere on
the document, or offered as another reading, is a choice and no error; so is a value for a field that had none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from keywright.findings import Finding, Kind
from keywright.messages import Message
from keywright.model.alternatives import Rereads, Seen
from keywright.model.fields import AMOUNT, DATE, TEXT, Extraction, Field, FieldSpec, bare
from keywright.model.reading import Box, Line, Reading, Word, confidence_of, text_of
from keywright.model.serialization import write_value
from keywright.model.values.confusables import as_it_looks

RULE = "against-print"

CERTAIN = 0.995
"""The confidence (0-1) of a word that has no other possible reading."""

FROM_XML = "einvoice"
"""The source of a value from the XML of an e-invoice, which need not be printed on a page."""


@dataclass(frozen=True)
class PrintedText:
    """All that is printed on a document, for comparison with what a person types."""

    document: Seen
    reader: Rereads
    sure: float  #: the confidence (0-1) from which a field counts as clearly printed

    def contradicts(self, spec: FieldSpec[Any], old: Field[Any], new: Field[Any]) -> bool:
        """Return True if the old value is clearly printed, and the new one nowhere."""
        if spec.kind not in (AMOUNT, DATE, TEXT) or not self._is_clear(old):
            return False
        if any(choice.value == write_value(new.value) for choice in self.document.choices.get(spec.name, ())):
            return False
        return (old.source == FROM_XML or self._shows(spec, old.value)) and not self._shows(spec, new.value)

    def _shows(self, spec: FieldSpec[Any], value: Any) -> bool:
        if spec.kind is TEXT:
            return all(word in self._text for word in numbers_in(value))
        return _size(value) in self._values(spec)

    def _is_clear(self, field: Field[Any]) -> bool:
        """Return True if a field was read with enough confidence, or if each of its words is beyond doubt.

        The letters of a text layer are certain, even if their meaning is in doubt; those of a scan are an engine's
        guess.
        """
        if field.confidence >= self.sure:
            return True
        page = self.document.page(field.box.page) if field.box else None
        words = page.words() if page else ()
        return confidence_of(word for word in words if field.box and _is_in(word, field.box)) >= CERTAIN

    @cached_property
    def _text(self) -> str:
        lines = (text_of(line) for page in self.document.pages for line in page.lines)
        return "".join(bare(as_it_looks(line)) for line in lines)

    def _values(self, spec: FieldSpec[Any]) -> set[Any]:
        """Return all amounts, or dates, on the pages; a date with two possible meanings counts as both.

        Some document types understand a whole page, others one phrase at a time.
        """
        pages = self.document.pages
        return self._understood(spec, [page.lines for page in pages]) or self._understood(
            spec, [(phrase,) for page in pages for phrase in page.phrases()]
        )

    def _understood(self, spec: FieldSpec[Any], prints: Sequence[Sequence[Line]]) -> set[Any]:
        values: set[Any] = set()
        for text in (
            text for lines in prints for text in self.reader.values_in(spec, lines, Reading(self.document.pages))
        ):
            with suppress(ValueError):
                values.add(_size(spec.kind.parse(text)))
        return values


def _size(value: Any) -> Any:
    """Return an amount without its sign, which may differ between column and print; any other value unchanged."""
    return abs(value) if isinstance(value, Decimal) else value


def _is_in(word: Word, place: Box) -> bool:
    across = (word.box.left + word.box.right) / 2
    return place.left <= across <= place.right and place.top <= word.box.middle <= place.bottom


def numbers_in(text: str) -> list[str]:
    """Return the words of a text that have a digit, in the form in which they are compared; names have none."""
    return [bare(as_it_looks(word)) for word in text.split() if any(letter.isdigit() for letter in word)]


def findings(
    before: Extraction,
    after: Extraction,
    specs: Mapping[str, FieldSpec[Any]],
    printed: Callable[[], PrintedText | None],
    *,
    besides: str = "",
    masked: Collection[str] = (),
) -> Iterator[Finding]:
    """Yield a warning for each printed value that a person replaces by a value that is printed nowhere.

    ``printed`` is called only if a value was changed; it returns None if the print is not known, and then there is no
    warning. ``besides`` names the field in which a vendor is picked, whose name on file need not be printed; ``masked``
    are fields whose values must not be shown.
    """
    changed = [name for name in specs if name != besides and _is_changed(name, before, after)]
    paper = printed() if changed else None
    for name in changed if paper else ():
        old, new = before.fields[name], after.fields[name]
        if paper and paper.contradicts(specs[name], old, new):
            message = _hidden() if name in masked else _shown(_one_line(old.value), _one_line(new.value))
            yield Finding(RULE, message, (name,), Kind.READING)


def _shown(printed: str, entered: str) -> Message:
    return Message(
        "The value you typed is printed nowhere. “{read}” is printed here, and “{typed}” is nowhere on the document. "
        "Compare every figure with the page. Accept this only if the print is wrong.",
        read=printed,
        typed=entered,
    )


def _hidden() -> Message:
    return Message(
        "The value you typed is printed nowhere. Another one is printed here. Compare every figure with the page. "
        "Accept this only if the print is wrong."
    )


def _is_changed(name: str, before: Extraction, after: Extraction) -> bool:
    old, new = before.fields.get(name), after.fields.get(name)
    return old is not None and new is not None and _size(old.value) != _size(new.value)


def _one_line(value: object) -> str:
    return " ".join(write_value(value).split())
