"""Serves the town hall from the command line: ``python -m demo.town_hall --home DIR --port N``."""

from __future__ import annotations

import argparse
from pathlib import Path

from demo.town_hall.server import serve


def main() -> None:
    """Read the command line and serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m demo.town_hall")
    parser.add_argument("--home", type=Path, required=True, help="folder of the town hall's data")
    parser.add_argument("--port", type=int, default=8903, help="port on 127.0.0.1")
    parser.add_argument("--session-seconds", type=float, default=900, help="idle time of a session")
    parser.add_argument("--fd", type=int, help="an open listening socket, used instead of --port")
    parser.add_argument("--parent", type=int, help="end when this process is no longer our parent")
    options = parser.parse_args()
    serve(options.home, options.port, options.session_seconds, fd=options.fd, parent=options.parent)


if __name__ == "__main__":
    main()
