"""Does it live, can it work, how is it doing."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from entrepot.api import probes
from entrepot.base import clock
from entrepot.listings.models import Lane
from tests.web.world import World


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="localhost", REMOTE_ADDR="127.0.0.1", raise_request_exception=False)


def test_healthz_asks_nobody(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}  # without the database, which this test may not use


@pytest.mark.django_db
def test_readyz_says_what_is_missing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "_migrated", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'orders'")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready", "database": True, "migrations": False})
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) SELECT 'orders', name, now() FROM unnest(%s::text[]) AS name", [_orders()]
        )
    assert client.get("/readyz").json() == {"status": "ok", "database": True, "migrations": True}


def test_readyz_without_a_database_is_not_ready(client: Client, transactional_db: None, settings: Any) -> None:
    connection.close()
    port = connection.settings_dict["PORT"]
    host = connection.settings_dict["HOST"]
    connection.settings_dict["HOST"], connection.settings_dict["PORT"] = "127.0.0.1", "1"
    try:
        answer = client.get("/readyz")
    finally:
        connection.settings_dict["HOST"], connection.settings_dict["PORT"] = host, port
    assert (answer.status_code, answer.json()["database"]) == (503, False)


def test_probes_are_answered_whatever_host_they_name(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client(SERVER_NAME="10.0.0.7").get("/healthz").status_code == 200


@pytest.mark.django_db
def test_metrics_show_lanes_orders_and_calls(world: World, client: Client) -> None:
    account, now = world.accounts["eBay DE"], clock.now()
    Lane.objects.filter(account=account).update(waiting=7, oldest_at=now - timedelta(seconds=90))
    text = client.get("/metrics").content.decode()
    who = 'account="eBay DE",channel="ebay",market="DE"'
    assert f"entrepot_lane_waiting{{{who}}} 7.0" in text
    (oldest,) = [line for line in text.splitlines() if line.startswith(f"entrepot_lane_oldest_seconds{{{who}}}")]
    assert 90 <= float(oldest.split()[-1]) < 150
    assert 'entrepot_orders_last_hour{account="Amazon DE"} 2.0' in text
    assert 'entrepot_channel_calls_last_hour{account="eBay DE",result="ok"} 1.0' in text
    again = client.get("/metrics").content.decode()
    assert 'entrepot_http_requests_total{method="GET",route="/metrics",status="200"}' in again
    assert "juergen" not in text.lower()


@pytest.mark.django_db
def test_metrics_are_for_this_machine_or_for_the_token(world: World, settings: Any) -> None:
    def status(**more: Any) -> int:
        return Client(SERVER_NAME="localhost", **{"REMOTE_ADDR": "127.0.0.1", **more}).get("/metrics").status_code

    assert status(REMOTE_ADDR="::1") == 200
    assert status(REMOTE_ADDR="203.0.113.9") == 403
    assert status(REMOTE_ADDR="") == 403
    assert status(HTTP_X_FORWARDED_FOR="203.0.113.9") == 403  # a proxy on this machine speaks for a stranger
    settings.METRICS_TOKEN = "m3trics"
    assert status() == 403
    assert status(REMOTE_ADDR="203.0.113.9", HTTP_AUTHORIZATION="Bearer other") == 403
    assert status(REMOTE_ADDR="203.0.113.9", HTTP_AUTHORIZATION="Bearer m3trics") == 200


def test_unknown_addresses_make_no_new_series(client: Client, transactional_db: None) -> None:
    from entrepot.api.counters import REQUESTS

    before = len(next(iter(REQUESTS.collect())).samples)
    for number in range(20):
        client.get(f"/api/v1/nothing/{number}")
        client.generic(f"M{number}", "/api/v1/nothing")
    assert len(next(iter(REQUESTS.collect())).samples) <= before + 4 * 2


def _orders() -> list[str]:
    from django.db.migrations.loader import MigrationLoader

    return [name for app, name in MigrationLoader(None).disk_migrations if app == "orders"]
