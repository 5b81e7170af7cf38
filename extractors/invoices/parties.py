"""Who sells and who buys: names and address blocks, told apart by labels, place, print size and what repeats."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from rapidfuzz import fuzz

from extractors.invoices.candidates import Candidate, best
from extractors.invoices.labels import COLUMN_LABELS, PARTY_LABELS, Hit
from extractors.invoices.layout import Phrase, Sheet, fold
from extractors.invoices.names import (
    CONTACT,
    DOMAIN,
    FREE_MAIL,
    LEGAL,
    POSTAL,
    STREET,
    Block,
    blocks_of,
    name_like,
    name_words,
)
from extractors.invoices.values import Labels, Place, label_box, places
from keywright.readings import Box, Word, box_of, text_of

BUYER_TOO = "is named as the buyer"


@dataclass(frozen=True, slots=True, eq=False)
class Parties:
    """Seller and buyer: their names and addresses, and the buyer's place on the page."""

    seller: Candidate[str] | None
    seller_address: Candidate[str] | None
    buyer: Candidate[str] | None
    buyer_box: Box | None
    seller_box: Box | None


def parties_of(sheet: Sheet, header: Labels) -> Parties:
    """Find the buyer first, by label or by the window of the envelope; then the seller, who is somebody else."""
    party = Labels(sheet, tuple(tuple(PARTY_LABELS.find(row)) for row in sheet.rows))
    blocks = list(blocks_of(sheet))
    buyers = [*_named(sheet, header, party, "buyer"), *_named(sheet, header, party, "attention")]
    ship = [_name_text(c) for c in _named(sheet, header, party, "ship")]
    depth = sheet.depth(1)
    windows = list(_window(blocks, depth)) or list(_window(list(blocks_of(sheet, 2.6)), depth))
    sellers = list(_sellers(sheet, header, party, blocks, buyers, ship, windows))
    seller = best(one for one in sellers if BUYER_TOO not in one.why)
    buyer = best(buyers) or _window_buyer(windows, seller)
    box = _block_box(blocks, buyer) if buyer else None
    return Parties(seller, _address(blocks, seller), buyer, box, _block_box(blocks, seller) if seller else None)


def _window_buyer(windows: Iterable[Candidate[str]], seller: Candidate[str] | None) -> Candidate[str] | None:
    """Return who is addressed without a label: surer where there is but one address beside the seller's."""
    others = [one for one in windows if not (seller and _alike(one, seller))]
    return others[0].times(1.2) if len(others) == 1 else best(others)


def _alike(one: Candidate[str], other: Candidate[str]) -> bool:
    return fuzz.ratio(_name_text(one), _name_text(other)) > 88


def _name_text(candidate: Candidate[str]) -> str:
    return fold(candidate.value).lower()


def _named(sheet: Sheet, header: Labels, party: Labels, role: str) -> Iterator[Candidate[str]]:
    """Yield the names beside or beneath labels such as "Bill to"."""
    for hit in party.hits(role):
        if not _stands_alone(hit, sheet):
            continue
        yield from _in_section(sheet, hit)
        heads = sum(h.weight > 0.7 for h in header.by_row[hit.row.index])
        among = 0.5 if heads > 1 and not hit.row.words[hit.words[1]].text.endswith(":") else 1.0
        for place in places(party, hit):
            words = name_words(place.words)
            text = text_of(words)
            person = role == "attention" and place.where != "under"
            if person or not name_like(text) or place.row.page != hit.row.page:
                continue
            colon = hit.row.words[hit.words[1]].text.endswith(":")
            sure = 1.0 if colon or hit.weight > 0.9 or place.where == "under" else 0.8
            sure *= (0.85 if colon else 0.75) if _across(hit, place) else 1.0
            first = 1.0 if hit.row.page == sheet.rows[0].page else 0.85
            why = f"{place.where} {text_of(hit.row.words[hit.words[0] : hit.words[1] + 1])!r}"
            yield Candidate(text, words, hit.weight * place.nearness * sure * first * among, why)
            if sure > 0.9:
                break


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


def _in_section(sheet: Sheet, hit: Hit) -> Iterator[Candidate[str]]:
    """Yield the value of "Name:" in the rows under a heading such as "Seller"."""
    for row in sheet.rows[hit.row.index + 1 : hit.row.index + 9]:
        if row.page != hit.row.page:
            return
        phrases = sheet.by_row[row.index]
        for label, value in pairwise(phrases):
            if label.tokens in NAME_LABELS and name_like(value.text) and label.box.left > label_box(hit).left - 20:
                why = f"named under {text_of(hit.row.words[hit.words[0] : hit.words[1] + 1])!r}"
                yield Candidate(value.text, value.words, hit.weight, why)
                return


def _across(hit: Hit, place: Place) -> bool:
    """Return whether a wide blank parts the label from what stands right of it, as it parts two columns."""
    gap = place.words[0].box.left - hit.row.words[hit.words[1]].box.right
    return place.where != "under" and gap > 3.5 * hit.row.height


def _stands_alone(hit: Hit, sheet: Sheet) -> bool:
    """Return whether the label begins its phrase, and a short one also ends it or has a colon."""
    first, last = hit.words
    phrase = sheet.phrase_at(hit.row, first)
    if phrase.first != first:
        return False
    ends = phrase.stop == last + 1 or hit.row.words[last].text.endswith(":")
    return ends or (hit.weight > 0.9 and phrase.stop - first < 12)


def _window(blocks: Sequence[Block], depth: float) -> Iterator[Candidate[str]]:
    """Yield the name over an address in the window of an envelope, with no label: upper part, an address beneath."""
    for block in blocks:
        first = block.phrases[0]
        if first.row.page != 1 or not 2 < len(block.phrases) < 8 or not block.addressed:
            continue
        if not name_like(first.text):
            first = _over(blocks, block) or first
        if not 0.08 < first.box.top / depth < 0.45 or not name_like(first.text):
            continue
        contact = any(CONTACT.search(phrase.text) for phrase in block.phrases)
        strength = 0.35 if contact else 0.6
        yield Candidate(text_of(name_words(first.words)), first.words, strength, "over an address without a label")


def _over(blocks: Iterable[Block], below: Block) -> Phrase | None:
    """Return the phrase that stands alone just over an address, as a name does with a blank line between."""
    box = below.phrases[0].box
    for block in blocks:
        last = block.phrases[-1]
        near = last.row.page == 1 and 0 < box.top - last.box.bottom < 2.4 * last.row.height
        if near and len(block.phrases) <= 2 and abs(last.box.left - box.left) < 5:
            return last
    return None


def _block_box(blocks: Iterable[Block], candidate: Candidate[str]) -> Box | None:
    word = candidate.words[-1]
    for block in blocks:
        if any(word in phrase.words for phrase in block.phrases):
            after = [p for p in block.phrases if p.box.bottom >= word.box.bottom - 1][:11]
            return box_of([w for phrase in after for w in phrase.words])
    return (candidate.words and box_of(candidate.words)) or None


def _sellers(
    sheet: Sheet,
    header: Labels,
    party: Labels,
    blocks: list[Block],
    buyers: list[Candidate[str]],
    ship: list[str],
    windows: list[Candidate[str]],
) -> Iterator[Candidate[str]]:
    """Yield names that may be the seller's: said to be, over an address, in large print, or in the foot."""
    size = median([row.height for row in sheet.rows]) if sheet.rows else 10.0
    domains = _domains(sheet)
    sure_buyers = [_name_text(b) for b in buyers if b.strength > 0.4] + ship
    named = [c.times(1.0) for c in _named(sheet, header, party, "seller")]
    free = [
        _free_seller(sheet, block, phrase, size)
        for block in blocks
        for phrase in block.phrases[:2]
        if phrase.row.page == 1 and _free_name(phrase, header, party)
    ]
    texts = [fold(row.text).lower() for row in sheet.rows]
    sent = list(_return_lines(sheet))
    addressed = not sure_buyers and bool(named or sent)
    for one in [*named, *sent, *(f for f in free if f)]:
        window = addressed and one not in named and any(_alike(one, other) for other in windows)
        yield _weighed(one.times(0.6) if window else one, sure_buyers, domains, texts)


def _free_name(phrase: Phrase, header: Labels, party: Labels) -> bool:
    if not name_like(text_of(name_words(phrase.words))):
        return False
    row = phrase.row.index
    if len({hit.role for hit in COLUMN_LABELS.find(phrase.row)}) > 2:
        return False
    hits = [h for h in (*header.by_row[row], *party.by_row[row]) if phrase.first <= h.words[0] < phrase.stop]
    return not any(h.words[0] == phrase.first and h.weight > 0.6 for h in hits)


def _free_seller(sheet: Sheet, block: Block, phrase: Phrase, size: float) -> Candidate[str] | None:
    """Return a name without a label, as strong as its place, its print and the lines under it make it."""
    depth = sheet.depth(1)
    height = phrase.box.top / depth
    top = 0.22 if height < 0.12 else 0.14 if height < 0.25 else 0.0
    foot = 0.05 if height > 0.85 else 0.0
    large = 0.2 if phrase.row.height > 1.35 * size and top else 0.0
    lead = phrase is block.phrases[0]
    address = 0.14 if block.addressed and lead else 0.0
    legal = 0.14 if LEGAL.search(phrase.text) else 0.0
    contact = 0.06 if any(CONTACT.search(p.text) for p in block.phrases[1:6]) else 0.0
    strength = 0.22 + top + foot + large + address + legal + contact
    if not (top or (foot and legal) or (address and height < 0.45)):
        return None
    words = name_words(phrase.words)
    return Candidate(text_of(words), words, min(strength, 0.9), "in the head of the page")


def _return_lines(sheet: Sheet) -> Iterator[Candidate[str]]:
    """Yield the sender in the small line over the window: "Name • street • town"."""
    for phrase in sheet.phrases:
        if phrase.row.page != 1 or phrase.box.top > 0.4 * sheet.depth(1):
            continue
        words = _until_gap(phrase)
        line = text_of(words)
        parts = re.split(r"\s[•·●|*–—-]\s|, ", line)
        bulleted = len(re.split(r"\s[•·●|*–—-]\s", line)) >= 3
        named = len(parts) >= 3 and (bulleted or LEGAL.search(parts[0])) and ":" not in parts[0]
        if named and name_like(parts[0]) and POSTAL.search(line + " x"):
            first = words[: len(parts[0].split())]
            yield Candidate(text_of(first).rstrip(","), first, 0.82, "in the sender's line")


def _until_gap(phrase: Phrase) -> tuple[Word, ...]:
    """Return the words from a phrase on, over blanks as wide as those around bullets."""
    words = phrase.row.words
    stop = phrase.stop
    while stop < len(words) and words[stop].box.left - words[stop - 1].box.right < 2.5 * phrase.row.height:
        stop += 1
    return words[phrase.first : stop]


def _weighed(one: Candidate[str], buyers: list[str], domains: list[str], texts: list[str]) -> Candidate[str]:
    name = _name_text(one)
    if any(fuzz.ratio(name, buyer) > 88 or (len(buyer) > 6 and name.startswith(buyer)) for buyer in buyers):
        one = one.times(0.4, BUYER_TOO)
    squeezed = re.sub(r"[^a-z0-9]", "", name)
    if any(len(d) > 3 and (d in squeezed or (len(squeezed) > 4 and squeezed[:12] in d)) for d in domains):
        one = one.times(1.22, "its web or mail address")
    repeats = sum(name in text for text in texts) - 1 if len(name) > 4 else 0
    if repeats > 0:
        one = one.times(1.1, "named again")
    return one


def _domains(sheet: Sheet) -> list[str]:
    found = []
    for row in sheet.rows:
        for match in DOMAIN.finditer(row.text):
            name = match.group(1).lower().split(".")[-1]
            if name not in FREE_MAIL:
                found.append(re.sub(r"[^a-z0-9]", "", name))
    return found


def _address(blocks: Iterable[Block], seller: Candidate[str] | None) -> Candidate[str] | None:
    """Return the lines under the seller's name up to its telephone, if they look like an address."""
    if seller is None:
        return None
    word = seller.words[0]
    for block in blocks:
        place = next((n for n, p in enumerate(block.phrases) if word in p.words), None)
        if place is None:
            continue
        lines: list[Phrase] = []
        for phrase in block.phrases[place + 1 : place + 7]:
            if CONTACT.search(phrase.text) or (lines and not _address_line(phrase.text)):
                break
            lines.append(phrase)
        whole = [_to_the_postal_code(phrase) for phrase in lines]
        text = ", ".join(text_of(words) for words in whole)
        if lines and (POSTAL.search(text) or STREET.search(text)):
            words = tuple(w for some in whole for w in some)
            return Candidate(text, words, 0.85, "under the seller's name")
    return None


def _to_the_postal_code(phrase: Phrase) -> tuple[Word, ...]:
    """Return a phrase with the postal code that two blanks part from its province, as Canada Post has it."""
    row, stop = phrase.row, phrase.stop
    while stop < len(row.words) and stop < phrase.stop + 2:
        gap = row.words[stop].box.left - row.words[stop - 1].box.right
        if gap > 1.7 * row.height or not re.fullmatch(r"[A-Z]\d[A-Z]|\d[A-Z]\d", row.words[stop].text):
            break
        stop += 1
    return row.words[phrase.first : stop]


def _address_line(text: str) -> bool:
    return bool(POSTAL.search(text + " x") or STREET.search(text) or re.fullmatch(r"[^\d:]{3,40}", text))
