"""What this process counts for /metrics: requests, webhooks."""

from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

from entrepot.api import probes

REQUESTS = Counter("entrepot_http_requests", "Requests answered by this process.", ["method", "route", "status"])
SECONDS = Histogram("entrepot_http_seconds", "Time to the answer's first byte.", ["area"], buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10))
WEBHOOKS = Counter("entrepot_webhooks", "Messages that channels posted to this process.", ["channel", "result"])

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def count_request(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """By route, not by address, so that the number of series stays small whatever is asked for."""
    match = request.resolver_match
    route = match.route if match is not None else request.path if request.path in probes.AT else "unknown"
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(method, route, response.status_code).inc()
    SECONDS.labels("api" if request.path.startswith(("/api/", "/hooks/")) else "web").observe(seconds)
