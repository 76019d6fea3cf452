"""All addresses: the back office, the API, and what machines ask for."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("entrepot.web.urls")),
    path("", include("entrepot.api.urls")),
]
