"""Holds the house style to its budget: ``python -m tests.style`` prints the figures, and fails if one is over.

A name such as ``told`` or ``found`` says nothing about the value it stands for, and a docstring with an inverted word
order has to be read twice. Single cases are allowed, so the budget is a share; what must not happen at all is counted.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("bots", "tasks", "extractors", "systems", "keywright", "schedules", "cli", "demo", "bench", "tests")

_VAGUE_NAMES = """
    told tell tells said say one ones each found held kept seen asked ask now then ours theirs named shown listed read
    typed answer answers given left like lone some other others same
"""
VAGUE_NAMES = frozenset(_VAGUE_NAMES.split())
MANNERED = re.compile(
    r"\b(told|tells|tell|whoever|whatever|somebody|nobody|anybody|of which|of whom|one that|those that|such|besides?|"
    r"unless|meanwhile|as it|by itself|is to be|are to be|may be)\b",
    re.IGNORECASE,
)

MOST_VAGUE = 0.01  #: of all names that are bound
MOST_MANNERED = 0.08  #: of all docstrings
LONGEST_FUNCTION = 60  #: lines, its docstring not counted
LONGEST_MODULE = 400  #: lines
FULLEST_FOLDER = 22  #: modules

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class StylePlace:
    """A line of a module, and what is wrong there."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(slots=True)
class Figures:
    """What was counted in the modules."""

    bindings: int = 0
    docstrings: int = 0
    vague: list[StylePlace] = field(default_factory=list)
    mannered: list[StylePlace] = field(default_factory=list)
    too_long: list[StylePlace] = field(default_factory=list)
    classes: dict[str, list[StylePlace]] = field(default_factory=lambda: defaultdict(list))
    folders: Counter[Path] = field(default_factory=Counter)

    @property
    def vague_share(self) -> float:
        """Return the share of bound names that say nothing."""
        return len(self.vague) / max(self.bindings, 1)

    @property
    def mannered_share(self) -> float:
        """Return the share of docstrings that have to be read twice."""
        return len(self.mannered) / max(self.docstrings, 1)


def main(folders: Sequence[str]) -> int:
    """Print the figures; return 1 if one is over its budget."""
    figures = count(modules_in(ROOT / folder for folder in folders or FOLDERS))
    print(f"names that say nothing: {len(figures.vague)} of {figures.bindings} ({figures.vague_share:.2%})")
    print(f"mannered docstrings: {len(figures.mannered)} of {figures.docstrings} ({figures.mannered_share:.1%})")
    faults = list(over_budget(figures))
    print("\n".join(faults))
    return 1 if faults else 0


def modules_in(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield the modules below the folders; migrations are written by Django."""
    for folder in folders:
        yield from (path for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts)


def count(modules: Iterable[Path]) -> Figures:
    """Return the figures of the modules."""
    figures = Figures()
    for path in modules:
        source = path.read_text(encoding="utf-8")
        figures.folders[path.parent] += 1
        if (lines := len(source.splitlines())) > LONGEST_MODULE:
            figures.too_long.append(StylePlace(path, 1, f"a module of {lines} lines"))
        for node in ast.walk(ast.parse(source)):
            _count_name(figures, path, node)
            _count_docstring(figures, path, node)
            _count_definition(figures, path, node)
    return figures


def over_budget(figures: Figures) -> Iterator[str]:
    """Yield a sentence for each budget that is exceeded, and the places."""
    if figures.vague_share > MOST_VAGUE:
        yield f"Too many names say nothing; at most {MOST_VAGUE:.0%}:\n{_listed(figures.vague)}"
    if figures.mannered_share > MOST_MANNERED:
        yield f"Too many docstrings are mannered; at most {MOST_MANNERED:.0%}:\n{_listed(figures.mannered)}"
    if figures.too_long:
        yield f"Too long; split them:\n{_listed(figures.too_long)}"
    for name, places in figures.classes.items():
        if len(places) > 1:
            yield f"One class name for several things, {name}:\n{_listed(places)}"
    for folder, modules in figures.folders.items():
        if modules > FULLEST_FOLDER:
            yield f"{folder} has {modules} modules; at most {FULLEST_FOLDER}."


def _listed(places: Sequence[StylePlace]) -> str:
    return "\n".join(f"  {place}" for place in places)


def _count_name(figures: Figures, path: Path, node: ast.AST) -> None:
    if isinstance(node, ast.arg):
        name = node.arg
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        name = node.id
    else:
        return
    figures.bindings += 1
    if name.strip("_") in VAGUE_NAMES:
        figures.vague.append(StylePlace(path, node.lineno, name))


def _count_docstring(figures: Figures, path: Path, node: ast.AST) -> None:
    if not isinstance(node, Function | ast.ClassDef | ast.Module) or not (text := ast.get_docstring(node)):
        return
    figures.docstrings += 1
    if match := MANNERED.search(text):
        figures.mannered.append(
            StylePlace(path, getattr(node, "lineno", 1), f"“{match.group()}” in {text.splitlines()[0]}")
        )


def _count_definition(figures: Figures, path: Path, node: ast.AST) -> None:
    if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and node.name != "Meta":  # Django's own word
        figures.classes[node.name].append(StylePlace(path, node.lineno, f"class {node.name}"))
    if isinstance(node, Function) and (lines := _length(node)) > LONGEST_FUNCTION:
        figures.too_long.append(StylePlace(path, node.lineno, f"{node.name} has {lines} lines"))


def _length(function: Function) -> int:
    """Return how many lines a function has, its docstring not counted."""
    documentation = function.body[0] if ast.get_docstring(function) else None
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    return lines - (((documentation.end_lineno or 0) - documentation.lineno + 1) if documentation else 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
