"""Finds the print next to a repeated total of a bill: a payment, a credit, or a balance of nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from extractors.supplier_invoice.candidates import Candidate
from extractors.supplier_invoice.direction import credit_by_its_label, credit_by_its_name
from extractors.supplier_invoice.fields.amounts import Amount
from extractors.supplier_invoice.fields.money import Money
from extractors.supplier_invoice.fields.roles import role_of
from extractors.supplier_invoice.layout.rows import InvoiceSheet, Phrase, fold, tokens_of
from extractors.supplier_invoice.payment_remarks import Settled, settled_finding
from keywright.findings import Finding
from keywright.model.values.printed_amounts import is_minus

#: A word for a credit, or the bookkeeper's mark for one behind an amount or its label.
_CREDIT = re.compile(
    r"\b(?:credit\w*|rembours\w*|refund\w*|avoir)\b|\bfav(?:ou?r|eur)\b"
    r"|(?:\d\)?|\b(?:total|balance|due|amount|montant|solde))\s*(?:cr|ct)\b"
)
#: Credit that is no money given back: cards, limits; and a total from which credits are already subtracted.
_NO_CREDIT = re.compile(
    r"\bcredit (?:cards?|limit|terms|union|application|department|rating|checks?)\b|\b(?:carte|limite)s? de credit\b"
    r"|\b(?:payments?|paid|paiements?|previous|last|available|after|apres|less|before|avant)\b"
)
_MEANS = re.compile(
    r"\b(?:visa|master ?card|amex|american express|interac|debit|eft|ach|e-?transfers?|cheque|check|cash|tendered"
    r"|paypal|credit card|bank card|carte|comptant|virement|especes|paiement|payment|received|recue?|charged|stripe)\b"
)
#: Words that show that the row is a request to pay, or the total's own row.
_REQUEST = re.compile(
    r"\b(?:due|payable|please|pay|total|amount|montant|payer|enclosed|owing|balance|solde|by|remit|method|request"
    r"|required|terms|option|schedule|du|if|si)\b"
)
_HAPPENED = re.compile(
    r"\b(?:received|recue?|charged|debited|withdrawn|paid|payee?|preleve|debite|tendered|settled|acquitte)\b"
)
_CONDITION = re.compile(
    r"\b(?:if|unless|until|when|once|before|after|should|shall|must|late|overdue|avoid|previous|last|si|sinon|avant|apres"
    r"|retard|wenn|falls|to be|a etre|not)\b"
)
_NOTHING = re.compile(r"\W*(?:nil|none|zero|neant|aucun|ø|\$?\s*[-–—]+)\W*", re.IGNORECASE)
_CREDIT_KIND = re.compile(
    r"(?:(?:document|invoice|doc|transaction|bill|facture|piece)[ -]?|^\W*)type\W+(?:credit(?! card)|crn?|avoir)\b"
    r"|type de (?:document|facture|piece|transaction)\W+(?:credit|avoir|note de credit)"
)
_BOTH_KINDS = re.compile(
    r"\W*(?:tax )?(?:invoice|facture|bill|rechnung)\W*(?:or|ou)?\W*(?:credit(?: note| memo)?|avoir|note de credit)\W*"
)


def credited_beside(money: Money, total: Candidate[Decimal]) -> Iterator[Finding]:
    """Yield the finding that a row with the total mentions a credit, or that the page is called an invoice and a
    credit.
    """
    if any(_credited(money.sheet, amount) for amount in _repeating(money, total.value)):
        yield credit_by_its_label(total.value)
    yield from (credit_by_its_name(words) for words in _kinds_named(money.sheet))


def settled_beside(money: Money, total: Candidate[Decimal]) -> Iterator[Finding]:
    """Yield the finding that a row with the total mentions a payment, or that a row says that nothing is due."""
    yield from (settled_finding(Settled.PAID, words) for words in _payments(money, total))
    for row in money.sheet.rows:
        if _nothing_due(money.sheet.by_row[row.index]):
            yield settled_finding(Settled.NOT_ASKED, row.text)


def _repeating(money: Money, value: Decimal) -> Iterator[Amount]:
    return (amount for amount in money.all() if amount.money and not amount.percent and abs(amount.value) == value)


def _credited(sheet: InvoiceSheet, amount: Amount) -> bool:
    text = _around(sheet, amount)
    return bool(_CREDIT.search(text) and not _NO_CREDIT.search(text)) or _apart_minus(sheet, amount)


def _around(sheet: InvoiceSheet, amount: Amount) -> str:
    """Return, in plain letters, the phrase of an amount with the phrases just left and right of it."""
    phrases = sheet.by_row[amount.row.index]
    place = next(n for n, phrase in enumerate(phrases) if phrase.first <= amount.first < phrase.stop)
    own = fold(phrases[place].text).lower()
    before = fold(phrases[place - 1].text).lower() if place else ""
    after = fold(phrases[place + 1].text).lower() if place + 1 < len(phrases) else ""
    return f"{before} {own} {after}"


def _apart_minus(sheet: InvoiceSheet, amount: Amount) -> bool:
    """Return whether a minus is between a total and its label, in a cell of its own or behind the label."""
    row, own = amount.row, amount.words[0].text
    place = amount.first if is_minus(own) else amount.first - 1
    if place < 1 or not is_minus(row.words[place].text):
        return False
    label, cell = sheet.phrase_at(row, place - 1), sheet.phrase_at(row, place)
    met = role_of(label.tokens)
    far = label is not cell or cell.stop == place + 1
    return far and met is not None and met[0] in {"gross", "due"}


def _kinds_named(sheet: InvoiceSheet) -> Iterator[str]:
    """Yield phrases that call the page a credit in a field for its kind, or an invoice and a credit in one title."""
    for row in sheet.rows:
        phrases = sheet.by_row[row.index]
        pairs = [f"{first.text} {second.text}" for first, second in pairwise(phrases)]
        for text in (*(phrase.text for phrase in phrases), *pairs):
            if _CREDIT_KIND.search(fold(text).lower()):
                yield text
        yield from (phrase.text for phrase in phrases if _BOTH_KINDS.fullmatch(fold(phrase.text).lower()))


def _payments(money: Money, total: Candidate[Decimal]) -> Iterator[str]:
    """Yield the rows below the total that name a means of payment next to it, and sentences that say it is paid."""
    box = total.words[0].box
    for amount in _repeating(money, total.value):
        text = _around(money.sheet, amount)
        below = (amount.row.page, amount.row.box.middle) > (box.page, box.bottom)
        sentence = fold(money.sheet.phrase_at(amount.row, amount.first).text).lower()
        names_means = below and _MEANS.search(text) and not _REQUEST.search(text)
        if names_means or (_HAPPENED.search(sentence) and not _CONDITION.search(sentence)):
            yield amount.row.text


def _nothing_due(phrases: tuple[Phrase, ...]) -> bool:
    """Return whether a row ends in a label of an amount due and a word or a dash for nothing."""
    words = phrases[-1].row.words if phrases else ()
    if len(words) < 2 or not _NOTHING.fullmatch(words[-1].text):
        return False
    label = phrases[-1] if len(phrases[-1].words) > 1 else (phrases[-2] if len(phrases) > 1 else None)
    tokens = tokens_of(" ".join(word.text for word in label.words if word is not words[-1])) if label else ()
    met = role_of(tokens)
    return met is not None and met[0] == "due" and met[1] > 0.5
