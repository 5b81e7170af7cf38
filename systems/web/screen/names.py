"""Compares names in the forms that accounting systems show: a company with or without its legal form, an account
number.
"""

from __future__ import annotations

import re

from systems.web.screen.formats import folded

LEGAL_FORMS = {"inc", "incorporated", "ltd", "limited", "llc", "llp", "corp", "corporation", "co", "ltée", "gmbh"}


def bare_name(name: str) -> str:
    """Return a company's name without case, punctuation and the legal form at its end."""
    words = re.findall(r"\w+", folded(name))
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    return " ".join(words)


def account_number(text: str) -> str:
    """Return the number of an account shown as ``5920--Repairs and Maintenance``."""
    return text.partition("--")[0]
