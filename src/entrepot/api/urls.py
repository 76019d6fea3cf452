"""Addresses for machines: the API, channels' messages, probes."""

from django.urls import URLPattern, URLResolver, path

from entrepot.api import hooks, probes
from entrepot.api.v1 import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("hooks/<uuid:account_id>", hooks.hook, name="hook"),
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("metrics", probes.metrics, name="metrics"),
]
