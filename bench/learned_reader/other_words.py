"""Multiplies layouts: the same page with other words for its labels, in several languages.

The words are used for teaching alone. The reader that learns from them has no list of labels.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from keywright.model.reading import Box, Line, Page, Reading, Word

LABELS = (
    "invoice number|invoice no|invoice #|inv no|bill number|document no|reference|facture n°|no de facture|"
    "numéro de facture|rechnungsnummer|rechnung nr|rechnungs-nr|factuurnummer|factuur nr|número de factura|"
    "factura n.º|numero fattura|fattura n.|fakturanummer|nº fatura|our ref|ticket no|tax invoice no",
    "invoice date|date of invoice|issue date|date issued|bill date|dated|date de facture|date d'émission|"
    "facturé le|rechnungsdatum|datum|factuurdatum|fecha de emisión|fecha|data fattura|fakturadato|"
    "data de emissão|issued on|date",
    "due date|payment due|pay by|date due|due on|échéance|date d'échéance|payable le|fällig am|zahlbar bis|"
    "fälligkeitsdatum|vervaldatum|te betalen voor|fecha de vencimiento|vencimiento|scadenza|forfallsdato|"
    "due by",
    "purchase order|po number|p.o. no|po #|your order|customer order|order no|order number|your reference|"
    "bon de commande|commande n°|votre commande|bestellnummer|ihre bestellung|auftragsnummer|bestelnummer|"
    "uw referentie|pedido|orden de compra|ordine|contract po",
    "subtotal|sub-total|sub total|net amount|net total|total before tax|taxable amount|amount before tax|"
    "sous-total|total ht|montant hors taxes|zwischensumme|nettobetrag|summe netto|subtotaal|totaal excl. btw|"
    "base imponible|imponibile|net",
    "tax|total tax|sales tax|hst|gst|vat|vat amount|tps|tva|montant tva|mwst|umsatzsteuer|ust|btw|iva|imposta|moms",
    "total|grand total|invoice total|total amount|amount total|total incl. tax|total ttc|montant total|"
    "gesamtbetrag|gesamtsumme|rechnungsbetrag|endbetrag|totaal|totaal incl. btw|importe total|totale|"
    "total a pagar|totale fattura",
    "amount due|balance due|total due|please pay|amount payable|balance|to pay|payable now|montant dû|"
    "solde à payer|net à payer|à payer|zahlbetrag|offener betrag|zu zahlen|te betalen|openstaand|saldo|"
    "importe a pagar|da pagare",
    "bill to|billed to|sold to|customer|invoice to|client|facturé à|adressé à|kunde|rechnung an|"
    "rechnungsempfänger|klant|factuur aan|cliente|facturar a",
    "gst number|gst/hst no|vat no|vat reg no|tax id|business number|no tps|no tva|tva intracom|ust-idnr|"
    "steuernummer|btw-nummer|nif|cif|partita iva|tax registration",
)
"""Words that mean the same, a row each; a page's own label is replaced by another of its row."""
_ROWS = tuple(tuple(row.split("|")) for row in LABELS)
_ROW_OF = {tuple(label.split()): row for row in _ROWS for label in row}
_LONGEST = max(len(label) for label in _ROW_OF)
_ENDS = ":.#"


def with_other_words(reading: Reading, seed: str) -> Reading:
    """Return a reading with other words for its labels; the same seed gives the same words."""
    dice = random.Random(seed)  # noqa: S311
    return replace(reading, pages=tuple(_page(page, dice) for page in reading.pages))


def _page(page: Page, dice: random.Random) -> Page:
    return replace(page, lines=tuple(tuple(_line(line, dice)) for line in page.lines))


def _line(line: Line, dice: random.Random) -> Iterator[Word]:
    place = 0
    while place < len(line):
        size = next((size for size in range(_LONGEST, 0, -1) if _label(line[place : place + size]) in _ROW_OF), 0)
        if size:
            label = _label(line[place : place + size])
            yield from _written(line[place : place + size], dice.choice(_ROW_OF[label]), dice)
        else:
            yield line[place]
        place += size or 1


def _label(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(word.text.casefold().rstrip(_ENDS) or word.text for word in words)


def _written(words: Sequence[Word], label: str, dice: random.Random) -> Iterator[Word]:
    """Yield a label in the place of others, in small letters, with capitals, or all in capitals."""
    written = dice.choice((str.capitalize, str.title, str.upper))(label) + dice.choice(("", "", ":"))
    first, last = words[0].box, words[-1].box
    right = last.right if last.right > first.left else first.right
    parts, across = written.split(), first.left
    per_sign = (right - first.left) / len(written)
    for part in parts:
        edge = across + per_sign * len(part)
        yield Word(part, Box(first.page, across, first.top, edge, first.bottom), words[0].confidence)
        across = edge + per_sign
