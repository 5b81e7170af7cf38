"""``python -m cli``: the command line."""

from cli.main import main
from keywright.terminal import guard_terminal

if __name__ == "__main__":
    guard_terminal()
    raise SystemExit(main())
