"""``python -m keywright``: the command line."""

from keywright.cli import main
from keywright.terminal import guard_terminal

if __name__ == "__main__":
    guard_terminal()
    raise SystemExit(main())
