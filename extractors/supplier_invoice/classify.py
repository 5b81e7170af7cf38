"""Decides by title, words and numbers whether a document is a supplier's invoice or credit note at all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from extractors.supplier_invoice.candidates import Candidate
from extractors.supplier_invoice.layout.batch_scan import first_pages_of_documents
from extractors.supplier_invoice.layout.labels import COLUMN_LABELS, HEADER_LABELS
from extractors.supplier_invoice.layout.rows import InvoiceSheet, Phrase, fold
from extractors.supplier_invoice.layout.vocabulary import WORDS
from extractors.supplier_invoice.signals import Signal
from keywright.findings import Finding, Kind
from keywright.messages import Message

#: Letters that an engine confuses with digits of the same shape; numbers that differ only by them are the same.
_LIKE_DIGITS = str.maketrans("OQILSBZG", "00115826")
PAYABLE = {"invoice", "credit note"}
OWN_NUMBER = 0.9  # the weight of a label of an invoice's own number
NAMES = {
    "statement": "a statement of account", "order": "an order", "quotation": "a quotation", "contract": "a contract",
    "reminder": "a reminder", "delivery note": "a delivery note", "receipt": "a receipt of payment",
}  # fmt: skip


def _plain(text: str) -> str:
    return re.sub(r"[^a-z]+", " ", text).strip()


BY_TITLE = {_plain(title): kind for kind, titles in WORDS["title"].items() for title in titles.split("|")}
LONGEST = max(len(title.split()) for title in BY_TITLE)
#: Words that follow a document's name in a label or a sentence, where it is not a title.
NOT_TITLE = {
    "to",
    "for",
    "from",
    "total",
    "amount",
    "value",
    "terms",
    "period",
    "month",
    "address",
    "is",
    "are",
    "of",
    "and",
    "due",
    "below",
    "by",
    "with",
}


@dataclass(frozen=True, slots=True)
class Title:
    """A document's name as printed on a page: its kind, and how strongly it looks like a title (0 and more).

    ``alone`` means that there is nothing next to it, as in a heading, unlike "Invoice number:".
    """

    kind: str
    text: str
    weight: float
    page: int
    alone: bool


def titles_of(sheet: InvoiceSheet) -> list[Title]:
    """Return what the pages call themselves, the most prominent title first."""
    heights = sorted(row.height for row in sheet.rows)
    size = heights[len(heights) // 2] if heights else 10.0
    titles = [title for phrase in sheet.phrases for title in _titles(sheet, phrase, size)]
    return sorted(titles, key=lambda title: -title.weight)


def _titles(sheet: InvoiceSheet, phrase: Phrase, size: float) -> Iterator[Title]:
    place = phrase.box.top / sheet.depth(phrase.row.page)
    words = [t for t in phrase.tokens if t[0].isalpha()]
    if place > 0.55 or not words:
        return
    squeezed = "".join(words)
    if len(squeezed) > 5 and all(len(word) <= 2 for word in words):
        words = [squeezed]
    for length in range(min(LONGEST, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            name = " ".join(words[start : start + length])
            if name in BY_TITLE:
                weight = _weight(phrase, words, start, length, size, place)
                alone = length == len(phrase.tokens) and not phrase.text.endswith(":")
                yield Title(BY_TITLE[name], name, weight, phrase.row.page, alone)
                return


def _weight(phrase: Phrase, words: list[str], start: int, length: int, size: float, place: float) -> float:
    whole = length / len(words)
    large = min(2.0, phrase.row.height / size)
    capital = 1.15 if phrase.text.isupper() else 1.0
    high = 1.0 if place < 0.2 else 0.85 if place < 0.35 else 0.55
    after = words[start + length] if start + length < len(words) else ""
    labelled = 0.3 if after in NOT_TITLE or _numbered(phrase, words[start + length - 1]) else 1.0
    lead = 1.0 if start == 0 else 0.75
    prominence = _stands_out(phrase, BY_TITLE[" ".join(words[start : start + length])], large, length)
    return prominence * whole * large * capital * high * labelled * lead * (1.0 if phrase.row.page == 1 else 0.6)


def _stands_out(phrase: Phrase, kind: str, large: float, length: int) -> float:
    """Return a factor (0-1): in ordinary print next to labels, a document's name is a label or the head of a column."""
    if kind not in PAYABLE and large <= 1.25 and _longer_label(phrase, length):
        return 0.3
    if large > 1.25 or (phrase.first == 0 and phrase.stop == len(phrase.row.words)):
        return 0.3 if phrase.text.endswith(":") and kind not in PAYABLE else 1.0
    hits = [*HEADER_LABELS.find(phrase.row), *COLUMN_LABELS.find(phrase.row)]
    other_labels = sum(not phrase.first <= hit.words[0] < phrase.stop for hit in hits)
    if kind in PAYABLE:
        return 0.5 if other_labels > 1 else 1.0
    return 0.3 if other_labels or phrase.text.endswith(":") else 0.6


def _longer_label(phrase: Phrase, length: int) -> bool:
    """Return whether the document's name is a label: "Order ref.", or "Delivery note" with a number right of it."""
    inside = (h for h in HEADER_LABELS.find(phrase.row) if phrase.first <= h.words[0] < phrase.stop)
    return phrase.valued or any(hit.stop - hit.first > length for hit in inside)


def _numbered(phrase: Phrase, last: str) -> bool:
    """Return whether the name is a label of another document's number: "Estimate # 5721" on an invoice."""
    tokens = phrase.tokens
    places = [n for n, token in enumerate(tokens) if token == last and n + 1 < len(tokens)]
    payable = BY_TITLE.get(last) in PAYABLE
    rest = [tokens[n + 1 : n + 5] for n in places]
    return not payable and any(
        following[0] == "#" or any(token[0].isdigit() for token in following) for following in rest
    )


#: A document that says this is no bill to pay, no matter how small the print is and what else it says.
_DENIED = re.compile(
    r"\b(?:this|it) is not (?:an? )?(?:invoice|bill|request for payment|demand for payment)\b|\bpro.?forma only\b"
    r"|\bthis is a solicitation\b"
    r"|\bn.?est pas une (?:facture|demande de paiement)\b|\b(?:ist|stellt) keine rechnung\b"
    r"|\bis geen factuur\b|\bno es una factura\b|\bnon (?:e|costituisce) (?:una )?fattura\b|\bnao e uma fatura\b",
    re.IGNORECASE,
)
_BILL = "(?:(?:tax |commercial )?(?:invoice|facture|rechnung|factuur|factura|fattura|fatura))?"
_PRO_FORMA = re.compile(
    rf"{_BILL}\s*(?:pro\s?forma|pre\s?invoice|pre\s?facture|draft invoice|preliminary invoice)\s*{_BILL}"
    r"(?P<label> (?:no|nr|number|numero))?"
)


_CREDITS_NAME = re.compile(r"\W*(?:avoir|note d.?avoir|note de credit|credit (?:note|memo)|gutschrift)\b(?!.*\bno\b)")


def calls_itself_no_bill(sentence: str) -> bool:
    """Return whether words of an e-invoice deny that it is a bill, or begin with the name of another document."""
    plain = fold(sentence).lower()
    begins = _PRO_FORMA.match(_plain(plain)) or _CREDITS_NAME.match(plain)
    return bool(begins or _DENIED.search(plain))


def _no_bill(sheet: InvoiceSheet) -> str:
    """Return the words with which a document says that it is not to be paid; nothing if it does not say so.

    "Pro forma no." is the label of another document's number on a bill that has a number of its own.
    """
    denial = next((row.text for row in sheet.rows if _DENIED.search(fold(row.text))), "")
    titles = [(phrase, match) for phrase in sheet.phrases if (match := _pro_forma(phrase))]
    plain = (
        phrase.text
        for phrase, match in titles
        if not (match["label"] or phrase.valued or phrase.text.endswith(":")) or not _numbered_apart(sheet, phrase)
    )
    return denial or next(plain, "")


def _pro_forma(phrase: Phrase) -> re.Match[str] | None:
    return _PRO_FORMA.fullmatch(_plain(fold(phrase.text).lower()))


def _numbered_apart(sheet: InvoiceSheet, label: Phrase) -> bool:
    """Return whether a phrase other than this one is the label of an invoice's own number."""
    hits = (hit for row in sheet.rows for hit in HEADER_LABELS.find(row))
    return any(
        hit.role == "invoice_number"
        and hit.weight >= OWN_NUMBER
        and not (hit.row is label.row and label.first <= hit.words[0] < label.stop)
        for hit in hits
    )


def not_an_invoice(sheet: InvoiceSheet, numbers: Sequence[Candidate[str]], totalled: bool) -> Finding | None:
    """Return why a document is not one supplier invoice, or None if it is.

    ``numbers``: the values next to labels of an invoice number. ``totalled``: there is an amount to pay.
    """
    numbered = any(number.strength > 0.7 for number in numbers)
    if not sheet.rows:
        return _refused("blank", Message("No readable text. Look at the page and enter it by hand."))
    if no_bill := says_no_bill(sheet):
        return no_bill
    titles = titles_of(sheet)
    payable = max((t.weight for t in titles if t.kind in PAYABLE), default=0.0)
    other_title = next((t for t in titles if t.kind not in PAYABLE), None)
    if other_title and other_title.weight > 0.3 and other_title.weight > payable * (1.0 if numbered else 0.7):
        message = Message(
            "Not an invoice: {kind}. Page {page} is headed “{heading}”. It must not be posted as an invoice.",
            kind=Message(NAMES[other_title.kind]),
            page=other_title.page,
            heading=other_title.text,
        )
        return _refused(other_title.kind, message)
    if several := several_papers(sheet, numbers, titles):
        return several
    if payable < 0.3 and not numbered:
        message = Message("May not be an invoice. Nothing on the document says that it is one. Check whether it is.")
        return _refused("unknown", message)
    if not totalled:
        return _refused("no-amount", Message("No amount to pay found. Check whether the document is an invoice."))
    return None


def says_no_bill(sheet: InvoiceSheet) -> Finding | None:
    """Return the finding that a document says explicitly that it is no bill; None if it does not."""
    words = _no_bill(sheet)
    message = Message(
        "Not a bill to pay. The document says “{words}”. It must not be posted as an invoice.", words=words
    )
    return _refused("quotation", message) if words else None


def several_papers(sheet: InvoiceSheet, numbers: Sequence[Candidate[str]], titles: Sequence[Title]) -> Finding | None:
    """Return the finding that a file holds several documents, with the pages on which they begin; None if it is one."""
    by_page = _by_page(titles, numbers)
    begun = first_pages_of_documents(sheet.pages, _titled(titles), by_page)
    message = Message(
        "{count} documents in one file. They begin on pages {pages}. Split the file, so that each is posted by itself.",
        count=len(begun),
        pages=tuple(f"{page} ({by_page[page]})" if page in by_page else str(page) for page in begun),
    )
    return _refused("several", message) if len(begun) > 1 else _bills_on_one_page(numbers, titles)


def _bills_on_one_page(numbers: Sequence[Candidate[str]], titles: Sequence[Title]) -> Finding | None:
    """Return the finding that a page holds two bills: two titles, and two numbers next to the same label."""
    headed = Counter(title.page for title in titles if title.kind in PAYABLE and title.weight > 0.4 and title.alone)
    for page in sorted(page for page, times in headed.items() if times > 1):
        by_label: dict[tuple[tuple[Signal, str], ...], dict[str, str]] = {}
        for number in numbers:
            if number.words[0].box.page == page and number.strength > 0.8:
                same_shapes = number.value.upper().translate(_LIKE_DIGITS)
                label = tuple((signal, detail.lower()) for signal, detail in number.signals)
                by_label.setdefault(label, {}).setdefault(same_shapes, number.value)
        for values in by_label.values():
            if len(values) > 1:
                message = Message(
                    "{count} bills on one page. Page {page} has {numbers}. Separate them, so that each is posted by "
                    "itself.",
                    count=len(values),
                    page=page,
                    numbers=tuple(values.values()),
                )
                return _refused("several", message)
    return None


def _titled(titles: Iterable[Title]) -> set[int]:
    """Return the pages that call themselves a bill."""
    return {title.page for title in titles if title.kind in PAYABLE and title.weight > 0.4}


def _by_page(titles: Iterable[Title], numbers: Iterable[Candidate[str]]) -> dict[int, str]:
    """Return the bill's number for each page that prints it; on a page without a title it must be clearer."""
    titled, numbers_by_page = _titled(titles), dict[int, str]()
    for number in sorted(numbers, key=lambda number: -number.strength):
        page = number.words[0].box.page
        if number.strength > (0.8 if page in titled else 0.95):
            numbers_by_page.setdefault(page, number.value)
    return numbers_by_page


def _refused(rule: str, message: str) -> Finding:
    return Finding(f"not-an-invoice:{rule}", message, (), Kind.BUSINESS, acceptable=False)


def is_credit_note(sheet: InvoiceSheet) -> bool:
    """Return whether the document calls itself a credit note more than an invoice."""
    titles = [title for title in titles_of(sheet) if title.kind in PAYABLE]
    return bool(titles) and titles[0].kind == "credit note"
