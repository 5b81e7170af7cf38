"""What the pages of the demo town hall must show of a bill and of a permit application."""

from __future__ import annotations

from systems.records.bill import Bill
from systems.records.permit_application import ApplicantIs, PermitApplication, Purpose, for_each
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


def voucher_shown(record: Bill) -> list[Expected]:
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


def lines_shown(record: Bill) -> list[list[Expected]]:
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
