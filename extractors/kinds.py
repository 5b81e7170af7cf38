"""Kinds of documents by name, so that one process can name a kind to another."""

from __future__ import annotations

import importlib
from typing import Any


def name_of(kind: type) -> str:
    """Return the name of a class by which another process finds it."""
    return f"{kind.__module__}:{kind.__qualname__}"


def kind_named(name: str) -> Any:
    """Return the class with that name."""
    module, _, qualified = name.partition(":")
    value: Any = importlib.import_module(module)
    for part in qualified.split("."):
        value = getattr(value, part)
    return value
