"""Tells on the command line what a probe found, and what a skeleton was written to."""

from __future__ import annotations

import getpass
import os
from dataclasses import replace

from keywright.model.target_system import NoteChange, SignIn
from keywright.settings.settings import secret, sign_in
from systems.web.drift.drift_check import look_at, probe
from systems.web.scaffold.generator import write_skeleton


def tell_probe(system: str, record: bool, note: NoteChange) -> int:
    """Print how a system's screens differ from what is on record, or put them on record; return the exit status.

    ``note`` takes down what had to be found again on the way.
    """
    where = replace(sign_in(system), note=note)
    if record:
        shape, faults = look_at(system, where)
        print(f"{shape.save()}: {len(shape.screens)} screens of {system} are on record: {', '.join(shape.screens)}.")
    else:
        faults = probe(system, where)
        print(f"{system}: {f'{len(faults)} differences from what is on record.' if faults else 'as recorded.'}")
    for fault in faults:
        print(f"  {fault}")
    return 1 if faults else 0


def tell_skeleton(name: str, url: str, user: str, form: str, find: str) -> int:
    """Write a system's skeleton and print where it is; a password that no setting holds is asked for."""
    password = secret(f"KEYWRIGHT_{name.upper().replace('-', '_')}_PASSWORD", os.environ)
    if user and not password:
        password = getpass.getpass(f"Password of {user}: ")
    for path in write_skeleton(name, SignIn(url, user, password), form, find):
        print(f"wrote {path}")
    print("Go on with docs/add-a-target-system.md.")
    return 0
