"""The commands about people: accounts, departments, reminders."""

from __future__ import annotations

import argparse
import sys
from getpass import getpass

from cli.actor import actor
from keywright.people.account_confirmation import confirm_in_person
from keywright.people.accounts import add_person, let_see


def run_person(options: argparse.Namespace) -> int:
    """Add a person, reading the password without showing it, or confirm an account."""
    if options.confirm:
        confirm_in_person(options.name, actor=actor())
        print(f"The account of {options.name} is confirmed in person. This is recorded in the ledger.")
        return 0
    password = getpass(f"Password for {options.name}: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    more = {"departments": options.department, "email": options.email, "given": not options.own_password}
    add_person(options.name, password, *options.group, **more, actor=actor())
    print(f"{options.name} may sign in, as {', '.join([*options.group, *options.department])}.")
    return 0


def run_department(options: argparse.Namespace) -> int:
    """Set the bots of a department: people of other departments no longer see their cases."""
    let_see(options.name, options.bot, actor=actor())
    bots = f"sees the cases of {', '.join(options.bot)}" if options.bot else "has no bots of its own"
    print(f"The department {options.name} {bots}.")
    return 0


def run_remind(_: argparse.Namespace) -> int:
    """Remind people of what is due; return 1 if there is no one to remind, or mail does not go."""
    from keywright.console.shared.reminders import remind

    print(done := remind())
    return 1 if done.troubled else 0
