"""Reads files the way every bot would and keeps nothing: the output of ``keywright read``."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from extractors.extraction import ReadAs, read_as
from extractors.unknown_document import UNKNOWN, extraction_of_unknown
from keywright.bot import AnyBot
from keywright.errors import Refer
from keywright.findings import Finding
from keywright.model.checks import Circumstances, Outcome, Verdict
from keywright.model.document_type import DocumentType
from keywright.model.fields import Extraction
from keywright.model.reading import Page, Reading
from keywright.model.serialization import Json, extraction_to_json, findings_to_json
from keywright.profiles.applying import usual, with_layout
from keywright.profiles.known_layouts import LayoutBook, NoLayouts
from keywright.settings.settings import settings
from keywright.vendors.printed_evidence import VendorIndex
from keywright.vendors.seller_on_file import with_vendor_file
from tasks.check import check


@dataclass(frozen=True, slots=True)
class OnFile:
    """What an office has on file that helps to read: the layouts and the vendors."""

    layouts: LayoutBook = field(default_factory=NoLayouts)
    vendors: VendorIndex = field(default_factory=VendorIndex)


NOTHING = OnFile()
FEW = 3  # a kind that finds less than this part of the fields of another is out of the question


def files_of(paths: Iterable[Path]) -> list[Path]:
    """Return the files that are named, and those in the folders that are named."""
    return [
        file
        for path in paths
        for file in (sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path])
    ]


def read_files(paths: Sequence[Path], bots: Sequence[AnyBot], on_file: OnFile = NOTHING) -> Iterator[Json]:
    """Yield the reading of each file, in the given order; as many files are read at once as there are processors."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as readers:
        yield from readers.map(lambda path: read_file(path, bots, on_file), paths)


def read_file(path: Path, bots: Sequence[AnyBot], on_file: OnFile = NOTHING) -> Json:
    """Return what is read on one file and the verdict on it, as JSON, given what the office has on file.

    The kind is the document type of the bot that recognises the document, or "unknown"; the fields of an unknown
    document are those of its fillable form, or those of the bot that found most, with a finding.
    """
    try:
        return judged(path, read_as(path, kinds_of(bots)), bots, on_file)
    except Refer as refer:
        return refused(path, refer.finding)


def kinds_of(bots: Sequence[AnyBot]) -> list[type[DocumentType]]:
    """Return the document types that these bots read, each once: several bots may read the same type."""
    return list(dict.fromkeys(bot.reads for bot in bots))


def refused(path: Path, finding: Finding) -> Json:
    """Return the result for a file that the engines would not read."""
    return _report(path, UNKNOWN, Extraction(UNKNOWN, {}), Verdict(Outcome.REFER, (finding,)), Reading(()))


def judged(path: Path, result: ReadAs, bots: Sequence[AnyBot], on_file: OnFile = NOTHING) -> Json:
    """Return the fields and the verdict for a file that was read as each of the bots' document types (``kinds_of``).

    Raises Refer if the second reading, for documents with ticked boxes, fails.
    """
    circumstances = Circumstances(dt.datetime.now(settings().zone).date())
    for kind, extraction in zip(kinds_of(bots), result.extractions, strict=True):
        if extraction.other_kind is None:
            if kind.has_ticks:
                (extraction,) = read_as(path, [kind], ticks=True).extractions
            bot = next(bot for bot in bots if bot.reads is kind)
            needed = settings().confirmations_for(bot.name)
            extraction = with_vendor_file(extraction, result.reading, on_file.vendors, bot.seller)
            applied = with_layout(extraction, result.reading, kind, on_file.layouts, needed=needed)
            known = replace(circumstances, usual=usual(applied.layout.profile if applied.layout else None, needed))
            return _report(path, kind.name, applied.extraction, check(applied.extraction, bot, known), result.reading)
    unknown = extraction_of_unknown(result.reading, result.extractions)
    why = tuple(_why(result.extractions))
    differing = tuple(finding for finding in unknown.findings if finding.rule == "drawn-otherwise")
    return _report(path, UNKNOWN, unknown, Verdict(Outcome.REFER, (*why, *differing)), result.reading)


def _why(extractions: Sequence[Extraction]) -> Iterator[Finding]:
    """Yield why a document is of none of the kinds; of a kind that hardly finds a field in it nobody would ask that."""
    most = max((len(extraction.fields) for extraction in extractions), default=0)
    for extraction in extractions:
        if extraction.other_kind and len(extraction.fields) * FEW >= most:
            yield extraction.other_kind


def _report(path: Path, kind: str, extraction: Extraction, verdict: Verdict, reading: Reading) -> Json:
    extracted = extraction_to_json(extraction)
    return {
        "file": str(path),
        "kind": kind,
        "verdict": verdict.outcome.value,
        "fields": extracted["fields"],
        "lines": extracted["lines"],
        "findings": findings_to_json(verdict.findings),
        "pages": [_page_report(page) for page in reading.pages],
    }


def _page_report(page: Page) -> Json:
    return {"number": page.number, "engine": page.engine, "quality": asdict(page.quality) if page.quality else None}
