"""A clerk who keys into SQL-Ledger by plain HTTP posts and believes all; and who can make a mess."""

from __future__ import annotations

import re
from collections.abc import Mapping

from demo.sql_ledger.seeding import DATASET, password_of
from demo.sql_ledger.visiting import Visitor, filled_in


class PlainClerk(Visitor):
    """One clerk, signed in."""

    def __init__(self, url: str, login: str) -> None:
        super().__init__(url)
        self._who = f"path=bin/mozilla&login={login}@{DATASET}&js=1"
        form = {"login": login, "password": password_of(login), "path": "bin/mozilla", "js": "1", "action": "Login"}
        self.ask("login.pl", form)

    def book(self, vendor: str, head: Mapping[str, str], *lines: tuple[str, str, str]) -> None:
        """Book a bill: Update for the vendor and for each line, then Post.

        ``head`` and the lines (description, account, amount) are sent as they are, under the form's own names.
        """
        form = self._update(filled_in(self.ask(f"ap.pl?action=add&type=transaction&{self._who}")), vendornumber=vendor)
        form = {name: value for name, value in form.items() if not name.startswith("calctax_")} | dict(head)
        for row, (description, account, amount) in enumerate(lines, start=1):
            offered = re.search(rf"{account}--[^%]*", form["selectAP_amount"].replace("%20", " "))
            line = {f"description_{row}": description, f"amount_{row}": amount}
            form |= line | {f"AP_amount_{row}": offered[0] if offered else ""}
            if row < len(lines):
                form = self._update(form)
        self.ask("ap.pl", form | {"action": "Post"})

    def _update(self, form: Mapping[str, str], **more: str) -> dict[str, str]:
        return filled_in(self.ask("ap.pl", {**form, **more, "action": "Update"}))
