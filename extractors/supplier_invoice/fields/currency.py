"""The currency of a bill: by its code, its sign, or the country it comes from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

from extractors.supplier_invoice.candidates import Candidate
from extractors.supplier_invoice.fields.amounts import Amount
from extractors.supplier_invoice.fields.countries import CURRENCY, common_currency, languages_of
from extractors.supplier_invoice.fields.money import Money
from extractors.supplier_invoice.layout.rows import fold
from extractors.supplier_invoice.signals import Signal, Signals
from keywright.findings import Finding, Kind
from keywright.messages import Message
from keywright.model.reading import Word
from keywright.model.values.printed_amounts import SIGNS

CODES = {code for code in SIGNS.values() if re.fullmatch(r"[A-Z]{3}", code)}
NAMES = {
    "us dollar": "USD",
    "u.s. dollar": "USD",
    "canadian dollar": "CAD",
    "canadian funds": "CAD",
    "dollars canadiens": "CAD",
    "australian dollar": "AUD",
    "pounds sterling": "GBP",
    "swiss franc": "CHF",
    "euros": "EUR",
    "in euro": "EUR",
}
#: A row with one of these gives the amount in another currency.
EQUIVALENT = re.compile(
    r"equiv|exchange|contre-valeur|gegenwert|umgerechnet|tegenwaarde|contravalor|controvalore|@", re.IGNORECASE
)
#: Languages in which most bills are in euro.
EURO_TONGUES = {"de", "es", "it", "nl"}
#: Words of a phrase that can name the currency of amounts.
TELLS_MONEY = re.compile(
    r"total|amount|montant|betrag|price|prix|preis|unit|currency|devise|wahrung|valuta|moneda|net|due", re.IGNORECASE
)
NAMES_MONEY = re.compile(r"currency|devise|wahrung|valuta|moneda", re.IGNORECASE)
#: A row with one of these names the account to pay into.
ACCOUNT = re.compile(r"account|\biban|swift|\bbic\b|\bbank|compte|banque|konto|transit", re.IGNORECASE)
#: A code, or a dollar with its country: "CAD", "US$".
CODE = re.compile(r"(?<![A-Za-z0-9])(?:([A-Z]{3})(?![A-Za-z0-9])|((?:US|CAN?|CDN|C|AU?|NZ|HK)\$))")
DOLLARS = ("CAD", "USD", "AUD", "NZD", "HKD", "SGD", "MXN")


def currency_of(
    money: Money, total: tuple[Word, ...] | None, countries: Counter[str], home: Counter[str]
) -> Candidate[str] | None:
    """Return the currency by the strongest evidence: a code beside the total, a code, a sign, or the country.

    ``home`` are the countries that the seller's own address shows: a bill is mostly in the seller's money.
    """
    beside_total = _beside_total(money, total) if total else None
    if beside_total:
        return Candidate(beside_total, total or (), 0.97, Signals.of(Signal.CODE_BESIDE_TOTAL, beside_total))
    codes = _codes(money)
    signed = [a for a in money.all() if a.sign and not EQUIVALENT.search(a.row.text)]
    signs = Counter(a.sign for a in signed if not _in_sentence(money, a))
    signs = signs or Counter(a.sign for a in signed if not common_currency(countries))
    sign = signs.most_common(1)[0][0] if signs else None
    word = total or next((a.words for a in money.all() if a.sign == sign), None)
    if word is None:
        return None
    if codes:
        code, count = codes.most_common(1)[0]
        agreed = sign is None or sign == code or (sign == "$" and code in DOLLARS) or sign in {"¥", "kr"}
        if agreed or (sign is not None and count > signs[sign]):
            return Candidate(code, word, 0.97 if len(codes) == 1 else 0.9, Signals.of(Signal.CODE_PRINTED, code))
    if sign and re.fullmatch(r"[A-Z]{3}", sign):
        return Candidate(sign, word, 0.97, Signals.of(Signal.SIGN_PRINTED, sign))
    guessed = _by_name(money, word) or _by_country(sign, word, countries, home)
    return guessed or (None if sign or countries else _by_language(money, word))


def _in_sentence(money: Money, amount: Amount) -> bool:
    """Return whether an amount stands within a sentence, like a fee for late payment."""
    phrase = money.sheet.phrase_at(amount.row, amount.first)
    return phrase.stop - phrase.first > 6


def _beside_total(money: Money, total: tuple[Word, ...]) -> str | None:
    """Return the one code in the phrases that the total stands in and under, or None."""
    row = next((r for r in money.sheet.rows if total[0] in r.words), None)
    if row is None:
        return None
    place = row.words.index(total[0])
    near = [p for p in money.sheet.by_row[row.index] if p.first <= place + len(total)][-3:]
    codes = {code for phrase in near for code in _codes_in(phrase.text)}
    return codes.pop() if len(codes) == 1 else None


def _codes_in(text: str) -> set[str]:
    signs = (match[1] or SIGNS.get(match[2].replace("CAN$", "CA$"), "") for match in CODE.finditer(text))
    return {sign for sign in signs if sign in CODES}


def currencies_beside(money: Money, code: str) -> list[str]:
    """Return the other currencies named beside amounts, in the heads of their columns, or as the bill's currency.

    An equivalent in another currency, or the currency of an account, does not count.
    """
    codes: set[str] = set()
    texts = {word.text for row in money.sheet.rows for word in row.words}
    for row in money.sheet.rows:
        if EQUIVALENT.search(row.text) or ACCOUNT.search(row.text):
            continue
        amounts = [
            a for a in money.by_row[row.index] if a.money and not _in_sentence(money, a) and not _number(a, texts)
        ]
        beside = {money.sheet.phrase_at(row, amount.first).text for amount in amounts}
        names_money = bool(NAMES_MONEY.search(fold(row.text)))
        for phrase in money.sheet.by_row[row.index]:
            if names_money or phrase.text in beside or TELLS_MONEY.search(fold(phrase.text)):
                codes |= _codes_in(phrase.text)
        codes |= {amount.sign for amount in amounts if amount.sign}
    plain = {"$": code if code in DOLLARS else "$", "¥": code if code in {"CNY", "JPY"} else "¥", "kr": code}
    return sorted({plain.get(sign, sign) for sign in codes} - {code})


def _number(amount: Amount, texts: Collection[str]) -> bool:
    """Return whether a sign before figures is a letter that an engine took for it: "€7968" for "C7968".

    No amount begins with a nought, and what is printed again with a letter has one.
    """
    figures = re.sub(r"\D", "", amount.text)
    plain = amount.decimals == 0 and len(figures) > 3 and len(amount.words) == 1
    return plain and (figures[0] == "0" or any(letter + figures in texts for letter in "CES"))


def contradicts(code: str, other_codes: Iterable[str]) -> Finding:
    """Return the finding about a bill that shows more than one currency."""
    return Finding(
        "currency-unclear",
        Message(
            "Currency unclear. It was read as {code}, but the page also shows amounts in {others}. Check on the page "
            "in which currency the total is, and choose that one.",
            code=code,
            others=tuple(other_codes),
        ),
        ("currency",),
        Kind.READING,
    )


def _codes(money: Money) -> Counter[str]:
    """Count the codes next to an amount, a word for currency or total, or a bracket."""
    codes: Counter[str] = Counter()
    for amount in money.all():
        printed = amount.sign in CODES and re.search(rf"\b{amount.sign}\b", amount.text.upper())
        if printed and not EQUIVALENT.search(amount.row.text):
            codes[str(amount.sign)] += 1
    for row in money.sheet.rows:
        for match in re.finditer(r"(?<![A-Za-z0-9])([A-Z]{3})(?![A-Za-z0-9])", row.text):
            near = re.search(
                r"total|amount|montant|betrag|currency|devise|wahrung|währung|valuta|moneda|\(|due|price|prix",
                row.text,
                re.IGNORECASE,
            )
            if match.group(1) in CODES and near and not EQUIVALENT.search(row.text):
                codes[match.group(1)] += 1
    return codes


def _by_name(money: Money, words: tuple[Word, ...]) -> Candidate[str] | None:
    for row in money.sheet.rows:
        text = row.text.lower()
        for name, code in NAMES.items():
            if name in text:
                return Candidate(code, words, 0.9, Signals.of(Signal.CURRENCY_NAMED, name))
    return None


def _dollar_strength(dollar_countries: list[str], countries: Counter[str]) -> float:
    """Return the strength of the first country's dollar: lower if it is named once, lowest if two are named."""
    if len(dollar_countries) > 1:
        return 0.5
    return 0.93 if countries[dollar_countries[0]] > 1 else 0.75


def _by_country(
    sign: str | None, words: tuple[Word, ...], countries: Counter[str], home: Counter[str]
) -> Candidate[str] | None:
    """Return the currency of a bare sign, or of no sign, in the countries that the document names."""
    at_home = {CURRENCY[c] for c in home if CURRENCY.get(c) in DOLLARS}
    if sign == "$" and len(at_home) == 1:
        abroad = {CURRENCY[c] for c in countries if CURRENCY.get(c) in DOLLARS} - at_home
        return Candidate(at_home.pop(), words, 0.75 if abroad else 0.93, Signals.of(Signal.DOLLAR_OF_SELLER))
    if sign == "$":
        dollar_countries = [c for c, _ in countries.most_common() if CURRENCY.get(c) in DOLLARS]
        if dollar_countries:
            signals = Signals.of(Signal.DOLLAR_OF_COUNTRY, dollar_countries[0])
            signals = signals.plus(Signal.SEVERAL_CURRENCIES_POSSIBLE) if len(dollar_countries) > 1 else signals
            return Candidate(
                CURRENCY[dollar_countries[0]], words, _dollar_strength(dollar_countries, countries), signals
            )
        return Candidate("USD", words, 0.75, Signals.of(Signal.DOLLAR_WITHOUT_COUNTRY))
    if sign == "¥":
        return Candidate("CNY" if countries["CN"] else "JPY", words, 0.8, Signals.of(Signal.SHARED_SIGN, sign))
    if sign == "kr":
        signals = Signals.of(Signal.SHARED_SIGN, sign).plus(Signal.SEVERAL_CURRENCIES_POSSIBLE)
        return Candidate("SEK", words, 0.5, signals)
    if sign is None and countries["CH"] and not set(home) - {"CH"}:
        return Candidate("CHF", words, 0.8, Signals.of(Signal.CURRENCY_OF_COUNTRY, "CH"))
    common = common_currency(countries)
    signals = Signals.of(Signal.CURRENCY_OF_COUNTRY, ", ".join(countries))
    return Candidate(common, words, 0.85, signals) if common else None


def _by_language(money: Money, words: tuple[Word, ...]) -> Candidate[str] | None:
    """Return the euro if the page's language is one of its countries': a guess that a person must see."""
    spoken = set(languages_of(money.sheet))
    if not spoken or not spoken <= EURO_TONGUES:
        return None
    return Candidate("EUR", words, 0.6, Signals.of(Signal.CURRENCY_OF_LANGUAGE))
