"""Sets a fresh SQL-Ledger up for the Town of Millbrook Falls through its own web forms, as its administrator would."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from demo.chart_of_accounts import ACCOUNTS
from demo.sql_ledger.visiting import Visitor, filled_in, words_of

VENDORS = Path(__file__).resolve().parents[1] / "vendors.csv"
TERMS = {"V1004": 15, "V1009": 45}  # days; the others have 30
HST = "2330"
TAXES = {"ON": (HST,), "QC": ("2310", "2320")}  # the tax accounts of a vendor, by province; abroad there is none
DEPARTMENTS = ("Corporate Services", "Public Works", "Parks and Recreation", "Fire Services")
CLERKS = {"clerk": "Casey Clerk", "clerk2": "Cameron Clerk", "clerk3": "Corey Clerk", "clerk4": "Chris Clerk"}
LATIN_CLERK = "clerk4"  # whose pages come without a character set, as those of any clerk who is added and left so
DATASET = "millbrook"
ADMINISTRATOR, ADMINISTRATORS_PASSWORD = f"admin@{DATASET}", "admin-pw"


def password_of(clerk: str) -> str:
    """Return the password of one of the clerks."""
    return f"{clerk}-pw"


def seed(url: str) -> None:
    """Make the town's dataset, its accounts, departments, vendors and clerks. Raises Refused with what was said."""
    desk = Administrator(url)
    desk.make_dataset()
    desk.sign_in()
    desk.save(
        "am.pl",
        "add_account",
        [_account(number, description) for number, description in {HST: "HST", **ACCOUNTS}.items()],
    )
    desk.set_tax_rates({HST: "13", "2310": "5", "2320": "9.975"})
    desk.save("am.pl", "add_department", [{"description": name, "role": "C"} for name in DEPARTMENTS])
    with VENDORS.open(encoding="utf-8", newline="") as file:
        desk.save("ct.pl", "add&db=vendor", [_vendor(row) for row in csv.DictReader(file)])
    desk.save("hr.pl", "add&db=employee", [_employee(login, name) for login, name in CLERKS.items()])


def _account(number: str, description: str) -> dict[str, str]:
    kind = {"category": "L", "AP_tax": "AP_tax"} if number == HST else {"category": "E", "AP_amount": "AP_amount"}
    return {"accno": number, "description": description, "charttype": "A", **kind}


def _employee(login: str, name: str) -> dict[str, str]:
    return {
        "name": name,
        "employeelogin": login,
        "employeepassword": password_of(login),
        "startdate": "01-01-2020",
    }


def _vendor(row: dict[str, str]) -> dict[str, str]:
    return {
        "vendornumber": row["number"],
        "name": row["name"],
        "address1": row["address"],
        "city": row["city"],
        "state": row["province"],
        "zipcode": row["postal_code"],
        "terms": str(TERMS.get(row["number"], 30)),
        "typeofcontact": "company",
        "startdate": "01-01-2020",
        **{f"tax_{account}": "1" for account in TAXES.get(row["province"], ())},
    }


def set_character_set(members: Path) -> None:
    """Let the clerks but one have their pages in UTF-8, as the administrator has; there is no form for it."""
    text = members.read_text(encoding="utf-8")
    for clerk in CLERKS:
        if clerk != LATIN_CLERK:
            text = text.replace(f"[{clerk}@{DATASET}]\n", f"[{clerk}@{DATASET}]\ncharset=UTF8\n")
    members.write_text(text, encoding="utf-8")


class Administrator(Visitor):
    """The administrator of a fresh SQL-Ledger, at its web forms."""

    def make_dataset(self) -> None:
        """Make the dataset, with the chart of accounts of a Canadian business; the server is found by PGHOST."""
        root = {"path": "bin/mozilla", "new_password": "root-pw", "confirm_password": "root-pw"}
        self.ask("admin.pl", root | {"action": "do_change_password"})
        dataset = {"db": DATASET, "dbdriver": "Pg", "dbuser": "sql-ledger", "dbdefault": "template1"}
        town = {"company": "Town of Millbrook Falls", "name": "Admin", "adminpassword": ADMINISTRATORS_PASSWORD}
        kind = {"mastertemplates": "Default", "encoding": "UTF8", "chart": "Canada-English_General"}
        form = {"path": "bin/mozilla", "action": "dbcreate", "password": "root-pw"}
        page = self.ask("admin.pl", form | dataset | town | kind)
        if DATASET not in page:
            raise RuntimeError(f"SQL-Ledger made no dataset: {words_of(page)[-500:]}")

    def sign_in(self) -> None:
        """Sign in; the first time the dataset is brought up to date."""
        form = {"login": ADMINISTRATOR, "password": ADMINISTRATORS_PASSWORD, "path": "bin/mozilla", "action": "login"}
        if "Upgrading" in self.ask("login.pl", form | {"js": "1"}):
            self.ask("login.pl", form | {"js": "1"})

    def save(self, script: str, action: str, records: Iterable[dict[str, str]]) -> None:
        """Open a form once, and for each record send it with Save, filled in with that record's values."""
        form = filled_in(self.ask(f"{script}?action={action}&path=bin/mozilla&login={ADMINISTRATOR}"))
        for values in records:
            self.ask(script, form | values | {"action": "Save"})

    def set_tax_rates(self, rates: dict[str, str]) -> None:
        """Set the rate, in percent, of each tax account."""
        page = self.ask(f"am.pl?action=taxes&path=bin/mozilla&login={ADMINISTRATOR}")
        form = filled_in(page)
        rows = {value: name.removeprefix("accno_") for name, value in form.items() if name.startswith("accno_")}
        rates_by_row = {f"taxrate_{rows[account]}": rate for account, rate in rates.items()}
        self.ask("am.pl", form | rates_by_row | {"action": "Save"})
