"""Finds cases by the beginning of their file name, sender, document number or case number, using indexes only."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Left

from keywright.database.models import StoredCase
from keywright.model.fields import bare

MOST = 5000
"""Words that begin more cases than this are not looked up but met: every so many of the newest cases is one."""
AT_ONCE = 200
LONGEST = 100
READ = frozenset({"sender_key", "paper_number"})
"""The columns that hold what was read of a document."""
_LAST = "\U0010ffff"


def words_of(text: str) -> str:
    """Return the search text as one line."""
    return " ".join(text.replace("\x00", "").split())[:LONGEST]


def search(
    rows: QuerySet[StoredCase],
    words: str,
    *,
    behind: int | None = None,
    most: int = 50,
    personal: bool = True,
    sight: Q | None = None,
) -> list[StoredCase]:
    """Return up to ``most`` of the cases that begin with the words, newest first, after the case number ``behind``.

    Without ``personal``, sender and document number are not searched, because they are masked. ``sight`` is the
    condition under which the values read from a case may be used to find it.
    """
    numbers = {int(words)} if words.isdecimal() and len(words) < 19 else set()
    ways = _ways(words, personal)
    for field, key in ways.items():
        may_be = begins(field, key) & ((field in READ and sight) or Q())
        matching_pks = list(StoredCase.objects.filter(may_be).order_by().values_list("pk", flat=True)[: MOST + 1])
        numbers |= set(matching_pks)
        if len(matching_pks) > MOST:
            return list(_met(rows if behind is None else rows.filter(pk__lt=behind), ways, sight)[:most])
    return _newest(rows, sorted((pk for pk in numbers if behind is None or pk < behind), reverse=True), most)


def _newest(rows: QuerySet[StoredCase], numbers: list[int], most: int) -> list[StoredCase]:
    """Return the first cases with these numbers that are in the rows. Usually the first few are enough."""
    cases: list[StoredCase] = []
    for first in range(0, len(numbers), AT_ONCE):
        cases += rows.filter(pk__in=numbers[first : first + AT_ONCE]).order_by("-pk")[: most - len(cases)]
        if len(cases) == most:
            break
    return cases


def begins(field: str, key: str) -> Q:
    """Return the condition that a column begins with a key, in the form that each database answers from its index."""
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": key})
    return Q(**{f"{field}__gte": key, f"{field}__lt": key + _LAST})


def _ways(words: str, personal: bool) -> dict[str, str]:
    """Return the columns to search, each with the key as that column spells it."""
    file = words.lower() if connection.vendor == "postgresql" else _lower_ascii(words)
    ways = {"document__file_key": file}
    if personal and (key := bare(words)):
        ways |= {"sender_key": key, "paper_number": key}
    return ways


def _met(rows: QuerySet[StoredCase], ways: dict[str, str], sight: Q | None) -> QuerySet[StoredCase]:
    """Return matching cases by scanning from the newest, for words so common that a page fills quickly."""
    heads: dict[str, Any] = {f"head_{n}": Left(field, len(key)) for n, (field, key) in enumerate(ways.items())}
    begins_alike = Q()
    for n, (field, key) in enumerate(ways.items()):
        begins_alike |= Q(**{f"head_{n}": Value(key)}) & ((field in READ and sight) or Q())
    return rows.alias(**heads).filter(begins_alike).order_by("-pk")


def _lower_ascii(text: str) -> str:
    """Return a text as SQLite's lower() writes it."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)
