"""The totals of a bill, chosen so that they prove each other: net + tax = total, total - paid = due, lines add up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, product

from extractors.supplier_invoice.candidates import Candidate
from extractors.supplier_invoice.fields.money import LabelledAmount, Money
from extractors.supplier_invoice.fields.settlement import carried_over, settled
from extractors.supplier_invoice.signals import Signal, Signals
from extractors.supplier_invoice.sums import CENT, NEAR, ZERO, AmountOption, Proof, as_candidate, rate_of, same

CLEAR, SOME_LABEL = 0.7, 0.5  # strengths of labels
LARGE_TAX = Decimal(20)
#: What may stand between net and total, and whether it adds or takes away.
SIGNS_OF = {"shipping": (1,), "discount": (-1,), "holdback": (-1,), "rounding": (1, -1)}

#: What can lie between net and total apart from the tax: each sum, with its amounts and their signs.
Extras = dict[Decimal, tuple[tuple[int, LabelledAmount], ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """The totals that were chosen, by field; ``proven`` if arithmetic supports the set."""

    chosen: dict[str, Candidate[Decimal]]
    proven: bool


@dataclass(frozen=True, slots=True)
class _Set:
    net: AmountOption | None
    tax: AmountOption | None
    gross: AmountOption | None
    score: float
    proof: Proof | None = None
    between: tuple[tuple[int, LabelledAmount], ...] = ()


def totals_of(money: Money, labelled: Sequence[LabelledAmount], lines_sum: Decimal | None) -> Totals:
    """Choose the set of totals that labels and arithmetic support most.

    1. Gather candidates for each role. 2. Weigh every set of net, tax and total. 3. Take what is due and paid
    by what it leaves. ``lines_sum`` is the sum of the lines' amounts, or None if no lines were found.
    """
    options = {
        role: _options(labelled, role) for role in ("net", "tax", "gross", "due", "paid", "previous", "holdback")
    }
    options["tax"] += _sums_of_taxes(options["tax"])
    rates = _rates(money)
    extras = _combined(labelled)
    options["net"] += _as_net(options)
    chosen = _best_set(options, _bare(money, labelled), rates, lines_sum, extras)
    return _with_due(chosen, options)


def _combined(labelled: Sequence[LabelledAmount]) -> Extras:
    """Return every sum of some charges and allowances with its parts: each can lie between net and total."""
    parts: dict[Decimal, LabelledAmount] = {}
    for item in labelled:
        if item.role in SIGNS_OF and item.strength > 0.4 and item.value:
            parts.setdefault(abs(item.value), item)
    sums: Extras = {ZERO: ()}
    for value, item in sorted(parts.items())[:4]:
        for sign in SIGNS_OF[item.role]:
            for total, parts_of_total in list(sums.items()):
                if all(part is not item for _, part in parts_of_total):
                    sums.setdefault(total + sign * value, (*parts_of_total, (sign, item)))
    sums.pop(ZERO)
    return sums


def _as_net(options: dict[str, list[AmountOption]]) -> list[AmountOption]:
    """Return totals and amounts due as possible nets: a tax or an allowance can follow them."""
    totals = [*options["gross"], *options["due"]]
    return [AmountOption(o.value, o.words, o.strength * 0.5, o.signals, o.order, whole=True) for o in totals]


def _options(labelled: Iterable[LabelledAmount], role: str) -> list[AmountOption]:
    """Return the amounts for a role, the strongest first; a value that is printed again gains a little."""
    by_value: dict[Decimal, list[LabelledAmount]] = {}
    for item in labelled:
        if item.role == role:
            by_value.setdefault(item.value, []).append(item)
    made = []
    for value, items in by_value.items():
        items.sort(key=lambda item: (item.strength, item.amount.row.index), reverse=True)
        top = items[0]
        rows = {item.amount.row.index for item in items}
        strength = min(0.99, top.strength + 0.03 * (len(rows) - 1))
        made.append(AmountOption(value, top.amount.words, strength, top.signals, top.amount.row.index))
    made.sort(key=lambda option: (option.strength, option.order), reverse=True)
    return made[:10]


def _sums_of_taxes(taxes: Sequence[AmountOption]) -> list[AmountOption]:
    """Return sums of two to four taxes that are printed one under the other, as GST and QST are."""
    printed = sorted((t for t in taxes if t.strength > 0.45 and t.value), key=lambda t: t.order)[:6]
    sums = []
    for size in (2, 3, 4):
        for group in combinations(printed, size):
            if group[-1].order - group[0].order <= 2 * size + 1:
                words = tuple(word for tax in group for word in tax.words)
                strength = min(tax.strength for tax in group) * 0.85
                signals = Signals.of(Signal.SUM_OF_TAXES, " and ".join(str(tax.value) for tax in group))
                value = sum((tax.value for tax in group), ZERO)
                sums.append(AmountOption(value, words, strength, signals, group[-1].order))
    return sums


def _bare(money: Money, labelled: Iterable[LabelledAmount]) -> list[AmountOption]:
    """Return the amounts that no label explains; they count only if a sum proves them."""
    explained = {id(item.amount) for item in labelled if item.strength > 0.6}
    by_value: dict[Decimal, AmountOption] = {}
    for amount in money.all():
        ends = amount.stop == len(amount.row.words) and not amount.percent
        if (amount.money or ends) and id(amount) not in explained and amount.value:
            signals = Signals.of(Signal.NO_LABEL if amount.money else Signal.BARE_NUMBER)
            by_value[amount.value] = AmountOption(amount.value, amount.words, 0.04, signals, amount.row.index)
    return list(by_value.values())[-40:]


def _rates(money: Money) -> frozenset[Decimal]:
    return frozenset(a.value for a in money.all() if a.percent and 0 < a.value < 40)


def _best_set(
    options: dict[str, list[AmountOption]],
    bare: list[AmountOption],
    rates: frozenset[Decimal],
    lines_sum: Decimal | None,
    extras: Extras,
) -> _Set:
    best = _Set(None, None, None, -1.0)
    gross = [*options["gross"], *_as_gross(options["due"])] or _only_amount(bare)
    carried = carried_over(options)
    for net in [*options["net"], None]:
        for tax in [*options["tax"], None]:
            for total in [*gross, None]:
                best = max(best, _weigh(net, tax, total, rates, lines_sum, extras, carried), key=_score)
    for net, tax, total in _with_one_bare(options, gross, bare):
        best = max(best, _weigh(net, tax, total, rates, lines_sum, extras, carried, bare=True), key=_score)
    if not any(net.strength > CLEAR and not net.whole for net in options["net"]):
        for tax, total in product(options["tax"], gross):
            if net := _net_not_printed(tax, total, rates):
                best = max(best, _weigh(net, tax, total, rates, lines_sum, extras, carried, bare=True), key=_score)
    return best


def _net_not_printed(tax: AmountOption, total: AmountOption, rates: frozenset[Decimal]) -> AmountOption | None:
    """Return the total less its tax where a rate explains the tax to the cent: many bills print no subtotal.

    A usual rate that is not printed counts only for a tax so large that the cents do not fit by chance.
    """
    net = total.value - tax.value
    if min(tax.strength, total.strength) < SOME_LABEL or abs(tax.value) > abs(net):
        return None
    rate = rate_of(tax.value, net, rates)
    if rate is None or not (rate in rates or abs(tax.value) >= LARGE_TAX):
        return None
    words = (*total.words, *tax.words)
    signals = Signals.of(Signal.WORKED_OUT, f"{total.value} less a tax of {rate} %")
    return AmountOption(net, words, 0.0, signals, total.order)


def _only_amount(bare: list[AmountOption]) -> list[AmountOption]:
    """Return the only amount of a page: it must be what the bill asks for."""
    alone = [option for option in bare if Signal.NO_LABEL in option.signals]
    return [replace(alone[0], strength=0.45)] if len(alone) == 1 else []


def _score(candidate_set: _Set) -> float:
    return candidate_set.score


def _as_gross(due: Iterable[AmountOption]) -> Iterator[AmountOption]:
    for option in due:
        yield AmountOption(option.value, option.words, option.strength * 0.8, option.signals, option.order)


def _with_one_bare(
    options: dict[str, list[AmountOption]], gross: list[AmountOption], bare: list[AmountOption]
) -> Iterator[tuple[AmountOption, AmountOption, AmountOption]]:
    """Yield sets of three that add up, in which one amount has no label of its own."""
    by_value = {option.value: option for option in bare}
    labelled_roles = {role for role in ("tax", "gross") if any(o.strength > 0.7 for o in options[role])}
    for tax in [t for t in options["tax"] if t.value]:
        for total in gross:
            if (total.value - tax.value) in by_value:
                yield by_value[total.value - tax.value], tax, total
        for net in options["net"] if "gross" not in labelled_roles else []:
            if (net.value + tax.value) in by_value:
                yield net, tax, by_value[net.value + tax.value]
    for net in options["net"] if "tax" not in labelled_roles else []:
        for total in gross:
            if total.value != net.value and (total.value - net.value) in by_value:
                yield net, by_value[total.value - net.value], total


def _weigh(
    net: AmountOption | None,
    tax: AmountOption | None,
    gross: AmountOption | None,
    rates: frozenset[Decimal],
    lines_sum: Decimal | None,
    extras: Extras,
    carried: frozenset[Decimal],
    bare: bool = False,
) -> _Set:
    score = sum(option.strength for option in (net, tax, gross) if option)
    proof: Proof | None = None
    between: tuple[tuple[int, LabelledAmount], ...] = ()
    if gross:
        score += 0.03 * min(1.0, gross.order / 100) + 0.6 * (gross.value in carried)
    if net and tax and gross and same(net.value + tax.value, gross.value, CENT):
        real = abs(tax.value) > 5 * CENT and tax.value != net.value and abs(tax.value) < abs(net.value)
        score += 1.1 if real else 0.25
        proof = Proof(Signal.SUM_PROVES, f"{net.value} + {tax.value} = {gross.value}")
        if real and rate_of(tax.value, net.value, rates):
            score += 0.7
        elif bare:
            score -= 0.6
    elif net and gross and net.value == gross.value and not (tax and tax.value):
        score += 0.0 if net.whole else 0.3
    elif net and gross:
        rest = gross.value - net.value - (tax.value if tax else ZERO)
        side = -1 if gross.value < 0 else 1
        extra = _explains(rest * side, extras, (net, tax, gross))
        between = extras.get(extra, ())
        score += 0.6 if between else -0.5
        proof = _with_extra(net, tax, gross, extra * side) if between else None
    if lines_sum:
        summed = [o for o in (net, gross) if o and same(o.value, lines_sum)]
        less = _explains(net.value - lines_sum, extras, (net, tax, gross)) if net else ZERO
        if less and not summed and not between:
            between = extras[less]
        score += 0.4 * bool(summed or less)
        score += 0.35 * bool(less and net and gross and net.value == gross.value and not net.whole)
        proof = proof or (Proof(Signal.LINES_ADD_UP, str(lines_sum)) if summed else None)
    score -= 0.8 * bool(net and gross and abs(net.value) > abs(gross.value) + NEAR and not extras)
    score -= 1.0 * bool(tax and gross and tax.value == gross.value)
    return _Set(net, tax, gross, score, proof, between)


def _with_extra(net: AmountOption, tax: AmountOption | None, gross: AmountOption, extra: Decimal) -> Proof:
    """Return the sum of net, tax, and charges or allowances; an allowance alone explains a total but proves little."""
    figures = f"{net.value}{extra:+}{f' + {tax.value}' if tax else ''} = {gross.value}"
    return Proof(Signal.SUM_PROVES if tax or extra > 0 else Signal.ALLOWANCE_EXPLAINS, figures)


def _explains(rest: Decimal, extras: Extras, chosen: Sequence[AmountOption | None]) -> Decimal:
    """Return the sum of charges and allowances that explains the rest between net and total; 0 if none does.

    One printed amount plays one role: a charge that is itself the total, or an allowance of the whole bill, proves
    nothing, since with it any amount of the page would make up the total.
    """
    return next((extra for extra, parts in extras.items() if same(rest, extra) and _only_extras(parts, chosen)), ZERO)


def _only_extras(parts: Iterable[tuple[int, LabelledAmount]], chosen: Sequence[AmountOption | None]) -> bool:
    """Return whether charges and allowances are printed apart from the net, the tax and the total.

    The same figure again in the same row, as the price and the amount of one piece, is the same amount.
    """
    net, tax, _ = chosen
    whole = abs(net.value + (tax.value if tax else ZERO)) if net else ZERO
    for sign, part in parts:
        size = abs(part.value)
        if sign < 0 and same(size, whole, CENT):
            return False
        if any(option and abs(option.value) == size and option.order == part.amount.row.index for option in chosen):
            return False
    return True


def _with_due(chosen: _Set, options: dict[str, list[AmountOption]]) -> Totals:
    """Add the amounts paid and due to the chosen set; a total alone is the amount due."""
    made: dict[str, Candidate[Decimal]] = {}
    proven = chosen.proof is not None
    whole = {"net_total": chosen.net, "tax_total": chosen.tax, "grand_total": chosen.gross}
    for name, option in whole.items():
        if option and not _stray(option, chosen):
            made[name] = as_candidate(option, chosen.proof)
    made.update(_between(chosen))
    gross = chosen.gross
    if chosen.net and chosen.net.whole and chosen.between and gross and chosen.net.value != gross.value:
        made["line_total"] = made.pop("net_total")
    made.update(settled(gross, options))
    if gross and "amount_due" not in made and "amount_paid" not in made:
        made["amount_due"] = made["grand_total"].times(0.97, Signal.NOTHING_ELSE_DUE)
    return Totals(made, proven)


def _stray(option: AmountOption, chosen: _Set) -> bool:
    """Return whether a net or a tax has neither proof nor a good label, and so is probably another amount."""
    agrees = chosen.gross is not None and option.value == chosen.gross.value
    return option is not chosen.gross and chosen.proof is None and not agrees and option.strength < 0.75


def _between(chosen: _Set) -> dict[str, Candidate[Decimal]]:
    """Return allowances and charges that the proof of the total needed."""
    made = {}
    for name, sign in (("allowance_total", -1), ("charge_total", 1)):
        parts = [item for direction, item in chosen.between if direction == sign]
        if parts:
            value = sum((abs(item.value) for item in parts), ZERO)
            words = tuple(word for item in parts for word in item.amount.words)
            made[name] = Candidate(value, words, 0.95, parts[0].signals, proven=True)
    return made
