"""The tables as a Django application."""

from django.apps import AppConfig


class Records(AppConfig):
    """Documents, cases, keyings and the ledger."""

    name = "keywright.database"
    label = "records"
