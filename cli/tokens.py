"""The command about the tokens of programs: make, list or revoke them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from cli.actor import actor
from keywright.database.models import ApiToken
from keywright.errors import Stop
from keywright.people import api_tokens


def run_token(options: argparse.Namespace) -> int:
    """Make a token for a program, list all tokens, or revoke one."""
    return token_command(options.act, options.what, options.person, options.scope, options.days)


def token_command(act: str, what: str, person: str, scopes: Sequence[str], days: int) -> int:
    """List, make or revoke; ``new`` prints the token, which is stored nowhere. Raises Stop if it is not possible."""
    if act == "list":
        _list()
    elif act == "new":
        made = api_tokens.make(what, person, scopes, days, actor=actor())
        print(made.text)
        print(f"Token {made.row.pk}, until {made.row.expires_at:%Y-%m-%d}. It is shown only once.", file=sys.stderr)
    elif not what.isdecimal() or len(what) > 18:
        raise Stop("Name the number of the token to revoke. ./run token list shows them.")
    else:
        print(f"Revoked: {api_tokens.revoke(int(what), actor=actor()).name}.")
    return 0


def _list() -> None:
    rows = ApiToken.objects.select_related("person").order_by("pk")
    if not rows:
        print("There are no tokens.")
    for row in rows:
        end = f"revoked {row.revoked_at:%Y-%m-%d}" if row.revoked_at else f"until {row.expires_at:%Y-%m-%d}"
        used = f"used {row.last_used_at:%Y-%m-%d}" if row.last_used_at else "never used"
        print(f"{row.pk:>4}  {row.name}  {row.person.get_username()}  {' '.join(row.scopes)}  {end}  {used}")
