"""The fast tests: ``./run test --fast`` leaves out what starts a browser, somebody else's program, or kills processes.

It also leaves out worn paper and the random requests to the API, which take minutes of a processor.

A pytest plugin. Nobody marks a test by hand: it is told by the fixtures that a test asks for, and by what its module
and the helpers that this imports speak of.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
SLOW_FIXTURES = {"browser", "page", "desk_page", "trac", "trac_office", "ledger", "live_server"}
SLOW_WORDS = re.compile(
    r"\b(playwright|running_browser|driven_browser|accounts_payable\(|permit_desk\(|demo\.trac|demo\.sql_ledger"
    r"|sql_ledger_run|worn_paper|schemathesis"
    r"|SIGKILL|SIGSTOP|kill\(|Popen|prefect|bench\.faults)"
    r"|\"(work|demo|serve|probe)\""
)
HELPERS = re.compile(r"^(?:from|import) (tests(?:\.\w+)+)(?: import (.+))?$", re.MULTILINE)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that ``./run test`` hands on."""
    parser.addoption("--fast", action="store_true", help="leave out what starts browsers or other programs")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the slow tests, if that was asked for."""
    if config.getoption("--fast"):
        fast = [item for item in items if not is_slow(item)]
        config.hook.pytest_deselected(items=[item for item in items if is_slow(item)])
        items[:] = fast


def is_slow(item: pytest.Item) -> bool:
    """Say whether a test starts a browser, somebody else's program, or processes that it kills."""
    if item.get_closest_marker("long") or SLOW_FIXTURES & set(getattr(item, "fixturenames", ())):
        return True
    return speaks_of_slow_things(item.path)


@cache
def speaks_of_slow_things(path: Path) -> bool:
    """Say whether a module of tests, or a helper that it imports, has a word in it that tells of slow things."""
    text = path.read_text(encoding="utf-8")
    return bool(SLOW_WORDS.search(text)) or any(speaks_of_slow_things(helper) for helper in helpers(text) - {path})


def helpers(text: str) -> set[Path]:
    """Return the files of the helpers that a module of tests imports; what it borrows of other tests is not counted."""
    names = {part.replace(".", "/") for part, _ in HELPERS.findall(text)}
    names |= {f"{part}/{name}".replace(".", "/") for part, names in HELPERS.findall(text) for name in names.split(", ")}
    places = {TESTS.parent / f"{name}.py" for name in names}
    return {place for place in places if place.exists() and not place.name.startswith(("test_", "conftest"))}
