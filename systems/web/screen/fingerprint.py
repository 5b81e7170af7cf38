"""Keeps the recorded shape of each system's screens: which controls were where when the shape was recorded.

A shape is a file in ``systems/shapes/``, written by ``./run probe SYSTEM --record`` and kept with the module it belongs
to. It holds labels, names, kinds, headings, fixed choices and columns; no record and no value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from keywright.errors import Stop
from systems.web.screen.locators import Change
from systems.web.screen.survey import Mark, ScreenControl, Survey

FOLDER = Path(__file__).parents[2] / "shapes"
MOST_OPTIONS = 40  # a longer list is data, not a choice


@dataclass(frozen=True, slots=True)
class ScreenShape:
    """One screen at the time of recording: its controls and buttons, its columns, and the labels of its printed values.

    ``empty`` is what a list shows when nothing was found; None if that was never seen.
    """

    marks: tuple[Mark, ...] = ()
    columns: tuple[tuple[str, ...], ...] = ()
    printed: tuple[str, ...] = ()
    empty: str | None = None

    @classmethod
    def of(cls, survey: Survey) -> ScreenShape:
        """Return the shape of a screen that was just looked at."""
        marks = [control.mark for control in (*survey.controls, *survey.buttons)]
        return cls(tuple(_without_data(mark) for mark in marks), survey.columns, survey.printed)

    def controls(self) -> tuple[ScreenControl, ...]:
        """Return controls and buttons as a look would have found them."""
        return tuple(ScreenControl(n, mark, (mark.label,), (mark.under,)) for n, mark in enumerate(self.marks))


@dataclass(frozen=True, slots=True)
class Shape:
    """The recorded screens of one system, by the name that its module gives them."""

    system: str
    screens: Mapping[str, ScreenShape] = field(default_factory=dict)

    def screen(self, name: str) -> ScreenShape:
        """Return what was recorded of a screen, or nothing if it never was."""
        return self.screens.get(name, ScreenShape())

    def save(self, folder: Path = FOLDER) -> Path:
        """Write the shape to its file, one control a line, and return where it is."""
        path = path_of(self.system, folder)
        path.parent.mkdir(exist_ok=True)
        screens = [
            f"  {json.dumps(name, ensure_ascii=False)}: {_written(screen)}" for name, screen in self.screens.items()
        ]
        path.write_text("{\n" + ",\n".join(screens) + "\n}\n", encoding="utf-8")
        known.cache_clear()
        return path


def path_of(system: str, folder: Path = FOLDER) -> Path:
    """Return where the shape of a system is kept."""
    return folder / f"{system}.json"


@cache
def known(system: str, folder: Path = FOLDER) -> Shape:
    """Return the recorded shape of a system, without screens if none was recorded. Raises Stop if it cannot be read."""
    path = path_of(system, folder)
    if not path.exists():
        return Shape(system)
    try:
        recorded = json.loads(path.read_text(encoding="utf-8"))
        return Shape(system, {name: _read(screen) for name, screen in recorded.items()})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Stop(
            f"The shape {path} cannot be read: {error}. Record it again: ./run probe {system} --record"
        ) from error


def as_text(change: Change) -> dict[str, Any]:
    """Return a change in the form in which it is stored."""
    return {
        "was": str(change.was),
        "now": str(change.current),
        "agrees": list(change.agrees),
        "strong": change.strong,
    }


def _without_data(mark: Mark) -> Mark:
    options = mark.options if len(mark.options) <= MOST_OPTIONS else ()
    return Mark(**{**asdict(mark), "options": options})


def _written(screen: ScreenShape) -> str:
    marks = [json.dumps(_told(mark), ensure_ascii=False) for mark in screen.marks]
    controls = ",\n      ".join(marks)
    rest: dict[str, Any] = {"columns": screen.columns, "printed": screen.printed}
    if screen.empty is not None:
        rest["empty"] = screen.empty
    printed_rest = ",\n".join(f'    "{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in rest.items())
    return f'{{\n    "controls": [\n      {controls}\n    ],\n{printed_rest}\n  }}'


def _told(mark: Mark) -> dict[str, Any]:
    """Return what is stored of a mark: its kind and label, and every other value that is not empty."""
    return {word: value for word, value in asdict(mark).items() if value or word in ("kind", "label")}


def _read(recorded: Mapping[str, Any]) -> ScreenShape:
    controls, columns = tuple(map(_mark, recorded["controls"])), tuple(map(tuple, recorded["columns"]))
    return ScreenShape(controls, columns, tuple(recorded["printed"]), recorded.get("empty"))


def _mark(recorded: Mapping[str, Any]) -> Mark:
    options: Sequence[str] = recorded.get("options", ())
    return Mark(**{**recorded, "options": tuple(options)})
