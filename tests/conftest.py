"""What every test stands on: real databases, real parts; the home is set in ``tests.home``."""

from __future__ import annotations

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

from keywright.django_settings import database_settings
from keywright.office import Office
from keywright.settings import load
from tests.postgresql import running


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A URL to which the name of a database is added."""
    with running() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[str]:
    """An empty database of each make, opened in this process; yields its URL."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'office.sqlite3'}"
    else:
        name = f"t{uuid.uuid4().hex}"
        url = request.getfixturevalue("postgresql") + name
        create_database(request.getfixturevalue("postgresql"), name)
    with django_db_blocker.unblock(), opened(url):
        yield url


@contextmanager
def opened(url: str) -> Iterator[None]:
    """Point Django at another database, make its tables, and point back."""
    before = connections.databases["default"]
    connections["default"].close()
    connections.databases["default"] = connections.configure_settings({"default": database_settings(url)})["default"]
    del connections["default"]
    call_command("migrate", verbosity=0, interactive=False)
    try:
        yield
    finally:
        connections["default"].close()
        connections.databases["default"] = before
        del connections["default"]


def create_database(server: str, name: str) -> None:
    """Create an empty PostgreSQL database."""
    with psycopg.connect(server + "postgres", autocommit=True) as connection:
        connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))


@pytest.fixture
def office(database: str, tmp_path: Path) -> Office:
    """A worker's place in an office with an empty database."""
    environment = {"KEYWRIGHT_HOME": str(tmp_path / "home"), "KEYWRIGHT_DATABASE_URL": database}
    return Office.of(load(environment))
