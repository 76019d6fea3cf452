"""One act takes a product off every channel: 0 first, then ended, then read back; who does not answer is named (P8, F17)."""

from datetime import timedelta

from entrepot.base import clock
from entrepot.catalog import queries as catalog
from entrepot.insight import evidence
from entrepot.insight.models import Alert
from entrepot.insight.queries import recalls
from entrepot.listings import actions as listings
from entrepot.listings.models import Offer, Recall, RecallOffer
from entrepot.people.scope import EVERYTHING
from tests.evidence import text_of
from tests.world import World

MINUTE = timedelta(minutes=1)


def recall(*skus: str) -> Recall:
    return listings.recall([catalog.variant_of(sku) for sku in skus], reason="unsafe", user=None, actor="test")


def confirmed(world: World, name: str) -> bool:
    rows = RecallOffer.objects.filter(offer__account_id=world.accounts[name])
    return rows.exists() and not rows.filter(gone_at=None).exists()


def confirmed_everywhere(made: Recall) -> bool:
    return Recall.objects.get(pk=made.pk).confirmed_at is not None


def test_p8_everything_is_gone_and_confirmed_and_nothing_else_is_touched(world: World) -> None:
    world.goods.product("BAD-1", "BAD-2")
    world.goods.product("GOOD")
    world.connect()
    world.sell("BAD-1", "BAD-2", "GOOD")
    recall("BAD-1", "BAD-2")
    world.until(lambda: confirmed(world, "amazon") and confirmed(world, "ebay"))
    for market in world.markets.values():
        assert market.buy("BAD-1") is None
        assert market.buy("BAD-2") is None
        assert market.shows("GOOD") == 10
    for row in RecallOffer.objects.all():
        steps = [row.asked_at, row.zero_accepted_at, row.zero_at, row.accepted_at, row.gone_at]
        assert steps == sorted(steps), "asked, 0 taken, 0 shown, ended, gone"


def test_p8_f17_with_one_channel_down_the_others_are_gone_it_is_named_and_later_confirmed(world: World) -> None:
    world.goods.product("UNSAFE")
    world.connect()
    world.sell("UNSAFE")
    world.ebay.fault("F2", times=None)
    recall("UNSAFE")
    world.until(lambda: confirmed(world, "amazon"))
    assert world.amazon.buy("UNSAFE") is None
    assert not confirmed(world, "ebay")
    world.until(lambda: world.alerts("recall_unconfirmed"), within=20 * MINUTE)
    assert [alert.values["accounts"] for alert in world.alerts("recall_unconfirmed")] == ["Ebay"]
    [named] = RecallOffer.objects.filter(gone_at=None)
    assert (named.offer.account_id, bool(named.failure)) == (world.accounts["ebay"], True)
    world.ebay.mend()
    world.until(lambda: confirmed(world, "ebay"), within=10 * MINUTE)
    assert world.ebay.buy("UNSAFE") is None
    world.until(lambda: not world.alerts("recall_unconfirmed"), within=MINUTE)


def test_p8_f17_the_evidence_of_a_recall_with_one_channel_down_names_it_and_is_complete_once_it_answers(world: World) -> None:
    world.goods.product("UNSAFE")
    world.connect()
    world.sell("UNSAFE")
    world.ebay.fault("F2", times=None)
    made = recall("UNSAFE")
    world.until(lambda: world.alerts("recall_unconfirmed"), within=20 * MINUTE)
    world.for_(5 * MINUTE)
    found = recalls.one(EVERYTHING, made.public_id)
    rows = {row[3]: dict(zip(evidence.HEADINGS, row, strict=True)) for row in evidence.table(found)[1]}
    assert {name: row["confirmed"] for name, row in rows.items()} == {"Amazon": "yes", "Ebay": "no"}
    steps = [rows["Amazon"][step] for step in ("asked_at", "zero_accepted_at", "zero_at", "end_accepted_at", "gone_at")]
    assert steps == sorted(steps)
    down = rows["Ebay"]
    assert [down[step] for step in ("zero_accepted_at", "zero_at", "end_accepted_at", "gone_at")] == [None] * 4
    assert made.deadline_at <= down["failed_at"] < made.deadline_at + MINUTE
    text = text_of(evidence.document(found, recalls.acts(found), clock.now()))
    assert "1 offer is not confirmed in time." in text
    unconfirmed, confirmed = text.split("Read back as gone (1)")
    assert "Not confirmed (1)" in unconfirmed
    assert "Ebay" in unconfirmed
    assert "Ebay" not in confirmed
    assert "Amazon" in confirmed
    world.ebay.mend()
    world.until(lambda: confirmed_everywhere(made), within=10 * MINUTE)
    world.until(lambda: not world.alerts("recall_unconfirmed"), within=MINUTE)
    opened = Alert.objects.filter(kind="recall_unconfirmed")
    assert [(alert.values["accounts"], alert.resolved_at is not None) for alert in opened] == [("Ebay", True)], "once, and over"
    found = recalls.one(EVERYTHING, made.public_id)
    text = text_of(evidence.document(found, recalls.acts(found), clock.now()))
    assert "2 offers, all confirmed as gone." in text
    assert "Not confirmed" not in text


def test_p8_a_sale_before_the_confirmation_is_an_order_as_any_other(world: World) -> None:
    world.goods.product("SOLD-FIRST", units=3)
    world.connect()
    world.sell("SOLD-FIRST")
    recall("SOLD-FIRST")
    order = world.ebay.buy("SOLD-FIRST")
    assert order
    world.until(lambda: confirmed(world, "amazon") and confirmed(world, "ebay"))
    world.until(lambda: order in world.orders_known("ebay"))
    assert world.goods.reserved("SOLD-FIRST") == 1


def test_a_recalled_product_is_put_on_sale_again_by_a_person(world: World) -> None:
    world.goods.product("AGAIN", units=4)
    world.connect()
    world.sell("AGAIN")
    made = recall("AGAIN")
    world.until(lambda: confirmed(world, "amazon") and confirmed(world, "ebay"))
    world.goods.receive({"AGAIN": 2})
    world.for_(2 * MINUTE)
    assert [market.shows("AGAIN") for market in world.markets.values()] == [0, 0], "stock alone does not bring it back"
    listings.relist(made.pk, actor="test")
    world.until(lambda: all(market.shows("AGAIN") == 6 for market in world.markets.values()))


def test_a_sold_out_offer_sells_again_when_stock_returns(world: World) -> None:
    world.goods.product("OUT", units=1)
    world.connect()
    world.sell("OUT")
    assert world.amazon.buy("OUT")
    world.until(lambda: world.ebay.shows("OUT") == 0 and world.amazon.shows("OUT") == 0)
    world.goods.receive({"OUT": 5})
    world.until(lambda: all(market.shows("OUT") == 5 for market in world.markets.values()))


def test_an_offer_ended_until_stock_returns_is_listed_again_by_itself(world: World) -> None:
    world.goods.product("SEASON", units=2)
    world.connect()
    world.sell("SEASON")
    world.goods.count({"SEASON": 0})
    listings.end_offers(list(Offer.objects.values_list("pk", flat=True)), actor="test", relist_when_stocked=True)
    world.until(lambda: not any(page.live for market in world.markets.values() for page in market.pages().values()))
    world.until(lambda: set(Offer.objects.values_list("state", flat=True)) == {"ended"})
    world.goods.receive({"SEASON": 3})
    world.until(lambda: all(market.shows("SEASON") == 3 for market in world.markets.values()))
