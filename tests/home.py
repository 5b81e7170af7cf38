"""Gives the tests an office home of their own, and sets Django up as every process of ours does; a pytest plugin."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

_KEPT = {"KEYWRIGHT_BROWSER", "KEYWRIGHT_CORPUS"}

for _name in [name for name in os.environ if name.startswith("KEYWRIGHT_") and name not in _KEPT]:
    del os.environ[_name]
os.environ["KEYWRIGHT_UNDO_WINDOW_SECONDS"] = "0"  # a test's robot goes on from a person's decision at once
os.environ["KEYWRIGHT_CONFIRMATIONS"] = "0"  # most tests are not about layouts; those that are set it themselves
os.environ["KEYWRIGHT_HOME"] = tempfile.mkdtemp(prefix="keywright-tests-")
os.environ.pop("DJANGO_SETTINGS_MODULE", None)  # what a test starts must find its settings by itself

from keywright.setup import set_up  # noqa: E402  it reads the settings that are made above

set_up()
os.umask(0o022)  # what a test starts begins with the umask of most users' shells, and must close its home itself


DATABASES = Path(__file__).parent / "keywright" / "database"


def unpacked_old_home(folder: Path) -> Path:
    """Return a home that an earlier version made, before checkpoints were chained and recorded in the ledger.

    It has one keyed and one refused case, and three checkpoints.
    """
    return _unpacked("old_home", folder)


def unpacked_home_before_the_rooms(folder: Path) -> Path:
    """Return a home of the last version before the code was laid in rooms and findings became templates.

    It has one keyed case, one that was referred for its sum, the clerk maria, and two checkpoints.
    """
    return _unpacked("home_before_the_rooms", folder)


def _unpacked(name: str, folder: Path) -> Path:
    shutil.unpack_archive(DATABASES / f"{name}.tar.xz", folder)
    return folder


def open_to_others(folder: Path) -> list[str]:
    """Return what others than its owner may do anything with in a folder, the folder itself included, with its mode."""
    open_paths = []
    for path in (folder, *folder.rglob("*")):
        with suppress(FileNotFoundError):  # gone meanwhile
            if not path.is_symlink() and path.stat().st_mode & 0o077:
                open_paths.append(f"{path.relative_to(folder)} {stat.filemode(path.stat().st_mode)}")
    return open_paths
