"""Labelled documents as the learned reader is taught them, and the layouts that they are held out by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench.corpus.comparing import right
from bench.corpus.documents import LabelledDocument, folder, labelled
from bench.corpus.examples import WRONG_LABELS
from bench.corpus.kept import seen
from bench.learned_reader.other_words import with_other_words
from extractors.supplier_invoice.learned.features import Described, described
from extractors.supplier_invoice.learned.spans import FIELDS
from keywright.errors import Refer
from keywright.model.reading import Reading

FOLDS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """A document to learn from: its truth by field, and its program, by which folds are made.

    ``whole`` says that its truth names every field that is printed, so that a field without truth is not there. A
    ``varied`` document has other labels than its program prints; it is learned from, and never measured on.
    """

    name: str
    program: str
    layout: str
    truth: Mapping[str, Any]
    whole: bool
    document: Described
    varied: bool = False

    def knows(self, field: str) -> bool:
        """Return whether it is known what is right for a field."""
        return self.whole or field in self.truth

    def is_right(self, field: str, value: str) -> bool:
        """Return whether a value is the field's."""
        return field in self.truth and right(field, self.truth[field], value)


def papers() -> list[LabelledDocument]:
    """Return the documents that rules and models may be made on: dev, and the rules part of zoo and stream."""
    documents = labelled(["invoices"])
    for corpus in ("zoo", "stream"):
        manifest = folder() / corpus / "manifest.jsonl"
        if manifest.exists():
            documents += [paper for paper in labelled(["invoices"], manifest) if paper.row.get("part") == "rules"]
    return documents


def lessons_of(documents: Iterable[LabelledDocument]) -> Iterator[Lesson]:
    """Yield what is learned from each document whose pages can be read, and from the same with other labels."""
    for paper in documents:
        reading = seen(paper.path)
        if not isinstance(reading, Refer) and any(page.lines for page in reading.pages):
            yield lesson_of(paper, reading)
            file = str(paper.row["file"])
            yield replace(lesson_of(paper, with_other_words(reading, file)), varied=True)


def lesson_of(paper: LabelledDocument, reading: Reading) -> Lesson:
    """Return what is learned from a document."""
    doubted = {name for file, name in WRONG_LABELS if file == paper.row.get("id")}
    fields = {name for names in FIELDS.values() for name in names}
    labels = (paper.row.get("truth") or {}).items()
    truth = {name: value for name, value in labels if name in fields - doubted and value not in (None, "", [])}
    whole = "zoo" in (paper.row.get("flags") or [])
    return Lesson(str(paper.row["file"]), program_of(paper.vendor), paper.vendor, truth, whole, described(reading))


def program_of(vendor: str) -> str:
    """Return the program that draws a layout: the first word of its name."""
    return vendor.split("-")[0]


def folds_of(lessons: Sequence[Lesson], folds: int = FOLDS) -> list[int]:
    """Return a fold for each lesson, so that folds are about as large; one program's lessons are in one fold."""
    counts, sizes = Counter(lesson.program for lesson in lessons), [0] * folds
    placed = {}
    for program, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        placed[program] = sizes.index(min(sizes))
        sizes[placed[program]] += count
    return [placed[lesson.program] for lesson in lessons]
