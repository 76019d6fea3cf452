"""Who acts: users with a role and a scope, legal entities, partners, tokens; and what they did."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from entrepot.base.ids import new_public_id
from entrepot.people.types import Role
from entrepot.people.zones import known_zone

ROLE_LABELS = [
    (Role.OWNER.value, _("Owner")),
    (Role.OPS.value, _("Operations")),
    (Role.FINANCE.value, _("Finance")),
    (Role.READ_ONLY.value, _("Read only")),
    (Role.STORE.value, _("Store staff")),
    (Role.DISTRIBUTOR.value, _("Distributor")),
]


class LegalEntity(models.Model):
    """A company of the seller: it owns channel accounts and signs contracts."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    country = models.CharField(_("country"), max_length=2)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "legal_entity"
        verbose_name = _("legal entity")
        verbose_name_plural = _("legal entities")

    def __str__(self) -> str:
        return self.name


class Partner(models.Model):
    """An independent party that owns a location: shop, wholesaler, 3PL, distributor."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    country = models.CharField(_("country"), max_length=2)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "partner"
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person who signs in. ``role`` says what may be done, the scope which rows it may be done to.

    An empty scope of entities means all of them; ``own_products_only`` narrows products to those the user owns.
    """

    role = models.CharField(_("role"), max_length=16, choices=ROLE_LABELS, default=Role.READ_ONLY.value)
    language = models.CharField(_("language"), max_length=10, choices=[("en", "English"), ("zh-hans", "简体中文")], default="en")
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC", validators=[known_zone])
    partner = models.ForeignKey(Partner, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    legal_entities = models.ManyToManyField(LegalEntity, blank=True, db_table="user_legal_entity", related_name="+")
    all_accounts = models.BooleanField(_("sees all channel accounts"), default=True)
    own_products_only = models.BooleanField(_("sees only own products"), default=False)

    class Meta(AbstractUser.Meta):
        db_table = "app_user"
        constraints = [models.CheckConstraint(condition=models.Q(role__in=[r.value for r in Role]), name="app_user_role_known")]


class ApiToken(models.Model):
    """A token of the REST API: shown once, kept as a hash; its scopes may not exceed its creator's role."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=32, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(db_default=Now())
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_token"


class IdempotencyKey(models.Model):
    """The first answer to a write with this key; kept 48 hours (P11)."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_digest = models.BinaryField(max_length=32)
    status = models.SmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "idempotency_key"
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="idempotency_key_once")]


class Audit(models.Model):
    """Who changed what, from where, before and after. The app role may insert, never update or delete (P18)."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=120)
    source = models.CharField(max_length=80, default="", blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        db_table = "audit"
        indexes = [models.Index(fields=["subject", "-at"], name="audit_subject"), models.Index(fields=["-at"], name="audit_at")]


class Deployment(models.Model):
    """One row: what was decided at the first start and holds for the whole deployment."""

    id = models.BooleanField(primary_key=True, default=True)
    base_currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=40, default="UTC")
    demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "deployment"
        constraints = [models.CheckConstraint(condition=models.Q(id=True), name="deployment_one_row")]
