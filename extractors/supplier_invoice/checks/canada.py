"""Checks by Canadian law: tax numbers, rates of the day, and the needs of tax credit and Construction Act."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from extractors.supplier_invoice.checks.arithmetic import named
from extractors.supplier_invoice.checks.canadian_rates import in_words, is_printable, printable
from extractors.supplier_invoice.fields.numbers import gst_ok
from extractors.supplier_invoice.terms import InvoiceTerms as Invoice
from keywright.findings import Finding
from keywright.messages import Message
from keywright.model.checks import Check, Circumstances
from keywright.model.fields import Extraction
from keywright.model.reading import Reading

Findings = Iterator[Finding]
CENT = Decimal("0.01")
EXACT = frozenset({"text-layer", "einvoice"})
"""The sources of values that no engine had to recognise."""
PLACE = re.compile(r"\bcanada\b|\b[a-z]\d[a-z] ?\d[a-z]\d\b", re.IGNORECASE)
POSTAL_CODE = re.compile(r"\b([A-Z])\d([A-Z]) ?\d([A-Z])\d\b")
NO_FIRST, NO_LETTER = set("DFIOQUWZ"), set("DFIOQU")
"""Letters that no postal code of Canada has in the first place, and in any (Canada Post, Addressing Guidelines)."""


def gst_number(extraction: Extraction, _: Circumstances) -> Findings:
    """A GST/HST number has nine digits with a check digit, then RT and four digits; any other form is a doubt.

    The number is not keyed. So a wrong check digit is only noted where the file itself holds the figures: there is no
    other way to read them, and whether the seller is the one on file is asked by the vendor's own checks.
    """
    number = extraction.value(Invoice.seller_tax_id)
    if number is None or not re.search(r"\bRT|RT\d", number.upper()):
        return
    shaped = re.fullmatch(r"\d{9}RT\d{4}", re.sub(r"[^0-9A-Z]", "", number.upper()))
    if gst_ok(number):
        return
    fault = Message("its check digit is wrong") if shaped else Message("it should look like 123456782 RT0001")
    message = Message(
        "GST/HST number not valid. {invoice}: {number}: {fault}. Compare it with the page, or with the CRA's registry.",
        invoice=named(extraction),
        number=number,
        fault=fault,
    )
    exact = extraction[Invoice.seller_tax_id].source in EXACT
    yield Finding("gst-number", message, ("seller_tax_id",), asks=not (shaped and exact))


def qst_number(extraction: Extraction, _: Circumstances) -> Findings:
    """A QST number has ten digits, TQ and four digits (source: Revenu Québec, IN-203).

    The rule for its check digit is not published.
    """
    number = extraction.value(Invoice.seller_tax_id) or ""
    if not re.search(r"\d\s*-?\s*TQ", number.upper()):
        return
    if not re.fullmatch(r"\d{10}TQ\d{4}", re.sub(r"[^0-9A-Z]", "", number.upper())):
        yield Finding(
            "qst-number",
            Message(
                "QST number not valid. {invoice}: {number} should look like 1234567890 TQ0001. Compare it with the "
                "page.",
                invoice=named(extraction),
                number=number,
            ),
            ("seller_tax_id",),
        )


def concerned(extraction: Extraction) -> bool:
    """Return True if this is clearly a bill of a Canadian seller, in Canadian dollars."""
    if extraction.value(Invoice.currency) != "CAD":
        return False
    number = re.sub(r"[^0-9A-Z]", "", (extraction.value(Invoice.seller_tax_id) or "").upper())
    address = extraction.value(Invoice.seller_address) or ""
    return bool(re.search(r"\d{9}RT|\d{10}TQ", number) or PLACE.search(address))


def _tax_charged(extraction: Extraction) -> Decimal:
    tax = extraction.value(Invoice.tax_total)
    return Decimal(0) if tax is None else abs(tax)


def rate_of_the_day(extraction: Extraction, _: Circumstances) -> Findings:
    """The single rate at which all of a bill's tax is charged was in force in Canada on its date.

    Several rates are accepted, since towns also set levies on rooms, liquor and tires in addition to the sales taxes.
    """
    day, shares = extraction.value(Invoice.issue_date), extraction.value(Invoice.tax_breakdown) or ()
    if day is None or len(shares) != 1 or not concerned(extraction) or not _tax_charged(extraction):
        return
    (share,) = shares
    if share.rate and abs(share.amount) == _tax_charged(extraction) and not is_printable(share.rate, day):
        yield Finding(
            "tax-rate",
            Message(
                "Tax rate not in force. {invoice} charges tax at {rate}%, and Canada had no such rate on {day} "
                "({rates}). Compare rate and date with the page, or ask the seller.",
                invoice=named(extraction),
                rate=share.rate,
                day=day,
                rates=in_words(day),
            ),
            ("tax_breakdown", "tax_total"),
        )


def tax_within_rates(extraction: Extraction, _: Circumstances) -> Findings:
    """The tax is not more than the highest rate of the day on the whole bill; it can be less, since much is exempt."""
    day, tax = extraction.value(Invoice.issue_date), _tax_charged(extraction)
    base = _most_taxed(extraction)
    if day is None or not tax or not base or not concerned(extraction):
        return
    highest = max(printable(day), default=Decimal(0))
    if highest and tax > (base * highest / 100).quantize(CENT) + CENT * max(2, len(extraction.lines)):
        yield Finding(
            "tax-rate",
            Message(
                "Tax is too high. {invoice}: tax {tax} is {rate}% of {base}, more than anywhere in Canada on {day} "
                "({highest}%). Compare the amounts with the page.",
                invoice=named(extraction),
                tax=tax,
                rate=(tax * 100 / base).quantize(CENT),
                base=base,
                day=day,
                highest=highest,
            ),
            ("tax_total", "net_total"),
        )


def _most_taxed(extraction: Extraction) -> Decimal | None:
    """Return the largest amount that can have been taxed: the net amount, or the total without the tax."""
    net, gross = extraction.value(Invoice.net_total), extraction.value(Invoice.grand_total)
    rest = None if gross is None else abs(gross) - _tax_charged(extraction)
    return max((abs(amount) for amount in (net, rest) if amount is not None), default=None)


def registration_number(extraction: Extraction, _: Circumstances) -> Findings:
    """A bill with tax from 100 dollars needs a registration number: without it the tax cannot be claimed.

    Source: Input Tax Credit Information (GST/HST) Regulations (SOR/91-45), s. 3(b)(i), from 2021-04-20.
    """
    total = extraction.value(Invoice.grand_total)
    if total is None or abs(total) < 100 or not concerned(extraction) or not _tax_charged(extraction):
        return
    if Invoice.seller_tax_id not in extraction:
        yield Finding(
            "gst-number-missing",
            Message(
                "GST/HST number missing. {invoice} charges {tax} of tax, and no GST/HST number of the seller was "
                "found; without one the tax cannot be claimed back. Look on the page, or ask the seller for it.",
                invoice=named(extraction),
                tax=_tax_charged(extraction),
            ),
            ("seller_tax_id",),
        )


def cra_requirements(extraction: Extraction, _: Circumstances) -> Findings:
    """Report what else a bill with tax lacks for the tax credit at its total; a contract can supply it.

    Source: the same Regulations, s. 3(a) to (c); by s. 2 a written contract is supporting documentation too.
    """
    total = extraction.value(Invoice.grand_total)
    if total is None or not concerned(extraction) or not _tax_charged(extraction):
        return
    missing = [Message(Invoice.seller_name.title)] if Invoice.seller_name not in extraction else []
    missing += [Message(Invoice.issue_date.title)] if Invoice.issue_date not in extraction else []
    if abs(total) >= 500:
        missing += [Message(Invoice.buyer_name.title)] if Invoice.buyer_name not in extraction else []
        missing += [Message("a description")] if not any(line.description for line in extraction.lines) else []
        missing += [Message("payment terms")] if not _terms(extraction) else []
    if missing:
        yield Finding(
            "cra-requirements",
            Message(
                "Details missing for the input tax credit. {invoice}: a bill of {total}, or a contract with it, must "
                "show what was not found here: {missing}.",
                invoice=named(extraction),
                total=total,
                missing=tuple(missing),
            ),
            asks=False,
        )


def _terms(extraction: Extraction) -> bool:
    return Invoice.payment_terms in extraction or Invoice.due_date in extraction


def postal_code(extraction: Extraction, _: Circumstances) -> Findings:
    """A Canadian postal code has none of the letters D, F, I, O, Q, U, and does not begin with W or Z."""
    if not concerned(extraction):
        return
    for code in POSTAL_CODE.finditer((extraction.value(Invoice.seller_address) or "").upper()):
        first, *other_letters = code.groups()
        if first in NO_FIRST or NO_LETTER & set(other_letters):
            yield Finding(
                "postal-code",
                Message(
                    "Postal code not valid. {invoice}: {code} is not a Canadian postal code: none has such a letter "
                    "there. Compare the seller's address with the page.",
                    invoice=named(extraction),
                    code=code[0],
                ),
                ("seller_address",),
            )


CONSTRUCTION = re.compile(
    r"construction act|loi sur la construction|(?:statutory|lien|construction) holdback|"
    r"holdback(?= \(?\d| retained| release| @)|\d ?% holdback|(?:less|plus|net of) holdback|retenue (?:legale|légale)",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    r"\bperiod\b|période|\bmonth of\b|\bfrom\b.{3,40}\b(?:to|through)\b"
    r"|work (?:done|performed|completed) (?:to|through|in)|\b(?:week|month|period) ending\b"
    r"|dates? of (?:service|work)|date of supply",
    re.IGNORECASE,
)
_AUTHORITY = re.compile(
    r"\bcontract\b|\bcontrat\b|\bagreement\b|\btender\b|\bp\.? ?o\.?\b|purchase order|\brf[pqt]\b|work order", re.I
)
_PAYMENT = re.compile(r"\bnet \d|\bterms\b|\bdue (?:on|upon|by|date|within)\b|\bpayable\b|\b28 days\b|modalités", re.I)
_DESCRIPTION = re.compile(r"\bdescription\b|\bqty\b|quantit|schedule of values|% complete|work completed", re.I)
_TELEPHONE = re.compile(r"\(?\b\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}\b")


def proper_invoice(reading: Reading, extraction: Extraction) -> Findings:
    """Report what a bill that is clearly for construction work lacks of a proper invoice.

    Source: Construction Act, R.S.O. 1990, c. C.30, s. 6.1; s. 6.4 (28 days to pay) and 6.4(2) (14 days to say no).
    """
    text = " ".join(reading.text().split())
    mention = CONSTRUCTION.search(text)
    if not mention or not concerned(extraction):
        return
    missing = [part for part, present in _parts(text, extraction) if not present]
    if missing:
        yield Finding(
            "proper-invoice",
            Message(
                "May not be a proper invoice (Construction Act). {invoice} mentions “{words}”. Section 6.1 also asks "
                "for what was not found: {missing}. The 28 days to pay begin with a proper invoice; a notice of "
                "non-payment must go out within 14 days.",
                invoice=named(extraction),
                words=mention[0].lower(),
                missing=tuple(missing),
            ),
            asks=False,
        )


def _parts(text: str, extraction: Extraction) -> tuple[tuple[str, object], ...]:
    return (
        (Message("the contractor's name"), Invoice.seller_name in extraction),
        (Message("the contractor's address"), Invoice.seller_address in extraction),
        (Message("its date"), Invoice.issue_date in extraction),
        (Message("the period of the work"), _PERIOD.search(text)),
        (Message("the contract or other authority"), Invoice.purchase_order in extraction or _AUTHORITY.search(text)),
        (Message("a description with quantities"), extraction.lines or _DESCRIPTION.search(text)),
        (Message("the amount payable"), Invoice.grand_total in extraction),
        (Message("the payment terms"), _terms(extraction) or _PAYMENT.search(text)),
        (Message("a telephone number of the payee"), _TELEPHONE.search(text)),
    )


CHECKS: tuple[Check, ...] = (
    gst_number,
    qst_number,
    rate_of_the_day,
    tax_within_rates,
    registration_number,
    postal_code,
    cra_requirements,
)
