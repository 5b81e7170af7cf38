"""How names and places of companies are compared in all their spellings."""

from __future__ import annotations

import re
import unicodedata

_CANADIAN = (
    "inc incorporated incorporee ltd limited ltee limitee llc llp lp corp corporation co company cie compagnie ulc"
)
_OTHER = "plc senc sencrl srl gmbh ag kg ohg ug ev se sa sas sarl eurl bv nv sprl bvba spa sl slu oy ab as aps pty enr"
LEGAL_FORMS = frozenset({*_CANADIAN.split(), *_OTHER.split()})
"""Words for the legal form of a company, which are left out when names are compared."""

_LETTERS = {"&": " and ", "ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "+": " and "}


def bare_company(name: str) -> str:
    """Return a company's name without case, accents, punctuation, a leading "the", and legal forms.

    ``"Ferme Côté & Fils Ltée"`` and ``"FERME COTE AND FILS"`` are both ``"ferme cote and fils"``.
    """
    words = bare_words(name)
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    return " ".join(words)


def bare_words(name: str) -> list[str]:
    """Return the words of a name without case, accents, punctuation and a leading "the"; its legal form is included."""
    text = "".join(_LETTERS.get(letter, letter) for letter in name.casefold())
    text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    text = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", text)  # G.m.b.H., S.A.
    words = re.findall(r"\w+", re.sub(r"['’`]", "", text))
    return words[1:] if len(words) > 1 and words[0] == "the" else words


CANADIAN_CODE = re.compile(r"\b([A-Z]\d[A-Z]) ?-?(\d[A-Z]\d)\b")
OTHER_CODE = re.compile(r"\b(?:[A-Z]{1,2}-)?(\d{4,5})\b(?:-\d{4})?")


def postal_code(address: str) -> str:
    """Return the postal code in an address, without blanks; "" if there is none."""
    if code := CANADIAN_CODE.search(address.upper()):
        return code[1] + code[2]
    codes: list[str] = OTHER_CODE.findall(address)
    return codes[-1] if codes else ""
