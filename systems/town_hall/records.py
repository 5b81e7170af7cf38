"""The records of the demo town hall's two desks, and what the town hall must show of each when it holds it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from keywright.model.document import Enclosure
from systems.records.permit_choices import ApplicantIs, Purpose, for_each
from systems.web.screen.formats import Expected
from systems.web.screen.names import account_number, bare_name

CREDIT = {"invoice": 1, "credit-note": -1}
TYPES = {"invoice": "Invoice", "credit-note": "Credit Note"}
PURPOSES = for_each(
    Purpose,
    {
        Purpose.NEW_CONSTRUCTION: "New construction",
        Purpose.ADDITION: "Addition to an existing building",
        Purpose.ALTERATION: "Alteration/repair",
        Purpose.DEMOLITION: "Demolition",
        Purpose.CONDITIONAL: "Conditional permit",
    },
)
APPLICANTS = for_each(ApplicantIs, {ApplicantIs.OWNER: "Owner", ApplicantIs.AGENT: "Authorized agent of owner"})


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherLine:
    """One line of a voucher; ``account`` is the account's number, as in ``5920``."""

    description: str
    account: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """A supplier's bill as the accounts-payable desk asks for it.

    Amounts are those printed: a credit note's are typed without a minus, and the town hall shows them below zero.
    ``vendor_number`` is typed if it is known, ``seller_name`` otherwise; the vendor on file must bear that name either
    way. Without a ``due_date`` the town hall computes one from the vendor's terms. ``currency`` is ISO 4217,
    ``department`` a name that the desk offers.
    """

    invoice_type: Literal["invoice", "credit-note"] = "invoice"
    seller_name: str
    vendor_number: str = ""
    invoice_number: str
    issue_date: dt.date
    due_date: dt.date | None = None
    purchase_order: str = ""
    currency: str = "CAD"
    department: str = ""
    lines: tuple[VoucherLine, ...]
    tax_total: Decimal = Decimal("0.00")
    notes: str = ""

    @property
    def grand_total(self) -> Decimal:
        """Return what the town hall must show as the total: the lines and the tax."""
        return sum((line.amount for line in self.lines), self.tax_total)


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitApplication:
    """An application as the permit desk asks for it.

    ``purpose`` and ``applicant_is`` are in the words of the provincial form: ``new construction``, ``addition``,
    ``alteration/repair``, ``demolition``, ``conditional``; ``owner``, ``authorized agent of owner``. The value
    is in dollars, the area in square metres.
    """

    project_address: str
    project_unit: str = ""
    project_municipality: str
    project_postal_code: str = ""
    project_lot_con: str = ""
    roll_number: str = ""
    project_value: Decimal | None = None
    work_area_m2: Decimal | None = None
    purpose: str
    proposed_use: str = ""
    current_use: str = ""
    work_description: str = ""
    applicant_name: str
    applicant_is: str = "owner"
    applicant_phone: str = ""
    applicant_email: str = ""
    applicant_address: str = ""
    owner_name: str = ""
    builder_name: str = ""
    tarion_new_home: bool = False
    designer_name: str = ""
    designer_bcin: str = ""
    declaration_date: dt.date
    file: Enclosure | None = None  #: the application itself, to be attached

    @property
    def value_written(self) -> str:
        """Return the project's value as the desk keeps it: the text that is typed, bare digits."""
        return "" if self.project_value is None else f"{self.project_value:f}"

    @property
    def area_written(self) -> str:
        """Return the area of work as the desk keeps it."""
        return "" if self.work_area_m2 is None else f"{self.work_area_m2:f}"


def voucher_shown(record: Voucher) -> list[Expected]:
    """Return what the voucher's page must show."""
    sign = CREDIT[record.invoice_type]
    return [
        Expected("invoice_type", TYPES[record.invoice_type], "Type"),
        Expected("seller_name", record.seller_name, "Vendor", by=bare_name),
        Expected("vendor_number", record.vendor_number or None, "Vendor No.", free=not record.vendor_number),
        Expected("invoice_number", record.invoice_number, "Invoice No."),
        Expected("issue_date", record.issue_date, "Invoice Date"),
        Expected("due_date", record.due_date, "Due Date", free=record.due_date is None),
        Expected("purchase_order", record.purchase_order, "PO Number"),
        Expected("currency", record.currency, "Currency"),
        Expected("department", record.department, "Department"),
        Expected("tax_total", sign * record.tax_total, "Tax"),
        Expected("grand_total", sign * record.grand_total, "Total"),
        Expected("notes", record.notes, "Notes"),
        Expected("status", "Posted", "Status"),
    ]


def lines_shown(record: Voucher) -> list[list[Expected]]:
    """Return what each line of the voucher's page must show: description, account, amount."""
    sign = CREDIT[record.invoice_type]
    return [
        [
            Expected(f"lines[{n}].description", line.description, "Description"),
            Expected(f"lines[{n}].account", line.account, "Account", by=account_number),
            Expected(f"lines[{n}].net_amount", sign * line.amount, "Amount"),
        ]
        for n, line in enumerate(record.lines, start=1)
    ]


def permit_shown(record: PermitApplication) -> list[Expected]:
    """Return what the application's page must show."""
    return [
        Expected("project_address", record.project_address, "Address"),
        Expected("project_unit", record.project_unit, "Unit"),
        Expected("project_municipality", record.project_municipality, "Municipality"),
        Expected("project_postal_code", record.project_postal_code, "Postal code"),
        Expected("project_lot_con", record.project_lot_con, "Lot/con."),
        Expected("roll_number", record.roll_number, "Roll number"),
        Expected("project_value", record.value_written, "Value"),
        Expected("work_area_m2", record.area_written, "Area"),
        Expected("purpose", PURPOSES.get(record.purpose, record.purpose), "Purpose"),
        Expected("proposed_use", record.proposed_use, "Proposed use"),
        Expected("current_use", record.current_use, "Current use"),
        Expected("work_description", record.work_description, "Description of work"),
        Expected("applicant_name", record.applicant_name, "Applicant"),
        Expected("applicant_is", APPLICANTS.get(record.applicant_is, record.applicant_is), "Applicant is"),
        Expected("applicant_phone", record.applicant_phone, "Telephone"),
        Expected("applicant_email", record.applicant_email, "E-mail"),
        Expected("applicant_address", record.applicant_address, "Applicant's address"),
        Expected("owner_name", record.owner_name, "Owner"),
        Expected("builder_name", record.builder_name, "Builder"),
        Expected("tarion_new_home", record.tarion_new_home, "New home (Tarion)"),
        Expected("designer_name", record.designer_name, "Designer"),
        Expected("designer_bcin", record.designer_bcin, "BCIN"),
        Expected("declaration_date", record.declaration_date, "Declared on"),
        Expected("status", "Active", "Status", by=in_force),
    ]


def in_force(status: str) -> str:
    """Return one word for each status of an application on file: a closed one was active, a draft is neither."""
    return "Active" if status == "Closed" else status
