"""The tables of purchasing: orders, their lines, deliveries, and what each case bills on an order."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from keywright.model.order import OrderState


class PurchaseOrder(models.Model):
    """A purchase order on file; ``key`` is its number in the form in which bills' orders are looked up."""

    number = models.CharField(max_length=50, unique=True)
    key = models.CharField(max_length=50, db_index=True)
    vendor = models.CharField(max_length=50, default="", blank=True, db_index=True)
    currency = models.CharField(max_length=3, default="", blank=True)
    state = models.CharField(max_length=10, choices=[(s, s) for s in OrderState], default=OrderState.OPEN)
    needs_delivery = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(number=""), name="an_order_has_a_number"),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in OrderState]), name="a_known_order_state"),
        )

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """One line of a purchase order; amounts are net of tax."""

    order = models.ForeignKey(PurchaseOrder, on_delete=models.CASCADE, related_name="lines")
    line = models.CharField(max_length=20)
    item = models.CharField(max_length=100, default="", blank=True)
    description = models.CharField(max_length=500, default="", blank=True)
    quantity = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    unit = models.CharField(max_length=20, default="", blank=True)
    unit_price = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["order", "line"], name="one_row_an_order_and_line"),)


class Delivery(models.Model):
    """What one delivery brought of one line of an order, in the unit of that line."""

    number = models.CharField(max_length=50)
    order = models.ForeignKey(PurchaseOrder, on_delete=models.CASCADE, related_name="deliveries")
    line = models.CharField(max_length=20)
    quantity = models.DecimalField(max_digits=18, decimal_places=4)
    day = models.DateField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["order", "line", "number"], name="one_row_a_delivery_and_line"),)


class BilledLine(models.Model):
    """What a case bills on one line of an order; it counts while the case has passed its checks."""

    case = models.ForeignKey("records.StoredCase", on_delete=models.CASCADE, related_name="billed_lines")
    order = models.ForeignKey(PurchaseOrder, on_delete=models.CASCADE, related_name="billed_lines")
    line = models.CharField(max_length=20, default="", blank=True)
    quantity = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
