"""Walks a system's screens without posting, and compares them with the shape that was recorded."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Protocol, runtime_checkable

import systems
from keywright.errors import Stop
from keywright.model.target_system import Opens, SignIn
from systems.web.adapter.unexpected_pages import looking
from systems.web.browser.browser import Opening, faults_of
from systems.web.drift.round_trip import Trial, faults_of_trial
from systems.web.screen.fingerprint import ScreenShape, Shape, known
from systems.web.screen.locators import Change, changes
from systems.web.screen.screen import Screen
from systems.web.screen.survey import Mark, Survey


@runtime_checkable
class Walks(Protocol):
    """A target system whose screens can be walked."""

    def walk(self) -> Iterator[Screen]:
        """Open each screen in turn, without posting. A list or a record that does not exist yet can be left out."""
        ...


@runtime_checkable
class Tries(Protocol):
    """A target system whose way with values can be tried without posting."""

    def trial(self) -> Trial:
        """Return how."""
        ...


@runtime_checkable
class FindsNothing(Protocol):
    """A target system that shows what its list looks like when nothing was found."""

    def nothing_found(self) -> tuple[str, str]:
        """Search for what is not there; return the list's name in the shape, and what proves there that it is empty."""
        ...


def openings() -> Mapping[str, Opens[Any]]:
    """Return how each system of this checkout is opened, by the system's name."""
    names = [module.name for module in pkgutil.walk_packages(systems.__path__, "systems.")]
    modules = [importlib.import_module(name) for name in names if not name.startswith("systems.web.")]
    opened = [value for module in modules for value in vars(module).values() if isinstance(value, Opening)]
    return {entry.name: entry for entry in opened}


def opening(name: str) -> Opens[Any]:
    """Return how the system of this name is opened. Raises Stop, naming those there are, if there is none."""
    known_ones = openings()
    if name not in known_ones:
        raise Stop(f"There is no target system {name!r}. There are: {', '.join(sorted(known_ones))}.")
    return known_ones[name]


def look_at(name: str, sign_in: SignIn) -> tuple[Shape, list[str]]:
    """Walk a system and try its way with values; return the shape it has now, and what its values came back as.

    Raises Stop if its module cannot be walked, Retry if the system is away.
    """
    with opening(name)(sign_in) as system:
        if not isinstance(system, Walks):
            raise Stop(
                f"The module of {name} cannot be walked: give it a method walk, as docs/add-a-target-system.md says."
            )
        shape = looking(name, partial(walked, name, system))
        with faults_of(name, "trying its way with values"):
            faults = list(faults_of_trial(system.trial())) if isinstance(system, Tries) else []
    return shape, faults


def walked(name: str, system: Walks) -> Shape:
    """Return the shape that a system's screens have now, and what its list shows when nothing is found."""
    screens = {screen.name: ScreenShape.of(Survey.of(screen.frame)) for screen in system.walk()}
    if isinstance(system, FindsNothing):
        listing, empty = system.nothing_found()
        screens[listing] = replace(screens.get(listing, ScreenShape()), empty=empty)
    return Shape(name, screens)


def differences(was: Shape, current: Shape) -> Iterator[str]:
    """Yield a sentence for each difference from what was recorded, screen by screen.

    A screen without controls, like that of a record that does not exist yet, is not missed.
    """
    for name, screen in current.screens.items():
        if name not in was.screens:
            yield f"{name}: this screen is not on record. Record it: ./run probe {current.system} --record"
            continue
        for difference in _of_screen(was.screens[name], screen):
            yield f"{name}: {difference}"
    for name in [screen for screen in was.screens if screen not in current.screens and was.screens[screen].marks]:
        yield f"{name}: this screen was not reached"


def probe(name: str, sign_in: SignIn) -> list[str]:
    """Return a sentence for each difference between a system and its recorded shape. Raises Stop if there is none."""
    was = known(name)
    if not was.screens:
        raise Stop(
            f"Nothing is on record of {name}. Look at its screens, then record them: ./run probe {name} --record"
        )
    current, faults = look_at(name, sign_in)
    return [*differences(was, current), *faults]


def _of_screen(was: ScreenShape, current: ScreenShape) -> Iterator[str]:
    drift = list(changes(was.marks, current.controls()))
    for difference in drift:
        if isinstance(difference, Change):
            yield f"{difference}." if difference.strong else f"{difference}; that is not sure."
        else:
            yield f"{difference} is gone."
    taken = {_key(difference.current) for difference in drift if isinstance(difference, Change)} | {
        _key(mark) for mark in was.marks
    }
    yield from (f"{mark} is new." for mark in current.marks if _key(mark) not in taken)
    yield from _options_gone(was, current)
    if was.empty != current.empty:
        yield f"when nothing is found, it shows {current.empty!r}; on record is {was.empty!r}."
    for what, before, after in (("column", was.columns, current.columns), ("label", was.printed, current.printed)):
        yield from _gone(what, before, after)


def _key(mark: Mark) -> tuple[str, str, str, str, int]:
    return mark.kind, mark.label, mark.name, mark.column, mark.row


def _options_gone(was: ScreenShape, current: ScreenShape) -> Iterator[str]:
    offered = {_key(mark): mark.options for mark in current.marks}
    for mark in was.marks:
        if gone := [option for option in mark.options if option not in offered.get(_key(mark), mark.options)]:
            yield f"{mark} no longer offers {', '.join(map(repr, gone))}."


def _gone(what: str, was: tuple[Any, ...], current: tuple[Any, ...]) -> Iterator[str]:
    wording = {
        "column": lambda entry: f"the columns {', '.join(entry)} are",
        "label": lambda entry: f"the label {entry!r} is",
    }
    yield from (f"{wording[what](entry)} no longer there." for entry in was if entry not in current)
