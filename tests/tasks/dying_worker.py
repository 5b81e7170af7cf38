"""A worker that is killed, or stopped, at a moment of its work, as a power cut or a frozen machine would do it.

``python -m tests.tasks.dying_worker kill "after the post" FOLDER [WORD]``; a stopped worker goes on when it is told to.
With a word, it dies over no other record than those whose identity holds it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from keywright.model.target_system import Posting, Receipt, SignIn

SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}


@dataclass
class DyingSystem:
    """A target system at which the worker dies, or falls asleep, once."""

    real: Any
    how: str
    moment: str
    word: str = ""
    entered: bool = False
    name: ClassVar[str] = "town-hall-payables"

    def identity(self, record: Any, /) -> str:
        return str(self.real.identity(record))

    def find(self, record: Any, /) -> Receipt | None:
        receipt: Receipt | None = self.real.find(record)
        if self.entered:
            self.reach("after the look")
        return receipt

    def enter(self, record: Any, posting: Posting, /) -> None:
        if self.word not in self.identity(record):
            self.real.enter(record, posting)
            return
        self.reach("typing")

        def asked() -> float:
            self.reach("before the intent")
            seconds = posting()
            self.reach("after the intent")
            return seconds

        self.real.enter(record, asked)
        self.entered = True
        self.reach("after the post")

    def reach(self, moment: str) -> None:
        if moment == self.moment:
            os.kill(os.getpid(), SIGNALS[self.how])


class OpensDying:
    """Opens the real system, and hands out one at which the worker dies."""

    name = DyingSystem.name

    def __init__(self, real: Any, how: str, moment: str, word: str) -> None:
        self.real, self.how, self.moment, self.word = real, how, moment, word

    @contextmanager
    def __call__(self, sign_in: SignIn, /) -> Iterator[DyingSystem]:
        with self.real(sign_in) as system:
            yield DyingSystem(system, self.how, self.moment, self.word)


def main(how: str, moment: str, folder: str, word: str = "") -> None:
    from keywright.bot import bot_named
    from keywright.setup import open_records

    open_records()
    from keywright.cases.worker import Office
    from keywright.settings.settings import settings
    from tasks.runs.run_bot import run_bot

    bot = bot_named("supplier-invoices")
    dying = replace(bot, keys_into=OpensDying(bot.keys_into, how, moment, word))
    print(run_bot(dying, Office.of(settings()), folder=Path(folder)))


if __name__ == "__main__":
    main(*sys.argv[1:])
