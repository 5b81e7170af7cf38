"""The timetable: which bot runs when, and which folder it takes its documents from.

Times are local times of the town (``KEYWRIGHT_TIME_ZONE``). A town changes them in a TOML file that
``KEYWRIGHT_TIMETABLE`` names; ``docs/schedule-bots.md`` describes it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from keywright.errors import Stop
from keywright.settings.settings import Settings
from keywright.settings.town_file import town_file
from schedules.cron import Cron


@dataclass(frozen=True, slots=True)
class Timed:
    """When one bot runs, from which folder (its inbox if None), and how many cases it works in one run at most.

    ``probe`` is when the screens of its target system are compared with their recorded shape; not at all if empty.
    """

    bot: str
    cron: str
    folder: Path | None = None
    limit: int | None = None
    probe: str = ""

    def in_words(self) -> str:
        """Return when it runs, in words."""
        return Cron.parse(self.cron).in_words()

    def takes_from(self, settings: Settings) -> Path:
        """Return the folder that the bot takes its documents from."""
        return self.folder or settings.inbox / self.bot


TIMETABLE = (
    Timed("supplier-invoices", cron="*/15 7-18 * * mon-fri"),
    Timed("permit-applications", cron="10,40 7-18 * * mon-fri"),
    Timed("permit-tickets", cron="20,50 7-18 * * mon-fri"),
    Timed("sql-ledger-invoices", cron="5-59/15 7-18 * * mon-fri"),
)


REMIND = "remind"
"""The section of the file that says when people are reminded of what is due; it looks like the section of a bot."""
REMINDING = "*/10 * * * *"


def reminding(settings: Settings) -> str:
    """Return when people are reminded of what is due, as a cron expression; "" if the town's file turns it off.

    Raises Stop in the same way as ``timetable_of``.
    """
    words = _own_lines(settings).get(REMIND, {})
    if faults := list(_faults(REMIND, words, {REMIND}, {REMIND}, ("cron", "runs"))):
        raise Stop("\n  ".join([f"The timetable {settings.timetable} cannot be used:", *faults]))
    return str(words.get("cron", REMINDING)) if words.get("runs", True) else ""


def timetable_of(settings: Settings, bots: Collection[str], standard: Sequence[Timed] = TIMETABLE) -> tuple[Timed, ...]:
    """Return the timetable that holds here: the standard one, with what the town's own file changes.

    Raises Stop with a line for each fault of the file: a bot that is not among ``bots``, a time that is none, a word
    that means nothing here.
    """
    lines = {timed.bot: timed for timed in standard}
    own_lines = {bot: words for bot, words in _own_lines(settings).items() if bot != REMIND}
    if faults := [fault for bot, words in own_lines.items() for fault in _faults(bot, words, bots, lines)]:
        raise Stop("\n  ".join([f"The timetable {settings.timetable} cannot be used:", *faults]))
    for bot, words in own_lines.items():
        if words.get("runs", True):
            lines[bot] = _changed(lines.get(bot, Timed(bot, cron="")), words)
        else:
            lines.pop(bot, None)
    return tuple(lines.values())


def _own_lines(settings: Settings) -> Mapping[str, Any]:
    """Return what the town's own file says, by bot."""
    return town_file(settings.timetable, "KEYWRIGHT_TIMETABLE")


def _changed(timed: Timed, words: Mapping[str, Any]) -> Timed:
    changes = {word: words[word] for word in ("cron", "limit", "probe") if word in words}
    if "folder" in words:
        changes["folder"] = Path(words["folder"])
    return replace(timed, **changes)


def _faults(
    bot: str, words: Any, bots: Collection[str], standard: Collection[str], known: Collection[str] = ()
) -> Iterator[str]:
    """Yield what is wrong with what the file says of one bot, or of reminding; ``known`` are its words, if not all."""
    if not isinstance(words, Mapping):
        yield f"{bot} = {words!r}: stands above the first bot. Put it under a bot: [{min(bots, default='BOT')}]."
        return
    if bot not in bots:
        yield f"[{bot}]: there is no such bot. There are: {', '.join(sorted(bots))}."
    if bot not in standard and "cron" not in words and words.get("runs", True):
        yield f'[{bot}]: say when it runs, as in cron = "0 7 * * mon-fri".'
    for word, value in words.items():
        try:
            _ensure_valid(word, value, known or _CHECKS)
        except ValueError as fault:
            yield f"[{bot}] {word} = {value!r}: {fault}."


def _ensure_valid(word: str, value: Any, known: Collection[str]) -> None:
    if word not in known:
        raise ValueError(f"expected one of {', '.join(known)}")
    _CHECKS[word](value)


def _cron(value: Any) -> None:
    if not isinstance(value, str):
        raise ValueError("expected a cron expression in quotes")
    Cron.parse(value)


def _folder(value: Any) -> None:
    if not isinstance(value, str) or not Path(value).is_absolute():
        raise ValueError("expected the full path of a folder, in quotes")


def _limit(value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError("expected a whole number above zero, without quotes")


def _runs(value: Any) -> None:
    if not isinstance(value, bool):
        raise ValueError("expected true or false, without quotes")


_CHECKS: dict[str, Callable[[Any], None]] = {
    "cron": _cron,
    "folder": _folder,
    "limit": _limit,
    "runs": _runs,
    "probe": _cron,
}
