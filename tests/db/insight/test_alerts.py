"""Alerts follow the state: they open once, are renewed, come back when they grow, and go when the cause is gone."""

from datetime import timedelta

import pytest

from entrepot.base import clock
from entrepot.base.errors import NotFound
from entrepot.catalog.models import Product, Variant
from entrepot.channels.models import Account, AccountProgress
from entrepot.insight.actions import put_off
from entrepot.insight.causes import MOST
from entrepot.insight.loops import reconcile_alerts
from entrepot.insight.models import Alert
from entrepot.insight.queries.alerts import MOST as VIEWED
from entrepot.insight.queries.alerts import open_alerts, repaired
from entrepot.inventory.models import VariantStock
from entrepot.orders.models import OrderLine, SalesOrder
from entrepot.people.models import LegalEntity, User
from entrepot.people.scope import EVERYTHING, Scope

pytestmark = pytest.mark.django_db
NOW = clock.now()


def low_lamp(atp: int) -> VariantStock:
    lamp = Variant.objects.create(product=Product.objects.create(code="LAMP"), sku="LAMP", low_stock_at=3)
    return VariantStock.objects.create(variant=lamp, on_hand=atp, atp=atp, changed_at=NOW)


def account(**more: object) -> Account:
    made = Account.objects.create(
        name="eBay DE",
        channel="ebay",
        market="DE",
        currency="EUR",
        legal_entity=LegalEntity.objects.create(name="One", country="DE"),
        **more,
    )
    AccountProgress.objects.create(account=made, orders_complete_until=NOW)
    return made


def late_order(of: Account, number: str, worth: int) -> SalesOrder:
    return SalesOrder.objects.create(
        account=of, channel_order_id=number, market="DE", status="paid", placed_at=NOW, remote_updated_at=NOW, remote_rank=1, currency="EUR",
        total_minor=worth, base_total_minor=worth, created_at=NOW, ship_by=NOW - timedelta(hours=1),
    )  # fmt: skip


def test_a_cause_is_one_alert_while_it_lasts_and_a_new_one_when_it_returns() -> None:
    stock = low_lamp(2)
    for _ in range(3):
        reconcile_alerts(NOW)
    assert [(alert.kind, alert.values["left"]) for alert in open_alerts(EVERYTHING, NOW)] == [("low_stock", 2)]
    VariantStock.objects.filter(pk=stock.pk).update(atp=9, on_hand=9)
    reconcile_alerts(NOW)
    assert open_alerts(EVERYTHING, NOW) == []
    VariantStock.objects.filter(pk=stock.pk).update(atp=0, on_hand=0)
    reconcile_alerts(NOW)
    assert [(alert.severity, alert.values["left"]) for alert in open_alerts(EVERYTHING, NOW)] == [("bad", 0)]
    assert Alert.objects.count() == 2


def test_what_changes_is_renewed_in_place() -> None:
    stock = low_lamp(2)
    reconcile_alerts(NOW)
    VariantStock.objects.filter(pk=stock.pk).update(atp=1)
    later = NOW + timedelta(minutes=1)
    reconcile_alerts(later)
    alert = Alert.objects.get()
    assert (alert.values["left"], alert.opened_at, alert.changed_at) == (1, NOW, later)


def test_put_off_hides_it_until_then_or_until_it_has_grown_by_half() -> None:
    shop = account()
    late_order(shop, "1", 1000)
    reconcile_alerts(NOW)
    put_off(Alert.objects.get().pk, until=NOW + timedelta(days=1), actor="user:ops")
    assert open_alerts(EVERYTHING, NOW) == []
    assert len(open_alerts(EVERYTHING, NOW, put_off=True)) == 1
    assert len(open_alerts(EVERYTHING, NOW + timedelta(days=2))) == 1
    late_order(shop, "2", 499)
    reconcile_alerts(NOW)
    assert open_alerts(EVERYTHING, NOW) == []
    late_order(shop, "3", 1)
    reconcile_alerts(NOW)
    assert [(alert.amount_minor, alert.values["orders"]) for alert in open_alerts(EVERYTHING, NOW)] == [(1500, 3)]


def test_what_is_gone_cannot_be_put_off() -> None:
    with pytest.raises(NotFound):
        put_off(1, until=NOW, actor="user:ops")


def test_a_shortage_proposes_where_there_is_more_then_to_wait_then_to_cancel() -> None:
    from entrepot.inventory.models import Location, StockLevel

    shop, stock = account(), low_lamp(9)
    order = late_order(shop, "1", 1000)
    OrderLine.objects.create(order=order, channel_line_id="1", variant=stock.variant, sku="LAMP", quantity=2, short=2, unit_price_minor=500)
    place = Location.objects.create(code="LYS", name="Lyon", kind="store", country="FR")
    StockLevel.objects.create(variant=stock.variant, location=place, on_hand=9)
    reconcile_alerts(NOW)
    shortage = Alert.objects.get(kind="shortage")
    assert shortage.proposals == [{"act": "other_location", "location": "Lyon", "units": 9}, {"act": "back_order"}, {"act": "cancel"}]
    assert (shortage.amount_minor, shortage.values["units"]) == (1000, 2)


def test_more_shortages_than_a_person_reads_are_one_alert_an_account_besides_those_that_leave_first() -> None:
    shop, stock = account(), low_lamp(9)
    late = {
        "account": shop,
        "market": "DE",
        "status": "paid",
        "placed_at": NOW,
        "remote_updated_at": NOW,
        "remote_rank": 1,
        "currency": "EUR",
    }
    orders = SalesOrder.objects.bulk_create(
        SalesOrder(**late, channel_order_id=str(n), total_minor=7, base_total_minor=7, created_at=NOW, ship_by=NOW + timedelta(minutes=n))
        for n in range(MOST + 3, 0, -1)
    )
    OrderLine.objects.bulk_create(
        OrderLine(order=one, channel_line_id="1", variant=stock.variant, sku="LAMP", quantity=2, short=2, unit_price_minor=7)
        for one in orders
    )
    reconcile_alerts(NOW)
    rest = Alert.objects.get(kind="shortages")
    assert (rest.values["orders"], rest.amount_minor, rest.subject) == (3, 21, f"account:{shop.public_id}")
    single = {alert.values["number"] for alert in Alert.objects.filter(kind="shortage")}
    assert single == {str(n) for n in range(1, MOST + 1)}


def test_the_largest_amount_stands_on_top_and_unknown_amounts_last() -> None:
    low_lamp(0)
    late_order(account(), "1", 1000)
    reconcile_alerts(NOW)
    assert [alert.kind for alert in open_alerts(EVERYTHING, NOW)] == ["order_late", "low_stock"]


def test_a_person_with_a_scope_sees_their_alerts_however_many_larger_ones_others_have() -> None:
    mine, other = User.objects.create(username="mine"), User.objects.create(username="other")
    shop = account()
    small = late_order(shop, "1", 10)
    goods = {
        owner: Variant.objects.create(product=Product.objects.create(code=owner.username, owner=owner), sku=owner.username)
        for owner in (mine, other)
    }
    OrderLine.objects.create(order=small, channel_line_id="1", variant=goods[mine], sku="mine", quantity=1, unit_price_minor=10)
    alert = {"severity": "bad", "opened_at": NOW, "changed_at": NOW}
    Alert.objects.bulk_create(
        Alert(key=f"low:{n}", kind="low_stock", subject="variant:other", amount_minor=1000 + n, **alert) for n in range(VIEWED)
    )
    Alert.objects.create(key="low:mine", kind="low_stock", subject="variant:mine", amount_minor=2, **alert)
    Alert.objects.create(key="short:1", kind="shortage", subject=f"order:{small.public_id}", amount_minor=3, **alert)
    Alert.objects.create(key="cut-off", kind="account_cut_off", subject=f"account:{shop.public_id}", amount_minor=1, **alert)
    keys = ["short:1", "low:mine", "cut-off"]
    assert [Alert.objects.get(pk=row.id).key for row in open_alerts(Scope(owner=mine.pk), NOW)] == keys
    assert [row.subject for row in open_alerts(Scope(accounts=(), owner=mine.pk), NOW)] == ["variant:mine"]
    Alert.objects.update(resolved_at=NOW)
    assert repaired(Scope(owner=mine.pk), NOW - timedelta(days=1)) == 3
    assert repaired(EVERYTHING, NOW - timedelta(days=1)) == VIEWED + 3


def test_a_login_that_is_refused_and_calls_that_fail_longer_than_a_moment() -> None:
    shop = account()
    AccountProgress.objects.update(failing_since=NOW - timedelta(minutes=1))
    reconcile_alerts(NOW)
    assert open_alerts(EVERYTHING, NOW) == []
    reconcile_alerts(NOW + timedelta(minutes=2))
    assert [alert.kind for alert in open_alerts(EVERYTHING, NOW)] == ["account_failing"]
    Account.objects.filter(pk=shop.pk).update(state="reconnect", state_reason="token expired")
    reconcile_alerts(NOW + timedelta(minutes=2))
    assert [alert.kind for alert in open_alerts(EVERYTHING, NOW)] == ["account_cut_off"]
