"""A worker that is killed at a moment of its work, as a power cut would: ``before`` or ``after`` the post."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from keywright.receipts import Receipt, SignIn


@dataclass
class Dies:
    """A target system at which the worker dies."""

    real: Any
    moment: str
    name: ClassVar[str] = "town-hall-payables"

    def identity(self, record: Any, /) -> str:
        return str(self.real.identity(record))

    def find(self, record: Any, /) -> Receipt | None:
        found: Receipt | None = self.real.find(record)
        return found

    def enter(self, record: Any, /) -> None:
        if self.moment == "after":
            self.real.enter(record)
        os.kill(os.getpid(), signal.SIGKILL)


class OpensDying:
    """Opens the real system, and hands out one at which the worker dies."""

    name = Dies.name

    def __init__(self, real: Any, moment: str) -> None:
        self.real, self.moment = real, moment

    @contextmanager
    def __call__(self, sign_in: SignIn, /) -> Iterator[Dies]:
        with self.real(sign_in) as system:
            yield Dies(system, self.moment)


def main() -> None:
    from keywright.bot import bot_named
    from keywright.records.opening import open_records

    open_records()
    from keywright.office import Office
    from keywright.settings import settings
    from tasks.run_bot import run_bot

    bot = bot_named("supplier-invoices")
    run_bot(
        replace(bot, keys_into=OpensDying(bot.keys_into, sys.argv[1])), Office.of(settings()), folder=Path(sys.argv[2])
    )


if __name__ == "__main__":
    main()
