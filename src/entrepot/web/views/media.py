"""Uploaded pictures. They are public: the channels fetch them by their content's hash."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from entrepot.catalog import queries as catalog
from entrepot.web.access import public


@public
@require_safe
def picture(request: HttpRequest, sha256: str) -> HttpResponse:
    """Its address names its content, so that it may be kept forever."""
    found = catalog.media_content(sha256)
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff", "Content-Disposition": "inline"}
    return HttpResponse(found.content, content_type=found.mime, headers=headers)
