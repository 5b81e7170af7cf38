"""The signals on a page that speak for or against a value: decisions read them, and explanations are made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, unique


@unique
class Signal(Enum):
    """One thing that a page shows of a value. The text explains it to people; ``{}`` stands for its detail."""

    # Where the value is printed.
    RIGHT_OF_LABEL = 'right of the label "{}"'
    UNDER_LABEL = 'under the label "{}"'
    LEVEL_WITH_LABEL = 'at the height of the label "{}"'
    BESIDE_LABEL = 'beside the label "{}"'
    NAMED_UNDER_HEADING = 'named under the heading "{}"'
    HEAD_OF_PAGE = "in the upper part of the page"
    FOOT_OF_PAGE = "at the foot of the page"
    SENDER_LINE = "in the sender's line"
    FOOT_LINE = "in the line at the foot of the page"
    TAX_NUMBER_SENTENCE = "in a sentence that gives the address and the tax number"
    OVER_ADDRESS = "over an address"
    ADDRESS_WINDOW = "over an address and without a label, as in the window of an envelope"
    OVER_POSSIBLE_ADDRESS = "over what may be an address"
    UNDER_SELLER_NAME = "under the seller's name"
    ON_SLIP = "on the payment slip"
    TAX_TABLE = "in a table of taxes"

    # Names of parties.
    PUBLIC_BODY = "the name of a public body, without a label"
    PERSON = "the name of a person"
    BELOW_ANOTHER_NAME = "another name stands above it"
    NAMED_AS_BUYER = "also named as the buyer"
    WEB_ADDRESS = "spelled by a web or mail address"
    NAMED_AGAIN = "named again on the page"
    COMPLETED = "completed from another line"

    # Numbers.
    ORDER_NUMBER_SHAPE = "has the shape of an order number"
    IBAN_VALID = "an IBAN with the right check digits"
    IBAN_INVALID = 'beside "IBAN", but its check digits are wrong'
    GST_SHAPE = "has the shape of a GST/HST number"
    VAT_SHAPE = "has the shape of a VAT number"
    IN_BUYER_BLOCK = "also printed in the buyer's block"
    BESIDE_BUYER = "beside the buyer, while another number stands under the seller"

    # Dates.
    DATE_ORDER_ASSUMED = "read as {}"
    DATE_ORDER_UNKNOWN = "day and month may be the other way round"

    # Currencies.
    CODE_BESIDE_TOTAL = "{} is printed beside the total"
    CODE_PRINTED = "{} is printed"
    CURRENCY_NAMED = 'the words "{}" are printed'
    SIGN_PRINTED = "the sign of {} is printed"
    DOLLAR_OF_SELLER = "$ in the seller's country"
    DOLLAR_OF_COUNTRY = "$ in {}"
    DOLLAR_WITHOUT_COUNTRY = "$, and no country is named"
    SHARED_SIGN = "{}, a sign that several currencies have"
    SEVERAL_CURRENCIES_POSSIBLE = "another currency is as likely"
    CURRENCY_OF_COUNTRY = "the currency of {}"
    CURRENCY_OF_LANGUAGE = "the usual currency where the page's language is spoken"

    # Amounts.
    NO_LABEL = "an amount without a label"
    BARE_NUMBER = "a number without a label or a sign of money"
    SUM_OF_TAXES = "the sum of {}"
    WORKED_OUT = "worked out as {}"
    SUM_PROVES = "{}"
    ALLOWANCE_EXPLAINS = "an allowance explains it: {}"
    LINES_ADD_UP = "the lines add up to {}"
    ANOTHER_DUE = "but {} is due too"
    NOTHING_ELSE_DUE = "no other amount is called due"
    NO_TAX_PRINTED = "no tax is printed"
    RATE_TIMES_BASE = "a tax rate times its base"

    # Any value.
    NEAR_RIVAL = 'but "{}" is nearly as likely'


#: The value has a label, or stands where only one thing can stand, as a label would say it.
LABELLED = frozenset(
    {
        Signal.RIGHT_OF_LABEL,
        Signal.UNDER_LABEL,
        Signal.LEVEL_WITH_LABEL,
        Signal.NAMED_UNDER_HEADING,
        Signal.SENDER_LINE,
        Signal.UNDER_SELLER_NAME,
    }
)
#: The amount is not printed: it follows from the total, and is right where the total is.
FOLLOWS_FROM_TOTAL = frozenset({Signal.NO_TAX_PRINTED, Signal.NOTHING_ELSE_DUE})
#: The print of the date leaves open which number is the day and which the month.
DATE_ORDER_NOT_PRINTED = frozenset({Signal.DATE_ORDER_ASSUMED, Signal.DATE_ORDER_UNKNOWN})
#: The page names its currency, in letters or by a sign of that currency alone.
CURRENCY_PRINTED = frozenset(
    {Signal.CODE_BESIDE_TOTAL, Signal.CODE_PRINTED, Signal.CURRENCY_NAMED, Signal.SIGN_PRINTED}
)


@dataclass(frozen=True, slots=True)
class Signals:
    """What a page shows of one value, in the order in which it was noticed: signals, each with its detail or ""."""

    noticed: tuple[tuple[Signal, str], ...]

    @classmethod
    def of(cls, signal: Signal, detail: str = "") -> Signals:
        return cls(((signal, detail),))

    def plus(self, signal: Signal, detail: str = "") -> Signals:
        return Signals((*self.noticed, (signal, detail)))

    def __iter__(self) -> Iterator[tuple[Signal, str]]:
        return iter(self.noticed)

    def __contains__(self, signal: Signal) -> bool:
        return any(known is signal for known, _ in self.noticed)

    def any_of(self, signals: Iterable[Signal]) -> bool:
        return any(signal in self for signal in signals)


def explanation(signals: Signals) -> str:
    """Return the signals in words, for people only: no decision reads them."""
    return ", ".join(signal.value.format(detail.strip(" :")) for signal, detail in signals)
