"""Decides by the words next to an amount what it is: net, tax, total, due, paid, or another role."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.supplier_invoice.layout.vocabulary import WORDS

CLASS_OF: dict[str, frozenset[str]] = {}
for _name, _words in WORDS["amount"].items():
    for _word in _words.split():
        CLASS_OF[_word] = CLASS_OF.get(_word, frozenset()) | {_name}

#: Words before the base of a tax; and words next to a date, not an amount.
BASE = {"on", "of", "aus", "sur", "von", "auf", "over", "su", "sobre"}
DATED = {"date", "datum", "fecha", "data", "echeance", "vencimiento", "scadenza", "splatnosti"}
#: French "dû" at the end of a label means owed, "du" within it means "of the".
CURRENCIES = {"cad", "eur", "usd", "chf", "gbp"}
#: Next to a payment a credit is no discount: "Payments/credits", "Payment by credit card".
CREDITED = {"cr", "credit", "credited", "credite", "refund", "gutschrift", "avoir"}
PAYMENT, CREDIT = {"payment", "payments", "paid"}, {"credit", "credits"}
#: Words around the registration number of a tax.
REGISTRATION = {"#", "rt", "tq", "reg", "registration", "registered", "enr", "no", "id", "inscription"}
#: Rows with these roles are not lines of goods, and never an amount of the invoice itself.
SUMMARY = {"net", "tax", "gross", "due", "paid", "previous", "rounding", "carried", "rate"}


def role_of(tokens: Sequence[str]) -> tuple[str, float] | None:
    """Return the role that a label gives its amount and how strongly (0-1), or None if the label is not known.

    Unknown words weaken it: "Total Spots" is less certainly a total than "Total".
    """
    words = _without_base([token for token in _without_registration(tokens) if not token[0].isdigit()])
    own_words = [word for word in words if word not in CURRENCIES]
    if len(own_words) > 1 and own_words[-1] == "du":
        words = ["due" if word == "du" else word for word in words]
    if PAYMENT & set(words):
        words = [word for word in words if word not in CREDIT]
    if DATED & set(words) or "#" in words:
        return None
    known = [word for word in words if word in CLASS_OF]
    telling = [word for word in known if CLASS_OF[word] - {"neutral", "number", "from", "bill"}]
    if not telling or len(words) > 12:
        return None
    has = frozenset().union(*(CLASS_OF[word] for word in telling))
    if "bill" not in has and any("bill" in CLASS_OF[word] for word in known):
        has |= {"bill"}
    met = _decide(has)
    if met is None:
        return None
    unknown = len([word for word in words if word not in CLASS_OF])
    return met[0], met[1] * len(telling) / (len(telling) + 0.75 * unknown)


def says_credit(tokens: Sequence[str]) -> bool:
    """Return whether a label calls its amount a credit; a credit card, and credits next to payments, do not count."""
    return bool(CREDITED & set(tokens)) and not (PAYMENT | {"card", "limit"}) & set(tokens)


def _without_registration(tokens: Sequence[str]) -> list[str]:
    """Leave out the registration number that many print next to their tax: "HST #735891020 RT0001"."""
    numbered = any(token.isdigit() and len(token) >= 5 for token in tokens) or "rt" in tokens
    taxed = any("tax" in CLASS_OF.get(token, ()) for token in tokens)
    return [token for token in tokens if not (numbered and taxed and token in REGISTRATION)]


def _without_base(words: list[str]) -> list[str]:
    """Cut off the base of a tax or a deduction: "HST 13 % on net" is tax, not net."""
    for place, word in enumerate(words):
        taken = {"tax", "holdback", "discount"} & frozenset().union(
            *(CLASS_OF.get(w, frozenset()) for w in words[:place])
        )
        if taken and word in BASE:
            return words[:place]
    return words


def _decide(has: frozenset[str]) -> tuple[str, float] | None:
    for wanted, unwanted, role, weight in _RULES:
        if wanted <= has and not unwanted & has:
            return role, weight
    return None


def _rule(
    wanted: str, role: str, weight: float, unwanted: str = ""
) -> tuple[frozenset[str], frozenset[str], str, float]:
    return frozenset(wanted.split()), frozenset(unwanted.split()), role, weight


#: The first rule decides whose words are all present, and whose excluded words are all absent.
_RULES = (
    _rule("rounding", "rounding", 0.9),
    _rule("carried due", "previous", 0.9, "total"),
    _rule("carried", "carried", 0.9, "due shipping"),
    _rule("carried total", "carried", 0.9, "shipping"),
    _rule("holdback", "holdback", 0.9, "excl due total"),
    _rule("previous", "previous", 0.9),
    _rule("tax rate", "rate", 0.9, "total amount"),
    _rule("sub discount", "net", 0.9, "tax"),
    _rule("total excl discount", "net", 0.85, "tax due"),
    _rule("discount after", "net", 0.8, "due"),
    _rule("excl credit", "net", 0.8, "tax due"),
    _rule("credit total tax", "gross", 0.7, "excl"),
    _rule("credit total", "gross", 0.8, "excl sub discount"),
    _rule("credit", "discount", 0.85, "total sub due tax discount"),
    _rule("discount", "discount", 0.85, "total sub due"),
    _rule("discount total", "discount", 0.8, "excl incl tax due sub"),
    _rule("shipping total", "shipping", 0.75, "excl incl tax due sub"),
    _rule("shipping", "shipping", 0.8, "total sub due paid tax"),
    _rule("sub tax", "net", 0.85),
    _rule("tax excl amount", "net", 0.93, "incl plus due"),
    _rule("tax excl total", "net", 0.93, "incl plus due"),
    _rule("tax incl total", "gross", 0.93),
    _rule("tax incl amount", "gross", 0.9),
    _rule("tax incl due", "due", 0.93),
    _rule("tax incl", "gross", 0.75),
    _rule("tax plus", "tax", 0.93),
    _rule("tax excl", "net", 0.8, "total amount"),
    _rule("tax due", "tax", 0.6, "total"),
    _rule("tax due total", "due", 0.7),
    _rule("tax", "tax", 0.93),
    _rule("sub", "net", 0.93, "due"),
    _rule("excl due", "due", 0.93),
    _rule("excl total", "net", 0.9, "incl paid"),
    _rule("excl amount", "net", 0.85, "incl paid"),
    _rule("due", "due", 0.95, "paid excl"),
    _rule("due paid", "paid", 0.5),
    _rule("past paid", "paid", 0.9),
    _rule("paid", "paid", 0.8),
    _rule("incl total", "gross", 0.95),
    _rule("incl", "gross", 0.8),
    _rule("excl", "net", 0.7),
    _rule("total", "gross", 0.85),
    _rule("bill amount", "gross", 0.85),
    _rule("amount", "gross", 0.4),
)
