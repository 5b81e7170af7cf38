"""The demo town hall: a web system of the year 2003, with an accounts-payable and a permit desk."""

from __future__ import annotations

from demo.town_hall.database import pay, permits, vouchers
from demo.town_hall.server import TownHall, running, serve

__all__ = ["TownHall", "pay", "permits", "running", "serve", "vouchers"]
