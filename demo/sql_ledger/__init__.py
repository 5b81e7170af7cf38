"""SQL-Ledger, a real accounting program that was not written for Keywright, on loopback for tests, benchmarks and
trials.
"""

from __future__ import annotations

from demo.sql_ledger.instance import SqlLedger, running, start, stop

__all__ = ["SqlLedger", "running", "start", "stop"]
