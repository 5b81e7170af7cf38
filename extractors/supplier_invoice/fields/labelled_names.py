"""Names of parties right of or under their labels, like "Bill to", "Seller" or "Attention"."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from rapidfuzz import fuzz

from extractors.supplier_invoice.candidates import Candidate
from extractors.supplier_invoice.fields.names import POSTAL, STREET, Block, name_like, name_words, with_wrapped
from extractors.supplier_invoice.layout.beside_label import Labels, ValuePlace, label_box, places
from extractors.supplier_invoice.layout.labels import Hit
from extractors.supplier_invoice.layout.rows import InvoiceSheet, fold
from extractors.supplier_invoice.signals import Signal, Signals
from keywright.model.reading import Word, text_of

#: Labels weaker than this name the payee, which can be a factor or a department of the seller.
PAYABLE_TO = 0.85
NAME_LABELS = {
    ("name",),
    ("firma",),
    ("company",),
    ("nom",),
    ("naam",),
    ("nombre",),
    ("nome",),
    ("raison", "sociale"),
    ("company", "name"),
}


def alike(first: Candidate[str], second: Candidate[str]) -> bool:
    """Return whether two names are the same, apart from a misread letter or further words at the end."""
    short, long = sorted((name_text(first), name_text(second)), key=len)
    return fuzz.ratio(short, long) > 88 or (len(short) > 6 and long.startswith(short))


def name_text(candidate: Candidate[str]) -> str:
    return fold(candidate.value).lower()


def labelled_names(
    sheet: InvoiceSheet, header: Labels, party: Labels, role: str, homes: Container[int] = ()
) -> Iterator[Candidate[str]]:
    """Yield the names right of or under labels like "Bill to"; ``homes`` are the ids of words over an address."""
    for hit in party.hits(role):
        if not _stands_alone(hit, sheet):
            continue
        yield from _in_section(sheet, hit)
        heads = _heads(hit, header, party)
        among = 0.5 if heads > 1 and not hit.row.words[hit.words[1]].text.endswith(":") else 1.0
        for place in places(party, hit):
            words = name_words(_with_wrapped(sheet, place))
            text = text_of(words)
            person = role == "attention" and place.where is not Signal.UNDER_LABEL
            if person or not name_like(text) or place.row.page != hit.row.page:
                continue
            colon = hit.row.words[hit.words[1]].text.endswith(":")
            sure = 1.0 if colon or hit.weight > 0.9 or place.where is Signal.UNDER_LABEL else 0.8
            sure *= (0.85 if colon else 0.75) if _across(hit, place) else 1.0
            first = 1.0 if hit.row.page == sheet.rows[0].page else 0.85
            doubt = 0.7 if _can_name_clerk(hit) else 1.0
            strength = hit.weight * place.nearness * sure * first * among * doubt
            candidate = Candidate(text, words, strength, Signals.of(place.where, hit.text))
            yield candidate if role == "seller" and hit.weight < PAYABLE_TO else _with_address(candidate, homes)
            if sure > 0.9:
                break


def _with_wrapped(sheet: InvoiceSheet, place: ValuePlace) -> tuple[Word, ...]:
    """Return a place's words with the next line, where the name breaks there: "Corporation of the Town" / "of Ayr"."""
    rows = sheet.rows[place.row.index + 1 : place.row.index + 4]
    stop = sheet.phrase_at(place.row, place.first).stop  # what stands apart is the next column's
    return with_wrapped(
        place.words[: max(1, stop - place.first)],
        (p for row in rows for p in sheet.by_row[row.index] if row.page == place.row.page),
    )


def _can_name_clerk(hit: Hit) -> bool:
    """Return whether a label like "Seller" or "Vendeur" can name the person who sold, and not the company."""
    label = hit.row.tokens[hit.first].text
    return label in {"seller", "vendeur", "vendedor", "verkoper", "verkaufer", "venditore"}


def _heads(hit: Hit, header: Labels, party: Labels) -> int:
    """Return how many other labels stand in the row: among several, a label can head a column of a grid."""
    parties = {place for h in party.by_row[hit.row.index] for place in range(h.words[0], h.words[1] + 1)}
    return sum(h.weight > 0.7 and h.words[0] not in parties for h in header.by_row[hit.row.index])


def over_addresses(blocks: Iterable[Block]) -> set[int]:
    """Return the ids of the words of phrases that an address follows in their block."""
    word_ids: set[int] = set()
    for block in blocks:
        for place, phrase in enumerate(block.phrases[:-1]):
            after = [p.text for p in block.phrases[place + 1 : place + 6]]
            if any(POSTAL.search(text + " x") or STREET.search(text) for text in after):
                word_ids.update(id(word) for word in phrase.words)
    return word_ids


def _with_address(candidate: Candidate[str], homes: Container[int]) -> Candidate[str]:
    """Return a labelled name, stronger if an address stands under it: then it is a company's."""
    if candidate.strength < 0.4 or id(candidate.words[0]) not in homes:
        return candidate
    return replace(
        candidate, strength=max(candidate.strength, 0.93), signals=candidate.signals.plus(Signal.OVER_ADDRESS)
    )


def _in_section(sheet: InvoiceSheet, hit: Hit) -> Iterator[Candidate[str]]:
    """Yield the value of "Name:" in the rows under a heading like "Seller"."""
    for row in sheet.rows[hit.row.index + 1 : hit.row.index + 9]:
        if row.page != hit.row.page:
            return
        phrases = sheet.by_row[row.index]
        for label, value in pairwise(phrases):
            if label.tokens in NAME_LABELS and name_like(value.text) and label.box.left > label_box(hit).left - 20:
                signals = Signals.of(Signal.NAMED_UNDER_HEADING, hit.text)
                yield Candidate(value.text, value.words, hit.weight, signals)
                return


def _across(hit: Hit, place: ValuePlace) -> bool:
    """Return whether a wide gap separates the label from the words right of it, as between two columns."""
    gap = place.words[0].box.left - hit.row.words[hit.words[1]].box.right
    return place.where is not Signal.UNDER_LABEL and gap > 3.5 * hit.row.height


def _stands_alone(hit: Hit, sheet: InvoiceSheet) -> bool:
    """Return whether the label begins its phrase, and a short one also ends it or has a colon."""
    first, last = hit.words
    phrase = sheet.phrase_at(hit.row, first)
    if phrase.first != first:
        return False
    after = hit.row.words[last + 1].text if phrase.stop > last + 1 else ""
    ends = phrase.stop == last + 1 or hit.row.words[last].text.endswith(":") or after == ":"
    return ends or (hit.weight > 0.9 and phrase.stop - first < 12)
