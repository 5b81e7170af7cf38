"""Finds the names that can be the seller's: labelled, over an address, in large print, or in the sender's line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from statistics import median

from rapidfuzz import fuzz

from extractors.supplier_invoice.candidates import Candidate
from extractors.supplier_invoice.fields.labelled_names import alike, labelled_names, name_text, over_addresses
from extractors.supplier_invoice.fields.names import (
    CONTACT,
    DOMAIN,
    FREE_MAIL,
    LEGAL,
    POSTAL,
    STREET,
    Block,
    name_like,
    name_words,
    with_wrapped,
)
from extractors.supplier_invoice.layout.beside_label import Labels
from extractors.supplier_invoice.layout.labels import COLUMN_LABELS, Hit
from extractors.supplier_invoice.layout.rows import InvoiceSheet, Phrase, fold
from extractors.supplier_invoice.layout.vocabulary import wordings
from extractors.supplier_invoice.signals import Signal, Signals
from keywright.model.reading import Word, text_of

#: Public bodies buy more than they sell; their style is no sign of a seller.
PUBLIC = re.compile(
    r"\b(?:town|city|county|region|village|township|municipality|corporation|district) of\b"
    r"|\b(?:parish|town|city) council\b"
    r"|^(?:gemeente|mairie|commune|ville|municipalité|stadt|landratsamt|ayuntamiento|comune|region|kreis)\b",
    re.IGNORECASE,
)
#: The desk to which suppliers send their bills.
PAYABLES = re.compile(
    r"accounts payable|comptes (?:à payer|fournisseurs)|comptes payables|service comptabilit|crediteuren"
    r"|kreditorenbuchhaltung|rechnungsprüfung|cuentas por pagar|contabilit|trésorerie|^t\.\s?a\.\s?v|^a/s\b|^z\.\s?hd"
    r"|^att(?:n|ention)?\b",
    re.IGNORECASE,
)
#: The numbers that a company prints under its own address.
OWN = re.compile(
    r"\b(?:kvk|siret|siren|btw|ust|vat|hst|gst|tva|iban|hrb|reg)\b.{0,16}\d{4}|\bRT ?\d{4}\b|\b[A-Z]{2}\d{9}\b"
    r"|partita iva",
    re.IGNORECASE,
)
#: A person who sold, and not the company: "D. Marsh".
PERSON = re.compile(r"^[A-Z]\.\s?[A-Z][a-zé]+$")
#: Small words within names.
JOINERS = frozenset(wordings("name", "joiner"))


def sellers_of(
    sheet: InvoiceSheet,
    header: Labels,
    party: Labels,
    blocks: list[Block],
    buyers: list[Candidate[str]],
    ship: list[str],
    windows: list[Candidate[str]],
) -> Iterator[Candidate[str]]:
    """Yield the names that can be the seller's: labelled, over an address, in large print, or in the page's foot."""
    size = median([row.height for row in sheet.rows]) if sheet.rows else 10.0
    domains = _domains(sheet)
    sure_buyers = [name_text(b) for b in buyers if b.strength > 0.4] + ship
    labelled = list(labelled_names(sheet, header, party, "seller", over_addresses(blocks)))
    loose = [
        _free_seller(sheet, block, phrase, size)
        for block in blocks
        for phrase in block.phrases[:2]
        if phrase.row.page == 1 and _free_name(phrase, header, party)
    ]
    free = list(_lower_less(loose))
    texts = [fold(row.text).lower() for row in sheet.rows]
    sent = [*_return_lines(sheet), *_registered(sheet)]
    labelled = [
        candidate.times(0.4, Signal.PERSON) if PERSON.match(candidate.value) else candidate for candidate in labelled
    ]
    addressed = not sure_buyers and bool(labelled or sent)
    for candidate in [*labelled, *sent, *free]:
        addressee = (
            addressed and candidate not in labelled and any(alike(candidate, window_name) for window_name in windows)
        )
        yield _weighed(candidate.times(0.6) if addressee else candidate, sure_buyers, domains, texts)


def _lower_less(free: Iterable[Candidate[str] | None]) -> Iterator[Candidate[str]]:
    """Yield names without a label; where two stand over an address, the upper one is the sender's."""
    names = [candidate for candidate in free if candidate]
    tops = [candidate.words[0].box.top for candidate in names if Signal.OVER_ADDRESS in candidate.signals]
    for candidate in names:
        lower = Signal.OVER_ADDRESS in candidate.signals and candidate.words[0].box.top > min(tops) + 20
        yield candidate.times(0.85, Signal.BELOW_ANOTHER_NAME) if lower else candidate


def _free_name(phrase: Phrase, header: Labels, party: Labels) -> bool:
    if not name_like(text_of(name_words(phrase.words))) or PAYABLES.search(phrase.text):
        return False
    row = phrase.row.index
    if len({hit.role for hit in COLUMN_LABELS.find(phrase.row)}) > 2:
        return False
    hits = [h for h in (*header.by_row[row], *party.by_row[row]) if phrase.first <= h.words[0] < phrase.stop]
    return not any(h.words[0] == phrase.first and h.weight > 0.6 and not _begins_name(h, phrase) for h in hits)


def _begins_name(hit: Hit, phrase: Phrase) -> bool:
    """Return whether a one-word label begins a name instead: "Van Dijk B.V.", "Client Services Inc."."""
    last = hit.words[1]
    short = hit.role in {"seller", "buyer"} and hit.weight < 0.95 and hit.stop - hit.first == 1
    follows = phrase.row.words[last + 1].text if last + 1 < phrase.stop else ""
    return (
        short
        and (follows[:1].isupper() or follows in {"de", "den", "der", "het"})
        and not phrase.row.words[last].text.endswith(":")
    )


def _free_seller(sheet: InvoiceSheet, block: Block, phrase: Phrase, size: float) -> Candidate[str] | None:
    """Return a name without a label; its strength comes from its place, its print and the lines under it."""
    depth = sheet.depth(1)
    height = phrase.box.top / depth
    top = 0.22 if height < 0.12 else 0.14 if height < 0.25 else 0.0
    foot = 0.05 if height > 0.85 else 0.0
    large = 0.2 if phrase.row.height > 1.35 * size and top else 0.0
    lead = phrase is block.phrases[0]
    address = 0.14 if block.addressed and lead else 0.0
    legal = 0.14 if LEGAL.search(phrase.text) and not PUBLIC.search(phrase.text) else 0.0
    contact = 0.06 if any(CONTACT.search(p.text) for p in block.phrases[1:6]) else 0.0
    own = 0.14 if lead and any(OWN.search(p.text) for p in block.phrases[1:7]) else 0.0
    strength = 0.22 + top + foot + large + address + legal + contact + own
    if not (top or (foot and legal) or (address and height < 0.45)):
        return None
    words = name_words(with_wrapped(phrase.words, block.phrases))
    strength *= 0.5 if PUBLIC.search(phrase.text) else 1.0
    strength *= 0.5 if lead and any(PAYABLES.search(p.text) for p in block.phrases[1:4]) else 1.0
    strength *= 0.6 if _torn(words, sheet.engine(1)) else 1.0
    signals = Signals.of(Signal.FOOT_OF_PAGE if foot else Signal.HEAD_OF_PAGE)
    signals = signals.plus(Signal.OVER_ADDRESS) if address else signals
    return Candidate(text_of(words), words, min(strength, 0.9), signals)


def _torn(words: tuple[Word, ...], engine: str) -> bool:
    """Return whether an engine split a logo: in "Go gle" a small letter begins a word that is no joining word."""
    return engine != "text-layer" and any(w.text[0].islower() and w.text not in JOINERS for w in words[1:])


def _return_lines(sheet: InvoiceSheet) -> Iterator[Candidate[str]]:
    """Yield the sender in the small line over the address window: "Name • street • town"."""
    for phrase in sheet.phrases:
        place = phrase.box.top / sheet.depth(1)
        if phrase.row.page != 1 or 0.4 < place < 0.85:
            continue
        words = _until_gap(phrase)
        line = text_of(words)
        foot = place > 0.85 and re.search(r"\s[•·●|]\s", line)
        marks = r"\s[•·●|*–—-]\s"
        lead = re.split(marks, line)[0]
        parts = re.split(marks if lead != line and not LEGAL.search(lead) else rf"{marks}|, ", line)
        bulleted = bool(foot) or len(re.split(r"\s[•·●|*–—-]\s", line)) >= 3
        has_name = len(parts) >= 3 and (bulleted or LEGAL.search(parts[0])) and ":" not in parts[0]
        housed = len(parts) > 1 and re.fullmatch(r"\d+ ?[A-Za-z]?", parts[1].strip())
        street = any(c.isdigit() for c in parts[0]) and not LEGAL.search(parts[0])
        if has_name and not housed and not street and name_like(parts[0]) and POSTAL.search(line + " x"):
            first = name_words(words[: len(parts[0].split())])
            head = place < 0.4
            signals = Signals.of(Signal.SENDER_LINE if head else Signal.FOOT_LINE)
            yield Candidate(text_of(first).rstrip(","), first, 0.82 if head else 0.72, signals)


def _registered(sheet: InvoiceSheet) -> Iterator[Candidate[str]]:
    """Yield the name in a sentence that also gives the address and the tax number."""
    for phrase in sheet.phrases:
        name, *rest = re.split(r", ", phrase.text, maxsplit=1)
        after = " ".join(row.text for row in sheet.rows[phrase.row.index : phrase.row.index + 2])
        placed = rest and POSTAL.search(rest[0] + " x") and STREET.search(rest[0])
        if not placed or phrase.row.page != 1 or not OWN.search(after):
            continue
        words = name_words(phrase.words[: len(name.split())])
        if words and name_like(text_of(words)):
            yield Candidate(text_of(words).rstrip(","), words, 0.8, Signals.of(Signal.TAX_NUMBER_SENTENCE))


def _until_gap(phrase: Phrase) -> tuple[Word, ...]:
    """Return the words from a phrase on, up to a gap that is wider than those around bullets."""
    words = phrase.row.words
    stop = phrase.stop
    while stop < len(words) and words[stop].box.left - words[stop - 1].box.right < 2.5 * phrase.row.height:
        stop += 1
    return words[phrase.first : stop]


def _weighed(candidate: Candidate[str], buyers: list[str], domains: list[str], texts: list[str]) -> Candidate[str]:
    name = name_text(candidate)
    if any(fuzz.ratio(name, buyer) > 88 or (len(buyer) > 6 and name.startswith(buyer)) for buyer in buyers):
        candidate = candidate.times(0.4, Signal.NAMED_AS_BUYER)
    squeezed = re.sub(r"[^a-z0-9]", "", name)
    if any(len(d) > 3 and (d in squeezed or (len(squeezed) > 4 and squeezed[:12] in d)) for d in domains):
        candidate = candidate.times(1.22, Signal.WEB_ADDRESS)
    repeats = sum(name in text for text in texts) - 1 if len(name) > 4 else 0
    if repeats > 0:
        candidate = candidate.times(1.1, Signal.NAMED_AGAIN)
    return candidate


def _domains(sheet: InvoiceSheet) -> list[str]:
    domains = []
    for row in sheet.rows:
        for match in DOMAIN.finditer(row.text):
            name = match.group(1).lower().split(".")[-1]
            if name not in FREE_MAIL:
                domains.append(re.sub(r"[^a-z0-9]", "", name))
    return domains
