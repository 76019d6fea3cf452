"""The product's addresses and one page that forgot to declare its right."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from entrepot.app.urls import handler403 as handler403


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open to all")


urlpatterns = [path("", include(([path("forgotten/", forgotten)], "web"))), path("", include("entrepot.web.urls"))]
