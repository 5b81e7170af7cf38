"""Trac 1.6, a program of other people's making, set up as the permit desk of an Ontario township that we made up."""

from __future__ import annotations

from demo.trac.permit_book import permits, reset
from demo.trac.serving import PermitOffice, running, start, stop

__all__ = ["PermitOffice", "permits", "reset", "running", "start", "stop"]
