"""Checks of an invoice's arithmetic by the rules of EN 16931."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from extractors.supplier_invoice.sums import CENT, ZERO, same
from extractors.supplier_invoice.terms import InvoiceTerms as Invoice
from keywright.findings import Finding
from keywright.model.checks import Check, Circumstances
from keywright.model.fields import Extraction

Findings = Iterator[Finding]
#: Currencies without cents (ISO 4217), and one that no longer uses them: tax is rounded to a whole unit, up or down.
WHOLE = frozenset([
    "BIF", "CLP", "DJF", "GNF", "HUF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF",
    "XPF",
])  # fmt: skip


def named(extraction: Extraction) -> str:
    """Return the words for this bill in messages to a clerk."""
    return extraction.value(Invoice.invoice_number) or "This invoice"


def lines_add_up(extraction: Extraction, _: Circumstances) -> Findings:
    """BR-CO-10: the sum of the lines is the total of the lines, if the document states that total."""
    total = extraction.value(Invoice.line_total)
    amounts = [line.net_amount for line in extraction.lines]
    if total is None or not amounts or None in amounts:
        return
    line_sum = sum((a for a in amounts if a is not None), ZERO)
    if not same(line_sum, total, _rounding(len(amounts))):
        yield Finding(
            "BR-CO-10",
            f"{named(extraction)}: the {len(amounts)} lines add up to {line_sum}, not to {total} (BR-CO-10). "
            "Compare the lines with the page.",
            ("line_total",),
        )


def net_is_lines(extraction: Extraction, _: Circumstances) -> Findings:
    """BR-CO-13: the total without tax is the sum of the lines less allowances plus charges.

    Printed lines can include tax, and a bill can print only a part of them; so lines that add up to the total with tax
    are right too.
    """
    net, lines = extraction.value(Invoice.net_total), _lines_total(extraction)
    if net is None or lines is None:
        return
    allowances = extraction.value(Invoice.allowance_total) or ZERO
    charges = extraction.value(Invoice.charge_total) or ZERO
    rounding = _rounding(len(extraction.lines))
    gross = extraction.value(Invoice.grand_total)
    taxed = gross is not None and same(lines - allowances + charges, gross, rounding)
    if net < 0 < lines:  # a credit note can print its lines without the minus that its totals have
        lines = -lines
    plain = same(lines, net, rounding)
    if not plain and not same(lines - allowances + charges, net, rounding) and not taxed:
        yield Finding(
            "BR-CO-13",
            f"{named(extraction)}: total without tax {net} is not lines {lines} - allowances {allowances} + charges "
            f"{charges} (BR-CO-13). Compare the lines with the page.",
            ("net_total",),
        )


def _lines_total(extraction: Extraction) -> Decimal | None:
    """Return the sum of the lines as the document states it, or the sum of its lines' amounts."""
    stated = extraction.value(Invoice.line_total)
    amounts = [line.net_amount for line in extraction.lines if line.net_amount is not None]
    if stated is not None:
        return stated
    return sum(amounts, ZERO) if amounts else None


def _rounding(lines: int) -> Decimal:
    """Return by how much a sum of this many rounded amounts can differ: half a cent each."""
    return max(2 * CENT, CENT * lines / 2)


def taxes_add_up(extraction: Extraction, _: Circumstances) -> Findings:
    """BR-CO-14: the tax is the sum of the tax by rate."""
    tax, shares = extraction.value(Invoice.tax_total), extraction.value(Invoice.tax_breakdown)
    if tax is None or not shares:
        return
    tax_sum = sum((share.amount for share in shares), ZERO)
    if not same(tax_sum, tax):
        yield Finding(
            "BR-CO-14",
            f"{named(extraction)}: tax {tax} is not {' + '.join(str(s.amount) for s in shares)} (BR-CO-14). "
            "Compare the amounts of tax with the page.",
            ("tax_total",),
        )


def gross_is_net_and_tax(extraction: Extraction, _: Circumstances) -> Findings:
    """BR-CO-15: the total with tax is the total without tax plus the tax.

    Many bills print their subtotal before freight or a discount, which are then between the two.
    """
    net, gross = extraction.value(Invoice.net_total), extraction.value(Invoice.grand_total)
    tax = extraction.value(Invoice.tax_total)
    if net is None or gross is None or same(net + (tax or ZERO), gross):
        return
    if same(net - _of(extraction, "allowance_total") + _of(extraction, "charge_total") + (tax or ZERO), gross):
        return
    plus = f"{net} + {tax}" if tax is not None else f"{net} and no tax was found"
    yield Finding(
        "BR-CO-15",
        f"{named(extraction)}: total {gross} is not {plus} (BR-CO-15). "
        f"Compare the amounts with page {_page(extraction)}.",
        ("net_total", "tax_total", "grand_total"),
    )


def _of(extraction: Extraction, name: str) -> Decimal:
    field = extraction.fields.get(name)
    return field.value if field else ZERO


def _page(extraction: Extraction) -> int:
    box = extraction[Invoice.grand_total].box
    return box.page if box else 1


def due_is_gross_less_paid(extraction: Extraction, _: Circumstances) -> Findings:
    """BR-CO-16: the amount due is the total less payments, plus rounding, and the balance of earlier bills.

    A holdback (or a tax that the buyer withholds) is subtracted from the amount due, and stays owed.
    """
    due, gross = extraction.value(Invoice.amount_due), extraction.value(Invoice.grand_total)
    if due is None or gross is None:
        return
    paid, rounding = extraction.value(Invoice.amount_paid) or ZERO, extraction.value(Invoice.rounding) or ZERO
    earlier = extraction.value(Invoice.previous_balance) or ZERO
    holdback = extraction.value(Invoice.holdback) or ZERO
    if not same(gross - paid - holdback + rounding + earlier, due):
        yield Finding(
            "BR-CO-16",
            f"{named(extraction)}: amount due {due} is not {gross} - {paid} paid (BR-CO-16). Look for a payment, a "
            "previous balance or a holdback, and key the amount of this invoice only.",
            ("amount_due", "amount_paid", "grand_total"),
        )
    elif earlier:
        yield Finding(
            "previous-balance",
            f"{named(extraction)}: of the {due} due, {earlier} is the balance of earlier bills. Only this bill's "
            f"{gross} is keyed; look whether the earlier ones are paid.",
            ("amount_due", "previous_balance"),
            asks=False,
        )


def tax_is_base_by_rate(extraction: Extraction, _: Circumstances) -> Findings:
    """BR-CO-17: the tax of each rate is its base times the rate, to the cent, or to a whole unit without cents."""
    within = 1 - CENT if (extraction.value(Invoice.currency) or "") in WHOLE else 2 * CENT
    for share in extraction.value(Invoice.tax_breakdown) or ():
        if share.rate is None or share.base is None:
            continue
        expected = (share.base * share.rate / 100).quantize(CENT)
        if not same(expected, share.amount, within):
            yield Finding(
                "BR-CO-17",
                f"{named(extraction)}: {share.rate} % of {share.base} is {expected}, not {share.amount} (BR-CO-17). "
                "Compare rate and tax with the page.",
                ("tax_breakdown", "tax_total"),
            )


CHECKS: tuple[Check, ...] = (
    lines_add_up,
    net_is_lines,
    taxes_add_up,
    gross_is_net_and_tax,
    due_is_gross_less_paid,
    tax_is_base_by_rate,
)
