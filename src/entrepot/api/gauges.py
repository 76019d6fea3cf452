"""/metrics: what this process counted, and the state of the database at this moment."""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from entrepot.base import clock
from entrepot.insight.queries import accounts, measures
from entrepot.insight.types import Health
from entrepot.people.scope import EVERYTHING


def text() -> tuple[bytes, str]:
    """The document and its media type."""
    state = CollectorRegistry(auto_describe=False)
    state.register(_State())
    return generate_latest(REGISTRY) + generate_latest(state), CONTENT_TYPE_LATEST


class _State(Collector):
    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        now = clock.now()
        names = ["account", "channel", "market"]
        waiting = GaugeMetricFamily("entrepot_lane_waiting", "Offers that wait to be sent.", labels=names)
        oldest = GaugeMetricFamily("entrepot_lane_oldest_seconds", "How long the oldest of them has waited.", labels=names)
        known = GaugeMetricFamily(
            "entrepot_orders_known_seconds", "How old the newest instant is up to which all orders are known.", labels=names
        )
        health = GaugeMetricFamily("entrepot_account_health", "1 for the state that the account is in.", labels=[*names, "health"])
        breaches = GaugeMetricFamily("entrepot_account_breaches", "Sales known later than the account's bound.", labels=names)
        for lane in accounts.lanes(EVERYTHING, now):
            who = [lane.account.name, lane.account.channel, lane.account.market]
            waiting.add_metric(who, lane.waiting)
            oldest.add_metric(who, (now - lane.oldest_at).total_seconds() if lane.oldest_at else 0)
            if lane.known_until:
                known.add_metric(who, (now - lane.known_until).total_seconds())
            breaches.add_metric(who, lane.breaches)
            for state in Health:
                health.add_metric([*who, state.value], float(lane.health is state))
        yield from (waiting, oldest, known, health, breaches)
        yield from _counts(now)


def _counts(now: datetime) -> Iterator[Metric]:
    orders = GaugeMetricFamily("entrepot_orders_last_hour", "Orders placed in the last hour.", labels=["account"])
    for account, count in measures.orders_last_hour(now):
        orders.add_metric([account], count)
    calls = GaugeMetricFamily("entrepot_channel_calls_last_hour", "Calls to channels in the last hour.", labels=["account", "result"])
    for account, result, count in measures.calls_last_hour(now):
        calls.add_metric([account, result], count)
    yield orders
    yield calls
