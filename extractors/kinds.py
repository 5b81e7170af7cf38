"""Kinds of paper by name: how one process tells another which of them it means."""

from __future__ import annotations

import importlib
from typing import Any


def name_of(kind: type) -> str:
    """Return the name of a class by which another process finds it."""
    return f"{kind.__module__}:{kind.__qualname__}"


def kind_named(name: str) -> Any:
    """Return the class of that name."""
    module, _, qualified = name.partition(":")
    found: Any = importlib.import_module(module)
    for part in qualified.split("."):
        found = getattr(found, part)
    return found
