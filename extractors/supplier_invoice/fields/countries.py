"""Finds the origin of a bill: countries by its addresses and numbers, languages by its words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from extractors.supplier_invoice.layout.rows import InvoiceSheet, fold
from extractors.supplier_invoice.layout.vocabulary import WORDS

_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ"
    "|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY"
)
_STATE_NAMES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia"
    "|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts"
    "|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey"
    "|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania"
    "|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington"
    "|West Virginia|Wisconsin|Wyoming"
)
#: country -> patterns that only its addresses and numbers match.
_SIGNS = {
    "CA": r"\b[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d\b|\d ?RT ?\d{4}\b|\bHST\b|\bGST ?/ ?HST\b"
    r"|\bH\.S\.T\.|\bT\.[PV]\.[SQH]\.|\bON[ ,]+[KLMNP]\d[A-Z]\b|\bTV[HQ]\b|\bTPS\b",
    "US": rf"\b(?:{_STATES})\.?,? +\d{{5}}(?:-\d{{4}})?\b|\b(?:{_STATE_NAMES}),? +\d{{5}}\b"
    r"|\bUnited States\b|\bU\.?S\.?A\b|\bIRS\b|\bEIN\b.{0,4}\d\d-\d{7}\b",
    "GB": r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b|\bUnited Kingdom\b"
    r"|\bGB ?\d{3} ?\d{4} ?\d\d\b",
    "AU": r"\bA\.?B\.?N\.?\b|\bAustralia\b|\bBSB\b|\b(?:NSW|VIC|QLD|TAS)\b ?\d{4}",
    "NZ": r"\bNew Zealand\b",
    "DE": r"\bDE ?\d{3} ?\d{3} ?\d{3}\b|\bGmbH\b|\bDE\d\d[ \d]{18,24}|\bDeutschland\b|\bGermany\b"
    r"|\bUSt\b|\bMwSt\b",
    "FR": r"\bFR ?[A-Z\d]{2} ?\d{3} ?\d{3} ?\d{3}\b|\bSIRE[NT]\b|\bFrance\b|\bFR\d\d[ \dA-Z]{23,30}"
    r"|\bRCS\b",
    "NL": r"\bNL ?\d{9}B\d\d\b|\bB\.V\.|\bNederland\b|\bKvK\b|\bBTW\b",
    "BE": r"\bBE ?0?\d{3}[. ]?\d{3}[. ]?\d{3}\b|\bBelgi(?:um|que|e)\b",
    "ES": r"\bES ?[A-Z]\d{7}[A-Z\d]\b|\bEspana\b|\bSpain\b|\bS\.L\.|\bNIF\b|\bCIF\b",
    "IT": r"\bIT ?\d{11}\b|\bItalia\b|\bS\.?r\.?l\b|\bPartita IVA\b",
    "PT": r"\bPortugal\b|\bContribuinte\b",
    "AT": r"\bATU ?\d{8}\b|\bAustria\b|\bOsterreich\b",
    "CH": r"\bCHE-?\d{3}|\bSchweiz\b|\bSuisse\b|\bSwitzerland\b",
    "BR": r"\bCNPJ\b|\bBra[sz]il\b|R\$",
    "CZ": r"\bDIC\b|\bICO\b|\bKc\b|\bCzech\b",
    "IN": r"\bGSTIN\b|\bIndia\b",
    "JP": r"\bJapan\b|\bTokyo\b",
    "MX": r"\bRFC\b|\bMexico\b",
    "PL": r"\bNIP\b|\bSp\. z o\.o\.|\bPoland\b|\bPolska\b",
}
#: country -> patterns that are usual there but not only there: they count if nothing else shows a country.
_HABITS = {"FR": r"\bTTC\b", "CH": r"\d['’]\d{3}\.\d\d\b"}
SIGNS = tuple((country, re.compile(pattern)) for country, pattern in _SIGNS.items())
EURO = ("DE", "FR", "NL", "BE", "ES", "IT", "PT", "AT")
CURRENCY = {
    **dict.fromkeys(EURO, "EUR"),
    **{"CA": "CAD", "US": "USD", "GB": "GBP", "AU": "AUD", "NZ": "NZD", "CH": "CHF", "BR": "BRL"},
    **{"CZ": "CZK", "IN": "INR", "JP": "JPY", "MX": "MXN", "PL": "PLN"},
}
LANGUAGES = {language: frozenset(words.split()) for language, words in WORDS["language"].items()}


def countries_of(sheet: InvoiceSheet) -> Counter[str]:
    """Return how often each country appears in the addresses and numbers of a document."""
    text = "\n".join(fold(row.text) for row in sheet.rows[:400])
    return countries_in(text) or Counter(
        {country: 1 for country, pattern in _HABITS.items() if re.search(pattern, text)}
    )


def countries_in(text: str) -> Counter[str]:
    """Return how often each country appears in the addresses and numbers of a text."""
    counts = {country: len(pattern.findall(fold(text))) for country, pattern in SIGNS}
    return Counter({country: count for country, count in counts.items() if count})


def languages_of(sheet: InvoiceSheet) -> tuple[str, ...]:
    """Return the languages of a document, the commonest first; languages that hardly appear are left out."""
    tokens = Counter(token.text for row in sheet.rows for token in row.tokens)
    counts = Counter({language: sum(tokens[word] for word in words) for language, words in LANGUAGES.items()})
    most = max(counts.values(), default=0)
    return tuple(lang for lang, count in counts.most_common() if count > 0.55 * most and count > 1)


def common_currency(countries: Iterable[str]) -> str | None:
    """Return the one currency of these countries, or None if they have several or none is known."""
    currencies = {CURRENCY[country] for country in countries if country in CURRENCY}
    return currencies.pop() if len(currencies) == 1 else None
