"""What every test stands on: real databases, real parts; the home is set in ``tests.home``."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import psycopg.sql
import pytest
import pytest_django
from django.core.management import call_command
from django.db import connections
from django.utils import translation

from keywright.cases.worker import Office
from keywright.ledger import checkpoints, signing_keys
from keywright.settings.django_settings import database_settings
from keywright.settings.settings import load
from tests.postgresql import running

EMPTY = "empty"
HOME = Path(os.environ["KEYWRIGHT_HOME"])  # of all tests, see tests.home


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the long tests begin first."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(autouse=True)
def no_checkpoints_of_another_ledger() -> None:
    """Every test has a ledger of its own: what another test's was signed for, in the home of all, is not about it."""
    for name in (checkpoints.FILE, signing_keys.PUBLIC):
        (HOME / name).unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def no_language_of_another_test() -> Iterator[None]:
    """Every test begins in English: a page that was asked for in French leaves its thread in French."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A URL to which the name of a database is added."""
    with running() as url:
        yield url


@pytest.fixture(scope="session")
def empty_sqlite(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[Path]:
    """A SQLite database with our tables and nothing in them, to be copied: making the tables takes a second or two."""
    path = tmp_path_factory.mktemp("empty") / "office.sqlite3"
    with django_db_blocker.unblock(), opened(f"sqlite:///{path}"):
        connections["default"].cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    yield path


@pytest.fixture(scope="session")
def empty_postgresql(postgresql: str, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[str]:
    """The name of a PostgreSQL database with our tables and nothing in them, to be copied."""
    create_database(postgresql, EMPTY)
    with django_db_blocker.unblock(), opened(postgresql + EMPTY):
        pass
    yield EMPTY


@pytest.fixture(params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[str]:
    """An empty database of each make, opened in this process; yields its URL."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'office.sqlite3'}"
        shutil.copy(request.getfixturevalue("empty_sqlite"), tmp_path / "office.sqlite3")
    else:
        server, empty = request.getfixturevalue("postgresql"), request.getfixturevalue("empty_postgresql")
        name = f"t{uuid.uuid4().hex}"
        url = server + name
        create_database(server, name, empty)
    with django_db_blocker.unblock(), opened(url, new=False):
        yield url


@contextmanager
def opened(url: str, *, new: bool = True) -> Iterator[None]:
    """Point Django at another database, make its tables if it is a new one, and point back."""
    before = connections.databases["default"]
    connections["default"].close()
    connections.databases["default"] = connections.configure_settings({"default": database_settings(url)})["default"]
    del connections["default"]
    if new:
        call_command("migrate", verbosity=0, interactive=False)
    try:
        yield
    finally:
        connections["default"].close()
        connections.databases["default"] = before
        del connections["default"]


def create_database(server: str, name: str, template: str = "template1") -> None:
    """Create a PostgreSQL database, empty or a copy of another that nobody is connected to."""
    create = psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with psycopg.connect(server + "postgres", autocommit=True) as connection:
        connection.execute(create.format(psycopg.sql.Identifier(name), psycopg.sql.Identifier(template)))


@pytest.fixture
def office(database: str, tmp_path: Path) -> Office:
    """A worker's place in an office with an empty database."""
    environment = {"KEYWRIGHT_HOME": str(tmp_path / "home"), "KEYWRIGHT_DATABASE_URL": database}
    return Office.of(load(environment))
