"""The amounts of a document with the labels next to and above each: the candidates for its totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from extractors.supplier_invoice.fields.amounts import Amount, amounts_in
from extractors.supplier_invoice.fields.roles import role_of, says_credit
from extractors.supplier_invoice.layout.rows import InvoiceSheet, Phrase, PrintedRow, overlap
from extractors.supplier_invoice.signals import Signal, Signals
from keywright.model.reading import Box
from keywright.model.values.printed_amounts import decimal_sign, is_minus


@dataclass(frozen=True, slots=True, eq=False)
class LabelledAmount:
    """An amount and one reading of its label: ``role`` with its ``strength`` (0-1).

    ``credit``: the label calls it a credit.
    """

    amount: Amount
    role: str
    strength: float
    signals: Signals
    credit: bool = False

    @property
    def value(self) -> Decimal:
        return self.amount.value


@dataclass(frozen=True, slots=True, eq=False)
class Money:
    """All numbers of a document, row by row, read with the document's own decimal sign."""

    sheet: InvoiceSheet
    decimal: str
    by_row: tuple[tuple[Amount, ...], ...]

    def all(self) -> Iterator[Amount]:
        return (amount for row in self.by_row for amount in row)


def money_of(sheet: InvoiceSheet) -> Money:
    """Find every number on every row."""
    decimal = decimal_sign(word.text for row in sheet.rows for word in row.words)
    return Money(sheet, decimal, tuple(tuple(amounts_in(row, decimal)) for row in sheet.rows))


def labelled(money: Money) -> Iterator[LabelledAmount]:
    """Yield every amount under each role that its surroundings suggest."""
    for row in money.sheet.rows:
        yield from _tax_table(money, row)
    for row, amounts in zip(money.sheet.rows, money.by_row, strict=True):
        for amount in amounts:
            if amount.percent or not (amount.money or _plain_total(amount)):
                continue
            for item in _beside(money, row, amount):
                if amount.money or item.strength > 0.55:
                    yield from _either_sign(item)
            if amount.money:
                yield from _above(money, row, amount)


def _either_sign(item: LabelledAmount) -> Iterator[LabelledAmount]:
    """Yield the amount with its sign, and if the sign is separate also without: a dash or a speck could be no minus.

    A dash between a label and its amount as between two words, "Total – 500.00", most likely is no minus.
    """
    amount = item.amount
    if amount.value >= 0 or not is_minus(amount.words[0].text):
        yield item
        return
    bare = replace(amount, value=-amount.value, first=amount.first + 1)
    joins = _joins_label(amount)
    yield replace(item, strength=item.strength * (0.8 if joins else 1.0))
    yield replace(item, amount=bare, strength=item.strength * (1.0 if joins else 0.8))


def _joins_label(amount: Amount) -> bool:
    row, first = amount.row, amount.first
    return first > 0 and row.words[first].box.left - row.words[first - 1].box.right < row.height


def _plain_total(amount: Amount) -> bool:
    """Return whether a bare number could be a total; dates, telephone numbers and codes could not."""
    return amount.decimals == 0 and amount.stop - amount.first == 1 and abs(amount.value) < 10_000_000


def _beside(money: Money, row: PrintedRow, amount: Amount) -> Iterator[LabelledAmount]:
    tokens, shared, box = _left_label(money, row, amount)
    doubt = 1.0 if amount.money else 0.8
    amounts = [a for a in money.by_row[row.index] if a.money]
    for taken in tokens:
        met = role_of(taken)
        if met and not _base_of_tax(taken, met[0], amount, money):
            role = "tax" if met[0] == "rate" and amount.money else met[0]
            strength = met[1] * doubt * _place_of(amount, amounts, role, shared)
            signals = Signals.of(Signal.BESIDE_LABEL, " ".join(taken))
            yield LabelledAmount(amount, role, strength, signals, says_credit(taken))
            break
    stacked = _stacked(money, row, box, tokens) if box else ()
    met = role_of(stacked) if stacked else None
    if box and not (met or any(map(role_of, tokens))):
        stacked = _goes_on(money, box, tokens)
        met = role_of(stacked)
    if met:
        doubt *= 0.6 if shared else 1.0
        yield LabelledAmount(amount, met[0], met[1] * doubt * 0.9, Signals.of(Signal.BESIDE_LABEL, " ".join(stacked)))


def _place_of(amount: Amount, amounts: list[Amount], role: str, shared: bool) -> float:
    """Return the certainty that a row's label means this one of its amounts: of base and tax the last is the tax."""
    if role == "tax" and len(amounts) > 1:
        return 0.85 if amount is amounts[-1] else 0.4
    return 0.6 if shared else 1.0


def _base_of_tax(tokens: Sequence[str], role: str, amount: Amount, money: Money) -> bool:
    """Return whether the label continues with the base of the tax: in "HST 13 % on 100.00" the amount is the base."""
    amount_follows = any(later.first >= amount.stop for later in money.by_row[amount.row.index])
    return (
        role == "tax"
        and amount_follows
        and tokens[-1] in {"on", "of", "aus", "sur", "von", "over", "su", "sobre", "auf"}
    )


def _left_label(money: Money, row: PrintedRow, amount: Amount) -> tuple[list[tuple[str, ...]], bool, Phrase | None]:
    """Return the labels left of an amount: the nearest phrase first, and then with the phrase before it."""
    other_amounts = [a for a in money.by_row[row.index] if a is not amount and not a.percent and a.stop <= amount.first]
    taken: list[tuple[str, ...]] = []
    tokens: tuple[str, ...] = ()
    shared, nearest = False, None
    for phrase in reversed(money.sheet.by_row[row.index]):
        if phrase.first >= amount.first:
            continue
        part = _tokens(row, phrase, other_amounts, amount)
        if any(token[0].isalpha() for token in part):
            tokens = part + tokens
            taken.append(tokens)
            nearest = nearest or phrase
        if any(phrase.first <= a.first < phrase.stop and a.money for a in other_amounts):
            if taken:
                break
            shared = True
        if len(taken) == 2:
            break
    return taken, shared, nearest


def _tokens(row: PrintedRow, phrase: Phrase, other_amounts: list[Amount], amount: Amount) -> tuple[str, ...]:
    start = max([phrase.first, *(a.stop for a in other_amounts if a.money and phrase.first <= a.first)])
    stop = min(phrase.stop, amount.first)
    texts = tuple(t.text for t in row.tokens if start <= t.word < stop)
    if not texts and start > phrase.first:
        texts = tuple(t.text for t in row.tokens if phrase.first <= t.word < stop)
    return texts


def _stacked(money: Money, row: PrintedRow, label: Phrase, taken: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Return a label of two rows: the phrase just above the label, if it has no amount of its own."""
    if row.index == 0 or not taken:
        return ()
    above = money.sheet.rows[row.index - 1]
    if above.page != row.page or any(a.money for a in money.by_row[above.index]):
        return ()
    for phrase in money.sheet.by_row[above.index]:
        near = label.box.top - phrase.box.bottom < 0.6 * row.height
        if near and overlap(phrase.box, label.box) > 0.4 * min(phrase.box.width, label.box.width):
            return phrase.tokens + taken[0]
    return ()


def _goes_on(money: Money, label: Phrase, taken: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return a label with the lines right under it that have no amount: "Less 10% statutory" over "holdback"."""
    tokens, last = taken[0] if taken else label.tokens, label
    for below in money.sheet.beneath(label.box, label.row, 3 * label.row.height):
        aligned = abs(below.box.left - label.box.left) < 4 and below.box.top - last.box.bottom < 0.6 * label.row.height
        if not aligned or any(a.money for a in money.by_row[below.row.index]):
            break
        tokens, last = tokens + below.tokens, below
    return tokens


def _above(money: Money, row: PrintedRow, amount: Amount) -> Iterator[LabelledAmount]:
    """Yield the role that a head above the amount gives it: in a row of heads, or over a column with totals."""
    rows = money.sheet.rows
    for place in range(row.index - 1, max(-1, row.index - 60), -1):
        upper = rows[place]
        if upper.page != row.page:
            return
        steps = row.index - place
        for phrase in money.sheet.by_row[place]:
            if overlap(phrase.box, amount.box) <= 0:
                continue
            tokens = phrase.tokens
            if not any(token[0].isalpha() for token in tokens):
                continue
            met = role_of(tokens)
            near = amount.box.top - phrase.box.bottom < 3.5 * row.height and steps <= 3
            if met and (near or _total_row(money, row)):
                label = phrase.text.endswith(":")  # of this amount, and no head of a column
                goes_on = near and not label and not _heads_sums(money, upper) and _column_goes_on(money, amount)
                factor = (0.8 if near else 0.75) * (0.6 if goes_on else 1.0)
                yield LabelledAmount(amount, met[0], met[1] * factor, Signals.of(Signal.UNDER_LABEL, phrase.text))
            return
        if steps > 3 and not _total_row(money, row):
            return


def _heads_sums(money: Money, row: PrintedRow) -> bool:
    """Return whether a row has only heads of sums: "Subtotal | HST 13 % | Total | Deposit | Balance due"."""
    phrases = money.sheet.by_row[row.index]
    label_roles = [role_of(phrase.tokens) for phrase in phrases]
    return len(phrases) > 2 and all(label_role is not None and label_role[1] > 0.6 for label_role in label_roles)


def _tax_table(money: Money, head: PrintedRow) -> Iterator[LabelledAmount]:
    """Yield the sums of a table of taxes with heads for net, tax and total, and a last row that adds up.

    In a table of one row that row is the sum.
    """
    columns = [(met[0], phrase) for phrase in money.sheet.by_row[head.index] if (met := role_of(phrase.tokens))]
    roles = {role for role, _ in columns} & {"net", "tax", "gross"}
    if len(roles) < 2 or "tax" not in roles or any(a.money for a in money.by_row[head.index]):
        return
    rows: list[dict[int, Amount]] = []
    for row in money.sheet.rows[head.index + 1 : head.index + 12]:
        values = _by_column(money, row, columns)
        if row.page != head.page or (len(values) < 2 and rows):
            break
        if len(values) > 1:
            rows.append(values)
    if not rows:
        return
    for place, amount in rows[-1].items():
        above = [values[place].value for values in rows[:-1] if place in values]
        if not above or sum(above) == amount.value:
            strength = 0.9 if above else 0.75
            yield LabelledAmount(amount, columns[place][0], strength, Signals.of(Signal.TAX_TABLE))


def _by_column(money: Money, row: PrintedRow, columns: list[tuple[str, Phrase]]) -> dict[int, Amount]:
    """Return a row's amounts by the head above them; of two heads of net or total the last counts."""
    amounts_by_place: dict[int, Amount] = {}
    for amount in money.by_row[row.index]:
        if not amount.money:
            continue
        place = min(range(len(columns)), key=lambda n: _apart(columns[n][1].box, amount.box))
        role, phrase = columns[place]
        if role in {"net", "tax", "gross"} and _apart(phrase.box, amount.box) < 25:
            amounts_by_place[place] = amount
    last = {columns[place][0]: place for place in amounts_by_place}
    return {p: a for p, a in amounts_by_place.items() if columns[p][0] == "tax" or last[columns[p][0]] == p}


def _apart(first: Box, second: Box) -> float:
    middle = abs((first.left + first.right) - (second.left + second.right)) / 2
    return min(abs(first.left - second.left), abs(first.right - second.right), middle)


def _column_goes_on(money: Money, amount: Amount) -> bool:
    """Return whether other amounts are under this one: then the head above names a column and no total."""
    below = money.by_row[amount.row.index + 1 : amount.row.index + 4]
    return any(
        lower.money and lower.row.page == amount.row.page and overlap(lower.box, amount.box) > 0
        for amounts in below
        for lower in amounts
    )


def _total_row(money: Money, row: PrintedRow) -> bool:
    first = money.sheet.by_row[row.index][0]
    met = role_of(first.tokens)
    return met is not None and met[0] in {"gross", "net", "due"} and met[1] > 0.5
