"""The style budget counts what it says, and is exceeded by what it should notice."""

from __future__ import annotations

from pathlib import Path

from tests.style import Figures, count, over_budget

PLAIN = '''"""Adds up amounts."""


def total_of(amounts: list[int]) -> int:
    """Return the sum of the amounts."""
    total = 0
    for amount in amounts:
        total += amount
    return total
'''


def figures_of(folder: Path, *modules: str) -> Figures:
    """Return the figures of modules with these texts."""
    for number, text in enumerate(modules):
        (folder / f"module_{number}.py").write_text(text, encoding="utf-8")
    return count(sorted(folder.glob("*.py")))


def test_plain_code_is_within_the_budget(tmp_path: Path) -> None:
    figures = figures_of(tmp_path, PLAIN)

    assert (figures.bindings, figures.docstrings) == (4, 2)
    assert list(over_budget(figures)) == []


def test_names_that_say_nothing_exceed_it(tmp_path: Path) -> None:
    (fault,) = over_budget(figures_of(tmp_path, PLAIN.replace("amount in", "one in").replace("+= amount", "+= one")))

    assert "module_0.py:7: one" in fault


def test_a_docstring_that_has_to_be_read_twice_exceeds_it(tmp_path: Path) -> None:
    (fault,) = over_budget(figures_of(tmp_path, PLAIN.replace("the sum of the", "whatever comes of the")))

    assert "module_0.py:4: “whatever” in Return whatever comes of the amounts." in fault


def test_a_class_name_for_two_things_exceeds_it_and_a_private_or_django_one_does_not(tmp_path: Path) -> None:
    (fault,) = over_budget(figures_of(tmp_path, *["class Bill: ...\nclass _Row: ...\nclass Meta: ...\n"] * 2))

    assert fault.startswith("One class name for several things, Bill:")


def test_a_long_function_and_a_long_module_exceed_it(tmp_path: Path) -> None:
    long = 'def work() -> None:\n    """Work."""\n' + "    print()\n" * 60
    (fault,) = over_budget(figures_of(tmp_path, long, "x = 1\n" * 401))

    assert "work has 61 lines" in fault
    assert "a module of 401 lines" in fault


def test_a_full_folder_exceeds_it(tmp_path: Path) -> None:
    (fault,) = over_budget(figures_of(tmp_path, *["x = 1\n"] * 23))

    assert "23 modules; at most 22." in fault
