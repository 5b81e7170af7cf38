"""Checks of an invoice's arithmetic by the rules of EN 16931."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from extractors.supplier_invoice.sums import CENT, ZERO, same
from extractors.supplier_invoice.terms import InvoiceTerms as Invoice
from keywright.findings import Finding
from keywright.messages import Message
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
    number = extraction.value(Invoice.invoice_number)
    return Message("Invoice {number}", number=number) if number else Message("This invoice")


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
            Message(
                "Lines do not add up. {invoice}: the {count} lines make {sum}, but {total} is printed. Compare the "
                "lines with the page.",
                invoice=named(extraction),
                count=len(amounts),
                sum=line_sum,
                total=total,
            ),
            ("line_total",),
        )


def net_is_lines(extraction: Extraction, _: Circumstances) -> Findings:
    """BR-CO-13: the total before tax is the sum of the lines less allowances plus charges.

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
            Message(
                "Subtotal does not add up. {invoice}: lines {lines} less allowances {allowances} plus charges "
                "{charges} is not the total before tax, {net}. Compare the lines with the page.",
                invoice=named(extraction),
                lines=lines,
                allowances=allowances,
                charges=charges,
                net=net,
            ),
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
            Message(
                "Tax does not add up. {invoice}: the tax by rate ({shares}) does not make the tax of {tax}. Compare "
                "the amounts of tax with the page.",
                invoice=named(extraction),
                shares=tuple(share.amount for share in shares),
                tax=tax,
            ),
            ("tax_total",),
        )


def gross_is_net_and_tax(extraction: Extraction, _: Circumstances) -> Findings:
    """BR-CO-15: the total with tax is the total before tax plus the tax.

    Many bills print their subtotal before freight or a discount, which are then between the two.
    """
    net, gross = extraction.value(Invoice.net_total), extraction.value(Invoice.grand_total)
    tax = extraction.value(Invoice.tax_total)
    if net is None or gross is None or same(net + (tax or ZERO), gross):
        return
    if same(net - _of(extraction, "allowance_total") + _of(extraction, "charge_total") + (tax or ZERO), gross):
        return
    page, invoice = _page(extraction), named(extraction)
    message = _total_with_tax(invoice, net, tax, gross, page) if tax is not None else _total(invoice, net, gross, page)
    yield Finding("BR-CO-15", message, ("net_total", "tax_total", "grand_total"))


def _total_with_tax(invoice: str, net: Decimal, tax: Decimal, gross: Decimal, page: int) -> Message:
    return Message(
        "Total does not add up. {invoice}: {net} + {tax} tax is not the total, {total}. Compare the amounts with page "
        "{page}.",
        invoice=invoice,
        net=net,
        tax=tax,
        total=gross,
        page=page,
    )


def _total(invoice: str, net: Decimal, gross: Decimal, page: int) -> Message:
    return Message(
        "Total does not add up. {invoice}: the total before tax is {net}, the total is {total}, and no tax was found. "
        "Compare the amounts with page {page}.",
        invoice=invoice,
        net=net,
        total=gross,
        page=page,
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
            Message(
                "Amount due does not add up. {invoice}: total {total} less {paid} paid is not the amount due, {due}. "
                "Look for a payment, a previous balance or a holdback, and enter the amount of this invoice only.",
                invoice=named(extraction),
                total=gross,
                paid=paid,
                due=due,
            ),
            ("amount_due", "amount_paid", "grand_total"),
        )
    elif earlier:
        yield Finding(
            "previous-balance",
            Message(
                "Includes a previous balance. {invoice}: of the {due} due, {earlier} is from earlier bills. Only this "
                "bill's {total} is posted; check whether the earlier ones are paid.",
                invoice=named(extraction),
                due=due,
                earlier=earlier,
                total=gross,
            ),
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
                Message(
                    "Tax does not match its rate. {invoice}: {rate}% of {base} is {expected}, not {tax}. Compare rate "
                    "and tax with the page.",
                    invoice=named(extraction),
                    rate=share.rate,
                    base=share.base,
                    expected=expected,
                    tax=share.amount,
                ),
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
