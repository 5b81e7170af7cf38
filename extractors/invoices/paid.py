"""What a bill says of its own payment: that it is paid already, or that the seller takes the money without being paid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from extractors.invoices.layout import Sheet, fold
from keywright.findings import Finding
from keywright.readings import Word


class Settled(StrEnum):
    """How a bill says that nobody needs to pay it."""

    WITHDRAWN = "withdrawn"  #: the seller takes the amount from an account or a card
    PAID = "paid"  #: it is paid
    NOT_ASKED = "not-asked"  #: it asks for no payment


#: Sentences that say so of this bill; what offers such a way to pay ("sign up for ...", "if you pay by ...") does not.
_SAID: dict[Settled, str] = {
    Settled.WITHDRAWN: r"""
        (?:will|shall)\ (?:be\ )?(?:automatically\ )?(?:be\ )?(?:withdrawn|debited|deducted|collected|charged\ (?:to|on)\ your)
        |we\ will\ (?:automatically\ )?(?:withdraw|debit|deduct|collect)
        |(?:has|have)\ been\ (?:withdrawn|debited|deducted|charged\ to)
        |was\ (?:withdrawn|debited|charged\ to)
        |(?:pre-?\ ?authorized|automatic|direct)\ (?:payment|debit|withdrawal)(?:\ (?:date|on)\b|:\ \$?\d)
        |(?:withdrawal|debit)\ date
        |(?:sera|seront)\ (?:automatiquement\ )?(?:preleve|debite|retire)e?s?
        |vous\ serez\ (?:preleve|debite)
        |preleve(?:e|ment)?\ (?:automatique(?:ment)?\ )?le\ \d
        |wird\ [^.]{0,60}(?:abgebucht|eingezogen)
        |(?:wordt|zal)\ [^.]{0,60}(?:afgeschreven|geincasseerd)
        |se\ cargara\ en\ (?:su|la)\ cuenta
        |(?:sara|verra)\ addebitat[oa]""",
    Settled.PAID: r"""
        paid\ in\ full
        |(?:already|has\ been|was)\ (?:fully\ )?paid
        |(?:total|amount|balance)\ (?:has\ been|was|is)\ paid
        |paid\ (?:by|with|via|using)\ (?:visa|master\ ?card|amex|american\ express|credit|debit|card|paypal|interac|cheque|check)
        |facture\ acquittee|payee?\ en\ totalite|deja\ (?:paye|regle)e?\b
        |(?:bereits|dankend)\ (?:bezahlt|erhalten)
        |reeds\ (?:betaald|voldaan)
        |ya\ (?:ha\ sido\ )?pagad[oa]
        |gia\ pagat[oa]""",
    Settled.NOT_ASKED: r"""
        do\ not\ (?:pay\b|remit\b|send\ (?:a\ |any\ )?(?:payment|money|cheque|check)|mail\ (?:a\ |any\ )?payment)
        |no\ (?:payment|amount)\ (?:is\ )?(?:required|due|necessary|needed|owing)
        |nothing\ (?:is\ )?(?:due|owing|to\ pay)
        |ne\ (?:pas\ payer|payez\ pas|rien\ payer)
        |aucun\ (?:paiement|montant)\ (?:n\W?est\ )?(?:requis|exigible|du|a\ payer)
        |(?:bitte\ )?nicht\ (?:ueber|uber)weisen|keine\ zahlung\ (?:erforderlich|notig)""",
}
_PATTERNS = {settled: re.compile(said, re.VERBOSE) for settled, said in _SAID.items()}
