"""Tells seller and buyer apart: their names and address blocks, by labels, place, print size and repetition."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from extractors.supplier_invoice.candidates import Candidate, best
from extractors.supplier_invoice.fields.labelled_names import alike, labelled_names, name_text, over_addresses
from extractors.supplier_invoice.fields.names import (
    CONTACT,
    INVERTED,
    LEGAL,
    POSTAL,
    STREET,
    WRAPS,
    Block,
    blocks_of,
    name_like,
    name_words,
    with_wrapped,
)
from extractors.supplier_invoice.fields.sellers import PAYABLES, PUBLIC, sellers_of
from extractors.supplier_invoice.layout.beside_label import Labels, label_box
from extractors.supplier_invoice.layout.labels import COLUMN_LABELS, HEADER_LABELS, PARTY_LABELS
from extractors.supplier_invoice.layout.rows import InvoiceSheet, Phrase, fold
from extractors.supplier_invoice.signals import Signal, Signals
from keywright.model.reading import Box, Word, box_of, text_of

#: A public body by its style: "The Corporation of the Town of Ayr".
BODY = re.compile(
    r"(?:The )?(?:Corporation of the )?(?:Town|City|County|Township|Village|Region|Municipality|District) of"
    r"(?: the)? [A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,3}"
    r"|\b(?:Gemeente|Commune d[e']|Mairie d[e']|Ville d[e']|Stadt|Municipalité (?:régionale )?d[e']|Ayuntamiento de"
    r"|Comune di) ?(?:la |le |les )?[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,3}"
)
#: The mailbox to which suppliers send their bills.
PAYABLES_MAIL = re.compile(
    r"\b(?:ap|a\.p|payables?|accounts[._-]?payable|fournisseurs|comptes[._-]?(?:fournisseurs|payables)|crediteuren)@",
    re.I,
)
#: Labels that stand in no party's block.
BILLS_OWN = {"invoice_number", "issue_date", "due_date", "payment_terms", "purchase_order"}
#: Heads of a table of goods.
GOODS = {"net_amount", "description", "quantity", "unit_price"}


@dataclass(frozen=True, slots=True, eq=False)
class Parties:
    """Seller and buyer: their names and addresses, their places on the page, and the labels of parties."""

    seller: Candidate[str] | None
    seller_address: Candidate[str] | None
    buyer: Candidate[str] | None
    buyer_box: Box | None
    seller_box: Box | None
    labels: Labels


def parties_of(sheet: InvoiceSheet, header: Labels) -> Parties:
    """Find the buyer first, by label or in the window of the envelope; then the seller, who must be another party."""
    party = Labels(sheet, tuple(tuple(PARTY_LABELS.find(row)) for row in sheet.rows))
    goods = _goods(sheet)
    blocks = [b for b in blocks_of(sheet) if not goods.holds(b)]
    homes = over_addresses(blocks)
    depth = sheet.depth(1)
    labelled = [
        *labelled_names(sheet, header, party, "buyer", homes),
        *labelled_names(sheet, header, party, "attention", homes),
    ]
    buyers = [
        candidate.times(0.6, Signal.ON_SLIP) if candidate.words[0].box.top > 0.6 * depth else candidate
        for candidate in labelled
    ]
    ship = [name_text(c) for c in labelled_names(sheet, header, party, "ship")]
    wide = (b for b in blocks_of(sheet, 2.6) if not goods.holds(b))
    windows = list(windows_of(blocks, depth))
    first_words = {id(candidate.words[0]) for candidate in windows}
    windows += [
        candidate.times(0.9) for candidate in windows_of(list(wide), depth) if id(candidate.words[0]) not in first_words
    ]
    sellers = list(sellers_of(sheet, header, party, blocks, buyers, ship, windows))
    windows = [_where_delivered(candidate, ship, windows) for candidate in windows]
    seller = _with_full_name(
        best(candidate for candidate in sellers if Signal.NAMED_AS_BUYER not in candidate.signals), sheet
    )
    buyer = (
        _buyer(buyers, windows, seller)
        or best(_addressed_loosely(blocks, seller, depth))
        or _public_body(sheet, seller)
    )
    box = _block_box(blocks, buyer) if buyer else None
    seller_box = _block_box(blocks, seller) if seller else None
    return Parties(seller, _address(blocks, seller), buyer, box, seller_box, party)


def _where_delivered(
    candidate: Candidate[str], ship: Sequence[str], windows: Sequence[Candidate[str]]
) -> Candidate[str]:
    """Return an addressee, weaker if goods go to it and the bill to another: by its label, or right of the other."""
    box = candidate.words[0].box
    others = [other for other in windows if not alike(other, candidate)]
    beside = any(abs(o.words[0].box.top - box.top) < box.height and o.words[0].box.left < box.left for o in others)
    delivered = bool(others) and name_text(candidate) in ship
    return candidate.times(0.4 if delivered else 0.85) if delivered or beside else candidate


@dataclass(frozen=True, slots=True)
class _Goods:
    """The area of the first page that lists goods, from the column heads down; margins do not belong to it."""

    top: float
    bottom: float
    left: float
    right: float

    def holds(self, block: Block) -> bool:
        """Return whether a block stands in the area."""
        box = block.phrases[0].box
        return self.top <= box.top <= self.bottom and box.right > self.left - 3 and box.left < self.right + 3


def _goods(sheet: InvoiceSheet) -> _Goods:
    """Return the area of the first page that lists goods: no party is named there, only in the foot under it."""
    depth = sheet.depth(1)
    for row in sheet.rows:
        heads = COLUMN_LABELS.find(row) if row.page == sheet.rows[0].page else []
        roles = {hit.role for hit in heads}
        if len(roles & GOODS) > 1 and roles & {"net_amount", "unit_price"} and not row.text.endswith(":"):
            boxes = [label_box(hit) for hit in heads]
            return _Goods(row.box.top, 0.85 * depth, min(b.left for b in boxes), max(b.right for b in boxes))
    return _Goods(depth, depth, 0.0, 0.0)


def _buyer(
    labelled: Sequence[Candidate[str]], windows: Sequence[Candidate[str]], seller: Candidate[str] | None
) -> Candidate[str] | None:
    """Return the labelled buyer; if that is weak or is the seller again, the addressee without a label."""
    by_label = best(labelled)
    if by_label and (by_label.strength > 0.6 or not windows) and not (seller and alike(by_label, seller)):
        return by_label
    addressed = _window_buyer(windows, seller)
    return max(
        (candidate for candidate in (by_label, addressed) if candidate),
        key=lambda candidate: candidate.strength,
        default=None,
    )


def _public_body(sheet: InvoiceSheet, seller: Candidate[str] | None) -> Candidate[str] | None:
    """Return the public body named in the head of the page, if it is not the seller: public bodies buy."""
    for phrase in sheet.phrases:
        match = BODY.search(phrase.text)
        if match and phrase.row.page == 1 and phrase.box.top < 0.5 * sheet.depth(1):
            words = _words_of(phrase, match)
            candidate = Candidate(text_of(words), words, 0.5, Signals.of(Signal.PUBLIC_BODY))
            return None if seller and alike(candidate, seller) else candidate
    return None


def _words_of(phrase: Phrase, match: re.Match[str]) -> tuple[Word, ...]:
    """Return the words of a phrase that a match covers."""
    place, inside = 0, []
    for word in phrase.words:
        if place < match.end() and place + len(word.text) > match.start():
            inside.append(word)
        place += len(word.text) + 1
    return tuple(inside)


def _with_full_name(seller: Candidate[str] | None, sheet: InvoiceSheet) -> Candidate[str] | None:
    """Return the seller with its full name where a logo shows only the beginning: "Boréale" of "Boréale Télécom"."""
    if seller is None or LEGAL.search(seller.value):
        return seller
    short = name_text(seller) + " "
    for phrase in sheet.phrases:
        if phrase.row.page == 1 and fold(phrase.text).lower().startswith(short):
            words = _to_the_legal_form(name_words(phrase.words))
            near = abs(phrase.box.top - seller.words[0].box.top) < 5 * seller.words[0].box.height
            more = text_of(words).rstrip(",").split()[len(seller.value.split()) :]
            is_name = near and len(more) <= 2 and all(word[0].isupper() for word in more)
            formal = len(more) > 1 and LEGAL.search(text_of(words))  # the legal form alone adds nothing to a name
            if more and (formal or is_name):
                signals = seller.signals.plus(Signal.COMPLETED)
                return replace(seller, value=text_of(words).rstrip(","), words=words, signals=signals)
    return seller


def _to_the_legal_form(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Return a name up to its comma or its legal form: "Free SAS au capital de" is "Free SAS"."""
    ends = (n for n, word in enumerate(words, 1) if word.text.endswith(",") or (n > 1 and LEGAL.fullmatch(word.text)))
    return words[: next(ends, len(words))]


def _window_buyer(windows: Iterable[Candidate[str]], seller: Candidate[str] | None) -> Candidate[str] | None:
    """Return the addressee without a label; stronger if the page has only one address other than the seller's."""
    buyers = [window for window in windows if not (seller and alike(window, seller))]
    return buyers[0].times(1.2) if len(buyers) == 1 else best(buyers)


def _addressed_loosely(
    blocks: Iterable[Block], seller: Candidate[str] | None, depth: float
) -> Iterator[Candidate[str]]:
    """Yield the name over lines that can be an address of any country: weak, but worth a question."""
    for block in blocks:
        first, *lower = block.phrases
        lines = [phrase for phrase in lower[:6] if not CONTACT.search(phrase.text)]
        placed = first.row.page == 1 and 0.05 < first.box.top / depth < 0.45 and name_like(first.text)
        is_sellers = seller is not None and any(word in p.words for p in block.phrases for word in seller.words)
        if placed and not is_sellers and len(lines) >= 2 and _can_be_address(lines):
            words = name_words(first.words)
            yield Candidate(text_of(words), words, 0.4, Signals.of(Signal.OVER_POSSIBLE_ADDRESS))


def _can_be_address(lines: Iterable[Phrase]) -> bool:
    """Return whether lines under a name can be an address: one has a number, and none is a label with its value."""
    texts = [phrase.text for phrase in lines]
    return any(c.isdigit() for text in texts for c in text) and not any(":" in text for text in texts)


def windows_of(blocks: Sequence[Block], depth: float) -> Iterator[Candidate[str]]:
    """Yield the names over an address in the upper part of the page, without a label, as in an envelope's window."""
    for block in blocks:
        lead = next((n for n, p in enumerate(block.phrases) if not _heading(p)), 0)
        block = Block(tuple(_up_to_bill_labels(list(block.phrases[lead:]))))
        first = block.phrases[0]
        if first.row.page != 1 or not 2 < len(block.phrases) < 8 or not block.addressed:
            continue
        words = with_wrapped(first.words, block.phrases)
        if not name_like(text_of(words)):
            first = _phrase_just_over(blocks, block) or first
            words = first.words
        name = text_of(name_words(words))
        if 0.08 < first.box.top / depth < 0.45 and name_like(text_of(words)):
            yield Candidate(name, words, _window_strength(name, block), Signals.of(Signal.ADDRESS_WINDOW))


def _window_strength(name: str, block: Block) -> float:
    """Return how likely an addressee without a label is who pays: a desk or a mailbox for bills says so.

    A public body buys; a telephone number or a mailbox of another kind is rather a sender's.
    """
    below = [phrase.text for phrase in block.phrases[1:]]
    desk = any(PAYABLES.search(text) or PAYABLES_MAIL.search(text) for text in below)
    contact = any(CONTACT.search(text) and not PAYABLES_MAIL.search(text) for text in below)
    public = bool(PUBLIC.search(name) or INVERTED.match(name))
    return (0.35 if contact else 0.6) * (1.15 if desk else 1.0) * (1.15 if public else 1.0)


def _heading(phrase: Phrase) -> bool:
    """Return whether a phrase is a title or a label over a block, and not a part of it."""
    goes_on = WRAPS.search(phrase.text)
    return not goes_on and not name_like(phrase.text) and not any(c.isdigit() for c in phrase.text)


def _phrase_just_over(blocks: Iterable[Block], below: Block) -> Phrase | None:
    """Return the phrase just over an address, as a name that a blank line separates from it."""
    box = below.phrases[0].box
    for block in blocks:
        last = block.phrases[-1]
        near = last.row.page == 1 and 0 < box.top - last.box.bottom < 2.4 * last.row.height
        if near and len(block.phrases) <= 2 and abs(last.box.left - box.left) < 5:
            return last
    return None


def _up_to_bill_labels(phrases: list[Phrase]) -> list[Phrase]:
    """Return the lines of a block up to a label of the bill's own, like "Invoice no."."""
    for place, phrase in enumerate(phrases[1:], 1):
        met = HEADER_LABELS.at(phrase.tokens)
        if met and met[0] in BILLS_OWN and met[1] > 0.7:
            return phrases[:place]
    return phrases


def _block_box(blocks: Iterable[Block], candidate: Candidate[str]) -> Box | None:
    word = candidate.words[-1]
    for block in blocks:
        if any(word in phrase.words for phrase in block.phrases):
            after = _up_to_bill_labels(
                _to_the_town([p for p in block.phrases if p.box.bottom >= word.box.bottom - 1][:11])
            )
            return box_of([w for phrase in after for w in phrase.words])
    return (candidate.words and box_of(candidate.words)) or None


def _to_the_town(phrases: list[Phrase]) -> list[Phrase]:
    """Return the lines of an address and the short lines under it; a long line is prose and ends it."""
    town = next((n for n, phrase in enumerate(phrases[1:], 1) if POSTAL.search(phrase.text + " x")), len(phrases))
    long = next((n for n, p in enumerate(phrases) if n > town and len(p.text.split()) > 8), len(phrases))
    return phrases[:long]


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
            words = tuple(w for line_words in whole for w in line_words)
            return Candidate(text, words, 0.85, Signals.of(Signal.UNDER_SELLER_NAME))
    return None


def _to_the_postal_code(phrase: Phrase) -> tuple[Word, ...]:
    """Return a phrase with the postal code that follows the province after two blanks, as Canada Post asks."""
    row, stop = phrase.row, phrase.stop
    while stop < len(row.words) and stop < phrase.stop + 2:
        gap = row.words[stop].box.left - row.words[stop - 1].box.right
        if gap > 1.7 * row.height or not re.fullmatch(r"[A-Z]\d[A-Z]|\d[A-Z]\d", row.words[stop].text):
            break
        stop += 1
    return row.words[phrase.first : stop]


def _address_line(text: str) -> bool:
    return bool(POSTAL.search(text + " x") or STREET.search(text) or re.fullmatch(r"[^\d:]{3,40}", text))
