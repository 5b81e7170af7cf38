"""Reads the TOML files in which a town changes what Keywright ships; a setting names each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keywright.errors import Stop


def town_file(path: str, setting: str) -> Mapping[str, Any]:
    """Return what a town's file says; nothing if the setting names none.

    ``setting`` is the setting's name, for messages. Raises Stop if the file cannot be read or is not TOML.
    """
    if not path:
        return {}
    try:
        return tomllib.loads(Path(path).expanduser().read_text(encoding="utf-8"))
    except OSError as error:
        raise Stop(f"{setting}={path!r} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Stop(f"{setting}={path!r} is not TOML: {error}.") from error
