"""Enters suppliers' invoices and credit notes at the town hall's accounts-payable desk."""

from __future__ import annotations

from decimal import Decimal

from extractors.supplier_invoice.addressee import addressed_to_us
from extractors.supplier_invoice.checks.arithmetic import CHECKS as ARITHMETIC
from extractors.supplier_invoice.checks.canada import CHECKS as CANADA
from extractors.supplier_invoice.direction import kind_keyed, payment_note, sign_is_plain, something_is_due
from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from keywright.bot import Bot
from keywright.model.checks import confident, in_order, not_a_duplicate, not_after_today, not_older_than, present
from keywright.model.duplicates import Bill, Trait, traits_of
from keywright.model.fields import Extraction
from keywright.model.vendor import Payee, SellerFields
from keywright.settings.settings import settings
from keywright.vendors.checks import vendor_on_file
from systems.town_hall.desks import Voucher, VoucherLine, accounts_payable

ACCOUNT = "5940"
"""The expense account on which lines are booked where the vendor master has none for the vendor; the clerk who approves
the voucher codes it further."""


UNKEYED = (
    Invoice.other_accounts,
    Invoice.payment_terms,
    Invoice.seller_address,
    Invoice.tax_breakdown,
    Invoice.line_total,
)
"""Fields that help to prove the others and that no voucher holds."""

SELLER = SellerFields(
    name=Invoice.seller_name,
    tax_number=Invoice.seller_tax_id,
    bank_account=Invoice.iban,
    address=Invoice.seller_address,
    other_accounts=Invoice.other_accounts,
)


def voucher(invoice: Extraction, payee: Payee | None = None) -> Voucher:
    """Fill the accounts-payable desk's form from a checked invoice; a total below zero is keyed as a credit without it.

    Of a vendor on file the number is typed, and the name on file is the one that the desk must show.
    """
    sign = -1 if invoice[Invoice.grand_total].value < 0 else 1
    tax = invoice.value(Invoice.tax_total) or Decimal("0.00")
    return Voucher(
        invoice_type=kind_keyed(invoice),
        seller_name=payee.name if payee else invoice[Invoice.seller_name].value,
        vendor_number=payee.number if payee else "",
        invoice_number=invoice[Invoice.invoice_number].value,
        issue_date=invoice[Invoice.issue_date].value,
        due_date=invoice.value(Invoice.due_date),
        purchase_order=invoice.value(Invoice.purchase_order) or "",
        currency=invoice[Invoice.currency].value,
        lines=_lines(
            invoice, sign, invoice[Invoice.grand_total].value - tax, (payee and payee.expense_account) or ACCOUNT
        ),
        tax_total=sign * tax,
        notes=payment_note(invoice),
    )


def _lines(invoice: Extraction, sign: int, net: Decimal, account: str) -> tuple[VoucherLine, ...]:
    """Return the invoice's lines if they add up to its net, and one line with the net if they do not."""
    amounts = [line.net_amount for line in invoice.lines if line.net_amount is not None]
    if amounts and len(amounts) == len(invoice.lines) and sum(amounts) == net:
        return tuple(
            VoucherLine(description=_fitting(line.description), account=account, amount=sign * amount)
            for line, amount in zip(invoice.lines, amounts, strict=True)
        )
    number = invoice[Invoice.invoice_number].value
    return (VoucherLine(description=f"Invoice {number}", account=account, amount=sign * net),)


def _fitting(description: str, most: int = 120) -> str:
    """Return a description as long as the desk takes it, with a mark where it was cut."""
    return description if len(description) <= most else f"{description[: most - 1]}…"


def same_as(invoice: Extraction, payee: Payee | None = None) -> tuple[Trait, ...]:
    """Return what an invoice would share with its duplicate: seller and number, or an amount about the same time."""
    return traits_of(
        Bill(
            vendor=payee.number if payee else "",
            seller=invoice.value(Invoice.seller_name) or "",
            number=invoice.value(Invoice.invoice_number) or "",
            total=invoice.value(Invoice.grand_total),
            day=invoice.value(Invoice.issue_date),
            currency=invoice.value(Invoice.currency) or "",
            credit=invoice.value(Invoice.invoice_type) == "credit-note",
        )
    )


bot = Bot(
    name="supplier-invoices",
    title="Supplier invoices into accounts payable",
    reads=Invoice,
    checks=[
        present(Invoice.invoice_number, Invoice.issue_date, Invoice.seller_name, Invoice.currency, Invoice.grand_total),
        sign_is_plain,
        something_is_due,
        *ARITHMETIC,
        *CANADA,
        addressed_to_us,
        not_after_today(Invoice.issue_date),
        not_older_than(Invoice.issue_date, days=730),
        in_order(Invoice.issue_date, Invoice.due_date),
        not_a_duplicate,
        *vendor_on_file(SELLER),
        confident(lambda: settings().refer_below, besides=UNKEYED),
    ],
    record=voucher,
    keys_into=accounts_payable,
    same_as=same_as,
    seller=SELLER,
)
