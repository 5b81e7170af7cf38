"""Finds the pages of a file on which a new document begins, as in a stack of documents scanned together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from keywright.model.reading import Page, text_of

#: "Page 2 of 3", "Seite 2/3", "p. 2 sur 3"; "2/3" alone could be anything.
_NUMBERED = re.compile(
    r"\b(?:page|seite|blatt|pagina|página|bladzijde|pg|p)\b\.?\s*:?\s*(\d{1,3})\s*(?:of|de|von|van|sur|di|/|\|)\s*(\d{1,3})\b",
    re.IGNORECASE,
)
_HEAD = 0.2  # of a page's height, where its letterhead stands
_SAME_HEAD, _SAME_PAGE = 0.35, 0.9  # shares of words in common
_FEW_WORDS = 6  # with fewer words, a head is not compared


def first_pages_of_documents(
    pages: Sequence[Page], titled: Collection[int], numbers: Mapping[int, str]
) -> tuple[int, ...]:
    """Return the numbers of the pages on which a document begins, the first page's among them.

    ``titled``: the pages that call themselves an invoice or credit note; ``numbers``: the invoice's number by the page
    that prints it. The page's own count ("page 2 of 3") counts most; then another invoice number; then another
    letterhead, or all of an earlier page again, under a title or a number.
    """
    first_pages: list[int] = []
    first = None
    current = ""
    for place, page in enumerate(pages):
        number = _plain(numbers.get(page.number, ""))
        marked = page.number in titled or bool(number)
        if first is None or _begins(page, first, pages[:place], marked, bool(current and number and number != current)):
            first_pages.append(page.number)
            first, current = page, number
        current = current or number
    return tuple(first_pages)


def _begins(page: Page, first: Page, before: Sequence[Page], marked: bool, renumbered: bool) -> bool:
    """Return whether a page begins a document, and does not continue the one whose first page is given."""
    page_number = _page_number(page)
    if page_number:
        return page_number == 1
    if renumbered:
        return True
    if not marked or not any(page.words()):
        return False
    return _other_head(page, first) or any(_alike(_words(page), _words(earlier)) >= _SAME_PAGE for earlier in before)


def _page_number(page: Page) -> int:
    """Return which page of its document a page says it is; 0 if it does not say, or the count is impossible."""
    for line in page.lines:
        match = _NUMBERED.search(text_of(line))
        if match and 1 <= int(match[1]) <= int(match[2]):
            return int(match[1])
    return 0


def _other_head(page: Page, first: Page) -> bool:
    """Return whether the heads of two pages have hardly a word in common; numbers do not count."""
    own, its = (Counter(set(filter(str.isalpha, _words(side, _HEAD)))) for side in (page, first))
    return min(own.total(), its.total()) >= _FEW_WORDS and _alike(own, its) < _SAME_HEAD


def _words(page: Page, share: float = 1.0) -> Counter[str]:
    low = share * page.height
    return Counter(plain for word in page.words() if word.box.bottom <= low and (plain := _plain(word.text)))


def _alike(first: Counter[str], second: Counter[str]) -> float:
    return (first & second).total() / max(1, (first | second).total())


def _plain(text: str) -> str:
    return re.sub(r"\W", "", text.casefold())
