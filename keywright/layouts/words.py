"""The index of layouts by their fixed words, so that one of a hundred thousand is found in milliseconds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import F

from keywright.database.layouts import LayoutWord, StoredLayout, WordCount
from keywright.profiles.likeness import rarity

MOST_WORDS = 120  # of one layout, the rarest
ASKED_WORDS = 24  # of a document, the rarest: so many are looked up
COMMON = 400  # a word on more layouts tells too little to be looked up
NEAREST = 12  # so many layouts are compared closely
LONGEST_WORD = 40


def index(layout: StoredLayout, words: Iterable[str]) -> None:
    """Put the fixed words of a layout into the index, in place of the former ones."""
    wanted = {word[:LONGEST_WORD] for word in words if not any(c.isdigit() for c in word)}
    if len(wanted) > MOST_WORDS:
        counts = counts_of(wanted)
        wanted = set(sorted(wanted, key=lambda word: (counts.get(word, 0), word))[:MOST_WORDS])
    present = set(LayoutWord.objects.filter(layout=layout).values_list("word", flat=True))
    added, removed = sorted(wanted - present), sorted(present - wanted)
    LayoutWord.objects.filter(layout=layout, word__in=removed).delete()
    LayoutWord.objects.bulk_create([LayoutWord(layout=layout, word=word) for word in added])
    WordCount.objects.bulk_create([WordCount(word=word) for word in added], ignore_conflicts=True)
    WordCount.objects.filter(word__in=added).update(layouts=F("layouts") + 1)
    WordCount.objects.filter(word__in=removed, layouts__gt=0).update(layouts=F("layouts") - 1)


def counts_of(words: Iterable[str]) -> Mapping[str, int]:
    """Return on how many layouts each of these words is."""
    return dict(WordCount.objects.filter(word__in=sorted(words)).values_list("word", "layouts"))


def nearest(words: Iterable[str], counts: Mapping[str, int], layouts: int) -> list[int]:
    """Return the layouts that share most of the rare words of a document, the nearest first, by their numbers."""
    rare = sorted((count, word) for word in words if 0 < (count := counts.get(word[:LONGEST_WORD], 0)) <= COMMON)
    asked = {word[:LONGEST_WORD]: rarity(layouts, count) for count, word in rare[:ASKED_WORDS]}
    score: dict[int, float] = defaultdict(float)
    for layout, word in LayoutWord.objects.filter(word__in=list(asked)).values_list("layout_id", "word"):
        score[layout] += asked[word]
    return [layout for layout, _ in Counter(score).most_common(NEAREST)]
