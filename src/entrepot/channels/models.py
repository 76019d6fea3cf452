"""Channel accounts, how far their orders are known, hints not yet followed, and every call made."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from entrepot.base.fields import SecretJSON
from entrepot.base.ids import new_public_id
from entrepot.channels.types import AccountState


class Account(models.Model):
    """One seller's login at one channel for one market (店铺)."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80, unique=True)
    channel = models.CharField(_("channel"), max_length=40)
    market = models.CharField(_("market"), max_length=2, help_text=_("Country of the marketplace."))
    currency = models.CharField(_("currency"), max_length=3)
    language = models.CharField(_("language"), max_length=10, default="en")
    legal_entity = models.ForeignKey("people.LegalEntity", on_delete=models.PROTECT, related_name="+", verbose_name=_("legal entity"))
    state = models.CharField(
        _("state"),
        max_length=12,
        default=AccountState.ACTIVE.value,
        choices=[("active", _("Active")), ("paused", _("Paused")), ("reconnect", _("Must reconnect"))],
    )
    state_reason = models.CharField(max_length=300, default="", blank=True)
    credentials = SecretJSON(default=dict)
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    # What the account may be shown of the stock (pooled policy); per offer settings win over these.
    share_percent = models.SmallIntegerField(_("share of the stock, %"), default=100)
    cap = models.IntegerField(_("show at most"), null=True, blank=True, default=10)
    holdback = models.IntegerField(_("hold back"), default=0)
    # PROMISE "Bound": V a sale -> the hub knows; W the hub decides -> live. Raised when a breach is seen.
    sale_delay_bound_s = models.IntegerField(default=300)
    live_delay_bound_s = models.IntegerField(default=900)
    breaches = models.IntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)
    users = models.ManyToManyField("people.User", blank=True, db_table="account_user", related_name="accounts")

    class Meta:
        db_table = "account"
        verbose_name = _("channel account")
        verbose_name_plural = _("channel accounts")
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[s.value for s in AccountState]), name="account_state_known"),
            models.CheckConstraint(condition=models.Q(share_percent__gte=0, share_percent__lte=100), name="account_share_percent"),
            models.CheckConstraint(condition=models.Q(holdback__gte=0), name="account_holdback_not_negative"),
            models.CheckConstraint(condition=models.Q(cap__isnull=True) | models.Q(cap__gte=0), name="account_cap_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class AccountProgress(models.Model):
    """How far this account's orders are known; lanes read it, the order loop writes it.

    ``orders_complete_until``: every order the channel dated up to here is imported (PROMISE 3).
    """

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="progress")
    orders_complete_until = models.DateTimeField()
    polled_at = models.DateTimeField(null=True)
    last_order_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, default="", blank=True)
    remote_orders_today = models.IntegerField(null=True)  # the daily check's counts
    our_orders_today = models.IntegerField(null=True)

    class Meta:
        db_table = "account_progress"


class AccountHint(models.Model):
    """A message said "look at this object"; the account's order loop follows it and deletes the row."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    message_key = models.CharField(max_length=200)
    kind = models.CharField(max_length=12)
    remote_id = models.CharField(max_length=200)
    received_at = models.DateTimeField()

    class Meta:
        db_table = "account_hint"
        constraints = [models.UniqueConstraint(fields=["account", "message_key"], name="account_hint_once")]
        indexes = [models.Index(fields=["account", "id"], name="account_hint_order")]


class ChannelCall(models.Model):
    """One request to a channel: redacted, partitioned by month, purged after 90 days."""

    pk = models.CompositePrimaryKey("account_id", "started_at", "public_id")
    account = models.ForeignKey(Account, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    started_at = models.DateTimeField()
    public_id = models.UUIDField(default=new_public_id)
    operation = models.CharField(max_length=80)
    method = models.CharField(max_length=8)
    url = models.TextField()
    status = models.SmallIntegerField()
    error = models.TextField(default="", blank=True)
    took_ms = models.IntegerField()
    request = models.TextField(default="", blank=True)
    answer = models.TextField(default="", blank=True)
    request_id = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        db_table = "channel_call"


class OperationHealth(models.Model):
    """The breaker of one operation of one account: open until ``open_until`` after repeated failures."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="operations")
    operation = models.CharField(max_length=80)
    failures = models.IntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    open_until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, default="", blank=True)
    quota_limit = models.IntegerField(null=True)
    quota_left = models.IntegerField(null=True)
    quota_resets_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "operation_health"
        constraints = [models.UniqueConstraint(fields=["account", "operation"], name="operation_health_once")]
