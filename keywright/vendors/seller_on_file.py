"""Names the seller of a document by the evidence for vendors on file, before the reading is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from keywright.findings import Finding
from keywright.messages import Message
from keywright.model.fields import Extraction, Field
from keywright.model.reading import Reading, box_of, text_of
from keywright.model.values.company_names import bare_company
from keywright.model.vendor import SellerFields
from keywright.vendors.matching import speaks_against
from keywright.vendors.printed_evidence import PrintedEvidence, PrintedVendor, VendorIndex

GENERAL, VENDOR_FILE = "rules", "vendor file"
"""The names under which the general reader and the vendor file vote."""
OTHER_SELLER = "vendor-evidence"
PROVEN, CORROBORATED = 0.998, 0.99
"""The confidence in a seller whose tax number is printed with its name, and in one with other evidence."""
DECIDES, PROVES = 2, 3
"""The strength from which on evidence names a vendor, and that of a tax number."""


def with_vendor_file(
    extraction: Extraction, reading: Reading, index: VendorIndex, fields: SellerFields | None
) -> Extraction:
    """Return the extraction with the seller's name as the evidence for vendors on file gives it.

    The vendor on file that the evidence names is the seller, even if the reader read another name; the reader's value
    stays as a vote. A person is asked if the reader's seller is another vendor on file, if another vendor has evidence
    as strong, and if the vendor's name is not printed. The data of an e-invoice name their seller themselves.
    """
    if fields is None or not index or reading.einvoice is not None or extraction.other_kind is not None:
        return extraction
    extraction = _without_question(extraction)
    by_reader = {vendor.number for vendor in index.named(extraction.value(fields.name) or "")}
    printed = index.printed_on(reading.pages)
    printed.sort(key=lambda entry: (*_rank(entry), entry.vendor.number in by_reader), reverse=True)
    if not printed or printed[0].strength < DECIDES:
        return extraction
    best, *others = printed
    read_as_best = best.vendor.number in by_reader
    if not read_as_best and any(_rank(other) == _rank(best) and _same_words(other, best) for other in others):
        return extraction  # vendors with the same numbers: the checks list them
    by_name = next(
        (other for other in others if other.vendor.number in by_reader and not _same_words(other, best)), None
    )
    if by_name is not None and not read_as_best:
        return _asked(extraction, fields, by_name, best)
    named = _named(extraction, fields, best)
    asks_from = PROVES if read_as_best else DECIDES
    rival = next((o for o in others if o.strength >= max(asks_from, best.strength) and not _same_words(o, best)), None)
    return _asked(named, fields, best, rival) if rival else named


def _without_question(extraction: Extraction) -> Extraction:
    """Return the extraction without the question of an earlier look, since the vendor master may have changed."""
    return replace(extraction, findings=tuple(f for f in extraction.findings if f.rule != OTHER_SELLER))


def _rank(entry: PrintedVendor) -> tuple[int, int, bool]:
    return entry.strength, len(entry.words), entry.vendor.active


def _same_words(other: PrintedVendor, best: PrintedVendor) -> bool:
    """Return True if the decisive words are the same for both: a number that several vendors on file share."""
    decisive = PrintedEvidence.TAX_NUMBER if best.strength == PROVES else PrintedEvidence.NAME
    return other.words.get(decisive) == best.words.get(decisive)


def _named(extraction: Extraction, fields: SellerFields, entry: PrintedVendor) -> Extraction:
    """Return the extraction with a vendor as the seller, and with its printed tax number if none was read."""
    read, vendor = extraction.fields.get(fields.name.name), entry.vendor
    named = extraction.with_fields(_seller(read, fields, entry), *_tax_number(extraction, fields, entry))
    if _is_its_name(read, entry) or PrintedEvidence.NAME in entry.words:
        return named
    message = Message(
        "Seller taken from the vendor master. The {evidence} printed here is that of {vendor}, whose name is not on "
        "the page; the reader read “{seller}”. Compare both with the page.",
        evidence=Message(next(iter(entry.words)).value),
        vendor=str(vendor),
        seller=read.value if read else "",
    )
    return _with_finding(named, message, fields)


def _is_its_name(read: Field[str] | None, entry: PrintedVendor) -> bool:
    """Return True if the name that was read is the vendor's, or is like it and no better one is printed."""
    if read is None:
        return False
    is_like = PrintedEvidence.NAME not in entry.words and not speaks_against(read.value, entry.vendor)
    return is_like or bare_company(read.value) in entry.vendor.bare_names


def _seller(read: Field[str] | None, fields: SellerFields, entry: PrintedVendor) -> Field[str]:
    """Return the field of the seller's name: as it was read if that is the vendor's, otherwise as it is on file."""
    is_proven = PrintedEvidence.TAX_NUMBER in entry.words and PrintedEvidence.NAME in entry.words
    confidence, votes = PROVEN if is_proven else CORROBORATED, _votes(read)
    if read is not None and _is_its_name(read, entry):
        votes[VENDOR_FILE] = read.value
        return replace(read, confidence=max(read.confidence, confidence), votes=votes)
    name = votes[VENDOR_FILE] = entry.vendor.name
    words = entry.words.get(PrintedEvidence.NAME) or next(iter(entry.words.values()))
    return Field(fields.name.name, name, text_of(words), confidence, VENDOR_FILE, box_of(words), votes)


def _votes(read: Field[str] | None) -> dict[str, str]:
    return dict(read.votes or {GENERAL: read.value}) if read else {}


def _tax_number(extraction: Extraction, fields: SellerFields, entry: PrintedVendor) -> Sequence[Field[str]]:
    """Return the vendor's printed tax number if none was read."""
    number, name = entry.tax_number, fields.tax_number.name
    if not number or name in extraction.fields:
        return ()
    words = entry.words[PrintedEvidence.TAX_NUMBER]
    votes = {VENDOR_FILE: number}
    return (Field(name, number, text_of(words), CORROBORATED, VENDOR_FILE, box_of(words), votes),)


def _asked(extraction: Extraction, fields: SellerFields, taken: PrintedVendor, other: PrintedVendor) -> Extraction:
    """Return the extraction with the question which of two vendors on file is the seller."""
    message = Message(
        "Two vendors on file are on this document. The seller is taken to be {vendor}, but the {evidence} of {other} "
        "is printed too. Correct the seller if it is {other}; accept if it is {vendor}.",
        vendor=str(taken.vendor),
        evidence=Message(next(kind for kind in PrintedEvidence if kind in other.words).value),
        other=str(other.vendor),
    )
    read = extraction[fields.name]
    voted = replace(read, votes={**_votes(read), VENDOR_FILE: other.vendor.name})
    return _with_finding(extraction.with_fields(voted), message, fields)


def _with_finding(extraction: Extraction, message: Message, fields: SellerFields) -> Extraction:
    finding = Finding(OTHER_SELLER, message, (fields.name.name,))
    return replace(extraction, findings=(*extraction.findings, finding))
