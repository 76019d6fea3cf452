"""All addresses: the back office, the API, and what machines ask for."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("entrepot.web.urls")),
    path("", include("entrepot.api.urls")),
]

handler403 = "entrepot.web.views.problems.no_right"
handler404 = "entrepot.web.views.problems.not_found"
handler500 = "entrepot.web.views.problems.broken"
