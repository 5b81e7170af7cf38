"""Who sells and who buys: names and address blocks, told apart by labels, place, print size and what repeats."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from extractors.invoices.candidates import Candidate, best
from extractors.invoices.labelled_names import alike, name_text, named, over_addresses
from extractors.invoices.labels import COLUMN_LABELS, HEADER_LABELS, PARTY_LABELS
from extractors.invoices.layout import Phrase, Sheet
from extractors.invoices.names import CONTACT, POSTAL, STREET, Block, blocks_of, name_like, name_words
from extractors.invoices.sellers import BUYER_TOO, sellers_of
from extractors.invoices.values import Labels, label_box
from keywright.readings import Box, Word, box_of, text_of

#: Labels that stand in no party's block.
BILLS_OWN = {"invoice_number", "issue_date", "due_date", "payment_terms", "purchase_order"}
#: Heads of a table of goods.
GOODS = {"net_amount", "description", "quantity", "unit_price"}


@dataclass(frozen=True, slots=True, eq=False)
class Parties:
    """Seller and buyer: their names and addresses, their places on the page, and the labels that tell of parties."""

    seller: Candidate[str] | None
    seller_address: Candidate[str] | None
    buyer: Candidate[str] | None
    buyer_box: Box | None
    seller_box: Box | None
    labels: Labels


def parties_of(sheet: Sheet, header: Labels) -> Parties:
    """Find the buyer first, by label or by the window of the envelope; then the seller, who is somebody else."""
    party = Labels(sheet, tuple(tuple(PARTY_LABELS.find(row)) for row in sheet.rows))
    goods = _goods(sheet)
    blocks = [b for b in blocks_of(sheet) if not goods.holds(b)]
    homes = over_addresses(blocks)
    buyers = [*named(sheet, header, party, "buyer", homes), *named(sheet, header, party, "attention", homes)]
    ship = [name_text(c) for c in named(sheet, header, party, "ship")]
    depth = sheet.depth(1)
    wide = (b for b in blocks_of(sheet, 2.6) if not goods.holds(b))
    windows = list(windows_of(blocks, depth))
    seen = {id(one.words[0]) for one in windows}
    windows += [one.times(0.9) for one in windows_of(list(wide), depth) if id(one.words[0]) not in seen]
    sellers = list(sellers_of(sheet, header, party, blocks, buyers, ship, windows))
    seller = best(one for one in sellers if BUYER_TOO not in one.why)
    buyer = best(buyers) or _window_buyer(windows, seller) or best(_addressed_loosely(blocks, seller, depth))
    box = _block_box(blocks, buyer) if buyer else None
    seller_box = _block_box(blocks, seller) if seller else None
    return Parties(seller, _address(blocks, seller), buyer, box, seller_box, party)


@dataclass(frozen=True, slots=True)
class _Goods:
    """Where the first page shows goods, from its heads down; a column at its margin is beside them."""

    top: float
    bottom: float
    left: float
    right: float

    def holds(self, block: Block) -> bool:
        """Return whether a block stands among the goods."""
        box = block.phrases[0].box
        return self.top <= box.top <= self.bottom and box.right > self.left - 3 and box.left < self.right + 3


def _goods(sheet: Sheet) -> _Goods:
    """Return where the first page shows goods: under their heads no party is named, but in the foot."""
    depth = sheet.depth(1)
    for row in sheet.rows:
        heads = COLUMN_LABELS.find(row) if row.page == sheet.rows[0].page else []
        roles = {hit.role for hit in heads}
        if len(roles & GOODS) > 1 and roles & {"net_amount", "unit_price"} and not row.text.endswith(":"):
            boxes = [label_box(hit) for hit in heads]
            return _Goods(row.box.top, 0.85 * depth, min(b.left for b in boxes), max(b.right for b in boxes))
    return _Goods(depth, depth, 0.0, 0.0)


def _window_buyer(windows: Iterable[Candidate[str]], seller: Candidate[str] | None) -> Candidate[str] | None:
    """Return who is addressed without a label: surer where there is but one address beside the seller's."""
    others = [one for one in windows if not (seller and alike(one, seller))]
    return others[0].times(1.2) if len(others) == 1 else best(others)


def _addressed_loosely(
    blocks: Iterable[Block], seller: Candidate[str] | None, depth: float
) -> Iterator[Candidate[str]]:
    """Yield the name over lines that may be an address of any country: weak, but a doubt worth asking about."""
    for block in blocks:
        first, *others = block.phrases
        lines = [phrase for phrase in others[:6] if not CONTACT.search(phrase.text)]
        placed = first.row.page == 1 and 0.05 < first.box.top / depth < 0.45 and name_like(first.text)
        theirs = seller is not None and any(word in p.words for p in block.phrases for word in seller.words)
        if placed and not theirs and len(lines) >= 2 and _places(lines):
            words = name_words(first.words)
            yield Candidate(text_of(words), words, 0.4, "over what may be an address")


def _places(lines: Iterable[Phrase]) -> bool:
    """Return whether lines under a name may tell a place: one has a number, and none is a label with its value."""
    texts = [phrase.text for phrase in lines]
    return any(c.isdigit() for text in texts for c in text) and not any(":" in text for text in texts)


def windows_of(blocks: Sequence[Block], depth: float) -> Iterator[Candidate[str]]:
    """Yield the name over an address in the window of an envelope, with no label: upper part, an address beneath."""
    for block in blocks:
        lead = next((n for n, p in enumerate(block.phrases) if not _heading(p)), 0)
        block = Block(tuple(_own(list(block.phrases[lead:]))))
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


def _heading(phrase: Phrase) -> bool:
    """Return whether a phrase is a title or a label that stands over a block and not in it."""
    return not name_like(phrase.text) and not any(c.isdigit() for c in phrase.text)


def _over(blocks: Iterable[Block], below: Block) -> Phrase | None:
    """Return the phrase that stands alone just over an address, as a name does with a blank line between."""
    box = below.phrases[0].box
    for block in blocks:
        last = block.phrases[-1]
        near = last.row.page == 1 and 0 < box.top - last.box.bottom < 2.4 * last.row.height
        if near and len(block.phrases) <= 2 and abs(last.box.left - box.left) < 5:
            return last
    return None


def _own(phrases: list[Phrase]) -> list[Phrase]:
    """Return the lines of a block up to a label of the bill's own, such as "Invoice no.", under it."""
    for place, phrase in enumerate(phrases[1:], 1):
        met = HEADER_LABELS.at(phrase.tokens)
        if met and met[0] in BILLS_OWN and met[1] > 0.7:
            return phrases[:place]
    return phrases


def _block_box(blocks: Iterable[Block], candidate: Candidate[str]) -> Box | None:
    word = candidate.words[-1]
    for block in blocks:
        if any(word in phrase.words for phrase in block.phrases):
            after = _own([p for p in block.phrases if p.box.bottom >= word.box.bottom - 1][:11])
            return box_of([w for phrase in after for w in phrase.words])
    return (candidate.words and box_of(candidate.words)) or None


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
