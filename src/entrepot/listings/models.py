"""Offers, what each channel shows of them, and the lanes that keep both equal."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from entrepot.base.ids import new_public_id
from entrepot.listings.types import ListingState, WantedState


class Offer(models.Model):
    """One variant on one channel account in one market. Content and price: wanted by hash, confirmed by hash.

    ``channel_sku`` is the SKU the channel knows it by (ours, unless a listing was adopted).
    """

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    account = models.ForeignKey("channels.Account", on_delete=models.PROTECT, related_name="+")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="offers")
    market = models.CharField(max_length=2)
    channel_sku = models.CharField(max_length=80)
    remote_id = models.CharField(max_length=200, default="", blank=True)
    price_minor = models.BigIntegerField(_("price"), null=True, blank=True)  # gross, in the account's currency
    category = models.CharField(max_length=120, default="", blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    # pooled policy; None: the account's value holds
    share_percent = models.SmallIntegerField(_("share of the stock, %"), null=True, blank=True)
    cap = models.IntegerField(_("show at most"), null=True, blank=True)
    holdback = models.IntegerField(_("hold back"), null=True, blank=True)
    allotment_weight = models.IntegerField(_("share when allotted"), null=True, blank=True)  # set by hand; None: by demand
    wanted = models.CharField(max_length=8, default=WantedState.DRAFT.value)
    state = models.CharField(max_length=8, default=ListingState.NONE.value)
    content_wanted = models.CharField(max_length=64, default="", blank=True)
    content_confirmed = models.CharField(max_length=64, default="", blank=True)
    content_refused = models.CharField(max_length=64, default="", blank=True)  # tried again when wanted differs from it
    problems = models.JSONField(default=list, blank=True)
    tries = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)  # when content was compared last; a product changed since is compared again
    price_confirmed_minor = models.BigIntegerField(null=True)  # what the channel took last; the price guard compares with it (F12)
    price_approved_minor = models.BigIntegerField(null=True)  # a person confirmed this price although the guard had stopped it
    recalled = models.BooleanField(default=False)  # delisted everywhere: shows 0 until it is relisted (P8)
    relist_when_stocked = models.BooleanField(default=False)  # ended for want of stock; live again when it returns
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "offer"
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints = [
            models.UniqueConstraint(fields=["account", "market", "variant"], name="offer_once"),
            models.UniqueConstraint(fields=["account", "channel_sku"], name="offer_channel_sku_once"),
            models.CheckConstraint(condition=models.Q(wanted__in=[s.value for s in WantedState]), name="offer_wanted_known"),
            models.CheckConstraint(condition=models.Q(state__in=[s.value for s in ListingState]), name="offer_state_known"),
            models.CheckConstraint(condition=models.Q(price_minor__isnull=True) | models.Q(price_minor__gt=0), name="offer_price_positive"),
        ]
        indexes = [
            models.Index(fields=["account", "next_try_at"], name="offer_content_due", condition=models.Q(next_try_at__isnull=False)),
            models.Index(fields=["account", "state"], name="offer_unconfirmed", condition=models.Q(state__in=["pending", "unknown"])),
        ]


class OfferShown(models.Model):
    """What the channel shows of one offer, and what it may still sell before we can stop it (PROMISE 1).

    ``shown`` None: never confirmed. ``in_flight``: a value sent that is not confirmed live: accepted by the channel
    (``accepted_at``), or ``unknown`` because its answer was lost; then it is sent again. ``exposure`` is kept for allotted
    offers only. ``live_at``: when the shown value was confirmed live and is not settled yet; ``watermark``: up to here it is.
    ``refused_quantity``: the value the channel refused; it is not sent again, another is; where the
    channel said when its refusal ends, it is forgotten then. ``manual_quantity``: what a person set at the channel, left as
    it is while the stock covers it. ``account`` is repeated here so that a lane joins one table.
    """

    pk = models.CompositePrimaryKey("variant_id", "offer_id")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+", db_index=False)
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey("channels.Account", on_delete=models.PROTECT, related_name="+", db_index=False)
    shown = models.IntegerField(null=True)
    shown_at = models.DateTimeField(null=True)
    shown_version = models.BigIntegerField(default=0)  # variant_stock.version the shown value was computed from
    in_flight = models.IntegerField(null=True)
    in_flight_version = models.BigIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    unknown = models.BooleanField(default=False)
    exposure = models.IntegerField(default=0)
    watermark = models.DateTimeField(null=True)
    live_at = models.DateTimeField(null=True)
    attempt = models.BigIntegerField(default=0)
    refused_quantity = models.IntegerField(null=True)
    manual_quantity = models.IntegerField(null=True)
    problems = models.JSONField(default=list)
    read_at = models.DateTimeField(null=True)  # last read-back
    read_quantity = models.IntegerField(null=True)
    revisions_day = models.DateField(null=True)
    revisions = models.IntegerField(default=0)

    class Meta:
        db_table = "offer_shown"
        constraints = [
            models.CheckConstraint(condition=models.Q(exposure__gte=0), name="offer_shown_exposure_not_negative"),
            models.CheckConstraint(condition=models.Q(shown__isnull=True) | models.Q(shown__gte=0), name="offer_shown_not_negative"),
        ]
        indexes = [
            models.Index(fields=["account", "variant"], name="offer_shown_account"),
            # no column that a quick receipt changes: its update then touches no index
            models.Index(fields=["account"], name="offer_shown_in_flight", condition=models.Q(in_flight__isnull=False)),
            models.Index(fields=["account", "live_at"], name="offer_shown_unsettled", condition=models.Q(live_at__isnull=False)),
            models.Index(fields=["account", "read_at"], name="offer_shown_exposed", condition=models.Q(exposure__gt=0)),
        ]


class OfferReceipt(models.Model):
    """Every quantity sent or read back, with the channel's answer: what did we show at that minute, and why."""

    pk = models.CompositePrimaryKey("variant_id", "offer_id", "at", "attempt")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    offer = models.ForeignKey(Offer, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    at = models.DateTimeField()
    attempt = models.BigIntegerField()
    epoch = models.BigIntegerField()
    quantity = models.IntegerField()
    version = models.BigIntegerField()
    sent_at = models.DateTimeField(null=True)  # None: read back, not sent
    outcome = models.CharField(max_length=10)  # live, accepted, refused, unknown, read, ended: what Outcome says, a reading, an end
    note = models.CharField(max_length=200, default="")

    class Meta:
        db_table = "offer_receipt"


class Lane(models.Model):
    """One account's loop: who holds it (epoch), how far it has read the change log, how it is doing.

    ``sending``: offer -> quantity of the calls now on their way, written before they leave: who takes the lane over after a
    crash knows what is uncertain. ``plans`` is raised by whoever changes what a plan stands on (a policy switch).
    """

    account = models.OneToOneField("channels.Account", primary_key=True, on_delete=models.CASCADE, related_name="lane")
    epoch = models.BigIntegerField(default=0)
    cursor_xid = models.BigIntegerField(default=0)
    held_by = models.CharField(max_length=80, default="", blank=True)
    passed_at = models.DateTimeField(null=True)
    waiting = models.IntegerField(default=0)
    oldest_at = models.DateTimeField(null=True)
    sending = models.JSONField(default=dict)
    plans = models.BigIntegerField(default=0)
    resume_at = models.DateTimeField(null=True)  # nothing is sent before: the channel asked to wait, or does not answer
    sweep_after = models.DateTimeField(null=True)  # next full comparison of wanted and shown
    sweep_position = models.BigIntegerField(default=0)  # the comparison goes by variant and has come so far
    content_seen_at = models.DateTimeField(null=True)  # products changed before this were looked at
    foreign_listings = models.IntegerField(null=True)  # live there and unknown here, at the last full read-back; may be adopted
    read_back_after = models.DateTimeField(null=True)
    waits = models.JSONField(default=list)  # the last hour, per minute: greatest seconds a change waited

    class Meta:
        db_table = "lane"


class LaneTodo(models.Model):
    """An offer whose quantity the lane could not send at once (quota, outage, refusal, allotment); written by the lane alone."""

    pk = models.CompositePrimaryKey("account_id", "variant_id", "offer_id")
    account = models.ForeignKey("channels.Account", on_delete=models.CASCADE, related_name="+", db_index=False)
    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+", db_index=False)
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+", db_index=False)
    since = models.DateTimeField()
    not_before = models.DateTimeField()
    tries = models.IntegerField(default=0)
    rank = models.IntegerField(default=0)  # what may still be sold when it was written: the smallest goes first
    why = models.CharField(max_length=120)

    class Meta:
        db_table = "lane_todo"
        indexes = [models.Index(fields=["account", "rank", "not_before"], name="lane_todo_due")]


class OfferSale(models.Model):
    """A sale of a pooled offer that its lane has yet to take off the number it believes is shown; the lane deletes it."""

    account = models.ForeignKey("channels.Account", on_delete=models.CASCADE, related_name="+", db_index=False)
    variant = models.ForeignKey("catalog.Variant", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    offer_id = models.BigIntegerField()
    quantity = models.IntegerField()  # below 0: the channel put units back
    sold_at = models.DateTimeField()

    class Meta:
        db_table = "offer_sale"
        indexes = [models.Index(fields=["account", "offer_id"], name="offer_sale_account")]


class OfferDemand(models.Model):
    """Units that an offer sold on a day (UTC), canceled ones too: what its part of an allotted stock goes by (PROMISE 7)."""

    pk = models.CompositePrimaryKey("variant_id", "offer_id", "day")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    offer_id = models.BigIntegerField()
    day = models.DateField()
    units = models.IntegerField()

    class Meta:
        db_table = "offer_demand"
        indexes = [models.Index(fields=["day"], name="offer_demand_day")]


class Recall(models.Model):
    """ "Delist everywhere": quantity 0 first, then end, then read back until every channel confirmed (P8)."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    reason = models.CharField(max_length=200, default="", blank=True)
    asked_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField()
    deadline_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    relisted_at = models.DateTimeField(null=True)
    needs_approval = models.BooleanField(default=False)  # the brake on mass delisting
    approved_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        db_table = "recall"
        indexes = [models.Index(fields=["-asked_at"], name="recall_asked")]


class RecallOffer(models.Model):
    """The evidence per offer: asked, 0 accepted, 0 shown, end accepted, read back as gone; or the failure and since when.

    Facts of their own: receipts are dropped by month, a recall is asked about years later.
    """

    recall = models.ForeignKey(Recall, on_delete=models.CASCADE, related_name="offers")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()  # of one that waited: when it was approved
    zero_accepted_at = models.DateTimeField(null=True)  # None: it showed 0 already, or was never taken
    zero_at = models.DateTimeField(null=True)  # None: ended before the channel was seen at 0
    accepted_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, default="", blank=True)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "recall_offer"
        constraints = [models.UniqueConstraint(fields=["recall", "offer"], name="recall_offer_once")]
        indexes = [models.Index(fields=["offer"], name="recall_offer_open", condition=models.Q(gone_at__isnull=True))]
