"""Does something in a thread of its own: what starts a browser of its own cannot do so beside the tests' browser."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def apart(act: Callable[[], T]) -> T:
    """Return what an act returns, or raise what it raises."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(act).result()


def in_its_own_thread(test: Callable[P, None]) -> Callable[P, None]:
    """Let a whole test run apart."""

    @wraps(test)
    def run(*positional: P.args, **keywords: P.kwargs) -> None:
        apart(lambda: test(*positional, **keywords))

    return run
