"""The work asked of a location for an order, and the packages that leave it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from entrepot.base.ids import new_public_id
from entrepot.fulfillment.types import WorkState


class FulfillmentOrder(models.Model):
    """What one location shall ship for one order. One an order, at the provisional location, until sourcing decides otherwise."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    order = models.ForeignKey("orders.SalesOrder", on_delete=models.PROTECT, related_name="fulfillment_orders")
    location = models.ForeignKey("inventory.Location", on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=8, default="ship")
    state = models.CharField(max_length=20, default=WorkState.ACCEPTED.value)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "fulfillment_order"
        verbose_name = _("fulfillment order")
        verbose_name_plural = _("fulfillment orders")
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[s.value for s in WorkState]), name="fulfillment_order_state_known"),
            models.CheckConstraint(condition=models.Q(mode__in=["ship", "pickup"]), name="fulfillment_order_mode_known"),
            models.UniqueConstraint(
                fields=["order", "location"],
                condition=models.Q(state__in=["requested", "accepted", "picking", "packed", "ready"]),
                name="fulfillment_order_one_open",
            ),
        ]


class FulfillmentLine(models.Model):
    fulfillment_order = models.ForeignKey(FulfillmentOrder, on_delete=models.CASCADE, related_name="lines", db_index=False)
    order_line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, related_name="fulfillment_lines")
    quantity = models.IntegerField()
    shipped = models.IntegerField(default=0)

    class Meta:
        db_table = "fulfillment_line"
        constraints = [
            models.UniqueConstraint(fields=["fulfillment_order", "order_line"], name="fulfillment_line_once"),
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0, shipped__gte=0, quantity__gte=models.F("shipped")), name="fulfillment_line_sound"
            ),
        ]


class FulfillmentEvent(models.Model):
    """Each move of a fulfillment order: who, when, from, to, why (HO1). ``key`` makes a repeated command one move (HO2)."""

    fulfillment_order = models.ForeignKey(FulfillmentOrder, on_delete=models.CASCADE, related_name="events", db_index=False)
    key = models.CharField(max_length=120)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    before = models.CharField(max_length=20)
    after = models.CharField(max_length=20)
    reason = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        db_table = "fulfillment_event"
        constraints = [models.UniqueConstraint(fields=["fulfillment_order", "key"], name="fulfillment_event_once")]


class ShippedPackage(models.Model):
    """A package handed to a carrier; told to the channel until the channel has it, never twice with different data (HO11)."""

    fulfillment_order = models.ForeignKey(FulfillmentOrder, on_delete=models.PROTECT, related_name="packages")
    reference = models.IntegerField()  # positive, unique in the order: the channel's key for a repeat
    order = models.ForeignKey("orders.SalesOrder", on_delete=models.PROTECT, related_name="packages", db_index=False)
    carrier = models.CharField(_("carrier"), max_length=40)
    tracking = models.CharField(_("tracking number"), max_length=80, default="", blank=True)
    lines = models.JSONField()  # [{"line": channel line id, "quantity": n}]
    shipped_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=300, default="", blank=True)
    tries = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "shipped_package"
        constraints = [models.UniqueConstraint(fields=["order", "reference"], name="shipped_package_once")]
        indexes = [models.Index(fields=["next_try_at"], name="shipped_package_untold", condition=models.Q(told_at__isnull=True))]
