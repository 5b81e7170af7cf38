"""What an invented vendor charges an invented town, and the arithmetic of a bill."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

CENT = Decimal("0.01")
TOWN = (
    "Town of Millbrook Falls",
    "Accounts Payable",
    "1 Town Hall Square",
    "Millbrook Falls, ON  L0P 1M0",
)
VILLE = (
    "Ville de Millbrook Falls",
    "Comptes fournisseurs",
    "1, place de l’Hôtel-de-Ville",
    "Millbrook Falls (Ontario)  L0P 1M0",
)


def cents(amount: Decimal) -> Decimal:
    """An amount rounded half up to two decimals, as EN 16931 and the tax offices round."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class SampleVendor:
    """A row of the vendor master, or a vendor that is not in it."""

    number: str
    name: str
    tax_id: str
    address: str
    city: str
    province: str
    postal_code: str
    bank_accounts: str = ""

    @property
    def place(self) -> str:
        """The second line of the address."""
        return f"{self.city}, {self.province}  {self.postal_code}"


@cache
def vendor(number: str) -> SampleVendor:
    """The vendor with that number in `vendors.csv`; KeyError where there is none."""
    with (Path(__file__).parent / "vendors.csv").open(encoding="utf-8", newline="") as rows:
        return {row["number"]: SampleVendor(**row) for row in csv.DictReader(rows)}[number]


@dataclass(frozen=True, slots=True)
class SampleLine:
    """One thing charged for."""

    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    code: str = ""

    @property
    def net(self) -> Decimal:
        """Quantity times price, in cents."""
        return cents(self.quantity * self.unit_price)


def line(description: str, quantity: str, unit: str, unit_price: str, code: str = "") -> SampleLine:
    """A line from amounts written with a dot."""
    return SampleLine(description, Decimal(quantity), unit, Decimal(unit_price), code)


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax by its printed name and its rate in percent."""

    name: str
    rate: Decimal

    def on(self, net: Decimal) -> Decimal:
        """The tax on an amount."""
        return cents(net * self.rate / 100)


HST = (Tax("HST", Decimal(13)),)
QUEBEC = (Tax("TPS", Decimal(5)), Tax("TVQ", Decimal("9.975")))
GERMAN_VAT = (Tax("VAT", Decimal(19)),)


@dataclass(frozen=True, slots=True)
class SampleBill:
    """An invoice or a credit note, before it is printed."""

    seller: SampleVendor
    number: str
    issued: date
    lines: tuple[SampleLine, ...]
    due: date | None = None
    taxes: tuple[Tax, ...] = HST
    purchase_order: str = ""
    terms: str = ""
    currency: str = "CAD"
    buyer: tuple[str, ...] = TOWN
    credit: bool = False
    iban: str = ""
    printed_total: Decimal | None = None
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def net(self) -> Decimal:
        """Sum of the lines."""
        return sum((line.net for line in self.lines), Decimal("0.00"))

    @property
    def tax(self) -> Decimal:
        """Sum of the taxes; each tax is rounded separately."""
        return sum((tax.on(self.net) for tax in self.taxes), Decimal("0.00"))

    @property
    def total(self) -> Decimal:
        """The printed total: net and tax, or the wrong total if the vendor miscalculated."""
        return self.net + self.tax if self.printed_total is None else self.printed_total

    def truth(self) -> dict[str, str]:
        """What a faithful reader reads, by canonical name; dates ISO 8601, amounts with a dot."""
        fields = {
            "invoice_type": "credit-note" if self.credit else "invoice",
            "invoice_number": self.number,
            "issue_date": self.issued.isoformat(),
            "due_date": self.due.isoformat() if self.due else "",
            "currency": self.currency,
            "seller_name": self.seller.name,
            "seller_tax_id": self.seller.tax_id,
            "buyer_name": self.buyer[0],
            "purchase_order": self.purchase_order,
            "payment_terms": self.terms,
            "iban": self.iban,
            "net_total": str(self.net),
            "tax_total": str(self.tax),
            "grand_total": str(self.total),
            "amount_due": "" if self.credit else str(self.total),
        }
        return {name: value for name, value in fields.items() if value}

    def true_lines(self) -> tuple[dict[str, str], ...]:
        """The lines a faithful reader reads, by canonical name."""
        return tuple(
            {
                "description": line.description,
                "quantity": str(line.quantity),
                "unit_price": str(line.unit_price),
                "net_amount": str(line.net),
            }
            for line in self.lines
        )


def english(amount: Decimal) -> str:
    """1,234.56"""
    return f"{amount:,.2f}"


def dollars(amount: Decimal) -> str:
    """$1,234.56"""
    return f"${amount:,.2f}"


def french(amount: Decimal) -> str:
    """1 234,56, with a no-break space, as typesetters write it."""
    return f"{amount:,.2f}".replace(",", "\u00a0").replace(".", ",")


def plain(quantity: Decimal) -> str:
    """A quantity without needless zeros: 12, 7.5."""
    return f"{quantity.normalize():f}"


def in_words(day: date) -> str:
    """October 4, 2026"""
    return f"{day:%B} {day.day}, {day.year}"


MOIS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]


def en_lettres(day: date) -> str:
    """4 octobre 2026"""
    return f"{'1er' if day.day == 1 else day.day} {MOIS[day.month - 1]} {day.year}"
