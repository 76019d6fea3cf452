"""Orders as the channels sold them; the buyer's data lies apart and sealed."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from entrepot.base.ids import new_public_id
from entrepot.channels.contract import OrderStatus
from entrepot.orders.types import LineKind


class SalesOrder(models.Model):
    """One order of one account, once by the channel's own id. ``remote_rank`` keeps an older state from coming back (F7)."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    account = models.ForeignKey("channels.Account", on_delete=models.PROTECT, related_name="+", db_index=False)
    channel_order_id = models.CharField(max_length=80)
    market = models.CharField(max_length=2)
    status = models.CharField(max_length=16)  # the channel's, in our words
    raw_status = models.CharField(max_length=60, default="", blank=True)
    placed_at = models.DateTimeField()
    remote_updated_at = models.DateTimeField()
    remote_rank = models.SmallIntegerField()
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    base_total_minor = models.BigIntegerField(null=True)  # the total in base currency; None: no rate that day
    base_rate = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    base_rate_date = models.DateField(null=True)
    country = models.CharField(max_length=2, default="", blank=True)
    region = models.CharField(max_length=80, default="", blank=True)
    postcode_area = models.CharField(max_length=8, default="", blank=True)
    ship_by = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    on_hold = models.BooleanField(default=False)
    historical = models.BooleanField(default=False)
    closed = models.BooleanField(default=False)  # nothing left to ship
    created_at = models.DateTimeField()

    class Meta:
        db_table = "sales_order"
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.UniqueConstraint(fields=["account", "channel_order_id"], name="sales_order_once"),
            models.CheckConstraint(condition=models.Q(status__in=[s.value for s in OrderStatus]), name="sales_order_status_known"),
        ]
        indexes = [
            models.Index(fields=["placed_at"], name="sales_order_placed"),
            models.Index(fields=["ship_by"], name="sales_order_open", condition=models.Q(closed=False)),
        ]

    def __str__(self) -> str:
        return self.channel_order_id


class OrderLine(models.Model):
    """quantity = canceled + fulfilled + short + what is reserved or in work (IN1)."""

    order = models.ForeignKey(SalesOrder, on_delete=models.CASCADE, related_name="lines", db_index=False)
    channel_line_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, default=LineKind.PRODUCT.value)
    variant = models.ForeignKey("catalog.Variant", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    sku = models.CharField(max_length=80)
    title = models.CharField(max_length=500, default="", blank=True)
    quantity = models.IntegerField()
    canceled = models.IntegerField(default=0)
    fulfilled = models.IntegerField(default=0)
    short = models.IntegerField(default=0)
    unit_price_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)

    class Meta:
        db_table = "order_line"
        constraints = [
            models.UniqueConstraint(fields=["order", "channel_line_id"], name="order_line_once"),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=0, canceled__gte=0, fulfilled__gte=0, short__gte=0)
                & models.Q(quantity__gte=models.F("canceled") + models.F("fulfilled") + models.F("short")),
                name="order_line_quantities_sound",
            ),
        ]
        indexes = [
            models.Index(fields=["variant", "order"], name="order_line_variant"),
            models.Index(fields=["order"], name="order_line_short", condition=models.Q(short__gt=0)),
        ]


class OrderBuyer(models.Model):
    """The buyer, sealed (AES-GCM, bound to the order). The indexes are keyed hashes: search is exact."""

    order = models.OneToOneField(SalesOrder, primary_key=True, on_delete=models.CASCADE, related_name="buyer")
    sealed = models.BinaryField()
    email_index = models.BinaryField(max_length=16, null=True)
    phone_index = models.BinaryField(max_length=16, null=True)
    name_index = models.BinaryField(max_length=16, null=True)
    purge_after = models.DateTimeField(null=True)

    class Meta:
        db_table = "order_buyer"
        indexes = [
            models.Index(fields=["email_index"], name="order_buyer_email", condition=models.Q(email_index__isnull=False)),
            models.Index(fields=["phone_index"], name="order_buyer_phone", condition=models.Q(phone_index__isnull=False)),
            models.Index(fields=["name_index"], name="order_buyer_name", condition=models.Q(name_index__isnull=False)),
        ]


class OrderEvent(models.Model):
    """The time line of an order: what happened, who did it. Never changed."""

    order = models.ForeignKey(SalesOrder, on_delete=models.CASCADE, related_name="events", db_index=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)  # noun.past
    actor = models.CharField(max_length=80)
    data = models.JSONField(default=dict)

    class Meta:
        db_table = "order_event"
        indexes = [models.Index(fields=["order", "at"], name="order_event_order")]


class OrderNote(models.Model):
    order = models.ForeignKey(SalesOrder, on_delete=models.CASCADE, related_name="notes")
    at = models.DateTimeField(db_default=Now())
    author = models.CharField(max_length=80)
    text = models.TextField()

    class Meta:
        db_table = "order_note"


class OrderQuarantine(models.Model):
    """An order that could not be taken: its document sealed, the reason in the clear; repaired and taken again, never dropped."""

    account = models.ForeignKey("channels.Account", on_delete=models.CASCADE, related_name="+")
    channel_order_id = models.CharField(max_length=80)
    reason = models.CharField(max_length=300)
    sealed = models.BinaryField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    tries = models.IntegerField(default=1)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "order_quarantine"
        constraints = [models.UniqueConstraint(fields=["account", "channel_order_id"], name="order_quarantine_once")]
