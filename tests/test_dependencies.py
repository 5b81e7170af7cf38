"""What pyproject.toml declares is imported, and what is imported is declared."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from keywright.settings.settings import CHECKOUT

PRODUCT = ("cli", "keywright", "bots", "tasks", "extractors", "systems", "schedules")
DEMO = ("demo", "bench")
OURS = {*PRODUCT, *DEMO, "tests"}

NOT_IMPORTED = {
    "whitenoise": "Django's settings name its middleware",
    "django-htmx": "Django's settings name its middleware",
    "argon2-cffi": "Django's settings name its password hasher",
    "psycopg": "Django imports it where the database is PostgreSQL",
    "fastapi": "a bound for Prefect, which imports it",
    "sqlalchemy": "a bound for Prefect, which imports it",
    "jsonpath-ng": "a bound for rpaframework, which imports it",
    "rpaframework": "comes with the vault and the Control Room: decision 29",
    "robocorp-workitems": "comes with work items: decision 29",
    "setuptools": "Trac imports it",
    "pytest-django": "pytest loads it",
    "pytest-xdist": "pytest loads it",
    "django-stubs": "mypy loads it",
    "lxml-stubs": "mypy reads it",
    "mypy": "./run test starts it",
    "ruff": "./run test starts it",
    "import-linter": "./run test starts it",
}
"""Packages that no module of ours imports, each with the reason why it is declared all the same."""


def declared(group: str = "") -> set[str]:
    """Return the names of the packages that the project declares, or those of one of its groups."""
    pyproject = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = pyproject["dependency-groups"][group] if group else pyproject["project"]["dependencies"]
    return {re.split(r"[\[<>=!~; ]", line)[0].lower() for line in lines}


@cache
def imported(*folders: str) -> frozenset[str]:
    """Return the names of the packages that the modules in some folders import."""
    packages = packages_distributions()
    modules = {name for folder in folders for path in (CHECKOUT / folder).rglob("*.py") for name in modules_of(path)}
    strange = modules - OURS - sys.stdlib_module_names
    return frozenset(package.lower() for name in strange for package in packages.get(name, [name]))


def modules_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module).split(".")[0]


@pytest.mark.parametrize(
    ("group", "folders"),
    [("", PRODUCT), ("demo", DEMO), ("trac", ("demo",)), ("dev", ("tests",))],
)
def test_what_is_declared_is_imported(group: str, folders: tuple[str, ...]) -> None:
    used = imported(*folders)
    types = {f"types-{name}" for name in imported(*OURS)}
    assert not sorted(declared(group) - used - types - NOT_IMPORTED.keys())


@pytest.mark.parametrize(
    ("groups", "folders"),
    [(("",), PRODUCT), (("", "demo", "trac"), DEMO), (("", "demo", "dev"), ("tests",))],
)
def test_what_is_imported_is_declared(groups: tuple[str, ...], folders: tuple[str, ...]) -> None:
    undeclared = imported(*folders) - {name for group in groups for name in declared(group)}
    assert not sorted(undeclared)


def test_no_exception_is_left_over() -> None:
    everything = {name for group in ("", "demo", "dev", "trac") for name in declared(group)}
    assert NOT_IMPORTED.keys() <= everything
    assert not imported(*PRODUCT) & NOT_IMPORTED.keys()
