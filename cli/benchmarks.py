"""The command that runs a benchmark."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys

import bench


def run_bench(options: argparse.Namespace) -> int:
    """Run the benchmark of this name, with the further arguments."""
    names = sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if not module.ispkg)
    if options.name not in names:
        print(f"keywright: there is no benchmark {options.name!r}. There are: {', '.join(names)}.", file=sys.stderr)
        return 1
    sys.argv = [f"bench {options.name}", *options.rest]
    return int(importlib.import_module(f"bench.{options.name}").main() or 0)
