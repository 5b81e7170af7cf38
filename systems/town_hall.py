"""The demo town hall's two desks, accounts payable and building permits: find a record, enter a record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, TypeVar

from playwright.sync_api import Page

from keywright.errors import Refer
from keywright.findings import Kind
from keywright.receipts import Receipt, SignIn
from systems.browser import Opening, faults_of
from systems.formats import Format, folded, read_amount
from systems.screen import Cell, Labelled, Place, Screen
from systems.town_hall_records import (
    APPLICANTS,
    PURPOSES,
    TYPES,
    PermitApplication,
    Voucher,
    VoucherLine,
    bare_name,
    lines_shown,
    permit_shown,
    voucher_shown,
)
from systems.town_hall_session import OtherPage, Search, Session, SessionEnded

__all__ = [
    "AccountsPayable",
    "PermitApplication",
    "PermitDesk",
    "Voucher",
    "VoucherLine",
    "accounts_payable",
    "permit_desk",
]

T = TypeVar("T")


class AccountsPayable:
    """The accounts-payable desk of the town hall, in one browser page. Dates are written ``11-02-2026``."""

    name: ClassVar[str] = "town-hall-payables"
    form: ClassVar[str] = "Add AP Transaction"
    columns: ClassVar[tuple[str, ...]] = ("Number", "Invoice Number", "Vendor", "Date", "Amount", "Curr")

    def __init__(self, page: Page, sign_in: SignIn) -> None:
        self._session = Session(self.name, page, sign_in, Format("%m-%d-%Y"))

    def identity(self, record: Voucher, /) -> str:
        """Return seller and invoice number without regard to case, blanks and legal forms, as the search has them."""
        return f"{bare_name(record.seller_name)} | {folded(record.invoice_number)}"

    def find(self, record: Voucher, /) -> Receipt | None:
        """Return the receipt of the voucher with this seller and invoice number, paid and zero ones too, or None."""
        return looking(self.name, lambda: self._find(record))

    def enter(self, record: Voucher, /) -> None:
        """Type the voucher in and post it; the vendor must be resolved, and every control read back, before that."""
        _ensure_payable(record)
        with faults_of(self.name, f"entering invoice {record.invoice_number}"):
            screen = self._session.open("/ap/voucher", self.form)
            self._head(screen, record)
            self._resolve_vendor(screen, record)
            self._lines(screen, record)
            if record.due_date:  # after the vendor is resolved: until then the town hall computes it anew
                screen.date("Due Date", record.due_date)
            self._session.press(screen, "Update", self.form)
            self._ensure_right(screen, record)
            self._session.press(screen, "Post", self.form)

    def _find(self, record: Voucher) -> Receipt | None:
        ask = (("Invoice Number", record.invoice_number),)
        wanted = self.identity(record)
        numbers = [
            row[0]
            for row in self._session.found(Search("/ap/find", "AP Transactions", ask, self.columns))
            if f"{bare_name(row[2])} | {folded(row[1])}" == wanted
        ]
        number = only(self.name, numbers)
        if number is None:
            return None
        return self._session.receipt("/ap/record", number, "AP Transaction", voucher_shown(record), lines_shown(record))

    def _head(self, screen: Screen, record: Voucher) -> None:
        screen.select("Currency", record.currency, reloads=True)  # first: it reloads the form
        screen.select("Type", TYPES[record.invoice_type])
        screen.select("Department", record.department)
        screen.text("Invoice Number", record.invoice_number)
        screen.date("Invoice Date", record.issue_date)
        screen.text("PO Number", record.purchase_order)
        screen.text("Notes", record.notes)
        screen.control("Vendor").fill(record.vendor_number or record.seller_name)

    def _resolve_vendor(self, screen: Screen, record: Voucher) -> None:
        """Press Update, by which the town hall takes the vendor, and see that it is the right one."""
        typed = record.vendor_number or record.seller_name
        try:
            self._session.press(screen, "Update", self.form)
        except OtherPage as answer:
            raise _vendor_doubt(f"{self.name} does not know which vendor {typed!r} is: {_words(answer)}") from answer
        on_file = screen.shown("Vendor on file")
        if bare_name(on_file) != bare_name(record.seller_name):
            raise _vendor_doubt(f"{self.name} has {on_file!r} on file for {typed!r}, not {record.seller_name!r}.")

    def _lines(self, screen: Screen, record: Voucher) -> None:
        """Type the lines one by one: Update adds the row for the next."""
        screen.amount("Tax", record.tax_total)
        for row, line in enumerate(record.lines, start=1):
            if row > 1:
                self._session.press(screen, "Update", self.form)
            screen.text(Cell("Description", row), line.description)
            screen.select(Cell("Account", row), _account(screen, Cell("Account", row), line.account))
            screen.amount(Cell("Amount", row), line.amount)

    def _ensure_right(self, screen: Screen, record: Voucher) -> None:
        """See, just before the post, that every control, the vendor and the computed total are right."""
        screen.confirm()
        on_file, total = screen.shown("Vendor on file"), screen.shown("Total")
        if bare_name(on_file) != bare_name(record.seller_name):
            raise _vendor_doubt(f"{self.name} went over to {on_file!r} from {record.seller_name!r}.")
        if read_amount(total) != record.grand_total:
            raise Refer.because(
                "total-differs",
                f"{self.name} computes {total} for {record.invoice_number}, the document says {record.grand_total}. "
                "Nothing was posted. Compare lines and tax.",
                *("grand_total", "tax_total"),
                kind=Kind.SYSTEM,
                acceptable=False,
            )


class PermitDesk:
    """The permit desk of the town hall, in one browser page. Dates are written ``02/11/2026``, the day first."""

    name: ClassVar[str] = "town-hall-permits"
    form: ClassVar[str] = "New Permit Application"
    columns: ClassVar[tuple[str, ...]] = ("Number", "Address", "Unit", "Applicant", "Purpose", "Declared")
    format: ClassVar[Format] = Format("%d/%m/%Y")

    def __init__(self, page: Page, sign_in: SignIn) -> None:
        self._session = Session(self.name, page, sign_in, self.format)

    def identity(self, record: PermitApplication, /) -> str:
        """Return address, unit, applicant and declaration date without regard to case and blanks."""
        words = (record.project_address, record.project_unit, record.applicant_name)
        return " | ".join([*map(folded, words), self.format.write(record.declaration_date)])

    def find(self, record: PermitApplication, /) -> Receipt | None:
        """Return the receipt of this application, closed ones too, or None."""
        return looking(self.name, lambda: self._find(record))

    def enter(self, record: PermitApplication, /) -> None:
        """Type the application in, see by a preview what the desk makes of it, and file it."""
        with faults_of(self.name, f"entering the application for {record.project_address}"):
            screen = self._session.open("/bp/permit", self.form)
            _fill_project(screen, record)
            _fill_people(screen, record)
            self._session.press(screen, "Preview", self.form)
            screen.confirm()  # a date that the desk did not understand is blank by now
            self._session.press(screen, "File application", self.form)

    def _find(self, record: PermitApplication) -> Receipt | None:
        ask = (("Address", record.project_address),)
        wanted = self.identity(record)
        numbers = [
            number
            for number, address, unit, applicant, _, declared in self._session.found(
                Search("/bp/find", "Permit Search", ask, self.columns)
            )
            if " | ".join([*map(folded, (address, unit, applicant)), declared]) == wanted
        ]
        number = only(self.name, numbers)
        if number is None:
            return None
        return self._session.receipt("/bp/record", number, "Permit Application", permit_shown(record))


accounts_payable = Opening(AccountsPayable.name, AccountsPayable)
permit_desk = Opening(PermitDesk.name, PermitDesk)


def looking(system: str, look: Callable[[], T]) -> T:
    """Look something up; if the session had ended, look once more: looking does no harm."""
    with faults_of(system, "looking for a record"):
        try:
            return look()
        except SessionEnded:
            return look()


def only(system: str, numbers: Sequence[str]) -> str | None:
    """Return the one record that was found, or None. Raises Refer if there are several."""
    if len(numbers) > 1:
        raise Refer.because(
            "held-twice",
            f"{system} holds this record {len(numbers)} times: {', '.join(numbers)}. Cancel all but one there.",
            kind=Kind.DUPLICATE,
            acceptable=False,
        )
    return numbers[0] if numbers else None


def _fill_project(screen: Screen, record: PermitApplication) -> None:
    """Fill sections A and B: the project and its purpose."""
    screen.text("Building number, street name", record.project_address)
    screen.text("Unit", record.project_unit)
    screen.text("Municipality", record.project_municipality)
    screen.text("Postal code", record.project_postal_code)
    screen.text("Lot/con.", record.project_lot_con)
    screen.text("Roll number", record.roll_number)
    screen.text("Project value est. $", record.value_written)
    screen.text("Area of work (m²)", record.area_written)
    screen.select("Purpose", PURPOSES.get(record.purpose, record.purpose))
    screen.text("Proposed use of building", record.proposed_use)
    screen.text("Current use of building", record.current_use)
    screen.text("Description of proposed work", record.work_description)


def _fill_people(screen: Screen, record: PermitApplication) -> None:
    """Fill the sections about people; each has its own box called Name."""
    screen.radio("Applicant is", APPLICANTS.get(record.applicant_is, record.applicant_is))
    screen.text(Labelled("Name", under="C. Applicant"), record.applicant_name)
    screen.text("Telephone", record.applicant_phone)
    screen.text("Address", record.applicant_address)
    screen.text("E-mail", record.applicant_email)
    screen.text(Labelled("Name", under="D. Owner (if different from applicant)"), record.owner_name)
    screen.text(Labelled("Name", under="E. Builder"), record.builder_name)
    screen.checkbox("Tarion: new home", record.tarion_new_home)
    screen.text(Labelled("Name", under="Designer and declaration"), record.designer_name)
    screen.text("BCIN", record.designer_bcin)
    screen.date("Declaration date", record.declaration_date)


def _account(screen: Screen, place: Place, account: str) -> str:
    """Return how the desk lists an account, ``5920--Repairs and Maintenance``, or the account if it does not."""
    return next((each for each in screen.options(place) if each.startswith(f"{account}--")), account)


def _ensure_payable(record: Voucher) -> None:
    if not record.lines or record.grand_total < 0:
        raise Refer.because(
            "not-payable",
            f"Invoice {record.invoice_number} has {len(record.lines)} lines and a total of {record.grand_total}. The "
            "town hall takes at least one line, and a credit note's amounts without a minus.",
            "grand_total",
            kind=Kind.SYSTEM,
            acceptable=False,
        )


def _vendor_doubt(what: str) -> Refer:
    return Refer.because(
        "vendor-not-resolved",
        f"{what} Nothing was posted. Correct the seller's name to one on file, or have the vendor added.",
        "seller_name",
        kind=Kind.SYSTEM,
        acceptable=False,
    )


def _words(answer: OtherPage) -> str:
    return f"it answers {' '.join(answer.text.split())!r}."
