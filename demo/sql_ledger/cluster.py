"""A PostgreSQL cluster of SQL-Ledger's own: reached through a socket in its folder only, and in no hurry to be safe."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import psycopg
from psycopg import sql

from demo.sql_ledger.programs import begin, do, program

USER = "sql-ledger"
PATIENCE = 30.0  # seconds until a server that does not answer is given up
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=16MB", "jit=off")


def make(folder: Path) -> None:
    """Make an empty cluster in ``folder``."""
    do(
        *(program("initdb"), "-D", str(folder), "-U", USER, "-A", "trust"),
        *("-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--wal-segsize=1"),
    )


def start(folder: Path, sockets: Path, log: Path, *, stays: bool) -> subprocess.Popen[bytes]:
    """Start the cluster and wait until it answers."""
    settings = ["listen_addresses=", f"unix_socket_directories={sockets}", "max_connections=40", *QUICK]
    command = [program("postgres"), "-D", str(folder), *(word for setting in settings for word in ("-c", setting))]
    server = begin(command, log, stays=stays)
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            psycopg.connect(address(sockets, "postgres")).close()
            return server
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(f"SQL-Ledger's database does not start; see {log}: {error}") from error
            time.sleep(0.02)


def address(sockets: Path, database: str) -> str:
    """Return the address of a database as libpq takes it."""
    return f"host={sockets} dbname={database} user={USER}"


def copy_database(sockets: Path, source: str, target: str) -> None:
    """Replace one database by a copy of another, even while it is in use."""
    with psycopg.connect(address(sockets, "postgres"), autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY(%s)", [[source, target]]
        )
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(target)))
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(target), sql.Identifier(source)))
