"""Finds what is paid and what is left to pay of a bill's total, and the balance of earlier bills."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import product

from extractors.supplier_invoice.candidates import Candidate
from extractors.supplier_invoice.signals import Signal, Signals
from extractors.supplier_invoice.sums import ZERO, AmountOption, Proof, as_candidate, same

Options = Sequence[AmountOption]
SURE, SAID = 0.45, 0.85  # strengths of options; the second if the label says that something is paid
NEXT = 2  # rows from one to the other


def settled(gross: AmountOption | None, options: Mapping[str, Options]) -> dict[str, Candidate[Decimal]]:
    """Return the paid, due and earlier amounts, chosen by what they leave of the total."""
    due, paid, earlier, holdbacks = (_sure(options[role]) for role in ("due", "paid", "previous", "holdback"))
    proven = (_proven(gross, due, paid, earlier) or _kept_back(gross, due, holdbacks)) if gross else None
    if proven:
        return proven
    own = [payment for payment in paid if not _of_an_earlier_bill(payment, earlier, gross)]
    payments = {"amount_paid": _paid(own[0])} if own else {}
    whole = [o for o in due if gross and o.value == gross.value]
    top = whole[0] if whole else (due[0] if due else None)
    if top is None:
        return payments
    weight = 1.0 if whole or gross is None else 0.8
    rivals = [o for o in due if o.strength > 0.8 and not same(o.value, top.value) and o.order >= top.order - 6]
    due_now = as_candidate(top).times(weight)
    made = {"amount_due": due_now.times(0.7, Signal.ANOTHER_DUE, str(rivals[0].value)) if rivals else due_now}
    return made | (payments if own and own[0].strength > SAID else {})


def carried_over(options: Mapping[str, Options]) -> frozenset[Decimal]:
    """Return the totals that, with the balance of an earlier bill, make an amount that is printed as due."""
    due, paid, earlier = (_sure(options[role]) for role in ("due", "paid", "previous"))
    return frozenset(amount.value - rest.value for amount, rest in product(due, _left_open(paid, earlier)))


def _sure(options: Options) -> list[AmountOption]:
    return [option for option in options if option.strength > SURE]


def _left_open(paid: Options, earlier: Options) -> Iterator[AmountOption]:
    """Yield the balances of earlier bills: as printed, or less what was paid on them since."""
    yield from (before for before in earlier if before.value)
    for before, payment in product(earlier, paid):
        rest = before.value - abs(payment.value)
        if before.order < payment.order and rest > 0:
            words = (*before.words, *payment.words)
            signals = Signals.of(Signal.WORKED_OUT, f"{before.value} less {abs(payment.value)} paid")
            strength = min(before.strength, payment.strength)
            yield replace(before, value=rest, words=words, signals=signals, strength=strength)


def _of_an_earlier_bill(payment: AmountOption, earlier: Options, gross: AmountOption | None) -> bool:
    """Return whether a payment is right under an earlier bill's balance, or between it and this bill's total."""
    return any(
        before.order <= payment.order
        and (gross is None or payment.order < gross.order or payment.order - before.order <= NEXT)
        for before in earlier
    )


def _proven(gross: AmountOption, due: Options, paid: Options, earlier: Options) -> dict[str, Candidate[Decimal]] | None:
    """Return an amount due that the total, the payments and an earlier bill's balance prove; None if there is none."""
    open_before = list(_left_open(paid, earlier))
    own = [payment for payment in paid if not _of_an_earlier_bill(payment, earlier, gross)]
    parts = [*product([None], open_before), *product(own, [None]), *product(own, open_before)]
    for (payment, before), amount in product(parts, due):
        if amount.value == gross.value or (before and same(abs(before.value), gross.value)):
            continue
        less, more = abs(payment.value) if payment else ZERO, before.value if before else ZERO
        if same(gross.value - less + more, amount.value):
            figures = f"{gross.value}{f' - {less}' if payment else ''}{f' + {more}' if before else ''} = {amount.value}"
            proof = Proof(Signal.SUM_PROVES, figures)
            made = {"amount_due": as_candidate(amount, proof)}
            made |= {"amount_paid": _paid(payment, proven=True)} if payment else {}
            return made | ({"previous_balance": as_candidate(before, proof)} if before else {})
    return None


def _kept_back(gross: AmountOption, due: Options, holdbacks: Options) -> dict[str, Candidate[Decimal]] | None:
    """Return an amount due that is the total less the holdback of a contract or law."""
    for amount, holdback in product(due, holdbacks):
        if amount.value != gross.value and same(gross.value - abs(holdback.value), amount.value):
            proof = Proof(Signal.SUM_PROVES, f"{gross.value} - {abs(holdback.value)} = {amount.value}")
            held_back = Candidate(abs(holdback.value), holdback.words, 0.97, holdback.signals, True)
            return {"amount_due": as_candidate(amount, proof), "holdback": held_back}
    return None


def _paid(option: AmountOption, proven: bool = False) -> Candidate[Decimal]:
    return Candidate(abs(option.value), option.words, 0.97 if proven else option.strength, option.signals, proven)
