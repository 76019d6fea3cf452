"""For whoever runs Entrepot: does the process live, can it work, and how is it doing?"""

import hmac
import ipaddress
from collections.abc import Callable, Mapping

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from entrepot.api import gauges

_log = structlog.get_logger(__name__)
_migrated = False


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nobody else, so that a database that is down does not restart every web process."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers, and all migrations are applied: requests may be sent here."""
    checks = {"database": _database(), "migrations": False}
    checks["migrations"] = checks["database"] and _all_applied()
    ready = all(checks.values())
    return JsonResponse({"status": "ok" if ready else "not ready", **checks}, status=200 if ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format. Only with the token of ENTREPOT_METRICS_TOKEN, or, while none is set, from this machine itself."""
    if not _may_see_metrics(request):
        return HttpResponse(status=403, content="Set ENTREPOT_METRICS_TOKEN and send it as a Bearer token.\n", content_type="text/plain")
    text, kind = gauges.text()
    return HttpResponse(text, content_type=kind)


# Answered before the host is looked at and before a redirect to https: who probes asks by address, inside.
AT: Mapping[str, Callable[[HttpRequest], HttpResponse]] = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}


def _may_see_metrics(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    if any(name in request.headers for name in ("X-Forwarded-For", "Forwarded")):  # a proxy on this machine speaks for a stranger
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as no:
        _log.warning("ready.no_database", error=type(no).__name__)
        connection.close()
        return False
    return True


def _all_applied() -> bool:
    """Remembered once true: migrations are never taken back below a running process."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated
