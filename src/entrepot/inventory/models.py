"""Stock: where it is, what is promised, and every movement (DESIGN 4 "Stock").

Hot tables: composite keys that begin with the variant, foreign keys only to variant and location, no admin.
Locks: variant_stock headers in variant order, then stock_level in (variant, location) order, everywhere.
"""

from django.db import models
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _

from entrepot.base.ids import new_public_id
from entrepot.inventory.types import LocationKind, ReservationKind

LOCATION_KIND_LABELS = [
    (LocationKind.WAREHOUSE.value, _("Warehouse")),
    (LocationKind.STORE.value, _("Store")),
    (LocationKind.WHOLESALER.value, _("Wholesaler")),
    (LocationKind.THIRD_PARTY.value, _("3PL")),
    (LocationKind.MARKETPLACE.value, _("Marketplace")),
]


class Location(models.Model):
    """A place that holds stock and can ship or hand over. ``priority``: lower is chosen first."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=LOCATION_KIND_LABELS)
    partner = models.ForeignKey(
        "people.Partner", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("partner")
    )
    country = models.CharField(_("country"), max_length=2)
    city = models.CharField(_("city"), max_length=80, default="", blank=True)
    postcode = models.CharField(_("postcode"), max_length=16, default="", blank=True)
    street = models.CharField(_("street"), max_length=160, default="", blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC")
    opening_hours = models.JSONField(default=dict, blank=True)
    priority = models.SmallIntegerField(_("priority"), default=100)
    paused = models.BooleanField(_("paused"), default=False)
    created_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "location"
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        constraints = [
            models.UniqueConstraint(Upper("code"), name="location_code_once"),
            models.CheckConstraint(condition=models.Q(kind__in=[k.value for k in LocationKind]), name="location_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class LocationFeed(models.Model):
    """This location's stock may be shown on this account, and its orders may be reserved here."""

    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="feeds")
    account = models.ForeignKey("channels.Account", on_delete=models.CASCADE, related_name="feeds")

    class Meta:
        db_table = "location_feed"
        constraints = [models.UniqueConstraint(fields=["account", "location"], name="location_feed_once")]


class VariantStock(models.Model):
    """The header of a variant's stock: the lock before any level changes, a version, and totals for lists.

    ``exposed``: Σ exposure of its allotted offers in units of this variant, changed only under the header.
    ``allotted``: which policy holds (PROMISE); changed by listings under the header.
    """

    variant = models.OneToOneField("catalog.Variant", primary_key=True, on_delete=models.PROTECT, related_name="stock")
    version = models.BigIntegerField(default=0)
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    atp = models.IntegerField(default=0)
    exposed = models.IntegerField(default=0)
    allotted = models.BooleanField(default=False)
    policy_reason = models.CharField(max_length=80, default="", blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "variant_stock"
        constraints = [
            models.CheckConstraint(condition=models.Q(exposed__gte=0), name="variant_stock_exposed_not_negative"),
            models.CheckConstraint(
                condition=models.Q(reserved__gte=0, on_hand__gte=models.F("reserved"), atp__gte=0), name="variant_stock_totals_sound"
            ),
        ]


class StockLevel(models.Model):
    """One variant at one location (P1): 0 <= reserved <= on hand. ATP = max(0, on hand - reserved - safety stock)."""

    pk = models.CompositePrimaryKey("variant_id", "location_id")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+", db_index=False)
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    safety_stock = models.IntegerField(default=0)
    reported_at = models.DateTimeField(null=True)  # of the last absolute count (ST5)

    class Meta:
        db_table = "stock_level"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reserved__gte=0, on_hand__gte=models.F("reserved")), name="stock_level_reserved_within_on_hand"
            ),
            models.CheckConstraint(condition=models.Q(safety_stock__gte=0), name="stock_level_safety_not_negative"),
        ]
        indexes = [models.Index(fields=["location", "variant"], name="stock_level_location")]


class Reservation(models.Model):
    """Units promised to one demand at one location. Open while the row exists; its end is a ledger row.

    ``demand_ref`` is opaque here ("order-line:8812", "hold:<uuid>"). ``short``: units that a report took away again;
    the floor above re-sources them. ``firm``: picking has started, a report may not take them.
    """

    pk = models.CompositePrimaryKey("variant_id", "demand_ref", "location_id")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+", db_index=False)
    demand_ref = models.CharField(max_length=80)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8)
    quantity = models.IntegerField()
    short = models.IntegerField(default=0)
    firm = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "reservation"
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gte=0, short__gte=0), name="reservation_not_negative"),
            models.CheckConstraint(condition=models.Q(kind__in=[k.value for k in ReservationKind]), name="reservation_kind_known"),
        ]
        indexes = [
            models.Index(fields=["demand_ref"], name="reservation_demand"),
            models.Index(fields=["expires_at"], name="reservation_expiry", condition=models.Q(expires_at__isnull=False)),
            models.Index(fields=["variant"], name="reservation_short", condition=models.Q(short__gt=0)),
            models.Index(fields=["created_at"], name="reservation_unasked", condition=models.Q(kind="order")),
        ]


class LoweredReservation(models.Model):
    """A demand that has fewer units reserved than before; the floor above looks whether it still asks for more, and deletes the row."""

    demand_ref = models.CharField(max_length=80)

    class Meta:
        db_table = "lowered_reservation"


class StockMove(models.Model):
    """The ledger, append-only, partitioned by month: every change of on hand or reserved, with before and after.

    ``source_key`` names the cause and makes a repeat collide. Σ on_hand_delta = on hand (P1).
    """

    pk = models.CompositePrimaryKey("variant_id", "source_key", "occurred_at")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+", db_index=False)
    source_key = models.CharField(max_length=120)
    occurred_at = models.DateTimeField()
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField()
    reason = models.CharField(max_length=32)
    actor = models.CharField(max_length=80)
    on_hand_delta = models.IntegerField(default=0)
    reserved_delta = models.IntegerField(default=0)
    on_hand_after = models.IntegerField()
    reserved_after = models.IntegerField()
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        db_table = "stock_move"


class LedgerSeal(models.Model):
    """A seal over a range of ledger rows, chained to the one before; written below the transaction horizon."""

    first = models.DateTimeField()
    last = models.DateTimeField()
    rows = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32, unique=True)
    checkpoint = models.BooleanField(default=False)

    class Meta:
        db_table = "ledger_seal"


class AvailabilityChange(models.Model):
    """The log that lanes follow: one row a variant and transaction. ``xid`` is the writing transaction, so that a
    lane's cursor never passes one that is still running."""

    pk = models.CompositePrimaryKey("variant_id", "version", "changed_at")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    version = models.BigIntegerField()
    changed_at = models.DateTimeField()
    xid = models.BigIntegerField()

    class Meta:
        db_table = "availability_change"
        indexes = [models.Index(fields=["xid"], name="availability_change_xid")]


class StockReport(models.Model):
    """A count or delta as it arrived, once by its own id (ST5); one older than the last applied is kept and ignored."""

    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    report_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=8)  # absolute, delta
    counted_at = models.DateTimeField()
    received_at = models.DateTimeField()
    lines = models.JSONField()
    applied = models.BooleanField()

    class Meta:
        db_table = "stock_report"
        constraints = [models.UniqueConstraint(fields=["location", "report_id"], name="stock_report_once")]


class Discrepancy(models.Model):
    """A report that could not be applied whole: every reservation there is firm. A person clears it."""

    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    source_key = models.CharField(max_length=120)
    reported = models.IntegerField()
    kept = models.IntegerField()
    at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "discrepancy"
        constraints = [models.UniqueConstraint(fields=["variant", "location", "source_key"], name="discrepancy_once")]
