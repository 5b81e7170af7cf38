"""Starts and stops Trac from the command line: ``./run python -m demo.trac start``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from demo.trac.permit_book import reset
from demo.trac.serving import CHECKOUT, PORT, found, serve, start, stop, throw_away


def main() -> int:
    """Read the command line and do it; status 1 if there was nothing to do it to."""
    parser = argparse.ArgumentParser(prog="python -m demo.trac")
    acts = "start and leave it running, stop, reset: away with all permits, remove: away with all, serve until stopped"
    parser.add_argument("act", choices=["start", "stop", "reset", "remove", "serve"], help=acts)
    parser.add_argument("--home", type=Path, default=CHECKOUT / "var" / "demo" / "trac", help="folder of its data")
    parser.add_argument("--port", type=int, default=PORT, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    match options.act:
        case "start":
            print(f"Trac runs at {start(options.home, options.port).url}   sign in as clerk / clerk-pw")
        case "serve":
            serve(options.home, options.port, options.parent)
        case "remove":
            throw_away(options.home)
        case "stop":
            return 0 if stop(options.home) else _nothing(options.home)
        case "reset":
            office = found(options.home)
            if office is None:
                return _nothing(options.home)
            reset(office.project)
    return 0


def _nothing(home: Path) -> int:
    print(f"No Trac runs in {home}.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
