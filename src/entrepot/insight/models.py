"""Read models: what needs a person."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Alert(models.Model):
    """Something needs a person. Opened and closed by a loop that looks at the state; ``key`` is its cause, once while open.

    ``proposals``: [{"act", "label", "values", "cost_minor"}] in order of cost.
    """

    key = models.CharField(max_length=160)
    kind = models.CharField(max_length=40)
    severity = models.CharField(max_length=8)  # bad, warn
    subject = models.CharField(max_length=160)
    values = models.JSONField(default=dict)
    amount_minor = models.BigIntegerField(null=True)  # money at risk, base currency
    amount_meaning = models.CharField(max_length=40, default="", blank=True)
    proposals = models.JSONField(default=list)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    put_off_until = models.DateTimeField(null=True)
    put_off_amount_minor = models.BigIntegerField(null=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "alert"
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [models.UniqueConstraint(fields=["key"], condition=models.Q(resolved_at__isnull=True), name="alert_open_once")]
        indexes = [models.Index(fields=["-amount_minor"], name="alert_open", condition=models.Q(resolved_at__isnull=True))]
