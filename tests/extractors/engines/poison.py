"""Kinds of paper whose rules go wrong over a document, each in another way; over any other they do nothing."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from extractors.alternatives import Reread
from keywright.findings import Finding
from keywright.model.alternatives import Choice
from keywright.model.document_type import KeyFields, Wording
from keywright.model.fields import Extraction, Field, FieldSpec, InvoiceLine
from keywright.model.reading import Reading


class Poison:
    """The kind of paper from which the others are made; its rules work."""

    name: ClassVar[str] = "poison"
    has_ticks: ClassVar[bool] = False
    has_lines: ClassVar[bool] = True
    key_fields: ClassVar[KeyFields] = KeyFields()
    wording: ClassVar[Wording] = Wording()

    @classmethod
    def specs(cls) -> Mapping[str, FieldSpec[Any]]:
        return {}

    @classmethod
    def recognise(cls, _reading: Reading, /) -> Finding | None:
        return None

    @classmethod
    def extract(cls, reading: Reading, /) -> Extraction:
        whole = Extraction(cls.name, {"title": Field("title", "a", "a", 1.0, "text-layer")})
        return cls.work(whole) if "HP-20881" in reading.text() else whole

    @classmethod
    def work(cls, whole: Extraction) -> Extraction:
        return whole


class KillsItself(Poison):
    @classmethod
    def work(cls, _: Extraction) -> Extraction:
        os.kill(os.getpid(), signal.SIGKILL)
        os._exit(7)  # the fence lets no process signal itself so


class NeverEnds(Poison):
    @classmethod
    def work(cls, _: Extraction) -> Extraction:
        while True:
            pass


class NeverEndsAndIgnoresItsTimer(Poison):
    @classmethod
    def work(cls, _: Extraction) -> Extraction:
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        while True:
            pass


class EatsMemory(Poison):
    @classmethod
    def work(cls, whole: Extraction) -> Extraction:
        return replace(whole, document_type=str(len(bytearray(1 << 31))))


class Recurses(Poison):
    @classmethod
    def work(cls, whole: Extraction) -> Extraction:
        sys.setrecursionlimit(1_000_000)
        return cls.work(whole)


class ReadsSecrets(Poison):
    @classmethod
    def work(cls, whole: Extraction) -> Extraction:
        return replace(whole, findings=(Finding("secret", Path("/etc/passwd").read_text()),))


class IsNotSureAtAll(Poison):
    @classmethod
    def work(cls, whole: Extraction) -> Extraction:
        return whole.with_fields(Field("title", "a", "a", float("nan"), "text-layer"))


class IsTooSure(Poison):
    @classmethod
    def work(cls, whole: Extraction) -> Extraction:
        return whole.with_fields(Field("title", "a", "a", 2.0, "text-layer"))


class SaysWhatIsNoText(Poison):
    @classmethod
    def work(cls, whole: Extraction) -> Extraction:
        return replace(whole, lines=(InvoiceLine(description=["a"]),))  # type: ignore[arg-type]


class SaysTooMuch(Poison):
    @classmethod
    def work(cls, whole: Extraction) -> Extraction:
        return replace(whole, findings=(Finding("long", "a" * 100_000_000),))


class FindsTooManyLines(Poison):
    @classmethod
    def work(cls, whole: Extraction) -> Extraction:
        return replace(whole, lines=(InvoiceLine("a"),) * 120_000)


class OffersWithoutEnd(Reread):
    """A kind of paper that is looked at again for ever."""

    name: ClassVar[str] = "poison"

    @classmethod
    def choices_within(cls, _: Reading, __: Extraction, /) -> Mapping[str, tuple[Choice, ...]]:
        while True:
            pass


class Floods(Poison):
    """Its rules, taken over, say what they like on the way out of the child."""

    @classmethod
    def work(cls, _: Extraction) -> Extraction:
        out = max(descriptor for descriptor in range(3, 64) if _is_open(descriptor))
        while True:
            os.write(out, b"{}\n" * 100_000)


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
