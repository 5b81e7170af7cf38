"""The numbers on a bill: its own, the buyer's order, the bank account and the seller's tax number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import iban as iban_rules
from stdnum import luhn

from extractors.supplier_invoice.candidates import Candidate
from extractors.supplier_invoice.fields.names import STREET
from extractors.supplier_invoice.layout.beside_label import Labels, ValuePlace, places
from extractors.supplier_invoice.layout.labels import COLUMN_LABELS, Hit
from extractors.supplier_invoice.layout.rows import NUMBER_WORDS, InvoiceSheet, PrintedRow
from extractors.supplier_invoice.signals import Signal, Signals
from keywright.model.reading import Box, Word, confidence_of, text_of
from keywright.model.values.written_dates import MONTHS

NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_.\-–+&:]*")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{1,4}){3,9}\b")
GST = re.compile(r"\b(\d{3} ?\d{2} ?\d ?\d{3}|\d{9}|\d{5} ?\d{4}|\d{4} ?\d{5}) ?-? ?RT ?-?(\d{4})\b")
VAT = re.compile(
    r"\b(?:DE ?\d{3} ?\d{3} ?\d{3}|FR ?[A-Z0-9]{2} ?\d{3} ?\d{3} ?\d{3}|NL ?\d{9} ?B ?\d{2}|ATU ?\d{8}"
    r"|BE ?[01]?\d{3}[. ]?\d{3}[. ]?\d{3}|ES ?[A-Z]\d{7}[A-Z0-9]|ESX?\d{8}[A-Z]|IT ?\d{11}"
    r"|GB ?\d{3} ?\d{4} ?\d{2}|EU ?\d{9}|PT ?\d{9}|PL ?\d{10}|SE ?\d{12}|DK ?\d{8}|LU ?\d{8}"
    r"|IE ?\d[A-Z0-9]\d{5}[A-Z]{1,2}|CZ ?\d{8,10}|FI ?\d{8}|CHE-?\d{3}\.?\d{3}\.?\d{3}|HU ?\d{8}"
    r"|RO ?\d{2,10}|SK ?\d{10})\b"
)
MONEYLIKE = re.compile(r"[$€£]|\d[.,]\d\d$|%$")
DATELIKE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d\d)|\d{1,2}[A-Za-z]{3}\d{2,4}")


def numbers_named(labels: Labels, role: str) -> Iterator[Candidate[str]]:
    """Yield the numbers beside or under labels of this role; their strength is that of label and place."""
    for hit in labels.hits(role):
        if hit.weight < 0.8 and _heads_goods(hit):
            continue
        for place in places(labels, hit):
            weak = hit.weight < 0.8
            if weak and place.where is Signal.UNDER_LABEL and len(place.words) > 2:
                continue
            words = () if _address(place.words) else _number(place.words, weak)
            broken = bool(words) and words[-1].text.endswith("-")
            if words and not (broken and place.where is Signal.UNDER_LABEL):  # there it goes on elsewhere
                text, clear = _clear(
                    PREFIX.sub("", text_of(words)).strip(".,:;#-–—/()"), labels.sheet.engine(words[0].box.page)
                )
                shape = clear * (1.0 if len(text) > 2 else 0.85) * (0.5 if broken else 1.0)
                signals = Signals.of(place.where, hit.text)
                yield Candidate(text, words, hit.weight * place.nearness * shape, signals)
                break


def _address(words: tuple[Word, ...]) -> bool:
    """Return whether words are a street with a house number: "310 Harbour St"."""
    return len(words) > 2 and words[0].text.isdigit() and bool(STREET.search(text_of(words[1:])))


OWN = 0.9  # the weight of a label of an invoice's own number
REFERENCE = re.compile(r"ref(?:erence|erentie|erenz|erencia)?|référence|referencia")
#: The numbers that the commonest system for purchasing gives its orders: ten digits that begin with 45.
ORDER_SERIES = re.compile(r"45\d{8}")
ORDER = re.compile(r"P\.?\s?O\.?\s?[-#:/]?\s?\d[\w./-]+", re.IGNORECASE)


def orders_named(labels: Labels) -> Iterator[Candidate[str]]:
    """Yield the buyer's order numbers; the one under "Order no." is the seller's own, except if it begins with PO."""
    yield from numbers_named(labels, "purchase_order")
    for number in numbers_named(labels, "other_number"):
        if ORDER.fullmatch(number.value) and _asks_for_an_order(number):
            yield number
    yield from _referenced(labels)
    for row in labels.sheet.rows:
        for word in row.words:
            if re.fullmatch(r"P\.?O\.?[-#]?\d{4,10}", word.text) and len(row.words) < 12:
                yield Candidate(word.text, (word,), 0.6, Signals.of(Signal.ORDER_NUMBER_SHAPE))


def _referenced(labels: Labels) -> Iterator[Candidate[str]]:
    """Yield what a bill with a number of its own calls "Reference", if it looks like the number of an order."""
    if not any(hit.weight >= OWN for hit in labels.hits("invoice_number")):
        return
    for number in numbers_named(labels, "invoice_number"):
        referenced = any(REFERENCE.fullmatch(label.strip(" :.#").lower()) for _, label in number.signals)
        if referenced and (ORDER.match(number.value) or ORDER_SERIES.fullmatch(number.value)):
            yield number.times(2.3)


def _asks_for_an_order(number: Candidate[str]) -> bool:
    """Return whether the printed label of a number names an order."""
    return any("order" in label.lower() for _, label in number.signals)


#: On a scan, a letter O after two letters and before a digit is more often a zero; "PO" and "NO" are words.
PREFIX = re.compile(r"^(?:no|nr|n°)\s?[.:#]+\s?", re.IGNORECASE)
NOUGHT = re.compile(r"(?<=[A-Z]{2})O(?=\d)")


def _clear(text: str, engine: str) -> tuple[str, float]:
    """Return a scanned number with its zeros corrected, and how clear it is then (0-1)."""
    mended = text if engine == "text-layer" else NOUGHT.sub("0", text)
    return mended, 1.0 if mended == text else 0.85


def _number(words: tuple[Word, ...], weak: bool) -> tuple[Word, ...]:
    """Return the words of a number: the first with a digit, and the digit groups or the short prefix next to it."""
    for place, word in enumerate(words[: 1 if weak else 3]):
        if re.fullmatch(r"\(.*\)", word.text):
            continue
        text = word.text.strip("#:.,;()–—-")
        if not any(c.isdigit() for c in text):
            if (
                _may_lead(word.text.strip("#:()"), place, weak)
                and place + 1 < len(words)
                and re.match(r"[-/]?\d", words[place + 1].text)
                and _close(words, place)
            ):
                return words[place : place + 2]
            continue
        if not NUMBER.match(text) or (MONEYLIKE.search(text) and "-" not in text) or DATELIKE.fullmatch(text):
            return ()
        return _with_groups(words, place)
    return ()


def _heads_goods(hit: Hit) -> bool:
    """Return whether a weak label like "No." stands among the heads of a table of goods."""
    roles = {heading.role for heading in COLUMN_LABELS.find(hit.row)}
    return len(roles & {"description", "quantity", "unit_price", "net_amount"}) > 1


#: Short words before figures that are no part of a number.
JOINING = {"of", "de", "to", "the", "for", "on", "du", "von", "van", "am", "le", "and", "page"}


def _may_lead(text: str, place: int, weak: bool) -> bool:
    """Return whether a word can be the beginning of a number: "INV 4471", and next to the label also "Inv 4471"."""
    if re.fullmatch(r"[A-Z]{1,5}[-/]?", text):
        return True
    plain = text.lower().rstrip("-/.")
    is_word = plain in JOINING or plain in NUMBER_WORDS or plain in MONTHS
    return place == 0 and not weak and not is_word and bool(re.fullmatch(r"[A-Z][a-z]{1,4}[-/]?", text))


def _with_groups(words: tuple[Word, ...], place: int) -> tuple[Word, ...]:
    """Return the number with its further groups of digits, as in "12 345 678 901"."""
    stop = place + 1
    bare = words[place].text.strip("#:;,")
    while stop < len(words) and _close(words, stop - 1):
        text = words[stop].text.strip(",;")
        joined = re.fullmatch(r"[-/]\S*|\S*[-/]", text) and any(c.isdigit() for c in text)
        grouped = re.fullmatch(r"[\d ]{1,6}", bare) and re.fullmatch(r"\d{2,4}", text)
        if not (grouped or joined):
            break
        stop += 1
    return words[place:stop]


def _close(words: tuple[Word, ...], place: int) -> bool:
    return words[place + 1].box.left - words[place].box.right < 0.6 * words[place].box.height


#: How many characters an IBAN of a country has (source: the registry of ISO 13616).
IBAN_LENGTHS = {
    "AT": 20, "BE": 16, "CH": 21, "CZ": 24, "DE": 22, "DK": 18, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "HU": 28,
    "IE": 22, "IT": 27, "LI": 21, "LU": 20, "MC": 27, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24,
    "SK": 24, "SI": 19, "HR": 21,
}  # fmt: skip


def ibans(sheet: InvoiceSheet) -> Iterator[Candidate[str]]:
    """Yield the IBANs of a document; with the right check digits an IBAN is nearly certain."""
    for row in sheet.rows:
        for text, words in _matches(IBAN, row.words):
            bare = re.sub(r"\s", "", text)
            if len(bare) < IBAN_LENGTHS.get(bare[:2], 0):
                rest = _continued(sheet, row, words[-1])
                bare, words = bare + "".join(word.text for word in rest), (*words, *rest)
            for length in range(len(bare), 14, -1):
                if iban_rules.is_valid(bare[:length]) or (
                    length == IBAN_LENGTHS.get(bare[:2]) and iban_rules.is_valid(bare[:length], check_country=False)
                ):
                    yield Candidate(bare[:length], words, 0.97, Signals.of(Signal.IBAN_VALID), proven=True)
                    break
            else:
                if re.search(r"iban", row.text, re.IGNORECASE) and len(bare) >= 15:
                    length = IBAN_LENGTHS.get(bare[:2], len(bare))
                    sure = 0.7 if len(bare) >= length else 0.3
                    yield Candidate(bare[:length], words, sure, Signals.of(Signal.IBAN_INVALID))


def _matches(pattern: re.Pattern[str], words: tuple[Word, ...]) -> Iterator[tuple[str, tuple[Word, ...]]]:
    text = text_of(words)
    for match in pattern.finditer(text):
        place, inside = 0, []
        for word in words:
            if place < match.end() and place + len(word.text) > match.start():
                inside.append(word)
            place += len(word.text) + 1
        yield match.group(), tuple(inside)


def _continued(sheet: InvoiceSheet, row: PrintedRow, last: Word) -> tuple[Word, ...]:
    """Return the digits that stand alone in the next line of the same column: the rest of a broken number."""
    for later in sheet.rows[row.index + 1 : row.index + 4]:
        for phrase in sheet.by_row[later.index]:
            near = 0 < phrase.box.top - last.box.top < 1.8 * row.height
            begins = any(abs(phrase.box.left - p.box.left) < 3 for p in sheet.by_row[row.index])
            under = later.page == row.page and phrase.box.left <= last.box.left and near and begins
            if under and re.fullmatch(r"[\d ]{1,8}", phrase.text):
                return phrase.words
    return ()


def accounts(labels: Labels) -> Iterator[Candidate[str]]:
    """Yield labelled bank account numbers; they are weaker than an IBAN."""
    for number in numbers_named(labels, "bank_account"):
        bare = re.sub(r"\W", "", number.value)
        if len(bare) >= 5:
            yield number.times(0.85)


def tax_numbers(sheet: InvoiceSheet, labels: Labels, buyer: Box | None, seller: Box | None) -> Iterator[Candidate[str]]:
    """Yield the seller's tax numbers: by their national shape, or by label; those in the buyer's block do not count."""
    numbers = list(_shaped_tax_numbers(sheet, labels, buyer, seller)) + list(_named_tax_numbers(labels, buyer, seller))
    buyers_own = {_bare(number.value) for number in numbers if buyer and _inside(number.words, buyer)}
    over = {_bare(number.value) for number in numbers if _between(number.words, seller, buyer)}
    for number in numbers:
        if _bare(number.value) in buyers_own:
            yield number.times(0.3, Signal.IN_BUYER_BLOCK)
        elif buyer and over and _bare(number.value) not in over and _within_reach(number.words, buyer):
            yield number.times(0.5, Signal.BESIDE_BUYER)
        else:
            yield number


def _between(words: tuple[Word, ...], seller: Box | None, buyer: Box | None) -> bool:
    """Return whether words stand under the seller's name and over the buyer's."""
    box = words[0].box
    return bool(seller and buyer and box.page == seller.page == buyer.page and seller.top < box.top < buyer.top - 2)


def _within_reach(words: tuple[Word, ...], buyer: Box) -> bool:
    """Return whether words stand at the height of the buyer's name or in the lines right under it."""
    box = words[0].box
    return box.page == buyer.page and buyer.top - 2 <= box.top < buyer.bottom + 4 * box.height


def _bare(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def _shaped_tax_numbers(
    sheet: InvoiceSheet, labels: Labels, buyer: Box | None, seller: Box | None
) -> Iterator[Candidate[str]]:
    for row in sheet.rows:
        has_label = any(hit.role == "seller_tax_id" for hit in labels.by_row[row.index])
        yield from _broken_gst(sheet, row, buyer, seller)
        for pattern, shape in ((GST, Signal.GST_SHAPE), (VAT, Signal.VAT_SHAPE)):
            for text, words in _matches(pattern, row.words):
                if confidence_of(words) <= 0:
                    continue
                doubt = _seller_factor(words, buyer, seller)
                checked = luhn_ok(text) if pattern is GST else True
                strength = (0.97 if has_label or pattern is GST else 0.88) * (1.0 if checked else 0.8)
                proven = pattern is GST and checked and doubt > 0.9
                yield Candidate(text, words, strength * doubt, Signals.of(shape), proven)


def _broken_gst(
    sheet: InvoiceSheet, row: PrintedRow, buyer: Box | None, seller: Box | None
) -> Iterator[Candidate[str]]:
    """Yield a GST/HST number whose last four figures stand in the next line of a narrow column."""
    for phrase in sheet.by_row[row.index]:
        if not re.search(r"\bRT$", phrase.text):
            continue
        words = (*phrase.words, *_continued(sheet, row, phrase.words[-1]))
        for text, part in _matches(GST, words):
            strength = 0.97 * _seller_factor(part, buyer, seller) * (1.0 if luhn_ok(text) else 0.8)
            yield Candidate(text, part, strength, Signals.of(Signal.GST_SHAPE))


def _named_tax_numbers(labels: Labels, buyer: Box | None, seller: Box | None) -> Iterator[Candidate[str]]:
    for hit in labels.hits("seller_tax_id"):
        for place in places(labels, hit):
            words = _tax_words(place)
            text = text_of(words).strip(":#.,;()")
            digits = sum(c.isdigit() for c in text)
            if digits >= 6 and len(text) <= 24 and not MONEYLIKE.search(text):
                doubt = _seller_factor(words, buyer, seller) * (0.5 if _goes_on(place, words) else 1.0)
                signals = Signals.of(place.where, hit.text)
                yield Candidate(text, words, hit.weight * place.nearness * 0.9 * doubt, signals)
                break


def _goes_on(place: ValuePlace, words: tuple[Word, ...]) -> bool:
    """Return whether an "RT" that could not be read follows the nine digits of a GST/HST number."""
    after = place.words[len(words) : len(words) + 1]
    return bool(after) and after[0].text.upper().startswith("RT")


def _tax_words(place: ValuePlace) -> tuple[Word, ...]:
    words = [place.words[0]] if place.words else []
    for word in place.words[1:5]:
        if word.box.left - words[-1].box.right > 0.7 * word.box.height:
            break
        if not re.fullmatch(r"[A-Z]{0,3}[\d./-]+[A-Z]{0,2}\d*|RT|RT\d{4}|B\d\d", word.text.strip(",;()")):
            break
        words.append(word)
    return tuple(words)


def _seller_factor(words: tuple[Word, ...], buyer: Box | None, seller: Box | None) -> float:
    """Return a factor for how likely a number is the seller's, by the block in which it stands."""
    if buyer and _inside(words, buyer):
        return 0.3
    return 1.02 if seller and _inside(words, seller) else 0.97


def _inside(words: tuple[Word, ...], box: Box) -> bool:
    first = words[0].box
    return (
        first.page == box.page
        and box.top - 2 <= first.middle <= box.bottom + 2
        and (box.left - 5 <= first.left <= box.right + 60)
    )


def luhn_ok(text: str) -> bool:
    """Return whether the nine digits of a GST/HST number end in their check digit."""
    digits = re.sub(r"\D", "", text)[:9]
    return len(digits) == 9 and bool(luhn.is_valid(digits))


def gst_ok(text: str) -> bool:
    """Return whether a text is a GST/HST number: nine digits with a check digit, RT, and four digits."""
    return bool(re.fullmatch(r"\d{9}RT\d{4}", _bare(text))) and luhn_ok(text)


def iban_ok(text: str) -> bool:
    """Return whether a text is an IBAN with the right check digits."""
    return bool(iban_rules.is_valid(_bare(text), check_country=False))
