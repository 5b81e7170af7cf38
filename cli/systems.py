"""The commands about target systems: probe one, decide proposals, write the skeleton of a new one."""

from __future__ import annotations

import argparse
import getpass
import os
from dataclasses import replace

from cli.actor import actor
from keywright.model.target_system import SignIn
from keywright.settings.settings import secret, sign_in
from systems.web.drift.drift_check import look_at, probe
from systems.web.scaffold.generator import write_skeleton


def run_probe(options: argparse.Namespace) -> int:
    """Walk a system's screens without posting, and print how they differ from the recorded shape, or record it.

    Returns 1 if there are differences, or values that come back changed.
    """
    from keywright.ledger.screen_changes import note  # needs the database, and ``new`` does not

    system = options.system
    where = replace(sign_in(system), note=note)
    if options.record:
        shape, faults = look_at(system, where)
        print(f"{shape.save()}: {len(shape.screens)} screens of {system} are on record: {', '.join(shape.screens)}.")
    else:
        faults = probe(system, where)
        print(f"{system}: {f'{len(faults)} differences from what is on record.' if faults else 'as recorded.'}")
    for fault in faults:
        print(f"  {fault}")
    return 1 if faults else 0


def run_proposals(options: argparse.Namespace) -> int:
    """List proposals, or accept or reject one."""
    from keywright.ledger.screen_changes import Standing, decide, proposals

    if options.act:
        print(f"{options.act}ed: {decide(options.id, options.act == 'accept', actor())}")
        return 0
    chosen = [proposal for proposal in proposals() if options.all or proposal.standing is Standing.OPEN]
    for proposal in chosen:
        print(proposal)
    if not chosen:
        print("No proposals are waiting.")
    return 0


def run_new(options: argparse.Namespace) -> int:
    """Look at a system's screens and write its module, shape and first test; ask for the password if none is set."""
    password = secret(f"KEYWRIGHT_{options.name.upper().replace('-', '_')}_PASSWORD", os.environ)
    if options.user and not password:
        password = getpass.getpass(f"Password of {options.user}: ")
    where = SignIn(options.url, options.user, password)
    for path in write_skeleton(options.name, where, options.form, options.find):
        print(f"wrote {path}")
    print("Go on with docs/add-a-target-system.md.")
    return 0
