"""Settings come from the environment; all faults are told at once."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from keywright.errors import Stop
from keywright.settings.settings import load, sign_in


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(Stop) as stopped:
        load(
            {
                "KEYWRIGHT_HOME": str(tmp_path),
                "KEYWRIGHT_TIME_ZONE": "Mars/Olympus",
                "KEYWRIGHT_DATABASE_URL": "mysql://x",
                "KEYWRIGHT_ATTEMPTS": "none",
                "KEYWRIGHT_WRONG_FIELDS_IN_10000": "0.1",
            }
        )
    for name in ("TIME_ZONE", "DATABASE_URL", "ATTEMPTS", "WRONG_FIELDS_IN_10000"):
        assert f"KEYWRIGHT_{name}=" in str(stopped.value)


def test_nothing_need_be_set_but_a_home(tmp_path: Path) -> None:
    loaded = load({"KEYWRIGHT_HOME": str(tmp_path / "new")})

    assert loaded.database_url == f"sqlite:///{tmp_path / 'new' / 'keywright.sqlite3'}"
    assert str(loaded.zone) == "America/Toronto"


def test_the_key_of_an_installation_is_made_once_and_is_its_owners_only(tmp_path: Path) -> None:
    first, again = load({"KEYWRIGHT_HOME": str(tmp_path)}), load({"KEYWRIGHT_HOME": str(tmp_path)})

    assert first.secret_key == again.secret_key
    assert len(first.secret_key) >= 50
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_a_password_may_stand_in_a_file_and_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("hush hush\n", encoding="utf-8")
    environment = {
        "KEYWRIGHT_TOWN_HALL_URL": "http://town.example",
        "KEYWRIGHT_TOWN_HALL_USER": "clerk",
        "KEYWRIGHT_TOWN_HALL_PASSWORD_FILE": str(tmp_path / "password"),
    }

    credentials = sign_in("town-hall", environment)

    assert credentials.password == "hush hush"
    assert "hush" not in repr(credentials)


def test_a_missing_sign_in_says_which_settings_to_set() -> None:
    with pytest.raises(Stop, match="KEYWRIGHT_TOWN_HALL_USER, KEYWRIGHT_TOWN_HALL_PASSWORD"):
        sign_in("town-hall", {"KEYWRIGHT_TOWN_HALL_URL": "http://town.example"})


def test_the_directory_of_the_town_is_set_whole_or_not_at_all(tmp_path: Path) -> None:
    environment = {"KEYWRIGHT_HOME": str(tmp_path), "KEYWRIGHT_OIDC_URL": "https://id.town.example/realms/town/"}
    with pytest.raises(Stop, match="set KEYWRIGHT_OIDC_CLIENT and KEYWRIGHT_OIDC_SECRET too"):
        load(environment)

    groups = {"KEYWRIGHT_OIDC_GROUPS": "AP-Clerks=clerk; CN=Leads,OU=Town=supervisor;"}
    loaded = load(
        {**environment, **groups, "KEYWRIGHT_OIDC_CLIENT": "keywright", "KEYWRIGHT_OIDC_SECRET": "quite secret"}
    )

    assert loaded.directory.url == "https://id.town.example/realms/town"
    assert loaded.directory.groups == {"AP-Clerks": "clerk", "CN=Leads,OU=Town": "supervisor"}


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("KEYWRIGHT_OIDC_URL", "http://id.town.example", "expected an address with https://"),
        ("KEYWRIGHT_OIDC_GROUPS", "clerk", "expected NAME THERE=GROUP HERE"),
        ("KEYWRIGHT_SESSION_IDLE_MINUTES", "0", "above zero"),
        ("KEYWRIGHT_LOCKOUT_ATTEMPTS", "none", "invalid literal"),
    ],
)
def test_what_cannot_be_set_at_the_door_is_told(tmp_path: Path, name: str, value: str, fault: str) -> None:
    with pytest.raises(Stop, match=fault):
        load({"KEYWRIGHT_HOME": str(tmp_path), name: value})
