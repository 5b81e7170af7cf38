"""The name under which the ledger records acts of the command line."""

from __future__ import annotations

import getpass


def actor() -> str:
    """Return the name of the user at the command line, for the ledger."""
    return f"command-line:{getpass.getuser()}"
