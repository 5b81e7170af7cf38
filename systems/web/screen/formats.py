"""How a target system writes values, and whether what it shows means what was to be keyed."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from keywright.errors import Refer
from keywright.findings import Kind
from keywright.messages import Message
from keywright.model.serialization import write_value
from keywright.model.target_system import Shown
from keywright.model.values.amounts import amount_of

Value = str | Decimal | dt.date | bool | None
AMOUNT = re.compile(r"(\()?\s*(-)?\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s*(\))?")


@dataclass(frozen=True, slots=True)
class Format:
    """The system's own way with dates (as ``strftime`` has them) and with yes and no; amounts have a decimal point.

    ``dates`` is how a date is typed; ``also_shown`` are further ways in which the system may show it.
    """

    dates: str
    yes: str = "Yes"
    no: str = "No"
    also_shown: tuple[str, ...] = ()

    def write(self, value: Value) -> str:
        """Write a value in the form that is typed into this system: amounts without commas, ``-1250.00``.

        Raises Refer if an amount has parts of a cent: it cannot be typed without being changed.
        """
        if isinstance(value, bool):
            return self.yes if value else self.no
        if isinstance(value, Decimal):
            if value != value.quantize(Decimal("0.01")):
                raise Refer.because(
                    "amount-not-in-cents",
                    Message("Amount has parts of a cent. It is {amount}. Correct it to two decimals.", amount=value),
                    kind=Kind.SYSTEM,
                    acceptable=False,
                )
            return f"{value:.2f}"
        if isinstance(value, dt.date):
            return value.strftime(self.dates)
        return value or ""

    def same(self, value: Value, text: str) -> bool:
        """Return True if the shown text means this value; None is equal only to an empty text."""
        if isinstance(value, Decimal):
            return read_amount(text) == value
        if isinstance(value, dt.date):
            return self._read_date(text) == value
        return plain(text) == plain(self.write(value))

    def _read_date(self, text: str) -> dt.date | None:
        for way in (self.dates, *self.also_shown):
            with suppress(ValueError):
                return dt.datetime.strptime(text.strip(), way).date()
        return None


@dataclass(frozen=True, slots=True)
class Expected:
    """One value that a record must show: its name, the value, and the label of the value on the record's page.

    With ``free`` the system may choose the value: it is put into the receipt and not compared. ``by`` reduces a text to
    the part that counts, for systems that show more (``5920--Repairs`` for 5920) or write it another way.
    """

    name: str
    value: Value
    label: str
    free: bool = False
    by: Callable[[str], str] = str

    def met_by(self, text: str, format: Format) -> bool:
        """Say whether what is shown is what was to be keyed."""
        value = self.by(self.value) if isinstance(self.value, str) else self.value
        return self.free or format.same(value, self.by(text))

    def as_shown(self, text: str, format: Format) -> Shown:
        """Return the value for the receipt: the keyed value, how this system writes it, and how the system shows it."""
        keyed = "" if self.value is None else write_value(self.value)
        return Shown(self.name, keyed, text, format.write(self.value))


def read_amount(text: str) -> Decimal | None:
    """Read ``1,250.00``, ``-1250.00`` or ``(1,250.00)``; None if it is no amount."""
    match = AMOUNT.fullmatch(text.strip())
    if match is None or bool(match[1]) != bool(match[5]):
        return None
    amount = amount_of(match[3].replace(",", "") + (match[4] or ""))
    return -amount if amount is not None and (match[1] or match[2]) else amount


def plain(text: str) -> str:
    """Return a text as a text box gives it back: one way of ending lines, no blanks around it, accents composed."""
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def folded(text: str) -> str:
    """Return a text as a search compares it: without regard to case and to the number of blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def one_line(text: str) -> str:
    """Return a text on one line, its blanks made single."""
    return " ".join(text.split())
