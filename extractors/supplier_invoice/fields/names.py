"""Recognises names and addresses of companies and people, and the blocks in which they are printed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from extractors.supplier_invoice.layout.labels import COLUMN_LABELS, HEADER_LABELS, PARTY_LABELS
from extractors.supplier_invoice.layout.rows import InvoiceSheet, Phrase, fold, tokens_of
from extractors.supplier_invoice.layout.vocabulary import WORDS, wordings
from keywright.model.reading import Box, Word, box_of, text_of
from keywright.model.values.printed_amounts import SIGNS
from keywright.model.values.written_dates import MONTHS

LEGAL = re.compile(rf"\b(?:{'|'.join(wordings('name', 'legal'))})\b\.?", re.IGNORECASE)
STREET = re.compile(
    rf"\b(?:{'|'.join(wordings('name', 'street'))})\b|str(?:a(?:ss|ß)e)?\b|platz\b|weg\b", re.IGNORECASE
)
POSTAL = re.compile(
    r"\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b|\b[A-Z]{2}\.?,? \d{5}(?:-\d{4})?\b|\b\d{4,5}\b \D"
    r"|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b\d{4} ?[A-Z]{2}\b|\b[A-Z]{1,2}-\d{4,5}\b"
)
STATE = re.compile(r",\s+(?:[A-Z]{2}|[A-Z][a-z]+ [A-Z]{2})[.,]?$")
CONTACT = re.compile(
    r"@|www\.|https?:|\b(?:tel|phone|fax|mobile|telefon|telephone|telefax)\b\.?\s*[:#]?\s*[+(\d]"
    r"|\b(?:email|e-mail|courriel)\b|\(\d{3}\)|\d{3}[-. ]\d{3}[-. ]\d{4}",
    re.IGNORECASE,
)
DOMAIN = re.compile(r"(?:@|www\.|https?://(?:www\.)?)([a-z0-9-]+(?:\.[a-z0-9-]+)*)\.[a-z]{2,}", re.IGNORECASE)
BILL = r"(?:rechnung|invoice|facture|factuur|factura|fattura|gutschrift)$"
TITLE = frozenset(wordings("name", "title"))
#: Desks of a company: what follows its name on an envelope, and is no part of it.
DEPARTMENTS = frozenset(wordings("name", "department"))
COUNTRIES = frozenset(wordings("name", "country"))
FREE_MAIL = frozenset(wordings("name", "free_mail"))
#: The titles of papers, which are no names of parties.
TITLES = {" ".join(tokens_of(title)) for titles in WORDS["title"].values() for title in titles.split("|")}
SOLD_BY = re.compile(
    r"(?:sold|issued|billed|vendu|émise?|verkauft|ausgestellt|verkocht) (?:by|par|durch|von|door) ", re.I
)
#: The way to a page of a web site, and the desk or person within a company to whom an envelope goes.
NO_NAME = re.compile(
    r"[<>]|^(?:t\.\s?a\.\s?v|att(?:n|ention)?\b|z\.\s?hd|a/s\b|c/o\b|p\.\s?p\.)"
    r"|confidential|confidentiel|vertraulich|persönlich|contacter|contactez|contact us",
    re.IGNORECASE,
)
#: A street begins with the number of a house: "161 Raynor Overpass"; a numbered company says what it is.
NUMBERED = re.compile(r"\d{1,5} [A-Z][a-z]+ [A-Z]")
#: A street ends in the number of a house.
HOUSE = re.compile(r"[a-z] \d{1,4} ?[a-z]?,?$")
#: A phrase that ends in one of these words goes on elsewhere, as labels do: "Deliver to", "Pagare entro il".
UNFINISHED = re.compile(
    r" (?:an|am|au|aux|bis|by|da|de|del|des|di|du|en|entro|for|from|il|la|le|of|on|par|para|per|pour|the|to|um|van"
    r"|von|voor)$"
)
#: A public body as an index spells it: "Ayr, Town of".
INVERTED = re.compile(r"[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*, (?:Corporation of the )?[A-Z][a-z]+ of(?: the)?$")
#: A name that ends like this goes on in the next line: "The Corporation of the" / "Town of Ayr".
WRAPS = re.compile(
    r"(?:\b(?:Town|City|County|Township|Village|Region|Municipality|District|Ville|Commune|Gemeente|Stadt)"
    r"|\b(?:of|of the|de|de la|du|des|and|et|und|en)|&)$"
)
GOES_ON = ("of", "d’", "d'", "de", "du", "&")
BULLETS, DASHES = {"•", "·", "●", "*", "|"}, {"-", "–", "—"}
HONORIFICS = {"Mr.", "Mrs.", "Ms.", "Mr", "Mrs", "Sr.", "Sra.", "Sig.", "Dhr.", "Herr", "Herrn", "Frau"}


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Phrases that stand one under the other, as the lines of an address do."""

    phrases: tuple[Phrase, ...]

    @property
    def box(self) -> Box:
        return box_of([word for phrase in self.phrases for word in phrase.words])

    @property
    def addressed(self) -> bool:
        text = "\n".join(phrase.text for phrase in self.phrases[1:])
        return bool(POSTAL.search(text) or STREET.search(text))


def name_words(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Return the words of a name, up to a bullet, a dash between blanks, a street number or a contact.

    Words before a colon are a label: "Member: Town of Ayr".
    """
    words = _without_label(words)
    name: list[Word] = []
    line = " ".join(word.text for word in words)
    whole = line.count(",") > 1 and POSTAL.search(line + " x")
    for word in words:
        if name and whole and name[-1].text.endswith(",") and not LEGAL.match(word.text):
            break
        if name and (word.text in BULLETS or "@" in word.text):
            break
        if name and word.text in DASHES and any(c.isdigit() for w in words for c in w.text):
            break
        if name and name[-1].text.endswith(",") and any(c.isdigit() for c in word.text):
            break
        if name and word.text[0].isdigit() and STREET.search(" ".join(w.text for w in words[len(name) :])):
            break
        name.append(word)
    while len(name) > 1 and name[0].text in {*BULLETS, *DASHES, *HONORIFICS, ":"}:
        name.pop(0)
    if whole and name[-1].text.endswith(","):
        name[-1] = replace(name[-1], text=name[-1].text.rstrip(","))
    while len(name) > 1 and " ".join(tokens_of(name[-1].text)) in TITLES and name[-1].text.isupper():
        name.pop()
    return tuple(_without_department(name))


def with_wrapped(upper: tuple[Word, ...], below: Iterable[Phrase]) -> tuple[Word, ...]:
    """Return the words of a name with those of the next line of its column, where it breaks: "Ayr & Sons" / "Inc."."""
    if INVERTED.match(text_of(upper)):
        return upper
    box = box_of(upper)
    near = [p for p in below if -2 < p.box.top - box.bottom < 1.4 * box.height and p.box.left < box.right]
    wraps = WRAPS.search(text_of(upper))
    for lower in near:
        aligned = abs(lower.box.left - box.left) < 5 or _centred_under(box, lower.box)
        begun = lower.words[0].text in GOES_ON and (aligned or wraps)
        if (begun or (aligned and wraps)) and _rest_of_name(lower.text):
            return (*upper, *lower.words)
    return upper


def _centred_under(upper: Box, lower: Box) -> bool:
    return abs((upper.left + upper.right) - (lower.left + lower.right)) < 6


def _rest_of_name(text: str) -> bool:
    """Return whether a line can be the rest of a name: it is no address, no contact and no number."""
    return not any(c.isdigit() for c in text) and not CONTACT.search(text) and ":" not in text


def _without_label(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Return the words after a label like "Member:" or "Sold by"."""
    if len(words) > 2 and SOLD_BY.match(text_of(words)):
        words = words[2:]
    colon = next((place for place, word in enumerate(words[:4], 1) if word.text.endswith(":")), 0)
    return words[colon:] or words


def _without_department(words: list[Word]) -> list[Word]:
    """Return a company's name without its department: "Free" of "Free Service Abonné"."""
    plain = [" ".join(tokens_of(word.text)) for word in words]
    for place in range(1, len(words)):
        if " ".join(plain[place:]) in DEPARTMENTS:
            return words[:place]
    return words


def _other_thing(text: str, plain: str) -> bool:
    """Return whether a text is a country, a title, a street, a label, or only the end of a name."""
    unfinished = UNFINISHED.search(plain) and not INVERTED.match(text)
    if plain in COUNTRIES or plain in TITLES or unfinished or HOUSE.search(text):
        return True
    return bool(LEGAL.fullmatch(text) or (NUMBERED.match(text) and not LEGAL.search(text)))


def name_like(text: str) -> bool:
    letters = sum(c.isalpha() for c in text)
    plain = " ".join(re.findall(r"[a-z]+", fold(text).lower()))
    if _other_thing(text, plain):
        return False
    digits = sum(c.isdigit() for c in text)
    if letters < 3 or digits > 0.34 * letters or len(text) > 90 or CONTACT.search(text):
        return False
    tokens = plain.split()
    if digits and any(token in MONTHS for token in tokens):
        return False
    alone = len(text.split()) == 1
    if text in HONORIFICS or NO_NAME.search(text):
        return False
    if alone and (text.islower() or text in SIGNS or re.search(BILL, fold(text).lower())):
        return False
    first = HEADER_LABELS.at(tokens_of(text))
    if first and first[1] > 0.6 and digits:
        return False
    if not tokens or all(token in TITLE for token in tokens):
        return False
    if (
        (re.match(r"[(\d]", text) and (text[0] == "(" or STREET.search(text)))
        or POSTAL.search(text + " x")
        or STATE.search(text)
    ):
        return False
    if re.search(r"[:!?]$|^[a-z]+ [a-z]+ [a-z]+ ", text) or len(tokens) > 11:
        return False
    known = (words.at(tokens_of(text)) for words in (HEADER_LABELS, PARTY_LABELS, COLUMN_LABELS))
    return not any(met and met[2] >= len(tokens) for met in known)


def blocks_of(sheet: InvoiceSheet, reach: float = 1.1) -> Iterator[Block]:
    """Yield columns of phrases with one left edge, each at most ``reach`` heights below the last."""
    open_blocks: list[list[Phrase]] = []
    titles = {id(phrase) for phrase in sheet.phrases if phrase.row.page == sheet.rows[0].page and _title(phrase)}
    for phrase in sheet.phrases:
        if phrase.row.page != sheet.rows[0].page:
            break
        home = None
        for block in open_blocks:
            last = block[-1]
            gap = phrase.box.top - last.box.bottom
            level = last.box.page == phrase.box.page and -2 < gap < reach * max(last.row.height, phrase.row.height)
            titled = id(last) in titles or id(phrase) in titles
            if level and _aligned(last, phrase) and not titled and not _another(block, phrase):
                home = block
                break
        if home is None:
            home = []
            open_blocks.append(home)
        home.append(phrase)
        if len(open_blocks) > 24:
            yield Block(tuple(open_blocks.pop(0)))
    yield from (Block(tuple(block)) for block in open_blocks)


def _another(block: list[Phrase], phrase: Phrase) -> bool:
    """Return whether a name begins a new block: the one above has ended in an address or a line of contacts."""
    ended = any(POSTAL.search(above.text + " x") or CONTACT.search(above.text) for above in block[-3:])
    plain = not any(c.isdigit() for c in phrase.text) and not STREET.search(phrase.text) and ":" not in phrase.text
    return bool(ended and plain and name_like(phrase.text) and len(phrase.text.split()) > 1)


def _title(phrase: Phrase) -> bool:
    tokens = phrase.tokens
    return bool(tokens) and (" ".join(tokens) in TITLES or all(token in TITLE for token in tokens))


def _aligned(upper: Phrase, lower: Phrase) -> bool:
    """Return whether two phrases share their left edge, their middle, or the right edge of their rows."""
    if abs(upper.box.left - lower.box.left) < 5 or _centred(upper, lower):
        return True
    ends = upper.stop == len(upper.row.words) and lower.stop == len(lower.row.words)
    return ends and abs(upper.box.right - lower.box.right) < 2.5


def _centred(upper: Phrase, lower: Phrase) -> bool:
    return abs((upper.box.left + upper.box.right) - (lower.box.left + lower.box.right)) < 6
