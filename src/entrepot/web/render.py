"""Answers a page inside the shell, or only the fragment that was asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from entrepot.people.deployment import base_currency
from entrepot.web import words
from entrepot.web.access import visitor

Crumbs = Sequence[tuple[str, str]]


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, title: str, crumbs: Crumbs = (), status: int = 200
) -> HttpResponse:
    """``template`` inside the shell. ``crumbs``: (label, address) of the pages above."""
    shell = {
        **admin.site.each_context(request),
        "title": title,
        "crumbs": crumbs,
        "zone_name": timezone.get_current_timezone_name().replace("_", " "),
    }
    return render(request, template, {**shell, **common(request), **context}, status=status)


def fragment(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    return render(request, template, {**common(request), **context})


def common(request: HttpRequest) -> dict[str, Any]:
    """The rights of the reader and the tables of words, for every template."""
    return {
        "currency": base_currency(),
        "may": {right.value: True for right in visitor(request).rights},
        "offer_words": words.OFFER,
        "health_words": words.HEALTH,
        "work_words": words.WORK,
        "reason_words": words.REASON,
        "import_words": words.IMPORT,
    }
