"""Accounts payable of SQL-Ledger: find a bill, enter a bill."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from functools import cache
from typing import ClassVar

from playwright.sync_api import Page

from keywright.errors import Unproven
from keywright.messages import Message
from keywright.model.target_system import Posting, Receipt, SignIn
from systems.records.bill import Bill
from systems.sql_ledger.bill import HEADINGS, KINDS, as_kept, head_shown, identity_of, line_shown, vendor_shown
from systems.sql_ledger.checks import ensure_open, ensure_payable, ensure_rate, tax_doubt, total_doubt, vendor_doubt
from systems.sql_ledger.form import BillForm, Showing
from systems.sql_ledger.lines import lines_in
from systems.sql_ledger.listing import ListedBill, bills_in, search, search_for, shown_when_empty
from systems.sql_ledger.session import SqlLedgerSession
from systems.web.adapter.comparison import Comparison, only, receipt_of
from systems.web.adapter.listing import NOTHING
from systems.web.adapter.unexpected_pages import OtherPage, looking, reporting_dialogs
from systems.web.browser.browser import Opening, faults_of, picture
from systems.web.drift.round_trip import Trial
from systems.web.screen.formats import Expected, Format, folded, read_amount
from systems.web.screen.names import bare_name
from systems.web.screen.screen import Screen

FORMAT = Format("%m-%d-%Y")
LIST = "AP Transactions"
CHOOSE = "Select from one of the names below"
NO_VENDOR = "-1"


class Payables:
    """Accounts payable, in one browser. Dates are written ``11-02-2026``, amounts ``1250.00``.

    Two things make it quick, and change nothing of what is looked at: the form begins to open while the list is
    searched, and the form is opened with that list as the page to go to after the post, as SQL-Ledger's own links do;
    so the post is answered with a list that was made after it.
    """

    name: ClassVar[str] = "sql-ledger"

    def __init__(self, page: Page, sign_in: SignIn) -> None:
        self._session = SqlLedgerSession(self.name, page, sign_in)
        self._form = BillForm(self.name, page.main_frame, FORMAT, note=sign_in.note)
        self._note = sign_in.note
        self._vendor_ids = vendor_ids(sign_in.url)
        self._opening = ""  # the address of a form that has begun to open
        self._after_post: tuple[str, list[ListedBill]] | None = None  # of which bill, and the list shown after its post
        self._looked_at = page

    def identity(self, record: Bill, /) -> str:
        """Return seller and invoice number without regard to case, blanks and legal forms."""
        return identity_of(record.seller_name, record.invoice_number)

    def find(self, record: Bill, /) -> Receipt | None:
        """Return the receipt of this bill, paid, closed and zero ones too, or None."""
        return looking(self.name, lambda: self._find(as_kept(record)))

    def enter(self, record: Bill, posting: Posting, /) -> None:
        """Type the bill in and post it; vendor, every control and the total must be right before that."""
        record = as_kept(record)
        ensure_payable(record)
        with faults_of(self.name, f"entering invoice {record.invoice_number}"):
            self._after_post = None
            page = self._resolved(record, self._open_form(record))
            page = self._filled_in(record, page)
            ensure_open(record, page)
            with reporting_dialogs(self.name, self._session.dialogs):
                self._form.post("Post", posting)
            self._session.ensured(self._session.desk, LIST)
            with suppress(Unproven):  # an answer that was cut short: the look that follows requests the list again
                self._after_post = (self.identity(record), bills_in(self._session.desk.main_frame))

    def last_screen(self) -> bytes:
        """Return a picture of the list or the bill that was looked at last."""
        with faults_of(self.name, "taking a picture of its screen"):
            return picture(self._looked_at)

    def walk(self) -> Iterator[Screen]:
        """Open the form, without a vendor, and the list, without posting."""
        for action, query, heading in (
            ("add", {"type": KINDS["invoice"], "vendor_id": NO_VENDOR}, f"Add {HEADINGS['invoice']}"),
            ("search", {"nextsub": "transactions"}, LIST),
        ):
            self._session.opened(self._session.desk, self._session.address("ap.pl", action, query), heading)
            yield Screen(self.name, self._session.desk.main_frame, FORMAT, note=self._note, name=heading)

    def nothing_found(self) -> tuple[str, str]:
        """Search for a record that does not exist; return the list's name, and what the list then shows."""
        query = search_for(NOTHING)
        self._session.opened(self._session.window, self._session.address("ap.pl", "transactions", query), LIST)
        return f"{LIST}: list", shown_when_empty(self._session.window.main_frame)

    def trial(self) -> Trial:
        """Return how the form is tried with difficult values without posting; Update shows the outcome."""

        def form() -> Screen:
            return next(self.walk())

        return Trial(
            open=form,
            settle=lambda screen: self._session.press(screen, "Update", f"Add {HEADINGS['invoice']}"),
            texts=("PO Number", "Order Number"),
            dates=("Invoice Date *",),
        )

    def _find(self, record: Bill) -> Receipt | None:
        wanted, remembered = self.identity(record), self._after_post
        self._after_post, self._looked_at = None, self._session.desk
        bills = remembered[1] if remembered and remembered[0] == wanted else self._searched(record)
        number = only(self.name, [entry.number for entry in bills if self._is_it(entry, record)])
        return self._receipt(record, number) if number else None

    def _searched(self, record: Bill) -> list[ListedBill]:
        """Search with the filter fully open, while the form begins to open."""
        window, address = self._session.window, self._session.address("ap.pl", "transactions", search(record))
        form = self._form_address(record)
        if self._opening != form:
            self._opening = form if self._session.begin_to_open(self._session.desk, form) else ""
        self._session.opened(window, address, LIST)
        self._looked_at = window
        return bills_in(window.main_frame)

    def _is_it(self, listed_bill: ListedBill, record: Bill) -> bool:
        """Say whether a bill in the list is this one: the same seller and the same number, however it is spelled."""
        if record.vendor_number:
            same_vendor = folded(listed_bill.vendor_number) == folded(record.vendor_number)
        else:
            same_vendor = bare_name(listed_bill.vendor) == bare_name(record.seller_name)
        return same_vendor and folded(listed_bill.invoice_number) == folded(record.invoice_number)

    def _receipt(self, record: Bill, number: str) -> Receipt:
        """Open the bill afresh, and compare every value and every line that it shows."""
        address = self._session.address("ap.pl", "edit", {"id": number})
        heads = {f"Edit {heading}": heading for heading in HEADINGS.values()}
        page = self._session.opened(self._session.window, address, *heads)
        comparisons: list[Comparison] = [
            (Expected("invoice_type", HEADINGS[record.invoice_type], ""), heads[page.heading]),
            *page.of([*vendor_shown(record), *head_shown(record)]),
            *lines_in(page, record, FORMAT),
            (Expected("lines", str(len(record.lines)), ""), str(page.rows())),
            (Expected("tax_total", record.tax_total, ""), f"{_tax_in(page):.2f}"),
            (Expected("grand_total", record.grand_total, ""), page.total),
        ]
        return receipt_of(self.name, number, comparisons, FORMAT, picture(self._session.window))

    def _form_address(self, record: Bill) -> str:
        """Return the address of an empty form, with the list to go to after the post.

        Asked for a vendor by SQL-Ledger's own id, it comes with that vendor; where we do not know the id it comes with
        none, and not with the vendor of the last bill.
        """
        callback = f"ap.pl?{self._session.query('transactions', search(record))}"
        vendor = self._vendor_ids.get(record.vendor_number, NO_VENDOR)
        query = {"type": KINDS[record.invoice_type], "vendor_id": vendor, "callback": callback}
        return self._session.address("ap.pl", "add", query)

    def _open_form(self, record: Bill) -> Showing:
        begun, self._opening = self._opening, ""
        address, heading = self._form_address(record), f"Add {HEADINGS[record.invoice_type]}"
        self._form.forget()
        if begun == address:
            return self._session.arrived(self._session.desk, address, heading)
        return self._session.opened(self._session.desk, address, heading)

    def _update(self, record: Bill) -> Showing:
        """Press Update, by which SQL-Ledger takes what was typed, and confirm that it took all of it."""
        self._form.send("Update")
        page = self._session.ensured(self._session.desk, f"Add {HEADINGS[record.invoice_type]}")
        self._form.confirm_in(page)
        return page

    def _resolved(self, record: Bill, page: Showing) -> Showing:
        """Let SQL-Ledger take the vendor and see that it is the right one: until then it would book the one before."""
        if not _has_vendor(record, page):
            by_number = bool(record.vendor_number) and not page.has_vendor_list
            vendor = record.vendor_number if by_number else record.seller_name
            page = self._chosen(record, vendor, "vendornumber" if by_number else "vendor")
            if not _has_vendor(record, page):
                on_file = f"{page.controls.get('vendor')} ({page.controls.get('vendornumber')})"
                raise vendor_doubt(
                    Message(
                        "{system} has “{known}” on file for “{vendor}”, not “{seller}”.",
                        system=self.name,
                        known=on_file,
                        vendor=vendor,
                        seller=record.seller_name,
                    )
                )
        if record.vendor_number and page.controls.get("vendor_id", NO_VENDOR) != NO_VENDOR:
            self._vendor_ids[record.vendor_number] = page.controls["vendor_id"]
        return page

    def _chosen(self, record: Bill, vendor: str, control: str) -> Showing:
        """Type the vendor's number or name, press Update, and choose the right one where several are offered."""
        headings = (f"Add {HEADINGS[record.invoice_type]}", CHOOSE)
        self._form.type([Expected("seller_name", vendor, control)])
        self._form.forget()  # the vendor is confirmed by what is on file, not by what was typed
        try:
            self._form.send("Update")
            page = self._session.ensured(self._session.desk, *headings)
        except OtherPage as answer:
            raise vendor_doubt(
                Message(
                    "{system} does not know which vendor “{vendor}” is: it answers “{reply}”.",
                    system=self.name,
                    vendor=vendor,
                    reply=answer.words,
                )
            ) from answer
        if page.heading != CHOOSE:
            return page
        offered = _offered(page)
        right = [n for n, (number, name) in offered.items() if _is_vendor(record, number, name)]
        if len(right) != 1:
            names = ", ".join(f"{name} ({number})" for number, name in offered.values())
            raise vendor_doubt(
                Message(
                    "{system} does not know which vendor “{vendor}” is: it offers {names}.",
                    system=self.name,
                    vendor=vendor,
                    names=names,
                )
            )
        self._session.desk.locator(f"input[name=ndx][value='{right[0]}']").check()
        self._form.send("Continue")
        return self._session.ensured(self._session.desk, *headings)

    def _filled_in(self, record: Bill, page: Showing) -> Showing:
        """Type head, tax and lines, with an Update after each line: it adds the row for the next and the total."""
        self._form.type([*head_shown(record), *_terms_values(record), *_tax_values(record, page)])
        for row, line in enumerate(record.lines, start=1):
            self._form.type(line_shown(line, row))
            page = self._update(record)
        ensure_rate(record, page)
        if not _has_vendor(record, page):
            raise vendor_doubt(
                Message(
                    "{system} changed the vendor from “{seller}” to “{vendor}”.",
                    system=self.name,
                    seller=record.seller_name,
                    vendor=page.controls.get("vendor", ""),
                )
            )
        if page.rows() != len(record.lines) or read_amount(page.total) != record.grand_total:
            raise total_doubt(record, page)
        return page


sql_ledger = Opening(Payables.name, Payables)


@cache
def vendor_ids(_url: str, /) -> dict[str, str]:
    """Return the vendors' internal ids in SQL-Ledger that are known so far, by number; an outdated one opens an empty
    form.
    """
    return {}


def _has_vendor(record: Bill, page: Showing) -> bool:
    return all(expected.met_by(content, FORMAT) for expected, content in page.of(vendor_shown(record)))


def _is_vendor(record: Bill, number: str, name: str) -> bool:
    if record.vendor_number:
        return folded(number) == folded(record.vendor_number)
    return folded(name) == folded(record.seller_name)


def _offered(page: Showing) -> dict[str, tuple[str, str]]:
    """Return number and name of each vendor that is offered to choose from, by its place in the list."""
    stem = "new_vendornumber_"
    places = [name.removeprefix(stem) for name in page.controls if name.startswith(stem)]
    return {n: (page.controls[f"{stem}{n}"], page.controls.get(f"new_name_{n}", "")) for n in places}


def _tax_in(page: Showing) -> Decimal:
    return sum((read_amount(page.controls.get(f"tax_{n}", "")) or Decimal(0) for n in page.tax_accounts()), Decimal(0))


def _terms_values(record: Bill) -> list[Expected]:
    """Return the days until a bill is due: SQL-Ledger computes the due date from them at the first update."""
    if record.due_date is None:
        return []
    return [Expected("due_date", str((record.due_date - record.issue_date).days), "terms")]


def _tax_values(record: Bill, page: Showing) -> list[Expected]:
    """Return the tax of each of the vendor's tax accounts, and for each account that SQL-Ledger must not compute it."""
    accounts = page.tax_accounts()
    account = record.tax_account or (accounts[0] if len(accounts) == 1 else "")
    if record.tax_total and account not in accounts:
        raise tax_doubt(record, accounts)
    fields = [Expected("tax_included", False, "taxincluded")] if accounts else []
    for tax_account in accounts:
        fields.append(Expected("tax_computed", False, f"calctax_{tax_account}"))
        fields.append(
            Expected("tax_total", record.tax_total if tax_account == account else Decimal("0.00"), f"tax_{tax_account}")
        )
    return fields
