"""Finds what a bill says of its own payment: paid, withdrawn, given back, not asked for, or that the bill is void."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise

from extractors.supplier_invoice.layout.rows import InvoiceSheet, Phrase, fold
from keywright.findings import Finding
from keywright.messages import Message

_LONGEST = 300  # characters of a sentence


class Settled(StrEnum):
    """The way a bill says that it need not be paid."""

    WITHDRAWN = "withdrawn"  #: the seller takes the amount from an account or a card
    PAID = "paid"  #: it is paid
    NOT_ASKED = "not-asked"  #: it asks for no payment
    CREDITED = "credited"  #: its amount is given back
    VOID = "void"  #: it is void, replaced, a draft or a sample


WITHDRAWN = f"settled:{Settled.WITHDRAWN}"  # the rule of the finding
#: Sentences that say this about the bill itself, without accents.
_SENTENCES: dict[Settled, str] = {
    Settled.WITHDRAWN: r"""
        (?:will|shall)\ (?:automatically\ )?be\ (?:automatically\ )?
            (?:withdrawn|debited|deducted|collected\ (?:from|by\ direct)
            |charged\ to\ (?:your|the)\ .{0,20}(?:card|visa|amex|bank))
        |^\W*charged\ to\ (?:your|the)\ .{0,20}(?:card|visa|amex|bank)
        |\b(?:card|visa|amex|bank\ account)\b.{0,20}\ (?:has\ been|was|will\ be)\ (?:charged|debited)
        |\b(?:on|via|by|with|enrolled\ in|enrolled\ for)\ auto-?\ ?pay\b
        |\bauto-?\ ?pay\W+(?:on|yes|oui|active|enabled)\b
        |\b(?:payment|paiement|reglement|pago|zahlungsart|pay\ (?:by|method))\b(?:\ (?:method|type|mode|terms))?\W+
            (?:dpa|pad\b|eft\ debit|pre-?\ ?auth|prelevement|retrait\ auto|debit\ (?:pre|direct|auto)
            |direct\ debit|automatic|auto-?\ ?pay|lastschrift|sepa-?lastschrift)
        |we\ will\ (?:automatically\ )?(?:withdraw|debit|deduct)
        |(?:has|have)\ been\ (?:withdrawn|debited|deducted|charged\ to\ (?:your|the))
        |(?:amount|total|balance|payment)\ was\ (?:withdrawn|debited|charged\ to)
        |(?:pre-?\ ?authorized|automatic|direct)\ (?:payment|debit|withdrawal)
            (?:\ date\W+\w+\W+\d|\ on\ \w+\ \d|:\ \$?\d)
        |\b(?:withdrawal|debit|retrait|prelevement)\ (?:date|on|le)\W+\w*\W*\d
        |(?:sera|seront)\ (?:automatiquement\ )?(?:preleve|debite|retire)e?s?\b
        |vous\ serez\ (?:preleve|debite)
        |prelevement\ (?:automatique\ )?le\ \d
        |wird\ [^.]{0,60}(?:abgebucht|eingezogen)
        |wordt\ [^.]{0,60}(?:afgeschreven|geincasseerd)
        |se\ cargara\ en\ (?:su|la)\ cuenta
        |(?:sara|verra)\ addebitat[oa]""",
    Settled.PAID: r"""
        \bpaid\ (?:in\ full|with\ thanks)\b
        |\bthank(?:s|\ you)\ for\ your\ payment\b
        |\bmerci\ (?:de|pour)\ votre\ paiement\b(?!\ (?:rapide|prompt|dans|avant))
        |(?:\b(?:payment|paiement)\b(?:\ (?:method|type|mode|terms))?|^\W*terms)\W+(?:pre-?paid|prepaye|paid|paye)\b
        |^\W*(?:paye|regle|acquitte)e?\ (?:par|le|via)\b
        |\bmode\ de\ paiement\W+(?:prepaye|paye)\b
        |\b(?:card|visa|master\ ?card|amex|interac|carte)\b[^.]{0,20}
            (?:\*{2,}|x{3,}|•{2,}|\bending\ (?:in\ )?|\bauth\w*\W+)\W*\d{4}
        |\bstatus\W+paid\b|\bstatut\W+payee?\b
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
        |no\ (?:amount|balance)\ (?:is\ )?(?:due|owing|payable)
        |nothing\ (?:is\ )?(?:due|owing|to\ pay)
        |ne\ (?:pas\ payer|payez\ pas|rien\ payer)
        |aucun\ (?:paiement|montant)\ (?:n\W?est\ )?(?:requis|exigible|du\b|a\ payer)
        |keine\ (?:aufforderung\ zur\ zahlung|zahlung\ (?:erforderlich|notig))
        |nicht\ (?:ueber|uber)weisen
        |\bno\ action\ (?:is\ )?(?:required|needed)|\baucune\ action\ (?:n.est\ )?requise""",
    Settled.CREDITED: r"""
        \b(?:amount|total|balance|sum|montant|somme|solde)\b[^.]{0,40}\ (?:in\ your\ favou?r|en\ votre\ faveur
            |(?:has\ been|was|will\ be)\ (?:credited|refunded)|sera\ (?:credite|rembourse|deduit\ de\ votre))
        |\b(?:this|it)\ is\ a\ credit\b(?!\ (?:card|application))|\bceci\ est\ un\ (?:credit|avoir)\b""",
    Settled.VOID: r"""
        \b(?:this\ |the\ )?(?:invoice|bill)\ (?:has\ been|is|was)\ (?:hereby\ )?
            (?:cancel|void|annul|withdrawn|replaced|superseded)
        |\bcancell?ed\ and\ replaced\ by\b
        |\bfacture\ (?:a\ ete|est)\ (?:annulee|remplacee)
        |\bannulee\ et\ remplacee\ par\b
        |\bstatus\W+(?:void|cancell?ed|draft)\b|\bstatut\W+(?:annulee|brouillon)\b
        |\bfor\ review\ only\b""",
}
#: Words that show that a sentence is about other bills, other customers, fees or parts of the amount.
_NOT_OF_THIS_BILL = re.compile(
    r"\b(?:if|unless|until|when|once|before|after|should|within|customers?|late|overdue|interest|fees?|penalt\w+|returned"
    r"|enrol(?!led)\w*|not enrolled|sign up|register|avoid|last|previous|prior|deposit|retainer|statement|si|sinon"
    r"|en cas|retard|acompte|wenn|falls|sobald|bis|anzahlung\w*|als u|indien|voorschot|dernier|precedente?)\b",
    re.IGNORECASE,
)
_VOID = (
    "VOID(?:ED)?|CANCELL?ED|REVERS(?:ED|AL)|ANNUL(?:EE?|ATION)|DRAFT|BROUILLON|EBAUCHE|SAMPLE|ECHANTILLON|SPECIMEN"
    "|PROVISOIRE|PROVISIONAL|PRELIMINARY|STORNIERT|ENTWURF|MUSTER|ANULAD[OA]|ANNULLAT[OA]|GEANNULEERD|CONCEPT"
)
#: Stamps, and separate words in capitals, without accents; after a draft's stamp its purpose can follow.
_STAMPS = {
    Settled.PAID: re.compile(r"\W*(?:PAID|PAYEE?|ACQUITTEE?|BEZAHLT|BETAALD|PAGAD[OA]|PAGAT[OA])\W*"),
    Settled.VOID: re.compile(rf"\W*(?:{_VOID})(?:\W*|\s*[:(!].*|\s+[-–—]\s.*)"),
}
_VOID_WORD = re.compile(rf"\b(?:{_VOID})\b", re.IGNORECASE)
_BILL = re.compile(r"\b(?:invoice|bill|facture|rechnung|factura|fattura|factuur)\b", re.IGNORECASE)
_PATTERNS = {settled: re.compile(pattern, re.VERBOSE | re.IGNORECASE) for settled, pattern in _SENTENCES.items()}
_SUMMARIES = {
    Settled.WITHDRAWN: Message("Paid by automatic withdrawal"),
    Settled.PAID: Message("Already paid"),
    Settled.NOT_ASKED: Message("No payment requested"),
    Settled.CREDITED: Message("Amount is credited or refunded"),
    Settled.VOID: Message("Void, draft or sample"),
}
_CONSEQUENCES = {
    Settled.CREDITED: Message("If money is given back, set the kind of document to credit note."),
    Settled.VOID: Message("Reject it, unless it is to be entered anyway."),
}
_TWICE = Message(
    "Entered as a bill to pay, it may be paid twice. Accept it if it is to be entered anyway and the payment "
    "separately; otherwise reject it."
)


def settled_by_own_words(sheet: InvoiceSheet) -> Iterator[Finding]:
    """Yield the one finding for a bill that says that it need not be paid."""
    statement = next(_statements(sheet), None)
    if statement:
        yield settled_finding(*statement)


def settled_finding(settled: Settled, sentence: str) -> Finding:
    """Return the finding that a bill says this, with its own words."""
    message = Message(
        "{summary}. The bill says: “{words}”. {remedy}",
        summary=_SUMMARIES[settled],
        words=sentence.rstrip("."),
        remedy=_CONSEQUENCES.get(settled, _TWICE),
    )
    return Finding(f"settled:{settled}", message, ("amount_due", "grand_total"))


def statement_in(sentence: str) -> Settled | None:
    """Return what a sentence says about the payment of its bill; None if it says nothing about it."""
    plain = fold(sentence)
    if _NOT_OF_THIS_BILL.search(plain):
        return None
    return next((settled for settled, pattern in _PATTERNS.items() if pattern.search(plain)), None)


def stamp_in(text: str) -> Settled | None:
    """Return what a stamp, or a separate word in capitals, says; None if the text is neither."""
    plain = fold(text)
    return next((settled for settled, pattern in _STAMPS.items() if pattern.fullmatch(plain)), None)


def _statements(sheet: InvoiceSheet) -> Iterator[tuple[Settled, str]]:
    for sentence in _sentences(sheet):
        settled = statement_in(sentence)
        if settled:
            yield settled, sentence
    for row in sheet.rows:
        stamped = stamp_in(row.text)
        if stamped:
            yield stamped, row.text
    yield from ((Settled.VOID, phrase.text) for phrase in sheet.phrases if _voided_title(phrase))


def _voided_title(phrase: Phrase) -> bool:
    """Return whether a phrase calls the bill itself void, as "VOID INVOICE"; a label is about another bill."""
    plain = fold(phrase.text)
    label = phrase.valued or "#" in phrase.tokens or ":" in plain or any(letter.isdigit() for letter in plain)
    return len(phrase.words) < 5 and not label and bool(_VOID_WORD.search(plain) and _BILL.search(plain))


def _sentences(sheet: InvoiceSheet) -> Iterator[str]:
    """Yield the phrases of the pages, and each row together with the next, where a sentence can continue."""
    for row in sheet.rows:
        yield from (phrase.text for phrase in sheet.by_row[row.index] if len(phrase.text) < _LONGEST)
    for upper, lower in pairwise(sheet.rows):
        if upper.page == lower.page and len(upper.text) + len(lower.text) < _LONGEST:
            yield f"{upper.text} {lower.text}"
