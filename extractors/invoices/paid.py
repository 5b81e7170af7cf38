"""What a bill says of its own payment: it is paid, its seller withdraws the amount, or it asks for no payment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise

from extractors.invoices.layout import Sheet, fold
from keywright.findings import Finding

_LONGEST = 300  # characters of a sentence


class Settled(StrEnum):
    """How a bill says that nobody needs to pay it."""

    WITHDRAWN = "withdrawn"  #: the seller takes the amount from an account or a card
    PAID = "paid"  #: it is paid
    NOT_ASKED = "not-asked"  #: it asks for no payment


WITHDRAWN = f"settled:{Settled.WITHDRAWN}"  # the rule of the finding
#: Sentences that say so of this bill, without accents.
_SAID: dict[Settled, str] = {
    Settled.WITHDRAWN: r"""
        (?:will|shall)\ (?:automatically\ )?be\ (?:automatically\ )?
            (?:withdrawn|debited|deducted|collected\ (?:from|by\ direct)
            |charged\ to\ (?:your|the)\ .{0,20}(?:card|visa|bank))
        |we\ will\ (?:automatically\ )?(?:withdraw|debit|deduct)
        |(?:has|have)\ been\ (?:withdrawn|debited|deducted|charged\ to\ (?:your|the))
        |(?:amount|total|balance|payment)\ was\ (?:withdrawn|debited|charged\ to)
        |(?:pre-?\ ?authorized|automatic|direct)\ (?:payment|debit|withdrawal)
            (?:\ date\W+\w+\W+\d|\ on\ \w+\ \d|:\ \$?\d)
        |(?:withdrawal|debit)\ date\W+\w*\W*\d
        |(?:sera|seront)\ (?:automatiquement\ )?(?:preleve|debite|retire)e?s?\b
        |vous\ serez\ (?:preleve|debite)
        |prelevement\ (?:automatique\ )?le\ \d
        |wird\ [^.]{0,60}(?:abgebucht|eingezogen)
        |wordt\ [^.]{0,60}(?:afgeschreven|geincasseerd)
        |se\ cargara\ en\ (?:su|la)\ cuenta
        |(?:sara|verra)\ addebitat[oa]""",
    Settled.PAID: r"""
        \bpaid\ in\ full\b
        |\b(?:invoice|bill|amount|total|balance)\ (?:has\ been|was|is)\ (?:fully\ |already\ )?paid
        |\bwas\ paid\ on\b
        |^\W*paid\ (?:by|with|via|using)\ (?:visa|master|amex|american|credit|debit|card|paypal|interac|ch[eq]|eft)
        |facture\ (?:a\ ete\ |est\ )?(?:deja\ )?(?:acquittee|payee|reglee)\b
        |(?:rechnung|betrag)\b[^.]{0,40}\ (?:bereits|dankend)\ (?:bezahlt|erhalten)\b
        |factuur\ is\ (?:reeds|al)\ (?:betaald|voldaan)
        |factura\ (?:ya\ )?pagada
        |fattura\ (?:gia\ )?(?:pagata|saldata)""",
    Settled.NOT_ASKED: r"""
        do\ not\ pay(?:\ (?:this|the)\ (?:amount|bill|invoice)|\W*$|\ -)
        |do\ not\ (?:send|mail|remit|make)\ (?:a\ |any\ )?(?:payment|money)\b(?!\ (?:to|by|with|through|in|via|at)\b)
        |no\ payment\ (?:is\ )?(?:required|due|necessary|needed)
        |nothing\ (?:is\ )?(?:due|owing|to\ pay)
        |ne\ (?:pas\ payer|payez\ pas|rien\ payer)
        |aucun\ (?:paiement|montant)\ (?:n\W?est\ )?(?:requis|exigible|du\b|a\ payer)
        |keine\ (?:aufforderung\ zur\ zahlung|zahlung\ (?:erforderlich|notig))
        |nicht\ (?:ueber|uber)weisen""",
}
#: What makes such a sentence one about other bills, other customers, fees or parts of the amount.
_NOT_OF_THIS_BILL = re.compile(
    r"\b(?:if|unless|until|when|once|before|after|should|within|customers?|late|overdue|interest|fees?|penalt\w+|returned"
    r"|enrol\w*|sign up|register|avoid|last|previous|prior|deposit|retainer|statement|si|sinon|en cas|retard|acompte"
    r"|wenn|falls|sobald|bis|anzahlung\w*|als u|indien|voorschot|dernier|precedente?)\b",
    re.IGNORECASE,
)
#: A stamp or a word of its own in capitals.
_STAMP = re.compile(r"\W*(?:PAID|PAY[EÉ]E?|ACQUITT[EÉ]E?|BEZAHLT|BETAALD|PAGAD[OA]|PAGAT[OA])\W*")
_PATTERNS = {settled: re.compile(pattern, re.VERBOSE | re.IGNORECASE) for settled, pattern in _SAID.items()}
_MESSAGES = {
    Settled.WITHDRAWN: "its amount is withdrawn by the seller",
    Settled.PAID: "it is paid",
    Settled.NOT_ASKED: "no payment is to be sent",
}


def said_to_be_settled(sheet: Sheet) -> Iterator[Finding]:
    """Yield the one finding for a bill that says of itself that nobody needs to pay it."""
    statement = next(_statements(sheet), None)
    if statement:
        settled, sentence = statement
        yield Finding(
            f"settled:{settled}",
            f"The bill says that {_MESSAGES[settled]}: “{sentence.rstrip('.')}”. Entered as a bill to pay it "
            "may be paid twice. Accept it if it is to be entered all the same and the payment apart; else refuse it.",
            ("amount_due", "grand_total"),
        )


def _statements(sheet: Sheet) -> Iterator[tuple[Settled, str]]:
    for sentence in _sentences(sheet):
        plain = fold(sentence)
        for settled, pattern in _PATTERNS.items():
            if pattern.search(plain) and not _NOT_OF_THIS_BILL.search(plain):
                yield settled, sentence
    for row in sheet.rows:
        if _STAMP.fullmatch(row.text):
            yield Settled.PAID, row.text


def _sentences(sheet: Sheet) -> Iterator[str]:
    """Yield the phrases of the pages, and each row with the next, since a sentence may go on there."""
    for row in sheet.rows:
        yield from (phrase.text for phrase in sheet.by_row[row.index] if len(phrase.text) < _LONGEST)
    for upper, lower in pairwise(sheet.rows):
        if upper.page == lower.page and len(upper.text) + len(lower.text) < _LONGEST:
            yield f"{upper.text} {lower.text}"
