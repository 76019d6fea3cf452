"""What is sold: products, their variants (what is counted and sold), texts per language, media, kits, imports."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _

from entrepot.base.ids import new_public_id


class Product(models.Model):
    """What is described. ``version`` guards against two people saving over each other (F28)."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=80)
    brand = models.CharField(_("brand"), max_length=80, default="", blank=True)
    category = models.CharField(_("category"), max_length=120, default="", blank=True)
    origin_country = models.CharField(_("country of origin"), max_length=2, default="", blank=True)
    hs_code = models.CharField(_("HS code"), max_length=10, default="", blank=True)
    option_names = models.JSONField(_("options"), default=list, blank=True)  # in order, e.g. ["Size", "Colour"]
    attributes = models.JSONField(default=dict, blank=True)
    owner = models.ForeignKey(
        "people.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("responsible")
    )
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "product"
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [models.UniqueConstraint(Upper("code"), name="product_code_once")]
        indexes = [
            models.Index(fields=["-changed_at"], name="product_changed"),
            models.Index(fields=["brand"], name="product_brand", condition=~models.Q(brand="")),
        ]

    def __str__(self) -> str:
        return self.code


class ProductText(models.Model):
    """Title, description and bullet points of a product in one language. ``source_hash``: of the text it was translated from."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10)
    title = models.CharField(_("title"), max_length=500)
    description = models.TextField(_("description"), default="", blank=True)
    bullets = models.JSONField(_("bullet points"), default=list, blank=True)
    source_hash = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        db_table = "product_text"
        constraints = [models.UniqueConstraint(fields=["product", "language"], name="product_text_language_once")]


class Variant(models.Model):
    """What is counted and sold. The SKU is kept as typed; two SKUs that differ only by case are the same SKU."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="variants")
    sku = models.CharField(_("SKU"), max_length=80)
    gtin = models.CharField(_("GTIN"), max_length=14, default="", blank=True)
    options = models.JSONField(_("option values"), default=dict, blank=True)
    is_kit = models.BooleanField(_("kit"), default=False)
    price_minor = models.BigIntegerField(_("price"), null=True, blank=True, validators=[MinValueValidator(0)])  # gross, base currency
    cost_minor = models.BigIntegerField(_("cost"), null=True, blank=True, validators=[MinValueValidator(0)])
    weight_g = models.IntegerField(_("weight, g"), null=True, blank=True)
    length_mm = models.IntegerField(_("length, mm"), null=True, blank=True)
    width_mm = models.IntegerField(_("width, mm"), null=True, blank=True)
    height_mm = models.IntegerField(_("height, mm"), null=True, blank=True)
    low_stock_at = models.IntegerField(_("alert at"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "variant"
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        constraints = [
            models.UniqueConstraint(Upper("sku"), name="variant_sku_once"),
            models.CheckConstraint(condition=~models.Q(sku=""), name="variant_sku_not_empty"),
        ]
        indexes = [
            # by its beginning too, whatever the collation of the database
            models.Index(fields=["gtin"], name="variant_gtin", opclasses=["varchar_pattern_ops"], condition=~models.Q(gtin="")),
            models.Index(fields=["low_stock_at"], name="variant_low_stock", condition=models.Q(low_stock_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.sku


class KitComponent(models.Model):
    """A kit holds ``quantity`` units of a component; a kit is never a component of a kit."""

    kit = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="components")
    component = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="in_kits")
    quantity = models.IntegerField()

    class Meta:
        db_table = "kit_component"
        constraints = [
            models.UniqueConstraint(fields=["kit", "component"], name="kit_component_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="kit_component_quantity_positive"),
            models.CheckConstraint(condition=~models.Q(kit=models.F("component")), name="kit_component_not_itself"),
        ]


class MediaBlob(models.Model):
    """Uploaded picture bytes, once per content; nothing but the database holds state."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    mime = models.CharField(max_length=40)
    width = models.IntegerField()
    height = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        db_table = "media_blob"


class Media(models.Model):
    """A picture of a product, or of one variant: uploaded (blob) or somewhere on the web (url)."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="media")
    variant = models.ForeignKey(Variant, null=True, blank=True, on_delete=models.CASCADE, related_name="media")
    position = models.SmallIntegerField(default=0)
    blob = models.ForeignKey(MediaBlob, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    url = models.URLField(max_length=500, default="", blank=True)

    class Meta:
        db_table = "media"
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(blob__isnull=False, url="") | (models.Q(blob__isnull=True) & ~models.Q(url="")),
                name="media_blob_or_url",
            )
        ]


class ImportMapping(models.Model):
    """Which column of a file means which of our fields, saved under a name for the next file."""

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(max_length=12, choices=[("products", _("products")), ("orders", _("orders")), ("stock", _("stock"))])
    columns = models.JSONField(default=dict)  # our field -> column heading of the file
    settings = models.JSONField(default=dict)  # delimiter, encoding, decimal sign, ... where not detected

    class Meta:
        db_table = "import_mapping"
        constraints = [models.UniqueConstraint(fields=["name", "kind"], name="import_mapping_once")]


class ImportRun(models.Model):
    """One import of one file: progress, result, and whether somebody asked it to stop."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    kind = models.CharField(max_length=12)
    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64)
    mapping = models.CharField(max_length=80)
    user = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=12, default="running")  # previewed, running, done, failed, canceled
    lines = models.IntegerField(default=0)
    imported = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    rejected = models.JSONField(default=dict)  # reason -> lines
    report = models.JSONField(default=dict)
    cancel_requested = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "import_run"
        indexes = [models.Index(fields=["-started_at"], name="import_run_started")]


class ImportRowError(models.Model):
    """One refused line: where, why, and what stood there."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="row_errors")
    line = models.IntegerField()
    column = models.CharField(max_length=120, default="")
    reason = models.CharField(max_length=60)
    message = models.CharField(max_length=500)
    value = models.CharField(max_length=200, default="")

    class Meta:
        db_table = "import_row_error"
        indexes = [models.Index(fields=["run", "line"], name="import_row_error_line")]
