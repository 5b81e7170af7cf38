"""The table of the accounts and cost centres on which people booked the lines of invoices."""

from __future__ import annotations

from django.db import models


class LineCoding(models.Model):
    """One line of a case that a person confirmed: its vendor and description, and on what it is booked.

    An empty ``account`` is the vendor's usual one. A new decision on the case replaces its rows.
    """

    case = models.ForeignKey("records.StoredCase", on_delete=models.CASCADE, related_name="line_codings")
    vendor = models.CharField(max_length=50)
    description = models.TextField()
    account = models.TextField(default="", blank=True)
    cost_centre = models.TextField(default="", blank=True)

    class Meta:
        indexes = (models.Index(fields=["vendor", "-id"], name="line_codings_by_vendor"),)
