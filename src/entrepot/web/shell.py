"""The shell of the back office (django-unfold): colors, navigation, styles."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Entrepot",
    "SITE_HEADER": "Entrepot",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda request: static("web/entrepot.css")],
}
