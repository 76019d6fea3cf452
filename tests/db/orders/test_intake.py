"""One call takes a batch of orders: stored, reserved, sealed, exact (DESIGN 4; P1, P2, P5, P17, F4, F10)."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction

from entrepot.base.errors import NotFound, WrongState
from entrepot.base.keyring import sealer
from entrepot.base.money import Money
from entrepot.channels.contract import Address, Buyer, OrderStatus
from entrepot.inventory.models import AvailabilityChange, Reservation, StockMove
from entrepot.listings.models import OfferSale
from entrepot.orders import actions, intake, quarantine
from entrepot.orders.models import OrderBuyer, OrderLine, OrderQuarantine, SalesOrder
from entrepot.orders.prepare import BUYER
from tests.db.listings import world
from tests.db.orders.shop import START, changed, line, lines_of, open_shop, order, row, units
from tests.db.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_batch_is_stored_and_reserved_in_one_call():
    shop = open_shop()
    shop.has("RED", 5)
    shop.has("BLUE", 1)
    result = shop.takes(order("A", line("RED", 2)), order("B", line("RED", 1), line("BLUE", 2, "2")))
    assert (result.created, result.updated, result.quarantined, result.short_units) == (2, 0, 0, 1)
    assert (units("A"), units("B")) == ([(2, 0, 0, 0)], [(1, 0, 0, 0), (2, 0, 0, 1)])
    assert (shop.stock("RED"), shop.stock("BLUE")) == ((5, 3), (1, 1))
    assert Reservation.objects.filter(kind="order").count() == 3
    assert StockMove.objects.filter(reason="order").count() == 3
    assert AvailabilityChange.objects.filter(variant_id=shop.variants["RED"]).count() == 2  # the opening stock, and one for the batch
    stored = row("A")
    assert (stored.status, stored.placed_at, stored.closed) == ("paid", START, False)


def test_the_same_order_again_changes_nothing_p5():
    shop = open_shop()
    shop.has("RED", 5)
    one = order("A", line("RED", 2))
    shop.takes(one, one)
    result = shop.takes(one, one)
    assert (result.created, result.unchanged) == (0, 1)
    assert (SalesOrder.objects.count(), shop.stock("RED")) == (1, (5, 2))


def test_a_channel_sells_what_is_on_hand_safety_stock_last_promise_10():
    shop = open_shop()
    shop.has("RED", 3)
    with transaction.atomic():
        world.inventory.set_safety_stock(shop.variants["RED"], shop.place, 2, actor="t")
    shop.takes(order("A", line("RED", 4)))
    assert (units("A"), shop.stock("RED")) == ([(4, 0, 0, 1)], (3, 3))


def test_skus_are_known_by_offer_first_then_by_variant_in_any_case():
    shop = open_shop()
    mine, other = shop.has("RED", 5), shop.has("BLUE", 5)
    offer = world.offer(other, shop.account)
    world.Offer.objects.filter(pk=offer).update(channel_sku="red")
    shop.takes(order("A", line("red")), order("B", line("Red")))
    assert [one.variant_id for number in "AB" for one in lines_of(number)] == [other, mine]


def test_an_unknown_sku_is_short_until_somebody_says_what_it_is_f10():
    shop = open_shop()
    shop.has("RED", 2)
    assert shop.takes(order("A", line("RÖD", 3))).short_units == 3
    (one,) = lines_of("A")
    with pytest.raises(NotFound), transaction.atomic():
        actions.assign_variant(one.pk, "NOPE", actor="ann")
    with transaction.atomic():
        assert actions.assign_variant(one.pk, " red ", actor="ann") == 2
    assert (units("A"), shop.stock("RED")) == ([(3, 0, 0, 1)], (2, 2))
    with pytest.raises(WrongState), transaction.atomic():
        actions.assign_variant(one.pk, "RED", actor="ann")
    with pytest.raises(NotFound), transaction.atomic():
        actions.assign_variant(10**9, "RED", actor="ann")


def test_a_line_assigned_to_a_kit_reserves_its_parts_and_opens_no_header_for_the_kit():
    shop = open_shop()
    part = shop.has("PART", 5)
    kit = world.kit({part: 2})
    shop.takes(order("A", line("???", 2)))
    with transaction.atomic():
        actions.assign_variant(lines_of("A")[0].pk, world.Variant.objects.get(pk=kit).sku, actor="ann")
    assert (units("A"), shop.stock("PART")) == ([(2, 0, 0, 0)], (5, 4))
    assert not world.VariantStock.objects.filter(variant_id=kit).exists()


def test_two_kits_of_one_order_that_share_a_part_do_not_share_its_units_rivals_1():
    shop = open_shop()
    part, other = shop.has("PART", 5), shop.has("OTHER", 9)
    one, two = (world.Variant.objects.get(pk=world.kit(parts)).sku for parts in ({part: 2, other: 1}, {part: 1}))
    shop.takes(order("A", line(one, 2), line(two, 2, "2")))
    assert (units("A"), shop.stock("PART"), shop.stock("OTHER")) == ([(2, 0, 0, 0), (2, 0, 0, 1)], (5, 5), (9, 2))


BAD = {
    "duplicate line": lambda: order("X", line("RED"), line("BLUE")),
    "nul": lambda: order("X", line("RED"), buyer=Buyer(name="a\x00b")),
    "nul in the sku": lambda: order("X", line("R\x00")),
    "half a character": lambda: order("X", line("RED"), ship_to=Address(name="\ud800")),
    "half a character in the title": lambda: order("X", replace(line("RED"), title="\udfff")),
    "another currency": lambda: order("X", line("RED", price=Money(1, "USD"))),
    "tax in another currency": lambda: order("X", line("RED", tax=Money(1, "USD"))),
    "no currency": lambda: order("X", line("RED", price=Money(1, "XYZ")), currency="XYZ", total=Money(1, "XYZ")),
    "more than a bigint": lambda: order("X", line("RED"), total=Money(2**63, "EUR")),
    "a price too large": lambda: order("X", line("RED", price=Money(2**63, "EUR")), total=Money(1, "EUR")),
    "no lines": lambda: order("X"),
    "no zone": lambda: replace(order("X", line("RED")), updated_at=datetime(2026, 1, 1)),
    "quantity 0": lambda: order("X", line("RED", 0)),
    "more canceled than ordered": lambda: order("X", line("RED", 1, canceled_quantity=2)),
    "negative price": lambda: order("X", line("RED", price=Money(-1, "EUR"))),
    "a long number": lambda: order("X" * 90, line("RED")),
}


@pytest.mark.parametrize("kind", BAD)
def test_one_poison_order_in_a_batch_costs_no_other_and_waits_with_its_reason_f4(kind):
    shop = open_shop()
    shop.has("RED", 1000)
    good = [order(f"G{n}", line("RED")) for n in range(20)]
    result = shop.takes(*good[:13], BAD[kind](), *good[13:])
    assert (result.created, result.quarantined) == (20, 1)
    waiting = OrderQuarantine.objects.get()
    assert waiting.reason
    assert waiting.resolved_at is None
    assert (SalesOrder.objects.count(), shop.stock("RED")) == (20, (1000, 20))


def test_one_poison_order_in_500_comes_in_when_it_is_repaired():
    shop = open_shop()
    shop.has("RED", 1000)
    batch = [order(f"G{n}", line("RED")) for n in range(500)]
    batch[250] = order("G250", line("RED"), total=Money(2**63, "EUR"))
    result = shop.takes(*batch)
    assert (result.created, result.quarantined) == (499, 1)
    assert "out of range" in OrderQuarantine.objects.get().reason
    assert shop.takes(order("G250", line("RED"))).created == 1
    assert OrderQuarantine.objects.get().resolved_at is not None
    assert shop.stock("RED") == (1000, 500)


def test_an_older_state_does_not_end_the_wait_of_a_newer_one_that_was_bad():
    shop = open_shop()
    shop.has("RED", 9)
    first = order("A", line("RED", 2))
    shop.takes(first, changed(first, 5, lines=[line("RED", 2), line("RED", 1)]))
    assert OrderQuarantine.objects.get().resolved_at is None
    shop.takes(first)
    assert OrderQuarantine.objects.get().resolved_at is None
    shop.takes(changed(first, 5, lines=[line("RED", 2), line("RED", 1, "2")]))
    assert OrderQuarantine.objects.get().resolved_at is not None
    assert units("A") == [(2, 0, 0, 0), (1, 0, 0, 0)]


def test_a_quarantined_order_can_be_read_again_from_its_sealed_document():
    shop = open_shop()
    bad = order("X", line("RED"), line("RED"), ship_to=Address(name="Zoë \ud800", street=("a", "b")))
    shop.takes(bad)
    kept = OrderQuarantine.objects.get()
    opened = quarantine.order_of(sealer(quarantine.PURPOSE).open(bytes(kept.sealed), f"{shop.account}:X"))
    assert replace(opened, ship_to=bad.ship_to) == bad
    assert opened.ship_to.name == bad.ship_to.name


def test_historical_orders_touch_nothing_else():
    shop = open_shop()
    shop.has("RED", 5)
    world.offer(shop.variants["RED"], shop.account)
    changes = AvailabilityChange.objects.count()
    first = order("A", line("RED", 2))
    shop.takes(first, order("C", line("RED", 1), status=OrderStatus.CANCELED), historical=True)
    shop.takes(changed(first, 5, lines=[line("RED", 3, canceled_quantity=1)]))  # a newer state of a past order
    shop.takes(changed(first, 6, lines=[line("RED", 3, canceled_quantity=1), line("RED", 1, "2")]))
    assert (units("A"), units("C")) == ([(3, 1, 2, 0), (1, 0, 1, 0)], [(1, 1, 0, 0)])
    assert row("A").historical
    assert row("A").closed
    assert (shop.stock("RED"), Reservation.objects.count(), StockMove.objects.filter(reason="order").count()) == ((5, 0), 0, 0)
    assert (AvailabilityChange.objects.count(), OfferSale.objects.count()) == (changes, 0)


def test_an_order_first_seen_when_it_was_shipped_or_partly_canceled_ends_as_if_seen_from_the_start_p5():
    shop = open_shop()
    shop.has("RED", 9)
    shop.takes(order("A", line("RED", 4, canceled_quantity=1, shipped_quantity=2), status=OrderStatus.PARTLY_SHIPPED))
    assert (units("A"), shop.stock("RED")) == ([(4, 1, 2, 0)], (7, 1))


def test_an_allotted_offers_exposure_follows_units_that_were_canceled_before_we_saw_the_order_promise_11():
    shop = open_shop()
    world.Account.objects.filter(pk=shop.account).update(channel="ebay")
    variant = shop.has("RED", 9)
    offer = world.offer(variant, shop.account)
    world.VariantStock.objects.filter(variant_id=variant).update(allotted=True, exposed=5)
    world.OfferShown.objects.filter(offer_id=offer).update(exposure=5, shown=5, shown_at=START)
    shop.takes(order("A", line("RED", 3, canceled_quantity=1), at=1))
    assert world.shown(offer).exposure == 3  # three sold, one put back on sale by the channel
    shop.takes(order("A", line("RED", 3, canceled_quantity=2), at=2))
    assert world.shown(offer).exposure == 4


def test_nothing_of_the_buyer_stands_in_the_database_in_the_clear_p17(owner):
    shop = open_shop()
    shop.has("RED", 5)
    canaries = ("Canarianne", "canary-mail", "7000777", "Canary Row", "Canary note")
    to = Address(name="Canarianne Bird", street=("9 Canary Row",), city="Paris", postcode="75001", country="FR", phone="+33 7000777")
    buyer = Buyer(name="Canarianne Bird", email="canary-mail@example.com", note="Canary note")
    first = order("A", line("RED"), ship_to=to, buyer=buyer)
    shop.takes(first, order("BAD", line("RED"), line("RED"), ship_to=to, buyer=buyer))
    shop.takes(changed(first, 3, status=OrderStatus.PARTLY_SHIPPED))
    tables = owner.execute(
        "SELECT c.oid::regclass::text FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    ).fetchall()
    for (table,) in tables:
        for (text,) in owner.execute(f"SELECT t::text FROM {table} t").fetchall():
            clear = [canary for canary in canaries if canary in text or canary.encode().hex() in text]
            assert clear == [], table
    stored = row("A")
    assert (stored.country, stored.postcode_area) == ("FR", "750")
    with transaction.atomic():
        opened = actions.open_buyer(stored.public_id, actor="ann", source="test")
    assert (opened["buyer"]["email"], opened["ship_to"]["street"]) == ("canary-mail@example.com", ["9 Canary Row"])


def test_a_buyer_is_found_by_exact_e_mail_phone_and_name_however_typed_p17():
    shop = open_shop()
    shop.takes(order("A", line("X")), order("B", line("X"), buyer=Buyer(email="other@example.com"), ship_to=Address(name="Other")))
    seal = sealer(BUYER)
    for column, text in (("email_index", " ADA@canary.example"), ("name_index", "ada  BYRON"), ("phone_index", "+380 44 1")):
        (found,) = OrderBuyer.objects.filter(**{column: seal.index(text)})
        assert found.order.channel_order_id == "A"
    assert not OrderBuyer.objects.filter(email_index=seal.index("ada@canary")).exists()


def test_a_seal_of_one_order_does_not_open_as_anothers():
    shop = open_shop()
    shop.takes(order("A", line("X")), order("B", line("X")))
    sealed = bytes(OrderBuyer.objects.get(order=row("A")).sealed)
    OrderBuyer.objects.filter(order=row("B")).update(sealed=sealed)
    from entrepot.base.crypto import CannotOpen

    with pytest.raises(CannotOpen), transaction.atomic():
        actions.open_buyer(row("B").public_id, actor="ann", source="test")


def test_money_is_kept_to_the_smallest_unit_with_rate_and_day():
    shop = open_shop()
    shop.takes(
        order("Y", line("X", price=Money(12345, "JPY")), currency="JPY", total=Money(12345, "JPY")),
        order("D", line("X", price=Money(1999, "USD"), tax=Money(160, "USD")), currency="USD", total=Money(2159, "USD")),
        order("E", line("X")),
        order("K", line("X", price=Money(1, "KWD")), currency="KWD", total=Money(1, "KWD")),
    )
    yen, dollar, euro, dinar = (row(number) for number in "YDEK")
    assert (yen.total_minor, dollar.total_minor, euro.base_total_minor) == (12345, 2159, 1000)
    assert yen.base_total_minor == int((Decimal(12345) * yen.base_rate * 100).quantize(Decimal(1), rounding="ROUND_HALF_UP"))
    assert dollar.base_rate_date is not None
    assert (dinar.base_total_minor, dinar.base_rate) == (None, None)
    assert lines_of("D")[0].tax_minor == 160


def test_the_same_new_orders_through_several_doors_at_once_come_in_once_f20():
    """Hints, polls and files may bring one order at the same moment; none may end in quarantine for that."""
    shop = open_shop()
    shop.has("RED", 1000)
    batch = [order(f"N{n}", line("RED" if n % 2 else "nobody knows")) for n in range(12)]
    jobs = [lambda cut=cut: shop.takes(*batch[cut:], *batch[:cut]) for cut in range(12)] + [lambda: shop.takes(batch[3])] * 8
    answers = at_once(jobs)
    assert [a for a in answers if isinstance(a, Exception)] == []
    assert sum(a.created for a in answers) == 12
    assert (OrderQuarantine.objects.count(), SalesOrder.objects.count(), shop.stock("RED")) == (0, 12, (1000, 6))


def test_two_accounts_selling_the_same_variants_at_once_neither_deadlock_nor_oversell_p2_f34():
    shop, other = open_shop(), world.account()
    world.inventory.feed(other, [shop.place], actor="t")
    skus = [f"V{n}" for n in range(8)]
    for sku in skus:
        shop.has(sku, 30)
    early = [order(f"E{n}", line(skus[n % 8]), line(skus[(n + 3) % 8], 1, "2")) for n in range(8)]
    shop.takes(*early)
    intake.take(other, early)

    def batch(account, n):
        chosen = skus if n % 2 else skus[::-1]
        new = [order(f"T{n}-{i}", line(sku, 1)) for i, sku in enumerate(chosen)]
        more = [changed(one, 10 + n, lines=[line(chosen[0], 1, "9"), *one.lines]) for one in early]
        return lambda: intake.take(account, [*new, *more])

    answers = at_once([batch(shop.account if n % 2 else other, n) for n in range(32)])
    assert [a for a in answers if isinstance(a, Exception)] == []
    for sku in skus:
        on_hand, reserved = shop.stock(sku)
        wanted = sum(one.quantity - one.canceled for one in OrderLine.objects.filter(variant_id=shop.variants[sku]))
        assert reserved == min(on_hand, wanted) == 30
    assert OrderQuarantine.objects.count() == 0


def test_64_orders_for_10_units_reserve_exactly_10_p2():
    shop = open_shop()
    shop.has("RED", 10)
    answers = at_once([lambda n=n: shop.takes(order(f"R{n}", line("RED"))) for n in range(64)])
    assert [a for a in answers if isinstance(a, Exception)] == []
    assert (sum(a.short_units for a in answers), shop.stock("RED")) == (54, (10, 10))


def test_every_statement_of_the_floor_is_run_and_the_hot_ones_probe_indexes(owner):
    shop = open_shop()
    shop.has("RED", 5)
    shop.takes(order("A", line("RED")))
    names = [c.name for c in SalesOrder._meta.local_fields if c.name not in ("id", "public_id", "channel_order_id", "account")]
    columns = ", ".join(SalesOrder._meta.get_field(name).column for name in names)
    owner.execute(
        f"INSERT INTO sales_order (public_id, account_id, channel_order_id, {columns}) "
        f"SELECT gen_random_uuid(), account_id, 'BULK-' || n, {columns} FROM sales_order, generate_series(1, 30000) n"
    )
    owner.execute("UPDATE sales_order SET closed = true WHERE starts_with(channel_order_id, 'BULK')")
    owner.execute("ANALYZE sales_order")
    from entrepot.base import sql

    params = {"account_id": shop.account, "channel_order_ids": ["BULK-5", "BULK-6"]}
    with transaction.atomic():
        rows = (
            sql.raw_connection().execute(b"EXPLAIN " + sql.statement("entrepot.orders", "known_orders"), sql._sendable(params)).fetchall()
        )
    plan = "\n".join(r[0] for r in rows)
    assert "sales_order_once" in plan
    assert "Seq Scan" not in plan
    assert connection.in_atomic_block is False
