"""Finds cases by how their file's name, sender, document number or own number begins, by indexes alone."""

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
    """Return what somebody typed to search for, in one line."""
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
    """Return those of some cases that begin with the words, newest first: so many, behind the one of a number.

    Without ``personal`` nothing is found by what the office masks: by sender or document number. ``sight`` is the
    condition under which a case is found by what was read of it.
    """
    numbers = {int(words)} if words.isdecimal() and len(words) < 19 else set()
    ways = _ways(words, personal)
    for field, key in ways.items():
        may_be = begins(field, key) & ((field in READ and sight) or Q())
        told = list(StoredCase.objects.filter(may_be).order_by().values_list("pk", flat=True)[: MOST + 1])
        numbers |= set(told)
        if len(told) > MOST:
            return list(_met(rows if behind is None else rows.filter(pk__lt=behind), ways, sight)[:most])
    return _newest(rows, sorted((one for one in numbers if behind is None or one < behind), reverse=True), most)


def _newest(rows: QuerySet[StoredCase], numbers: list[int], most: int) -> list[StoredCase]:
    """Return the first of the cases of these numbers that are in the rows; mostly the first few are enough."""
    found: list[StoredCase] = []
    for first in range(0, len(numbers), AT_ONCE):
        found += rows.filter(pk__in=numbers[first : first + AT_ONCE]).order_by("-pk")[: most - len(found)]
        if len(found) == most:
            break
    return found


def begins(field: str, key: str) -> Q:
    """Return the condition that a column begins with a key, as each make of database finds it by its index."""
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": key})
    return Q(**{f"{field}__gte": key, f"{field}__lt": key + _LAST})


def _ways(words: str, personal: bool) -> dict[str, str]:
    """Return the columns in which the words may begin, each with how it spells them."""
    file = words.lower() if connection.vendor == "postgresql" else _lower_ascii(words)
    ways = {"document__file_key": file}
    if personal and (key := bare(words)):
        ways |= {"sender_key": key, "paper_number": key}
    return ways


def _met(rows: QuerySet[StoredCase], ways: dict[str, str], sight: Q | None) -> QuerySet[StoredCase]:
    """Return the cases by walking from the newest: where so many begin so, a page of them is soon full."""
    heads: dict[str, Any] = {f"head_{n}": Left(field, len(key)) for n, (field, key) in enumerate(ways.items())}
    same = Q()
    for n, (field, key) in enumerate(ways.items()):
        same |= Q(**{f"head_{n}": Value(key)}) & ((field in READ and sight) or Q())
    return rows.alias(**heads).filter(same).order_by("-pk")


def _lower_ascii(text: str) -> str:
    """Return a text as SQLite's lower() writes it."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)
