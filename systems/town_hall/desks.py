"""The demo town hall's two desks, accounts payable and building permits: find a record, enter a record."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from playwright.sync_api import Page

from keywright.errors import Refer, Retry
from keywright.findings import Kind
from keywright.messages import Message
from keywright.model.target_system import Posting, Receipt, SignIn
from systems.records.bill import Bill
from systems.records.permit_application import PermitApplication
from systems.town_hall.attachments import attach, file_seen
from systems.town_hall.records import APPLICANTS, PURPOSES, TYPES, lines_shown, permit_shown, voucher_shown
from systems.town_hall.session import Search, TownHallSession, list_of
from systems.web.adapter.comparison import only
from systems.web.adapter.listing import NOTHING, Listing
from systems.web.adapter.unexpected_pages import OtherPage, looking
from systems.web.browser.browser import Opening, faults_of
from systems.web.drift.round_trip import Trial
from systems.web.screen.formats import Format, Value, folded, read_amount
from systems.web.screen.names import bare_name
from systems.web.screen.screen import Cell, Labelled, Place, Screen


class AccountsPayable:
    """The accounts-payable desk of the town hall, in one browser page. Dates are written ``11-02-2026``."""

    name: ClassVar[str] = "town-hall-payables"
    form: ClassVar[str] = "Add AP Transaction"
    listing: ClassVar[Listing] = list_of(
        "AP Transactions", "Number", "Invoice Number", "Vendor", "Date", "Amount", "Curr"
    )
    format: ClassVar[Format] = Format("%m-%d-%Y")

    def __init__(self, page: Page, sign_in: SignIn) -> None:
        self._session = TownHallSession(self.name, page, sign_in, self.format)

    def identity(self, record: Bill, /) -> str:
        """Return seller and invoice number without regard to case, blanks and legal forms, as the search has them."""
        return f"{bare_name(record.seller_name)} | {folded(record.invoice_number)}"

    def find(self, record: Bill, /) -> Receipt | None:
        """Return the receipt of the voucher with this seller and invoice number, paid and zero ones too, or None."""
        return looking(self.name, lambda: self._find(record))

    def enter(self, record: Bill, posting: Posting, /) -> None:
        """Type the voucher in and post it; the vendor must be resolved, and every control read back, before that."""
        _ensure_payable(record)
        with faults_of(self.name, f"entering invoice {record.invoice_number}"):
            screen = self._session.open("/ap/voucher", self.form)
            self._head(screen, record)
            self._resolve_vendor(screen, record)
            self._lines(screen, record)
            if record.due_date:  # after the vendor is resolved: until then the town hall computes it again
                screen.date("Due Date", record.due_date)
            self._session.press(screen, "Update", self.form)
            self._ensure_right(screen, record)
            self._session.post(screen, "Post", posting, self.form)

    def last_screen(self) -> bytes:
        """Return a picture of the current page."""
        return self._session.last_screen()

    def walk(self) -> Iterator[Screen]:
        """Open the desk's screens in turn, without posting."""
        search = Search("/ap/find", "AP Transactions", (), self.listing)
        yield from self._session.walked(("/ap/voucher", self.form), search, ("/ap/record", "AP Transaction"))

    def nothing_found(self) -> tuple[str, str]:
        """Search for a record that does not exist; return the list's name, and what the list then shows."""
        return self._session.nothing_found(
            Search("/ap/find", "AP Transactions", (("Invoice Number", NOTHING),), self.listing)
        )

    def trial(self) -> Trial:
        """Return how the form is tried with difficult values without posting; Update shows the outcome."""
        return Trial(
            open=lambda: self._session.open("/ap/voucher", self.form),
            settle=lambda screen: self._session.press(screen, "Update", self.form),
            texts=("Notes", Cell("Description", 1)),
            dates=("Invoice Date",),
            amounts=("Tax", Cell("Amount", 1)),
        )

    def _find(self, record: Bill) -> Receipt | None:
        filters = (("Invoice Number", record.invoice_number),)
        wanted = self.identity(record)
        numbers = [
            row[0]
            for row in self._session.searched(Search("/ap/find", "AP Transactions", filters, self.listing))
            if f"{bare_name(row[2])} | {folded(row[1])}" == wanted
        ]
        number = only(self.name, numbers)
        if number is None:
            return None
        return self._session.record("/ap/record", number, "AP Transaction", voucher_shown(record), lines_shown(record))

    def _head(self, screen: Screen, record: Bill) -> None:
        screen.select("Currency", record.currency, reloads=True)  # first: it reloads the form
        head: dict[Place, Value] = {
            "Type": TYPES[record.invoice_type],
            "Department": record.department,
            "Invoice Number": record.invoice_number,
            "Invoice Date": record.issue_date,
            "PO Number": record.purchase_order,
            "Notes": record.notes,
            "Vendor": record.vendor_number or record.seller_name,
        }
        screen.fill(head, passing=["Vendor"])  # Update puts the name there

    def _resolve_vendor(self, screen: Screen, record: Bill) -> None:
        """Press Update, by which the town hall takes the vendor, and see that it is the right one."""
        vendor = record.vendor_number or record.seller_name
        try:
            self._session.press(screen, "Update", self.form)
        except OtherPage as answer:
            raise _vendor_doubt(
                Message(
                    "{system} does not know which vendor “{vendor}” is: it answers “{reply}”.",
                    system=self.name,
                    vendor=vendor,
                    reply=answer.words,
                )
            ) from answer
        on_file = screen.printed_value("Vendor on file")
        if bare_name(on_file) != bare_name(record.seller_name):
            raise _vendor_doubt(
                Message(
                    "{system} has “{known}” on file for “{vendor}”, not “{seller}”.",
                    system=self.name,
                    known=on_file,
                    vendor=vendor,
                    seller=record.seller_name,
                )
            )

    def _lines(self, screen: Screen, record: Bill) -> None:
        """Type the lines one by one: Update adds the row for the next."""
        tax: dict[Place, Value] = {"Tax": record.tax_total}
        for row, line in enumerate(record.lines, start=1):
            if row > 1:
                self._session.press(screen, "Update", self.form)
            cells: dict[Place, Value] = {
                Cell("Description", row): line.description,
                Cell("Account", row): _account(screen, Cell("Account", row), line.account),
                Cell("Amount", row): line.amount,
            }
            screen.fill(cells if row > 1 else {**tax, **cells})

    def _ensure_right(self, screen: Screen, record: Bill) -> None:
        """See, just before the post, that the vendor and the computed total are right."""
        on_file, total = screen.printed_value("Vendor on file"), screen.printed_value("Total")
        if bare_name(on_file) != bare_name(record.seller_name):
            raise _vendor_doubt(
                Message(
                    "{system} changed the vendor from “{seller}” to “{vendor}”.",
                    system=self.name,
                    seller=record.seller_name,
                    vendor=on_file,
                )
            )
        if read_amount(total) != record.grand_total:
            raise Refer.because(
                "total-differs",
                Message(
                    "Total differs in {system}. It computes {computed} for {invoice}; the document says {total}. "
                    "Nothing was posted. Compare lines and tax.",
                    system=self.name,
                    computed=total,
                    invoice=record.invoice_number,
                    total=record.grand_total,
                ),
                *("grand_total", "tax_total"),
                kind=Kind.SYSTEM,
                acceptable=False,
            )


class PermitDesk:
    """The permit desk of the town hall, in one browser page. Dates are written ``02/11/2026``, the day first."""

    name: ClassVar[str] = "town-hall-permits"
    form: ClassVar[str] = "New Permit Application"
    listing: ClassVar[Listing] = list_of(
        "Permit Search", "Number", "Address", "Unit", "Applicant", "Purpose", "Declared"
    )
    format: ClassVar[Format] = Format("%d/%m/%Y")

    def __init__(self, page: Page, sign_in: SignIn) -> None:
        self._session = TownHallSession(self.name, page, sign_in, self.format)

    def identity(self, record: PermitApplication, /) -> str:
        """Return address, unit, applicant and declaration date without regard to case and blanks."""
        words = (record.project_address, record.project_unit, record.applicant_name)
        return " | ".join([*map(folded, words), self.format.write(record.declaration_date)])

    def find(self, record: PermitApplication, /) -> Receipt | None:
        """Return the receipt of this application, closed ones too, or None. Raises Unfinished if it lacks its file."""
        return looking(self.name, lambda: self._find(record))

    def enter(self, record: PermitApplication, posting: Posting, /) -> None:
        """Type the application in, see by a preview what the desk makes of it, and file it."""
        with faults_of(self.name, f"entering the application for {record.project_address}"):
            screen = self._session.open("/bp/permit", self.form)
            screen.fill(_form_values(record))
            self._session.press(screen, "Preview", self.form)
            # A date that the desk did not understand is blank by now: the confirm before the post sees it.
            self._session.post(screen, "File application", posting, self.form)

    def finish(self, record: PermitApplication, posting: Posting, /) -> None:
        """Attach the file to an application that is there without it, on the application's own page."""
        number = self._number(record)
        if number is None or record.file is None:
            raise Retry(f"{self.name} no longer shows the application for {record.project_address}. Look again.")
        heading = f"Permit Application {number}"
        with faults_of(self.name, f"attaching the application to {number}"):
            screen = self._session.open(f"/bp/record?number={number}", heading, "Permit Application")
            attach(self._session, screen, record.file, posting, heading)

    def last_screen(self) -> bytes:
        """Return a picture of the current page."""
        return self._session.last_screen()

    def walk(self) -> Iterator[Screen]:
        """Open the desk's screens in turn, without posting."""
        search = Search("/bp/find", "Permit Search", (), self.listing)
        yield from self._session.walked(("/bp/permit", self.form), search, ("/bp/record", "Permit Application"))

    def nothing_found(self) -> tuple[str, str]:
        """Search for a record that does not exist; return the list's name, and what the list then shows."""
        filters = (("Address", NOTHING),)
        return self._session.nothing_found(Search("/bp/find", "Permit Search", filters, self.listing))

    def trial(self) -> Trial:
        """Return how the form is tried with difficult values without filing; Preview shows the outcome."""
        return Trial(
            open=lambda: self._session.open("/bp/permit", self.form),
            settle=lambda screen: self._session.press(screen, "Preview", self.form),
            texts=("Description of proposed work", "Building number, street name"),
            dates=("Declaration date",),
            ticks=("Tarion: new home",),
        )

    def _find(self, record: PermitApplication) -> Receipt | None:
        number = self._number(record)
        if number is None:
            return None
        files = partial(file_seen, file=record.file, number=number)
        return self._session.record("/bp/record", number, "Permit Application", permit_shown(record), also=files)

    def _number(self, record: PermitApplication) -> str | None:
        filters = (("Address", record.project_address),)
        wanted = self.identity(record)
        numbers = [
            number
            for number, address, unit, applicant, _, declared in self._session.searched(
                Search("/bp/find", "Permit Search", filters, self.listing)
            )
            if " | ".join([*map(folded, (address, unit, applicant)), declared]) == wanted
        ]
        return only(self.name, numbers)


accounts_payable = Opening(AccountsPayable.name, AccountsPayable)
permit_desk = Opening(PermitDesk.name, PermitDesk)


def _form_values(record: PermitApplication) -> dict[Place, Value]:
    """Return what goes where on the form; each section about a person has its own box called Name."""
    return {
        "Building number, street name": record.project_address,
        "Unit": record.project_unit,
        "Municipality": record.project_municipality,
        "Postal code": record.project_postal_code,
        "Lot/con.": record.project_lot_con,
        "Roll number": record.roll_number,
        "Project value est. $": record.value_written,
        "Area of work (m²)": record.area_written,
        "Purpose": PURPOSES.get(record.purpose, record.purpose),
        "Proposed use of building": record.proposed_use,
        "Current use of building": record.current_use,
        "Description of proposed work": record.work_description,
        "Applicant is": APPLICANTS.get(record.applicant_is, record.applicant_is),
        Labelled("Name", under="C. Applicant"): record.applicant_name,
        "Telephone": record.applicant_phone,
        "Address": record.applicant_address,
        "E-mail": record.applicant_email,
        Labelled("Name", under="D. Owner (if different from applicant)"): record.owner_name,
        Labelled("Name", under="E. Builder"): record.builder_name,
        "Tarion: new home": record.tarion_new_home,
        Labelled("Name", under="Designer and declaration"): record.designer_name,
        "BCIN": record.designer_bcin,
        "Declaration date": record.declaration_date,
    }


def _account(screen: Screen, place: Place, account: str) -> str:
    """Return how the desk lists an account, ``5920--Repairs and Maintenance``, or the account if it does not."""
    return next((option for option in screen.options(place) if option.startswith(f"{account}--")), account)


def _ensure_payable(record: Bill) -> None:
    if not record.lines or record.grand_total < 0:
        raise Refer.because(
            "not-payable",
            Message(
                "Cannot be entered in the town hall. Invoice {invoice} has {count} lines and a total of {total}. The "
                "town hall takes at least one line, and a credit note's amounts without a minus.",
                invoice=record.invoice_number,
                count=len(record.lines),
                total=record.grand_total,
            ),
            "grand_total",
            kind=Kind.SYSTEM,
            acceptable=False,
        )


def _vendor_doubt(problem: Message) -> Refer:
    return Refer.because(
        "vendor-not-resolved",
        Message(
            "Vendor not found in the target system. {problem} Nothing was posted. Correct the seller's name to one on "
            "file, or have the vendor added.",
            problem=problem,
        ),
        "seller_name",
        kind=Kind.SYSTEM,
        acceptable=False,
    )
