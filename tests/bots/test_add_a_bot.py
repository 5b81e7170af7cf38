"""The page on adding a bot is true: its form, its record and its bot are built from the page as they stand there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from extractors.forms.form import Form, date, text
from keywright.bot import Bot
from keywright.cases.summary import listed
from keywright.model.checks import present, shaped
from keywright.model.document_type import KeyFields, Wording
from keywright.model.fields import Extraction
from keywright.model.vendor import Payee
from keywright.settings.settings import CHECKOUT
from systems.town_hall.desks import permit_desk
from tests.keywright.papers import field

GIVEN: dict[str, Any] = {
    **{"Form": Form, "date": date, "text": text, "Bot": Bot, "present": present, "shaped": shaped},
    **{"KeyFields": KeyFields, "Wording": Wording, "Extraction": Extraction, "Payee": Payee, "dataclass": dataclass},
    **{"vendor_master": permit_desk, "__name__": __name__},
}


def test_the_bot_on_the_page_reads_lists_and_makes_its_record() -> None:
    page = (CHECKOUT / "docs" / "add-a-bot.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 3
    names = dict(GIVEN)
    exec("from __future__ import annotations\n" + "\n".join(blocks), names)  # noqa: S102  the page is ours

    bot = names["bot"]
    values = {"payee": "Roy Pumps", "tax_id": "12-3456789"}
    form = Extraction("w9", {name: field(name, value) for name, value in values.items()})
    record = bot.record(form, None)
    assert (record.name, record.tax_id) == ("Roy Pumps", "12-3456789")
    columns = listed(bot.reads.key_fields, {"fields": {name: {"value": value} for name, value in values.items()}})
    assert (columns["sender"], columns["paper_number"]) == ("Roy Pumps", "123456789")
    assert bot.reads.wording.in_letters % {"number": "1"} == "your form W-9 for 1"
