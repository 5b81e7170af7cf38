"""The tables of what needs a second person's confirmation: people's accounts, vendors' bank accounts."""

from __future__ import annotations

from django.conf import settings as django_settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class MadeAccount(models.Model):
    """This person's account was created, or its password set, by another person.

    It counts as a second person only after a colleague has confirmed whose it is. ``makers`` has the creators' names,
    one a line, as in the ledger.
    """

    person = models.OneToOneField(
        django_settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="made_account"
    )
    makers = models.TextField()
    since = models.DateTimeField(default=timezone.now)
    confirmed_by = models.CharField(max_length=150, default="", blank=True)
    confirmed_at = models.DateTimeField(null=True)


class VendorAccount(models.Model):
    """A bank account of a vendor that one person put on file, or that a second person accepted on a bill.

    ``put_by`` is empty for an account only printed on a bill; ``confirmed_by`` is empty until it counts, and ``case``
    is the case on whose bill it was confirmed. An account on file without a row is older than this table.
    """

    vendor = models.CharField(max_length=50)
    key = models.CharField(max_length=64)
    account = models.CharField(max_length=100)
    put_by = models.CharField(max_length=150, default="", blank=True)
    put_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.CharField(max_length=150, default="", blank=True)
    confirmed_at = models.DateTimeField(null=True)
    case = models.ForeignKey("records.StoredCase", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["vendor", "key"], name="one_row_a_vendor_and_account"),
            models.CheckConstraint(
                condition=Q(confirmed_by="", confirmed_at=None) | (~Q(confirmed_by="") & Q(confirmed_at__isnull=False)),
                name="an_account_is_confirmed_at_a_time",
            ),
        )
        indexes = (models.Index(fields=["confirmed_by", "vendor"], name="accounts_to_confirm"),)
