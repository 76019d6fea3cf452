"""Addresses for machines: the API and channels' messages (probes are answered by the middleware)."""

from django.urls import URLPattern, URLResolver, path

from entrepot.api import hooks
from entrepot.api.v1 import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("hooks/<uuid:account_id>", hooks.hook, name="hook"),
]
